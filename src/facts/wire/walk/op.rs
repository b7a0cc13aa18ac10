//! The operations of a body and where they stand.

use super::Walk;
use crate::facts::FileFacts;
use crate::facts::body::{Function, Op};
use crate::facts::ids::{BindingId, CallId, ExprId, Exprs, LabelId, Span};
use crate::facts::wire::coder::Way;
use crate::facts::wire::column::Column;
use crate::facts::wire::extent::{Extent, Extents};

const EXPR: ExprId = ExprId(0);
const BINDING: BindingId = BindingId(0);
const LABEL: LabelId = LabelId(0);

/// One of each operation, in the order of their tags.
const OPS: [Op; 30] = all_of!(Op:
    Call(CallId(0)),
    Assign {
        to: BINDING,
        value: EXPR,
        declares: false,
    },
    Store { to: EXPR, value: EXPR },
    Delete(EXPR),
    Await(EXPR),
    Yield(EXPR),
    Return(None),
    Throw(EXPR),
    Jsx(EXPR),
    Using {
        binding: BINDING,
        is_await: false,
    },
    EndUsing(BINDING),
    If(EXPR),
    Else,
    EndIf,
    Loop(LABEL),
    LoopTest(EXPR),
    LoopItem {
        of: EXPR,
        is_await: false,
    },
    LoopNext(LABEL),
    EndLoop(LABEL),
    Block(LABEL),
    EndBlock(LABEL),
    Switch { label: LABEL, on: EXPR },
    Case(None),
    EndSwitch(LABEL),
    Break(LABEL),
    Continue(LABEL),
    Try,
    Catch(None),
    Finally,
    EndTry,
);

/// How many of a variable's next values are looked at for the one that is assigned.
const NEXT_VALUES: usize = 4;

