//! The release in what a setup returns to undo itself.

use crate::diagnostic::remedy::{Part, Release};
use crate::facts::ids::Span;
use crate::parse::outline::{ArgumentKind, Block, Bound, Call, Statement, StatementKind};

use super::edit::Edit;
use super::names::{fresh, handler};
use super::naming::hoisted;
use super::page::Page;
use super::release::{Words, written};
use super::{Draft, Safety};

pub(super) fn draft(page: &Page<'_>, acquired: Span, release: &Release, setup: Span) -> Option<Draft> {
    let call = page.outline.call(acquired)?;
    let (statement, block) = page.statement_of(call)?;
    let setup = page.outline.function(setup)?;
    let function = &page.outline.functions[setup];
    let body = page.outline.body(setup)?;
    let is_direct = block.span == body.span && call.function == Some(setup);
    if !is_direct || !page.has_braces(body) || function.is_async || function.is_generator {
        return None;
    }
    let (item, named, mut edits) = parts(page, call, statement, release)?;
    let words = Words {
        item: item.as_deref(),
        named: named.as_ref().map(|(index, name)| (*index, name.as_str())),
    };
    let text = written(page, call, release, words)?;
    edits.extend(undoing(page, setup, statement, body, &text)?);
    Some(Draft {
        title: format!("return a cleanup that calls `{text}`"),
        safety: Safety::Safe,
        edits,
    })
}

type Parts = (Option<String>, Option<(u8, String)>, Vec<Edit>);

/// What the release needs a name for, and what gives it one.
fn parts(page: &Page<'_>, call: &Call, statement: &Statement, release: &Release) -> Option<Parts> {
    let mut edits = Vec::new();
    let mut item = None;
    if release.needs_item() {
        item = Some(match &call.bound {
            Bound::Declared(name) => name.clone(),
            Bound::Assigned(target) => {
                let target = page.slice(*target);
                let is_plain = |each: char| each.is_alphanumeric() || matches!(each, '_' | '$' | '.');
                target.chars().all(is_plain).then(|| target.to_owned())?
            }
            Bound::Dropped if statement.span.start == call.span.start => {
                let wish = match release.callee {
                    crate::diagnostic::remedy::Callee::Item => "undo",
                    _ => release.noun.as_str(),
                };
                let name = fresh(page.outline, wish);
                edits.push(Edit::insert(call.span.start, format!("const {name} = ")));
                name
            }
            Bound::Dropped | Bound::Field(_) | Bound::Returned | Bound::Other => return None,
        });
    }
    let mut named = None;
    for part in &release.arguments {
        if let Part::Argument(index) = *part
            && let Some(argument) = call.arguments.get(usize::from(index))
            && argument.kind == ArgumentKind::Function
        {
            let hoisted = hoisted(page, statement.span, argument, &handler(release.topic.as_deref()));
            edits.extend(hoisted.edits);
            named = Some((index, hoisted.name));
        }
    }
    Some((item, named, edits))
}

/// The release in the function that the setup returns, or in a new one.
fn undoing(page: &Page<'_>, setup: usize, statement: &Statement, body: &Block, release: &str) -> Option<Vec<Edit>> {
    let last = page.statements(body).last()?;
    let returns = page
        .outline
        .statements
        .iter()
        .filter(|each| each.function == Some(setup))
        .filter_map(|each| match each.kind {
            StatementKind::Return { value } => Some((each.span, value)),
            _ => None,
        });
    for (span, value) in returns {
        // A setup that left early would leave without its undoing.
        if span != last.span && (value.is_some() || span.start > statement.span.start) {
            return None;
        }
    }
    let semicolon = page.semicolon(statement.span);
    let StatementKind::Return { value } = last.kind else {
        let lines = [
            (0, "return () => {".to_owned()),
            (1, format!("{release}{semicolon}")),
            (0, format!("}}{semicolon}")),
        ];
        return Some(vec![page.at_end(body, &lines)]);
    };
    let returned = page.outline.function(value?)?;
    if let Some(undo) = page.outline.body(returned) {
        return Some(vec![page.at_end(undo, &[(0, format!("{release}{semicolon}"))])]);
    }
    // `return () => first()` becomes a block of both.
    let function = &page.outline.functions[returned];
    let value = function.value.filter(|_| !function.is_async)?;
    let (indent, unit) = (page.indent(last.span.start), page.unit(body));
    let begin = format!("{{{eol}{indent}{unit}", eol = page.eol);
    let end = format!(
        "{semicolon}{eol}{indent}{unit}{release}{semicolon}{eol}{indent}}}",
        eol = page.eol
    );
    let is_bare = page.slice(function.span).ends_with(page.slice(value));
    is_bare.then(|| vec![Edit::insert(value.start, begin), Edit::insert(value.end, end)])
}
