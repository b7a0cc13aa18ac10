//! Intervals and timeouts: what is started again and again, or by something with a life, and not cleared at its end.

use crate::facts::body::Op;

use super::super::acquisition::Acquisition;
use super::super::confidence::Grade;
use super::super::duty::{Engine, Release, To};
use super::super::elsewhere::Elsewhere;
use super::super::model::Missing;
use super::super::path::Root;
use super::super::{Project, guard};
use super::Verdict;

impl Project<'_> {
    pub(super) fn judge_interval(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let (missing, release_grade) = self.missing_release(engine, acquisition, false)?;
        self.judge_timer(acquisition, missing, release_grade, false)
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
        let is_per_instance = guard::latch_field(self, function, index).is_some()
            && self
                .owner_around(function)
                .is_some_and(|owner| self.teardown_of(owner).is_some());
        let is_latched =
            guard::is_idempotent(self, function, index) && !is_per_instance && !self.forgets_handle(acquisition, index);
        if is_latched || self.is_guarded_by_callers(function) {
            return None;
        }
        let repeats = if is_self_rearming {
            self.repeats_from_outside(function)
        } else {
            self.repeats_call(acquisition.call)
        };
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

    pub(super) fn judge_timeout(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let is_self_rearming = self.is_self_rearming(acquisition);
        if self.is_short(acquisition) && !is_self_rearming
            || self.is_in_a_handler(acquisition.function) && self.settle_group(acquisition.function).is_some()
        {
            return None;
        }
        if let Some(group) = self.settle_group(acquisition.function) {
            return self.judge_guard(engine, acquisition, &group);
        }
        if is_self_rearming {
            // One that arms itself under a condition ends by itself.
            let index = self.op_of(acquisition.call)?;
            if self.owner_around(acquisition.function).is_none()
                && !guard::guards_of(self, acquisition.function, index).is_empty()
            {
                return None;
            }
            let (missing, grade) = self.missing_release(engine, acquisition, false)?;
            return self.judge_timer(acquisition, missing, grade, true);
        }
        // A lone timeout fires and is gone; one that is cleared on some ways out was meant to be cleared on all.
        let missed = match engine.release(self, acquisition) {
            Release::Sometimes {
                missed,
                is_released: true,
            } => missed,
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

    /// A timeout that its owner keeps, to clear it, and whose end does not.
    pub(super) fn judge_kept_timeout(&self, acquisition: &Acquisition<'_>) -> Option<Verdict> {
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
    pub(super) fn judge_pointless_timeout(&self, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        if !self.is_dropped(acquisition) || !self.waits_for_the_same(acquisition) {
            return None;
        }
        let (grade, why) = self.activation_repetition(self.repeats_call(acquisition.call))?;
        Some(Verdict {
            missing: Missing::Dropped,
            grades: vec![grade],
            holder: None,
            holder_name: "the timer heap".to_owned(),
            why,
            teardown: None,
            is_self_rearming: false,
        })
    }

    /// A timeout in a promise's executor: a guard if something else settles the promise too, a delay otherwise.
    pub(super) fn judge_guard(
        &self,
        engine: &mut Engine,
        acquisition: &Acquisition<'_>,
        group: &super::super::settle::SettleGroup,
    ) -> Option<Verdict> {
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
            Release::Sometimes { missed, .. } => {
                let (labels, grade) = self.missed_labels(&missed)?;
                (Missing::OnSomePath(labels), grade)
            }
        };
        let outer = self
            .function(group.executor)
            .parent
            .map(|parent| group.executor.with(parent))?;
        let (repeat_grade, why) = self.activation_repetition(self.repeats(outer))?;
        Some(Verdict {
            missing,
            grades: vec![grade, repeat_grade],
            holder: None,
            holder_name: "the timer heap".to_owned(),
            why,
            teardown: None,
            is_self_rearming: false,
        })
    }

    /// Whether some method sets the field that latches the line back to nothing without releasing what it held.
    pub(super) fn forgets_handle(&self, acquisition: &Acquisition<'_>, index: usize) -> bool {
        let Some(field) = guard::latch_field(self, acquisition.function, index) else {
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
