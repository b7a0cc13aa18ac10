//! The parts of a `finally`: the block itself, and the releases that move into it.

use crate::diagnostic::Place;
use crate::diagnostic::remedy::Release;
use crate::parse::outline::{Bound, Call, Statement, StatementKind};

use super::edit::Edit;
use super::page::Page;

/// The statements of the releases that are there, if each is a statement of its own and all are written alike.
pub(super) fn moved_statements<'p>(
    page: &'p Page<'p>,
    acquiring: &Call,
    release: &Release,
    moved: &[Place],
) -> Option<Vec<&'p Statement>> {
    let mut found: Vec<&Statement> = Vec::new();
    for place in moved {
        let call = page.outline.call(place.span)?;
        let statement = &page.outline.statements[call.statement?];
        let is_movable = call.bound == Bound::Dropped
            && call.arguments.len() == release.arguments.len()
            && call.function == acquiring.function
            && statement.kind == StatementKind::Expression
            && statement
                .block
                .is_some_and(|block| page.has_braces(&page.outline.blocks[block]));
        if !is_movable {
            return None;
        }
        found.push(statement);
    }
    found.sort_by_key(|statement| statement.span);
    let text = |statement: &Statement| page.slice(statement.span).trim_end_matches(';').trim_end();
    let are_alike = found.windows(2).all(|pair| text(pair[0]) == text(pair[1]));
    are_alike.then_some(found)
}

/// Lines in the `finally` of a `try`, which gets one if it has none.
pub(super) fn finalizer(page: &Page<'_>, tried: &Statement, lines: &[(usize, String)]) -> Edit {
    let StatementKind::Try { block, finalizer } = tried.kind else {
        unreachable!("a `try` was looked for");
    };
    if let Some(finalizer) = finalizer {
        let finalizer = &page.outline.blocks[finalizer];
        let (indent, unit) = (page.indent(finalizer.span.start), page.unit(finalizer));
        let text = page.lines(&format!("{indent}{unit}"), &unit, lines);
        return Edit::insert(page.next_line(finalizer.span.start), text);
    }
    let unit = page.unit(&page.outline.blocks[block]);
    let indent = page.indent(tried.span.start);
    let inner = page.lines(&format!("{indent}{unit}"), &unit, lines);
    Edit::insert(
        tried.span.end,
        format!(" finally {{{eol}{inner}{indent}}}", eol = page.eol),
    )
}
