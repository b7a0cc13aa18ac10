//! Where what a thing is made of comes from: a property of an object, an element of a list, the text of a URL.
//!
//! A literal or `new` is new at each call by its identity; what is in it is as old as what it was made of.

use crate::catalog::effect::Origin;
use crate::facts::body::How;
use crate::facts::expr::{Expr, Property};
use crate::facts::ids::FnId;

use super::Project;
use super::names::Sym;
use super::path::{CallRef, ExprRef, FnRef, Root};
use super::typing::Ty;

/// Steps from a thing to what it is made of.
const MAX_DEPTH: u32 = 14;
/// Values of a variable that are looked at.
const MAX_VALUES: usize = 4;

impl Project<'_> {
    /// Where a part of a thing comes from: the property `name`, or any part.
    pub(super) fn contents_origin(&self, expr: ExprRef, name: Option<Sym>, function: FnRef, depth: u32) -> Origin {
        if depth > MAX_DEPTH {
            return Origin::Parameter;
        }
        let at = |id| expr.with(id);
        let go = |id| self.contents_origin(at(id), name, function, depth + 1);
        match self.expr(expr) {
            Expr::Function(_) => Origin::Finite,
            // A part of an object that is not looked at closer.
            Expr::This(_) => Origin::Parameter,
            Expr::Array(elements) => elements
                .iter()
                .map(|&element| match self.expr(at(element)) {
                    Expr::Spread(of) => go(*of),
                    _ => self.part_of_a_part(at(element), name, function, depth + 1),
                })
                .max()
                .unwrap_or(Origin::Finite),
            Expr::Object(properties) => self.property_origin(at, properties, name, function, depth),
            Expr::Await(of) => self.awaited_origin(at(*of), go(*of)),
            Expr::Cast { value: of, .. } | Expr::Spread(of) => go(*of),
            Expr::Logical { left, right, .. } => go(*left).max(go(*right)),
            Expr::Conditional { yes, no, .. } => go(*yes).max(go(*no)),
            Expr::Call(call) if self.call(expr.with(*call)).how == How::New => {
                self.made_origin(expr.with(*call), expr, name, function, depth)
            }
            Expr::Param { function: of, index } => self.given_origin(expr.with(*of), *index, Some(name), depth + 1),
            Expr::Binding(binding) => {
                let fact = self.facts(expr.file).binding(*binding);
                if self.counts(expr.with(*binding), function) {
                    return Origin::PerCall;
                }
                if fact.function == FnId(0) && fact.reassigned == 0 {
                    return Origin::Finite;
                }
                let values = fact.values.iter().take(MAX_VALUES);
                values.map(|&value| go(value)).max().unwrap_or(Origin::Parameter)
            }
            _ => self.origin_within(expr, function, depth),
        }
    }

    /// What is in a list or object, where the whole is what counts: literals in it are no more than what they hold.
    fn part_of_a_part(&self, expr: ExprRef, name: Option<Sym>, function: FnRef, depth: u32) -> Origin {
        let is_literal = |of: ExprRef| matches!(self.expr(of), Expr::Array(_) | Expr::Object(_) | Expr::Function(_));
        let holds_literal = match *self.expr(expr) {
            Expr::Binding(binding) => {
                let values = &self.facts(expr.file).binding(binding).values;
                values.iter().any(|&value| is_literal(expr.with(value)))
            }
            _ => is_literal(expr),
        };
        if holds_literal {
            self.contents_origin(expr, name, function, depth)
        } else {
            self.origin_within(expr, function, depth)
        }
    }

    /// The value of a property of a literal, or of whatever is spread into it.
    fn property_origin(
        &self,
        at: impl Fn(crate::facts::ids::ExprId) -> ExprRef,
        properties: &[Property],
        name: Option<Sym>,
        function: FnRef,
        depth: u32,
    ) -> Origin {
        let mut origin = Origin::Finite;
        for property in properties {
            let each = match *property {
                Property::Field { name: field, value } => {
                    let value = at(value);
                    if name == Some(self.sym(value.file, field)) {
                        return self.origin_within(value, function, depth + 1);
                    }
                    if name.is_some() {
                        continue;
                    }
                    self.part_of_a_part(value, None, function, depth + 1)
                }
                Property::Computed { value, .. } => self.origin_within(at(value), function, depth + 1),
                Property::Spread(of) => self.contents_origin(at(of), name, function, depth + 1),
                Property::Getter { .. } | Property::Setter { .. } => Origin::Parameter,
            };
            origin = origin.max(each);
        }
        origin
    }

    /// A part of what a `new` makes: a clock's time, a field of a class of the project, else what it was given.
    fn made_origin(&self, call: CallRef, expr: ExprRef, name: Option<Sym>, function: FnRef, depth: u32) -> Origin {
        let callee = self.path(call.with(self.call(call).callee));
        let args = &self.call(call).args;
        if matches!(callee.root, Root::Global(global) if self.text(global) == "Date") && args.is_empty() {
            return Origin::PerCall;
        }
        let owner = self.types_of(expr).iter().find_map(|&(ty, _)| match ty {
            Ty::Owner(owner) => Some(owner),
            Ty::Catalog(_) => None,
        });
        if let (Some(owner), Some(name)) = (owner, name) {
            return self.owner_field_origin(owner, name, depth + 1);
        }
        args.iter()
            .map(|&arg| self.contents_origin(call.with(arg), None, function, depth + 1))
            .max()
            .unwrap_or(Origin::Parameter)
    }

    /// What the catalogue says of what a call gives: a random text is new at each call.
    pub(super) fn catalogued_origin(&self, call: CallRef) -> Option<Origin> {
        let types = self.types_of_path(&super::path::Path::root(Root::Call(call)));
        types.iter().find_map(|&(ty, _)| match ty {
            Ty::Catalog(key) => self.catalog.ty(key).origin,
            Ty::Owner(_) => None,
        })
    }
}
