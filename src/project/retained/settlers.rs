//! Where a promise's `resolve` and `reject` go.

use crate::diagnostic::{FileId, Place};
use crate::facts::body::Op;
use crate::facts::expr::{Expr, Property};

use super::super::Project;
use super::super::path::{CallRef, ExprRef, Path, Root};

/// One use of a settler.
pub(super) enum Use {
    /// It is called.
    Called(CallRef),
    /// It is an argument.
    Given(CallRef, u16),
    /// It is put where others may find it.
    Kept(Place),
    /// It gets another name, by which its calls are known here.
    Named,
}

impl Project<'_> {
    /// Every use of a settler in a file.
    pub(super) fn uses_of_settlers(&self, settlers: &[Path], file: FileId) -> Vec<Use> {
        let mut found = Vec::new();
        for function in self.functions_of(file) {
            let fact = self.function(function);
            for (op, &span) in fact.ops.iter().zip(&fact.spans) {
                match *op {
                    Op::Call(call) => self.uses_in_call(settlers, function.with(call), &mut found),
                    Op::Store { to, value } if self.has_settler(settlers, function.with(value)) => {
                        found.push(match settlers.contains(&self.path(function.with(to))) {
                            true => Use::Named,
                            false => Use::Kept(self.place(file, Self::short(span))),
                        });
                    }
                    Op::Assign { to, value, .. } if self.is_settler_or_bound(settlers, function.with(value)) => {
                        let is_only = self.facts(file).binding(to).reassigned <= 1;
                        found.push(match is_only {
                            true => Use::Named,
                            false => Use::Kept(self.place(file, Self::short(span))),
                        });
                    }
                    Op::Return(Some(value)) | Op::Yield(value) if self.has_settler(settlers, function.with(value)) => {
                        found.push(Use::Kept(self.place(file, Self::short(span))));
                    }
                    _ => {}
                }
            }
        }
        found
    }

    fn uses_in_call(&self, settlers: &[Path], call: CallRef, found: &mut Vec<Use>) {
        let fact = self.call(call);
        if settlers.contains(&self.path(call.with(fact.callee))) {
            found.push(Use::Called(call));
        }
        for (position, &arg) in fact.args.iter().enumerate() {
            let arg = call.with(arg);
            if self.is_settler_or_bound(settlers, arg) {
                found.push(Use::Given(call, position as u16));
            } else if self.has_settler(settlers, arg) {
                found.push(Use::Kept(self.callee_place(call)));
            }
        }
    }

    /// A settler, or one of them bound.
    fn is_settler_or_bound(&self, settlers: &[Path], expr: ExprRef) -> bool {
        let path = self.path(expr);
        match path.root {
            Root::Call(bind) if path.is_root() && self.callee_name(bind) == Some("bind") => {
                self.receiver(bind).is_some_and(|of| settlers.contains(&self.path(of)))
            }
            _ => settlers.contains(&path),
        }
    }

    /// Whether a value is a settler or a literal around one.
    fn has_settler(&self, settlers: &[Path], expr: ExprRef) -> bool {
        let within = |id| self.has_settler(settlers, expr.with(id));
        match self.expr(expr) {
            Expr::Object(properties) => properties.iter().any(|property| match *property {
                Property::Field { value, .. } | Property::Computed { value, .. } | Property::Spread(value) => {
                    within(value)
                }
                Property::Getter { .. } | Property::Setter { .. } => false,
            }),
            Expr::Array(elements) => elements.iter().any(|&element| within(element)),
            Expr::Cast { value, .. } => within(*value),
            Expr::Binding(_) | Expr::Member { .. } | Expr::Call(_) | Expr::Param { .. } => {
                self.is_settler_or_bound(settlers, expr)
            }
            _ => false,
        }
    }
}
