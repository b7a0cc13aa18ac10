//! The function being lowered: its operations so far, its labels, and the statement that calls belong to.

use rustc_hash::FxHashSet;

use super::{Lowerer, MOST_ROOM};
use crate::facts::body::{Function, FunctionKind, Op};
use crate::facts::ids::{BindingId, CallId, ClassId, ExprId, FnId, LabelId, Name, Span};
use crate::facts::packed;

/// What is gathered while a function's body is lowered.
pub(super) struct Frame {
    pub(super) id: FnId,
    /// The function whose `this` the body means.
    pub(super) this: FnId,
    pub(super) ops: Vec<Op>,
    pub(super) spans: Vec<Span>,
    pub(super) captures: FxHashSet<BindingId>,
    pub(super) captures_this: bool,
    /// Loop bodies around the current place.
    pub(super) loops: u32,
    /// What `break` and `continue` may name, outermost first.
    pub(super) targets: Vec<Target>,
    pub(super) next_label: u16,
    /// `label:` prefixes of the statement that comes next.
    pub(super) pending_labels: Vec<Name>,
    /// Calls whose statement is not over.
    pub(super) calls: Vec<CallId>,
    /// Where the first function body or block inside the current statement begins.
    pub(super) cut: Option<u32>,
    /// Variables to dispose of at the ends of the open blocks.
    pub(super) usings: Vec<BindingId>,
    /// Stores of a constructor's parameter properties that wait for `super(…)`.
    pub(super) parameter_properties: Vec<(Op, Span)>,
}

/// A statement that can be left or continued.
pub(super) struct Target {
    pub(super) label: LabelId,
    pub(super) names: Vec<Name>,
    pub(super) kind: TargetKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TargetKind {
    Loop,
    Switch,
    Block,
}

impl Frame {
    /// The frame of the module's top level.
    pub(super) fn module() -> Self {
        Self::new(FnId(0), FnId(0))
    }

    /// The frame of another function, in the same room.
    fn again(mut self, id: FnId, this: FnId) -> Self {
        self.ops.clear();
        self.spans.clear();
        self.captures.clear();
        self.targets.clear();
        self.pending_labels.clear();
        self.calls.clear();
        self.usings.clear();
        self.parameter_properties.clear();
        Self {
            id,
            this,
            captures_this: false,
            loops: 0,
            next_label: 0,
            cut: None,
            ..self
        }
    }

    fn new(id: FnId, this: FnId) -> Self {
        Self {
            id,
            this,
            ops: Vec::new(),
            spans: Vec::new(),
            captures: FxHashSet::default(),
            captures_this: false,
            loops: 0,
            targets: Vec::new(),
            next_label: 0,
            pending_labels: Vec::new(),
            calls: Vec::new(),
            cut: None,
            usings: Vec::new(),
            parameter_properties: Vec::new(),
        }
    }
}

/// What is known of a function before its parameters and body are looked at.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub(super) name: Option<Name>,
    pub(super) kind: FunctionKind,
    pub(super) is_async: bool,
    pub(super) is_generator: bool,
    pub(super) is_static: bool,
    pub(super) class: Option<ClassId>,
    pub(super) span: Span,
    pub(super) head: Span,
}

impl Head {
    pub(super) fn new(kind: FunctionKind, span: Span, head: Span) -> Self {
        Self {
            name: None,
            kind,
            is_async: false,
            is_generator: false,
            is_static: false,
            class: None,
            span,
            head,
        }
    }
}

