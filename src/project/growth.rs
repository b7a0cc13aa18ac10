//! Which growing containers are leaks: they outlive the line, what is added comes from outside, and nothing bounds it.

use crate::catalog::effect::Origin;
use crate::diagnostic::{Label, Place};
use crate::facts::body::{FunctionKind, Op};
use crate::facts::expr::Expr;

use super::Project;
use super::confidence::{Grade, confidence};
use super::container::{ContainerId, Containers, Kind, Made};
use super::container_use::{ContainerUse, Form, GrowthSite, Removal, Removed, Uses};
use super::duty::Engine;
use super::guard;
use super::lives::{Life, Lives};
use super::model::Growth;
use super::path::{ExprRef, FnRef, Path, Root};
use super::repetition::Repeats;
use super::words;

/// What all judgements share.
struct Judge<'p, 'a> {
    project: &'p Project<'a>,
    containers: &'p Containers,
    uses: &'p Uses,
    lives: Lives<'p, 'a>,
}

/// Whether what is added is taken away in time.
enum Bound {
    Bounded,
    /// Nothing takes it away while the container lives; how sure that is.
    Unbounded(Grade),
    /// The line's own activation takes it away, if it gets there.
    ByTheLine,
}

impl Project<'_> {
    /// Every line that grows a container without bound.
    pub fn growths(&self, engine: &mut Engine) -> Vec<Growth> {
        let containers = self.find_containers();
        let uses = self.container_uses(&containers);
        let judge = Judge { project: self, containers: &containers, uses: &uses, lives: Lives::new(self) };
        let mut found: Vec<Growth> = uses.of.values().flat_map(|usage| usage.sites.iter().map(move |site| (usage, site))).filter_map(|(usage, site)| judge.growth(engine, usage, site)).collect();
        found.sort_by_key(|growth| growth.place);
        found.dedup_by_key(|growth| growth.place);
        found
    }
}

impl Judge<'_, '_> {
    fn growth(&self, engine: &mut Engine, usage: &ContainerUse, site: &GrowthSite) -> Option<Growth> {
        let project = self.project;
        let made = self.containers.get(site.container)?;
        if project.is_module(site.function) || self.is_in_own_activation(site) || words::is_test_file(project.file_path(site.place.file)) {
            return None;
        }
        let bound = self.bound(usage, site);
        let bound_grade = match bound {
            Bound::Bounded => return None,
            Bound::Unbounded(grade) => grade,
            Bound::ByTheLine => Grade::First,
        };
        let is_alias = site.is_may && self.is_given_or_own(site);
        if self.is_checked_for_doubles(site) {
            return None;
        }
        let life_grade = match self.lives.of(site.container) {
            Life::Process => Grade::First,
            Life::Object(_) if is_alias || self.promises_removal(site) || self.is_cleared_memo(usage, site) => Grade::Second,
            Life::Object(_) | Life::Short => return None,
        };
        if self.is_latched(site) || self.is_for_one_instance(site) {
            return None;
        }
        let (repeat, why) = self.repetition(site)?;
        let origin = self.origin(site, made.kind, is_alias);
        let missed = match bound {
            Bound::ByTheLine if origin < Origin::PerCall => return None,
            Bound::ByTheLine => project.missed_entry(engine, site)?,
            Bound::Bounded | Bound::Unbounded(_) => Vec::new(),
        };
        let grades = [
            match origin {
                Origin::External | Origin::PerCall => Grade::First,
                Origin::Parameter => Grade::Second,
                Origin::Class | Origin::Config | Origin::Finite => Grade::Third,
            },
            match repeat {
                // Whoever calls may call again; that the key is a parameter too is the same doubt.
                Grade::Second if origin == Origin::Parameter => Grade::First,
                grade => grade,
            },
            // An object of unknown life whose method is called: one doubt, not two.
            if life_grade == Grade::Second && (repeat == Grade::Second || origin == Origin::Parameter) { Grade::First } else { life_grade },
            bound_grade,
            if usage.returned && !is_alias { Grade::Second } else { Grade::First },
            if self.containers.is_exported(site.container) && project.is_library(made.place.file) { Grade::Second } else { Grade::First },
            if repeat != Grade::First && missed.is_empty() && self.is_registration(site) { Grade::Third } else { Grade::First },
        ];
        let (Form::Keyed(added) | Form::Element(added)) = site.form;
        Some(Growth {
            name: self.name_of(site),
            kind: project.container_words(site.container, made.kind),
            life: self.life_words(site.container),
            place: Place { file: site.place.file, span: Project::short(site.place.span) },
            made_at: Some(Project::container_place(made)),
            why,
            source: origin_words(origin),
            added: project.describe(added),
            is_keyed: matches!(site.form, Form::Keyed(_)) && made.kind != Kind::Set,
            missed,
            confidence: confidence(&grades),
        })
    }

