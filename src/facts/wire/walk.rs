//! Makes the ids and offsets of facts relative to what came just before them, or absolute again.
//!
//! Absolute ids of a large file take two or three bytes each, distances mostly one. The walk over the tables is the same for
//! both directions, so they cannot disagree.

use crate::facts::body::{Call, Function, Op};
use crate::facts::expr::{Expr, Literal, Property};
use crate::facts::ids::{BindingId, CallId, ClassId, ExprId, FnId, Name, Span, TypeId};
use crate::facts::types::{TypeDecl, TypeDeclKind, TypeExpr, TypeMember};
use crate::facts::{Binding, Class, Export, FileFacts, Member, MemberKind};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    ToRelative,
    ToAbsolute,
}

/// What the next distance of each kind is measured from.
pub(super) struct Walk {
    direction: Direction,
    /// One more than the greatest name so far: names are numbered in the order in which they first occur.
    next_name: u32,
    expr: u32,
    call: u32,
    function: u32,
    class: u32,
    binding: u32,
    ty: u32,
    offset: u32,
}

impl Walk {
    pub(super) fn new(direction: Direction) -> Self {
        Self {
            direction,
            next_name: 0,
            expr: 0,
            call: 0,
            function: 0,
            class: 0,
            binding: 0,
            ty: 0,
            offset: 0,
        }
    }

    /// Makes `value` the distance from `base` or back again, and returns the absolute value.
    fn step(&self, value: &mut u32, base: u32) -> u32 {
        match self.direction {
            Direction::ToRelative => {
                let absolute = *value;
                let distance = absolute.wrapping_sub(base);
                // Small distances of both signs become small numbers.
                *value = (distance << 1) ^ (distance.cast_signed() >> 31).cast_unsigned();
                absolute
            }
            Direction::ToAbsolute => {
                let distance = (*value >> 1) ^ (*value & 1).wrapping_neg();
                *value = base.wrapping_add(distance);
                *value
            }
        }
    }

    /// The same for a value that is mostly below `base`.
    fn step_back(&self, value: &mut u32, base: u32) -> u32 {
        let absolute = match self.direction {
            Direction::ToRelative => *value,
            Direction::ToAbsolute => base.wrapping_sub(*value),
        };
        *value = match self.direction {
            Direction::ToRelative => base.wrapping_sub(*value),
            Direction::ToAbsolute => absolute,
        };
        absolute
    }

    fn name(&mut self, name: &mut Name) {
        let absolute = self.step_back(&mut name.0, self.next_name);
        self.next_name = self.next_name.max(absolute.wrapping_add(1));
    }

    fn expr(&mut self, id: &mut ExprId) {
        self.expr = self.step(&mut id.0, self.expr);
    }

    /// An expression that the one at `at` in the table is made of.
    fn part(&mut self, id: &mut ExprId, at: u32) {
        self.step_back(&mut id.0, at);
    }

    fn call(&mut self, id: &mut CallId) {
        self.call = self.step(&mut id.0, self.call);
    }

    fn function(&mut self, id: &mut FnId) {
        self.function = self.step(&mut id.0, self.function);
    }

    fn class(&mut self, id: &mut ClassId) {
        self.class = self.step(&mut id.0, self.class);
    }

    fn binding(&mut self, id: &mut BindingId) {
        self.binding = self.step(&mut id.0, self.binding);
    }

    fn ty(&mut self, id: &mut TypeId) {
        self.ty = self.step(&mut id.0, self.ty);
    }

    /// A span whose start is near `base`; its end becomes its length. Returns the absolute span.
    fn span_from(&self, span: &mut Span, base: u32) -> Span {
        let start_as_written = span.start;
        let mut start = start_as_written;
        let absolute_start = self.step(&mut start, base);
        let absolute_end = match self.direction {
            Direction::ToRelative => span.end,
            Direction::ToAbsolute => absolute_start.wrapping_add(span.end),
        };
        let absolute = Span::new(absolute_start, absolute_end);
        *span = match self.direction {
            Direction::ToRelative => Span::new(start, absolute_end.wrapping_sub(absolute_start)),
            Direction::ToAbsolute => absolute,
        };
        absolute
    }

