//! Removals that cannot remove: a listener that nothing takes off, with a call beside it that was meant to.

use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use crate::catalog::effect::Repeat;
use crate::diagnostic::Place;
use crate::facts::body::{Op, Used};

use super::super::Project;
use super::super::acquisition::Acquisition;
use super::super::confidence::{Grade, confidence};
use super::super::duty::Engine;
use super::super::elsewhere::Elsewhere;
use super::super::identity::Difference;
use super::super::model::Mismatch;
use super::super::path::{CallRef, ExprRef, FnRef};
use super::super::region::Region;
use super::super::repetition::Repeats;
use super::super::value::Match;
use super::listeners::Listeners;

type Functions = SmallVec<[FnRef; 1]>;

/// A removal that was meant for an acquisition, and what is wrong with it.
#[derive(Clone, Copy)]
pub(super) struct Wrong {
    pub removal: CallRef,
    pub difference: Difference,
    pub emptied: Option<Place>,
}

impl Project<'_> {
    /// Every listener whose removal names something else.
    pub fn mismatches(&self, engine: &mut Engine, acquisitions: &[Acquisition<'_>]) -> Vec<Mismatch> {
        let listeners = Listeners::of(self, acquisitions);
        let mut used: FxHashSet<CallRef> = FxHashSet::default();
        let mut found = Vec::new();
        for acquisition in listeners.all() {
            let judged = self.charged(acquisition.call.file, || {
                self.wrong_removal(engine, acquisition, &listeners, &used)
            });
            let Some(wrong) = judged.flatten() else {
                continue;
            };
            used.insert(wrong.removal);
            found.push(self.mismatch(acquisition, wrong));
        }
        found
    }

    fn wrong_removal(
        &self,
        engine: &mut Engine,
        acquisition: &Acquisition<'_>,
        listeners: &Listeners<'_>,
        used: &FxHashSet<CallRef>,
    ) -> Option<Wrong> {
        // What is kept of the call may be how it ends.
        if acquisition.entry.witnessed && self.call(acquisition.call).used != Used::Dropped {
            return None;
        }
        let released = self.may_release(acquisition, listeners);
        if !released.is_empty() {
            return self
                .emptied_function(acquisition, &released)
                .or_else(|| self.function_of_another_run(engine, acquisition, &released));
        }
        let beside = |call: CallRef| self.are_beside(acquisition.function, self.calling(call));
        self.calls_in_scope(acquisition)
            .filter(|&call| !used.contains(&call) && beside(call))
            .find_map(|call| {
                let difference = self.difference(acquisition, call)?;
                let is_meant_otherwise =
                    difference != Difference::FreshRemoval && self.follows_at_once(acquisition, call);
                if self.is_there_once(acquisition, call, difference) || is_meant_otherwise {
                    return None;
                }
                (difference == Difference::FreshRemoval || self.removes_nothing(acquisition, call, listeners))
                    .then_some(Wrong {
                        removal: call,
                        difference,
                        emptied: None,
                    })
            })
            .or_else(|| self.added_again(acquisition, listeners))
    }

    /// The calls beside an acquisition that may end what it acquires, by their callee.
    fn calls_in_scope(&self, acquisition: &Acquisition<'_>) -> impl Iterator<Item = CallRef> {
        let own = acquisition.call;
        let scope = self.release_scope(acquisition.function);
        let calls = self.calls_that_may_end(&acquisition.entry, &scope);
        debug_assert!(
            {
                let known: FxHashSet<CallRef> = calls.iter().copied().collect();
                self.calls_in(&scope)
                    .all(|call| known.contains(&call) || self.difference(acquisition, call).is_none())
            },
            "a removal has a name that was not looked for"
        );
        calls.into_iter().filter(move |&call| call != own)
    }

    /// `target.removeEventListener(…); target.addEventListener(…)` of one function: the target keeps it once, removed or not.
    fn is_there_once(&self, acquisition: &Acquisition<'_>, removal: CallRef, difference: Difference) -> bool {
        let is_before =
            self.calling(removal) == acquisition.function && self.op_of(removal) < self.op_of(acquisition.call);
        is_before
            && acquisition.entry.repeat == Repeat::NoOp
            && !matches!(difference, Difference::FreshRemoval | Difference::FreshAddition)
    }

    /// `socket.on('error', noop); socket.off('error', this.onError);`: one comes for the other, on purpose.
    fn follows_at_once(&self, acquisition: &Acquisition<'_>, removal: CallRef) -> bool {
        let function = acquisition.function;
        let (Some(added), Some(removed)) = (self.op_of(acquisition.call), self.op_of(removal)) else {
            return false;
        };
        let ops = &self.function(function).ops;
        self.calling(removal) == function
            && !ops[added.min(removed)..added.max(removed)]
                .iter()
                .any(|op| matches!(op, Op::Await(_) | Op::Yield(_)))
    }

    /// Whether two functions belong together: parts of one owner, of one closure, of one module.
    fn are_beside(&self, a: FnRef, b: FnRef) -> bool {
        match (self.owner_around(a), self.owner_around(b)) {
            (Some(first), Some(second)) => self.are_relatives(first, second),
            (None, None) => a.file == b.file,
            _ => a.file == b.file && self.outermost(a) == self.outermost(b),
        }
    }

    /// Whether a removal ends nothing that is added anywhere: its function goes to no other listener, known or hidden in a helper.
    fn removes_nothing(&self, acquisition: &Acquisition<'_>, removal: CallRef, listeners: &Listeners<'_>) -> bool {
        let functions = self.functions_given(acquisition, removal);
        let stays = self.stays_in_listeners(&functions, removal, listeners);
        let is_for_another = listeners.beside(self, self.calling(removal)).any(|other| {
            let may_be_given = || {
                let added = self.listening_function(other).map(|added| self.functions_in(added));
                !stays || added.is_some_and(|added| added.iter().any(|each| functions.contains(each)))
            };
            other.call != acquisition.call
                && (other.call.file == removal.file || self.are_beside(other.function, self.calling(removal)))
                && self.may_be_for(other, removal)
                && may_be_given()
        });
        if is_for_another {
            self.repeats_a_removal(acquisition, removal)
        } else {
            self.go_to_listeners_only(&functions, removal, listeners)
        }
    }

    /// The functions that a removal of the acquisition's kind names.
    pub(super) fn functions_given(&self, acquisition: &Acquisition<'_>, removal: CallRef) -> Functions {
        let keeps = acquisition.entry.keeps.as_ref();
        let given = keeps.and_then(|keeps| self.place_exprs(removal, keeps).first().copied());
        given.map(|given| self.functions_in(given)).unwrap_or_default()
    }

    /// Whether functions go nowhere but into listeners and removals, so that they come out of nothing else than their names.
    fn stays_in_listeners(&self, functions: &[FnRef], removal: CallRef, listeners: &Listeners<'_>) -> bool {
        !functions.is_empty()
            && functions.iter().all(|&function| !self.graph.is_mentioned(function))
            && self.go_to_listeners_only(functions, removal, listeners)
    }

    /// Whether functions are handed to no other calls than those that add and remove listeners: no helper may add them.
    fn go_to_listeners_only(&self, functions: &[FnRef], removal: CallRef, listeners: &Listeners<'_>) -> bool {
        let name = self.callee_name(removal);
        functions
            .iter()
            .flat_map(|&function| self.graph.passed(function))
            .all(|&(call, _)| self.callee_name(call) == name || listeners.is_added_by(call))
    }

    /// The calls that may release an acquisition, without those that name another function than the one that was added.
    fn may_release(&self, acquisition: &Acquisition<'_>, listeners: &Listeners<'_>) -> Vec<CallRef> {
        let Elsewhere::Released(mut calls) = self.released_elsewhere(acquisition) else {
            return Vec::new();
        };
        let added = self
            .listening_function(acquisition)
            .map(|added| self.functions_in(added))
            .unwrap_or_default();
        calls.retain(|&call| self.difference(acquisition, call).is_none());
        calls.retain(|&call| {
            let named = acquisition
                .entry
                .keeps
                .as_ref()
                .map(|keeps| self.place_exprs(call, keeps));
            let is_by_function = named.is_some_and(|named| !named.is_empty());
            let given = self.functions_given(acquisition, call);
            !is_by_function
                || given.iter().any(|each| added.contains(each))
                || !self.stays_in_listeners(&added, call, listeners)
        });
        calls
    }

    /// Whether the same body makes the very same removal before: the second was copied and not changed.
    fn repeats_a_removal(&self, acquisition: &Acquisition<'_>, removal: CallRef) -> bool {
        let function = self.calling(removal);
        let same = |a: ExprRef, b: ExprRef| self.same(a, b) == Match::Must;
        let (Some(here), Some(receiver)) = (self.op_of(removal), self.receiver(removal)) else {
            return false;
        };
        let ops = &self.function(function).ops;
        let is_flat = |ops: &[Op]| !ops.iter().any(|op| !matches!(op, Op::Call(_)));
        let fact = self.call(removal);
        acquisition.function.file == removal.file
            && ops[..here].iter().enumerate().any(|(at, op)| match *op {
                Op::Call(call) => {
                    let call = function.with(call);
                    let other = self.call(call);
                    is_flat(&ops[at..here])
                        && self.callee_name(call) == self.callee_name(removal)
                        && other.args.len() == fact.args.len()
                        && self.receiver(call).is_some_and(|of| same(of, receiver))
                        && other
                            .args
                            .iter()
                            .zip(&fact.args)
                            .all(|(&a, &b)| same(call.with(a), call.with(b)))
                }
                _ => false,
            })
    }

    fn mismatch(&self, acquisition: &Acquisition<'_>, wrong: Wrong) -> Mismatch {
        let fact = self.call(acquisition.call);
        let at = Place {
            file: acquisition.call.file,
            span: fact.callee_span,
        };
        let holder = self.holder_expr(acquisition);
        let region = holder.map_or(Region::Process, |holder| self.region_of(holder, acquisition.origin.1));
        let removal = self.call(wrong.removal);
        let described = |call: CallRef, index: usize| {
            let part = acquisition.entry.key.get(index);
            part.and_then(|part| self.key_expr(call, part))
                .map(|expr| self.describe(expr))
                .unwrap_or_default()
        };
        let position = |wanted: &dyn Fn(&crate::catalog::pattern::Place) -> bool| {
            acquisition.entry.key.iter().position(|part| wanted(&part.at))
        };
        let function = position(&|place| acquisition.entry.keeps.as_ref() == Some(place)).unwrap_or(0);
        let part = match wrong.difference {
            Difference::OtherEvent => function.saturating_sub(1),
            Difference::OtherTarget => 0,
            _ => function,
        };
        let is_lasting = matches!(region, Region::Process | Region::Outlives);
        Mismatch {
            call: acquisition.call,
            what: self.describe_call(acquisition),
            place: Place {
                file: acquisition.call.file,
                span: Self::short(fact.statement),
            },
            holder: holder
                .filter(|_| is_lasting)
                .map(|holder| self.holder_label(holder, &region, at)),
            holder_name: holder.map_or("the process".to_owned(), |holder| self.describe(holder)),
            difference: wrong.difference,
            removal: Place {
                file: wrong.removal.file,
                span: Self::short(removal.span),
            },
            removal_name: self.describe(wrong.removal.with(removal.callee)),
            named: described(wrong.removal, part),
            wanted: described(acquisition.call, part),
            emptied: wrong.emptied,
            remedy: self.naming(acquisition, wrong.removal, wrong.difference),
            confidence: confidence(&[
                self.holder_grade(&region),
                self.run_grade(acquisition),
                self.difference_grade(acquisition, wrong.difference),
            ]),
        }
    }

    /// The removal beside it shows that the holder is meant to outlive the listener; it is proven where the holder's life is.
    fn holder_grade(&self, region: &Region) -> Grade {
        match region {
            Region::Process | Region::Outlives => Grade::First,
            Region::Injected(..) | Region::Given(_) | Region::Unknown => Grade::Second,
            Region::Owner(_) | Region::Owned(_) | Region::Activation => Grade::Third,
        }
    }

    /// A function that each run makes anew is another one only if there is another run.
    fn difference_grade(&self, acquisition: &Acquisition<'_>, difference: Difference) -> Grade {
        let is_seen =
            || self.repeats_call(acquisition.call).is_seen() || self.scope_around(acquisition.function).is_some();
        if difference == Difference::PerRun && !is_seen() {
            Grade::Second
        } else {
            Grade::First
        }
    }

    /// What is added once is left behind once; what ends by itself may have ended.
    fn run_grade(&self, acquisition: &Acquisition<'_>) -> Grade {
        let repeats = self.repeats_anew(acquisition, self.repeats_call(acquisition.call));
        let is_one_of_its_kind = self
            .owner_around(acquisition.function)
            .is_some_and(|owner| self.is_one_of_its_kind(owner));
        // Who calls into an application is in view.
        let is_called_once = matches!(repeats, Repeats::PerCall(_) | Repeats::Unknown)
            && self.is_application(acquisition.call.file)
            && self.scope_around(acquisition.function).is_none();
        if acquisition.entry.self_ending
            || repeats == Repeats::Once
            || is_called_once
            || is_one_of_its_kind && !repeats.is_seen()
            || self.is_in_the_whole_program(acquisition.function)
                && (!repeats.is_many()
                    || self.is_run_once_in_a_life(acquisition.function)
                    || self.is_body_of_an_instance(acquisition.function))
        {
            Grade::Third
        } else {
            Grade::First
        }
    }
}
