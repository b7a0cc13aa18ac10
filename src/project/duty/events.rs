//! Calls that settle, continue or wait for an end: callbacks that surely run.

use crate::catalog::effect::{End, Resource};
use crate::catalog::pattern::Callee;
use crate::facts::body::{How, Op};
use crate::facts::expr::Expr;

use super::super::Project;
use super::super::acquisition::Acquisition;
use super::super::guard::contradicts;
use super::super::path::{CallRef, ExprRef, FnRef, Path, Root};
use super::super::value::Match;

impl Project<'_> {
    /// Whether a call settles the promise or callback that the activation was made for: `resolve(x)`, `cb(null, x)`.
    pub fn is_local_settle(&self, call: CallRef) -> bool {
        let callee = self.path(call.with(self.call(call).callee));
        match callee.root {
            Root::Param(function, _) if callee.is_root() => {
                self.function(function).argument_of.is_some() || self.function(function).params.len() > 1
            }
            _ => false,
        }
    }

    /// Whether a call is one of a library's own, by the package its callee comes from.
    pub fn is_of_library(&self, call: CallRef, library: usize) -> bool {
        let mut at = call;
        for _ in 0..8 {
            let path = self.path(at.with(self.call(at).callee));
            match path.root {
                Root::Package(module) => {
                    let packages = &self.catalog.libraries[library].packages;
                    let module = self.text(module);
                    return packages.iter().any(|package| {
                        module == &**package
                            || module
                                .strip_prefix(&**package)
                                .is_some_and(|rest| rest.starts_with('/'))
                    });
                }
                Root::Call(inner) if inner != at => at = inner,
                _ => return false,
            }
        }
        false
    }

    /// Whether a call is of the platform's module that the acquiring call belongs to: `fs.writeSync` of what `fs.openSync` gave.
    pub fn is_of_module(&self, call: CallRef, acquiring: &Callee) -> bool {
        let (Callee::Export(export) | Callee::New(export)) = acquiring else {
            return false;
        };
        let Root::Package(module) = self.path(call.with(self.call(call).callee)).root else {
            return false;
        };
        let module = self.text(module);
        let module = module.strip_prefix("node:").unwrap_or(module);
        let own = export.module.as_deref();
        own.is_some_and(|own| own.split('/').next() == module.split('/').next())
    }

    /// `emitter.removeListener.bind(emitter, 'close', handler)`, `database.close.bind(database)`: the release itself, to be
    /// called later.
    pub fn is_bound_release(&self, acquisition: &Acquisition<'_>, call: CallRef) -> bool {
        if self.callee_name(call) != Some("bind") {
            return false;
        }
        let Some(bound) = self.receiver(call) else {
            return false;
        };
        let Expr::Member { object, name, .. } = *self.expr(bound) else {
            return false;
        };
        let name = self.facts(bound.file).name(name);
        let is_release = acquisition.entry.ends.iter().any(|end| match end {
            End::Call { callee, .. } => callee.name() == Some(name),
            _ => false,
        });
        let same = |a: ExprRef, b: Option<ExprRef>| b.is_some_and(|b| self.same(a, b) != Match::No);
        let keeps = acquisition
            .entry
            .keeps
            .as_ref()
            .and_then(|place| self.place_exprs(acquisition.call, place).first().copied());
        is_release && self.is_one_of(&acquisition.items, bound.with(object)) != Match::No
            || is_release
                && same(bound.with(object), self.receiver(acquisition.call))
                && (0..self.call(call).args.len())
                    .filter_map(|index| self.argument(call, index))
                    .any(|arg| same(arg, keeps))
    }

    /// Whether a callback treats its first parameter as an error, which says that the call fires it once, when its work is
    /// done: it throws it, rejects with it or, where it is given more, leaves or hands it on when it is there.
    pub fn is_error_first(&self, call: CallRef, position: usize) -> bool {
        let Some(arg) = self.argument(call, position) else {
            return false;
        };
        self.functions_in(arg).into_iter().any(|callback| {
            self.nested(callback)
                .any(|function| self.treats_as_an_error(callback, function))
        })
    }

    /// Whether a function treats the first parameter of `callback`, which it is or stands in, as an error.
    fn treats_as_an_error(&self, callback: FnRef, function: FnRef) -> bool {
        let is_given_more = self.function(callback).params.len() > 1;
        let is_it = |id| self.path(function.with(id)) == Path::root(Root::Param(callback, 0));
        let given_to = |op: &Op| match *op {
            Op::Call(call) => {
                let call = function.with(call);
                let is_given = self.call(call).args.first().is_some_and(|&given| is_it(given));
                is_given.then_some(call)
            }
            _ => None,
        };
        let ops = &self.function(function).ops;
        ops.iter().enumerate().any(|(at, op)| match *op {
            Op::Throw(value) => is_it(value),
            Op::If(test) if is_given_more => {
                let is_there = contradicts(self, function.with(test), true, false, &|each| is_it(each.id));
                let hands_on = |op: &Op| given_to(op).is_some_and(|call| self.is_local_settle(call));
                is_there
                    && first_branch(&ops[at + 1..])
                        .iter()
                        .any(|op| matches!(op, Op::Return(_) | Op::Throw(_)) || hands_on(op))
            }
            _ => given_to(op).is_some_and(|call| self.is_rejection(call)),
        })
    }

    /// Whether a call rejects the promise around it: `reject(error)`.
    fn is_rejection(&self, call: CallRef) -> bool {
        let callee = self.path(call.with(self.call(call).callee));
        let Root::Param(executor, 1) = callee.root else {
            return false;
        };
        let made = self.function(executor).argument_of;
        callee.is_root()
            && made.is_some_and(|(made, position)| position == 0 && self.call(executor.with(made)).how == How::New)
    }

    /// Whether a registered callback surely fires before what it waits on is garbage: terminal events, timers.
    pub fn fires_surely(&self, call: CallRef) -> bool {
        let is_timeout = self.callee_name(call).is_some_and(|name| {
            self.catalog
                .acquires_named(name)
                .any(|entry| entry.resource == Resource::Timeout && self.matches(&entry.callee, call).is_some())
        });
        is_timeout || self.waits_for_an_end(call)
    }

    /// Whether a call registers a listener for an event that ends its emitter's life.
    pub fn waits_for_an_end(&self, call: CallRef) -> bool {
        let Some(name) = self.callee_name(call) else {
            return false;
        };
        for entry in self.catalog.acquires_named(name) {
            if self.matches(&entry.callee, call).is_none() || !self.holds(&entry.when, call) {
                continue;
            }
            if entry.resource == Resource::Listener
                && let Some(event) = entry.key.get(1).and_then(|part| self.key_expr(call, part))
                && let Root::Text(event) = self.path(event).root
            {
                let event = self.text(event);
                let typed = self.receiver(call).map(|of| self.types_of(of)).unwrap_or_default();
                let terminal = typed.iter().any(|&(ty, _)| match ty {
                    super::super::typing::Ty::Catalog(key) => self.catalog.is_terminal(key, event),
                    super::super::typing::Ty::Owner(owner) => self
                        .catalog_types(owner)
                        .iter()
                        .any(|&(key, _)| self.catalog.is_terminal(key, event)),
                });
                return terminal || self.catalog.is_conventional_end(event);
            }
        }
        false
    }
}

/// The operations up to the `else` or the end of the `if` that they stand in.
pub(in super::super) fn first_branch(ops: &[Op]) -> &[Op] {
    let mut depth = 0;
    let end = ops.iter().position(|op| match op {
        Op::If(_) => {
            depth += 1;
            false
        }
        Op::EndIf if depth > 0 => {
            depth -= 1;
            false
        }
        Op::Else | Op::EndIf => depth == 0,
        _ => false,
    });
    &ops[..end.unwrap_or(ops.len())]
}
