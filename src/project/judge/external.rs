//! What lives outside the heap: connections, locks, files, workers and clients. Losing the last reference does not give them back.

use crate::catalog::effect::{End, Per, Resource};
use crate::catalog::pattern::Callee;
use crate::diagnostic::{Label, Place};
use crate::facts::body::Op;
use crate::facts::ids::{BindingId, ExprId};

use super::super::acquisition::Acquisition;
use super::super::cfg::{Exit, Strength};
use super::super::confidence::Grade;
use super::super::duty::{Engine, Missed, Release, To};
use super::super::effects::Leaves;
use super::super::elsewhere::Elsewhere;
use super::super::model::Missing;
use super::super::path::{CallRef, FnRef, Path, Root, Step};
use super::super::repetition::Repeats;
use super::super::value::Match;
use super::super::{Project, latch, words};
use super::Verdict;

impl Project<'_> {
    /// Something that one piece of work takes, uses and gives back: a pool's connection, a lock, a file.
    pub(super) fn judge_external(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        // What runs once is given back by the end of the process.
        let repeats = self.repeats_call(acquisition.call);
        if repeats == Repeats::Once || self.is_in_a_test(acquisition.function) || self.dies_with_its_maker(acquisition)
        {
            return None;
        }
        let ends_alone = acquisition.entry.self_ending;
        let release = if self.is_dropped(acquisition) {
            Release::Never
        } else {
            engine.release(self, acquisition)
        };
        let mut is_likely = true;
        let (missing, grade) = match release {
            Release::Escapes(To::Owner) if !ends_alone => return self.judge_forgotten_field(acquisition),
            Release::Always | Release::Escapes(_) => return None,
            Release::Never if ends_alone || self.is_kept_by_closure(acquisition) => return None,
            Release::Never if self.is_dropped(acquisition) => (Missing::Dropped, Grade::First),
            Release::Never => match self.released_elsewhere(acquisition) {
                Elsewhere::Released(_) => return None,
                Elsewhere::Nothing => (Missing::Never, Grade::First),
            },
            Release::Sometimes { missed, is_released } => {
                let missed = self.soberly(acquisition, missed);
                if missed.is_empty() {
                    return None;
                }
                let (labels, grade) = self.missed_labels(&missed)?;
                if !is_released
                    && (ends_alone || !missed.iter().any(|missed| missed.exit == Exit::Throw && !missed.opaque))
                {
                    return None;
                }
                is_likely = acquisition.resource() != Resource::Handle || !self.only_fails_itself(acquisition, &missed);
                (Missing::OnSomePath(labels), grade)
            }
        };
        let (is_seen, why) = match repeats {
            Repeats::Many(why) | Repeats::Often(why) => (true, why),
            Repeats::Once | Repeats::PerOwner(_) | Repeats::PerCall(_) | Repeats::Unknown => (false, Vec::new()),
        };
        // Where nothing in view brings the line back, it may be what a program does once.
        let outlook = match (is_seen, is_likely) {
            (true, true) => Grade::First,
            // Who calls into an application is in view.
            (false, false) if self.is_application(acquisition.call.file) => Grade::Third,
            (true, false) | (false, true) | (false, false) => self.second_with(acquisition),
        };
        // A pool counts what it lends; what is opened belongs to nobody.
        let holder = match acquisition.resource() {
            Resource::Connection => self.holder_expr(acquisition),
            _ => None,
        };
        let at = self.receiver_place(acquisition.call);
        let holder_name = holder.map(|holder| self.describe(holder)).unwrap_or_default();
        let label = holder.map(|holder| {
            let place = self.declared_at(holder).unwrap_or(at);
            Label::new(
                place,
                format!("`{holder_name}` lends them and counts this one as in use until it is released"),
            )
        });
        Some(Verdict {
            missing,
            grades: vec![grade, outlook],
            holder: label,
            holder_name,
            why,
            teardown: None,
            is_self_rearming: false,
        })
    }

    /// Whether a handle may come out of another one that the same activation opened: a page of its own browser. Closing that one
    /// closes it, and if that one is not closed, it is the one to report.
    fn dies_with_its_maker(&self, acquisition: &Acquisition<'_>) -> bool {
        let Some(maker) = self.receiver(acquisition.call) else {
            return false;
        };
        let root = self.activation_of(acquisition.function);
        let is_handle_of_ours = |path: &Path| match path.root {
            Root::Call(call) => {
                path.steps.iter().all(|step| *step == Step::Awaited)
                    && self.activation_of(self.calling(call)) == root
                    && self
                        .acquisition(call)
                        .is_some_and(|each| each.resource() == Resource::Handle)
            }
            _ => false,
        };
        acquisition.resource() == Resource::Handle && self.possible(maker).iter().any(is_handle_of_ours)
    }

    /// That a call stands in a `try` makes its throwing likely enough to skip a pool's release, but not the closing of a file:
    /// what stands in such a `try` is there for other reasons more often than not.
    fn soberly(&self, acquisition: &Acquisition<'_>, mut missed: Vec<Missed>) -> Vec<Missed> {
        if acquisition.resource() == Resource::Connection {
            return missed;
        }
        let fails_with_the_rest = acquisition
            .entry
            .ends
            .iter()
            .any(|end| matches!(end, End::Fails(Callee::Method { .. } | Callee::Shape { .. })));
        // A closure that runs later may end what is still open where all went well.
        if self.is_kept_by_closure(acquisition) {
            let root = self.activation_of(acquisition.function);
            let is_here = |each: &Missed| {
                each.leaves
                    .is_none_or(|(function, _)| self.activation_of(function) == root)
            };
            missed.retain(|each| each.exit != Exit::Return || !is_here(each));
        }
        for each in &mut missed {
            let Some((function, index)) = each.leaves else { continue };
            if fails_with_the_rest && each.exit == Exit::Unhandled {
                each.strength = Strength::Weak;
            }
            let is_weak = match self.function(function).ops[index as usize] {
                Op::Call(call) => self.leaves(function.with(call)) == Leaves::Throws(Strength::Weak),
                // What fails while a stream is read or written fails with it; only leaving it on purpose abandons it.
                Op::Await(_) | Op::LoopItem { .. } => fails_with_the_rest,
                _ => false,
            };
            if is_weak && !self.is_local_settle_at(function, index) {
                each.strength = Strength::Weak;
            }
        }
        missed
    }

    /// Whether nothing but an operation on the thing itself can fail: a file that was opened can mostly be read.
    fn only_fails_itself(&self, acquisition: &Acquisition<'_>, missed: &[Missed]) -> bool {
        let is_it = |expr| self.is_item(acquisition, expr) != Match::No;
        let speaks_of_it = |call: CallRef| {
            self.receiver(call).is_some_and(is_it) || self.call(call).args.iter().any(|&arg| is_it(call.with(arg)))
        };
        let awaited = |function: FnRef, value: ExprId| match self.path(function.with(value)).root {
            Root::Call(call) => Some(call),
            _ => None,
        };
        // Of the ways out through one exit only the nearest is known; what is awaited or thrown behind it counts as well.
        let function = acquisition.function;
        let taken = self.op_of(acquisition.call).unwrap_or(0);
        let leaves_for_others = self.function(function).ops[taken..]
            .iter()
            .take_while(
                |op| !matches!(**op, Op::Call(call) if self.releases(acquisition, function.with(call)) != Match::No),
            )
            .any(|op| match *op {
                Op::Await(value) => {
                    awaited(function, value).is_some_and(|call| call != acquisition.call && !speaks_of_it(call))
                }
                Op::Throw(_) => true,
                _ => false,
            });
        !leaves_for_others
            && missed.iter().all(|each| {
                let Some((function, index)) = each.leaves else {
                    return false;
                };
                let call = match self.function(function).ops[index as usize] {
                    Op::Call(call) => Some(function.with(call)),
                    Op::Await(value) => awaited(function, value),
                    _ => None,
                };
                each.exit != Exit::Return && call.is_some_and(speaks_of_it)
            })
    }

    /// Whether a function stands in one that a test runner is given: `it("…", async () => { … })`. Its process ends with the tests.
    pub(super) fn is_in_a_test(&self, function: FnRef) -> bool {
        self.around(function).any(|each| {
            self.graph.passed(each).iter().any(|&(call, position)| {
                let runs = self.runs_of(call, position);
                runs.iter().any(|(run, _)| run.per == Per::Test)
            })
        })
    }

    /// Whether the thing is also returned, or stored in something that the activation was given: the caller's then.
    pub(super) fn is_handed_back(&self, acquisition: &Acquisition<'_>) -> bool {
        let root = self.activation_of(acquisition.function);
        let is_it = |value| self.holds_item(&acquisition.items, root.with(value));
        self.function(root).ops.iter().any(|op| match *op {
            Op::Return(Some(value)) => is_it(value),
            Op::Store { to, value } => matches!(self.path(root.with(to)).root, Root::Param(..)) && is_it(value),
            _ => false,
        })
    }

    /// Whether a function that runs later captures a variable that may be the thing: it may end it in ways that are not followed.
    pub(super) fn is_kept_by_closure(&self, acquisition: &Acquisition<'_>) -> bool {
        if acquisition.resource() == Resource::Connection {
            return false;
        }
        let root = self.activation_of(acquisition.function);
        let facts = self.facts(root.file);
        let is_it = |binding: BindingId| {
            facts
                .binding(binding)
                .values
                .iter()
                .any(|&value| self.is_item(acquisition, root.with(value)) != Match::No)
        };
        self.nested(root)
            .filter(|&closure| self.activation_of(closure) != root)
            .any(|closure| self.function(closure).captures.iter().any(|&captured| is_it(captured)))
    }

    /// Whether an operation settles a promise or calls a callback back: a way out of its own.
    fn is_local_settle_at(&self, function: FnRef, index: u32) -> bool {
        matches!(self.function(function).ops[index as usize], Op::Call(call) if self.is_local_settle(function.with(call)))
    }

    /// Something that works on by itself until it is ended, and is often meant to: a watcher, a worker, a client with its pool.
    /// That nothing ends it is a leak only where it is made again and again.
    pub(super) fn judge_lasting(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let function = acquisition.function;
        let repeats = self.repeats_call(acquisition.call);
        if repeats == Repeats::Once || self.is_in_a_test(function) {
            return None;
        }
        let release = if self.is_dropped(acquisition) {
            Release::Never
        } else {
            engine.release(self, acquisition)
        };
        if let Release::Sometimes {
            missed,
            is_released: true,
        } = release
        {
            if self.released_elsewhere_than(acquisition) {
                return None;
            }
            let missed = self.soberly(acquisition, missed);
            if missed.is_empty() {
                return None;
            }
            let (labels, grade) = self.missed_labels(&missed)?;
            let (repeat_grade, why) = self.activation_repetition(repeats)?;
            return Some(lasting(
                Missing::OnSomePath(labels),
                vec![grade, repeat_grade],
                why,
                None,
            ));
        }
        if let (Release::Escapes(To::Owner), Some(forgotten)) = (&release, self.judge_forgotten_field(acquisition)) {
            return Some(forgotten);
        }
        let is_kept = matches!(release, Release::Escapes(To::Owner));
        let missing = match release {
            Release::Always | Release::Sometimes { .. } | Release::Escapes(To::Caller | To::Unknown) => return None,
            Release::Never if acquisition.entry.self_ending || self.is_kept_by_closure(acquisition) => return None,
            Release::Escapes(To::Owner) if self.is_handed_back(acquisition) => return None,
            Release::Never if self.is_dropped(acquisition) => Missing::Dropped,
            Release::Never | Release::Escapes(To::Owner) => match self.released_elsewhere(acquisition) {
                Elsewhere::Released(_) => return None,
                Elsewhere::Nothing => Missing::Never,
            },
        };
        let index = self.op_of(acquisition.call)?;
        if latch::is_idempotent(self, function, index) || self.is_guarded_by_callers(function) {
            return None;
        }
        let (grade, why, teardown) = self.process_repetition(function, repeats.clone())?;
        // Only what is seen to come again piles up; the rest may be the program's one, and what an owner keeps may be its one.
        let is_seen = if is_kept { repeats.is_many() } else { repeats.is_seen() };
        // `init() { this.context = … }` of what the module makes once.
        let is_setup = is_kept && self.function_name(function).is_some_and(words::is_setup);
        let grade = if is_seen && !is_setup { grade } else { Grade::Third };
        Some(lasting(missing, vec![grade], why, teardown))
    }
}

fn lasting(missing: Missing, grades: Vec<Grade>, why: Vec<Label>, teardown: Option<(String, Place)>) -> Verdict {
    Verdict {
        missing,
        grades,
        holder: None,
        holder_name: String::new(),
        why,
        teardown,
        is_self_rearming: false,
    }
}
