//! Timeouts that start themselves again: whether each firing surely leads to the next, and what stops that.
//!
//! A retry, a poll that waits for something and a countdown arm the next timeout under a condition: they end by themselves.

use crate::facts::body::{Op, Used};
use crate::facts::expr::Expr;

use super::super::acquisition::Acquisition;
use super::super::duty::events::first_branch;
use super::super::effects::{Handler, Invoked};
use super::super::guard::{self, Guard};
use super::super::path::{ExprRef, FnRef, Root};
use super::super::{Project, words};

/// Functions between a timeout's callback and the one that starts it again.
const MAX_HOPS: u32 = 3;

/// How a timeout goes on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in super::super) enum Chain {
    /// Each firing starts the next.
    Endless,
    /// Each firing starts the next until a flag is set from outside: one more timeout is left over then.
    Flagged,
}

impl Project<'_> {
    /// How a timeout's callback starts it again, if it surely does.
    pub(super) fn chain_of(&self, acquisition: &Acquisition<'_>) -> Option<Chain> {
        let index = self.op_of(acquisition.call)?;
        let function = acquisition.function;
        self.callbacks_of(acquisition)
            .into_iter()
            .filter_map(|callback| {
                // The timeout stands in the callback, or in a function that the callback calls.
                self.around(function)
                    .take_while(|&each| !self.is_module(each))
                    .filter_map(|start| {
                        let armed = self.surely_runs(start, function, index)?;
                        let reached = self.surely_calls(callback, start, 0)?;
                        Some(armed.max(reached))
                    })
                    .min()
            })
            .min()
    }

    /// The functions that a timer runs.
    pub(super) fn callbacks_of(&self, acquisition: &Acquisition<'_>) -> Vec<FnRef> {
        let call = acquisition.origin.0;
        let args = &self.call(call).args;
        args.iter().flat_map(|&arg| self.functions_in(call.with(arg))).collect()
    }

    /// Whether a run of a function surely comes to a call of another, or is one.
    pub(super) fn surely_calls(&self, from: FnRef, wanted: FnRef, hops: u32) -> Option<Chain> {
        if from == wanted {
            return Some(Chain::Endless);
        }
        if hops >= MAX_HOPS {
            return None;
        }
        let mut best: Option<Chain> = None;
        for function in self.nested(from) {
            for (index, op) in self.function(function).ops.iter().enumerate() {
                let Op::Call(call) = *op else { continue };
                for callee in self.callees(function.with(call)) {
                    if callee == from || self.is_within(callee, from) && callee != wanted {
                        continue;
                    }
                    let next = || {
                        Some(self.surely_runs(from, function, index)?.max(self.surely_calls(
                            callee,
                            wanted,
                            hops + 1,
                        )?))
                    };
                    best = match (best, next()) {
                        (Some(a), Some(b)) => Some(a.min(b)),
                        (a, b) => a.or(b),
                    };
                }
            }
        }
        best
    }

    /// Whether each run of a function that does not throw comes to an operation of its own, or of a handler in it.
    fn surely_runs(&self, from: FnRef, at: FnRef, index: usize) -> Option<Chain> {
        let mut chain = Chain::Endless;
        let (mut function, mut index) = (at, index);
        for _ in 0..8 {
            chain = chain.max(self.surely_passes(function, index)?);
            if function == from {
                return Some(chain);
            }
            let (call, _) = self.function(function).argument_of?;
            let call = function.with(call);
            match self.invoked(call) {
                Invoked::Handlers { handlers, .. } => {
                    let has = |handler: &Handler| matches!(handler, Handler::Known(known) if known.contains(&function));
                    // Where the promise rejects nothing goes on, as behind an `await`; if that is handled, it may be how it ends.
                    let is_handled = self.call(call).used != Used::Dropped;
                    let is_sure =
                        has(&handlers.finally) || has(&handlers.fulfilled) && (has(&handlers.rejected) || !is_handled);
                    if !is_sure {
                        return None;
                    }
                }
                Invoked::Executor(_) => {}
                Invoked::Now { .. } | Invoked::Nothing => return None,
            }
            index = self.op_of(call)?;
            function = self.calling(call);
        }
        None
    }

    /// Whether control surely passes an operation of a body, but for flags that others set.
    pub(in super::super) fn surely_passes(&self, function: FnRef, index: usize) -> Option<Chain> {
        let ops = &self.function(function).ops;
        let mut chain = Chain::Endless;
        let mut tests: Vec<Guard> = guard::guards_of(self, function, index);
        // `if (closed) return` in front of it.
        let mut depth = 0_u32;
        let mut open_catches = 0_u32;
        let mut switches = 0_u32;
        for (at, op) in ops[..index].iter().enumerate() {
            match *op {
                Op::If(test) => {
                    let leaves = first_branch(&ops[at + 1..])
                        .iter()
                        .any(|op| matches!(op, Op::Return(_) | Op::Throw(_) | Op::Break(_)));
                    if leaves {
                        tests.push(Guard {
                            test: function.with(test),
                            taken: false,
                        });
                    }
                    depth += 1;
                }
                Op::EndIf => depth = depth.saturating_sub(1),
                // What stands in a handler of errors runs on errors only.
                Op::Catch(_) => open_catches += 1,
                Op::Finally | Op::EndTry if open_catches > 0 => open_catches -= 1,
                Op::Switch { .. } => switches += 1,
                Op::EndSwitch(_) => switches -= 1,
                Op::Return(_) | Op::Throw(_) if depth == 0 => return None,
                _ => {}
            }
        }
        if open_catches > 0 || switches > 0 {
            return None;
        }
        for guard in tests {
            chain = chain.max(self.is_stopped_by(function, guard.test)?);
        }
        Some(chain)
    }

    /// What a test says of the next round: it always goes the same way, or others set what it reads; `None` if the rounds
    /// themselves change it.
    fn is_stopped_by(&self, function: FnRef, test: ExprRef) -> Option<Chain> {
        match *self.expr(test) {
            Expr::Unary { of, .. } => self.is_stopped_by(function, test.with(of)),
            Expr::Logical { left, right, .. } | Expr::Binary { left, right, .. } => Some(
                self.is_stopped_by(function, test.with(left))?
                    .max(self.is_stopped_by(function, test.with(right))?),
            ),
            Expr::Literal(_) => Some(Chain::Endless),
            Expr::Member { object, name, .. } => match self.path(test.with(object)).root {
                Root::Instance(owner) if self.path(test.with(object)).is_root() => {
                    let name = self.sym(test.file, name);
                    let stores = self
                        .bases(owner)
                        .into_iter()
                        .flat_map(|each| self.owners.stores(each, name, false).to_vec())
                        .filter(|store| !self.is_constructor(store.function))
                        .collect::<Vec<_>>();
                    let is_end = |at: FnRef| {
                        self.around(at)
                            .any(|each| self.function_name(each).is_some_and(words::mentions_teardown))
                    };
                    if stores.is_empty() {
                        Some(Chain::Endless)
                    } else {
                        stores
                            .iter()
                            .any(|store| is_end(store.function))
                            .then_some(Chain::Flagged)
                    }
                }
                // An option of the object: the same in each round.
                Root::Instance(_) => Some(Chain::Endless),
                _ => None,
            },
            // The handle itself, which is cleared before it is set.
            Expr::Binding(variable) => {
                let fact = self.facts(test.file).binding(variable);
                let is_outer = !self.is_within(test.with(fact.function), function);
                (is_outer && fact.reassigned > 0).then_some(Chain::Flagged)
            }
            _ => None,
        }
    }
}
