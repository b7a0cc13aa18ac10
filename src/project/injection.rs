//! Dependency injection: what an owner is given by a framework, and how long that lives.

use crate::catalog::effect::{Identity, Lifetime};
use crate::catalog::index::Tables;
use crate::facts::expr::{Expr, Property};
use crate::facts::ids::ExprId;
use crate::facts::types::TypeExpr;

use super::Project;
use super::names::Sym;
use super::owner::OwnerKind;
use super::path::{CallRef, ExprRef, OwnerId, Path, Root};
use super::typing::Ty;

impl Project<'_> {
    /// The class of which a call gives an instance that somebody else made: `inject(Router)`.
    pub fn given_class(&self, call: CallRef) -> Option<ExprRef> {
        if !self.tables_of(call).contains(Tables::ALIASES) {
            return None;
        }
        let name = self.callee_name(call)?;
        let mut aliases = self.catalog.aliases_named(name);
        let alias =
            aliases.find(|alias| alias.identity == Identity::Given && self.matches(&alias.callee, call).is_some())?;
        self.place_exprs(call, &alias.same).first().copied()
    }

    /// How long what a field holds lives, by the decorators on the field.
    pub fn decorated_lifetime(&self, owner: OwnerId, field: Sym) -> Option<Lifetime> {
        if self.catalog.fields.is_empty() {
            return None;
        }
        self.bases(owner).into_iter().find_map(|each| {
            let OwnerKind::Class(class) = self.owners.get(each).kind else {
                return None;
            };
            let members = &self.facts(class.file).class(class.id).members;
            let mut named = members
                .iter()
                .filter(|member| self.sym(class.file, member.name) == field);
            named.find_map(|member| self.lifetime_by(&member.decorators, class.with(())))
        })
    }

    fn lifetime_by(&self, decorators: &[ExprId], at: super::path::At<()>) -> Option<Lifetime> {
        decorators.iter().find_map(|&decorator| {
            let decorator = self.decorator_name(at.with(decorator));
            let known = self.catalog.fields.iter();
            let mut known = known.filter(|field| self.is_export(decorator, &field.decorator));
            known.next().map(|field| field.lifetime)
        })
    }

    /// `Component` of `@Component({ … })`.
    fn decorator_name(&self, decorator: ExprRef) -> ExprRef {
        match *self.expr(decorator) {
            Expr::Call(call) => decorator.with(self.facts(decorator.file).call(call).callee),
            _ => decorator,
        }
    }

    /// Whether a path is what a framework that injects gave an owner, and keeps for others: a constructor's parameter, or
    /// what a call that injects gives. What is a part of that may be anybody's.
    pub fn is_provided(&self, owner: OwnerId, path: &Path) -> bool {
        path.is_root()
            && self.lifecycle_of(owner).is_some_and(|lifecycle| lifecycle.injects)
            && self.provided_class(path).is_some()
            && !self.is_made_for(owner, path)
    }

    /// Whether what a framework gave an owner was made for this one: what the owner's own decorator lists, and what a
    /// decorator of the parameter says.
    pub fn is_made_for(&self, owner: OwnerId, path: &Path) -> bool {
        let by_parameter = match path.root {
            Root::Param(function, index) => {
                let param = self.function(function).params.get(usize::from(index));
                param.is_some_and(|param| {
                    self.lifetime_by(&param.decorators, function.with(())) == Some(Lifetime::Owner)
                })
            }
            _ => false,
        };
        by_parameter
            || self
                .provided_class(path)
                .is_some_and(|class| self.is_named_by_decorators(owner, &self.path(class)))
    }

    /// The class, or the token, by which what a path begins with was asked for.
    fn provided_class(&self, path: &Path) -> Option<ExprRef> {
        match path.root {
            Root::Param(function, index) if self.is_constructor(function) => {
                let annotation = self.function(function).params.get(usize::from(index))?.annotation?;
                match self.facts(function.file).type_expr(annotation) {
                    TypeExpr::Named { name, .. } => Some(function.with(*name)),
                    _ => None,
                }
            }
            Root::Call(call) => self.given_class(call),
            _ => None,
        }
    }

    /// Whether a value goes with the owner that was given it, by what its type says: the route of a page.
    pub fn goes_with_its_owner(&self, expr: ExprRef) -> bool {
        let types = self.types_of(expr);
        types.iter().any(|&(ty, _)| match ty {
            Ty::Catalog(key) => matches!(
                self.catalog.ty(key).lifetime,
                Some(Lifetime::Owner | Lifetime::Call | Lifetime::Request)
            ),
            Ty::Owner(_) => false,
        })
    }

    /// Whether a decorator of the class, or of one that extends it, lists something: `@Component({ providers: [Selection] })`.
    fn is_named_by_decorators(&self, owner: OwnerId, wanted: &Path) -> bool {
        self.relatives(owner).into_iter().any(|each| {
            let OwnerKind::Class(class) = self.owners.get(each).kind else {
                return false;
            };
            let decorators = &self.facts(class.file).class(class.id).decorators;
            decorators.iter().any(|&decorator| {
                let Expr::Call(call) = *self.expr(class.with(decorator)) else {
                    return false;
                };
                let call = class.with(call);
                let mut args = self.call(call).args.iter();
                args.any(|&arg| self.mentions(call.with(arg), wanted, 0))
            })
        })
    }

    fn mentions(&self, expr: ExprRef, wanted: &Path, depth: u32) -> bool {
        match self.expr(expr) {
            _ if depth > 4 => false,
            Expr::Object(properties) => properties.iter().any(|property| match *property {
                Property::Field { value, .. } | Property::Computed { value, .. } | Property::Spread(value) => {
                    self.mentions(expr.with(value), wanted, depth + 1)
                }
                Property::Getter { .. } | Property::Setter { .. } => false,
            }),
            Expr::Array(elements) => elements
                .iter()
                .any(|&element| self.mentions(expr.with(element), wanted, depth + 1)),
            Expr::Function(_) | Expr::Literal(_) => false,
            _ => {
                let path = self.path(expr);
                match path.root {
                    // A provider that is written elsewhere.
                    Root::Object(literal) if path.is_root() && literal != expr => {
                        self.mentions(literal, wanted, depth + 1)
                    }
                    _ => path == *wanted,
                }
            }
        }
    }
}
