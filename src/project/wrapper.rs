//! Wrappers: functions that acquire for their caller, who then has the duty.

use std::borrow::Cow;

use smallvec::smallvec;

use crate::catalog::effect::{Acquire, End, Item, Resource};
use crate::catalog::pattern::{Place, PlaceRoot};
use crate::facts::body::Op;

use super::Project;
use super::acquisition::Acquisition;
use super::duty::{Engine, Release, To};
use super::path::{CallRef, FnRef, Path, Root, Step};
use super::value::Match;

/// Callers of one wrapper that are followed.
const MAX_CALLERS: usize = 200;

/// How a wrapper hands what it acquired to its caller.
enum Handed {
    /// `return client`, or a promise of it.
    Item,
    /// `return () => bus.off(…)`: a function that releases.
    Disposer,
    /// `callback(null, client)`: an argument of the function in that parameter.
    ToCallback { parameter: u16, argument: u16 },
    /// `resolve(client)` in the executor of the promise that is returned.
    Promise,
}

impl<'a> Project<'a> {
    /// The acquisitions that callers of a wrapper make by calling it.
    pub fn passed_to_callers(&self, engine: &mut Engine, acquisition: &Acquisition<'a>) -> Vec<Acquisition<'a>> {
        let losers = self.losers(acquisition);
        if !losers.is_empty() {
            return losers;
        }
        let Some((wrapper, handed)) = self.handed_over(engine, acquisition) else {
            return Vec::new();
        };
        let callers = self.graph.callers(wrapper);
        if callers.len() > MAX_CALLERS {
            return Vec::new();
        }
        callers
            .iter()
            .filter_map(|&call| self.passed_to(acquisition, wrapper, &handed, call))
            .collect()
    }

    /// The function whose caller gets what was acquired, and how.
    fn handed_over(&self, engine: &mut Engine, acquisition: &Acquisition<'a>) -> Option<(FnRef, Handed)> {
        if engine.release(self, acquisition) != Release::Escapes(To::Caller) {
            return None;
        }
        if let Some(executor) = self.around(acquisition.function).find(|&each| self.is_executor(each)) {
            let wrapper = executor.with(self.function(executor).parent?);
            // A promise that the function waits for itself is none of its caller's.
            let is_handed_over =
                self.returns_promise_of(wrapper, executor) && self.resolves_with(acquisition, executor);
            return is_handed_over.then_some((wrapper, Handed::Promise));
        }
        let wrapper = self.activation_of(acquisition.function);
        let returned = self.function(wrapper).ops.iter().find_map(|op| match *op {
            Op::Return(Some(value)) => {
                let value = wrapper.with(value);
                if !acquisition.items.is_empty() && self.is_one_of(&acquisition.items, value) != Match::No {
                    Some(Handed::Item)
                } else {
                    (self.is_releasing_function(acquisition, value)
                        && !self.may_end_by_itself(acquisition, wrapper, value))
                    .then_some(Handed::Disposer)
                }
            }
            _ => None,
        });
        match returned {
            // It may be the caller's own: what to give back, only the caller knows.
            Some(Handed::Item) if self.gives_back_a_parameter(wrapper) => None,
            Some(handed) => Some((wrapper, handed)),
            None => self.given_to_callback(acquisition),
        }
    }

    /// `if (given) return given;`
    fn gives_back_a_parameter(&self, function: FnRef) -> bool {
        self.function(function).ops.iter().any(|op| match *op {
            Op::Return(Some(value)) => self
                .possible(function.with(value))
                .iter()
                .any(|path| path.is_root() && matches!(path.root, Root::Param(of, _) if of == function)),
            _ => false,
        })
    }

    /// Whether a function gives its caller the promise of an executor.
    fn returns_promise_of(&self, function: FnRef, executor: FnRef) -> bool {
        let Some((promise, _)) = self.function(executor).argument_of else {
            return false;
        };
        let promise = Root::Call(executor.with(promise));
        let is_it = |path: &Path| path.root == promise;
        self.function(function).ops.iter().any(|op| match *op {
            Op::Return(Some(value)) => {
                let value = function.with(value);
                is_it(&self.path(value)) || self.possible(value).iter().any(is_it)
            }
            _ => false,
        })
    }

    /// Whether the executor's promise is fulfilled with the thing.
    fn resolves_with(&self, acquisition: &Acquisition<'a>, executor: FnRef) -> bool {
        let resolve = self.param_path(executor, 0);
        self.nested(executor).any(|function| {
            self.function(function).ops.iter().any(|op| match *op {
                Op::Call(call) => {
                    let call = function.with(call);
                    self.path(call.with(self.call(call).callee)) == resolve
                        && self
                            .argument(call, 0)
                            .is_some_and(|arg| self.is_one_of(&acquisition.items, arg) != Match::No)
                }
                _ => false,
            })
        })
    }

    /// Whether a value is a function in whose body the acquisition is released.
    fn is_releasing_function(&self, acquisition: &Acquisition<'a>, value: super::path::ExprRef) -> bool {
        self.functions_in(value).into_iter().any(|function| {
            self.function(function)
                .ops
                .iter()
                .any(|op| matches!(*op, Op::Call(call) if self.releases(acquisition, function.with(call)) != Match::No))
        })
    }

    /// Whether another function that the wrapper makes ends it too, perhaps by way of the disposer: a handler that has seen
    /// what it waited for, an interval that finds its work done.
    fn may_end_by_itself(&self, acquisition: &Acquisition<'a>, wrapper: FnRef, disposer: super::path::ExprRef) -> bool {
        let disposers = self.functions_in(disposer);
        let ends = |call: CallRef| {
            self.releases(acquisition, call) != Match::No
                || self.callees(call).iter().any(|callee| disposers.contains(callee))
        };
        self.nested(wrapper)
            .filter(|&function| {
                function != wrapper && !disposers.iter().any(|&disposer| self.is_within(function, disposer))
            })
            .flat_map(|function| self.function(function).ops.iter().map(move |op| (function, op)))
            .any(|(function, op)| matches!(*op, Op::Call(call) if ends(function.with(call))))
    }

    /// `callback(null, client)`, where `callback` is a parameter of a function around it.
    fn given_to_callback(&self, acquisition: &Acquisition<'a>) -> Option<(FnRef, Handed)> {
        for op in &self.function(acquisition.function).ops {
            let Op::Call(call) = *op else { continue };
            let call = acquisition.function.with(call);
            let Path {
                root: Root::Param(wrapper, parameter),
                steps,
            } = self.path(call.with(self.call(call).callee))
            else {
                continue;
            };
            if !steps.is_empty() {
                continue;
            }
            let argument = (0..self.call(call).args.len()).find(|&index| {
                self.argument(call, index)
                    .is_some_and(|arg| self.is_one_of(&acquisition.items, arg) != Match::No)
            });
            if let Some(argument) = argument {
                return Some((
                    wrapper,
                    Handed::ToCallback {
                        parameter,
                        argument: argument as u16,
                    },
                ));
            }
        }
        None
    }

    /// The acquisition that one call of the wrapper is.
    fn passed_to(
        &self,
        acquisition: &Acquisition<'a>,
        wrapper: FnRef,
        handed: &Handed,
        call: CallRef,
    ) -> Option<Acquisition<'a>> {
        let result = Path::root(Root::Call(call));
        let at = call.with(self.call(call).callee);
        let mut passed = Acquisition {
            call,
            function: self.calling(call),
            at_entry: false,
            ..acquisition.clone()
        };
        // What the wrapper activates before it hands it over is active from there on.
        let is_active = self.nested(wrapper).any(|function| {
            self.function(function).ops.iter().any(|op| {
                matches!(*op, Op::Call(call) if self.activates(acquisition, &acquisition.items, function.with(call)))
            })
        });
        if is_active {
            passed.entry = Cow::Owned(Acquire {
                activated_by: Vec::new(),
                ..acquisition.entry.clone().into_owned()
            });
        }
        match handed {
            Handed::Item => {
                let is_promise = self.function(wrapper).is_async
                    || acquisition.items.iter().any(|item| item.steps.contains(&Step::Awaited));
                passed.items = smallvec![if is_promise {
                    result.step(Step::Awaited, at)
                } else {
                    result
                }];
            }
            Handed::Promise => passed.items = smallvec![result.step(Step::Awaited, at)],
            Handed::Disposer => {
                if self.function(wrapper).is_async {
                    return None;
                }
                passed.items = smallvec![result];
                passed.entry = Cow::Owned(released_by_result(&passed.entry));
            }
            Handed::ToCallback { parameter, argument } => {
                let callback = *self
                    .functions_in(self.argument(call, usize::from(*parameter))?)
                    .first()?;
                passed.items = smallvec![self.param_path(callback, *argument)];
                passed.function = callback;
                passed.at_entry = true;
            }
        }
        Some(passed)
    }
}

/// The entry of something that the returned function releases.
fn released_by_result(entry: &Acquire) -> Acquire {
    let result = Place {
        root: PlaceRoot::Return,
        steps: Vec::new(),
    };
    let self_ending = entry.self_ending && entry.resource != Resource::Listener;
    Acquire {
        item: Some(Item {
            at: result.clone(),
            ty: None,
        }),
        ends: vec![End::Invoke(result)],
        key: Vec::new(),
        self_ending,
        ..entry.clone()
    }
}
