//! What a timeout is for: a guard of work, a delay, a step of an endless chain.

use crate::facts::body::Op;

use super::super::acquisition::Acquisition;
use super::super::path::{FnRef, Path, Root};
use super::super::repetition::Repeats;
use super::super::{Project, words};

/// A timer of fewer milliseconds is over before its leak matters.
const SHORT_DELAY: f64 = 5000.0;

impl Project<'_> {
    /// A delay of a few seconds, or none: over before it matters.
    pub(super) fn is_short(&self, acquisition: &Acquisition<'_>) -> bool {
        let Some(delay) = self.argument(acquisition.call, 1) else {
            return true;
        };
        match self.path(delay) {
            Path {
                root: Root::Number(text),
                steps,
            } if steps.is_empty() => self
                .text(text)
                .replace('_', "")
                .parse::<f64>()
                .is_ok_and(|milliseconds| milliseconds < SHORT_DELAY),
            _ => false,
        }
    }

    /// Whether a function handles a promise's outcome: what else settles has then had its turn.
    pub(super) fn is_in_a_handler(&self, function: FnRef) -> bool {
        self.around(function).any(|each| {
            self.function(each).argument_of.is_some_and(|(call, _)| {
                matches!(
                    self.invoked(each.with(call)),
                    super::super::effects::Invoked::Handlers { .. }
                )
            })
        })
    }

    /// Whether the activation registers a terminal event of the very thing that the timer's callback acts on.
    pub(super) fn waits_for_the_same(&self, acquisition: &Acquisition<'_>) -> bool {
        let callbacks = self
            .call(acquisition.call)
            .args
            .iter()
            .flat_map(|&arg| self.functions_in(acquisition.call.with(arg)));
        let mut acted_on: Vec<Path> = Vec::new();
        for callback in callbacks {
            for each in self.nested(callback) {
                acted_on.extend(self.function(each).ops.iter().filter_map(|op| match *op {
                    Op::Call(call) => self.receiver(each.with(call)).map(|of| self.path(of)),
                    _ => None,
                }));
            }
        }
        let root = self.activation_of(acquisition.function);
        self.nested(root).any(|each| {
            self.function(each).ops.iter().any(|op| match *op {
                Op::Call(call) => {
                    let call = each.with(call);
                    let waits = self.receiver(call).is_some_and(|of| acted_on.contains(&self.path(of)))
                        && self.waits_for_an_end(call);
                    waits || self.call_waits_for_one_of(call, &acted_on)
                }
                _ => false,
            })
        })
    }

    /// Whether a helper of the project is given one of the things and waits for its end.
    pub(super) fn call_waits_for_one_of(&self, call: super::super::path::CallRef, things: &[Path]) -> bool {
        let given = (0..self.call(call).args.len()).find(|&index| {
            self.argument(call, index)
                .is_some_and(|arg| things.contains(&self.path(arg)))
        });
        let Some(index) = given else { return false };
        self.callees(call).into_iter().any(|callee| {
            let param = self.param_path(callee, index as u16);
            self.nested(callee).any(|each| {
                self.function(each).ops.iter().any(|op| match *op {
                    Op::Call(inner) => {
                        let inner = each.with(inner);
                        self.waits_for_an_end(inner) && self.receiver(inner).is_some_and(|of| self.path(of) == param)
                    }
                    _ => false,
                })
            })
        })
    }

    /// Whether a timer's callback ends something that it captured: `() => socket.destroy()`.
    pub(super) fn ends_something(&self, acquisition: &Acquisition<'_>) -> bool {
        let callbacks = self
            .call(acquisition.call)
            .args
            .iter()
            .flat_map(|&arg| self.functions_in(acquisition.call.with(arg)));
        callbacks
            .flat_map(|callback| self.nested(callback).collect::<Vec<_>>())
            .any(|function| {
                self.function(function).ops.iter().any(|op| match *op {
                    Op::Call(call) => {
                        let call = function.with(call);
                        self.callee_name(call).is_some_and(words::is_teardown) && self.receiver(call).is_some()
                    }
                    _ => false,
                })
            })
    }

    /// Whether a function calls a function of the group that settles.
    pub(super) fn calls_settler(&self, function: FnRef, group: &super::super::settle::SettleGroup) -> bool {
        self.function(function).ops.iter().any(|op| match *op {
            Op::Call(call) => self
                .callees(function.with(call))
                .iter()
                .any(|callee| group.functions.contains(callee)),
            _ => false,
        })
    }

    /// Whether a timeout's callback starts it again.
    pub(super) fn is_self_rearming(&self, acquisition: &Acquisition<'_>) -> bool {
        let function = acquisition.function;
        let named = self
            .around(function)
            .filter(|&each| !self.is_module(each))
            .collect::<Vec<_>>();
        self.call(acquisition.call).args.iter().any(|&arg| {
            self.functions_in(acquisition.call.with(arg))
                .into_iter()
                .any(|callback| named.contains(&callback) || self.reaches(callback, &named, 0))
        })
    }

    /// Whether a function calls one of others, directly or through one more.
    pub(super) fn reaches(&self, from: FnRef, wanted: &[FnRef], depth: u32) -> bool {
        depth < 2
            && self.nested(from).any(|each| {
                self.function(each).ops.iter().any(|op| match *op {
                    Op::Call(call) => self.callees(each.with(call)).into_iter().any(|callee| {
                        (wanted.contains(&callee) && !self.is_within(callee, from))
                            || callee != from && self.reaches(callee, wanted, depth + 1)
                    }),
                    _ => false,
                })
            })
    }

    /// How often others start a function that goes on by itself.
    pub(super) fn repeats_from_outside(&self, function: FnRef) -> Repeats {
        let outer = self
            .around(function)
            .take_while(|&each| !self.is_module(each))
            .last()
            .unwrap_or(function);
        if let Some(owner) = self.owner_around(function) {
            return Repeats::PerOwner(owner);
        }
        self.repeats(outer)
    }
}
