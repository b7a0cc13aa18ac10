//! Which growing containers are leaks: they outlive the line, what is added comes from outside, and nothing bounds it.

use crate::catalog::effect::{Origin, Per, Resource};
use crate::diagnostic::{Label, Place};
use crate::facts::body::Op;
use crate::facts::expr::Expr;

use super::bound::Bound;
use super::confidence::{Grade, confidence};
use super::container::{ContainerId, Containers, Kind, Made};
use super::container_use::{ContainerUse, Form, GrowthSite, Uses};
use super::duty::Engine;
use super::guard;
use super::lives::{Life, Lives};
use super::membership::Admitted;
use super::model::Growth;
use super::path::{CallRef, ExprRef, FnRef, Root};
use super::repetition::Repeats;
use super::words;
use super::{Project, latch};

/// What all judgements share.
pub(super) struct Judge<'p, 'a> {
    pub(super) project: &'p Project<'a>,
    pub(super) containers: &'p Containers,
    pub(super) uses: &'p Uses,
    pub(super) lives: Lives<'p, 'a>,
}

impl Project<'_> {
    /// Every line that grows a container without bound.
    pub fn growths(&self) -> Vec<Growth> {
        let containers = self.find_containers();
        let uses = self.container_uses(&containers);
        let mut sites: Vec<(&ContainerUse, &GrowthSite)> = uses
            .of
            .values()
            .flat_map(|usage| usage.sites.iter().map(move |site| (usage, site)))
            .collect();
        let line = |site: &GrowthSite| (site.place, site.function, site.index);
        sites.sort_unstable_by_key(|(_, site)| (line(site), site.container));
        let file_of = |(_, site): &(_, &GrowthSite)| site.place.file;
        let judged = self.each(&sites, file_of, Engine::default, |project, engine, &(usage, site)| {
            let judge = Judge {
                project,
                containers: &containers,
                uses: &uses,
                lives: Lives::new(project),
            };
            project.charged(site.place.file, || judge.growth(engine, usage, site))
        });
        // A name that may mean several containers grows one of them.
        let mut told = None;
        let mut found: Vec<Growth> = Vec::new();
        for (growth, (_, site)) in judged.into_iter().zip(&sites) {
            if told != Some(line(site))
                && let Some(growth) = growth.flatten()
            {
                told = Some(line(site));
                found.push(growth);
            }
        }
        found
    }
}

impl Judge<'_, '_> {
    /// `set(key, value) { this.map.set(key, value); }`: a method that hands its parameters to the same method of the container.
    fn is_handed_on(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        let Some(call) = site.call else { return false };
        let args = &project.call(call).args;
        let are_parameters = args.iter().all(|&arg| {
            let path = project.path(call.with(arg));
            path.is_root() && matches!(path.root, Root::Param(of, _) if of == site.function)
        });
        !args.is_empty()
            && are_parameters
            && project.function_name(site.function).is_some()
            && project.function_name(site.function) == project.callee_name(call)
    }