    fn span(&mut self, span: &mut Span) -> Span {
        let absolute = self.span_from(span, self.offset);
        self.offset = absolute.start;
        absolute
    }

    pub(super) fn facts(&mut self, facts: &mut FileFacts) {
        for (at, expr) in facts.exprs.iter_mut().enumerate() {
            self.shape(expr, at as u32);
        }
        self.restart();
        let mut call_spans = Vec::with_capacity(facts.calls.len());
        for call in &mut facts.calls {
            call_spans.push(self.call_row(call));
        }
        self.restart();
        for (id, function) in facts.functions.iter_mut().enumerate() {
            self.function_row(function, id as u32, &call_spans);
        }
        self.restart();
        for binding in &mut facts.bindings {
            self.binding_row(binding);
        }
        self.restart();
        for class in &mut facts.classes {
            self.class_row(class);
        }
        for (at, ty) in facts.types.iter_mut().enumerate() {
            self.ty = at as u32;
            self.type_row(ty);
        }
        for decl in &mut facts.type_decls {
            self.type_decl(decl);
        }
        self.restart();
        for import in &mut facts.imports {
            self.name(&mut import.module);
            self.span(&mut import.span);
        }
        for export in &mut facts.exports {
            match export {
                Export::Local { name, value } => {
                    self.name(name);
                    self.expr(value);
                }
                Export::From { name, module, imported } => {
                    self.name(name);
                    self.name(module);
                    self.name(imported);
                }
                Export::Star { module } => self.name(module),
            }
        }
    }

    /// A new table begins at the file's start again.
    fn restart(&mut self) {
        let next_name = self.next_name;
        *self = Self {
            next_name,
            ..Self::new(self.direction)
        };
    }

    fn shape(&mut self, expr: &mut Expr, at: u32) {
        match expr {
            Expr::Opaque | Expr::Caught => {}
            Expr::Literal(literal) => match literal {
                Literal::String(name) | Literal::Number(name) | Literal::BigInt(name) | Literal::Regex(name) => {
                    self.name(name);
                }
                Literal::Bool(_) | Literal::Null | Literal::Undefined => {}
            },
            Expr::Binding(binding) => self.binding(binding),
            Expr::Global(name) | Expr::Module(name) | Expr::DynamicImport(name) => self.name(name),
            Expr::This(function) | Expr::Super(function) | Expr::Arguments(function) | Expr::Function(function) => {
                self.function(function);
            }
            Expr::Import { module, name } => {
                self.name(module);
                self.name(name);
            }
            Expr::Param { function, .. } | Expr::RestParam { function, .. } => self.function(function),
            Expr::Member { object, name, .. } => {
                self.part(object, at);
                self.name(name);
            }
            Expr::Element { object, key, .. } => {
                self.part(object, at);
                self.part(key, at);
            }
            Expr::Index { of, .. } => self.part(of, at),
            Expr::Item(of)
            | Expr::Key(of)
            | Expr::Rest(of)
            | Expr::Spread(of)
            | Expr::Unary { of, .. }
            | Expr::Await(of)
            | Expr::Yield(of) => self.part(of, at),
            Expr::Call(call) => self.call(call),
            Expr::Class(class) => self.class(class),
            Expr::Object(properties) => {
                for property in properties {
                    self.property(property, at);
                }
            }
            Expr::Array(parts) | Expr::Template(parts) => {
                for part in parts {
                    self.part(part, at);
                }
            }
            Expr::Binary { left, right, .. } | Expr::Logical { left, right, .. } => {
                self.part(left, at);
                self.part(right, at);
            }
            Expr::Conditional { test, yes, no } => {
                self.part(test, at);
                self.part(yes, at);
                self.part(no, at);
            }
            Expr::Cast { value, ty } => {
                self.part(value, at);
                self.ty(ty);
            }
            Expr::Jsx { tag, attributes } => {
                self.part(tag, at);
                for attribute in attributes {
                    self.name(&mut attribute.name);
                    self.part(&mut attribute.value, at);
                }
            }
        }
    }

