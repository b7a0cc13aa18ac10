//! What makes an acquisition a leak: a holder that outlives it, a line that repeats, a release that is missed.

use crate::catalog::effect::Resource;
use crate::diagnostic::{Label, Place};
use crate::facts::body::{FunctionKind, Op};

use super::Project;
use super::acquisition::Acquisition;
use super::cfg::{Exit, Strength};
use super::confidence::{Grade, confidence};
use super::duty::{Engine, Missed, Release, To};
use super::elsewhere::Elsewhere;
use super::guard;
use super::model::{Leak, Missing};
use super::path::{FnRef, OwnerId, Path, Root};
use super::region::Region;
use super::repetition::Repeats;
use super::words;

/// Ways out that a finding names at most.
const MAX_MISSED: usize = 3;

/// A timer of fewer milliseconds is over before its leak matters.
const SHORT_DELAY: f64 = 5000.0;

/// A verdict on one acquisition, as far as all resources share it.
struct Verdict {
    missing: Missing,
    grades: Vec<Grade>,
    holder: Option<Label>,
    holder_name: String,
    why: Vec<Label>,
    teardown: Option<(String, Place)>,
    is_self_rearming: bool,
}

impl Project<'_> {
    /// The leak that an acquisition is, if it is one.
    pub fn leak(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Leak> {
        let verdict = match acquisition.resource() {
            Resource::Listener => self.judge_listener(engine, acquisition),
            Resource::Interval => self.judge_interval(engine, acquisition),
            Resource::Timeout => self.judge_timeout(engine, acquisition),
            Resource::Connection => self.judge_connection(engine, acquisition),
            // Their rules come later; the acquisitions are known already.
            Resource::Handle | Resource::Client | Resource::Observer | Resource::Subscription | Resource::ObjectUrl | Resource::Entry => None,
        }?;
        let fact = self.call(acquisition.call);
        let (kept, kept_at) = self.kept_by(acquisition);
        let mut grades = verdict.grades;
        grades.push(Grade::from(acquisition.tier));
        Some(Leak {
            resource: acquisition.resource(),
            what: self.describe_call(acquisition),
            place: Place { file: acquisition.call.file, span: Self::short(fact.statement) },
            holder: verdict.holder,
            holder_name: verdict.holder_name,
            why: verdict.why,
            kept,
            kept_at,
            missing: verdict.missing,
            release_name: self.release_name(acquisition),
            item_name: self.item_name(acquisition),
            teardown: verdict.teardown,
            is_self_rearming: verdict.is_self_rearming,
            confidence: confidence(&grades),
        })
    }

    fn judge_connection(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        // What runs once is given back by the end of the process.
        if self.repeats_call(acquisition.call) == Repeats::Once {
            return None;
        }
        let release = if self.is_dropped(acquisition) { Release::Never } else { engine.release(self, acquisition) };
        let (missing, grade) = match release {
            Release::Always | Release::Escapes(_) => return None,
            Release::Never if self.is_dropped(acquisition) => (Missing::Dropped, Grade::First),
            Release::Never => match self.released_elsewhere(acquisition) {
                Elsewhere::Released(_) => return None,
                Elsewhere::Nothing => (Missing::Never, Grade::First),
            },
            Release::Sometimes { missed, is_released } => {
                let (labels, grade) = self.missed_labels(&missed)?;
                if !is_released && !missed.iter().any(|missed| missed.exit == Exit::Throw && !missed.opaque) {
                    return None;
                }
                (Missing::OnSomePath(labels), grade)
            }
        };
        let holder = self.holder_expr(acquisition);
        let at = Place { file: acquisition.call.file, span: self.call(acquisition.call).callee_span };
        let holder_name = holder.map(|holder| self.describe(holder)).unwrap_or_default();
        let label = holder.map(|holder| {
            let place = self.declared_at(holder).unwrap_or(at);
            Label::new(place, format!("`{holder_name}` lends it and gets it back only by its release"))
        });
        Some(Verdict { missing, grades: vec![grade], holder: label, holder_name, why: Vec::new(), teardown: None, is_self_rearming: false })
    }

    fn judge_interval(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let (missing, release_grade) = self.missing_release(engine, acquisition, false)?;
        self.judge_timer(acquisition, missing, release_grade, false)
    }

    /// A timer on the heap of the process: how often it is started, and by whom.
    fn judge_timer(&self, acquisition: &Acquisition<'_>, missing: Missing, release_grade: Grade, is_self_rearming: bool) -> Option<Verdict> {
        let function = acquisition.function;
        let index = self.op_of(acquisition.call)?;
        // One per instance is still one too many where the instance's end forgets it.
        let is_per_instance = guard::latch_field(self, function, index).is_some() && self.owner_around(function).is_some_and(|owner| self.teardown_of(owner).is_some());
        let is_latched = guard::is_idempotent(self, function, index) && !is_per_instance && !self.forgets_handle(acquisition, index);
        if is_latched || self.is_guarded_by_callers(function) {
            return None;
        }
        let repeats = if is_self_rearming { self.repeats_from_outside(function) } else { self.repeats_call(acquisition.call) };
        let (grade, why, teardown) = self.process_repetition(function, repeats)?;
        Some(Verdict {
            missing,
            grades: vec![release_grade, grade],
            holder: None,
            holder_name: "the timer heap".to_owned(),
            why,
            teardown,
            is_self_rearming,
        })
    }

    fn judge_timeout(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let is_self_rearming = self.is_self_rearming(acquisition);
        if self.is_short(acquisition) && !is_self_rearming || self.is_in_a_handler(acquisition.function) && self.settle_group(acquisition.function).is_some() {
            return None;
        }
        if let Some(group) = self.settle_group(acquisition.function) {
            return self.judge_guard(engine, acquisition, &group);
        }
        if is_self_rearming {
            // One that arms itself under a condition ends by itself.
            let index = self.op_of(acquisition.call)?;
            if self.owner_around(acquisition.function).is_none() && !guard::guards_of(self, acquisition.function, index).is_empty() {
                return None;
            }
            let (missing, grade) = self.missing_release(engine, acquisition, false)?;
            return self.judge_timer(acquisition, missing, grade, true);
        }
        // A lone timeout fires and is gone; one that is cleared on some ways out was meant to be cleared on all.
        let missed = match engine.release(self, acquisition) {
            Release::Sometimes { missed, is_released: true } => missed,
            Release::Escapes(To::Owner) => return self.judge_kept_timeout(acquisition),
            Release::Never => return self.judge_pointless_timeout(acquisition),
            _ => return None,
        };
        let (labels, grade) = self.missed_labels(&missed)?;
        let index = self.op_of(acquisition.call)?;
        let repeats = self.repeats_at(acquisition.function, index);
        let (repeat_grade, why) = self.activation_repetition(repeats)?;
        Some(Verdict {
            missing: Missing::OnSomePath(labels),
            grades: vec![grade, repeat_grade],
            holder: None,
            holder_name: "the timer heap".to_owned(),
            why,
            teardown: None,
            is_self_rearming: false,
        })
    }

    /// A delay of a few seconds, or none: over before it matters.
    fn is_short(&self, acquisition: &Acquisition<'_>) -> bool {
        let Some(delay) = self.argument(acquisition.call, 1) else { return true };
        match self.path(delay) {
            Path { root: Root::Number(text), steps } if steps.is_empty() => self.text(text).replace('_', "").parse::<f64>().is_ok_and(|milliseconds| milliseconds < SHORT_DELAY),
            _ => false,
        }
    }

    /// Whether a function handles a promise's outcome: what else settles has then had its turn.
    fn is_in_a_handler(&self, function: FnRef) -> bool {
        self.around(function).any(|each| {
            self.function(each).argument_of.is_some_and(|(call, _)| matches!(self.invoked(each.with(call)), super::effects::Invoked::Handlers { .. }))
        })
    }

    /// A timeout that its owner keeps, to clear it, and whose end does not.
    fn judge_kept_timeout(&self, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let owner = self.owner_around(acquisition.function)?;
        self.teardown_of(owner)?;
        if let Elsewhere::Released(calls) = self.released_elsewhere(acquisition)
            && calls.iter().any(|&call| self.belongs_to_an_end(call))
        {
            return None;
        }
        self.judge_timer(acquisition, Missing::Never, Grade::First, false)
    }

    /// A timeout for work whose end is known here, and does not stop it: its callback looks after something that this very
    /// activation waits for.
    fn judge_pointless_timeout(&self, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        if !self.is_dropped(acquisition) || !self.waits_for_the_same(acquisition) {
            return None;
        }
        let (grade, why) = self.activation_repetition(self.repeats_call(acquisition.call))?;
        Some(Verdict { missing: Missing::Dropped, grades: vec![grade], holder: None, holder_name: "the timer heap".to_owned(), why, teardown: None, is_self_rearming: false })
    }

    /// Whether the activation registers a terminal event of the very thing that the timer's callback acts on.
    fn waits_for_the_same(&self, acquisition: &Acquisition<'_>) -> bool {
        let callbacks = self.call(acquisition.call).args.iter().flat_map(|&arg| self.functions_in(acquisition.call.with(arg)));
        let mut acted_on: Vec<Path> = Vec::new();
        for callback in callbacks {
            for each in self.nested(callback) {
                acted_on.extend(self.function(each).ops.iter().filter_map(|op| match *op {
                    Op::Call(call) => self.receiver(each.with(call)).map(|of| self.path(of)),
                    _ => None,
                }));
            }
        }
        let root = self.activation_of(acquisition.function);
        self.nested(root).any(|each| {
            self.function(each).ops.iter().any(|op| match *op {
                Op::Call(call) => {
                    let call = each.with(call);
                    let waits = self.receiver(call).is_some_and(|of| acted_on.contains(&self.path(of))) && self.waits_for_an_end(call);
                    waits || self.call_waits_for_one_of(call, &acted_on)
                }
                _ => false,
            })
        })
    }

    /// Whether a helper of the project is given one of the things and waits for its end.
    fn call_waits_for_one_of(&self, call: super::path::CallRef, things: &[Path]) -> bool {
        let given = (0..self.call(call).args.len()).find(|&index| self.argument(call, index).is_some_and(|arg| things.contains(&self.path(arg))));
        let Some(index) = given else { return false };
        self.callees(call).into_iter().any(|callee| {
            let param = self.param_path(callee, index as u16);
            self.nested(callee).any(|each| {
                self.function(each).ops.iter().any(|op| match *op {
                    Op::Call(inner) => {
                        let inner = each.with(inner);
                        self.waits_for_an_end(inner) && self.receiver(inner).is_some_and(|of| self.path(of) == param)
                    }
                    _ => false,
                })
            })
        })
    }

    /// Whether some method sets the field that latches the line back to nothing without releasing what it held.
    fn forgets_handle(&self, acquisition: &Acquisition<'_>, index: usize) -> bool {
        let Some(field) = guard::latch_field(self, acquisition.function, index) else { return false };
        let Some(owner) = self.owner_around(acquisition.function) else { return false };
        let stores = self.bases(owner).into_iter().flat_map(|each| self.owners.stores(each, field, false).to_vec());
        stores.filter(|store| super::value::is_nullish(self.expr(store.value)) && !self.is_constructor(store.function)).any(|store| {
            !self.function(store.function).ops.iter().any(|op| matches!(*op, Op::Call(call) if self.releases(acquisition, store.function.with(call)) != super::value::Match::No))
        })
    }

    /// A timeout in a promise's executor: a guard if something else settles the promise too, a delay otherwise.
    fn judge_guard(&self, engine: &mut Engine, acquisition: &Acquisition<'_>, group: &super::settle::SettleGroup) -> Option<Verdict> {
        let own_settles = self.call(acquisition.call).args.iter().any(|&arg| {
            let arg = acquisition.call.with(arg);
            let direct = self.functions_in(arg).iter().any(|&own| self.nested(own).any(|each| group.functions.contains(&each)) || self.calls_settler(own, group));
            direct || group.settlers.contains(&self.path(arg)) || matches!(self.path(arg).root, Root::Call(bind) if self.receiver(bind).is_some_and(|of| group.settlers.contains(&self.path(of))))
        });
        if !own_settles && !self.ends_something(acquisition) {
            return None;
        }
        let release = engine.release_on_settle(self, acquisition, group)?;
        let (missing, grade) = match release {
            Release::Always | Release::Escapes(_) => return None,
            Release::Never if self.released_elsewhere(acquisition) == Elsewhere::Nothing => (Missing::Never, Grade::First),
            Release::Never => {
                // Kept in a variable around the executor, and cleared there on some ways out.
                let outer = self.function(group.executor).parent.map(|parent| self.activation_of(group.executor.with(parent)))?;
                let Release::Sometimes { missed, is_released: true } = engine.release_in(self, acquisition, outer) else { return None };
                let (labels, grade) = self.missed_labels(&missed)?;
                (Missing::OnSomePath(labels), grade)
            }
            Release::Sometimes { missed, .. } => {
                let (labels, grade) = self.missed_labels(&missed)?;
                (Missing::OnSomePath(labels), grade)
            }
        };
        let outer = self.function(group.executor).parent.map(|parent| group.executor.with(parent))?;
        let (repeat_grade, why) = self.activation_repetition(self.repeats(outer))?;
        Some(Verdict { missing, grades: vec![grade, repeat_grade], holder: None, holder_name: "the timer heap".to_owned(), why, teardown: None, is_self_rearming: false })
    }

    /// Whether a timer's callback ends something that it captured: `() => socket.destroy()`.
    fn ends_something(&self, acquisition: &Acquisition<'_>) -> bool {
        let callbacks = self.call(acquisition.call).args.iter().flat_map(|&arg| self.functions_in(acquisition.call.with(arg)));
        callbacks.flat_map(|callback| self.nested(callback).collect::<Vec<_>>()).any(|function| {
            self.function(function).ops.iter().any(|op| match *op {
                Op::Call(call) => {
                    let call = function.with(call);
                    self.callee_name(call).is_some_and(words::is_teardown) && self.receiver(call).is_some()
                }
                _ => false,
            })
        })
    }

    /// Whether a function calls a function of the group that settles.
    fn calls_settler(&self, function: FnRef, group: &super::settle::SettleGroup) -> bool {
        self.function(function).ops.iter().any(|op| match *op {
            Op::Call(call) => self.callees(function.with(call)).iter().any(|callee| group.functions.contains(callee)),
            _ => false,
        })
    }

    fn judge_listener(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let function = acquisition.function;
        let Some(holder) = self.holder_expr(acquisition) else { return self.judge_process_listener(engine, acquisition) };
        let region = self.region_of(holder, acquisition.origin.1);
        let is_wrapped = acquisition.origin.0 != acquisition.call;
        if is_wrapped && region != Region::Process {
            return None;
        }
        if matches!(region, Region::Activation | Region::Unknown) || matches!(region, Region::Owned(_)) && self.is_constructor(function) {
            return None;
        }
        let index = self.op_of(acquisition.call)?;
        if guard::is_idempotent(self, function, index) || self.removes_first(acquisition, index) || self.is_guarded_by_callers(function) {
            return None;
        }
        // What each call adds to its own object is not bounded by what the object's end removes.
        let accumulates = matches!(region, Region::Owner(_) | Region::Owned(_));
        let (missing, release_grade) = match self.settle_group(function) {
            Some(group) => match engine.release_on_settle(self, acquisition, &group) {
                Some(Release::Always | Release::Escapes(_)) => return None,
                Some(Release::Sometimes { missed, .. }) => {
                    let (labels, grade) = self.missed_labels(&missed)?;
                    (Missing::OnSomePath(labels), grade)
                }
                Some(Release::Never) | None => self.missing_release(engine, acquisition, accumulates)?,
            },
            None => self.missing_release(engine, acquisition, accumulates)?,
        };
        let repeats = self.repeats_call(acquisition.call);
        let at = Place { file: acquisition.call.file, span: self.call(acquisition.call).callee_span };
        let label = self.holder_label(holder, &region, at);
        if matches!(region, Region::Owner(_)) && self.is_constructor(function) {
            return None;
        }
        let (grade, why, teardown) = match region {
            Region::Process => self.on_process_holder(holder, function, repeats)?,
            Region::Outlives => match repeats {
                Repeats::Many(why) => (Grade::First, why, None),
                Repeats::Often(why) => (Grade::Second, why, None),
                _ => return None,
            },
            // What waits once for an answer is mostly answered.
            Region::Owner(_) | Region::Owned(_) | Region::Injected(..) | Region::Given(_) if acquisition.entry.self_ending && missing == Missing::Never && !repeats.is_seen() => {
                return None;
            }
            Region::Owner(_) | Region::Owned(_) => self.self_accumulation(acquisition, repeats)?,
            Region::Injected(owner, _) if self.ends_holder(owner, holder) => return None,
            Region::Injected(owner, _) => self.injected(acquisition, owner, repeats)?,
            Region::Given(of) => self.given(acquisition, of, repeats)?,
            Region::Activation | Region::Unknown => return None,
        };
        Some(Verdict {
            missing,
            grades: vec![release_grade, grade],
            holder: Some(label),
            holder_name: self.describe(holder),
            why,
            teardown,
            is_self_rearming: false,
        })
    }

    /// A listener that the runtime itself holds.
    fn judge_process_listener(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        if !matches!(acquisition.entry.holder, crate::catalog::effect::Holder::Process) {
            return None;
        }
        let index = self.op_of(acquisition.call)?;
        if guard::is_idempotent(self, acquisition.function, index) {
            return None;
        }
        let (missing, release_grade) = self.missing_release(engine, acquisition, false)?;
        let (grade, why, teardown) = self.process_repetition(acquisition.function, self.repeats_call(acquisition.call))?;
        Some(Verdict { missing, grades: vec![release_grade, grade], holder: None, holder_name: "the process".to_owned(), why, teardown, is_self_rearming: false })
    }

    /// Whether the release is missed, in the activation and around it.
    fn missing_release(&self, engine: &mut Engine, acquisition: &Acquisition<'_>, accumulates: bool) -> Option<(Missing, Grade)> {
        if self.is_dropped(acquisition) {
            return Some((Missing::Dropped, Grade::First));
        }
        match engine.release(self, acquisition) {
            Release::Always | Release::Escapes(To::Caller | To::Unknown) => None,
            Release::Escapes(To::Owner) | Release::Never => match self.released_elsewhere(acquisition) {
                Elsewhere::Released(calls) if accumulates && calls.iter().all(|&call| self.belongs_to_an_end(call)) => Some((Missing::Never, Grade::First)),
                Elsewhere::Released(calls) => self.is_forgotten_by_the_end(acquisition, &calls).then_some((Missing::Never, Grade::First)),
                Elsewhere::Nothing => Some((Missing::Never, Grade::First)),
            },
            // It goes to the caller where all goes well, together with what releases it.
            Release::Sometimes { is_released: false, ref missed } if missed.iter().all(|missed| missed.exit == Exit::Throw) => None,
            Release::Sometimes { missed, .. } => {
                if self.released_elsewhere_than(acquisition) {
                    return None;
                }
                let (labels, grade) = self.missed_labels(&missed)?;
                Some((Missing::OnSomePath(labels), grade))
            }
        }
    }

    /// Whether the owner or the module has an end, and none of the releases belongs to it.
    fn is_forgotten_by_the_end(&self, acquisition: &Acquisition<'_>, calls: &[super::path::CallRef]) -> bool {
        let is_timer = matches!(acquisition.resource(), Resource::Interval | Resource::Timeout);
        let has_end = match self.owner_around(acquisition.function) {
            Some(owner) => self.teardown_of(owner).is_some(),
            None => self.module_teardown(acquisition.call.file).is_some(),
        };
        let root = self.activation_of(acquisition.function);
        is_timer
            && has_end
            && !calls.iter().any(|&call| self.calling(call) != root && self.belongs_to_an_end(call))
            // A timer that its own callback ends is a poll.
            && !calls.iter().any(|&call| self.is_within(self.calling(call), root) && self.calling(call) != root)
    }

    /// Whether something outside the activation may release too, so that a missed path is no proof.
    fn released_elsewhere_than(&self, acquisition: &Acquisition<'_>) -> bool {
        let root = self.activation_of(acquisition.function);
        match self.released_elsewhere(acquisition) {
            Elsewhere::Released(calls) => calls.iter().any(|&call| !self.is_within(self.calling(call), root)),
            Elsewhere::Nothing => false,
        }
    }

    /// As [`Self::process_repetition`]; what a library's exports add to its own emitter is added again and again.
    fn on_process_holder(&self, holder: super::path::ExprRef, function: FnRef, repeats: Repeats) -> Option<(Grade, Vec<Label>, Option<(String, Place)>)> {
        let is_exported = matches!(repeats, Repeats::PerCall(_)) && self.owner_around(function).is_none() && self.is_library(function.file);
        let is_own = !matches!(self.path(holder).root, Root::Global(_) | Root::Package(_));
        let (grade, why, teardown) = self.process_repetition(function, repeats)?;
        Some((if is_exported && is_own { grade.min(Grade::Second) } else { grade }, why, teardown))
    }

    /// How sure it is that something on the process's own heap piles up.
    fn process_repetition(&self, function: FnRef, repeats: Repeats) -> Option<(Grade, Vec<Label>, Option<(String, Place)>)> {
        match repeats {
            Repeats::Once => None,
            Repeats::Many(why) => Some((Grade::First, why, None)),
            Repeats::Often(why) => Some((Grade::Second, why, None)),
            Repeats::PerOwner(owner) => self.per_instance(owner),
            Repeats::PerCall(of) => match self.owner_around(of) {
                Some(owner) => self.per_instance(owner),
                None => self.per_call(function, of),
            },
            Repeats::Unknown => match self.owner_around(function) {
                Some(owner) => self.per_instance(owner),
                None => self.per_call(function, function).map(|(grade, why, teardown)| (if teardown.is_some() { grade } else { Grade::Third }, why, teardown)),
            },
        }
    }

    /// An instance that has an end but does not release this in it.
    fn per_instance(&self, owner: OwnerId) -> Option<(Grade, Vec<Label>, Option<(String, Place)>)> {
        let class = self.owners.get(owner).name.map_or("this object", |name| self.text(name)).to_owned();
        let teardown = self.teardown_of(owner).map(|method| {
            let name = self.function(method).name.map_or("", |name| self.facts(method.file).name(name)).to_owned();
            (name, Place { file: method.file, span: self.function(method).head })
        });
        let why = vec![Label::new(self.owner_place(owner), format!("each `{class}` does this anew"))];
        // Instances of a class with a foreign decorator are made by a container, mostly one.
        let grade = if teardown.is_some() && !self.is_made_by_a_container(owner) { Grade::Second } else { Grade::Third };
        Some((grade, why, teardown))
    }

    /// Whether a decorator hands the making of instances to a framework of which no lifecycle is known.
    fn is_made_by_a_container(&self, owner: OwnerId) -> bool {
        let super::owner::OwnerKind::Class(class) = self.owners.get(owner).kind else { return false };
        !self.facts(class.file).class(class.id).decorators.is_empty() && self.lifecycle_of(owner).is_none()
    }

    /// A free function: what it returns may have an end that misses this.
    fn per_call(&self, function: FnRef, of: FnRef) -> Option<(Grade, Vec<Label>, Option<(String, Place)>)> {
        let name = self.function(of).name.map_or("this function", |name| self.facts(of.file).name(name)).to_owned();
        if words::is_setup(&name) && self.module_teardown(of.file).is_none() {
            return None;
        }
        let outer = self.around(function).take_while(|&each| !self.is_module(each)).last()?;
        let end = self.factory_teardown(outer).or_else(|| self.module_teardown(function.file));
        let teardown = end.map(|end| {
            let name = self.function(end).name.map_or("", |name| self.facts(end.file).name(name)).to_owned();
            (name, Place { file: end.file, span: self.function(end).head })
        });
        let why = vec![Label::new(Place { file: of.file, span: self.function(of).head }, format!("each call of `{name}` does this anew"))];
        let grade = if teardown.is_some() { Grade::Second } else { Grade::Third };
        Some((grade, why, teardown))
    }

    /// How sure it is that an activation comes again, for things that the activation itself should end.
    fn activation_repetition(&self, repeats: Repeats) -> Option<(Grade, Vec<Label>)> {
        match repeats {
            Repeats::Once => None,
            Repeats::Many(why) => Some((Grade::First, why)),
            Repeats::Often(why) => Some((Grade::Second, why)),
            Repeats::PerCall(of) => {
                let name = self.function(of).name.map_or("this function", |name| self.facts(of.file).name(name));
                Some((Grade::Second, vec![Label::new(Place { file: of.file, span: self.function(of).head }, format!("each call of `{name}` does this anew"))]))
            }
            Repeats::PerOwner(owner) => {
                let class = self.owners.get(owner).name.map_or("this object", |name| self.text(name));
                Some((Grade::Second, vec![Label::new(self.owner_place(owner), format!("each `{class}` does this anew"))]))
            }
            Repeats::Unknown => Some((Grade::Third, Vec::new())),
        }
    }

    /// A method that adds to its own object at each call, something that belongs to that call.
    fn self_accumulation(&self, acquisition: &Acquisition<'_>, repeats: Repeats) -> Option<(Grade, Vec<Label>, Option<(String, Place)>)> {
        if !self.keeps_activation(acquisition) || self.only_forwards(acquisition) {
            return None;
        }
        match repeats {
            Repeats::Many(why) => Some((Grade::First, why, None)),
            Repeats::Often(why) => Some((Grade::Second, why, None)),
            Repeats::PerCall(of) => {
                let name = self.function(of).name.map_or("this method", |name| self.facts(of.file).name(name));
                let why = Label::new(Place { file: of.file, span: self.function(of).head }, format!("each call of `{name}` adds one more"));
                Some((self.second_with(acquisition), vec![why], None))
            }
            Repeats::Once | Repeats::PerOwner(_) | Repeats::Unknown => None,
        }
    }

    /// `on(event, handler) { this.emitter.on(event, handler) }`: the event is the caller's, and so is the duty.
    fn only_forwards(&self, acquisition: &Acquisition<'_>) -> bool {
        let event = acquisition.entry.key.get(1).and_then(|part| self.key_expr(acquisition.call, part));
        event.is_some_and(|event| matches!(self.path(event).root, Root::Param(..) | Root::Rest(..)))
    }

    /// Whether what the listener keeps belongs to the call: a parameter, a variable of the function.
    fn keeps_activation(&self, acquisition: &Acquisition<'_>) -> bool {
        let Some(keeps) = &acquisition.entry.keeps else { return false };
        let function = acquisition.function;
        self.place_exprs(acquisition.call, keeps).into_iter().any(|expr| {
            let path = self.path(expr);
            match path.root {
                Root::Param(of, _) => of == function,
                Root::Function(handler) => self.function(handler).captures.iter().any(|&captured| {
                    let declared = handler.with(self.facts(handler.file).binding(captured).function);
                    self.is_within(declared, function) || declared == function
                }),
                _ => false,
            }
        })
    }

    /// A listener on something that was given to an owner: the owner's end has to take it off.
    fn injected(&self, acquisition: &Acquisition<'_>, owner: OwnerId, repeats: Repeats) -> Option<(Grade, Vec<Label>, Option<(String, Place)>)> {
        let class = self.owners.get(owner).name.map_or("this object", |name| self.text(name)).to_owned();
        let teardown = self.teardown_of(owner).map(|method| {
            let name = self.function(method).name.map_or("", |name| self.facts(method.file).name(name)).to_owned();
            (name, Place { file: method.file, span: self.function(method).head })
        });
        let of_call = self.keeps_activation(acquisition) && self.function(acquisition.function).kind != FunctionKind::Constructor;
        match repeats {
            Repeats::Many(why) => Some((Grade::Second, why, teardown)),
            Repeats::Often(why) => Some((Grade::Third, why, teardown)),
            Repeats::PerCall(of) if of_call => {
                let name = self.function(of).name.map_or("this method", |name| self.facts(of.file).name(name));
                let why = Label::new(Place { file: of.file, span: self.function(of).head }, format!("each call of `{name}` adds one more"));
                Some((self.second_with(acquisition), vec![why], teardown))
            }
            Repeats::Once => None,
            Repeats::PerOwner(_) | Repeats::PerCall(_) | Repeats::Unknown => {
                let why = vec![Label::new(self.owner_place(owner), format!("each `{class}` adds one more"))];
                let grade = if teardown.is_some() { self.second_with(acquisition) } else { Grade::Third };
                Some((grade, why, teardown))
            }
        }
    }

    /// Second grade for a holder that is ordered by rule; where the call is known by its shape alone, that one doubt counts for both.
    fn second_with(&self, acquisition: &Acquisition<'_>) -> Grade {
        if acquisition.tier == super::calls::Tier::Shape { Grade::First } else { Grade::Second }
    }

    /// Whether the owner itself ends what it was given, or lives until that ends: either way its listeners go together with it.
    fn ends_holder(&self, owner: OwnerId, holder: super::path::ExprRef) -> bool {
        let held = self.path(holder);
        let methods = self.relatives(owner).into_iter().flat_map(|each| {
            let owner = self.owners.get(each);
            owner.methods.values().copied().chain(owner.constructor).collect::<Vec<_>>()
        });
        methods.flat_map(|method| self.nested(method).collect::<Vec<_>>()).any(|function| {
            self.function(function).ops.iter().any(|op| match *op {
                Op::Call(call) => {
                    let call = function.with(call);
                    let ends = self.callee_name(call).is_some_and(words::is_final) || self.waits_for_an_end(call);
                    ends && self.receiver(call).is_some_and(|of| self.path(of) == held)
                }
                _ => false,
            })
        })
    }

    /// A listener on a parameter: it counts only if it keeps something of the call.
    fn given(&self, acquisition: &Acquisition<'_>, of: FnRef, repeats: Repeats) -> Option<(Grade, Vec<Label>, Option<(String, Place)>)> {
        let name = self.function(of).name.map_or("this function", |name| self.facts(of.file).name(name));
        if !self.keeps_activation(acquisition) || words::is_setup(name) || repeats == Repeats::Once {
            return None;
        }
        let why = match repeats {
            Repeats::Many(why) => why,
            _ => vec![Label::new(Place { file: of.file, span: self.function(of).head }, format!("each call of `{name}` adds one more"))],
        };
        // Most functions that are given an emitter set it up, once per object; a signal is made to be handed to many.
        let is_shared = self.holder_expr(acquisition).is_some_and(|holder| self.is_made_to_be_shared(holder));
        Some((if is_shared { Grade::Second } else { Grade::Third }, why, None))
    }

    /// Whether the same listener is taken off before it is put on: at most one at a time.
    fn removes_first(&self, acquisition: &Acquisition<'_>, index: usize) -> bool {
        let function = acquisition.function;
        self.function(function).ops[..index].iter().any(|op| match *op {
            Op::Call(call) => self.releases(acquisition, function.with(call)) != super::value::Match::No,
            _ => false,
        })
    }

    /// Whether all callers call it under a guard that lets one through.
    fn is_guarded_by_callers(&self, function: FnRef) -> bool {
        let callers = self.graph.callers(function);
        !callers.is_empty()
            && !self.is_exported(function)
            && callers.iter().all(|&call| self.op_of(call).is_some_and(|index| guard::is_idempotent(self, self.calling(call), index)))
    }

    /// Whether a timeout's callback starts it again.
    fn is_self_rearming(&self, acquisition: &Acquisition<'_>) -> bool {
        let function = acquisition.function;
        let named = self.around(function).filter(|&each| !self.is_module(each)).collect::<Vec<_>>();
        self.call(acquisition.call).args.iter().any(|&arg| {
            self.functions_in(acquisition.call.with(arg)).into_iter().any(|callback| named.contains(&callback) || self.reaches(callback, &named, 0))
        })
    }

    /// Whether a function calls one of others, directly or through one more.
    fn reaches(&self, from: FnRef, wanted: &[FnRef], depth: u32) -> bool {
        depth < 2
            && self.nested(from).any(|each| {
                self.function(each).ops.iter().any(|op| match *op {
                    Op::Call(call) => self.callees(each.with(call)).into_iter().any(|callee| {
                        (wanted.contains(&callee) && !self.is_within(callee, from)) || callee != from && self.reaches(callee, wanted, depth + 1)
                    }),
                    _ => false,
                })
            })
    }

    /// How often others start a function that goes on by itself.
    fn repeats_from_outside(&self, function: FnRef) -> Repeats {
        let outer = self.around(function).take_while(|&each| !self.is_module(each)).last().unwrap_or(function);
        if let Some(owner) = self.owner_around(function) {
            return Repeats::PerOwner(owner);
        }
        self.repeats(outer)
    }

    /// Labels of the ways out that miss the release, and how strong they are; `None` if none is worth a word.
    pub fn missed_labels(&self, missed: &[Missed]) -> Option<(Vec<Label>, Grade)> {
        let strong: Vec<&Missed> = missed.iter().filter(|missed| missed.strength == Strength::Strong && !missed.opaque).collect();
        let (chosen, grade) = if strong.is_empty() { (missed.iter().collect(), Grade::Third) } else { (strong, Grade::First) };
        let mut labels: Vec<Label> = Vec::new();
        for missed in chosen {
            let Some((function, index)) = missed.leaves else { continue };
            let fact = self.function(function);
            let place = Place { file: function.file, span: Self::short(fact.spans[index as usize]) };
            let text = match (fact.ops[index as usize], missed.exit) {
                (Op::Await(_), _) => "if this `await` rejects, the release is skipped",
                (Op::LoopItem { .. }, _) => "if this iteration throws, the release is skipped",
                (Op::Throw(_), _) => "this `throw` skips the release",
                (Op::Return(_), Exit::Return) => "this `return` skips the release",
                (Op::Yield(_), _) => "if the generator is not resumed here, the release is skipped",
                (Op::Call(_), Exit::Return) if missed.exit == Exit::Return => "control leaves here without the release",
                (_, Exit::Unhandled) => "if this promise rejects, the release is skipped",
                _ => "if this throws, the release is skipped",
            };
            if !labels.iter().any(|label| label.place == place) {
                labels.push(Label::new(place, text));
            }
        }
        labels.sort_by_key(|label| label.place);
        labels.truncate(MAX_MISSED);
        Some((labels, grade))
    }

    /// The variables that the acquired thing's closure keeps alive, and where the closure is.
    fn kept_by(&self, acquisition: &Acquisition<'_>) -> (Vec<String>, Option<Place>) {
        let Some(keeps) = &acquisition.entry.keeps else { return (Vec::new(), None) };
        let Some(expr) = self.place_exprs(acquisition.origin.0, keeps).first().copied() else { return (Vec::new(), None) };
        let Some(&handler) = self.functions_in(expr).first() else { return (Vec::new(), None) };
        let facts = self.facts(handler.file);
        let fact = facts.function(handler.id);
        let mut names: Vec<String> = fact.captures.iter().map(|&captured| facts.name(facts.binding(captured).name).to_owned()).collect();
        if fact.captures_this {
            names.push("this".to_owned());
        }
        names.truncate(6);
        (names, Some(Place { file: handler.file, span: Self::short(fact.head) }))
    }

    /// The call in the user's words: `process.on('exit')`.
    fn describe_call(&self, acquisition: &Acquisition<'_>) -> String {
        let fact = self.call(acquisition.call);
        let callee = self.describe(acquisition.call.with(fact.callee));
        let first = self.argument(acquisition.call, 0).map(|arg| self.path(arg));
        match first {
            Some(Path { root: Root::Text(text), steps }) if steps.is_empty() => format!("{callee}('{}')", self.text(text)),
            _ => callee,
        }
    }

    /// The name of the call that releases it.
    fn release_name(&self, acquisition: &Acquisition<'_>) -> Option<String> {
        acquisition.entry.ends.iter().find_map(|end| match end {
            crate::catalog::effect::End::Call { callee, .. } => match callee {
                crate::catalog::pattern::Callee::Method { name, .. } | crate::catalog::pattern::Callee::Shape { name } => Some(name.to_string()),
                crate::catalog::pattern::Callee::Export(export) => export.members.last().map(ToString::to_string),
                _ => None,
            },
            _ => None,
        })
    }

    /// The variable that the acquired thing is bound to.
    fn item_name(&self, acquisition: &Acquisition<'_>) -> Option<String> {
        let facts = self.facts(acquisition.call.file);
        let bound = facts.bindings.iter().find(|binding| {
            binding.values.iter().any(|&value| self.is_one_of(&acquisition.items, acquisition.call.with(value)) == super::value::Match::Must)
        })?;
        Some(facts.name(bound.name).to_owned())
    }
}