    fn growth(&self, engine: &mut Engine, usage: &ContainerUse, site: &GrowthSite) -> Option<Growth> {
        let project = self.project;
        let made = self.containers.get(site.container)?;
        if project.is_module(site.function) || self.is_in_own_activation(site) || project.is_test(site.place.file) {
            return None;
        }
        let bound = self.bound(usage, site);
        let bound_grade = match bound {
            Bound::Bounded => return None,
            Bound::Unbounded(grade) => grade,
            Bound::ByTheLine | Bound::Abandoned(_) => Grade::First,
        };
        let is_abandoned = matches!(bound, Bound::Abandoned(_));
        let is_alias = site.is_may && self.is_given_or_own(site);
        if self.is_checked_for_doubles(site) {
            return None;
        }
        let admitted = self.admitted(site);
        if admitted == Admitted::Present || self.is_filled_to_a_size(site) || self.is_rebound(site) {
            return None;
        }
        let life_grade = match self.lives.of(site.container) {
            Life::Process => Grade::First,
            Life::Object(_)
                if is_abandoned
                    || self.outlives_what_feeds_it(site)
                    || is_alias
                    || self.promises_removal(site)
                    || self.is_cleared_memo(usage, site) =>
            {
                Grade::Second
            }
            Life::Object(_) | Life::Short => return None,
        };
        if self.is_latched(site) || self.is_for_one_instance(site) {
            return None;
        }
        let (mut repeat, why) = self.repetition(site)?;
        // What is a container itself grows as its users make it grow.
        if repeat != Grade::First && self.is_handed_on(site) {
            return None;
        }
        if repeat == Grade::Second && project.is_application(site.function.file) {
            // All callers are in view, and none of them repeats.
            repeat = Grade::Third;
        }
        if repeat == Grade::Third && self.is_numbered(site) {
            repeat = Grade::Second;
        }
        let origin = match admitted {
            Admitted::Known => Origin::Config,
            Admitted::Any | Admitted::Present => self.origin(site, made.kind, is_alias),
        };
        let has_many = origin == Origin::Parameter && self.has_many_keys(usage, site);
        let missed = match bound {
            Bound::ByTheLine if origin < Origin::PerCall => return None,
            Bound::ByTheLine => project.missed_entry(engine, site)?,
            Bound::Abandoned(_) if origin < Origin::PerCall => return None,
            Bound::Abandoned(labels) => labels,
            Bound::Bounded | Bound::Unbounded(_) => Vec::new(),
        };
        let grades = [
            match origin {
                Origin::External | Origin::PerCall => Grade::First,
                Origin::Parameter if has_many => Grade::Second,
                Origin::Parameter | Origin::Class | Origin::Config | Origin::Finite => Grade::Third,
            },
            match repeat {
                // Whoever calls may call again; that the key is a parameter too is the same doubt.
                Grade::Second if origin == Origin::Parameter => Grade::First,
                grade => grade,
            },
            // An object of unknown life whose method is called: one doubt, not two.
            if life_grade == Grade::Second && (repeat == Grade::Second || origin == Origin::Parameter) {
                Grade::First
            } else {
                life_grade
            },
            bound_grade,
            if usage.returned && !is_alias {
                Grade::Second
            } else {
                Grade::First
            },
            if self.containers.is_exported(site.container) && project.is_library(made.place.file) {
                Grade::Second
            } else {
                Grade::First
            },
            if repeat != Grade::First && missed.is_empty() && self.is_registration(site) {
                Grade::Third
            } else {
                Grade::First
            },
        ];
        let (Form::Keyed(added) | Form::Element(added)) = site.form;
        Some(Growth {
            name: self.name_of(site),
            kind: project.container_words(site.container, made.kind),
            life: self.life_words(site.container),
            place: Place {
                file: site.place.file,
                span: Project::short(site.place.span),
            },
            made_at: Some(Project::container_place(made)),
            why,
            source: origin_words(origin),
            added: project.describe(added),
            is_keyed: matches!(site.form, Form::Keyed(_)) && made.kind != Kind::Set,
            missed,
            is_abandoned,
            confidence: confidence(&grades),
        })
    }

    /// The container under its own name: the field's, where the line uses a local name for it.
    fn name_of(&self, site: &GrowthSite) -> String {
        let project = self.project;
        match site.container {
            ContainerId::Field(_, name) if site.is_may => format!("this.{}", project.text(name)),
            ContainerId::Field(_, name) if matches!(project.expr(site.named), Expr::Element { .. }) => {
                format!("this[{}]", project.text(name))
            }
            _ => project.describe(site.named),
        }
    }