    fn property(&mut self, property: &mut Property, at: u32) {
        match property {
            Property::Field { name, value } => {
                self.name(name);
                self.part(value, at);
            }
            Property::Getter { name, function } | Property::Setter { name, function } => {
                self.name(name);
                self.function(function);
            }
            Property::Computed { key, value } => {
                self.part(key, at);
                self.part(value, at);
            }
            Property::Spread(value) => self.part(value, at),
        }
    }

    fn call_row(&mut self, call: &mut Call) -> Span {
        self.expr(&mut call.callee);
        let callee = self.expr;
        for arg in &mut call.args {
            self.expr(arg);
        }
        self.expr = callee;
        self.function(&mut call.function);
        let span = self.span(&mut call.span);
        self.span_from(&mut call.callee_span, span.start);
        let mut start = call.statement.start;
        let start_of_statement = self.step_back(&mut start, span.start);
        let end = match self.direction {
            Direction::ToRelative => call.statement.end,
            Direction::ToAbsolute => start_of_statement.wrapping_add(call.statement.end),
        };
        call.statement = match self.direction {
            Direction::ToRelative => Span::new(start, end.wrapping_sub(start_of_statement)),
            Direction::ToAbsolute => Span::new(start_of_statement, end),
        };
        span
    }

    fn function_row(&mut self, function: &mut Function, id: u32, call_spans: &[Span]) {
        self.function = id;
        self.names(&mut function.name);
        if let Some(parent) = &mut function.parent {
            self.step_back(&mut parent.0, id);
        }
        if let Some(class) = &mut function.class {
            self.class(class);
        }
        let span = self.span(&mut function.span);
        self.span_from(&mut function.head, span.start);
        for param in &mut function.params {
            self.bindings(&mut param.binding);
            self.types(&mut param.annotation);
            self.exprs(&mut param.decorators);
        }
        self.types(&mut function.return_type);
        let around = self.offset;
        for (op, span) in function.ops.iter_mut().zip(&mut function.spans) {
            let call = self.op(op);
            match call.and_then(|call| call_spans.get(call.index())) {
                // A call's operation stands where the call does.
                Some(call) => {
                    let absolute = self.span_from(span, call.start);
                    let length = call.end.wrapping_sub(call.start);
                    span.end = match self.direction {
                        Direction::ToRelative => span.end.wrapping_sub(length),
                        Direction::ToAbsolute => span.end.wrapping_add(length),
                    };
                    self.offset = absolute.start;
                }
                None => {
                    self.span(span);
                }
            }
        }
        self.offset = around;
        for capture in &mut function.captures {
            self.binding(capture);
        }
        if let Some((call, _)) = &mut function.argument_of {
            self.call(call);
        }
    }

    /// An operation; the call it makes, if it is one.
    fn op(&mut self, op: &mut Op) -> Option<CallId> {
        match op {
            Op::Call(call) => {
                self.call(call);
                return Some(CallId(self.call));
            }
            Op::Assign { to, value, .. } => {
                self.binding(to);
                self.expr(value);
            }
            Op::Store { to, value } => {
                self.expr(to);
                self.expr(value);
            }
            Op::Return(None) | Op::Case(None) | Op::Catch(None) => {}
            Op::Delete(of)
            | Op::Await(of)
            | Op::Yield(of)
            | Op::Return(Some(of))
            | Op::Throw(of)
            | Op::Jsx(of)
            | Op::If(of)
            | Op::LoopTest(of)
            | Op::LoopItem { of, .. }
            | Op::Switch { on: of, .. }
            | Op::Case(Some(of)) => self.expr(of),
            Op::Using { binding, .. } | Op::EndUsing(binding) | Op::Catch(Some(binding)) => self.binding(binding),
            Op::Else
            | Op::EndIf
            | Op::Loop(_)
            | Op::LoopNext(_)
            | Op::EndLoop(_)
            | Op::Block(_)
            | Op::EndBlock(_)
            | Op::EndSwitch(_)
            | Op::Break(_)
            | Op::Continue(_)
            | Op::Try
            | Op::Finally
            | Op::EndTry => {}
        }
        None
    }

