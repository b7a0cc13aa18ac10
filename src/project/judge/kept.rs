//! Timers whose handle is kept: in which field, what clears the last one first, and what the owner's end does.

use crate::facts::body::Op;
use crate::facts::expr::Expr;

use super::super::acquisition::Acquisition;
use super::super::effects::Invoked;
use super::super::elsewhere::Elsewhere;
use super::super::names::Sym;
use super::super::path::{CallRef, ExprRef, FnRef, OwnerId, Root};
use super::super::{Project, guard, words};

/// How a function clears the timer of its last call before it sets another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Replaced {
    Always,
    /// It clears, and sets another only under a condition: calling it may also be how the timer is stopped.
    Conditionally,
}

impl Project<'_> {
    /// Whether the function that starts a timer clears the last one before.
    pub(super) fn replaces_the_last(&self, acquisition: &Acquisition<'_>, index: usize) -> Option<Replaced> {
        let Elsewhere::Released(calls) = self.released_elsewhere(acquisition) else {
            return None;
        };
        let before = calls
            .into_iter()
            .filter(|&call| self.calling(call) == acquisition.function)
            .find_map(|call| self.op_of(call).filter(|&at| at < index))?;
        let guards = guard::guards_of(self, acquisition.function, index);
        let around_release = guard::guards_of(self, acquisition.function, before);
        Some(if guards.iter().all(|guard| around_release.contains(guard)) {
            Replaced::Always
        } else {
            Replaced::Conditionally
        })
    }

    /// Whether a call names the handle itself, and not only something under the same name.
    pub(super) fn is_item_released_by(&self, acquisition: &Acquisition<'_>, call: CallRef) -> bool {
        self.releases(acquisition, call) != super::super::value::Match::No
    }

    /// Whether another file clears something that it reaches under the name of the field that keeps the handle:
    /// `clearTimeout(client.retryTimer)`. A name may silence.
    pub(super) fn is_cleared_by_name_elsewhere(&self, acquisition: &Acquisition<'_>) -> bool {
        let function = acquisition.function;
        let fields: Vec<Sym> = self
            .function(function)
            .ops
            .iter()
            .filter_map(|op| match *op {
                Op::Store { to, value } if self.holds_item(&acquisition.items, function.with(value)) => {
                    match *self.expr(function.with(to)) {
                        Expr::Member { name, .. } => Some(self.sym(function.file, name)),
                        _ => None,
                    }
                }
                _ => None,
            })
            .collect();
        !fields.is_empty()
            && self.file_ids().filter(|&file| file != function.file).any(|file| {
                let facts = self.facts(file);
                facts.calls.iter().any(|call| {
                    call.args.len() == 1
                        && matches!(*facts.expr(call.args[0]), Expr::Member { object, name, .. }
                            if !matches!(facts.expr(object), Expr::This(_)) && fields.contains(&self.sym(file, name)))
                        && matches!(*facts.expr(call.callee), Expr::Global(name) if words::mentions_teardown(facts.name(name)))
                })
            })
    }

    /// Whether a flag that nothing sets back lets the line through once: `if (closing) return; closing = true;`. The line may
    /// stand in an executor or handler behind it.
    pub(super) fn is_once_for_all(&self, acquisition: &Acquisition<'_>) -> bool {
        let mut call = acquisition.call;
        for _ in 0..4 {
            let function = self.calling(call);
            let Some(index) = self.op_of(call) else { return false };
            let ops = &self.function(function).ops;
            let is_behind_a_flag = ops[..index].iter().enumerate().any(|(at, op)| match *op {
                Op::If(test) => {
                    matches!(ops.get(at + 1), Some(Op::Return(_))) && self.is_final_flag(function, function.with(test))
                }
                _ => false,
            });
            if is_behind_a_flag {
                return true;
            }
            match self.function(function).argument_of {
                Some((outer, _)) if !matches!(self.invoked(function.with(outer)), Invoked::Nothing) => {
                    call = function.with(outer);
                }
                _ => return false,
            }
        }
        false
    }

    /// Whether a test reads a variable or field that a function sets to `true` and nothing sets back.
    fn is_final_flag(&self, function: FnRef, test: ExprRef) -> bool {
        let mut is_set_here = false;
        let mut only_set = |at: FnRef, value: ExprRef| {
            is_set_here |= at == function && self.as_bool(value) == Some(true);
            self.as_bool(value) == Some(true)
        };
        let is_final = match *self.expr(test) {
            Expr::Binding(flag) => {
                let declared = function.with(self.facts(test.file).binding(flag).function);
                declared != function
                    && self.nested(declared).all(|each| {
                        self.function(each).ops.iter().all(|op| match *op {
                            Op::Assign {
                                to,
                                value,
                                declares: false,
                            } if to == flag => only_set(each, each.with(value)),
                            _ => true,
                        })
                    })
            }
            Expr::Member { object, name, .. } => match self.path(test.with(object)).root {
                Root::Instance(owner) => {
                    let name = self.sym(test.file, name);
                    let stores = self
                        .bases(owner)
                        .into_iter()
                        .flat_map(|each| self.owners.stores(each, name, false));
                    stores
                        .filter(|store| !self.is_constructor(store.function) && self.is_callable(store.function))
                        .all(|store| only_set(store.function, store.value))
                }
                _ => false,
            },
            _ => false,
        };
        is_final && is_set_here
    }

    /// Whether the handle goes into a field of the owner itself.
    pub(super) fn is_kept_in_a_field(&self, acquisition: &Acquisition<'_>) -> bool {
        let function = acquisition.function;
        self.function(function).ops.iter().any(|op| match *op {
            Op::Store { to, value } => match *self.expr(function.with(to)) {
                Expr::Member { object, .. } => {
                    let object = self.path(function.with(object));
                    matches!(object.root, Root::Instance(_))
                        && object.is_root()
                        && self.holds_item(&acquisition.items, function.with(value))
                }
                _ => false,
            },
            _ => false,
        })
    }

    /// Whether an owner extends something that is neither a class in view nor a library's: a mixin, a class behind a name
    /// that is not resolved.
    pub(super) fn has_unseen_base(&self, owner: OwnerId) -> bool {
        let chain = self.bases(owner);
        let last = chain.last().and_then(|&last| self.owners.get(last).base);
        last.is_some_and(|base| !matches!(self.path(base).root, Root::Package(_) | Root::Global(_)))
    }

    /// Whether a timer's callback surely calls the method that ends the owner: the timer is the end itself.
    pub(super) fn is_run_by(&self, acquisition: &Acquisition<'_>, owner: OwnerId) -> bool {
        let Some(end) = self.teardown_of(owner) else {
            return false;
        };
        let callbacks = self.callbacks_of(acquisition);
        callbacks
            .into_iter()
            .any(|callback| self.surely_calls(callback, end, 0).is_some())
    }
}
