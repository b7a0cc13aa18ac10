//! The release in the method that ends the owner's life.

use crate::diagnostic::remedy::{Part, Release};
use crate::facts::ids::Span;
use crate::parse::outline::Bound;

use super::page::Page;
use super::release::{Words, written};
use super::{Draft, Safety};

/// What a field is reached by.
const THIS: &str = "this.";

pub(super) fn draft(
    page: &Page<'_>,
    acquired: Span,
    release: &Release,
    method: Span,
    may_be_gone: bool,
) -> Option<Draft> {
    let call = page.outline.call(acquired)?;
    let field = match &call.bound {
        Bound::Assigned(target) => Some(page.slice(*target).to_owned()).filter(|target| target.starts_with(THIS)),
        Bound::Field(name) => Some(format!("{THIS}{}", page.slice(*name))),
        Bound::Dropped | Bound::Declared(_) | Bound::Returned | Bound::Other => None,
    };
    let is_simple = |name: &String| {
        let name = name.trim_start_matches(THIS).trim_start_matches('#');
        name.chars()
            .all(|each| each.is_alphanumeric() || each == '_' || each == '$')
    };
    let field = field.filter(is_simple);
    if release.needs_item() && field.is_none() {
        return None;
    }
    let words = Words {
        item: field.as_deref(),
        named: None,
    };
    let text = written(page, call, release, words)?;
    let function = page.outline.function(method)?;
    let body = page.outline.body(function)?;
    if page.outline.functions[function].is_arrow || !page.has_braces(body) {
        return None;
    }
    let like = call
        .statement
        .map_or(acquired, |statement| page.outline.statements[statement].span);
    let semicolon = match call.statement {
        Some(_) => page.semicolon(like),
        None => ";",
    };
    // Nothing is there to be called on before the setup ran, or after another end.
    let is_sure = !may_be_gone && !called_on_item(release);
    Some(Draft {
        title: format!("call `{text}` at the end of its life"),
        safety: if is_sure { Safety::Safe } else { Safety::Suggestion },
        edits: vec![page.at_start(body, &format!("{text}{semicolon}"))],
    })
}

/// Whether the release is a method of the acquired thing, which may not be there.
fn called_on_item(release: &Release) -> bool {
    use crate::diagnostic::remedy::Callee;
    matches!(release.callee, Callee::Item | Callee::Method(Part::Item, _))
}
