//! Ends that show themselves: a method or function that is named for an end counts as one where it gives something back.
//!
//! A name alone does not accuse: `stop()` of a player that only pauses ends nothing.

use crate::facts::body::{How, Op};
use crate::facts::expr::Expr;

use super::Project;
use super::path::{CallRef, ExprRef, FnRef, Root};
use super::words;

/// Functions that an end calls and that still belong to it.
const MAX_DEPTH: u32 = 3;

impl Project<'_> {
    /// The end of what a function belongs to, if it shows itself: a framework calls it, or it gives something back.
    pub fn witnessed_end(&self, function: FnRef) -> Option<FnRef> {
        let Some(owner) = self.owner_around(function) else {
            let outer = self.around(function).take_while(|&each| !self.is_module(each)).last();
            return outer
                .and_then(|outer| self.factory_teardown(outer))
                .or_else(|| self.module_teardown(function.file))
                .filter(|&end| !self.is_within(function, end) && self.gives_back(end));
        };
        let is_called = |end: FnRef| {
            let name = self.function_name(end);
            name.is_some_and(|name| self.is_lifecycle_teardown(owner, name))
        };
        let mut ends = self.teardowns_of(owner);
        ends.retain(|&end| is_called(end) || self.gives_back(end));
        ends.first().copied()
    }

    /// Whether a function gives back something that lives longer than its call, itself or through what it calls.
    pub fn gives_back(&self, function: FnRef) -> bool {
        self.gives_back_within(function, 0)
    }

    fn gives_back_within(&self, function: FnRef, depth: u32) -> bool {
        depth <= MAX_DEPTH
            && self.nested(function).any(|each| {
                self.function(each).ops.iter().any(|op| match *op {
                    Op::Call(call) => {
                        let call = each.with(call);
                        self.is_giving_back(call)
                            || self
                                .callees(call)
                                .iter()
                                .any(|&callee| callee != function && self.gives_back_within(callee, depth + 1))
                    }
                    _ => false,
                })
            })
    }

    /// `this.server.close()`, `clearInterval(this.timer)`, `bus.off('line', this.onLine)`, `super.destroy()`, `this.unsubscribe()`.
    fn is_giving_back(&self, call: CallRef) -> bool {
        let fact = self.call(call);
        let Some(name) = self.callee_name(call) else {
            return false;
        };
        if fact.how != How::Call {
            return false;
        }
        let receiver = self.receiver(call);
        if receiver.is_some_and(|of| matches!(self.expr(of), Expr::Super(_))) {
            return words::mentions_teardown(name);
        }
        let is_release = self.catalog.releases_named(name).next().is_some();
        let of_long_lived = receiver.is_some_and(|of| self.is_older_than(of, call));
        let given_long_lived = fact.args.iter().any(|&arg| self.is_older_than(call.with(arg), call));
        // A disposer that is kept in a field or an outer variable.
        let is_kept_function = words::mentions_teardown(name)
            && self.is_older_than(call.with(fact.callee), call)
            && self.callees(call).is_empty();
        is_release && (of_long_lived || given_long_lived)
            || (words::is_final(name) || words::mentions_teardown(name)) && of_long_lived
            || is_kept_function
    }

    /// Whether what an expression names was there before the function that makes the call was entered.
    fn is_older_than(&self, expr: ExprRef, call: CallRef) -> bool {
        let function = self.calling(call);
        let path = self.path(expr);
        match path.root {
            Root::Instance(_) | Root::Static(_) | Root::This(_) => !path.is_root(),
            Root::Variable(binding) => {
                let declared = binding.with(self.facts(binding.file).binding(binding.id).function);
                !self.is_within(declared, function)
            }
            Root::Call(made) => !self.is_within(self.calling(made), function),
            Root::Param(of, _) | Root::Rest(of, _) => !self.is_within(of, function),
            Root::Package(_) | Root::Function(_) => true,
            Root::Global(_)
            | Root::Namespace(_)
            | Root::Object(_)
            | Root::Text(_)
            | Root::Number(_)
            | Root::Bool(_)
            | Root::Nullish
            | Root::Choice(_)
            | Root::Opaque(_) => false,
        }
    }
}
