//! Flags that say that a thing is released: `if (settled) return; settled = true; clearTimeout(timer)`.

use crate::facts::body::Op;
use crate::facts::expr::{Expr, LogicalOperator, UnaryOperator};

use super::super::path::{ExprRef, FnRef};
use super::run::Run;

impl Run<'_, '_, '_> {
    /// Whether a test that went `taken` means that the thing is released: it reads a flag, and whoever sets the flag releases.
    pub(super) fn is_released_where(&self, test: ExprRef, taken: bool) -> bool {
        let with = |id| test.with(id);
        match *self.project.expr(test) {
            Expr::Unary {
                operator: UnaryOperator::Not,
                of,
            } => self.is_released_where(with(of), !taken),
            Expr::Logical {
                operator: LogicalOperator::And,
                left,
                right,
            } if taken => self.is_released_where(with(left), true) || self.is_released_where(with(right), true),
            Expr::Logical {
                operator: LogicalOperator::Or,
                left,
                right,
            } if !taken => self.is_released_where(with(left), false) || self.is_released_where(with(right), false),
            Expr::Binding(flag) if taken => self.is_set_with_the_release(test.with(flag)),
            _ => false,
        }
    }

    /// Whether a variable is only ever `false`, or set to `true` by functions that release the thing.
    fn is_set_with_the_release(&self, flag: super::super::path::BindingRef) -> bool {
        let project = self.project;
        let declared = flag.with(project.facts(flag.file).binding(flag.id).function);
        let mut is_set = false;
        for function in project.nested(declared) {
            for op in &project.function(function).ops {
                let Op::Assign { to, value, .. } = *op else { continue };
                if to != flag.id {
                    continue;
                }
                match project.as_bool(function.with(value)) {
                    Some(false) => {}
                    Some(true) if self.releases_itself(function) => is_set = true,
                    _ => return false,
                }
            }
        }
        is_set
    }

    /// Whether a function releases the thing in its own body, or calls one that does.
    fn releases_itself(&self, function: FnRef) -> bool {
        let own = self.project.function(function).ops.iter().any(|op| match *op {
            Op::Call(call) => {
                self.project
                    .releases_items(self.acquisition, &self.items, function.with(call))
                    != super::super::value::Match::No
            }
            _ => false,
        });
        own || self.calls_release(function, 0)
    }
}
