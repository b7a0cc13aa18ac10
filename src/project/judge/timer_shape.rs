//! What a timeout is for: a guard of work, a delay, a step of an endless chain.

use crate::facts::body::{How, Op};

use super::super::acquisition::Acquisition;
use super::super::path::{FnRef, Path, Root};
use super::super::repetition::Repeats;
use super::super::{Project, words};
use super::delay::Defaults;

/// A timeout of fewer milliseconds that ends something is over before its leak matters.
const SHORT_DELAY: f64 = 5000.0;
/// The same, ten seconds included, for one that does nothing to what others still use: it settles a promise that is settled,
/// sets a flag.
const HARMLESS_DELAY: f64 = 10_001.0;

/// The same, a minute included, for one that nothing in view brings back.
const FEW_TIMES_DELAY: f64 = 60_001.0;

/// A timeout of so many milliseconds keeps what its callback sees for long, whatever it does.
const LONG_DELAY: f64 = 600_000.0;

impl Project<'_> {
    /// A delay of a few seconds, or none: over before it matters.
    pub(super) fn is_short(&self, acquisition: &Acquisition<'_>) -> bool {
        if self.ends_something(acquisition) {
            self.waits_less_than(acquisition, SHORT_DELAY, Defaults::SayNothing)
        } else {
            self.waits_less_than(acquisition, HARMLESS_DELAY, Defaults::Count)
        }
    }

    /// Whether a timeout that its owner keeps is over before the owner's end is missed.
    pub(super) fn is_brief(&self, acquisition: &Acquisition<'_>) -> bool {
        self.waits_less_than(acquisition, HARMLESS_DELAY, Defaults::Count)
    }

    /// Whether a timeout waits, whatever callers ask for, ten seconds at most where it is seen to come again, and a minute
    /// where nothing says how often.
    pub(super) fn is_surely_brief(&self, acquisition: &Acquisition<'_>, is_seen: bool) -> bool {
        let limit = if is_seen { HARMLESS_DELAY } else { FEW_TIMES_DELAY };
        self.waits_less_than(acquisition, limit, Defaults::SayNothing)
    }

    /// Whether the code says how long a timeout waits.
    pub(super) fn is_known_to_wait(&self, acquisition: &Acquisition<'_>) -> bool {
        self.delay_of(acquisition)
            .is_some_and(|delay| self.milliseconds(delay, Defaults::Count).is_some())
    }

    fn waits_less_than(&self, acquisition: &Acquisition<'_>, limit: f64, defaults: Defaults) -> bool {
        self.delay_of(acquisition).is_none_or(|delay| {
            self.milliseconds(delay, defaults)
                .is_some_and(|milliseconds| milliseconds < limit)
        })
    }

    /// How long a timeout waits; `None` where nothing is said, which is no time.
    fn delay_of(&self, acquisition: &Acquisition<'_>) -> Option<super::super::path::ExprRef> {
        let delay = self.argument(acquisition.origin.0, 1)?;
        // What this very call of a function with a timeout in it says.
        let passed = match self.path(delay) {
            Path {
                root: Root::Param(function, index),
                steps,
            } if steps.is_empty() && self.callees(acquisition.call).contains(&function) => {
                self.argument(acquisition.call, usize::from(index))
            }
            _ => None,
        };
        Some(passed.unwrap_or(delay))
    }

    /// Whether the process may end while a timer runs: `setTimeout(…).unref()`.
    pub(super) fn is_unreferenced(&self, acquisition: &Acquisition<'_>) -> bool {
        let root = self.activation_of(acquisition.function);
        self.nested(root).any(|function| {
            self.function(function).ops.iter().any(|op| match *op {
                Op::Call(call) => {
                    let call = function.with(call);
                    self.callee_name(call) == Some("unref")
                        && self
                            .receiver(call)
                            .is_some_and(|of| self.is_item(acquisition, of) != super::super::value::Match::No)
                }
                _ => false,
            })
        })
    }

    /// Whether a timeout's callback settles the promise around it, or is what settles it.
    pub(super) fn settles_itself(
        &self,
        acquisition: &Acquisition<'_>,
        group: &super::super::settle::SettleGroup,
    ) -> bool {
        let call = acquisition.origin.0;
        self.call(call).args.iter().any(|&arg| {
            let arg = call.with(arg);
            let by_function = self.functions_in(arg).iter().any(|&own| {
                self.nested(own).any(|each| group.functions.contains(&each)) || self.calls_settler(own, group)
            });
            let by_bind = matches!(self.path(arg).root, Root::Call(bind) if self.receiver(bind).is_some_and(|of| group.settlers.contains(&self.path(of))));
            by_function || by_bind || group.settlers.contains(&self.path(arg))
        })
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

    /// Whether the timeout's callback looks at a flag that the end of something else sets, which this very activation waits for:
    /// `server.once('close', () => { closed = true })`.
    pub(super) fn asks_whether_it_ended(&self, acquisition: &Acquisition<'_>) -> bool {
        let root = self.activation_of(acquisition.function);
        let own = self.callbacks_of(acquisition);
        let mut flags: Vec<crate::facts::ids::BindingId> = Vec::new();
        for &callback in own.iter().filter(|callback| callback.file == root.file) {
            for op in &self.function(callback).ops {
                let Op::If(test) = *op else { continue };
                let of = match *self.expr(callback.with(test)) {
                    crate::facts::expr::Expr::Unary { of, .. } => of,
                    _ => test,
                };
                if let crate::facts::expr::Expr::Binding(flag) = *self.expr(callback.with(of)) {
                    flags.push(flag);
                }
            }
        }
        self.nested(root).any(|function| {
            let waits = self.function(function).argument_of.is_some_and(|(call, _)| self.waits_for_an_end(function.with(call)));
            waits
                && self.function(function).ops.iter().any(|op| {
                    matches!(*op, Op::Assign { to, value, declares: false } if flags.contains(&to) && self.as_bool(function.with(value)) == Some(true))
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

    /// Whether a timeout comes to nothing when the work is over, and is not known to wait long.
    pub(super) fn comes_to_nothing(&self, acquisition: &Acquisition<'_>) -> bool {
        self.only_settles(acquisition) && !self.waits_long(acquisition)
    }

    /// Whether the code says that a timeout waits ten minutes or more.
    pub(super) fn waits_long(&self, acquisition: &Acquisition<'_>) -> bool {
        self.delay_of(acquisition).is_some_and(|delay| {
            self.milliseconds(delay, Defaults::Count)
                .is_some_and(|milliseconds| milliseconds >= LONG_DELAY)
        })
    }

    /// Whether all that a timer does is to settle a promise, which finds it settled when the work is over, or to abort
    /// what its own activation may abort: `() => reject(new Error('late'))`, `resolve`.
    fn only_settles(&self, acquisition: &Acquisition<'_>) -> bool {
        let timer = acquisition.origin.0;
        let Some(callback) = self.argument(timer, 0) else {
            return false;
        };
        let group = self.settle_group(self.calling(timer));
        let is_settler = |path: &Path| group.as_ref().is_some_and(|group| self.is_settler(group, path));
        if is_settler(&self.path(callback)) {
            return true;
        }
        let functions = self.functions_in(callback);
        let is_harmless = |call: super::super::path::CallRef| {
            self.call(call).how == How::New
                || is_settler(&self.path(call.with(self.call(call).callee)))
                || self.callee_name(call) == Some("abort") && self.is_of_the_activation(acquisition.function, call)
        };
        !functions.is_empty()
            && functions
                .iter()
                .flat_map(|&function| self.nested(function))
                .all(|function| {
                    self.function(function).ops.iter().all(|op| match *op {
                        Op::Call(call) => is_harmless(function.with(call)),
                        Op::Store { .. } | Op::Throw(_) => false,
                        _ => true,
                    })
                })
    }

    /// Whether a method is called on what the activation around a function makes with `new`.
    fn is_of_the_activation(&self, function: FnRef, call: super::super::path::CallRef) -> bool {
        let root = self.activation_of(function);
        self.receiver(call).is_some_and(|of| match self.path(of) {
            Path {
                root: Root::Call(made),
                steps,
            } => steps.is_empty() && self.call(made).how == How::New && self.is_within(self.calling(made), root),
            _ => false,
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

    /// How often others start a function that goes on by itself.
    pub(super) fn repeats_from_outside(&self, function: FnRef) -> Repeats {
        let outer = self.outermost(function);
        if let Some(owner) = self.owner_around(function) {
            return Repeats::PerOwner(owner);
        }
        self.repeats(outer)
    }
}
