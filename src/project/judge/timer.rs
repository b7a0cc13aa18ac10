//! Intervals and timeouts: what is started again and again, or by something with a life, and not cleared at its end.

use crate::facts::body::Op;

use super::super::acquisition::Acquisition;
use super::super::confidence::Grade;
use super::super::duty::{Engine, Release, To};
use super::super::elsewhere::Elsewhere;
use super::super::model::Missing;
use super::super::repetition::Repeats;
use super::super::{Project, latch};
use super::Verdict;
use super::kept::Replaced;
use super::rearm::Chain;

/// Callers of a function that sets a timeout which are asked what they do with it.
const MAX_CALLERS: usize = 24;

impl Project<'_> {
    pub(super) fn judge_interval(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        match self.missing_release(engine, acquisition, false) {
            Some((missing, grade)) => self.judge_timer(acquisition, missing, grade, false),
            None => self.judge_interval_of_the_dropped(acquisition),
        }
    }

    /// A timer on the heap of the process: how often it is started, and by whom.
    pub(super) fn judge_timer(
        &self,
        acquisition: &Acquisition<'_>,
        missing: Missing,
        release_grade: Grade,
        is_self_rearming: bool,
    ) -> Option<Verdict> {
        let function = acquisition.function;
        let index = self.op_of(acquisition.call)?;
        // One per instance is still one too many where the instance's end forgets it.
        let is_per_instance = latch::latch_field(self, function, index).is_some()
            && self
                .owner_around(function)
                .is_some_and(|owner| self.teardown_of(owner).is_some());
        let is_latched =
            latch::is_idempotent(self, function, index) && !is_per_instance && !self.forgets_handle(acquisition, index);
        if is_latched || self.is_guarded_by_callers(function) {
            return None;
        }
        let owner = self.owner_around(function);
        let mut repeats = if is_self_rearming {
            self.repeats_from_outside(function)
        } else {
            self.repeats_call(acquisition.call)
        };
        // Where the last one is cleared first, there is one at a time.
        match self.replaces_the_last(acquisition, index) {
            Some(Replaced::Conditionally) => return None,
            Some(Replaced::Always) if repeats.is_seen() => {
                repeats = owner.map_or(Repeats::Unknown, Repeats::PerOwner);
            }
            Some(Replaced::Always) | None => {}
        }
        // It is the end of the object that keeps the timer that matters, not of the one that makes the object.
        let by_others = match repeats {
            Repeats::PerOwner(_) => true,
            Repeats::PerCall(of) => self.owner_around(of).is_some(),
            _ => false,
        };
        if let (Some(owner), true) = (owner, by_others) {
            repeats = Repeats::PerOwner(owner);
        }
        let (mut grade, why, mut teardown) = self.process_repetition(function, repeats)?;
        if is_self_rearming && owner.is_some_and(|owner| self.is_run_by(acquisition, owner)) {
            (grade, teardown) = (Grade::Third, None);
        }
        if self.activation_grade(function) == Grade::Third {
            grade = Grade::Third;
        }
        // A base that is not seen may clear the field.
        if owner.is_some_and(|owner| self.has_unseen_base(owner)) && self.is_kept_in_a_field(acquisition) {
            grade = Grade::Third;
        }
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

    pub(super) fn judge_timeout(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        if let Some(chain) = self.chain_of(acquisition) {
            return self.judge_chain(engine, acquisition, chain);
        }
        if self.is_short(acquisition)
            || self.is_in_a_handler(acquisition.function) && self.settle_group(acquisition.function).is_some()
        {
            return None;
        }
        if acquisition.items.is_empty() {
            return self.judge_loser(acquisition);
        }
        if let Some(group) = self.settle_group(acquisition.function) {
            return self.judge_guard(engine, acquisition, &group);
        }
        // A lone timeout fires and is gone; one that is cleared on some ways out was meant to be cleared on all.
        let missed = match engine.release(self, acquisition) {
            Release::Sometimes {
                missed,
                is_released: true,
            } => missed,
            Release::Escapes(To::Owner) => {
                return self
                    .judge_kept_timeout(acquisition)
                    .or_else(|| self.judge_timeout_for_callers(engine, acquisition));
            }
            Release::Never => return self.judge_pointless_timeout(acquisition),
            _ => return None,
        };
        let (labels, grade) = self.missed_labels(&missed)?;
        let index = self.op_of(acquisition.call)?;
        let repeats = self.repeats_at(acquisition.function, index);
        self.one_shot(acquisition, Missing::OnSomePath(labels), grade, repeats)
    }

    /// The verdict on a timeout that fires once, in an activation that may come again.
    fn one_shot(
        &self,
        acquisition: &Acquisition<'_>,
        missing: Missing,
        release_grade: Grade,
        repeats: Repeats,
    ) -> Option<Verdict> {
        if self.is_once_for_all(acquisition) {
            return None;
        }
        let (is_many, is_seen) = (repeats.is_many(), repeats.is_seen());
        let (repeat_grade, why) = self.activation_repetition(repeats)?;
        let mut grades = vec![release_grade, repeat_grade];
        // Only in great numbers does it matter that it waits for nothing, or in an application, whose end nobody else waits
        // for; and what is brief is gone before it can pile up.
        let little = [
            (self.comes_to_nothing(acquisition), is_many),
            (self.is_surely_brief(acquisition, is_seen), is_seen),
            (self.matters_to_the_program_alone(acquisition), is_many),
        ];
        let doubts = little.into_iter().filter(|&(holds, _)| holds);
        grades.extend(doubts.map(|(_, is_seen)| if is_seen { Grade::Second } else { Grade::Third }));
        // It does not keep the process, only what its callback sees, until it fires.
        if self.is_unreferenced(acquisition) {
            grades.push(Grade::Second);
        }
        Some(Verdict {
            missing,
            grades,
            holder: None,
            holder_name: "the timer heap".to_owned(),
            why,
            teardown: None,
            is_self_rearming: false,
        })
    }

    /// Whether an application starts a timeout that does not wait for long.
    fn matters_to_the_program_alone(&self, acquisition: &Acquisition<'_>) -> bool {
        self.is_application(acquisition.call.file) && !self.waits_long(acquisition)
    }

    /// A timeout that starts itself again: an interval.
    fn judge_chain(&self, engine: &mut Engine, acquisition: &Acquisition<'_>, chain: Chain) -> Option<Verdict> {
        let owner = self.owner_around(acquisition.function);
        // What a flag stops leaves one timeout over, which matters if it is long and keeps the process.
        if chain == Chain::Flagged
            && (owner.is_none() || self.is_brief(acquisition) || self.is_unreferenced(acquisition))
        {
            return None;
        }
        let (missing, grade) = self.missing_release(engine, acquisition, false)?;
        self.judge_timer(acquisition, missing, grade, true)
    }

    /// A timeout that its owner keeps in a field, to clear it, and whose end does not.
    fn judge_kept_timeout(&self, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let owner = self.owner_around(acquisition.function)?;
        let end = self.teardown_of(owner)?;
        let index = self.op_of(acquisition.call)?;
        if !self.is_kept_in_a_field(acquisition) || self.is_brief(acquisition) {
            return None;
        }
        let cleared = match self.released_elsewhere(acquisition) {
            Elsewhere::Released(calls) if calls.iter().any(|&call| self.may_belong_to_an_end(call)) => return None,
            Elsewhere::Released(_) => true,
            Elsewhere::Nothing => false,
        };
        if self.is_cleared_by_name_elsewhere(acquisition) {
            return None;
        }
        // The end that gives other things back forgets this one; an end that gives nothing back may be none.
        let mut grade = if cleared || self.gives_back(end) {
            Grade::First
        } else {
            Grade::Third
        };
        // Cleared before it is set again, for nobody knows how long: a pause, short by its nature. Or it is itself the end, late.
        let is_pause = self.replaces_the_last(acquisition, index).is_some() && !self.is_known_to_wait(acquisition);
        if is_pause || self.is_run_by(acquisition, owner) {
            grade = Grade::Third;
        }
        let repeats = match self.repeats_call(acquisition.call) {
            Repeats::Once => Repeats::Once,
            _ => Repeats::PerOwner(owner),
        };
        if self.matters_to_the_program_alone(acquisition) {
            grade = Grade::Third;
        }
        let (repeat_grade, why, teardown) = self.process_repetition(acquisition.function, repeats)?;
        Some(Verdict {
            missing: Missing::Never,
            grades: vec![grade, repeat_grade],
            holder: None,
            holder_name: "the timer heap".to_owned(),
            why,
            teardown,
            is_self_rearming: false,
        })
    }

    /// A timeout that a function sets in a variable around it, and that its callers clear: one of them not on every way.
    fn judge_timeout_for_callers(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        if self.owner_around(acquisition.function).is_some() {
            return None;
        }
        let callers = self.graph.callers(acquisition.function);
        callers.iter().take(MAX_CALLERS).find_map(|&call| {
            let site = Acquisition {
                call,
                function: self.calling(call),
                ..acquisition.clone()
            };
            let Release::Sometimes {
                missed,
                is_released: true,
            } = engine.release(self, &site)
            else {
                return None;
            };
            let (labels, grade) = self.missed_labels(&missed)?;
            self.one_shot(acquisition, Missing::OnSomePath(labels), grade, self.repeats_call(call))
        })
    }

    /// A timeout for work whose end is known here, and does not stop it: its callback looks after something that this very
    /// activation waits for.
    fn judge_pointless_timeout(&self, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let is_pointless = self.is_dropped(acquisition)
            && (self.waits_for_the_same(acquisition) || self.asks_whether_it_ended(acquisition));
        if !is_pointless {
            return None;
        }
        let repeats = self.repeats_call(acquisition.call);
        self.one_shot(acquisition, Missing::Dropped, Grade::First, repeats)
    }

    /// A timeout in a function that gives a promise of it, where that promise runs against another one.
    fn judge_loser(&self, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let repeats = self.repeats_call(acquisition.call);
        self.one_shot(acquisition, Missing::Never, Grade::First, repeats)
    }

    /// A timeout in a promise's executor: a guard if something else settles the promise too, or if the promise runs in a race;
    /// a delay otherwise.
    fn judge_guard(
        &self,
        engine: &mut Engine,
        acquisition: &Acquisition<'_>,
        group: &super::super::settle::SettleGroup,
    ) -> Option<Verdict> {
        if !self.settles_itself(acquisition, group) && !self.ends_something(acquisition) {
            return None;
        }
        let release = engine.release_on_settle(self, acquisition, group)?;
        let (missing, grade) = match release {
            Release::Always | Release::Escapes(_) => return None,
            Release::Never if self.released_elsewhere(acquisition) == Elsewhere::Nothing => {
                (Missing::Never, Grade::First)
            }
            Release::Never => {
                // Kept in a variable around the executor, and cleared there on some ways out.
                let outer = self
                    .function(group.executor)
                    .parent
                    .map(|parent| self.activation_of(group.executor.with(parent)))?;
                let Release::Sometimes {
                    missed,
                    is_released: true,
                } = engine.release_in(self, acquisition, outer)
                else {
                    return None;
                };
                let (labels, grade) = self.missed_labels(&missed)?;
                (Missing::OnSomePath(labels), grade)
            }
            Release::Sometimes { mut missed, .. } => {
                // It may be cleared there, under a name that the handle is kept by.
                if let Elsewhere::Released(calls) = self.released_elsewhere(acquisition) {
                    missed.retain(|missed| {
                        !calls.iter().any(|&call| {
                            missed.leaves.is_some_and(|(function, _)| {
                                self.calling(call) == function && !self.is_item_released_by(acquisition, call)
                            })
                        })
                    });
                }
                if missed.is_empty() {
                    return None;
                }
                let (labels, grade) = self.missed_labels(&missed)?;
                (Missing::OnSomePath(labels), grade)
            }
        };
        // A pause that something may cut short: all that is left behind is a promise that is settled.
        let grade = if self.is_cancellable_delay(acquisition, group) {
            Grade::Third
        } else {
            grade
        };
        let outer = self
            .function(group.executor)
            .parent
            .map(|parent| group.executor.with(parent))?;
        self.one_shot(acquisition, missing, grade, self.repeats(outer))
    }

    /// Whether some method sets the field that latches the line back to nothing without releasing what it held.
    pub(super) fn forgets_handle(&self, acquisition: &Acquisition<'_>, index: usize) -> bool {
        let Some(field) = latch::latch_field(self, acquisition.function, index) else {
            return false;
        };
        let Some(owner) = self.owner_around(acquisition.function) else {
            return false;
        };
        let stores = self
            .bases(owner)
            .into_iter()
            .flat_map(|each| self.owners.stores(each, field, false).to_vec());
        stores.filter(|store| super::super::value::is_nullish(self.expr(store.value)) && !self.is_constructor(store.function)).any(|store| {
            !self.function(store.function).ops.iter().any(|op| matches!(*op, Op::Call(call) if self.releases(acquisition, store.function.with(call)) != super::super::value::Match::No))
        })
    }
}
