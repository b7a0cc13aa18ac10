//! The release in a `finally` around the use of what was taken.

use crate::diagnostic::Place;
use crate::diagnostic::remedy::Release;
use crate::facts::ids::Span;
use crate::parse::outline::{Block, Bound, Call, Statement, StatementKind};

use super::edit::Edit;
use super::finally_parts::{finalizer, moved_statements};
use super::hazard;
use super::page::Page;
use super::release::{Words, written};
use super::{Draft, Safety};

/// The use of a thing, and the release that is to follow it.
pub(super) struct Use<'p> {
    pub(super) page: &'p Page<'p>,
    pub(super) call: &'p Call,
    pub(super) statement: &'p Statement,
    pub(super) block: &'p Block,
    /// The variable that holds it.
    pub(super) name: &'p str,
    /// The releasing call, without a semicolon.
    pub(super) release: String,
    pub(super) semicolon: &'static str,
    /// Statements that release it already.
    pub(super) moved: Vec<&'p Statement>,
}

/// The ways to write it, the one that changes least first.
pub(super) fn drafts(page: &Page<'_>, acquired: Span, release: &Release, moved: &[Place]) -> Vec<Draft> {
    let Some(of) = use_of(page, acquired, release, moved) else {
        return Vec::new();
    };
    let ways = [
        within_the_try_around(&of),
        after_the_try_below(&of),
        up_to_the_release(&of),
        up_to_the_end(&of),
    ];
    ways.into_iter().flatten().collect()
}

fn use_of<'p>(page: &'p Page<'p>, acquired: Span, release: &Release, moved: &[Place]) -> Option<Use<'p>> {
    let call = page.outline.call(acquired)?;
    let (statement, block) = page.statement_of(call)?;
    let name = match &call.bound {
        Bound::Declared(name) => name.as_str(),
        Bound::Assigned(target) => page.slice(*target),
        Bound::Dropped | Bound::Field(_) | Bound::Returned | Bound::Other => return None,
    };
    let is_variable = page.outline.names.iter().any(|(_, each)| each == name);
    let is_async = call
        .function
        .is_some_and(|function| page.outline.functions[function].is_async);
    if !is_variable || release.is_awaited && !is_async || !page.has_braces(block) || !page.is_alone(statement.span) {
        return None;
    }
    let moved = moved_statements(page, call, release, moved)?;
    let semicolon = page.semicolon(statement.span);
    let words = Words {
        item: Some(name),
        named: None,
    };
    let release = match moved.first() {
        Some(first) => page.slice(first.span).trim_end_matches(';').trim_end().to_owned(),
        None => written(page, call, release, words)?,
    };
    Some(Use {
        page,
        call,
        statement,
        block,
        name,
        release,
        semicolon,
        moved,
    })
}

impl Use<'_> {
    fn draft(&self, safety: Safety, edits: Vec<Edit>) -> Draft {
        Draft {
            title: format!("call `{}` in a `finally`", self.release),
            safety,
            edits,
        }
    }

    /// The statements of the block behind the acquiring one.
    fn below(&self) -> impl Iterator<Item = &Statement> {
        let end = self.statement.span.end;
        self.page
            .statements(self.block)
            .filter(move |each| each.span.start >= end)
    }

    fn is_moved(&self, statement: &Statement) -> bool {
        self.moved.iter().any(|moved| moved.span == statement.span)
    }

    /// The removals of the releases that go into the `finally`.
    fn removals(&self) -> Vec<Edit> {
        self.moved.iter().map(|moved| self.page.removal(moved.span)).collect()
    }

    /// Whether all releases that are there stand in a part of the text.
    fn are_moved_from(&self, region: Span) -> bool {
        self.moved.iter().all(|moved| region.contains(moved.span))
    }
}

/// `let client; try { client = await pool.connect(); … }`: the `try` around gets the `finally`.
fn within_the_try_around(of: &Use<'_>) -> Option<Draft> {
    let Bound::Assigned(_) = of.call.bound else { return None };
    let page = of.page;
    let tried = page.outline.statements.iter().rfind(|each| match each.kind {
        StatementKind::Try { block, .. } => page.outline.blocks[block].span.contains(of.statement.span),
        _ => false,
    })?;
    let around = &page.outline.blocks[tried.block?];
    let is_declared_here = page.statements(around).any(|each| {
        let is_empty = each.kind == StatementKind::Empty || {
            let text = page.slice(each.span).trim_end_matches(';').trim_end();
            text.ends_with("= null") || text.ends_with("= undefined")
        };
        is_empty && each.span.end <= tried.span.start && each.declares.iter().any(|name| name == of.name)
    });
    let after = Span::new(tried.span.end, around.span.end);
    let is_used_after = page.outline.names.iter().any(|(span, each)| {
        each == of.name && after.contains(*span) && !of.moved.iter().any(|it| it.span.contains(*span))
    });
    if !is_declared_here || is_used_after || tried.function != of.statement.function {
        return None;
    }
    let lines = [
        (0, format!("if ({}) {{", of.name)),
        (1, format!("{}{}", of.release, of.semicolon)),
        (0, "}".to_owned()),
    ];
    let region = Span::new(of.statement.span.end, tried.span.end);
    let safety = hazard::safety(of, region)?;
    let mut edits = of.removals();
    edits.push(finalizer(page, tried, &lines));
    Some(of.draft(safety, edits))
}

