//! Losers of a race: promises that a timeout settles and that `Promise.race` waits for beside others.

use crate::catalog::effect::Resource;
use crate::facts::body::{How, Op};
use crate::facts::expr::Expr;

use super::super::Project;
use super::super::acquisition::Acquisition;
use super::super::elsewhere::Elsewhere;
use super::super::path::{CallRef, ExprRef, FnRef, Path, Root, Step};
use super::super::settle::SettleGroup;

/// Functions that hand a promise on to their caller and are followed.
const MAX_WRAPPERS: u32 = 2;
/// Callers of one such function that are looked at.
const MAX_CALLERS: usize = 200;

impl Project<'_> {
    /// Whether the promise of an executor runs in a race against something else, in the code that makes it.
    pub fn is_raced(&self, executor: FnRef) -> bool {
        self.promise_made_with(executor)
            .is_some_and(|promise| self.runs_in_a_race(promise))
    }

    /// `new Promise(executor)`.
    fn promise_made_with(&self, executor: FnRef) -> Option<CallRef> {
        let (call, _) = self.function(executor).argument_of?;
        Some(executor.with(call))
    }

    /// Whether the promise that a call gives is one of several in a `Promise.race` or `Promise.any` of the same file.
    fn runs_in_a_race(&self, promise: CallRef) -> bool {
        let facts = self.facts(promise.file);
        (0..facts.calls.len()).any(|index| {
            let race = promise.with(crate::facts::ids::CallId(index as u32));
            self.is_race(race) && self.is_racer(race, promise)
        })
    }

    /// Whether a call waits for the first of several promises.
    pub(in super::super) fn is_race(&self, call: CallRef) -> bool {
        self.call(call).how == How::Call
            && matches!(self.callee_name(call), Some("race" | "any"))
            && self.receiver(call).is_some_and(|of| self.is_promise_class(of))
    }

    /// Whether a promise is one of at least two that a race waits for.
    pub(super) fn is_racer(&self, race: CallRef, promise: CallRef) -> bool {
        let all = self.racers(race);
        all.len() > 1 && all.into_iter().any(|each| self.is_the_promise_of(each, promise))
    }

    /// The promises that a race waits for, as far as their list is written in view.
    pub(in super::super) fn racers(&self, race: CallRef) -> Vec<ExprRef> {
        let Some(racers) = self.argument(race, 0) else {
            return Vec::new();
        };
        let list = self.path(racers);
        let Root::Object(literal) = list.root else {
            return Vec::new();
        };
        let Expr::Array(elements) = self.expr(literal) else {
            return Vec::new();
        };
        let mut all: Vec<ExprRef> = elements.iter().map(|&each| literal.with(each)).collect();
        if matches!(self.expr(racers), Expr::Binding(_)) {
            all.extend(self.pushed_to(&list, race));
        }
        all
    }

    /// What `push` adds to a list, in the function of a call and around it.
    fn pushed_to(&self, list: &Path, call: CallRef) -> Vec<ExprRef> {
        let root = self.outermost(self.calling(call));
        let mut found = Vec::new();
        for function in self.nested(root) {
            for op in &self.function(function).ops {
                let Op::Call(push) = *op else { continue };
                let push = function.with(push);
                let fills = self.callee_name(push) == Some("push")
                    && self.receiver(push).is_some_and(|of| self.path(of) == *list);
                if fills {
                    found.extend(self.call(push).args.iter().map(|&arg| push.with(arg)));
                }
            }
        }
        found
    }

    /// Whether an expression is a call's promise, perhaps through a variable.
    fn is_the_promise_of(&self, expr: ExprRef, promise: CallRef) -> bool {
        let is_it =
            |path: &Path| path.root == Root::Call(promise) && path.steps.iter().all(|step| *step == Step::Awaited);
        is_it(&self.path(expr)) || self.possible(expr).iter().any(is_it)
    }

    /// The races that callers of the function around a timeout's executor make with the promise that it returns:
    /// `race([work(), after(ms)])`. Each is an acquisition of its own.
    pub fn losers<'c>(&self, acquisition: &Acquisition<'c>) -> Vec<Acquisition<'c>> {
        let mut found = Vec::new();
        if acquisition.resource() == Resource::Timeout
            && acquisition.call == acquisition.origin.0
            && let Some(group) = self.settle_group(acquisition.function)
            && self.settles_alone(acquisition, &group)
            && self.released_elsewhere(acquisition) == Elsewhere::Nothing
            && let Some(promise) = self.promise_made_with(group.executor)
        {
            self.collect_races(promise, 0, &mut found);
        }
        let calls = found.into_iter();
        calls
            .map(|call| Acquisition {
                call,
                function: self.calling(call),
                items: smallvec::SmallVec::new(),
                ..acquisition.clone()
            })
            .collect()
    }

    /// Whether a timeout fulfils the promise around it, and all that others do is reject it: `sleep(ms, signal)`.
    pub(super) fn is_cancellable_delay(&self, acquisition: &Acquisition<'_>, group: &SettleGroup) -> bool {
        let Some(resolve) = group.settlers.first() else {
            return false;
        };
        let own = self.callbacks_of(acquisition);
        let mut is_fulfilled_here = false;
        for function in self.nested(group.executor) {
            let is_own = own.iter().any(|&each| self.is_within(function, each));
            for op in &self.function(function).ops {
                let Op::Call(call) = *op else { continue };
                let call = function.with(call);
                let fact = self.call(call);
                let resolves = self.path(call.with(fact.callee)) == *resolve
                    || fact.args.iter().any(|&arg| self.path(call.with(arg)) == *resolve);
                if !resolves {
                    continue;
                }
                if !is_own && call != acquisition.call {
                    return false;
                }
                is_fulfilled_here = true;
            }
        }
        is_fulfilled_here && !self.is_raced(group.executor)
    }

    /// Whether a timeout settles the promise around it, and nothing else does.
    fn settles_alone(&self, acquisition: &Acquisition<'_>, group: &SettleGroup) -> bool {
        let own = self.callbacks_of(acquisition);
        let is_own = |function: FnRef| own.iter().any(|&each| self.is_within(function, each));
        self.settles_itself(acquisition, group)
            && group.functions.iter().all(|&function| is_own(function))
            && group
                .direct
                .iter()
                .all(|&call| call == acquisition.call || is_own(self.calling(call)))
    }

    fn collect_races(&self, promise: CallRef, depth: u32, found: &mut Vec<CallRef>) {
        let wrapper = self.calling(promise);
        let is_returned =
            self.function(wrapper).ops.iter().any(
                |op| matches!(*op, Op::Return(Some(value)) if self.is_the_promise_of(wrapper.with(value), promise)),
            );
        let callers = self.graph.callers(wrapper);
        if !is_returned || depth >= MAX_WRAPPERS || callers.len() > MAX_CALLERS {
            return;
        }
        for &call in callers {
            if self.runs_in_a_race(call) {
                if !found.contains(&call) {
                    found.push(call);
                }
            } else {
                self.collect_races(call, depth + 1, found);
            }
        }
    }
}
