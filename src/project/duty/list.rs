//! Lists that an activation makes, fills and hands on: `const all = []; all.push(f()); return all`.

use crate::facts::body::Op;
use crate::facts::expr::Expr;

use super::super::Project;
use super::super::path::{CallRef, Path, Root, Step};
use super::To;

impl Project<'_> {
    /// Who has what a call adds to a container: the caller where the activation made that list and returns it, somebody
    /// else where it hands the list to another call or was handed it, its owner otherwise.
    pub(super) fn goes_with_its_list(&self, call: CallRef) -> To {
        let root = self.activation_of(self.calling(call));
        let container = self.receiver(call).map(|of| self.path(of));
        // `add(disposable, to)`: whoever hands in a list sees to what is in it.
        if container.is_some_and(|path| matches!(path.root, Root::Param(..)) && path.is_root()) {
            return To::Unknown;
        }
        let Some(list) = self.receiver(call).filter(|&of| match *self.expr(of) {
            Expr::Binding(binding) => self.is_within(of.with(self.facts(of.file).binding(binding).function), root),
            _ => false,
        }) else {
            return To::Owner;
        };
        let list = self.path(list);
        if !matches!(list.root, Root::Object(_)) || !list.is_root() {
            return To::Owner;
        }
        // The list itself, or `...list`.
        let is_it = |path: Path| path.root == list.root && matches!(path.steps.as_slice(), [] | [Step::Element]);
        for function in self.nested(root) {
            for op in &self.function(function).ops {
                match *op {
                    Op::Return(Some(value)) if function == root && is_it(self.path(root.with(value))) => {
                        return To::Caller;
                    }
                    Op::Call(other) => {
                        let other = function.with(other);
                        if other != call
                            && self
                                .call(other)
                                .args
                                .iter()
                                .any(|&arg| is_it(self.path(other.with(arg))))
                        {
                            return To::Unknown;
                        }
                    }
                    _ => {}
                }
            }
        }
        To::Owner
    }
}