/// `const client = await pool.connect(); try { … } catch { … }`: that `try` gets the `finally`.
fn after_the_try_below(of: &Use<'_>) -> Option<Draft> {
    let page = of.page;
    let mut below = of.below().filter(|each| !of.is_moved(each));
    let tried = below.next()?;
    let StatementKind::Try { .. } = tried.kind else {
        return None;
    };
    let is_used_after = below.any(|each| page.outline.mentions(of.name, each.span));
    if is_used_after {
        return None;
    }
    let safety = hazard::safety(of, tried.span)?;
    let mut edits = of.removals();
    edits.push(finalizer(
        page,
        tried,
        &[(0, format!("{}{}", of.release, of.semicolon))],
    ));
    Some(of.draft(safety, edits))
}

/// What stands between the taking and the release, where nothing that it declares is used behind the release.
fn up_to_the_release(of: &Use<'_>) -> Option<Draft> {
    let page = of.page;
    let mut direct = of.below().filter(|each| of.is_moved(each));
    let (last, None) = (direct.next()?, direct.next()) else {
        return None;
    };
    let wrapped: Vec<&Statement> = of.below().filter(|each| each.span.end <= last.span.start).collect();
    let behind = Span::new(last.span.end, of.block.span.end);
    let first = wrapped.first()?;
    let is_used_behind = page.outline.mentions(of.name, behind);
    if is_used_behind || !page.is_alone(last.span) || !of.are_moved_from(of.block.span) {
        return None;
    }
    let (from, to) = (region_start(of, first)?, page.line_start(last.span.start));
    let safety = checked(of, &wrapped)?;
    Some(of.draft(safety, wrapping(of, from, to)))
}

/// All of the block behind the taking.
fn up_to_the_end(of: &Use<'_>) -> Option<Draft> {
    let page = of.page;
    let wrapped: Vec<&Statement> = of.below().collect();
    let first = wrapped.iter().find(|each| !of.is_moved(each))?;
    let close = of.block.span.end - 1;
    if !page.begins_line(close) || !of.are_moved_from(of.block.span) {
        return None;
    }
    let (from, to) = (region_start(of, first)?, page.line_start(close));
    let mut safety = checked(of, &wrapped)?;
    // What is waited for behind the release was waited for without the thing.
    let released = of.moved.iter().map(|moved| moved.span.end).min();
    let waits_behind = released.is_some_and(|released| {
        let behind = Span::new(released, of.block.span.end);
        page.outline.waits.iter().any(|wait| behind.contains(*wait))
    });
    if waits_behind {
        safety = Safety::Suggestion;
    }
    Some(of.draft(safety, wrapping(of, from, to)))
}

/// Where the line of the first statement that is wrapped begins, comments above it included.
fn region_start(of: &Use<'_>, first: &Statement) -> Option<u32> {
    let page = of.page;
    let mut at = page.next_line(of.statement.span.end);
    while page.text[at as usize..page.next_line(at) as usize].trim().is_empty() && at < first.span.start {
        at = page.next_line(at);
    }
    (at <= first.span.start).then_some(at)
}

/// Whether statements can be set into a block, and how safe the release behind them is.
fn checked(of: &Use<'_>, wrapped: &[&Statement]) -> Option<Safety> {
    let page = of.page;
    let (first, last) = (wrapped.first()?, wrapped.last()?);
    let region = Span::new(first.span.start, last.span.end);
    let is_movable = |each: &&Statement| each.kind != StatementKind::Declaration && page.is_alone(each.span);
    // In a block of its own a name is not seen from beside it, by a function above either.
    let is_seen_beside = |name: &String| {
        let names = page.outline.names.iter();
        let mut mentions = names.filter(|(_, each)| each == name);
        mentions.any(|(span, _)| of.block.span.contains(*span) && !region.contains(*span))
    };
    if !wrapped.iter().all(is_movable) || wrapped.iter().flat_map(|each| &each.declares).any(is_seen_beside) {
        return None;
    }
    hazard::safety(of, region)
}

/// `try {` at one line, `} finally { … }` at another, and what is between them set in.
fn wrapping(of: &Use<'_>, from: u32, to: u32) -> Vec<Edit> {
    let page = of.page;
    let (indent, unit) = (page.indent(of.statement.span.start), page.unit(of.block));
    let mut edits = of.removals();
    let mut set_in = page.set_in(from, to, &unit, &edits);
    let opening = page.lines(indent, &unit, &[(0, "try {".to_owned())]);
    match set_in.first_mut().filter(|edit| edit.span.start == from) {
        Some(first) => first.text.insert_str(0, &opening),
        None => set_in.insert(0, Edit::insert(from, opening)),
    }
    edits.extend(set_in);
    let closing = [
        (0, "} finally {".to_owned()),
        (1, format!("{}{}", of.release, of.semicolon)),
        (0, "}".to_owned()),
    ];
    let closing = page.lines(indent, &unit, &closing);
    match edits.iter_mut().find(|edit| edit.span.start == to) {
        Some(edit) => edit.text.insert_str(0, &closing),
        None => edits.push(Edit::insert(to, closing)),
    }
    edits
}
