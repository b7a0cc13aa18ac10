//! Whether a value that is waited for rejects: awaited, returned by a handler, taken item by item.

use smallvec::SmallVec;

use crate::facts::body::{How, Op};
use crate::facts::expr::Expr;

use super::Project;
use super::cfg::Strength;
use super::effects::{Handler, Invoked, Leaves, MAX_THROW_DEPTH};
use super::path::{CallRef, ExprRef, FnRef, Root};

impl Project<'_> {
    /// How strongly taking the next item of a value throws, where a loop goes over it.
    pub fn iteration_throws(&self, of: ExprRef, is_await: bool) -> Option<Strength> {
        self.iteration_throws_within(of, is_await, 0)
    }

    pub(super) fn iteration_throws_within(&self, of: ExprRef, is_await: bool, depth: u32) -> Option<Strength> {
        let generators = self.generators(of);
        if generators.is_empty() || depth >= MAX_THROW_DEPTH {
            return is_await.then_some(Strength::Strong);
        }
        generators
            .into_iter()
            .filter_map(|generator| self.body_throws(generator, depth + 1))
            .max()
    }

    /// How strongly closing a value throws, where a loop over it is left early: a generator's finalisers run then.
    pub fn closing_throws(&self, of: ExprRef) -> Option<Strength> {
        let has_finaliser = |generator: &FnRef| self.function(*generator).ops.contains(&Op::Finally);
        self.generators(of)
            .into_iter()
            .filter(has_finaliser)
            .filter_map(|generator| self.body_throws(generator, 1))
            .max()
    }

    /// The generators of the project that a value may come from.
    fn generators(&self, of: ExprRef) -> SmallVec<[FnRef; 2]> {
        match self.call_behind(of) {
            Some(call) => self
                .callees(call)
                .into_iter()
                .filter(|&callee| self.function(callee).is_generator)
                .collect(),
            None => SmallVec::new(),
        }
    }

    /// How strongly awaiting a value throws.
    pub fn rejects(&self, of: ExprRef) -> Option<Strength> {
        self.rejects_within(of, 0)
    }

    pub(super) fn rejects_within(&self, of: ExprRef, depth: u32) -> Option<Strength> {
        if let Some(known) = self.known_promise(of, depth) {
            return known;
        }
        match self.expr(of) {
            Expr::Literal(_) | Expr::Object(_) | Expr::Array(_) | Expr::Template(_) => None,
            _ => Some(Strength::Strong),
        }
    }

    /// How strongly a value rejects that is surely a promise.
    pub fn promise_rejects(&self, of: ExprRef) -> Option<Strength> {
        self.known_promise(of, 0).flatten()
    }

    /// How strongly a value rejects that somebody waits for if it is a promise: what a handler or an `async` function returns.
    pub fn returned_rejects(&self, of: ExprRef) -> Option<Strength> {
        self.returned_rejects_within(of, 0)
    }

    pub(super) fn returned_rejects_within(&self, of: ExprRef, depth: u32) -> Option<Strength> {
        if let Some(known) = self.known_promise(of, depth) {
            return known;
        }
        let Expr::Call(call) = *self.expr(of) else { return None };
        let call = of.with(call);
        let is_known = !self.callees(call).is_empty() || !matches!(self.invoked(call), Invoked::Nothing);
        if is_known || self.leaves_within(call, depth) == Leaves::Returns || self.call(call).how != How::Call {
            return None;
        }
        // A method that is returned to be waited for gives a promise more often than not.
        Some(if self.receiver(call).is_some() {
            Strength::Strong
        } else {
            Strength::Weak
        })
    }

    /// How strongly a value rejects, if it is known to be a promise and by what it settles.
    fn known_promise(&self, of: ExprRef, depth: u32) -> Option<Option<Strength>> {
        if depth >= MAX_THROW_DEPTH {
            return None;
        }
        let call = self.call_behind(of)?;
        match self.invoked(call) {
            Invoked::Executor(executor) => {
                let by_reject = self.function(executor).params.len() > 1;
                let thrown = if self.function(executor).is_async {
                    None
                } else {
                    self.body_throws(executor, depth + 1)
                };
                return Some(thrown.max(by_reject.then_some(Strength::Strong)));
            }
            Invoked::Handlers { handlers, of } => {
                let thrown = [&handlers.fulfilled, &handlers.rejected, &handlers.finally]
                    .into_iter()
                    .filter_map(|handler| match handler {
                        Handler::Absent => None,
                        Handler::Unknown => Some(Strength::Weak),
                        Handler::Known(functions) => functions
                            .iter()
                            .filter_map(|&function| self.body_throws(function, depth + 1))
                            .max(),
                    });
                let passed = if handlers.rejected.is_absent() {
                    self.rejects_within(of, depth + 1)
                } else {
                    None
                };
                return Some(thrown.max().max(passed));
            }
            Invoked::Now { .. } | Invoked::Nothing => {}
        }
        let callees = self.callees(call);
        if !callees.is_empty()
            && callees
                .iter()
                .all(|&callee| self.function(callee).is_async && !self.function(callee).is_generator)
        {
            return Some(
                callees
                    .iter()
                    .filter_map(|&callee| self.body_throws(callee, depth + 1))
                    .max(),
            );
        }
        let of_promise = self.receiver(call).is_some_and(|of| {
            let path = self.path(of);
            path.is_root() && matches!(path.root, Root::Global(name) if self.names.text(name) == "Promise")
        });
        match self.callee_name(call) {
            Some("allSettled") if of_promise => Some(None),
            Some("resolve") if of_promise => {
                Some(self.argument(call, 0).and_then(|value| match self.path(value).root {
                    Root::Call(_) | Root::Param(..) => self.rejects_within(value, depth + 1),
                    _ => None,
                }))
            }
            // It rejects as one of those that are listed does.
            Some("all" | "race") if of_promise => {
                let listed = self.argument(call, 0).map(|all| (all, self.expr(all)));
                let Some((all, Expr::Array(elements))) = listed else {
                    return Some(Some(Strength::Strong));
                };
                let rejected = elements
                    .iter()
                    .filter_map(|&element| self.rejects_within(all.with(element), depth + 1));
                Some(rejected.max())
            }
            Some("any" | "reject") if of_promise => Some(Some(Strength::Strong)),
            _ => None,
        }
    }

    /// The call whose result an expression is, directly or by a variable that holds nothing else.
    fn call_behind(&self, of: ExprRef) -> Option<CallRef> {
        match *self.expr(of) {
            Expr::Call(call) => Some(of.with(call)),
            Expr::Binding(_) => match self.path(of) {
                path if path.is_root() => match path.root {
                    Root::Call(call) => Some(call),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }
}
