//! Classes: their members in source order, and the functions that their field initialisers run in.

use std::borrow::Cow;

use swc_ecma_ast::{self as ast, Accessibility, ClassMember, MethodKind, ParamOrTsParamProp, PropName};
use thin_vec::ThinVec;

use super::Lowerer;
use super::frame::Head;
use super::function::MethodOf;
use crate::facts::body::{FunctionKind, Op, Used};
use crate::facts::expr::{Expr, exactly};
use crate::facts::ids::{ClassId, ExprId, FnId, Name, Span, TypeId};
use crate::facts::types::{FunctionType, TypeExpr};
use crate::facts::{BindingKind, Class, Member, MemberKind};
use crate::parse::span_of;

/// A field's initialiser or a static block, to be lowered when all members are known.
struct Initializer<'t> {
    is_static: bool,
    span: Span,
    what: Init<'t>,
}

enum Init<'t> {
    Field {
        member: usize,
        key: FieldKey,
        value: &'t ast::Expr,
    },
    Block(&'t ast::BlockStmt),
}

/// How a field is named where it is stored.
#[derive(Clone, Copy)]
enum FieldKey {
    Name(Name),
    Computed(ExprId),
}

impl Lowerer<'_> {
    pub(super) fn class_expr(&mut self, class: &ast::ClassExpr, name: Option<Name>) -> ExprId {
        let id = self.scoped(|this| {
            let own = class.ident.as_ref();
            let binding = own.map(|own| this.declare(own, BindingKind::Class));
            if let (Some(own), Some(binding)) = (own, binding) {
                this.record(own, Some(binding), false);
            }
            let id = this.class(&class.class, own, name, false);
            if let Some(binding) = binding {
                let value = this.add(Expr::Class(id));
                this.add_value(binding, value, true);
            }
            id
        });
        self.add(Expr::Class(id))
    }

    /// Lowers a class. `name` is what one without a name of its own is assigned to; `ambient` classes have no bodies.
    pub(super) fn class(
        &mut self,
        class: &ast::Class,
        own: Option<&ast::Ident>,
        name: Option<Name>,
        ambient: bool,
    ) -> ClassId {
        let decorators = self.decorators(&class.decorators);
        let id = ClassId(self.facts.classes.len() as u32);
        let name = own.map(|ident| self.name(&ident.sym)).or(name);
        let span = span_of(class);
        let name_span = own.map_or_else(|| self.class_keyword(class), span_of);
        self.facts.classes.push(Class {
            name,
            base: None,
            implements: Vec::new(),
            members: Vec::new(),
            decorators,
            function: self.frame.id,
            is_abstract: class.is_abstract,
            span,
            name_span,
        });
        let around = std::mem::replace(&mut self.strict, true);
        self.scoped(|this| {
            this.type_params(class.type_params.as_deref());
            let base = class.super_class.as_ref().map(|base| this.expr(base, Used::Value));
            let implements = class.implements.iter().map(|each| this.heritage(each)).collect();
            let lowered = &mut this.facts.classes[id.index()];
            (lowered.base, lowered.implements) = (base, implements);
            this.cut(this.class_body(class));
            this.members(id, class, ambient || class.is_abstract);
        });
        self.strict = around;
        id
    }

    fn members(&mut self, class: ClassId, node: &ast::Class, keeps_signatures: bool) {
        let mut later = Vec::new();
        self.facts.classes[class.index()].members.reserve_exact(node.body.len());
        for member in &node.body {
            let span = span_of(member);
            self.statement(span, |this| {
                this.class_member(class, node, member, keeps_signatures, &mut later)
            });
        }
        self.initializers(class, node, &later, false);
        self.initializers(class, node, &later, true);
    }

    fn class_member<'t>(
        &mut self,
        class: ClassId,
        node: &ast::Class,
        member: &'t ClassMember,
        keeps_signatures: bool,
        later: &mut Vec<Initializer<'t>>,
    ) {
        match member {
            ClassMember::Constructor(constructor) => self.constructor(class, constructor, node.super_class.is_some()),
            ClassMember::Method(method) => {
                let function = &method.function;
                let name = self.accessor_name(&method.key);
                let key = span_of(&method.key);
                let shape = MemberShape::new(name, method.is_static, method.accessibility, span_of(method));
                self.method(class, shape, function, method.kind, key, keeps_signatures);
            }
            ClassMember::PrivateMethod(method) => {
                let name = self.private_name(&method.key);
                let key = span_of(&method.key);
                let shape = MemberShape::new(name, method.is_static, Some(Accessibility::Private), span_of(method));
                self.method(class, shape, &method.function, method.kind, key, keeps_signatures);
            }
            ClassMember::ClassProp(prop) => {
                let key = self.field_key(&prop.key);
                let shape = MemberShape::new(self.field_name(key), prop.is_static, prop.accessibility, span_of(prop));
                let (ty, value) = (prop.type_ann.as_deref(), prop.value.as_deref());
                self.field(class, shape, key, &prop.decorators, ty, value, later);
            }
            ClassMember::PrivateProp(prop) => {
                let name = self.private_name(&prop.key);
                let shape = MemberShape::new(name, prop.is_static, Some(Accessibility::Private), span_of(prop));
                let (ty, value) = (prop.type_ann.as_deref(), prop.value.as_deref());
                self.field(class, shape, FieldKey::Name(name), &prop.decorators, ty, value, later);
            }
            ClassMember::AutoAccessor(prop) => {
                let (key, accessibility) = match &prop.key {
                    ast::Key::Private(private) => {
                        (FieldKey::Name(self.private_name(private)), Some(Accessibility::Private))
                    }
                    ast::Key::Public(key) => (self.field_key(key), prop.accessibility),
                };
                let shape = MemberShape::new(self.field_name(key), prop.is_static, accessibility, span_of(prop));
                let (ty, value) = (prop.type_ann.as_deref(), prop.value.as_deref());
                self.field(class, shape, key, &prop.decorators, ty, value, later);
            }
            ClassMember::StaticBlock(block) => {
                let span = span_of(block);
                later.push(Initializer {
                    is_static: true,
                    span,
                    what: Init::Block(&block.body),
                });
            }
            ClassMember::TsIndexSignature(_) | ClassMember::Empty(_) => {}
        }
    }

    fn method(
        &mut self,
        class: ClassId,
        shape: MemberShape,
        function: &ast::Function,
        kind: MethodKind,
        head: Span,
        keeps_signatures: bool,
    ) {
        let decorators = self.decorators(&function.decorators);
        if function.body.is_none() {
            if keeps_signatures {
                let annotation = self.signature(function, kind);
                self.member_of(class, shape, MemberKind::Field { annotation, init: None }, decorators);
            }
            return;
        }
        let (function_kind, member): (_, fn(FnId) -> MemberKind) = match kind {
            MethodKind::Method => (FunctionKind::Method, MemberKind::Method),
            MethodKind::Getter => (FunctionKind::Getter, MemberKind::Getter),
            MethodKind::Setter => (FunctionKind::Setter, MemberKind::Setter),
        };
        let method = MethodOf {
            class,
            is_static: shape.is_static,
        };
        let name = self.symbol_name(head).unwrap_or(shape.name);
        let id = self.function_or_method(function, None, Some(name), function_kind, head, Some(method));
        self.member_of(class, shape, member(id), decorators);
    }

    /// What a method under a symbol is called: `kClose` of `[kClose]() {}`.
    fn symbol_name(&mut self, head: Span) -> Option<Name> {
        let text = self.text.get(head.start as usize..head.end as usize)?;
        let name = text.strip_prefix('[')?.strip_suffix(']')?.trim();
        let is_plain = !name.is_empty()
            && name
                .chars()
                .all(|each| each.is_alphanumeric() || matches!(each, '_' | '$'));
        is_plain.then(|| self.name(name))
    }

    /// The type of a method without a body: abstract, or of a `declare class`.
    fn signature(&mut self, function: &ast::Function, kind: MethodKind) -> Option<TypeId> {
        self.scoped(|this| {
            this.type_params(function.type_params.as_deref());
            let params: Box<[_]> = function
                .params
                .iter()
                .map(|param| this.pattern_annotation(&param.pat))
                .collect();
            let result = this.annotation(function.return_type.as_deref());
            match kind {
                MethodKind::Getter => result,
                MethodKind::Setter => params.first().copied().flatten(),
                MethodKind::Method => {
                    let params = params.iter().map(|param| this.type_or_any(*param)).collect();
                    let result = this.type_or_any(result);
                    Some(this.add_type(TypeExpr::Function(FunctionType { params, result })))
                }
            }
        })
    }

    fn constructor(&mut self, class: ClassId, constructor: &ast::Constructor, derived: bool) {
        let Some(body) = &constructor.body else { return };
        let decorators: Vec<_> = constructor
            .params
            .iter()
            .map(|param| match param {
                ParamOrTsParamProp::TsParamProp(prop) => self.decorators(&prop.decorators),
                ParamOrTsParamProp::Param(param) => self.decorators(&param.decorators),
            })
            .collect();
        let span = span_of(constructor);
        let name = self.name("constructor");
        self.cut(span_of(body).start);
        let id = self.open_function(Head {
            name: Some(name),
            class: Some(class),
            ..Head::new(FunctionKind::Constructor, span, span_of(&constructor.key))
        });
        let shape = MemberShape::new(name, false, constructor.accessibility, span);
        self.member_of(class, shape, MemberKind::Constructor(id), ThinVec::new());
        self.open_scope();
        let patterns: Vec<_> = constructor.params.iter().map(pattern_of).collect();
        for pattern in &patterns {
            self.declare_pattern(pattern, BindingKind::Param);
        }
        for (index, (pattern, decorators)) in patterns.iter().zip(decorators).enumerate() {
            let value = self.param(pattern, index, decorators.clone());
            if let ParamOrTsParamProp::TsParamProp(prop) = &constructor.params[index] {
                self.parameter_property(class, prop, index, value, decorators);
            }
        }
        if !derived {
            self.store_parameter_properties();
        }
        self.function_body(body);
        // Without `super(…)` in sight: a base that is called elsewhere.
        self.store_parameter_properties();
        self.close_scope();
        self.close_function();
    }

    fn parameter_property(
        &mut self,
        class: ClassId,
        prop: &ast::TsParamProp,
        index: usize,
        value: ExprId,
        decorators: ThinVec<ExprId>,
    ) {
        let ident = match &prop.param {
            ast::TsParamPropParam::Ident(ident) => ident,
            ast::TsParamPropParam::Assign(assign) => match &*assign.left {
                ast::Pat::Ident(ident) => ident,
                _ => return,
            },
        };
        let span = span_of(prop);
        let name = self.name(&ident.id.sym);
        let annotation = self.annotation(ident.type_ann.as_deref());
        let param = u16::try_from(index).unwrap_or(u16::MAX);
        let shape = MemberShape::new(name, false, prop.accessibility, span);
        self.member_of(
            class,
            shape,
            MemberKind::ParameterProperty { annotation, param },
            decorators,
        );
        let object = self.this();
        let to = self.add(Expr::Member {
            object,
            name,
            optional: false,
        });
        self.frame.parameter_properties.push((Op::Store { to, value }, span));
    }

    pub(super) fn store_parameter_properties(&mut self) {
        for (op, span) in std::mem::take(&mut self.frame.parameter_properties) {
            self.op(op, span);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "three kinds of syntax nodes share these parts")]
    fn field<'t>(
        &mut self,
        class: ClassId,
        shape: MemberShape,
        key: FieldKey,
        decorators: &[ast::Decorator],
        ty: Option<&ast::TsTypeAnn>,
        value: Option<&'t ast::Expr>,
        later: &mut Vec<Initializer<'t>>,
    ) {
        let decorators = self.decorators(decorators);
        let annotation = self.annotation(ty);
        let member = self.facts.classes[class.index()].members.len();
        self.member_of(class, shape, MemberKind::Field { annotation, init: None }, decorators);
        if let Some(value) = value {
            let what = Init::Field { member, key, value };
            later.push(Initializer {
                is_static: shape.is_static,
                span: shape.span,
                what,
            });
        }
    }

    /// The function that runs one side's initialisers, if there are any.
    fn initializers(&mut self, class: ClassId, node: &ast::Class, all: &[Initializer<'_>], is_static: bool) {
        if !all.iter().any(|each| each.is_static == is_static) {
            return;
        }
        let span = span_of(node);
        let head = self.facts.classes[class.index()].name_span;
        self.open_function(Head {
            is_static,
            class: Some(class),
            ..Head::new(FunctionKind::FieldInitializers, span, head)
        });
        for each in all.iter().filter(|each| each.is_static == is_static) {
            match each.what {
                Init::Block(block) => self.scoped(|this| this.body(&block.stmts)),
                Init::Field { member, key, value } => {
                    let span = each.span;
                    let init = self.statement(span, |this| this.initialize(key, value, span));
                    if let MemberKind::Field { init: known, .. } =
                        &mut self.facts.classes[class.index()].members[member].kind
                    {
                        *known = Some(init);
                    }
                }
            }
        }
        self.close_function();
    }

    fn initialize(&mut self, key: FieldKey, value: &ast::Expr, span: Span) -> ExprId {
        let value = match key {
            FieldKey::Name(name) => self.expr_named(value, name, Used::Value),
            FieldKey::Computed(_) => self.expr(value, Used::Value),
        };
        let object = self.this();
        let to = match key {
            FieldKey::Name(name) => self.add(Expr::Member {
                object,
                name,
                optional: false,
            }),
            FieldKey::Computed(key) => self.add(Expr::Element {
                object,
                key,
                optional: false,
            }),
        };
        self.op(Op::Store { to, value }, span);
        value
    }

    fn field_key(&mut self, key: &PropName) -> FieldKey {
        match self.property_name(key) {
            Ok(name) => FieldKey::Name(name),
            Err(key) => FieldKey::Computed(self.expr(key, Used::Value)),
        }
    }

    fn field_name(&mut self, key: FieldKey) -> Name {
        match key {
            FieldKey::Name(name) => name,
            FieldKey::Computed(_) => self.name(""),
        }
    }

    fn member_of(&mut self, class: ClassId, shape: MemberShape, kind: MemberKind, decorators: ThinVec<ExprId>) {
        self.facts.classes[class.index()].members.push(Member {
            name: shape.name,
            kind,
            is_static: shape.is_static,
            is_private: shape.is_private,
            decorators,
            span: shape.span,
        });
    }

    /// Each decorator's value; one that is a call has happened.
    pub(super) fn decorators(&mut self, decorators: &[ast::Decorator]) -> ThinVec<ExprId> {
        let values = decorators
            .iter()
            .map(|decorator| self.expr(&decorator.expr, Used::Value));
        exactly(values)
    }

    /// The `class` keyword, behind the decorators.
    fn class_keyword(&self, class: &ast::Class) -> Span {
        let span = span_of(class);
        let start = class
            .decorators
            .last()
            .map_or(span.start, |last| span_of(last).end.max(span.start));
        let text = self.text.get(start as usize..span.end as usize).unwrap_or_default();
        let at = start + text.find("class").unwrap_or(0) as u32;
        Span::new(at, (at + 5).min(span.end))
    }

    /// Where a class's body begins.
    fn class_body(&self, class: &ast::Class) -> u32 {
        let span = span_of(class);
        let base = class.super_class.as_ref().map(|base| span_of(&**base).end);
        let implements = class.implements.last().map(|last| span_of(last).end);
        let params = class.type_params.as_ref().map(|params| span_of(&**params).end);
        let start = base
            .max(implements)
            .max(params)
            .unwrap_or(self.class_keyword(class).end);
        let text = self.text.get(start as usize..span.end as usize).unwrap_or_default();
        text.find('{').map_or(span.end, |at| start + at as u32)
    }
}

/// A member without its kind.
#[derive(Clone, Copy)]
struct MemberShape {
    name: Name,
    is_static: bool,
    is_private: bool,
    span: Span,
}

impl MemberShape {
    fn new(name: Name, is_static: bool, accessibility: Option<Accessibility>, span: Span) -> Self {
        let is_private = match accessibility {
            Some(Accessibility::Private | Accessibility::Protected) => true,
            Some(Accessibility::Public) | None => false,
        };
        Self {
            name,
            is_static,
            is_private,
            span,
        }
    }
}

/// The pattern of a constructor's parameter.
fn pattern_of(param: &ParamOrTsParamProp) -> Cow<'_, ast::Pat> {
    match param {
        ParamOrTsParamProp::Param(param) => Cow::Borrowed(&param.pat),
        ParamOrTsParamProp::TsParamProp(prop) => Cow::Owned(match &prop.param {
            ast::TsParamPropParam::Ident(ident) => ast::Pat::Ident(ident.clone()),
            ast::TsParamPropParam::Assign(assign) => ast::Pat::Assign(assign.clone()),
        }),
    }
}
