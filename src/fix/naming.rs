//! One name for the function that an addition and its removal make each for itself.

use crate::diagnostic::remedy::Given;
use crate::facts::ids::Span;
use crate::parse::outline::{Argument, ArgumentKind, Call};

use super::edit::Edit;
use super::names::{fresh, handler};
use super::page::Page;
use super::{Draft, Safety};

pub(super) fn draft(page: &Page<'_>, added: &Given, removal: &Given, topic: Option<&str>) -> Option<Draft> {
    let (addition, given) = argument(page, added)?;
    let (removing, taken) = argument(page, removal)?;
    match given.kind {
        ArgumentKind::Plain => {
            let name = page.slice(given.span);
            Some(Draft {
                title: format!("remove `{name}`, which was added"),
                safety: Safety::Safe,
                edits: vec![Edit::replace(taken.span, name)],
            })
        }
        ArgumentKind::Function => {
            let (statement, block) = page.statement_of(addition)?;
            let is_in_scope = block.span.contains(removing.span) && statement.span.end <= removing.span.start;
            if !is_in_scope || !page.has_braces(block) {
                return None;
            }
            let name = fresh(page.outline, &handler(topic));
            let text = page.slice(given.span);
            let semicolon = page.semicolon(statement.span);
            let is_copy = squeezed(text) == squeezed(page.slice(taken.span));
            Some(Draft {
                title: format!("keep the handler as `{name}`, and remove that"),
                safety: if is_copy { Safety::Safe } else { Safety::Suggestion },
                edits: vec![
                    page.before(statement.span, &format!("const {name} = {text}{semicolon}")),
                    Edit::replace(given.span, name.as_str()),
                    Edit::replace(taken.span, name.as_str()),
                ],
            })
        }
        ArgumentKind::Other => None,
    }
}

fn argument<'p>(page: &'p Page<'_>, given: &Given) -> Option<(&'p Call, &'p Argument)> {
    let call = page.outline.call(given.call.span)?;
    Some((call, call.arguments.get(usize::from(given.argument))?))
}

/// A text without its blanks, by which two ways to write a function are compared.
fn squeezed(text: &str) -> String {
    text.chars().filter(|each| !each.is_whitespace()).collect()
}

/// A function that a call was given, put in front of its statement under a name.
pub(super) struct Hoisted {
    pub(super) name: String,
    pub(super) edits: Vec<Edit>,
}

/// Names the function that is an argument of a statement's call.
pub(super) fn hoisted(page: &Page<'_>, statement: Span, argument: &Argument, wish: &str) -> Hoisted {
    let name = fresh(page.outline, wish);
    let text = page.slice(argument.span);
    let semicolon = page.semicolon(statement);
    Hoisted {
        edits: vec![
            page.before(statement, &format!("const {name} = {text}{semicolon}")),
            Edit::replace(argument.span, name.as_str()),
        ],
        name,
    }
}
