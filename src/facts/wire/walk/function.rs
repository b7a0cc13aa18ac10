//! The tables of variables and functions, the bodies' operations apart.

use thin_vec::ThinVec;

use super::{Walk, length};
use crate::facts::body::{Function, FunctionKind, Op, Param};
use crate::facts::expr::Expr;
use crate::facts::ids::{BindingId, CallId, ClassId, ExprId, Exprs, FnId, Name, Span, TypeId};
use crate::facts::wire::coder::Way;
use crate::facts::wire::column::Column;
use crate::facts::{Binding, BindingKind, FileFacts};

const BINDING_KINDS: [BindingKind; 11] = all_of!(BindingKind:
    Const,
    Let,
    Var,
    Param,
    Function,
    Class,
    Import,
    Catch,
    Enum,
    Namespace,
    Type,
);

const FUNCTION_KINDS: [FunctionKind; 8] = all_of!(FunctionKind:
    Module,
    Function,
    Arrow,
    Method,
    Constructor,
    Getter,
    Setter,
    FieldInitializers,
);

/// Packs answers into bits, the first in the lowest.
pub(super) fn bits(answers: &[bool]) -> u32 {
    answers
        .iter()
        .enumerate()
        .map(|(bit, &answer)| u32::from(answer) << bit)
        .sum()
}

pub(super) fn has(bits: u32, bit: u32) -> bool {
    bits >> bit & 1 == 1
}