    /// The container under its own name: the field's, where the line uses a local name for it.
    fn name_of(&self, site: &GrowthSite) -> String {
        let project = self.project;
        match site.container {
            ContainerId::Field(_, name) if site.is_may => format!("this.{}", project.text(name)),
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
        let ContainerId::Variable(binding) = site.container else { return false };
        binding.with(self.project.facts(binding.file).binding(binding.id).function) == site.function
    }

    fn bound(&self, usage: &ContainerUse, site: &GrowthSite) -> Bound {
        let project = self.project;
        let is_alias = site.is_may && self.is_given_or_own(site);
        if usage.escapes && !is_alias || self.is_loose(site.container) {
            return Bound::Bounded;
        }
        let real: Vec<&Removal> = usage.removals.iter().filter(|removal| !self.is_only_at_the_end(removal)).collect();
        if real.is_empty() {
            // The author empties a module's container when the program ends: whether that is all is not sure.
            let is_field = matches!(site.container, ContainerId::Field(..));
            return Bound::Unbounded(if usage.removals.is_empty() || is_field { Grade::First } else { Grade::Second });
        }
        if self.promises_removal(site) && real.iter().all(|removal| removal.what == Removed::All && self.is_uncalled(removal.function)) {
            return Bound::Unbounded(Grade::First);
        }
        let activation = project.activation_of(site.function);
        let by_the_line = real.iter().all(|removal| matches!(removal.what, Removed::One(Some(_))) && project.is_within(removal.function, activation));
        if !by_the_line {
            return Bound::Bounded;
        }
        if real.iter().all(|removal| self.is_only_on_failure(removal)) {
            return Bound::Unbounded(Grade::First);
        }
        let comes_after = real.iter().any(|removal| removal.function != site.function || removal.index > site.index && !self.excludes(site, removal));
        if comes_after && site.call.is_some() { Bound::ByTheLine } else { Bound::Bounded }
    }

    /// `catch (error) { cache.delete(key); throw error; }`: what succeeds stays.
    fn is_only_on_failure(&self, removal: &Removal) -> bool {
        let project = self.project;
        let mut open: Vec<bool> = Vec::new();
        for op in &project.function(removal.function).ops[..removal.index] {
            match op {
                Op::Try => open.push(false),
                Op::Catch(_) | Op::Finally => {
                    if let Some(last) = open.last_mut() {
                        *last = matches!(op, Op::Catch(_));
                    }
                }
                Op::EndTry => {
                    open.pop();
                }
                _ => {}
            }
        }
        let is_handler = project.function(removal.function).argument_of.is_some_and(|(call, position)| {
            let name = project.callee_name(removal.function.with(call));
            name == Some("catch") || name == Some("then") && position == 1
        });
        open.contains(&true) || is_handler
    }

    /// Whether a removal stands in the other branch of a test around the line.
    fn excludes(&self, site: &GrowthSite, removal: &Removal) -> bool {
        let around = guard::guards_of(self.project, site.function, site.index);
        guard::guards_of(self.project, removal.function, removal.index).iter().any(|each| around.iter().any(|guard| guard.test == each.test && guard.taken != each.taken))
    }

    /// Somebody empties a field of that name, of an object whose type is not known.
    fn is_loose(&self, id: ContainerId) -> bool {
        matches!(id, ContainerId::Field(_, name) | ContainerId::Static(_, name) if self.uses.loose.contains(&name))
    }

    /// A removal of everything when an object or the program ends.
    fn is_only_at_the_end(&self, removal: &Removal) -> bool {
        let is_whole = match removal.what {
            Removed::All => true,
            // `for (const key of map.keys()) map.delete(key)`; one that is named (`delete(this)`, `delete(id)`) is its own end.
            Removed::One(Some(key)) => self.project.path(key).steps.contains(&super::path::Step::Element) || matches!(self.project.expr(key), Expr::Item(_) | Expr::Key(_) | Expr::Index { .. }),
            Removed::One(None) | Removed::Size => false,
        };
        is_whole && self.lives.is_at_the_end(removal.function)
    }

    fn is_uncalled(&self, function: FnRef) -> bool {
        let project = self.project;
        let outer = project.around(function).take_while(|&each| !project.is_module(each)).last().unwrap_or(function);
        project.graph.callers(outer).is_empty()
    }

    /// `given || this.defaults`: the line means to change what it was given, and changes what is shared.
    fn is_given_or_own(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        if !matches!(project.expr(site.named), Expr::Binding(_)) {
            return false;
        }
        let possible = project.possible(site.named);
        possible.iter().any(|path| matches!(path.root, Root::Param(..))) && matches!(site.container, ContainerId::Field(..) | ContainerId::Variable(_))
    }

    /// The function that adds gives back a function that removes something, but not this.
    fn promises_removal(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        if !matches!(site.container, ContainerId::Field(..)) {
            return false;
        }
        project.function(site.function).ops.iter().any(|op| match *op {
            Op::Return(Some(value)) => project.functions_in(site.function.with(value)).into_iter().any(|returned| {
                project.is_within(returned, site.function)
                    && project.nested(returned).any(|each| {
                        project.function(each).ops.iter().any(|op| matches!(*op, Op::Call(call) if project.callee_name(each.with(call)).is_some_and(words::is_teardown)))
                    })
            }),
            _ => false,
        })
    }

    /// A cache by key in an object that empties it when it is closed: it is meant to live on, and only grows until then.
    fn is_cleared_memo(&self, usage: &ContainerUse, site: &GrowthSite) -> bool {
        let Form::Keyed(_) = site.form else { return false };
        let is_cleared = usage.removals.iter().any(|removal| self.is_only_at_the_end(removal));
        is_cleared && self.is_asked_before(site) && self.project.function(site.function).kind != FunctionKind::Constructor
    }

    /// Whether a test before the line asks the container: `if (!cache.has(key))`, `cache.get(key) === undefined`.
    fn is_asked_before(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        project.function(site.function).ops[..site.index].iter().any(|op| match *op {
            Op::If(test) => self.speaks_of(site.function.with(test), site.container, 0),
            _ => false,
        })
    }

    fn speaks_of(&self, expr: ExprRef, id: ContainerId, depth: u32) -> bool {
        let project = self.project;
        if depth > 5 {
            return false;
        }
        let go = |each| self.speaks_of(expr.with(each), id, depth + 1);
        match *project.expr(expr) {
            Expr::Unary { of, .. } | Expr::Cast { value: of, .. } | Expr::Await(of) => go(of),
            Expr::Binary { operator, left, right } => match operator {
                crate::facts::expr::BinaryOperator::In => project.containers_in(self.containers, expr.with(right)).contains(&id),
                _ => go(left) || go(right),
            },
            Expr::Logical { left, right, .. } => go(left) || go(right),
            Expr::Call(call) => {
                let call = expr.with(call);
                let mut asked = project.receiver(call).into_iter().chain(project.call(call).args.first().map(|&arg| call.with(arg)));
                asked.any(|of| project.containers_in(self.containers, of).contains(&id))
            }
            Expr::Member { object, .. } | Expr::Element { object, .. } => project.containers_in(self.containers, expr.with(object)).contains(&id) || go(object),
            Expr::Binding(binding) => {
                let fact = project.facts(expr.file).binding(binding);
                fact.function != crate::facts::ids::FnId(0) && fact.values.iter().take(3).any(|&value| !matches!(project.facts(expr.file).expr(value), Expr::Param { .. }) && go(value))
            }
            _ => false,
        }
    }

    /// `if (known.has(name)) throw …`: every part of the program makes itself known once.
    fn is_checked_for_doubles(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        let ops = &project.function(site.function).ops;
        ops[..site.index].iter().enumerate().any(|(at, op)| match *op {
            Op::If(test) => {
                let throws = ops[at + 1..site.index].iter().take_while(|op| !matches!(op, Op::EndIf | Op::Else)).any(|op| matches!(op, Op::Throw(_)));
                throws && self.speaks_of(site.function.with(test), site.container, 0)
            }
            _ => false,
        })
    }

    /// Under a guard that lets one round through; a question about the container itself is a memo, not a guard.
    fn is_latched(&self, site: &GrowthSite) -> bool {
        if self.is_asked_before(site) {
            return self.is_added_when_empty(site);
        }
        guard::is_idempotent(self.project, site.function, site.index)
    }

    /// `if (list.length === 0) list.push(…)`.
    fn is_added_when_empty(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        guard::guards_of(project, site.function, site.index).iter().any(|guard| {
            let sized = |expr: ExprRef| match *project.expr(expr) {
                Expr::Member { object, name, .. } => {
                    matches!(project.facts(expr.file).name(name), "length" | "size") && project.containers_in(self.containers, expr.with(object)).contains(&site.container)
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

    /// How often the line runs. A loop alone is no reason: what it goes over ends.
    fn repetition(&self, site: &GrowthSite) -> Option<(Grade, Vec<Label>)> {
        let project = self.project;
        let mut repeats = project.repeats_at(site.function, site.index);
        if repeats.is_for_a_loop() {
            repeats = project.repeats(site.function);
        }
        match repeats {
            Repeats::Once => None,
            Repeats::Many(_) if repeats.is_for_a_loop() => Some((Grade::Third, Vec::new())),
            Repeats::Many(why) => Some((Grade::First, why)),
            Repeats::PerCall(of) => {
                let name = project.function(of).name.map_or("this function", |name| project.facts(of.file).name(name));
                let place = Place { file: of.file, span: Project::short(project.function(of).head) };
                Some((Grade::Second, vec![Label::new(place, format!("each call of `{name}` may add one more"))]))
            }
            Repeats::PerOwner(owner) => {
                let name = project.owners.get(owner).name.map_or("object", |name| project.text(name));
                Some((Grade::Second, vec![Label::new(project.owner_place(owner), format!("each `{name}` adds one more"))]))
            }
            Repeats::Unknown => Some((if self.serves_a_table(site.function, 0) { Grade::Second } else { Grade::Third }, Vec::new())),
        }
    }

    /// Whether a function is, or is called by, one in a table that others call: `exports.rules = { table: { filter() {} } }`.
    fn serves_a_table(&self, function: FnRef, depth: u32) -> bool {
        let project = self.project;
        let outer = project.around(function).take_while(|&each| !project.is_module(each)).last().unwrap_or(function);
        let is_in_table = project.owners.object_of(outer).is_some() && project.graph.passed(outer).is_empty() && project.function(outer).argument_of.is_none();
        is_in_table && !words::is_registration(project.function(outer).name.map_or("", |name| project.facts(outer.file).name(name)))
            || depth < 3 && project.graph.callers(outer).iter().any(|&call| self.serves_a_table(project.calling(call), depth + 1))
    }

    /// Where what is added comes from. An array takes the same thing again and again, unless it is asked first.
    fn origin(&self, site: &GrowthSite, kind: Kind, is_alias: bool) -> Origin {
        let project = self.project;
        match site.form {
            Form::Keyed(key) => project.origin_of(key, site.function),
            Form::Element(element) => {
                let origin = project.origin_of(element, site.function);
                let is_repeated = kind == Kind::Array && !self.is_asked_before(site);
                if is_alias || is_repeated && origin == Origin::Finite { Origin::PerCall } else { origin }
            }
        }
    }

    /// Functions by which the parts of a program make themselves known, once each: `register(name, handler)`.
    fn is_registration(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        let is_named = project.around(site.function).any(|each| {
            project.function(each).name.is_some_and(|name| {
                let name = project.facts(each.file).name(name);
                words::is_registration(name) || matches!(site.form, Form::Element(_)) && words::is_addition(name)
            })
        });
        is_named || self.is_registry(site.container) || self.is_decorator(site.function) || self.takes_a_function(site)
    }

    /// A container, or its class, that is called a registry.
    fn is_registry(&self, id: ContainerId) -> bool {
        let project = self.project;
        match id {
            ContainerId::Variable(binding) => {
                let facts = project.facts(binding.file);
                words::is_registry(facts.name(facts.binding(binding.id).name))
            }
            ContainerId::Field(owner, name) | ContainerId::Static(owner, name) => {
                words::is_registry(project.text(name)) || project.owners.get(owner).name.is_some_and(|name| words::is_registry(project.text(name)))
            }
            ContainerId::Global(name) => words::is_registry(project.text(name)),
            ContainerId::Literal(_) => false,
        }
    }

    /// `function Entity(table) { return (target) => … }`: a function that a function with a class's name returns.
    fn is_decorator(&self, function: FnRef) -> bool {
        let project = self.project;
        project.around(function).skip(1).any(|outer| {
            let has_class_name = project.function(outer).name.is_some_and(|name| project.facts(outer.file).name(name).starts_with(|first: char| first.is_ascii_uppercase()));
            has_class_name
                && project.owners.made_by(outer).is_none()
                && project.function(outer).ops.iter().any(|op| matches!(*op, Op::Return(Some(value)) if project.functions_in(outer.with(value)).iter().any(|&returned| project.is_within(function, returned))))
        })
    }

    /// What is added, or stored under the key, is a function that the caller gives.
    fn takes_a_function(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        let stored = match (site.form, site.call) {
            (Form::Element(element), _) => Some(element),
            (Form::Keyed(_), Some(call)) => project.argument(call, 1),
            (Form::Keyed(_), None) => None,
        };
        let Some(Path { root: Root::Param(function, index), steps }) = stored.map(|stored| project.path(stored)) else { return false };
        let param = project.function(function).params.get(usize::from(index));
        let annotated = param.and_then(|param| param.annotation).is_some_and(|annotation| project.is_function_type(function.with(annotation), 0));
        steps.is_empty() && annotated
    }
}

/// Where what is added comes from, in words.
fn origin_words(origin: Origin) -> &'static str {
    match origin {
        Origin::External => "comes from outside, without end",
        Origin::PerCall => "is new at each call",
        Origin::Parameter => "is whatever callers give",
        Origin::Class | Origin::Config | Origin::Finite => "is one of a fixed set, perhaps",
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
        let judge = Judge { project: self, containers: &containers, uses: &uses, lives: Lives::new(self) };
        let mut lines = Vec::new();
        for usage in uses.of.values() {
            for site in &usage.sites {
                let Some(made) = containers.get(site.container) else { continue };
                let origin = judge.origin(site, made.kind, false);
                let is_bounded = matches!(judge.bound(usage, site), Bound::Bounded);
                lines.push((Seen { made, life: judge.lives.of(site.container), site: site.clone(), origin }, is_bounded));
            }
        }
        lines.sort_by_key(|(seen, _)| seen.site.place);
        lines
    }
}
