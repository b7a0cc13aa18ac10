//! Type annotations and declarations.

use swc_ecma_ast::{
    self as ast, TsEntityName, TsFnOrConstructorType, TsFnParam, TsKeywordTypeKind, TsType, TsTypeElement,
    TsUnionOrIntersectionType,
};

use super::literal::constant_text;
use super::{Lowerer, guarded};
use crate::facts::expr::Expr;
use crate::facts::ids::{ExprId, Name, TypeId};
use crate::facts::types::{FunctionType, TypeDecl, TypeDeclKind, TypeExpr, TypeMember};
use crate::facts::{BindingKind, ImportKind};
use crate::parse::span_of;

impl Lowerer<'_> {
    /// The id of a type; an equal one that was seen before keeps its id.
    pub(super) fn add_type(&mut self, ty: TypeExpr) -> TypeId {
        if let Some(&id) = self.types.get(&ty) {
            return id;
        }
        let id = TypeId(self.facts.types.len() as u32);
        self.facts.types.push(ty.clone());
        self.types.insert(ty, id);
        id
    }

    pub(super) fn annotation(&mut self, annotation: Option<&ast::TsTypeAnn>) -> Option<TypeId> {
        annotation.map(|annotation| self.ty(&annotation.type_ann))
    }

    pub(super) fn type_or_any(&mut self, ty: Option<TypeId>) -> TypeId {
        ty.unwrap_or_else(|| self.keyword("any"))
    }

    fn keyword(&mut self, text: &str) -> TypeId {
        let name = self.name(text);
        self.add_type(TypeExpr::Keyword(name))
    }

    pub(super) fn ty(&mut self, ty: &TsType) -> TypeId {
        guarded(|| self.unguarded_type(ty))
    }

    fn unguarded_type(&mut self, ty: &TsType) -> TypeId {
        let lowered = match ty {
            TsType::TsKeywordType(keyword) => return self.keyword(keyword_text(keyword.kind)),
            TsType::TsThisType(_) => return self.keyword("this"),
            TsType::TsFnOrConstructorType(TsFnOrConstructorType::TsFnType(function)) => {
                return self.function_type(
                    function.type_params.as_deref(),
                    &function.params,
                    Some(&function.type_ann),
                );
            }
            TsType::TsTypeRef(named) => {
                let name = self.entity(&named.type_name, Position::Type);
                let args = self.type_args(named.type_params.as_deref());
                TypeExpr::Named { name, args }
            }
            TsType::TsTypeQuery(query) => match &query.expr_name {
                ast::TsTypeQueryExpr::TsEntityName(name) => TypeExpr::TypeOf(self.entity(name, Position::Value)),
                ast::TsTypeQueryExpr::Import(import) => TypeExpr::TypeOf(self.import_type(import)),
            },
            TsType::TsTypeLit(literal) => TypeExpr::Object(self.type_members(&literal.members).into()),
            TsType::TsArrayType(array) => TypeExpr::Array(self.ty(&array.elem_type)),
            TsType::TsTupleType(tuple) => {
                TypeExpr::Tuple(tuple.elem_types.iter().map(|element| self.ty(&element.ty)).collect())
            }
            TsType::TsOptionalType(inner) => return self.ty(&inner.type_ann),
            TsType::TsRestType(inner) => return self.ty(&inner.type_ann),
            TsType::TsParenthesizedType(inner) => return self.ty(&inner.type_ann),
            TsType::TsUnionOrIntersectionType(TsUnionOrIntersectionType::TsUnionType(union)) => {
                TypeExpr::Union(union.types.iter().map(|each| self.ty(each)).collect())
            }
            TsType::TsUnionOrIntersectionType(TsUnionOrIntersectionType::TsIntersectionType(all)) => {
                TypeExpr::Intersection(all.types.iter().map(|each| self.ty(each)).collect())
            }
            TsType::TsTypeOperator(operator) => match operator.op {
                ast::TsTypeOperatorOp::ReadOnly | ast::TsTypeOperatorOp::Unique => return self.ty(&operator.type_ann),
                ast::TsTypeOperatorOp::KeyOf => TypeExpr::Other,
            },
            TsType::TsLitType(_) => TypeExpr::Literal,
            TsType::TsTypePredicate(_) => return self.keyword("boolean"),
            TsType::TsImportType(import) => {
                let name = self.import_type(import);
                let args = self.type_args(import.type_args.as_deref());
                TypeExpr::Named { name, args }
            }
            TsType::TsFnOrConstructorType(TsFnOrConstructorType::TsConstructorType(_))
            | TsType::TsConditionalType(_)
            | TsType::TsInferType(_)
            | TsType::TsIndexedAccessType(_)
            | TsType::TsMappedType(_) => TypeExpr::Other,
        };
        self.add_type(lowered)
    }

    fn type_args(&mut self, args: Option<&ast::TsTypeParamInstantiation>) -> Box<[TypeId]> {
        args.map(|args| args.params.iter().map(|arg| self.ty(arg)).collect())
            .unwrap_or_default()
    }

    fn function_type(
        &mut self,
        type_params: Option<&ast::TsTypeParamDecl>,
        params: &[TsFnParam],
        result: Option<&ast::TsTypeAnn>,
    ) -> TypeId {
        self.scoped(|this| {
            this.type_params(type_params);
            let params = params.iter().map(|param| this.fn_param(param)).collect();
            let result = this.annotation(result);
            let result = this.type_or_any(result);
            this.add_type(TypeExpr::Function(FunctionType { params, result }))
        })
    }

    fn fn_param(&mut self, param: &TsFnParam) -> TypeId {
        let annotation = match param {
            TsFnParam::Ident(ident) => self.annotation(ident.type_ann.as_deref()),
            TsFnParam::Array(array) => self.annotation(array.type_ann.as_deref()),
            TsFnParam::Rest(rest) => self.annotation(rest.type_ann.as_deref()),
            TsFnParam::Object(object) => self.annotation(object.type_ann.as_deref()),
        };
        self.type_or_any(annotation)
    }

    /// Declares type parameters in the innermost scope.
    pub(super) fn type_params(&mut self, params: Option<&ast::TsTypeParamDecl>) {
        let Some(params) = params else { return };
        for param in &params.params {
            self.declare(&param.name, BindingKind::Type);
        }
        for param in &params.params {
            let binding = self.declared_type(&param.name);
            if let Some(constraint) = &param.constraint {
                let ty = self.ty(constraint);
                if let Some(binding) = binding {
                    self.annotate(binding, Some(ty));
                }
            }
        }
    }

    /// `A.B.c`, or `A`.
    pub(super) fn entity(&mut self, name: &TsEntityName, position: Position) -> ExprId {
        guarded(|| match name {
            TsEntityName::Ident(ident) if &*ident.sym == "this" => self.this(),
            TsEntityName::Ident(ident) => match position {
                Position::Type => self.type_ident(ident),
                Position::Value => self.type_query_ident(ident),
            },
            TsEntityName::TsQualifiedName(qualified) => {
                let object = self.entity(&qualified.left, position);
                let name = self.name(&qualified.right.sym);
                self.add(Expr::Member {
                    object,
                    name,
                    optional: false,
                })
            }
        })
    }

    /// `import("x").A.B`.
    fn import_type(&mut self, import: &ast::TsImportType) -> ExprId {
        let module = self.import(
            &import.arg.value.to_string_lossy(),
            ImportKind::TypeOnly,
            span_of(import),
        );
        match &import.qualifier {
            Some(qualifier) => self.member_of_module(module, qualifier),
            None => self.add(Expr::Module(module)),
        }
    }

    fn member_of_module(&mut self, module: Name, qualifier: &TsEntityName) -> ExprId {
        guarded(|| match qualifier {
            TsEntityName::Ident(ident) => {
                let name = self.name(&ident.sym);
                self.add(Expr::Import { module, name })
            }
            TsEntityName::TsQualifiedName(qualified) => {
                let object = self.member_of_module(module, &qualified.left);
                let name = self.name(&qualified.right.sym);
                self.add(Expr::Member {
                    object,
                    name,
                    optional: false,
                })
            }
        })
    }

    /// `extends Base<T>` of an interface, `implements Shape<T>` of a class.
    pub(super) fn heritage(&mut self, each: &ast::TsExprWithTypeArgs) -> TypeId {
        let name = self.heritage_name(&each.expr);
        let args = self.type_args(each.type_args.as_deref());
        self.add_type(TypeExpr::Named { name, args })
    }

    fn heritage_name(&mut self, node: &ast::Expr) -> ExprId {
        guarded(|| match node {
            ast::Expr::Ident(ident) => self.type_ident(ident),
            ast::Expr::Member(member) => {
                let object = self.heritage_name(&member.obj);
                match &member.prop {
                    ast::MemberProp::Ident(ident) => {
                        let name = self.name(&ident.sym);
                        self.add(Expr::Member {
                            object,
                            name,
                            optional: false,
                        })
                    }
                    ast::MemberProp::PrivateName(_) | ast::MemberProp::Computed(_) => self.opaque(),
                }
            }
            _ => self.opaque(),
        })
    }

    pub(super) fn interface(&mut self, interface: &ast::TsInterfaceDecl) {
        let Some(binding) = self.declared_type(&interface.id) else {
            return;
        };
        let kind = self.scoped(|this| {
            this.type_params(interface.type_params.as_deref());
            let extends = interface.extends.iter().map(|each| this.heritage(each)).collect();
            let members = this.type_members(&interface.body.body);
            TypeDeclKind::Interface { extends, members }
        });
        self.facts.type_decls.push(TypeDecl {
            binding,
            kind,
            span: span_of(interface),
        });
    }

    pub(super) fn alias(&mut self, alias: &ast::TsTypeAliasDecl) {
        let Some(binding) = self.declared_type(&alias.id) else {
            return;
        };
        let ty = self.scoped(|this| {
            this.type_params(alias.type_params.as_deref());
            this.ty(&alias.type_ann)
        });
        self.facts.type_decls.push(TypeDecl {
            binding,
            kind: TypeDeclKind::Alias(ty),
            span: span_of(alias),
        });
    }

    fn type_members(&mut self, members: &[TsTypeElement]) -> Vec<TypeMember> {
        members.iter().filter_map(|member| self.type_member(member)).collect()
    }

    fn type_member(&mut self, member: &TsTypeElement) -> Option<TypeMember> {
        let member = match member {
            TsTypeElement::TsCallSignatureDecl(call) => TypeMember {
                name: self.name(""),
                ty: self.function_type(call.type_params.as_deref(), &call.params, call.type_ann.as_deref()),
                is_method: true,
                is_optional: false,
            },
            TsTypeElement::TsPropertySignature(prop) => {
                let annotation = self.annotation(prop.type_ann.as_deref());
                TypeMember {
                    name: self.signature_name(&prop.key)?,
                    ty: self.type_or_any(annotation),
                    is_method: false,
                    is_optional: prop.optional,
                }
            }
            TsTypeElement::TsGetterSignature(getter) => {
                let annotation = self.annotation(getter.type_ann.as_deref());
                TypeMember {
                    name: self.signature_name(&getter.key)?,
                    ty: self.type_or_any(annotation),
                    is_method: false,
                    is_optional: false,
                }
            }
            TsTypeElement::TsMethodSignature(method) => TypeMember {
                name: self.signature_name(&method.key)?,
                ty: self.function_type(
                    method.type_params.as_deref(),
                    &method.params,
                    method.type_ann.as_deref(),
                ),
                is_method: true,
                is_optional: method.optional,
            },
            TsTypeElement::TsConstructSignatureDecl(_)
            | TsTypeElement::TsSetterSignature(_)
            | TsTypeElement::TsIndexSignature(_) => return None,
        };
        Some(member)
    }

    fn signature_name(&mut self, key: &ast::Expr) -> Option<Name> {
        match key {
            ast::Expr::Ident(ident) => Some(self.name(&ident.sym)),
            _ if constant_text(key).is_some() => self.key_name(key),
            ast::Expr::Lit(ast::Lit::Num(number)) => Some(self.name(&number.value.to_string())),
            _ => self.key_name(key),
        }
    }
}

/// Where a name stands: `x: A` or `x: typeof a`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    Type,
    Value,
}

fn keyword_text(kind: TsKeywordTypeKind) -> &'static str {
    match kind {
        TsKeywordTypeKind::TsAnyKeyword => "any",
        TsKeywordTypeKind::TsUnknownKeyword => "unknown",
        TsKeywordTypeKind::TsNumberKeyword => "number",
        TsKeywordTypeKind::TsObjectKeyword => "object",
        TsKeywordTypeKind::TsBooleanKeyword => "boolean",
        TsKeywordTypeKind::TsBigIntKeyword => "bigint",
        TsKeywordTypeKind::TsStringKeyword => "string",
        TsKeywordTypeKind::TsSymbolKeyword => "symbol",
        TsKeywordTypeKind::TsVoidKeyword => "void",
        TsKeywordTypeKind::TsUndefinedKeyword => "undefined",
        TsKeywordTypeKind::TsNullKeyword => "null",
        TsKeywordTypeKind::TsNeverKeyword => "never",
        TsKeywordTypeKind::TsIntrinsicKeyword => "intrinsic",
    }
}
