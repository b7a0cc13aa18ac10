//! Observers of elements and of the page: they work until they are disconnected, or until what they observe is gone.

use crate::catalog::pattern::PlaceStep;
use crate::diagnostic::Label;
use crate::facts::body::Op;
use crate::facts::expr::Expr;

use super::super::acquisition::Acquisition;
use super::super::confidence::Grade;
use super::super::duty::{Engine, Release, To};
use super::super::elsewhere::Elsewhere;
use super::super::model::Missing;
use super::super::path::{ExprRef, Path, Root};
use super::super::region::Region;
use super::super::repetition::Repeats;
use super::super::{Project, latch};
use super::{Pile, Verdict};

impl Project<'_> {
    pub(super) fn judge_observer(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let function = acquisition.function;
        let repeats = self.repeats_call(acquisition.call);
        if repeats == Repeats::Once || self.is_in_a_test(function) || self.is_given_to_its_callback(acquisition) {
            return None;
        }
        let index = self.op_of(acquisition.call)?;
        if latch::is_idempotent(self, function, index) || self.is_guarded_by_callers(function) {
            return None;
        }
        let release = engine.release(self, acquisition);
        if release == Release::Escapes(To::Caller) {
            return self.judge_remembered(acquisition);
        }
        let (missing, release_grade) = self.missing_release(engine, acquisition, false)?;
        let observed = self.observed(acquisition);
        let outliving = observed
            .iter()
            .copied()
            .find(|&target| self.may_outlive_all(target, acquisition));
        let is_lost = release == Release::Never;
        let (grade, why, teardown) = if outliving.is_some() || acquisition.entry.lasting {
            self.on_the_page(acquisition, repeats, is_lost)?
        } else {
            self.on_an_element(acquisition, repeats)?
        };
        let target = outliving.or(observed.first().copied());
        let holder_name = target.map(|target| self.describe(target)).unwrap_or_default();
        let label = outliving.map(|target| {
            let at = self.receiver_place(acquisition.call);
            self.holder_label(target, &Region::Process, at)
        });
        Some(Verdict {
            missing,
            grades: vec![release_grade, grade],
            holder: label,
            holder_name,
            why,
            teardown,
            is_self_rearming: false,
        })
    }

    /// `new MutationObserver((records, observer) => observer.disconnect())`: the callback has it, and may end it.
    fn is_given_to_its_callback(&self, acquisition: &Acquisition<'_>) -> bool {
        let callbacks = self
            .argument(acquisition.call, 0)
            .map(|callback| self.functions_in(callback));
        callbacks.is_some_and(|callbacks| {
            callbacks
                .iter()
                .any(|&callback| self.function(callback).params.len() > 1)
        })
    }

    /// What it is told to observe.
    fn observed(&self, acquisition: &Acquisition<'_>) -> Vec<ExprRef> {
        let scope = self.release_scope(acquisition.function);
        self.calls_in(&scope)
            .filter(|&call| self.activates(acquisition, &acquisition.items, call))
            .filter_map(|call| self.argument(call, 0))
            .collect()
    }

    /// Whether a target is, or is by default, a part of the page that is always there. What is reached through something
    /// that was handed in may be of another page: a frame's.
    fn may_outlive_all(&self, target: ExprRef, acquisition: &Acquisition<'_>) -> bool {
        let is_of_the_page = |target: ExprRef| {
            matches!(self.path(target).root, Root::Global(_))
                && self.region_of(target, acquisition.origin.1) == Region::Process
        };
        let mut targets = vec![target];
        if let Expr::Binding(binding) = *self.expr(target) {
            let values = &self.facts(target.file).binding(binding).values;
            targets.extend(values.iter().map(|&value| target.with(value)));
        }
        targets.into_iter().any(|target| match *self.expr(target) {
            Expr::Logical { right, .. } => is_of_the_page(target.with(right)),
            _ => is_of_the_page(target),
        })
    }

    /// On a part of the page that is always there.
    fn on_the_page(&self, acquisition: &Acquisition<'_>, repeats: Repeats, is_lost: bool) -> Option<Pile> {
        let pile = self.process_repetition(acquisition.function, repeats.clone());
        // Most of what is of no element observes as long as the page is there, and means to.
        if acquisition.entry.lasting && !repeats.is_many() {
            return pile.map(|(_, why, teardown)| (Grade::Third, why, teardown));
        }
        // Nobody has it any more: each call of the function leaves one behind.
        match (pile, repeats) {
            (Some((Grade::Third, _, teardown)), repeats @ (Repeats::PerCall(_) | Repeats::Often(_)))
                if is_lost
                    && !self.is_an_entry(acquisition.function)
                    && !self.is_once_per_instance(acquisition.function) =>
            {
                let (grade, why) = self.activation_repetition(repeats)?;
                Some((grade, why, teardown))
            }
            (pile, _) => pile,
        }
    }

    /// On an element that may well go together with whoever observes it: a leak only as far as the element lives on.
    fn on_an_element(&self, acquisition: &Acquisition<'_>, repeats: Repeats) -> Option<Pile> {
        let function = acquisition.function;
        if let (true, Repeats::Many(why)) = (self.effect_around(function).is_some(), &repeats) {
            return Some((Grade::Second, why.clone(), None));
        }
        let owner = self.owner_around(function)?;
        if self.is_one_of_its_kind(owner) {
            return None;
        }
        let end = self.witnessed_end(function)?;
        let class = self
            .owners
            .get(owner)
            .name
            .map_or("this object", |name| self.text(name));
        let why = Label::new(self.owner_place(owner), format!("each `{class}` starts one more"));
        let ends_others = self.ends_another_observer(acquisition);
        Some((
            if ends_others { Grade::Second } else { Grade::Third },
            vec![why],
            Some(self.named(end)),
        ))
    }

    /// Whether the code around ends another observer, so that it knows that this one has to be ended as well.
    fn ends_another_observer(&self, acquisition: &Acquisition<'_>) -> bool {
        let scope = self.release_scope(acquisition.function);
        let mut others = self.calls_in(&scope).filter(|&call| call != acquisition.call);
        others.any(|call| {
            let other = self
                .acquisition(call)
                .filter(|other| other.resource() == acquisition.resource());
            other.is_some_and(|other| matches!(self.released_elsewhere(&other), Elsewhere::Released(_)))
        })
    }

    /// What a function gives that is called once and remembered, until what it depends on changes: nothing tells the last one.
    fn judge_remembered(&self, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let function = acquisition.function;
        let (call, _) = self.function(function).argument_of?;
        let call = function.with(call);
        let name = self.callee_name(call)?;
        let mut aliases = self.catalog.aliases_named(name);
        aliases
            .find(|alias| alias.same.steps == [PlaceStep::Returned] && self.matches(&alias.callee, call).is_some())?;
        let mut remembered = acquisition.clone();
        remembered.items.push(Path::root(Root::Call(call)));
        if self.released_elsewhere(&remembered) != Elsewhere::Nothing {
            return None;
        }
        let outer = self.calling(call);
        let is_handed_on = self.function(outer).ops.iter().any(|op| match *op {
            Op::Return(Some(value)) => self.holds_item(&remembered.items, outer.with(value)),
            _ => false,
        });
        let changes = self.argument(call, 1).is_some_and(|on| match self.path(on).root {
            Root::Object(list) => matches!(self.expr(list), Expr::Array(elements) if !elements.is_empty()),
            _ => false,
        });
        if is_handed_on && !changes {
            return None;
        }
        let why = if changes {
            "made anew when one of these changes, and nothing ends the last one"
        } else {
            "made once for each instance, and nothing ends it"
        };
        Some(Verdict {
            missing: Missing::Never,
            grades: vec![Grade::Second],
            holder: None,
            holder_name: String::new(),
            why: vec![Label::new(self.callee_place(call), why)],
            teardown: None,
            is_self_rearming: false,
        })
    }
}
