//! How many rounds a loop makes, as far as its head says.

use crate::facts::body::Op;
use crate::facts::expr::{BinaryOperator, Expr};
use crate::facts::ids::Span;

use super::Project;
use super::effects::Invoked;
use super::path::{ExprRef, FnRef, Root};

/// How many rounds a loop makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rounds {
    /// As many as there are items, or up to a bound.
    Counted,
    /// Until something happens: `while (!closing)`.
    Open,
    /// `while (true)`, `for (;;)`, `for await`.
    Endless,
}

impl Project<'_> {
    /// The nearest loop around an operation that is not over a fixed collection.
    pub(super) fn loop_around(&self, function: FnRef, index: usize) -> Option<(Span, Rounds)> {
        let around: Vec<(usize, Rounds)> = self
            .open_loops(function, index)
            .into_iter()
            .rev()
            .filter(|&at| !self.is_fixed_loop(function, at))
            .map(|at| (at, self.rounds(function, at)))
            .collect();
        let chosen = around
            .iter()
            .find(|(_, rounds)| *rounds == Rounds::Endless)
            .or(around.first());
        chosen.map(|&(at, rounds)| (self.head_of_loop(function, at), rounds))
    }

    /// Whether a function is a callback that is over before its file has been loaded: `list.map((item) => …)` outside of all
    /// other functions.
    pub(super) fn runs_while_loading(&self, function: FnRef) -> bool {
        let is_called_now = |each: FnRef| {
            let call = self.function(each).argument_of.map(|(call, _)| each.with(call));
            call.is_some_and(
                |call| matches!(self.invoked(call), Invoked::Now { ref callbacks, .. } if callbacks.contains(&each)),
            )
        };
        self.around(function)
            .take_while(|&each| !self.is_module(each))
            .all(is_called_now)
    }

    /// Where the loops begin that an operation stands in, from the outermost.
    pub(super) fn open_loops(&self, function: FnRef, index: usize) -> Vec<usize> {
        let mut open = Vec::new();
        for (at, op) in self.function(function).ops[..index].iter().enumerate() {
            match op {
                Op::Loop(_) => open.push(at),
                Op::EndLoop(_) => {
                    open.pop();
                }
                _ => {}
            }
        }
        open
    }

    /// The text by which a loop is shown, which may be long.
    pub(super) fn head_of_loop(&self, function: FnRef, at: usize) -> Span {
        let span = self.function(function).spans[at];
        Span::new(span.start, span.end.min(span.start + 120))
    }

    /// Whether a loop is over items or up to a bound, or goes on until something happens.
    pub(super) fn rounds(&self, function: FnRef, at: usize) -> Rounds {
        let Op::Loop(label) = self.function(function).ops[at] else {
            return Rounds::Counted;
        };
        let mut depth = 0;
        for op in &self.function(function).ops[at + 1..] {
            match *op {
                Op::Loop(_) => depth += 1,
                Op::EndLoop(end) if end == label => return Rounds::Endless,
                Op::EndLoop(_) => depth -= 1,
                Op::LoopItem { is_await, .. } if depth == 0 => {
                    return if is_await { Rounds::Endless } else { Rounds::Counted };
                }
                Op::LoopTest(test) if depth == 0 => {
                    return match *self.expr(function.with(test)) {
                        Expr::Binary {
                            operator:
                                BinaryOperator::Less
                                | BinaryOperator::LessEqual
                                | BinaryOperator::Greater
                                | BinaryOperator::GreaterEqual,
                            ..
                        } => Rounds::Counted,
                        _ if self.as_bool(function.with(test)) == Some(true) => Rounds::Endless,
                        _ => Rounds::Open,
                    };
                }
                _ => {}
            }
        }
        Rounds::Counted
    }

    /// A loop over an array literal, or over a constant that is one, runs as often as it is long.
    fn is_fixed_loop(&self, function: FnRef, at: usize) -> bool {
        let fact = self.function(function);
        let item = fact.ops[at + 1..].iter().find_map(|op| match op {
            Op::LoopItem { of, .. } => Some(Some(*of)),
            Op::LoopTest(_) | Op::EndLoop(_) => Some(None),
            _ => None,
        });
        match item.flatten() {
            Some(of) => self.is_fixed_collection(function.with(of)),
            None => false,
        }
    }

    /// An array or object literal, or the keys or entries of one.
    pub fn is_fixed_collection(&self, expr: ExprRef) -> bool {
        let path = self.path(expr);
        match path.root {
            Root::Object(_) => path.is_root(),
            Root::Call(call) if path.is_root() => {
                matches!(self.callee_name(call), Some("keys" | "values" | "entries"))
                    && (self
                        .argument(call, 0)
                        .is_some_and(|arg| matches!(self.path(arg).root, Root::Object(_)))
                        || self
                            .receiver(call)
                            .is_some_and(|of| matches!(self.path(of).root, Root::Object(_))))
            }
            _ => false,
        }
    }
}