    fn life_words(&self, id: ContainerId) -> &'static str {
        match self.lives.of(id) {
            Life::Process => "lives as long as the process",
            Life::Object(_) | Life::Short => "lives as long as its object",
        }
    }

    /// A variable that the very body declares which fills it.
    fn is_in_own_activation(&self, site: &GrowthSite) -> bool {
        let ContainerId::Variable(binding) = site.container else {
            return false;
        };
        binding.with(self.project.facts(binding.file).binding(binding.id).function) == site.function
    }

    /// Whether the container's object itself takes requests or connections, or has an interval, and the line runs for each of
    /// them: however long it lives, it sees one after another.
    fn outlives_what_feeds_it(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        let ContainerId::Field(owner, _) = site.container else {
            return false;
        };
        let comes_again = |call: CallRef, position: u16| {
            let runs = project.runs_of(call, position);
            runs.iter().any(|(run, _)| match run.per {
                Per::Request | Per::Connection => true,
                Per::Tick => project
                    .acquisition(call)
                    .is_some_and(|timer| timer.resource() == Resource::Interval),
                _ => false,
            })
        };
        project
            .around(site.function)
            .filter(|&each| project.owner_around(each) == Some(owner))
            .any(|each| {
                let mut passed = project.graph.passed(each).iter();
                passed.any(|&(call, position)| comes_again(call, position))
            })
    }

    /// `given || this.defaults`: the line means to change what it was given, and changes what is shared.
    pub(super) fn is_given_or_own(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        if !matches!(project.expr(site.named), Expr::Binding(_)) {
            return false;
        }
        let possible = project.possible(site.named);
        possible.iter().any(|path| matches!(path.root, Root::Param(..)))
            && matches!(site.container, ContainerId::Field(..) | ContainerId::Variable(_))
    }

    /// Whether a test before the line asks the container: `if (!cache.has(key))`, `cache.get(key) === undefined`.
    pub(super) fn is_asked_before(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        project.function(site.function).ops[..site.index]
            .iter()
            .any(|op| match *op {
                Op::If(test) => self.speaks_of(site.function.with(test), site.container, 0),
                _ => false,
            })
    }

    pub(super) fn speaks_of(&self, expr: ExprRef, id: ContainerId, depth: u32) -> bool {
        let project = self.project;
        if depth > 5 {
            return false;
        }
        let go = |each| self.speaks_of(expr.with(each), id, depth + 1);
        match *project.expr(expr) {
            Expr::Unary { of, .. } | Expr::Cast { value: of, .. } | Expr::Await(of) => go(of),
            Expr::Binary { operator, left, right } => match operator {
                crate::facts::expr::BinaryOperator::In => {
                    project.containers_in(self.containers, expr.with(right)).contains(&id)
                }
                _ => go(left) || go(right),
            },
            Expr::Logical { left, right, .. } => go(left) || go(right),
            Expr::Call(call) => {
                let call = expr.with(call);
                // `const known = this.find(root)`: a helper that goes through the container.
                if depth < 3
                    && project
                        .callees(call)
                        .iter()
                        .any(|&callee| self.goes_through(callee, id))
                {
                    return true;
                }
                let mut asked = project
                    .receiver(call)
                    .into_iter()
                    .chain(project.call(call).args.first().map(|&arg| call.with(arg)));
                asked.any(|of| project.containers_in(self.containers, of).contains(&id))
            }
            Expr::Member { object, .. } | Expr::Element { object, .. } => {
                project.containers_in(self.containers, expr.with(object)).contains(&id) || go(object)
            }
            Expr::Binding(binding) => {
                let fact = project.facts(expr.file).binding(binding);
                fact.function != crate::facts::ids::FnId(0)
                    && fact
                        .values
                        .iter()
                        .take(3)
                        .any(|&value| !matches!(project.facts(expr.file).expr(value), Expr::Param { .. }) && go(value))
            }
            _ => false,
        }
    }

    /// Whether a function reads a container: in a loop, or by a method of it.
    fn goes_through(&self, function: FnRef, id: ContainerId) -> bool {
        let project = self.project;
        let names = |expr: ExprRef| project.containers_in(self.containers, expr).contains(&id);
        project.function(function).ops.iter().any(|op| match *op {
            Op::LoopItem { of, .. } => names(function.with(of)),
            Op::LoopTest(test) => self.speaks_of(function.with(test), id, 3),
            Op::Call(call) => project.receiver(function.with(call)).is_some_and(names),
            _ => false,
        })
    }

    /// Under a guard that lets one round through; a question about the container itself is a memo, not a guard.
    fn is_latched(&self, site: &GrowthSite) -> bool {
        if self.is_asked_before(site) {
            return self.is_added_when_empty(site);
        }
        latch::is_idempotent(self.project, site.function, site.index)
    }

    /// `if (list.length === 0) list.push(…)`.
    fn is_added_when_empty(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        guard::guards_of(project, site.function, site.index)
            .iter()
            .any(|guard| {
                let sized = |expr: ExprRef| match *project.expr(expr) {
                    Expr::Member { object, name, .. } => {
                        matches!(project.facts(expr.file).name(name), "length" | "size")
                            && project
                                .containers_in(self.containers, expr.with(object))
                                .contains(&site.container)
                    }
                    _ => false,
                };
                match *project.expr(guard.test) {
                    Expr::Binary { left, right, .. } => sized(guard.test.with(left)) || sized(guard.test.with(right)),
                    Expr::Unary { of, .. } => sized(guard.test.with(of)),
                    _ => sized(guard.test),
                }
            })
    }

    /// A constructor that fills its own object's field.
    fn is_for_one_instance(&self, site: &GrowthSite) -> bool {
        matches!(site.container, ContainerId::Field(..)) && self.project.is_constructor(site.function)
    }

    /// How often the line runs.
    fn repetition(&self, site: &GrowthSite) -> Option<(Grade, Vec<Label>)> {
        let project = self.project;
        let repeats = self
            .repeats_of_key(site)
            .unwrap_or_else(|| project.repeats_at(site.function, site.index));
        match repeats {
            Repeats::Once => None,
            Repeats::Unknown if project.runs_while_loading(site.function) => None,
            Repeats::Many(why) => Some((Grade::First, why)),
            Repeats::Often(why) => Some((Grade::Second, why)),
            Repeats::PerCall(of) => {
                let name = project.function_name(of).unwrap_or("this function");
                let place = Place {
                    file: of.file,
                    span: Project::short(project.function(of).head),
                };
                Some((
                    Grade::Second,
                    vec![Label::new(place, format!("each call of `{name}` may add one more"))],
                ))
            }
            // Each instance adds to a field of its own, as often as it is made: once.
            Repeats::PerOwner(owner) if matches!(site.container, ContainerId::Field(of, _) if project.bases(owner).contains(&of)) => {
                None
            }
            Repeats::PerOwner(owner) => {
                let name = project
                    .owners
                    .get(owner)
                    .name
                    .map_or("object", |name| project.text(name));
                Some((
                    Grade::Second,
                    vec![Label::new(
                        project.owner_place(owner),
                        format!("each `{name}` adds one more"),
                    )],
                ))
            }
            Repeats::Unknown => Some((
                if self.serves_a_table(site.function, 0) {
                    Grade::Second
                } else {
                    Grade::Third
                },
                Vec::new(),
            )),
        }
    }

    /// Whether a function is, or is called by, one in a table that others call: `exports.rules = { table: { filter() {} } }`.
    pub(super) fn serves_a_table(&self, function: FnRef, depth: u32) -> bool {
        let project = self.project;
        let outer = project.outermost(function);
        let is_in_table = project.owners.object_of(outer).is_some()
            && project.graph.passed(outer).is_empty()
            && project.function(outer).argument_of.is_none();
        is_in_table && !words::is_registration(project.function_name(outer).unwrap_or_default())
            || depth < 3
                && project
                    .graph
                    .callers(outer)
                    .iter()
                    .any(|&call| self.serves_a_table(project.calling(call), depth + 1))
    }

    /// Where what is added comes from. An array takes the same thing again and again, unless it is asked first.
    fn origin(&self, site: &GrowthSite, kind: Kind, is_alias: bool) -> Origin {
        let project = self.project;
        match site.form {
            Form::Keyed(key) => match project.origin_of(key, site.function) {
                // A position in a list that somebody counts is no name of its own.
                Origin::PerCall if kind == Kind::Array && !self.is_generated(key, site, 0) => Origin::Parameter,
                origin => origin,
            },
            Form::Element(element) => {
                let origin = project.origin_of(element, site.function);
                let is_asked = self.is_asked_before(site);
                let is_repeated = kind == Kind::Array && !is_asked;
                // What is looked for first is added once for each thing it speaks of.
                if kind == Kind::Array && is_asked {
                    return project.contents_origin(element, None, site.function, 0);
                }
                if is_alias || is_repeated && origin == Origin::Finite {
                    Origin::PerCall
                } else {
                    origin
                }
            }
        }
    }
}