    fn binding_row(&mut self, binding: &mut Binding) {
        self.name(&mut binding.name);
        self.function(&mut binding.function);
        self.span(&mut binding.span);
        self.exprs(&mut binding.values);
        self.types(&mut binding.annotation);
    }

    fn class_row(&mut self, class: &mut Class) {
        self.names(&mut class.name);
        if let Some(base) = &mut class.base {
            self.expr(base);
        }
        class.implements.iter_mut().for_each(|ty| self.ty(ty));
        self.exprs(&mut class.decorators);
        self.function(&mut class.function);
        let span = self.span(&mut class.span);
        self.span_from(&mut class.name_span, span.start);
        for member in &mut class.members {
            self.member(member);
        }
    }

    fn member(&mut self, member: &mut Member) {
        self.name(&mut member.name);
        match &mut member.kind {
            MemberKind::Constructor(id) | MemberKind::Method(id) | MemberKind::Getter(id) | MemberKind::Setter(id) => {
                self.function(id);
            }
            MemberKind::Field { annotation, init } => {
                self.types(annotation);
                if let Some(init) = init {
                    self.expr(init);
                }
            }
            MemberKind::ParameterProperty { annotation, .. } => self.types(annotation),
        }
        self.exprs(&mut member.decorators);
        self.span(&mut member.span);
    }

    fn type_row(&mut self, ty: &mut TypeExpr) {
        match ty {
            TypeExpr::Named { name, args } => {
                self.expr(name);
                args.iter_mut().for_each(|arg| self.ty(arg));
            }
            TypeExpr::Union(all) | TypeExpr::Intersection(all) | TypeExpr::Tuple(all) => {
                all.iter_mut().for_each(|each| self.ty(each));
            }
            TypeExpr::Array(of) => self.ty(of),
            TypeExpr::Function(function) => {
                function.params.iter_mut().for_each(|param| self.ty(param));
                self.ty(&mut function.result);
            }
            TypeExpr::Object(members) => members.iter_mut().for_each(|member| self.type_member(member)),
            TypeExpr::TypeOf(value) => self.expr(value),
            TypeExpr::Literal | TypeExpr::Other => {}
            TypeExpr::Keyword(name) => self.name(name),
        }
    }

    fn type_decl(&mut self, decl: &mut TypeDecl) {
        self.binding(&mut decl.binding);
        self.span(&mut decl.span);
        match &mut decl.kind {
            TypeDeclKind::Interface { extends, members } => {
                extends.iter_mut().for_each(|ty| self.ty(ty));
                members.iter_mut().for_each(|member| self.type_member(member));
            }
            TypeDeclKind::Alias(ty) => self.ty(ty),
            TypeDeclKind::Enum(names) => names.iter_mut().for_each(|name| self.name(name)),
        }
    }

    fn type_member(&mut self, member: &mut TypeMember) {
        self.name(&mut member.name);
        self.ty(&mut member.ty);
    }

    fn names(&mut self, name: &mut Option<Name>) {
        if let Some(name) = name {
            self.name(name);
        }
    }

    fn exprs(&mut self, ids: &mut [ExprId]) {
        ids.iter_mut().for_each(|id| self.expr(id));
    }

    fn bindings(&mut self, id: &mut Option<BindingId>) {
        if let Some(id) = id {
            self.binding(id);
        }
    }

    fn types(&mut self, id: &mut Option<TypeId>) {
        if let Some(id) = id {
            self.ty(id);
        }
    }
}
