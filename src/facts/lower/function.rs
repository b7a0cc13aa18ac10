//! Functions: their parameters and bodies.

use swc_ecma_ast::{self as ast, ArrowFunctionBody, Pat};
use thin_vec::ThinVec;

use super::frame::Head;
use super::pattern::Target;
use super::stmt::is_strict;
use super::{Lowerer, Many};
use crate::facts::BindingKind;
use crate::facts::body::{FunctionKind, Op, Param, Used};
use crate::facts::expr::Expr;
use crate::facts::ids::{BindingId, ClassId, ExprId, FnId, Name, Span, TypeId};
use crate::parse::span_of;

/// A class's method, getter or setter, besides its `function`.
#[derive(Clone, Copy)]
pub(super) struct MethodOf {
    pub(super) class: ClassId,
    pub(super) is_static: bool,
}

impl Lowerer<'_> {
    pub(super) fn function_expr(&mut self, function: &ast::FnExpr, name: Option<Name>) -> ExprId {
        let own = function.ident.as_ref();
        let name = own.map(|ident| self.name(&ident.sym)).or(name);
        let head = match own {
            Some(ident) => span_of(ident),
            None => self.head_before_body(span_of(&*function.function), function.function.body.as_ref()),
        };
        let id = self.function(&function.function, own, name, FunctionKind::Function, head);
        self.add(Expr::Function(id))
    }

    /// A function that is no member of a class. `own` is the name that only its body sees.
    pub(super) fn function(
        &mut self,
        function: &ast::Function,
        own: Option<&ast::Ident>,
        name: Option<Name>,
        kind: FunctionKind,
        head: Span,
    ) -> FnId {
        self.function_or_method(function, own, name, kind, head, None)
    }

    pub(super) fn function_or_method(
        &mut self,
        function: &ast::Function,
        own: Option<&ast::Ident>,
        name: Option<Name>,
        kind: FunctionKind,
        head: Span,
        method: Option<MethodOf>,
    ) -> FnId {
        let decorators: Many<_> = function
            .params
            .iter()
            .map(|param| self.decorators(&param.decorators))
            .collect();
        if let Some(body) = &function.body {
            self.cut(span_of(body).start);
        }
        let id = self.open_function(Head {
            name,
            is_async: function.is_async,
            is_generator: function.is_generator,
            is_static: method.is_some_and(|method| method.is_static),
            class: method.map(|method| method.class),
            ..Head::new(kind, span_of(function), head)
        });
        self.open_scope();
        if let Some(own) = own {
            let binding = self.declare(own, BindingKind::Function);
            self.record(own, Some(binding), false);
            let value = self.add(Expr::Function(id));
            self.add_value(binding, value, true);
        }
        self.facts.functions[id.index()]
            .params
            .reserve_exact(function.params.len());
        self.open_scope();
        self.type_params(function.type_params.as_deref());
        for param in &function.params {
            self.declare_pattern(&param.pat, BindingKind::Param);
        }
        for (index, (param, decorators)) in function.params.iter().zip(decorators).enumerate() {
            self.param(&param.pat, index, decorators);
        }
        self.return_type(function.return_type.as_deref());
        if let Some(body) = &function.body {
            self.function_body(body);
        }
        self.close_scope();
        self.close_scope();
        self.close_function();
        id
    }

    pub(super) fn function_body(&mut self, body: &ast::FunctionBody) {
        let around = self.strict;
        self.strict |= is_strict(&body.stmts);
        self.body(&body.stmts);
        self.strict = around;
    }

    pub(super) fn arrow(&mut self, arrow: &ast::ArrowExpr, name: Option<Name>) -> ExprId {
        let span = span_of(arrow);
        let body = match &*arrow.body {
            ArrowFunctionBody::FunctionBody(body) => {
                self.cut(span_of(body).start);
                span_of(body).start
            }
            ArrowFunctionBody::Expr(value) => span_of(&**value).start,
        };
        let head = self.trimmed(span.start, body.max(span.start));
        let id = self.open_function(Head {
            name,
            is_async: arrow.is_async,
            is_generator: arrow.is_generator,
            ..Head::new(FunctionKind::Arrow, span, head)
        });
        self.facts.functions[id.index()]
            .params
            .reserve_exact(arrow.params.len());
        self.open_scope();
        self.type_params(arrow.type_params.as_deref());
        for param in &arrow.params {
            self.declare_pattern(param, BindingKind::Param);
        }
        for (index, param) in arrow.params.iter().enumerate() {
            self.param(param, index, ThinVec::new());
        }
        self.return_type(arrow.return_type.as_deref());
        match &*arrow.body {
            ArrowFunctionBody::FunctionBody(body) => self.function_body(body),
            ArrowFunctionBody::Expr(value) => {
                let result = self.expr(value, Used::Returned);
                self.op(Op::Return(Some(result)), span_of(&**value));
            }
        }
        self.close_scope();
        self.close_function();
        self.add(Expr::Function(id))
    }

    pub(super) fn return_type(&mut self, annotation: Option<&ast::TsTypeAnn>) {
        let ty = self.annotation(annotation);
        let id = self.frame.id;
        self.facts.functions[id.index()].return_type = ty;
    }

    /// Adds a parameter to the current function and binds its names. Returns its value.
    pub(super) fn param(&mut self, pattern: &Pat, index: usize, decorators: ThinVec<ExprId>) -> ExprId {
        let function = self.frame.id;
        let position = u16::try_from(index).unwrap_or(u16::MAX);
        let (inner, default, is_rest) = match pattern {
            Pat::Assign(assign) => (&*assign.left, Some(&*assign.right), false),
            Pat::Rest(rest) => (&*rest.arg, None, true),
            other => (other, None, false),
        };
        let annotation = match pattern {
            Pat::Rest(rest) => self.annotation(rest.type_ann.as_deref()),
            _ => self.pattern_annotation(inner),
        };
        let (binding, is_optional) = match inner {
            Pat::Ident(ident) => (self.declared(&ident.id), ident.id.optional),
            Pat::Object(object) => (None, object.optional),
            Pat::Array(array) => (None, array.optional),
            Pat::Rest(_) | Pat::Assign(_) | Pat::Invalid(_) | Pat::Expr(_) => (None, false),
        };
        self.facts.functions[function.index()].params.push(Param {
            binding,
            annotation,
            is_rest,
            is_optional: is_optional || default.is_some(),
            decorators,
        });
        let given = self.add(if is_rest {
            Expr::RestParam {
                function,
                index: position,
            }
        } else {
            Expr::Param {
                function,
                index: position,
            }
        });
        let span = span_of(pattern);
        let name = binding.map(|binding| self.facts.bindings[binding.index()].name);
        let value = match default {
            Some(default) => self.statement(span, |this| this.or_default(given, default, name)),
            None => given,
        };
        match binding {
            Some(binding) => self.bind_param(binding, value, annotation, default.is_some(), span),
            None => self.statement(span, |this| this.bind(inner, value, Target::Declares, span)),
        }
        value
    }

    fn bind_param(&mut self, to: BindingId, value: ExprId, ty: Option<TypeId>, has_default: bool, span: Span) {
        self.annotate(to, ty);
        self.add_value(to, value, true);
        if has_default {
            self.op(
                Op::Assign {
                    to,
                    value,
                    declares: true,
                },
                span,
            );
        }
    }

    /// The annotation of a whole pattern.
    pub(super) fn pattern_annotation(&mut self, pattern: &Pat) -> Option<TypeId> {
        match pattern {
            Pat::Ident(ident) => self.annotation(ident.type_ann.as_deref()),
            Pat::Array(array) => self.annotation(array.type_ann.as_deref()),
            Pat::Object(object) => self.annotation(object.type_ann.as_deref()),
            Pat::Rest(rest) => self.annotation(rest.type_ann.as_deref()),
            Pat::Assign(assign) => self.pattern_annotation(&assign.left),
            Pat::Invalid(_) | Pat::Expr(_) => None,
        }
    }

    /// A nameless function's head: all up to its body.
    fn head_before_body(&self, span: Span, body: Option<&ast::FunctionBody>) -> Span {
        self.trimmed(
            span.start,
            body.map_or(span.end, |body| span_of(body).start).max(span.start),
        )
    }
}