impl Lowerer<'_> {
    /// Begins the function `head`: what follows is its parameters and body, until `close_function`.
    pub(super) fn open_function(&mut self, head: Head) -> FnId {
        let id = FnId(self.facts.functions.len() as u32);
        self.facts.functions.push(Function {
            name: head.name,
            kind: head.kind,
            is_async: head.is_async,
            is_generator: head.is_generator,
            is_static: head.is_static,
            parent: (head.kind != FunctionKind::Module).then_some(self.frame.id),
            class: head.class,
            params: Vec::new(),
            return_type: None,
            ops: Vec::new(),
            spans: Vec::new(),
            captures: Vec::new(),
            captures_this: false,
            argument_of: None,
            span: head.span,
            head: head.head,
        });
        if head.kind == FunctionKind::Module {
            return id;
        }
        let this = if head.kind == FunctionKind::Arrow {
            self.frame.this
        } else {
            id
        };
        let frame = match self.room.frames.pop() {
            Some(frame) => frame.again(id, this),
            None => Frame::new(id, this),
        };
        let around = std::mem::replace(&mut self.frame, frame);
        self.outer.push(around);
        id
    }

    /// Ends the current function and goes back to the one around it.
    pub(super) fn close_function(&mut self) {
        let around = self.outer.pop().expect("only functions that were opened are closed");
        let frame = std::mem::replace(&mut self.frame, around);
        // An arrow function with an expression for a body is part of the statement it stands in.
        self.frame.calls.extend_from_slice(&frame.calls);
        if let Some(cut) = frame.cut {
            self.cut(cut);
        }
        self.keep(frame);
    }

    /// Ends the module.
    pub(super) fn close_module(&mut self) {
        let frame = std::mem::replace(&mut self.frame, Frame::module());
        self.keep(frame);
    }

    fn keep(&mut self, mut frame: Frame) {
        let function = &mut self.facts.functions[frame.id.index()];
        function.ops = packed(&mut frame.ops);
        function.spans = packed(&mut frame.spans);
        function.captures = frame.captures.drain().collect();
        function.captures.sort_unstable();
        function.captures_this = frame.captures_this;
        if frame.ops.capacity() <= MOST_ROOM && frame.captures.capacity() <= MOST_ROOM {
            self.room.frames.push(frame);
        }
    }

    pub(super) fn op(&mut self, op: Op, span: Span) {
        self.frame.ops.push(op);
        self.frame.spans.push(span);
    }

    /// Marks off operations that happen only if `test` holds; leaves no mark if `then` has none.
    pub(super) fn only_if<T>(&mut self, test: ExprId, span: Span, then: impl FnOnce(&mut Self) -> T) -> T {
        self.op(Op::If(test), span);
        let at = self.frame.ops.len();
        let value = then(self);
        if self.frame.ops.len() == at {
            self.unmark(at - 1);
        } else {
            self.op(Op::EndIf, span);
        }
        value
    }

    /// Takes back the last mark, which stands at `at`.
    pub(super) fn unmark(&mut self, at: usize) {
        self.frame.ops.truncate(at);
        self.frame.spans.truncate(at);
    }

    /// A label that no open loop, `switch` or block of this function has.
    pub(super) fn fresh_label(&mut self) -> LabelId {
        let label = LabelId(self.frame.next_label);
        self.frame.next_label = self.frame.next_label.wrapping_add(1);
        label
    }

    /// Lowers what belongs to the statement at `span`: its calls name the part of it before any function body or block.
    pub(super) fn statement<T>(&mut self, span: Span, inside: impl FnOnce(&mut Self) -> T) -> T {
        let first = self.frame.calls.len();
        let around = self.frame.cut.take();
        let value = inside(self);
        let cut = std::mem::replace(&mut self.frame.cut, around);
        let end = cut.map_or(span.end, |cut| cut.clamp(span.start, span.end));
        let text = self.text.get(span.start as usize..end as usize).unwrap_or_default();
        let statement = Span::new(span.start, span.start + text.trim_end().len() as u32);
        for call in self.frame.calls.drain(first..) {
            self.facts.calls[call.index()].statement = statement;
        }
        value
    }

    /// A function body or block begins at `at`, inside the current statement.
    pub(super) fn cut(&mut self, at: u32) {
        self.frame.cut = Some(self.frame.cut.map_or(at, |cut| cut.min(at)));
    }
}