impl<W: Way> Walk<'_, W> {
    pub(super) fn bindings(&mut self, facts: &mut FileFacts) {
        let blank = Binding {
            name: Name(0),
            kind: BindingKind::Const,
            function: FnId(0),
            span: Span::default(),
            values: Exprs::new(),
            reassigned: 0,
            annotation: None,
            in_loop: false,
        };
        self.list(Column::TableLength, &mut facts.bindings, &blank);
        self.last.offset = 0;
        self.last.function = 0;
        let mut bindings = std::mem::take(&mut facts.bindings);
        for binding in &mut bindings {
            self.binding_row(binding, facts);
        }
        facts.bindings = bindings;
    }

    fn binding_row(&mut self, binding: &mut Binding, facts: &FileFacts) {
        let kind = BINDING_KINDS.iter().position(|&kind| kind == binding.kind);
        let kind = kind.expect("every kind of binding is listed") as u32;
        let read = self.symbol(Column::BindingKind, kind << 1 | u32::from(binding.in_loop));
        binding.in_loop = has(read, 0);
        match BINDING_KINDS.get((read >> 1) as usize) {
            Some(&kind) => binding.kind = kind,
            None => self.is_broken = true,
        }
        self.name(Column::BindingName, &mut binding.name);
        let guess = self.last.function;
        self.near(Column::BindingFunction, &mut binding.function.0, guess);
        self.last.function = binding.function.0;
        let guess = self.last.offset;
        self.near(Column::BindingStart, &mut binding.span.start, guess);
        let guess = binding.span.start.wrapping_add(length(facts, binding.name));
        self.near(Column::BindingLength, &mut binding.span.end, guess);
        self.last.offset = binding.span.end;
        let answers = bits(&[binding.reassigned > 0, binding.annotation.is_some()]);
        let answers = self.symbol(Column::BindingFlags, answers);
        if has(answers, 0) {
            self.small(Column::BindingReassigned, &mut binding.reassigned);
        }
        Self::presence(has(answers, 1), &mut binding.annotation, TypeId(0));
        if let Some(annotation) = &mut binding.annotation {
            self.ty(Column::BindingType, annotation);
        }
        self.few(Column::ValueCount, &mut binding.values);
        for value in &mut binding.values {
            self.expr_near(Column::Value, value);
        }
    }

    /// What is known of each function before its body; calls are placed by it.
    pub(super) fn heads(&mut self, facts: &mut FileFacts) {
        self.list(Column::TableLength, &mut facts.functions, &blank());
        let mut functions = std::mem::take(&mut facts.functions);
        let mut offset = 0;
        for (id, function) in functions.iter_mut().enumerate() {
            self.head(function, id as u32, &mut offset, facts);
        }
        facts.functions = functions;
    }

    fn head(&mut self, function: &mut Function, id: u32, offset: &mut u32, facts: &FileFacts) {
        let kind = FUNCTION_KINDS.iter().position(|&kind| kind == function.kind);
        let kind = kind.expect("every kind of function is listed") as u32;
        let kind = self.symbol(Column::FunctionKind, kind);
        if let Some(&kind) = FUNCTION_KINDS.get(kind as usize) {
            function.kind = kind;
        }
        let answers = bits(&[
            function.is_async,
            function.is_generator,
            function.is_static,
            function.captures_this,
            function.name.is_some(),
            function.class.is_some(),
            function.return_type.is_some(),
        ]);
        let answers = self.symbol_in(Column::FunctionFlags, kind as usize, answers);
        function.is_async = has(answers, 0);
        function.is_generator = has(answers, 1);
        function.is_static = has(answers, 2);
        function.captures_this = has(answers, 3);
        Self::presence(has(answers, 4), &mut function.name, Name(0));
        Self::presence(has(answers, 5), &mut function.class, ClassId(0));
        Self::presence(has(answers, 6), &mut function.return_type, TypeId(0));
        // No function is its own parent, so that none is the distance of itself.
        let mut distance = function.parent.map_or(0, |parent| id.wrapping_sub(parent.0));
        self.number(Column::FunctionParent, &mut distance);
        function.parent = (distance != 0).then(|| FnId(id.wrapping_sub(distance)));
        if let Some(name) = &mut function.name {
            self.name(Column::FunctionName, name);
        }
        self.near(Column::FunctionStart, &mut function.span.start, *offset);
        self.near(Column::FunctionLength, &mut function.span.end, function.span.start);
        self.near(Column::HeadStart, &mut function.head.start, function.span.start);
        let name = match function.kind {
            FunctionKind::Arrow => None,
            _ => function.name,
        };
        let guess = name.map_or(0, |name| length(facts, name));
        let guess = function.head.start.wrapping_add(guess);
        self.near_in(Column::HeadLength, kind as usize, &mut function.head.end, guess);
        *offset = function.head.end;
    }

    /// The rest of each function.
    pub(super) fn bodies(&mut self, facts: &mut FileFacts) {
        self.last = super::Last::default();
        let arguments = self.arguments(facts);
        let mut left: Vec<Exprs> = facts.bindings.iter().map(|each| each.values.clone()).collect();
        let mut makers = vec![FnId(0); facts.calls.len()];
        for (id, argument) in arguments.into_iter().enumerate() {
            let mut function = std::mem::replace(&mut facts.functions[id], blank());
            // The function's own place is a guess for what is in it.
            facts.functions[id].span = function.span;
            self.body(&mut function, argument, facts);
            self.ops(&mut function, &mut left, facts);
            for op in &function.ops {
                if let Op::Call(call) = op
                    && let Some(maker) = makers.get_mut(call.index())
                {
                    *maker = FnId(id as u32);
                }
            }
            facts.functions[id] = function;
        }
        for (call, maker) in facts.calls.iter_mut().zip(makers) {
            let mut is_elsewhere = call.function != maker;
            self.flag(Column::CallElsewhere, &mut is_elsewhere);
            if is_elsewhere {
                self.near(Column::CallFunction, &mut call.function.0, maker.0);
            } else {
                call.function = maker;
            }
        }
    }

    /// Of which call each function is a direct argument, by the calls.
    fn arguments(&self, facts: &FileFacts) -> Vec<Option<(CallId, u16)>> {
        let mut arguments = vec![None; facts.functions.len()];
        for (id, call) in facts.calls.iter().enumerate() {
            for (position, arg) in call.args.iter().enumerate() {
                if let Some(Expr::Function(function)) = facts.exprs.get(arg.index())
                    && let Ok(position) = u16::try_from(position)
                    && let Some(slot) = arguments.get_mut(function.index())
                {
                    *slot = Some((CallId(id as u32), position));
                }
            }
        }
        arguments
    }

    fn body(&mut self, function: &mut Function, argument: Option<(CallId, u16)>, facts: &FileFacts) {
        if let Some(class) = &mut function.class {
            let guess = self.last.class;
            self.near(Column::FunctionClass, &mut class.0, guess);
            self.last.class = class.0;
        }
        if let Some(return_type) = &mut function.return_type {
            self.ty(Column::ReturnType, return_type);
        }
        let blank = Param {
            binding: None,
            annotation: None,
            is_rest: false,
            is_optional: false,
            decorators: ThinVec::new(),
        };
        self.list(Column::ParamCount, &mut function.params, &blank);
        for param in &mut function.params {
            self.param(param, facts);
        }
        self.list(Column::CaptureCount, &mut function.captures, &BindingId(0));
        let mut before = None;
        for capture in &mut function.captures {
            match before {
                None => {
                    let guess = self.last.call;
                    self.near(Column::FirstCapture, &mut capture.0, guess);
                    self.last.call = capture.0;
                }
                Some(before) => self.near(Column::NextCapture, &mut capture.0, before),
            }
            before = Some(capture.0);
        }
        // Nothing, as the calls say, or the call and the position in full.
        let mut how = match function.argument_of {
            given if given == argument => 0,
            None => 1,
            Some(_) => 2,
        };
        self.number(Column::ArgumentOf, &mut how);
        if W::READS {
            function.argument_of = match how {
                0 => argument,
                1 => None,
                _ => Some((CallId(0), 0)),
            };
        }
        if how > 1
            && let Some((call, position)) = &mut function.argument_of
        {
            self.number(Column::ArgumentOf, &mut call.0);
            self.small(Column::ArgumentOf, position);
        }
    }

    fn param(&mut self, param: &mut Param, facts: &FileFacts) {
        // Mostly the variable's own annotation.
        let of_binding = |binding: BindingId| facts.bindings.get(binding.index()).and_then(|each| each.annotation);
        let is_plain = param.annotation == param.binding.and_then(of_binding);
        let answers = bits(&[
            param.is_rest,
            param.is_optional,
            param.binding.is_some(),
            is_plain,
            param.annotation.is_some(),
            !param.decorators.is_empty(),
        ]);
        let answers = self.symbol(Column::ParamFlags, answers);
        param.is_rest = has(answers, 0);
        param.is_optional = has(answers, 1);
        Self::presence(has(answers, 2), &mut param.binding, BindingId(0));
        if let Some(binding) = &mut param.binding {
            self.binding(Column::ParamBinding, binding);
        }
        if has(answers, 3) {
            param.annotation = param.binding.and_then(of_binding);
        } else {
            Self::presence(has(answers, 4), &mut param.annotation, TypeId(0));
            if let Some(annotation) = &mut param.annotation {
                self.ty(Column::ParamType, annotation);
            }
        }
        if has(answers, 5) {
            self.thin(Column::DecoratorCount, &mut param.decorators, &ExprId(0));
            for decorator in &mut param.decorators {
                self.expr_near(Column::Decorator, decorator);
            }
        }
    }
}

/// A function of which nothing is known.
fn blank() -> Function {
    Function {
        name: None,
        kind: FunctionKind::Module,
        is_async: false,
        is_generator: false,
        is_static: false,
        parent: None,
        class: None,
        params: Vec::new(),
        return_type: None,
        ops: Vec::new(),
        spans: Vec::new(),
        captures: Vec::new(),
        captures_this: false,
        argument_of: None,
        span: Span::default(),
        head: Span::default(),
    }
}
