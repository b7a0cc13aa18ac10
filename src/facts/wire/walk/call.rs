//! The table of calls: arguments and callee are mostly the expressions just before the call's result, and where a call
//! stands follows from what it is made of.

use super::{Walk, length};
use crate::facts::FileFacts;
use crate::facts::body::{Call, How, Used};
use crate::facts::expr::Expr;
use crate::facts::ids::{ExprId, Exprs, FnId, Span};
use crate::facts::wire::coder::Way;
use crate::facts::wire::column::Column;
use crate::facts::wire::extent::Extents;

const HOWS: [How; 4] = all_of!(How:Call, New, Super, Tag);

const USES: [Used; 6] = all_of!(Used:
    Dropped,
    AwaitedDropped,
    Receiver,
    Argument,
    Returned,
    Value,
);

impl<W: Way> Walk<'_, W> {
    pub(super) fn calls(&mut self, facts: &mut FileFacts) {
        self.list(Column::TableLength, &mut facts.calls, &blank());
        let (mut end, mut statement) = (0, Span::default());
        for id in 0..facts.calls.len() {
            let mut call = std::mem::replace(&mut facts.calls[id], blank());
            self.known_calls = id as u32;
            self.shape_of_call(&mut call, id);
            self.place_of_call(&mut call, end, facts);
            self.statement(&mut call, statement);
            (end, statement) = (call.span.end, call.statement);
            facts.calls[id] = call;
        }
        self.known_calls = facts.calls.len() as u32;
    }

    fn shape_of_call(&mut self, call: &mut Call, id: usize) {
        let how = HOWS.iter().position(|&how| how == call.how);
        let used = USES.iter().position(|&used| used == call.used);
        let flags = u32::from(call.optional)
            | (used.expect("every use is listed") as u32) << 1
            | (how.expect("every form of call is listed") as u32) << 4;
        let flags = self.symbol(Column::CallFlags, flags);
        call.optional = flags & 1 == 1;
        match (HOWS.get((flags >> 4) as usize), USES.get((flags >> 1 & 7) as usize)) {
            (Some(&how), Some(&used)) => (call.how, call.used) = (how, used),
            _ => self.is_broken = true,
        }
        self.few(Column::ArgumentCount, &mut call.args);
        let mut before = self.results.get(id).map_or(0, |result| result.0);
        for (position, arg) in call.args.iter_mut().rev().enumerate() {
            let column = if position == 0 {
                Column::LastArgument
            } else {
                Column::Argument
            };
            self.near(column, &mut arg.0, before.wrapping_sub(1));
            before = arg.0;
        }
        let context = usize::from(!call.args.is_empty());
        self.near_in(Column::Callee, context, &mut call.callee.0, before.wrapping_sub(1));
    }

    /// Where the call is; `before` is the end of the one before.
    fn place_of_call(&mut self, call: &mut Call, before: u32, facts: &FileFacts) {
        let extents = Extents {
            facts,
            known_calls: self.known_calls,
        };
        let new = if call.how == How::New { 4 } else { 0 };
        let callee = extents.of(call.callee);
        let before_argument = || {
            let argument = extents.of(*call.args.first()?).start?;
            Some(argument.wrapping_sub(1 + new).wrapping_sub(callee.length?))
        };
        let span = &mut call.span;
        if let Some(start) = callee.start {
            self.near_in(Column::CallStart, 0, &mut span.start, start.wrapping_sub(new));
        } else if let Some(start) = before_argument() {
            self.near_in(Column::CallStart, 1, &mut span.start, start);
        } else {
            self.near_in(Column::CallStart, 2, &mut span.start, before);
        }
        let (context, guess) = match (callee.end, callee.length) {
            (Some(end), _) => (0, end),
            (None, length) => (1, span.start.wrapping_add(new).wrapping_add(length.unwrap_or(0))),
        };
        self.near_in(Column::CalleeEnd, context, &mut call.callee_span.end, guess);
        let end = call.callee_span.end;
        let guess = end.wrapping_sub(last_name(call.callee, facts));
        self.near(Column::CalleeLength, &mut call.callee_span.start, guess);
        let (context, guess) = end_of_arguments(&call.args, end, &extents);
        self.near_in(Column::CallEnd, context, &mut call.span.end, guess);
    }

    fn statement(&mut self, call: &mut Call, before: Span) {
        let mut is_another = call.statement != before;
        self.flag(Column::SameStatement, &mut is_another);
        if !is_another {
            call.statement = before;
            return;
        }
        let start = call.span.start;
        if before.start <= start && start < before.end {
            self.near_in(Column::StatementStart, 0, &mut call.statement.start, before.start);
        } else {
            self.near_in(Column::StatementStart, 1, &mut call.statement.start, start);
        }
        self.near(Column::StatementEnd, &mut call.statement.end, call.span.end);
    }
}

/// Where a call ends whose callee ends at `callee`, and how sure that is: the context of its odds.
fn end_of_arguments(args: &[ExprId], callee: u32, extents: &Extents<'_>) -> (usize, u32) {
    let mut behind = 1_u32;
    for (position, &arg) in args.iter().rev().enumerate() {
        let extent = extents.of(arg);
        if let Some(end) = extent.end {
            return (usize::from(position > 0), end.wrapping_add(behind));
        }
        let Some(length) = extent.length else {
            return (3, callee.wrapping_add(2));
        };
        behind = behind.wrapping_add(length).wrapping_add(2);
    }
    let separator = if args.is_empty() { 1 } else { u32::MAX };
    (2, callee.wrapping_add(behind).wrapping_add(separator))
}

/// The length of the callee's last name.
fn last_name(callee: ExprId, facts: &FileFacts) -> u32 {
    match facts.exprs.get(callee.index()) {
        Some(Expr::Member { name, .. } | Expr::Global(name)) => length(facts, *name),
        Some(Expr::Binding(binding)) => facts
            .bindings
            .get(binding.index())
            .map_or(0, |binding| length(facts, binding.name)),
        _ => 0,
    }
}

/// A call of which nothing is known.
fn blank() -> Call {
    Call {
        how: How::Call,
        callee: ExprId(0),
        args: Exprs::new(),
        optional: false,
        used: Used::Dropped,
        function: FnId(0),
        span: Span::default(),
        callee_span: Span::default(),
        statement: Span::default(),
    }
}
