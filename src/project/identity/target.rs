//! Targets as parts of keys: emitters and event targets that are surely not the same.

use crate::facts::body::{How, Op};
use crate::facts::expr::Expr;

use super::super::Project;
use super::super::path::{ExprRef, Path, Root, Step};
use super::super::value::Match;
use super::{Compared, Difference};

impl Project<'_> {
    /// What a removal is called on against what was added to.
    pub(super) fn compared_target(&self, here: ExprRef, there: ExprRef) -> Compared {
        let (a, b) = (self.path(here), self.path(there));
        if self.is_the_global_object(&a) && self.is_the_global_object(&b) {
            return Compared::Same;
        }
        if self.same_path(&a, &b) == Match::Must {
            return Compared::Same;
        }
        if self.are_other_things(&a, &b) || self.is_part_of_an_item(&a, &b) {
            return Compared::Differs(Difference::OtherTarget);
        }
        if self.is_written_alike(here, there) {
            Compared::Alike
        } else {
            Compared::Maybe
        }
    }

    /// Whether two paths surely name two objects.
    fn are_other_things(&self, a: &Path, b: &Path) -> bool {
        let is_plain = |path: &Path| path.steps.iter().all(|step| matches!(step, Step::Field(_)));
        if !is_plain(a) || !is_plain(b) {
            return false;
        }
        match (a.root, b.root) {
            // `window` and `document`, `document` and `document.body`.
            (Root::Global(_), Root::Global(_)) => a != b,
            (Root::Call(first), Root::Call(second)) if first != second => {
                let is_new = |call| self.call(call).how == How::New;
                a.is_root() && b.is_root() && is_new(first) && is_new(second)
            }
            (Root::Global(_), Root::Call(call)) => b.is_root() && self.is_made_by(call),
            (Root::Call(call), Root::Global(_)) => a.is_root() && self.is_made_by(call),
            // A thing and a part of it: `room` and `room.currentState`.
            (Root::Param(..) | Root::Instance(_) | Root::Package(_), _) if a.root == b.root => {
                a.steps.len() != b.steps.len() && (a.steps.starts_with(&b.steps) || b.steps.starts_with(&a.steps))
            }
            _ => false,
        }
    }

    /// Whether the removal is asked of an item of a container, and the acquisition of a part of what its function puts there:
    /// `this.rooms[id] = room; room.state.on(…)` and `this.rooms[id].off(…)`.
    fn is_part_of_an_item(&self, item: &Path, part: &Path) -> bool {
        let (Root::Param(function, _), [Step::Field(_), ..]) = (part.root, part.steps.as_slice()) else {
            return false;
        };
        let is_plain = part.steps.iter().all(|step| matches!(step, Step::Field(_)));
        is_plain
            && item.steps.last() == Some(&Step::Element)
            && self.function(function).ops.iter().any(|op| match *op {
                Op::Store { to, value } => {
                    self.path(function.with(to)) == *item && self.path(function.with(value)) == Path::root(part.root)
                }
                _ => false,
            })
    }

    /// Whether a call makes what it gives, so that it is nothing that was there before.
    fn is_made_by(&self, call: super::super::path::CallRef) -> bool {
        self.call(call).how == How::New
    }

    fn is_the_global_object(&self, path: &Path) -> bool {
        matches!(path.root, Root::Global(name) if path.is_root() && self.is_global_object(name))
    }

    /// Whether two expressions are written the same way, so that they are meant to be the same thing.
    fn is_written_alike(&self, a: ExprRef, b: ExprRef) -> bool {
        match (self.expr(a), self.expr(b)) {
            (Expr::Call(first), Expr::Call(second)) => {
                let (first, second) = (a.with(*first), b.with(*second));
                let (one, other) = (self.call(first), self.call(second));
                one.args.len() == other.args.len()
                    && self.is_written_alike(a.with(one.callee), b.with(other.callee))
                    && one
                        .args
                        .iter()
                        .zip(&other.args)
                        .all(|(&x, &y)| self.is_written_alike(a.with(x), b.with(y)))
            }
            (Expr::Member { object: x, name: p, .. }, Expr::Member { object: y, name: q, .. }) => {
                self.sym(a.file, *p) == self.sym(b.file, *q) && self.is_written_alike(a.with(*x), b.with(*y))
            }
            (Expr::Element { object: x, key: p, .. }, Expr::Element { object: y, key: q, .. }) => {
                self.is_written_alike(a.with(*x), b.with(*y)) && self.is_written_alike(a.with(*p), b.with(*q))
            }
            (Expr::Cast { value, .. }, _) => self.is_written_alike(a.with(*value), b),
            (_, Expr::Cast { value, .. }) => self.is_written_alike(a, b.with(*value)),
            (Expr::Binding(x), Expr::Binding(y)) => {
                let name = |expr: ExprRef, binding| {
                    let facts = self.facts(expr.file);
                    self.sym(expr.file, facts.binding(binding).name)
                };
                name(a, *x) == name(b, *y)
            }
            (Expr::This(_), Expr::This(_)) => true,
            (Expr::Literal(_) | Expr::Global(_), Expr::Literal(_) | Expr::Global(_)) => self.path(a) == self.path(b),
            _ => false,
        }
    }
}
