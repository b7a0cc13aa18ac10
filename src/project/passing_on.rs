//! Overrides that hand all they are given to the method they replace, and so do what that one does.

use crate::facts::body::Op;
use crate::facts::expr::Expr;

use super::Project;
use super::names::Sym;
use super::path::{CallRef, ExprRef, FnRef, Root};

impl Project<'_> {
    /// Whether a method calls the one it overrides with all its own arguments in their order: `super.on(event, listener)`,
    /// `Base.prototype.on.apply(this, arguments)`, or the same through a variable that keeps the base's method.
    pub(super) fn passes_on(&self, method: FnRef, name: Sym) -> bool {
        self.function(method).ops.iter().any(|op| match *op {
            Op::Call(call) => self.hands_on(method.with(call), method, name),
            _ => false,
        })
    }

    fn hands_on(&self, call: CallRef, method: FnRef, name: Sym) -> bool {
        let fact = self.call(call);
        let callee = call.with(fact.callee);
        let args: Vec<ExprRef> = fact.args.iter().map(|&arg| call.with(arg)).collect();
        if self.is_overridden_method(callee, name) {
            return self.are_all_arguments(&args, method);
        }
        let Expr::Member { object, name: how, .. } = *self.expr(callee) else {
            return false;
        };
        if !self.is_overridden_method(call.with(object), name) {
            return false;
        }
        match (self.facts(call.file).name(how), args.as_slice()) {
            ("apply", [_, all]) => self.is_list_from(0, *all, method),
            ("call", [_, each @ ..]) => self.are_all_arguments(each, method),
            _ => false,
        }
    }

    /// `super.on`, `Base.prototype.on`, or a variable whose only value is one of them.
    fn is_overridden_method(&self, expr: ExprRef, name: Sym) -> bool {
        match *self.expr(expr) {
            Expr::Member { .. } => self.is_inherited_method(expr, name),
            Expr::Binding(binding) => match self.facts(expr.file).binding(binding).values[..] {
                [value] => {
                    matches!(self.expr(expr.with(value)), Expr::Member { .. })
                        && self.is_overridden_method(expr.with(value), name)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// `super.on`, `Base.prototype.on`.
    pub(super) fn is_inherited_method(&self, expr: ExprRef, name: Sym) -> bool {
        let Expr::Member { object, name: each, .. } = *self.expr(expr) else {
            return false;
        };
        let is_above = match *self.expr(expr.with(object)) {
            Expr::Super(_) => true,
            Expr::Member { name: middle, .. } => self.facts(expr.file).name(middle) == "prototype",
            _ => false,
        };
        is_above && self.sym(expr.file, each) == name
    }

    /// The parameters in their order, or a spread of them all.
    fn are_all_arguments(&self, args: &[ExprRef], method: FnRef) -> bool {
        !args.is_empty()
            && args.iter().enumerate().all(|(index, &arg)| match *self.expr(arg) {
                Expr::Spread(list) => self.is_list_from(index as u16, arg.with(list), method),
                _ => {
                    let path = self.path(arg);
                    path.is_root() && path.root == Root::Param(method, index as u16)
                }
            })
    }

    /// The list of the method's arguments from the n-th on: `arguments`, a rest parameter.
    fn is_list_from(&self, from: u16, expr: ExprRef, method: FnRef) -> bool {
        match *self.expr(expr) {
            Expr::Arguments(function) => from == 0 && expr.with(function) == method,
            Expr::RestParam { function, index } => from == index && expr.with(function) == method,
            Expr::Binding(binding) => match self.facts(expr.file).binding(binding).values[..] {
                [value] => self.is_list_from(from, expr.with(value), method),
                _ => false,
            },
            _ => false,
        }
    }
}
