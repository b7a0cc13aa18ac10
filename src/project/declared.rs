//! What declarations say of members: `interface Options { signal?: AbortSignal }`.

use crate::diagnostic::FileId;
use crate::facts::expr::Expr;
use crate::facts::ids::TypeId;
use crate::facts::types::{TypeDeclKind, TypeExpr, TypeMember};

use super::Project;
use super::names::Sym;
use super::path::{At, ExprRef, Path, Root};
use super::typing::{Ty, Types};

/// Steps from declaration to declaration after which nothing is known.
const MAX_DEPTH: u32 = 6;

impl Project<'_> {
    /// The annotation of what a path begins with: a parameter, a variable, what a function of the project returns.
    pub(super) fn declared_root(&self, path: &Path) -> Option<At<TypeId>> {
        match path.root {
            Root::Param(function, index) => {
                let param = self.function(function).params.get(usize::from(index))?;
                param.annotation.map(|annotation| function.with(annotation))
            }
            Root::Variable(binding) => {
                let annotation = self.facts(binding.file).binding(binding.id).annotation?;
                Some(binding.with(annotation))
            }
            Root::Call(call) => match self.callees(call).as_slice() {
                &[function] => {
                    let annotation = self.function(function).return_type?;
                    Some(function.with(annotation))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The declared type of a member of what is declared so; `null` and `undefined` beside it are no obstacle.
    pub(super) fn declared_member(&self, of: At<TypeId>, name: Sym) -> Option<At<TypeId>> {
        self.member_within(of, name, 0)
    }

    /// As [`Self::declared_member`], or the annotation of a class's field where the whole is an object of the class.
    pub(super) fn declared_field(&self, of: Option<At<TypeId>>, types: &Types, name: Sym) -> Option<At<TypeId>> {
        let of_class = || {
            types.iter().find_map(|&(ty, _)| match ty {
                Ty::Owner(owner) => self.field_annotation(owner, name),
                Ty::Catalog(_) => None,
            })
        };
        of.and_then(|of| self.declared_member(of, name)).or_else(of_class)
    }

    fn member_within(&self, of: At<TypeId>, name: Sym, depth: u32) -> Option<At<TypeId>> {
        if depth > MAX_DEPTH {
            return None;
        }
        let facts = self.facts(of.file);
        let member_of = |part: &TypeId| self.member_within(of.with(*part), name, depth + 1);
        match facts.type_expr(of.id) {
            TypeExpr::Object(members) => self.member_named(of.file, members, name),
            TypeExpr::Union(parts) | TypeExpr::Intersection(parts) => parts.iter().find_map(member_of),
            TypeExpr::Named { name: called, args } => match facts.expr(*called) {
                // Names of TypeScript itself that leave the members as they are.
                Expr::Global(wrapper)
                    if matches!(
                        facts.name(*wrapper),
                        "Promise"
                            | "PromiseLike"
                            | "Readonly"
                            | "NonNullable"
                            | "Partial"
                            | "Required"
                            | "Awaited"
                            | "Omit"
                            | "Pick"
                    ) =>
                {
                    args.first().and_then(member_of)
                }
                _ => self.member_of_name(of.with(*called), name, depth),
            },
            _ => None,
        }
    }

    /// A member of an interface or alias of the project, its own or one that it extends.
    fn member_of_name(&self, called: ExprRef, name: Sym, depth: u32) -> Option<At<TypeId>> {
        let Root::Variable(binding) = self.path(called).root else {
            return None;
        };
        let facts = self.facts(binding.file);
        // An interface may be declared in several places.
        let mut declarations = facts.type_decls.iter().filter(|decl| decl.binding == binding.id);
        declarations.find_map(|declaration| match &declaration.kind {
            TypeDeclKind::Interface { extends, members } => {
                let inherited = |&base: &TypeId| self.member_within(binding.with(base), name, depth + 1);
                let own = self.member_named(binding.file, members, name);
                own.or_else(|| extends.iter().find_map(inherited))
            }
            TypeDeclKind::Alias(target) => self.member_within(binding.with(*target), name, depth + 1),
            TypeDeclKind::Enum(_) => None,
        })
    }

    fn member_named(&self, file: FileId, members: &[TypeMember], name: Sym) -> Option<At<TypeId>> {
        let found = members
            .iter()
            .find(|each| !each.is_method && self.sym(file, each.name) == name)?;
        Some(At::new(file, found.ty))
    }
}
