//! TypeScript's `enum` and `namespace`: names whose value is an object of their members.

use swc_ecma_ast::{self as ast, TsEnumMemberId, TsModuleName, TsNamespaceBody};
use thin_vec::ThinVec;

use super::{Lowerer, guarded};
use crate::facts::BindingKind;
use crate::facts::body::Used;
use crate::facts::expr::{Expr, Literal, Property, exactly};
use crate::facts::ids::{ExprId, Name};
use crate::facts::types::{TypeDecl, TypeDeclKind};
use crate::parse::span_of;

impl Lowerer<'_> {
    pub(super) fn enumeration(&mut self, decl: &ast::TsEnumDecl) {
        let span = span_of(decl);
        let Some(binding) = self.declared(&decl.id) else { return };
        let names: Vec<_> = decl
            .members
            .iter()
            .map(|member| self.enum_member_name(&member.id))
            .collect();
        let properties = self.scoped(|this| {
            for &name in &names {
                this.declare_enum_member(name, binding);
            }
            this.statement(span, |this| this.enum_values(decl, &names))
        });
        if !decl.declare && !self.ambient {
            let value = self.push(Expr::Object(properties));
            self.assign_declared(binding, value, span);
        }
        self.facts.type_decls.push(TypeDecl {
            binding,
            kind: TypeDeclKind::Enum(names),
            span,
        });
    }

    /// Members without a value count on from the last number.
    fn enum_values(&mut self, decl: &ast::TsEnumDecl, names: &[Name]) -> ThinVec<Property> {
        let mut next = Some(0.0);
        let mut properties = ThinVec::with_capacity(names.len());
        for (member, &name) in decl.members.iter().zip(names) {
            let value = match (&member.init, next) {
                (Some(init), _) => {
                    next = match &**init {
                        ast::Expr::Lit(ast::Lit::Num(number)) => Some(number.value + 1.0),
                        _ => None,
                    };
                    self.expr(init, Used::Value)
                }
                (None, Some(number)) => {
                    next = Some(number + 1.0);
                    let number = self.name(&number.to_string());
                    self.add(Expr::Literal(Literal::Number(number)))
                }
                (None, None) => self.opaque(),
            };
            properties.push(Property::Field { name, value });
        }
        properties
    }

    fn enum_member_name(&mut self, id: &TsEnumMemberId) -> Name {
        match id {
            TsEnumMemberId::Ident(ident) => self.name(&ident.sym),
            TsEnumMemberId::Str(text) => self.name(&text.value.to_string_lossy()),
        }
    }

    /// A namespace, or an ambient module, whose declarations stay its own.
    pub(super) fn namespace(&mut self, module: &ast::TsModuleDecl) {
        let span = span_of(module);
        let Some(body) = &module.body else { return };
        let binding = match &module.id {
            TsModuleName::Ident(ident) if !module.global => self.declared(ident),
            TsModuleName::Ident(_) | TsModuleName::Str(_) => None,
        };
        let around = self.ambient;
        self.ambient |= module.declare;
        let exports = self.namespace_body(body);
        let is_ambient = std::mem::replace(&mut self.ambient, around);
        if let Some(binding) = binding
            && !is_ambient
        {
            let value = self.namespace_object(exports);
            self.assign_declared(binding, value, span);
        }
    }

    fn namespace_body(&mut self, body: &TsNamespaceBody) -> Vec<(Name, ExprId)> {
        guarded(|| match body {
            TsNamespaceBody::TsModuleBlock(block) => self.scoped(|this| {
                this.hoist_items(&block.body);
                let mut exports = Vec::new();
                this.run_items(&block.body, &mut exports);
                exports
            }),
            // `namespace A.B {}`: `A` exports `B`.
            TsNamespaceBody::TsNamespaceDecl(inner) => self.scoped(|this| {
                let name = this.name(&inner.id.sym);
                let binding = this.declare(&inner.id, BindingKind::Namespace);
                this.record(&inner.id, Some(binding), false);
                let exports = this.namespace_body(&inner.body);
                if !this.ambient {
                    let value = this.namespace_object(exports);
                    this.assign_declared(binding, value, span_of(inner));
                }
                vec![(name, this.add(Expr::Binding(binding)))]
            }),
        })
    }

    fn namespace_object(&mut self, exports: Vec<(Name, ExprId)>) -> ExprId {
        let fields = exports.into_iter().map(|(name, value)| Property::Field { name, value });
        self.push(Expr::Object(exactly(fields)))
    }
}
