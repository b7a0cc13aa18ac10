//! Whether a value that is waited for rejects: awaited, returned by a handler, taken item by item.

use smallvec::SmallVec;

use crate::facts::body::{How, Op};
use crate::facts::expr::{BinaryOperator, Expr};
use crate::facts::ids::FnId;

use super::Project;
use super::cfg::Strength;
use super::effects::{Handler, Invoked, Leaves, MAX_THROW_DEPTH};
use super::path::{CallRef, ExprRef, FnRef, Root, Step};

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
        let Some(call) = self.call_behind(of) else {
            return self.known_promises(of, depth);
        };
        match self.invoked(call) {
            Invoked::Executor(executor) => {
                let by_reject = self.function(executor).params.len() > 1 && self.mentions_reject(executor);
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
                    .filter_map(|handler| self.handler_throws(handler, depth));
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
                .all(|&callee| !self.function(callee).is_async && !self.function(callee).is_generator)
        {
            let returned = callees.iter().map(|&callee| self.returned_promise(callee, depth + 1));
            return returned.reduce(|some, other| Some(some?.max(other?))).flatten();
        }
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
        let of_promise = self.receiver(call).is_some_and(|of| self.is_promise_class(of));
        match self.callee_name(call) {
            Some("allSettled") if of_promise => Some(None),
            Some("resolve") if of_promise => {
                Some(self.argument(call, 0).and_then(|value| match self.path(value).root {
                    Root::Call(_) | Root::Param(..) => self.rejects_within(value, depth + 1),
                    _ => None,
                }))
            }
            // Of a list that is written in place, as its elements do.
            Some("all" | "race") if of_promise => {
                Some(match self.argument(call, 0).map(|list| (list, self.expr(list))) {
                    Some((list, Expr::Array(elements))) => elements
                        .iter()
                        .filter_map(|&element| self.rejects_within(list.with(element), depth + 1))
                        .max(),
                    _ => Some(Strength::Strong),
                })
            }
            Some("any" | "reject") if of_promise => Some(Some(Strength::Strong)),
            _ => None,
        }
    }

    /// As [`Self::known_promise`], for a variable that is given several promises: `if (late) done = done.then(…)`.
    fn known_promises(&self, of: ExprRef, depth: u32) -> Option<Option<Strength>> {
        let path = self.path(of);
        let Root::Variable(variable) = path.root else {
            return None;
        };
        if !path.is_root() {
            return None;
        }
        let values = &self.facts(variable.file).binding(variable.id).values;
        let rejects = values.iter().map(|&value| {
            let value = variable.with(value);
            // What continues the variable's own promise rejects with it, which the other values tell.
            if let Expr::Call(call) = *self.expr(value)
                && let Invoked::Handlers { handlers, of: before } = self.invoked(value.with(call))
                && self.path(before) == path
            {
                let own = [&handlers.fulfilled, &handlers.rejected, &handlers.finally];
                return Some(
                    own.into_iter()
                        .filter_map(|each| self.handler_throws(each, depth))
                        .max(),
                );
            }
            self.known_promise(value, depth + 1)
        });
        rejects.reduce(|some, other| Some(some?.max(other?))).flatten()
    }

    fn handler_throws(&self, handler: &Handler, depth: u32) -> Option<Strength> {
        match handler {
            Handler::Absent => None,
            Handler::Unknown => Some(Strength::Weak),
            Handler::Known(functions) => functions
                .iter()
                .filter_map(|&function| self.body_throws(function, depth + 1))
                .max(),
        }
    }

    /// How strongly the promise rejects that a function returns, if it returns one on every way.
    fn returned_promise(&self, function: FnRef, depth: u32) -> Option<Option<Strength>> {
        let returned = self.function(function).ops.iter().filter_map(|op| match *op {
            Op::Return(value) => Some(value),
            _ => None,
        });
        let rejects = returned.map(|value| self.known_promise(function.with(value?), depth));
        rejects.reduce(|some, other| Some(some?.max(other?))).flatten()
    }

    /// Whether an executor, or a function in it, uses the second thing that it is given.
    fn mentions_reject(&self, executor: FnRef) -> bool {
        let reject = [self.param_path(executor, 1)];
        self.nested(executor).any(|function| {
            let holds = |value| self.holds_item(&reject, function.with(value));
            self.function(function).ops.iter().any(|op| match *op {
                Op::Call(call) => {
                    let call = self.call(function.with(call));
                    let bound = match *self.expr(function.with(call.callee)) {
                        Expr::Member { object, .. } => holds(object),
                        _ => false,
                    };
                    bound || holds(call.callee) || call.args.iter().any(|&arg| holds(arg))
                }
                Op::Store { value, .. } | Op::Assign { value, .. } | Op::Return(Some(value)) => holds(value),
                _ => false,
            })
        })
    }

    /// Whether a test tells a promise from another value: `typeof result.then === 'function'`, `result instanceof Promise`.
    pub fn asks_for_a_promise(&self, test: ExprRef) -> bool {
        let with = |id| test.with(id);
        match *self.expr(test) {
            Expr::Unary { of, .. } => self.asks_for_a_promise(with(of)),
            Expr::Logical { left, right, .. } => {
                self.asks_for_a_promise(with(left)) || self.asks_for_a_promise(with(right))
            }
            Expr::Binary {
                operator: BinaryOperator::InstanceOf,
                right,
                ..
            } => self.is_promise_class(with(right)),
            Expr::Binary { left, .. } => self.asks_for_a_promise(with(left)),
            Expr::Member { name, .. } => self.facts(test.file).name(name) == "then",
            _ => false,
        }
    }

    /// Whether a value is the language's `Promise`, a class that extends it, or a catalogued one in its place.
    pub fn is_promise_class(&self, class: ExprRef) -> bool {
        self.possible(class).iter().any(|path| match path.root {
            Root::Global(name) => path.is_root() && self.names.text(name) == "Promise",
            Root::Static(owner) if path.is_root() => self.bases(owner).into_iter().any(|each| {
                let base = self.owners.get(each).base;
                base.is_some_and(|base| !matches!(self.path(base).root, Root::Static(_)) && self.is_promise_class(base))
            }),
            _ => {
                let mut types = self.types_constructed_by(path).into_iter();
                types.any(|key| self.catalog.ty(key).name.ends_with(".Promise"))
                    || matches!(path.steps.last(), Some(Step::Field(name)) if self.text(*name) == "Promise")
                        && self.is_stored_promise_class(class, path)
            }
        })
    }

    /// Whether the file puts a promise's class into a place: `Client.Promise = global.Promise`.
    fn is_stored_promise_class(&self, class: ExprRef, place: &super::path::Path) -> bool {
        self.nested(class.with(FnId(0))).any(|function| {
            self.function(function).ops.iter().any(|op| match *op {
                Op::Store { to, value } => {
                    let (to, value) = (function.with(to), function.with(value));
                    to != value && self.path(to) == *place && self.path(value) != *place && self.is_promise_class(value)
                }
                _ => false,
            })
        })
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