/// Where what is added comes from, in words.
fn origin_words(origin: Origin) -> &'static str {
    match origin {
        Origin::External => "comes from outside",
        Origin::PerCall => "is new at each call",
        Origin::Parameter => "is whatever callers give",
        Origin::Class | Origin::Config | Origin::Finite => "may be one of a fixed set",
    }
}

/// For those who look at what the analysis believes.
pub struct Seen {
    pub made: Made,
    pub life: Life,
    pub site: GrowthSite,
    pub origin: Origin,
}

impl Project<'_> {
    /// Every growing line with what is known of its container.
    pub fn growing_lines(&self) -> Vec<(Seen, bool)> {
        let containers = self.find_containers();
        let uses = self.container_uses(&containers);
        let judge = Judge {
            project: self,
            containers: &containers,
            uses: &uses,
            lives: Lives::new(self),
        };
        let mut lines = Vec::new();
        for usage in uses.of.values() {
            for site in &usage.sites {
                let Some(made) = containers.get(site.container) else {
                    continue;
                };
                let origin = judge.origin(site, made.kind, false);
                let is_bounded = matches!(judge.bound(usage, site), Bound::Bounded);
                lines.push((
                    Seen {
                        made,
                        life: judge.lives.of(site.container),
                        site: site.clone(),
                        origin,
                    },
                    is_bounded,
                ));
            }
        }
        lines.sort_by_key(|(seen, _)| seen.site.place);
        lines
    }
}