impl<W: Way> Walk<'_, W> {
    /// The operations of a function. `left` holds each variable's values that no operation assigned yet.
    pub(super) fn ops(&mut self, function: &mut Function, left: &mut [Exprs], facts: &FileFacts) {
        self.list(Column::OpCount, &mut function.ops, &Op::Else);
        if W::READS {
            function.spans = vec![Span::default(); function.ops.len()];
        }
        self.last.offset = function.span.start;
        for (op, span) in function.ops.iter_mut().zip(&mut function.spans) {
            self.variant(Column::OpKind, op, &OPS);
            let kind = std::mem::discriminant(op);
            let kind = OPS.iter().position(|each| std::mem::discriminant(each) == kind);
            let kind = kind.expect("every operation has a blank");
            self.op(op, kind, left);
            self.op_span(op, kind, span, facts);
            self.last.offset = span.end;
        }
    }

    fn op(&mut self, op: &mut Op, kind: usize, left: &mut [Exprs]) {
        match op {
            Op::Call(call) => {
                let guess = self.last.function;
                self.near(Column::OpCall, &mut call.0, guess);
                self.last.function = call.0.wrapping_add(1);
                if let Some(result) = self.results.get(call.index()) {
                    self.last.expr = result.0;
                }
            }
            Op::Assign { to, value, declares } => {
                self.op_binding(kind, to);
                self.assigned(value, left.get_mut(to.index()));
                self.flag_in(Column::OpFlag, kind, declares);
            }
            Op::Store { to, value } => {
                self.op_expr(kind, value);
                self.expr_near(Column::StoredPlace, to);
                self.last.expr = to.0.max(value.0);
            }
            Op::Delete(of)
            | Op::Await(of)
            | Op::Yield(of)
            | Op::Throw(of)
            | Op::Jsx(of)
            | Op::If(of)
            | Op::LoopTest(of) => self.op_expr(kind, of),
            Op::Return(of) | Op::Case(of) => {
                let mut is_present = of.is_some();
                self.flag_in(Column::OpFlag, kind, &mut is_present);
                Self::presence(is_present, of, EXPR);
                if let Some(of) = of {
                    self.op_expr(kind, of);
                }
            }
            Op::LoopItem { of, is_await } => {
                self.op_expr(kind, of);
                self.flag_in(Column::OpFlag, kind, is_await);
            }
            Op::Using { binding, is_await } => {
                self.op_binding(kind, binding);
                self.flag_in(Column::OpFlag, kind, is_await);
            }
            Op::EndUsing(binding) => self.op_binding(kind, binding),
            Op::Catch(binding) => {
                let mut is_present = binding.is_some();
                self.flag_in(Column::OpFlag, kind, &mut is_present);
                Self::presence(is_present, binding, BINDING);
                if let Some(binding) = binding {
                    self.op_binding(kind, binding);
                }
            }
            Op::Switch { label, on } => {
                self.label(kind, label);
                self.op_expr(kind, on);
            }
            Op::Loop(label)
            | Op::LoopNext(label)
            | Op::EndLoop(label)
            | Op::Block(label)
            | Op::EndBlock(label)
            | Op::EndSwitch(label)
            | Op::Break(label)
            | Op::Continue(label) => self.label(kind, label),
            Op::Else | Op::EndIf | Op::Try | Op::Finally | Op::EndTry => {}
        }
    }

    fn op_expr(&mut self, kind: usize, expr: &mut ExprId) {
        let guess = self.last.expr;
        self.near_in(Column::OpExpr, kind, &mut expr.0, guess);
        self.last.expr = expr.0;
    }

    fn op_binding(&mut self, kind: usize, binding: &mut BindingId) {
        let guess = self.last.binding;
        self.near_in(Column::OpBinding, kind, &mut binding.0, guess);
        self.last.binding = binding.0.wrapping_add(1);
    }

    fn label(&mut self, kind: usize, label: &mut LabelId) {
        let mut wide = u32::from(label.0);
        let guess = self.last.ty;
        self.near_in(Column::Label, kind, &mut wide, guess);
        self.last.ty = wide;
        label.0 = wide as u16;
    }

    /// The value of an assignment: mostly the variable's next one.
    fn assigned(&mut self, value: &mut ExprId, left: Option<&mut Exprs>) {
        let mut none = Exprs::new();
        let left = left.unwrap_or(&mut none);
        let found = left.iter().take(NEXT_VALUES).position(|each| each == value);
        let mut which = found.unwrap_or(NEXT_VALUES) as u32;
        self.number(Column::AssignedValue, &mut which);
        if which as usize >= NEXT_VALUES {
            return self.expr_near(Column::OtherValue, value);
        }
        if (which as usize) < left.len() {
            *value = left.remove(which as usize);
        } else {
            self.is_broken = true;
        }
    }

    fn op_span(&mut self, op: &Op, kind: usize, span: &mut Span, facts: &FileFacts) {
        let extents = Extents {
            facts,
            known_calls: self.known_calls,
        };
        let guess = match op {
            Op::Call(call) => {
                // A call's operation stands where the call does.
                let own = facts.calls.get(call.index()).map_or(*span, |call| call.span);
                let mut is_elsewhere = own != *span;
                self.flag(Column::OpCallFlag, &mut is_elsewhere);
                if !is_elsewhere {
                    *span = own;
                    return;
                }
                Extent::default()
            }
            Op::Assign {
                to,
                value,
                declares: true,
            } => {
                let name = facts.bindings.get(to.index()).map(|binding| binding.span);
                let value = extents.of(*value);
                let after_name = || Some(name?.end.wrapping_add(3).wrapping_add(value.length?));
                Extent {
                    start: name.map(|name| name.start),
                    end: value.end.or_else(after_name),
                    length: None,
                }
            }
            Op::Store { to, value } => {
                let (to, value) = (extents.of(*to), extents.of(*value));
                let before_value = || Some(value.start?.wrapping_sub(to.length?.wrapping_add(3)));
                Extent {
                    start: to.start.or_else(before_value),
                    end: value.end,
                    length: to
                        .length
                        .and_then(|length| Some(length.wrapping_add(3).wrapping_add(value.length?))),
                }
            }
            Op::Assign { value: of, .. }
            | Op::Delete(of)
            | Op::Await(of)
            | Op::Yield(of)
            | Op::Throw(of)
            | Op::Jsx(of)
            | Op::If(of)
            | Op::LoopTest(of)
            | Op::Return(Some(of))
            | Op::Case(Some(of))
            | Op::LoopItem { of, .. }
            | Op::Switch { on: of, .. } => extents.of(*of),
            Op::Return(None)
            | Op::Case(None)
            | Op::Using { .. }
            | Op::EndUsing(_)
            | Op::Else
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
            | Op::Catch(_)
            | Op::Finally
            | Op::EndTry => Extent::default(),
        };
        match guess.start {
            Some(start) => self.near_in(Column::OpStartGuessed, kind, &mut span.start, start),
            None => {
                let offset = self.last.offset;
                self.near_in(Column::OpStart, kind, &mut span.start, offset);
            }
        }
        match (guess.end, guess.length) {
            (Some(end), _) => self.near_in(Column::OpEndGuessed, kind, &mut span.end, end),
            (None, Some(length)) => {
                self.near_in(Column::OpLength, kind, &mut span.end, span.start.wrapping_add(length));
            }
            (None, None) => self.near_in(Column::OpEnd, kind, &mut span.end, span.start),
        }
    }
}
