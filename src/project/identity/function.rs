//! Functions as parts of keys: which are made on the spot, and which two are surely not the same.

use smallvec::SmallVec;

use crate::catalog::effect::Identity;
use crate::facts::MemberKind;
use crate::facts::body::Op;
use crate::facts::expr::Expr;
use crate::facts::ids::ExprId;

use super::super::Project;
use super::super::owner::OwnerKind;
use super::super::path::{CallRef, ExprRef, OwnerId, Path, Root, Step};
use super::super::value::is_nullish;
use super::{Compared, Difference};

/// Names, fields and choices that are followed to find all values of an expression.
const MAX_DEPTH: u32 = 6;

type Values = SmallVec<[Path; 2]>;

impl Project<'_> {
    /// The function a removal names against the one that was added.
    pub(super) fn compared_function(&self, here: ExprRef, there: ExprRef) -> Compared {
        let (a, b) = (self.path(here), self.path(there));
        if a == b && !matches!(a.root, Root::Opaque(_)) && !a.steps.contains(&Step::Element) {
            return Compared::Same;
        }
        if self.has_properties(here) || self.has_properties(there) {
            return Compared::Maybe;
        }
        if self.is_made_here(here) {
            return Compared::Differs(Difference::FreshRemoval);
        }
        let removed = self.values_of(here, 0);
        if self.is_made_here(there) {
            return match removed {
                Some(removed) if !removed.contains(&b) => Compared::Differs(Difference::FreshAddition),
                _ => Compared::Maybe,
            };
        }
        match (removed, self.values_of(there, 0)) {
            (Some(removed), Some(added)) if !removed.is_empty() && !added.is_empty() => {
                if removed.iter().any(|each| added.contains(each)) {
                    Compared::Maybe
                } else {
                    Compared::Differs(Difference::OtherFunction)
                }
            }
            _ => Compared::Maybe,
        }
    }

    /// `f.guid = …`: what has properties may be told by them, and another function with the same may stand for it.
    fn has_properties(&self, expr: ExprRef) -> bool {
        let Expr::Binding(binding) = *self.expr(expr) else {
            return false;
        };
        let facts = self.facts(expr.file);
        facts
            .functions
            .iter()
            .flat_map(|function| &function.ops)
            .any(|op| match *op {
                Op::Store { to, .. } => match *facts.expr(to) {
                    Expr::Member { object, .. } => *facts.expr(object) == Expr::Binding(binding),
                    _ => false,
                },
                _ => false,
            })
    }

    /// Whether an expression makes a new function where it stands, and nobody else has it.
    pub fn is_made_here(&self, expr: ExprRef) -> bool {
        let makes = match *self.expr(expr) {
            Expr::Function(_) => true,
            Expr::Call(call) => self.makes_function(expr.with(call)),
            Expr::Cast { value, .. } => return self.is_made_here(expr.with(value)),
            _ => false,
        };
        makes && !self.is_kept(expr)
    }

    /// Whether a call gives another function each time it is made: `f.bind(x)`, and what the catalogue says does.
    fn makes_function(&self, call: CallRef) -> bool {
        let Some(name) = self.callee_name(call) else {
            return false;
        };
        if name == "bind" {
            let bound = self.receiver(call).map(|of| self.path(of));
            // `$(…).bind()` is a method of a library's object.
            return bound.is_some_and(|bound| !matches!(bound.root, Root::Call(_) | Root::Opaque(_)));
        }
        self.catalog
            .aliases_named(name)
            .any(|alias| alias.identity == Identity::Fresh && self.matches(&alias.callee, call).is_some())
    }

    /// Whether the value of an expression is assigned to something on its way: `on('x', this.f = () => …)`.
    fn is_kept(&self, expr: ExprRef) -> bool {
        let facts = self.facts(expr.file);
        let in_variable = || facts.bindings.iter().any(|binding| binding.values.contains(&expr.id));
        let in_place = || {
            facts
                .functions
                .iter()
                .flat_map(|function| &function.ops)
                .any(|op| matches!(*op, Op::Store { value, .. } if value == expr.id))
        };
        in_variable() || in_place()
    }

    /// Every value that an expression may have, besides `null` and `undefined`; `None` if not all are in view.
    pub fn values_of(&self, expr: ExprRef, depth: u32) -> Option<Values> {
        if depth > MAX_DEPTH {
            return None;
        }
        let facts = self.facts(expr.file);
        let each = |id: ExprId| self.values_of(expr.with(id), depth + 1);
        match *facts.expr(expr.id) {
            Expr::Function(_) => Some(SmallVec::from_iter([self.path(expr)])),
            Expr::Call(call) if self.makes_function(expr.with(call)) => Some(SmallVec::from_iter([self.path(expr)])),
            Expr::Cast { value, .. } => each(value),
            Expr::Logical { left, right, .. } => joined(each(left), each(right)),
            Expr::Conditional { yes, no, .. } => joined(each(yes), each(no)),
            Expr::Literal(_) if is_nullish(facts.expr(expr.id)) => Some(Values::new()),
            Expr::Binding(binding) => {
                let values = &facts.binding(binding).values;
                if values.is_empty() {
                    return None;
                }
                values
                    .iter()
                    .try_fold(Values::new(), |known, &value| joined(Some(known), each(value)))
            }
            Expr::Member { object, name, .. } => {
                let holder = self.path(expr.with(object));
                match holder.root {
                    Root::Instance(owner) if holder.is_root() => {
                        self.values_of_field(owner, self.sym(expr.file, name), depth)
                    }
                    _ => self.named_function(expr),
                }
            }
            Expr::Import { .. } => self.named_function(expr),
            _ => None,
        }
    }

    /// What a name stands for: a function of the project, or an export of a package.
    fn named_function(&self, expr: ExprRef) -> Option<Values> {
        let path = self.path(expr);
        match path.root {
            Root::Function(_) if path.is_root() => Some(SmallVec::from_iter([path])),
            Root::Package(_) if !path.is_root() => Some(SmallVec::from_iter([path])),
            _ => None,
        }
    }

    /// Every value of a field: the methods of that name and what is stored under it, in all bases and subclasses.
    fn values_of_field(&self, owner: OwnerId, name: super::super::names::Sym, depth: u32) -> Option<Values> {
        let mut found = Values::new();
        let mut is_known = false;
        for each in self.relatives(owner) {
            if self.has_accessor(each, name) {
                return None;
            }
            if let Some(&method) = self.owners.get(each).methods.get(&name) {
                found.push(Path::root(Root::Function(method)));
                is_known = true;
            }
            for store in self.owners.stores(each, name, false) {
                is_known = true;
                for path in self.values_of(store.value, depth + 1)? {
                    if !found.contains(&path) {
                        found.push(path);
                    }
                }
            }
        }
        is_known.then_some(found)
    }

    /// Whether something other than an assignment in view gives the field its value.
    fn has_accessor(&self, owner: OwnerId, name: super::super::names::Sym) -> bool {
        let OwnerKind::Class(class) = self.owners.get(owner).kind else {
            return false;
        };
        self.facts(class.file).class(class.id).members.iter().any(|member| {
            self.sym(class.file, member.name) == name
                && matches!(
                    member.kind,
                    MemberKind::Getter(_) | MemberKind::Setter(_) | MemberKind::ParameterProperty { .. }
                )
        })
    }
}

fn joined(a: Option<Values>, b: Option<Values>) -> Option<Values> {
    let mut known = a?;
    for path in b? {
        if !known.contains(&path) {
            known.push(path);
        }
    }
    Some(known)
}
