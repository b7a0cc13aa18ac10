//! How often a line runs, and why.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::catalog::effect::{Per, Runner};
use crate::diagnostic::{FileId, Label, Place};
use crate::facts::MemberKind;
use crate::facts::body::{FunctionKind, Op};
use crate::facts::expr::Expr;
use crate::facts::ids::Span;

use super::effects::Invoked;
use super::names::Sym;
use super::path::{CallRef, FnRef, OwnerId, Root};
use super::rounds::Rounds;
use super::words;
use super::{Project, latch};

/// Callers that are followed upward.
const MAX_CALLERS: usize = 24;
/// Levels of callers that are followed upward.
const MAX_DEPTH: usize = 8;

/// The functions that a file exports, with the names; none is the default's.
pub(super) type ExportedFunctions = FxHashMap<FnRef, Vec<Option<Sym>>>;

/// How often a line runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Repeats {
    /// Once in the process's life.
    Once,
    /// Once per instance of an owner.
    PerOwner(OwnerId),
    /// Nothing in view calls it.
    Unknown,
    /// Once per call of a function that others call: a library's export, a method.
    PerCall(FnRef),
    /// As often as an event comes, which may be once; the steps say why.
    Often(Vec<Label>),
    /// Again and again; the steps say why, from the cause to the line.
    Many(Vec<Label>),
}

/// A walk upward through callers.
#[derive(Default)]
struct Walk {
    /// The functions that are being asked about.
    open: Vec<FnRef>,
    /// The outermost of them that an answer since has rested on while it had none of its own.
    rests_on: Option<usize>,
}

/// Where a function stands in a walk, and what answers before it rested on.
struct Level {
    at: usize,
    before: Option<usize>,
}

impl Walk {
    /// Begins with a function; `None` if that goes in a circle or too far up.
    fn enter(&mut self, function: FnRef) -> Option<Level> {
        let again = self.open.iter().position(|&each| each == function);
        if again.is_some() || self.open.len() >= MAX_DEPTH {
            // How far up it goes depends on where the walk began.
            self.rest_on(again.unwrap_or(0));
            return None;
        }
        self.open.push(function);
        Some(Level {
            at: self.open.len() - 1,
            before: self.rests_on.take(),
        })
    }

    /// Ends with a function, and says whether its answer is the same whoever asks.
    fn leave(&mut self, level: Level) -> bool {
        self.open.pop();
        let is_whole = self.rests_on.is_none_or(|outermost| outermost >= level.at);
        if is_whole {
            self.rests_on = None;
        }
        if let Some(before) = level.before {
            self.rest_on(before);
        }
        is_whole
    }

    fn rest_on(&mut self, at: usize) {
        self.rests_on = Some(self.rests_on.map_or(at, |known| known.min(at)));
    }
}

impl Repeats {
    fn rank(&self) -> u8 {
        match self {
            Repeats::Once => 0,
            Repeats::Unknown => 1,
            Repeats::PerOwner(_) => 2,
            Repeats::PerCall(_) => 3,
            Repeats::Often(_) => 4,
            Repeats::Many(_) => 5,
        }
    }

    fn max(self, other: Repeats) -> Repeats {
        if other.rank() > self.rank() { other } else { self }
    }

    pub fn is_many(&self) -> bool {
        matches!(self, Repeats::Many(_))
    }

    /// Whether something in view brings the line back.
    pub fn is_seen(&self) -> bool {
        matches!(self, Repeats::Many(_) | Repeats::Often(_))
    }
}

