//! What may go wrong when a thing is released at the end of a part of the code.

use crate::facts::ids::Span;
use crate::parse::outline::{Bound, Call, StatementKind};

use super::Safety;
use super::finally::Use;
use super::page::Page;

/// Beginnings of what is said to a database, after which a release alone leaves work open.
const OPENINGS: [&str; 3] = ["begin", "start transaction", "starttransaction"];

/// How safe it is to release the thing at the end of `region`, which the acquiring call stands before; `None` if something
/// of it would still be under way.
pub(super) fn safety(of: &Use<'_>, region: Span) -> Option<Safety> {
    let Use {
        page,
        call: acquiring,
        name,
        ..
    } = *of;
    let outline = page.outline;
    let mut safety = Safety::Safe;
    let is_async = acquiring
        .function
        .is_some_and(|function| outline.functions[function].is_async);
    for statement in outline.statements.iter().filter(|each| region.contains(each.span)) {
        if let StatementKind::Return { value: Some(value) } = statement.kind
            && page.slice(value) == name
        {
            return None;
        }
    }
    for (index, function) in outline.functions.iter().enumerate() {
        let is_inner = region.contains(function.span) && Some(index) != acquiring.function;
        if is_inner && outline.mentions(name, function.span) && !is_waited_for(page, function.span, region) {
            safety = Safety::Suggestion;
        }
    }
    for call in outline.calls.iter().filter(|call| region.contains(call.span)) {
        if opens(page, call) {
            safety = Safety::Suggestion;
        }
        let is_of_it = call.receiver.as_ref().is_some_and(|of| outline.mentions(name, of.span))
            || call
                .arguments
                .iter()
                .any(|argument| outline.mentions(name, argument.span));
        let is_the_release = of.moved.iter().any(|moved| moved.span.contains(call.span));
        if !is_of_it || is_the_release || call.function != acquiring.function || is_waited_for(page, call.span, region)
        {
            continue;
        }
        match call.bound {
            Bound::Returned if is_async => return None,
            _ if is_returned(page, call, region) && is_async => return None,
            Bound::Returned => safety = Safety::Suggestion,
            _ if is_async => safety = Safety::Suggestion,
            _ => {}
        }
    }
    Some(safety)
}

/// Whether an `await` in the region stands around a part of it.
fn is_waited_for(page: &Page<'_>, part: Span, region: Span) -> bool {
    let waits = page.outline.waits.iter();
    waits
        .into_iter()
        .any(|wait| region.contains(*wait) && wait.contains(part))
}

/// Whether a call is a part of what a `return` gives: `return { rows: client.query() }`.
fn is_returned(page: &Page<'_>, call: &Call, region: Span) -> bool {
    page.outline.statements.iter().any(|statement| {
        region.contains(statement.span)
            && statement.function == call.function
            && matches!(statement.kind, StatementKind::Return { value: Some(value) } if value.contains(call.span))
    })
}

/// Whether a call begins something that has an end of its own.
fn opens(page: &Page<'_>, call: &Call) -> bool {
    let method = page.slice(call.callee).rsplit('.').next().unwrap_or_default();
    let first = call.arguments.first().map(|argument| page.slice(argument.span));
    let said = first.unwrap_or_default().trim_start_matches(['"', '\'', '`', ' ']);
    let begins = |text: &str| {
        let text = text.to_ascii_lowercase();
        OPENINGS.iter().any(|opening| text.starts_with(opening))
    };
    begins(method) || begins(said)
}
