//! The tables of type annotations and declarations.

use super::Walk;
use super::function::{bits, has};
use crate::facts::FileFacts;
use crate::facts::ids::{BindingId, ExprId, Name, Span, TypeId};
use crate::facts::types::{FunctionType, TypeDecl, TypeDeclKind, TypeExpr, TypeMember};
use crate::facts::wire::coder::Way;
use crate::facts::wire::column::Column;

const TYPE: TypeId = TypeId(0);

const MEMBER: TypeMember = TypeMember {
    name: Name(0),
    ty: TYPE,
    is_method: false,
    is_optional: false,
};

impl<W: Way> Walk<'_, W> {
    pub(super) fn types(&mut self, facts: &mut FileFacts) {
        self.last = super::Last::default();
        let blanks = type_blanks();
        self.list(Column::TableLength, &mut facts.types, &TypeExpr::Other);
        for (at, ty) in facts.types.iter_mut().enumerate() {
            self.variant(Column::TypeKind, ty, &blanks);
            self.type_row(ty, at as u32);
        }
        let blanks = declaration_blanks();
        let blank = TypeDecl {
            binding: BindingId(0),
            kind: TypeDeclKind::Alias(TYPE),
            span: Span::default(),
        };
        self.list(Column::TableLength, &mut facts.type_decls, &blank);
        for declaration in &mut facts.type_decls {
            self.binding(Column::DeclaredBinding, &mut declaration.binding);
            self.variant(Column::DeclarationKind, &mut declaration.kind, &blanks);
            self.span(
                Column::DeclarationStart,
                Column::DeclarationLength,
                &mut declaration.span,
            );
            self.declaration(&mut declaration.kind);
        }
    }

    fn type_row(&mut self, ty: &mut TypeExpr, at: u32) {
        match ty {
            TypeExpr::Named { name, args } => {
                self.expr_near(Column::TypeName, name);
                self.type_parts(args, at);
            }
            TypeExpr::Union(parts) | TypeExpr::Intersection(parts) | TypeExpr::Tuple(parts) => {
                self.type_parts(parts, at);
            }
            TypeExpr::Array(of) => self.type_part(of, at),
            TypeExpr::Function(function) => {
                self.type_parts(&mut function.params, at);
                self.type_part(&mut function.result, at);
            }
            TypeExpr::Object(members) => {
                self.boxed(Column::TypeMemberCount, members, &MEMBER);
                for member in members {
                    self.type_member(member);
                    self.near(Column::TypePart, &mut member.ty.0, at);
                }
            }
            TypeExpr::TypeOf(value) => self.expr_near(Column::TypeName, value),
            TypeExpr::Literal | TypeExpr::Other => {}
            TypeExpr::Keyword(name) => self.name(Column::Keyword, name),
        }
    }

    fn type_parts(&mut self, parts: &mut Box<[TypeId]>, at: u32) {
        self.boxed(Column::TypeCount, parts, &TYPE);
        for part in parts {
            self.type_part(part, at);
        }
    }

    /// A part of the type at `at`; a type that contains itself comes before its parts.
    fn type_part(&mut self, part: &mut TypeId, at: u32) {
        self.near(Column::TypePart, &mut part.0, at);
    }

    fn type_member(&mut self, member: &mut TypeMember) {
        self.name(Column::TypeMemberName, &mut member.name);
        let answers = bits(&[member.is_method, member.is_optional]);
        let answers = self.symbol(Column::TypeMemberFlags, answers);
        member.is_method = has(answers, 0);
        member.is_optional = has(answers, 1);
    }

    fn declaration(&mut self, kind: &mut TypeDeclKind) {
        match kind {
            TypeDeclKind::Interface { extends, members } => {
                self.list(Column::DeclarationCount, extends, &TYPE);
                for ty in extends {
                    self.ty(Column::DeclarationType, ty);
                }
                self.list(Column::TypeMemberCount, members, &MEMBER);
                for member in members {
                    self.type_member(member);
                    self.ty(Column::TypeMemberType, &mut member.ty);
                }
            }
            TypeDeclKind::Alias(ty) => self.ty(Column::DeclarationType, ty),
            TypeDeclKind::Enum(names) => {
                self.list(Column::DeclarationCount, names, &Name(0));
                for name in names {
                    self.name(Column::EnumName, name);
                }
            }
        }
    }
}

fn type_blanks() -> [TypeExpr; 11] {
    all_of!(TypeExpr:
        Named {
            name: ExprId(0),
            args: Box::default(),
        },
        Union(Box::default()),
        Intersection(Box::default()),
        Array(TYPE),
        Tuple(Box::default()),
        Function(FunctionType {
            params: Box::default(),
            result: TYPE,
        }),
        Object(Box::default()),
        TypeOf(ExprId(0)),
        Literal,
        Keyword(Name(0)),
        Other,
    )
}

fn declaration_blanks() -> [TypeDeclKind; 3] {
    all_of!(TypeDeclKind:
        Interface {
            extends: Vec::new(),
            members: Vec::new(),
        },
        Alias(TYPE),
        Enum(Vec::new()),
    )
}