impl Project<'_> {
    /// How often an operation of a function runs.
    pub fn repeats_at(&self, function: FnRef, index: usize) -> Repeats {
        self.site_repeats(function, index, &mut Walk::default())
    }

    /// How often a call runs.
    pub fn repeats_call(&self, call: CallRef) -> Repeats {
        let function = self.calling(call);
        match self.op_of(call) {
            Some(index) => self.repeats_at(function, index),
            None => self.repeats(function),
        }
    }

    /// How often a function's body runs.
    pub fn repeats(&self, function: FnRef) -> Repeats {
        self.function_repeats(function, &mut Walk::default())
    }

    /// The operation that makes a call.
    pub fn op_of(&self, call: CallRef) -> Option<usize> {
        let function = self.calling(call);
        self.function(function)
            .ops
            .iter()
            .position(|op| *op == Op::Call(call.id))
    }

    fn site_repeats(&self, function: FnRef, index: usize, walk: &mut Walk) -> Repeats {
        let around = self.function_repeats(function, walk);
        match self.loop_around(function, index) {
            // What brings the whole function back is the better reason.
            _ if around.is_many() => around,
            Some((span, Rounds::Endless)) => {
                let why = vec![Label::new(
                    Place {
                        file: function.file,
                        span,
                    },
                    "this loop runs it again and again",
                )];
                // A program that runs once may loop until it has read its input, or for ever.
                if around == Repeats::Once {
                    Repeats::Often(why)
                } else {
                    Repeats::Many(why)
                }
            }
            Some((span, Rounds::Open)) => Repeats::Often(vec![Label::new(
                Place {
                    file: function.file,
                    span,
                },
                "this loop runs it again and again",
            )]),
            // As many rounds as there are items: once through a list at start-up piles up nothing.
            Some((_, Rounds::Counted)) if around == Repeats::Once => Repeats::Unknown,
            Some((_, Rounds::Counted)) | None => around,
        }
    }

    fn function_repeats(&self, function: FnRef, walk: &mut Walk) -> Repeats {
        if self.is_module(function) || self.programs.contains(function.file) {
            return Repeats::Once;
        }
        if let Some(known) = self.memo.repeats.get(&function) {
            return known;
        }
        let Some(level) = walk.enter(function) else {
            return Repeats::Unknown;
        };
        let result = self
            .decorated(function)
            .or_else(|| self.run_by_its_file(function))
            .or_else(|| self.run_as_a_scope(function))
            .unwrap_or_else(|| {
                let owner = self.owners.of_function(function);
                match (owner, self.function(function).kind) {
                    (Some((owner, _)), FunctionKind::Constructor) => self.instance_repeats(owner, walk),
                    (Some((owner, false)), _) if self.owners.get(owner).constructor == Some(function) => {
                        self.instance_repeats(owner, walk)
                    }
                    (Some((owner, false)), FunctionKind::FieldInitializers) => self.instance_repeats(owner, walk),
                    (Some((_, true)), FunctionKind::FieldInitializers) => Repeats::Once,
                    _ => self.callers_repeat(function, walk),
                }
            });
        if walk.leave(level) {
            self.memo.repeats.insert(function, result.clone());
        }
        result
    }

    /// A component, hook or composable runs for each instance, unless a call that is known to run it says otherwise, or
    /// only functions that are none call it.
    fn run_as_a_scope(&self, function: FnRef) -> Option<Repeats> {
        let body = self.scope_of(function)?.body.as_ref()?;
        let is_handed_over = |&(call, position): &(CallRef, u16)| !self.runs_of(call, position).is_empty();
        if self.graph.passed(function).iter().any(is_handed_over) {
            return None;
        }
        let callers = self.graph.callers(function);
        if !callers.is_empty() && !callers.iter().any(|&call| self.scope_of(self.calling(call)).is_some()) {
            return None;
        }
        let place = Place {
            file: function.file,
            span: self.function(function).head,
        };
        self.per_repeats(body.per, place, self.function_name(function))
    }

    /// How often a function runs of which no caller is seen: as often as the function around it at least, but for a
    /// closure of a scope, which waits there for something else.
    fn around_repeats(&self, function: FnRef, walk: &mut Walk) -> Repeats {
        match self.function(function).parent.map(|parent| function.with(parent)) {
            Some(parent) if self.scope_of(parent).is_none() => self.function_repeats(parent, walk),
            _ => Repeats::Unknown,
        }
    }

    /// Whether a method says that only its class, or those that extend it, may call it.
    pub(super) fn is_private(&self, function: FnRef) -> bool {
        let Some(class) = self.function(function).class else {
            return false;
        };
        self.facts(function.file)
            .class(class)
            .members
            .iter()
            .any(|member| member.is_private && matches!(member.kind, MemberKind::Method(id) if id == function.id))
    }

    /// An export that a framework runs because of where its file lies: `app/users/route.ts`.
    pub(super) fn run_by_its_file(&self, function: FnRef) -> Option<Repeats> {
        if let Some(known) = self.memo.run_by_file.get(&function) {
            return known;
        }
        let run = self.found_by_its_file(function);
        self.memo.run_by_file.insert(function, run.clone());
        run
    }

    fn found_by_its_file(&self, function: FnRef) -> Option<Repeats> {
        if self
            .function(function)
            .parent
            .is_some_and(|parent| !self.is_module(function.with(parent)))
        {
            return None;
        }
        let exported = self.exported_functions(function.file);
        let names: Vec<&str> = exported
            .get(&function)
            .into_iter()
            .flatten()
            .map(|name| name.map_or("default", |name| self.text(name)))
            .collect();
        if names.is_empty() {
            return None;
        }
        self.catalog.nameless_runs().find_map(|run| {
            let Runner::FileExport { glob, export } = &run.who else {
                return None;
            };
            let fits = names.iter().any(|&name| export.iter().any(|wanted| &**wanted == name))
                && self.lies_in(function.file, glob, run.library);
            fits.then(|| {
                if run.per == Per::Once {
                    return Some(Repeats::Once);
                }
                self.per_repeats(
                    run.per,
                    Place {
                        file: function.file,
                        span: self.function(function).head,
                    },
                    None,
                )
            })
            .flatten()
        })
    }

    fn exported_functions(&self, file: FileId) -> Rc<ExportedFunctions> {
        if let Some(known) = self.memo.exported_functions.get(&file) {
            return known;
        }
        let mut exported = ExportedFunctions::default();
        for (name, value) in self.links.own_exports(file) {
            if let Some(function) = self.path(value).as_function() {
                exported.entry(function).or_default().push(name);
            }
        }
        let exported = Rc::new(exported);
        if self.memo.is_settled() {
            self.memo.exported_functions.insert(file, Rc::clone(&exported));
        }
        exported
    }

    /// Whether the end of a file's path matches a glob, and its package depends on the library (or there is no `package.json`).
    fn lies_in(&self, file: FileId, glob: &str, library: usize) -> bool {
        let packages = &self.catalog.libraries[library].packages;
        let depends = self.package_of(file).is_none_or(|package| {
            package
                .dependencies
                .iter()
                .any(|dependency| packages.iter().any(|each| **each == **dependency))
        });
        if !depends {
            return false;
        }
        let Some(glob) = self.globs.get(glob) else {
            return false;
        };
        let path = self.file_path(file);
        std::iter::successors(Some(path.components()), |rest| {
            let mut rest = rest.clone();
            rest.next().map(|_| rest)
        })
        .any(|tail| glob.is_match(tail.as_path()))
    }

    /// A method that a framework runs because of its decorator.
    fn decorated(&self, function: FnRef) -> Option<Repeats> {
        let class = self.function(function).class?;
        let facts = self.facts(function.file);
        let member = facts
            .class(class)
            .members
            .iter()
            .find(|member| matches!(member.kind, MemberKind::Method(id) if id == function.id))?;
        member.decorators.iter().find_map(|&decorator| {
            let callee = match *facts.expr(decorator) {
                Expr::Call(call) => facts.call(call).callee,
                _ => decorator,
            };
            let run = self.catalog.runs.iter().find(
                |run| matches!(&run.who, Runner::Decorated(export) if self.is_export(function.with(callee), export)),
            )?;
            self.per_repeats(
                run.per,
                Place {
                    file: function.file,
                    span: member.span_of_name(facts),
                },
                None,
            )
        })
    }

    /// How often the owner's constructor runs: as often as its `new`s.
    fn instance_repeats(&self, owner: OwnerId, walk: &mut Walk) -> Repeats {
        let all = std::iter::once(owner).chain(self.subclasses(owner).iter().copied());
        let mut news: Vec<CallRef> = all.flat_map(|each| self.graph.made(each).iter().copied()).collect();
        news.retain(|call| self.counts_for(self.owners.get(owner).file, call.file));
        if news.is_empty() || news.len() > MAX_CALLERS {
            return Repeats::PerOwner(owner);
        }
        let mut result = Repeats::Once;
        for call in news {
            let made = match self.op_of(call) {
                Some(index) => self.site_repeats(self.calling(call), index, walk),
                None => Repeats::Unknown,
            };
            let made = match made {
                Repeats::Many(mut why) => {
                    let name = self.owners.get(owner).name.map_or("the class", |name| self.text(name));
                    why.push(Label::new(self.callee_place(call), format!("and makes a new `{name}`")));
                    Repeats::Many(why)
                }
                Repeats::Often(why) => Repeats::Often(why),
                Repeats::PerCall(_) | Repeats::PerOwner(_) | Repeats::Unknown => Repeats::PerOwner(owner),
                Repeats::Once => Repeats::Once,
            };
            result = result.max(made);
        }
        if result == Repeats::Once && self.is_reachable_from_outside(owner) {
            return Repeats::PerOwner(owner);
        }
        result
    }

    /// Whether a call in one file says how often code of another runs: what a test brings back, it alone does.
    fn counts_for(&self, called: FileId, calling: FileId) -> bool {
        !self.is_test(calling) || self.is_test(called)
    }

    /// An exported class can be made by others.
    fn is_reachable_from_outside(&self, owner: OwnerId) -> bool {
        self.is_exported_class(owner) && self.is_library(self.owners.get(owner).file)
    }

    fn callers_repeat(&self, function: FnRef, walk: &mut Walk) -> Repeats {
        let mut result = Repeats::Once;
        let mut known = false;
        let fact = self.function(function);
        let counts = |call: CallRef| self.counts_for(function.file, call.file);
        for &(call, position) in self.graph.passed(function).iter().filter(|(call, _)| counts(*call)) {
            known = true;
            result = result.max(self.passed_repeats(function, call, position, walk));
            if result.is_many() {
                return result;
            }
        }
        let attributes = self.graph.attributes(function).iter();
        for &attribute in attributes.filter(|each| self.counts_for(function.file, each.place.file)) {
            let Some(run) = self.runs_of_attribute(attribute) else {
                continue;
            };
            let name = self.facts(attribute.place.file).name(attribute.name);
            known = true;
            result = result.max(
                self.per_repeats(run.per, attribute.place, Some(name))
                    .unwrap_or(Repeats::Unknown),
            );
            if result.is_many() {
                return result;
            }
        }
        let callers = self
            .graph
            .callers(function)
            .iter()
            .copied()
            .filter(|&call| counts(call));
        for (index, call) in callers.enumerate() {
            if index == MAX_CALLERS {
                result = result.max(Repeats::Unknown);
                break;
            }
            known = true;
            let caller = match self.op_of(call) {
                // As often as what it starts has come to its end, which nothing here tells.
                _ if latch::is_lazy_start(self, call) => Repeats::Unknown,
                Some(index) => self.site_repeats(self.calling(call), index, walk),
                None => Repeats::Unknown,
            };
            let caller = match caller {
                Repeats::Many(mut why) => {
                    let name = fact
                        .name
                        .map_or("this function", |name| self.facts(function.file).name(name));
                    why.push(Label::new(self.callee_place(call), format!("which calls `{name}`")));
                    Repeats::Many(why)
                }
                Repeats::Often(mut why) => {
                    let name = fact
                        .name
                        .map_or("this function", |name| self.facts(function.file).name(name));
                    why.push(Label::new(self.callee_place(call), format!("which calls `{name}`")));
                    Repeats::Often(why)
                }
                other => other,
            };
            result = result.max(caller);
            if result.is_many() {
                return result;
            }
        }
        // Its class calls a private method, and what extends it; the markup of a component is not read.
        let has_markup = self
            .owners
            .of_function(function)
            .is_some_and(|(owner, _)| self.lifecycle_of(owner).is_some());
        let is_private = known && !has_markup && self.is_private(function);
        if let Some((owner, is_static)) = self.owners.of_function(function)
            && !is_static
            && !is_private
        {
            // Anybody who has the object may call its methods.
            return if self.is_setup_name(function) {
                result.max(Repeats::PerOwner(owner))
            } else {
                Repeats::PerCall(function).max(result)
            };
        }
        // Only tests of the program call it: it may be one of their helpers.
        let is_used = !self.graph.callers(function).is_empty() || !self.graph.passed(function).is_empty();
        if !known && is_used && self.is_application(function.file) {
            return Repeats::Unknown;
        }
        // All callers of an application are in view.
        if self.is_exported(function) && !(known && self.is_application(function.file)) {
            return if self.is_setup_name(function) {
                result.max(Repeats::Unknown)
            } else {
                result.max(Repeats::PerCall(function))
            };
        }
        if !known || self.graph.is_mentioned(function) {
            return match self.around_repeats(function, walk) {
                Repeats::Once | Repeats::Unknown => Repeats::Unknown.max(result),
                outer => outer.max(result),
            };
        }
        result
    }

    /// How often a call runs the function it is handed.
    fn passed_repeats(&self, function: FnRef, call: CallRef, position: u16, walk: &mut Walk) -> Repeats {
        let enclosing = |project: &Self, walk: &mut Walk| match project.op_of(call) {
            Some(index) => project.site_repeats(project.calling(call), index, walk),
            None => Repeats::Unknown,
        };
        let place = self.callee_place(call);
        // What an entry says of this very event goes before what is true of all.
        let runs = self.runs_of(call, position);
        if let Some((run, _)) = runs.iter().find(|(run, _)| run.per != Per::Event).or(runs.first()) {
            return self
                .per_repeats(run.per, place, self.first_text(call))
                .unwrap_or_else(|| enclosing(self, walk));
        }
        match self.invoked(call) {
            Invoked::Now {
                callbacks,
                repeats: true,
            } if callbacks.contains(&function) => {
                let fixed = self.receiver(call).is_some_and(|of| self.is_fixed_collection(of));
                return match enclosing(self, walk) {
                    Repeats::Once if !fixed => Repeats::Unknown,
                    outer => outer,
                };
            }
            Invoked::Now { .. } | Invoked::Executor(_) | Invoked::Handlers { .. } => return enclosing(self, walk),
            Invoked::Nothing => {}
        }
        if self.scope_of(self.calling(call)).is_some() {
            return Repeats::Unknown;
        }
        let outer = enclosing(self, walk);
        Repeats::Unknown.max(outer)
    }

    /// `None`: as often as the call that hands the function over.
    pub(super) fn per_repeats(&self, per: Per, place: Place, detail: Option<&str>) -> Option<Repeats> {
        let what = match per {
            Per::Once | Per::Test => return None,
            Per::Request => "every request runs this handler",
            Per::Connection => "every connection runs this handler",
            Per::Message => "every message runs this handler",
            Per::Event => "every event runs this handler",
            Per::Tick => "every tick of the timer runs this",
            Per::Item => "every item runs this callback",
            Per::Instance => "every instance runs this",
            Per::Activation => "every activation runs this",
        };
        let text = match detail {
            Some(detail) => format!("{what} (`{detail}`)"),
            None => what.to_owned(),
        };
        let why = vec![Label::new(place, text)];
        Some(if per == Per::Event {
            Repeats::Often(why)
        } else {
            Repeats::Many(why)
        })
    }

    /// The route or event a call names first.
    fn first_text(&self, call: CallRef) -> Option<&str> {
        match self.path(self.argument(call, 0)?).root {
            Root::Text(text) => Some(self.text(text)),
            _ => None,
        }
    }

    /// Whether the function can be called from files that are not seen.
    pub fn is_exported(&self, function: FnRef) -> bool {
        self.links
            .own_exports(function.file)
            .any(|(_, value)| match self.expr(value) {
                Expr::Object(_) => false,
                _ => self.path(value).as_function() == Some(function),
            })
    }

    /// A free function named for set-up is called once by whoever starts the program; a method that a framework calls
    /// to set up, once for each object.
    fn is_setup_name(&self, function: FnRef) -> bool {
        let owner = self.owners.of_function(function).map(|(owner, _)| owner);
        let lifecycle = owner.and_then(|owner| self.lifecycle_of(owner));
        self.function_name(function).is_some_and(|name| {
            words::is_setup(name)
                || lifecycle.is_some_and(|lifecycle| lifecycle.setup.iter().any(|each| **each == *name))
        })
    }
}

impl crate::facts::Member {
    /// The member's head: its span, cut to one line's worth.
    fn span_of_name(&self, facts: &crate::facts::FileFacts) -> Span {
        match self.kind {
            crate::facts::MemberKind::Method(function) => facts.function(function).head,
            _ => self.span,
        }
    }
}
