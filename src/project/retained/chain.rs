//! Endless chains: a function whose promise waits for that of its own next call, so that no round's promise can go.

use crate::diagnostic::{FileId, Label, Place};
use crate::facts::body::{Op, Used};
use crate::facts::expr::{Expr, Property};
use crate::facts::ids::ExprId;

use super::super::confidence::{Grade, confidence};
use super::super::effects::{Handler, Invoked};
use super::super::path::{CallRef, ExprRef, FnRef, Path, Root, Step};
use super::super::{Project, guard};
use super::{Holding, Retained};

/// Links of a chain between a handler and what is returned.
const MAX_LINKS: u32 = 6;

impl Project<'_> {
    /// The functions of a file whose promise waits for their own next call.
    pub(super) fn endless_chains_in(&self, file: FileId) -> Vec<Retained> {
        let functions = self.functions_of(file).filter(|&each| self.is_callable(each));
        functions.filter_map(|function| self.endless_chain(function)).collect()
    }

    fn endless_chain(&self, function: FnRef) -> Option<Retained> {
        let callers = self.graph.callers(function).iter().copied();
        let next = callers.filter(|&call| self.is_within(self.calling(call), function) && self.is_on_the_same(call));
        let found = next.filter_map(|call| {
            let grade = if self.calling(call) == function {
                self.awaits_itself(function, call)?
            } else {
                self.continues_with_itself(function, call)?
            };
            Some((grade, call))
        });
        let (grade, call) = found.min_by_key(|&(grade, _)| grade)?;
        let name = self.function_name(function)?;
        let mut why = Vec::new();
        if let Some(at) = self.waits_at(function) {
            why.push(Label::new(at, "each round waits here for something from outside"));
        }
        Some(Retained {
            place: self.place(call.file, Self::short(self.call(call).statement)),
            holding: Holding::Chain,
            holder: name.to_owned(),
            made_at: self.place(function.file, Self::short(self.function(function).head)),
            why,
            kept: Vec::new(),
            kept_at: None,
            confidence: confidence(&[grade]),
        })
    }

    /// `return next()` or `await next()` of an `async` function: how sure it is that every round comes there.
    fn awaits_itself(&self, function: FnRef, call: CallRef) -> Option<Grade> {
        let fact = self.function(function);
        let is_it = |value: ExprId| self.is_result_of(function.with(value), call);
        let is_waited_for = fact.is_async
            && fact
                .ops
                .iter()
                .any(|op| matches!(*op, Op::Return(Some(value)) | Op::Await(value) if is_it(value)));
        let index = self.op_of(call)?;
        let waits_before = fact.ops[..index].iter().any(|op| matches!(op, Op::Await(_)));
        if !is_waited_for || !waits_before || self.rounds_of_data(function, call) {
            return None;
        }
        self.sureness(self.surely_passes(function, index).is_some(), function, index)
    }

    /// What it says that a body comes to an operation on every way, or on all that do not return before.
    fn sureness(&self, is_sure: bool, function: FnRef, index: usize) -> Option<Grade> {
        if !self.is_last_word(function, index) {
            return None;
        }
        let is_sure = is_sure && !self.is_counted(function, index);
        Some(if is_sure { Grade::Second } else { Grade::Third })
    }

    /// `return work().finally(() => next())`.
    fn continues_with_itself(&self, function: FnRef, call: CallRef) -> Option<Grade> {
        let handler = self.calling(call);
        let (link, _) = self.function(handler).argument_of?;
        let link = handler.with(link);
        let Invoked::Handlers { handlers, .. } = self.invoked(link) else {
            return None;
        };
        let has = |given: &Handler| matches!(given, Handler::Known(known) if known.contains(&handler));
        let goes_on = has(&handlers.finally) || has(&handlers.fulfilled);
        let fact = self.function(handler);
        let gives = fact.ops.iter().any(|op| match *op {
            Op::Return(Some(value)) => self.is_result_of(handler.with(value), call),
            Op::Await(value) => fact.is_async && self.is_result_of(handler.with(value), call),
            _ => false,
        });
        if !goes_on || !gives || self.calling(link) != function || !self.is_given_on(function, link, 0) {
            return None;
        }
        if self.rounds_of_data(function, call) {
            return None;
        }
        let index = self.op_of(call)?;
        let linked = self.op_of(link)?;
        let is_sure = self.surely_passes(function, linked).is_some() && self.surely_passes(handler, index).is_some();
        let of_link = self.sureness(is_sure, function, linked)?;
        Some(of_link.max(self.sureness(is_sure, handler, index)?))
    }

    /// Whether a link's promise, or one that waits for it, is what the function gives or waits for.
    fn is_given_on(&self, function: FnRef, link: CallRef, depth: u32) -> bool {
        let fact = self.function(function);
        if self.call(link).used == Used::Returned {
            return true;
        }
        let is_waited_for = fact.ops.iter().any(|op| match *op {
            Op::Await(value) => fact.is_async && self.is_result_of(function.with(value), link),
            Op::Return(Some(value)) => self.is_result_of(function.with(value), link),
            _ => false,
        });
        is_waited_for
            || depth < MAX_LINKS
                && fact.ops.iter().any(|op| match *op {
                    Op::Call(next) => {
                        let next = function.with(next);
                        matches!(self.invoked(next), Invoked::Handlers { of, .. } if self.is_result_of(of, link))
                            && self.is_given_on(function, next, depth + 1)
                    }
                    _ => false,
                })
    }

    /// Whether an expression is the call itself.
    fn is_result_of(&self, expr: ExprRef, call: CallRef) -> bool {
        match *self.expr(expr) {
            Expr::Call(id) => expr.with(id) == call,
            Expr::Await(of) | Expr::Cast { value: of, .. } => self.is_result_of(expr.with(of), call),
            _ => false,
        }
    }

    /// Whether the next round is given something else than this one, other than what this one has waited for: a page, a
    /// child, a counter come to an end.
    fn rounds_of_data(&self, function: FnRef, call: CallRef) -> bool {
        let args = &self.call(call).args;
        args.iter().enumerate().any(|(position, &arg)| {
            !self.is_handed_through(call.with(arg), &self.param_path(function, position as u16))
        })
    }

    /// Whether an argument is what the round was given itself, what it has read, or the object that it works for.
    fn is_handed_through(&self, arg: ExprRef, given: &Path) -> bool {
        // `{ blocking, transform }`, which the parameter list has taken apart.
        if let Expr::Object(properties) = self.expr(arg) {
            return properties.iter().all(|property| match *property {
                Property::Field { name, value } => {
                    let part = given.clone().step(Step::Field(self.sym(arg.file, name)), arg);
                    self.path(arg.with(value)) == part
                }
                _ => false,
            });
        }
        let path = self.path(arg);
        let Root::Param(function, _) = given.root else {
            return false;
        };
        match path.root {
            Root::Param(..) => path == *given,
            // What the round has read decides whether there is another, if it is not read out of what the round was given.
            Root::Call(read) => {
                path.steps.last() == Some(&Step::Awaited)
                    && self.is_within(self.calling(read), function)
                    && !self.reads_what_is_given(function, read)
            }
            Root::Instance(_) | Root::This(_) | Root::Package(_) => true,
            _ => false,
        }
    }

    /// Whether a call works on a parameter of the function: the parent of an element, the next page after a page.
    fn reads_what_is_given(&self, function: FnRef, read: CallRef) -> bool {
        let args = self.call(read).args.iter().map(|&arg| read.with(arg));
        let mut worked_on = self.receiver(read).into_iter().chain(args);
        worked_on.any(|expr| matches!(self.path(expr).root, Root::Param(of, _) if of == function))
    }

    /// Whether a test before an operation reads a variable that the rounds themselves change.
    fn is_counted(&self, function: FnRef, index: usize) -> bool {
        let mut tests = self.function(function).ops[..index].iter().filter_map(|op| match *op {
            Op::If(test) => Some(function.with(test)),
            _ => None,
        });
        tests.any(|test| self.reads_what_changes(function, test, 0))
    }

    fn reads_what_changes(&self, function: FnRef, test: ExprRef, depth: u32) -> bool {
        if depth > MAX_LINKS {
            return true;
        }
        let go = |id| self.reads_what_changes(function, test.with(id), depth + 1);
        match *self.expr(test) {
            Expr::Unary { of, .. } | Expr::Cast { value: of, .. } => go(of),
            Expr::Binary { left, right, .. } | Expr::Logical { left, right, .. } => go(left) || go(right),
            Expr::Member { object, .. } => go(object),
            Expr::Binding(variable) => self.nested(function).any(|each| {
                let mut ops = self.function(each).ops.iter();
                ops.any(|op| matches!(*op, Op::Assign { to, .. } if to == variable))
            }),
            Expr::Call(_) => true,
            _ => false,
        }
    }

    /// Whether a body comes to an operation unless it has returned before: under no condition but those of a parameter, and
    /// in no handler of errors.
    fn is_last_word(&self, function: FnRef, index: usize) -> bool {
        let (mut catches, mut loops) = (0, 0);
        for op in &self.function(function).ops[..index] {
            match op {
                Op::Catch(_) => catches += 1,
                Op::EndTry if catches > 0 => catches -= 1,
                Op::Loop(_) | Op::Switch { .. } => loops += 1,
                Op::EndLoop(_) | Op::EndSwitch(_) => loops -= 1,
                _ => {}
            }
        }
        let of_param = |test: ExprRef| {
            let bare = match *self.expr(test) {
                Expr::Unary { of, .. } => test.with(of),
                _ => test,
            };
            matches!(self.path(bare).root, Root::Param(of, _) if of == function)
        };
        let guards = guard::guards_of(self, function, index);
        catches == 0 && loops == 0 && guards.iter().all(|guard| of_param(guard.test))
    }

    /// Where each round waits.
    fn waits_at(&self, function: FnRef) -> Option<Place> {
        let fact = self.function(function);
        let at = fact.ops.iter().position(|op| matches!(op, Op::Await(_)))?;
        Some(self.place(function.file, Self::short(fact.spans[at])))
    }
}
