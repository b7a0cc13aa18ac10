//! What a field holds where it was given its value just before: `state.session = await launch(); state.session.on(…)`.

use crate::facts::body::Op;
use crate::facts::expr::Expr;

use super::Project;
use super::path::{CallRef, ExprRef, FnRef, Root};

/// Calls before the line that are followed.
const MAX_CALLS: usize = 4;

impl Project<'_> {
    /// The value that the same function stores in a field on every way to a call on that field, if it does. However long the
    /// field lives, what it holds there is that value. The call is made on `user`: the field itself, or a part of it.
    pub(super) fn just_stored(&self, field: ExprRef, user: ExprRef, function: FnRef) -> Option<ExprRef> {
        let Expr::Member { .. } = *self.expr(field) else {
            return None;
        };
        let ops = &self.function(function).ops;
        let used = ops
            .iter()
            .position(|op| matches!(*op, Op::Call(call) if self.receiver(function.with(call)) == Some(user)))?;
        let (mut depth, mut calls) = (0_i32, 0);
        for op in ops[..used].iter().rev() {
            match *op {
                Op::EndIf | Op::EndLoop(_) | Op::EndTry | Op::EndSwitch(_) | Op::EndBlock(_) => depth += 1,
                Op::If(_) | Op::Loop(_) | Op::Try | Op::Switch { .. } | Op::Block(_) => depth = (depth - 1).max(0),
                // The other side of a choice is not passed on the way.
                Op::Else | Op::Catch { .. } | Op::Case { .. } if depth == 0 => return None,
                Op::Store { to, value } if depth == 0 && self.is_same_field(function.with(to), field) => {
                    let value = function.with(value);
                    return (!self.path(value).is_nullish()).then_some(value);
                }
                // `this.spawn(); this.process.stdout.on(…)`, where `spawn` makes the process.
                Op::Call(call)
                    if depth == 0 && calls < MAX_CALLS && self.is_of_the_same(function.with(call), field) =>
                {
                    calls += 1;
                    if let Some(value) = self.stored_by(function.with(call), field) {
                        return Some(value);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Whether a call is of a method of the object that has the field.
    fn is_of_the_same(&self, call: CallRef, field: ExprRef) -> bool {
        let Expr::Member { object, .. } = *self.expr(field) else {
            return false;
        };
        self.receiver(call)
            .is_some_and(|of| self.path(of) == self.path(field.with(object)))
    }

    /// The value that the function behind a call leaves in the field on every way out that is no error: what it makes.
    fn stored_by(&self, call: CallRef, field: ExprRef) -> Option<ExprRef> {
        let [callee] = self.callees(call)[..] else { return None };
        let (mut depth, mut stored) = (0_u32, None);
        for op in &self.function(callee).ops {
            match *op {
                Op::If(_) | Op::Loop(_) | Op::Try | Op::Switch { .. } | Op::Block(_) => depth += 1,
                Op::EndIf | Op::EndLoop(_) | Op::EndTry | Op::EndSwitch(_) | Op::EndBlock(_) => {
                    depth = depth.saturating_sub(1);
                }
                Op::Return(_) if stored.is_none() => return None,
                Op::Store { to, value } if self.is_same_field(callee.with(to), field) => {
                    if depth > 0 {
                        return None;
                    }
                    stored = Some(callee.with(value));
                }
                _ => {}
            }
        }
        stored.filter(|&value| matches!(self.path(value).root, Root::Call(_)))
    }

    fn is_same_field(&self, a: ExprRef, b: ExprRef) -> bool {
        match (self.expr(a), self.expr(b)) {
            (&Expr::Member { object: x, name: m, .. }, &Expr::Member { object: y, name: n, .. }) => {
                self.sym(a.file, m) == self.sym(b.file, n) && self.path(a.with(x)) == self.path(b.with(y))
            }
            _ => false,
        }
    }
}
