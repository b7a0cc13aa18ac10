//! Changes of a text, by byte ranges.

use crate::facts::ids::Span;

/// What takes the place of a part of the text; an empty part is a place to insert at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

impl Edit {
    pub fn insert(at: u32, text: impl Into<String>) -> Self {
        Self::replace(Span::new(at, at), text)
    }

    pub fn delete(span: Span) -> Self {
        Self::replace(span, "")
    }

    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self {
            span,
            text: text.into(),
        }
    }
}

/// The edits in the order of the text; `None` if two of them meet.
pub fn ordered(mut edits: Vec<Edit>) -> Option<Vec<Edit>> {
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let meet = edits.windows(2).any(|pair| meet(&pair[0], &pair[1]));
    (!meet).then_some(edits)
}

/// Whether the edits of two fixes can be made together.
pub fn are_apart(a: &[Edit], b: &[Edit]) -> bool {
    let (Some(a), Some(b)) = (reach(a), reach(b)) else {
        return true;
    };
    a.end < b.start || b.end < a.start
}

/// From the first edit to the last.
fn reach(edits: &[Edit]) -> Option<Span> {
    let start = edits.iter().map(|edit| edit.span.start).min()?;
    let end = edits.iter().map(|edit| edit.span.end).max()?;
    Some(Span::new(start, end))
}

/// Whether the second of two sorted edits begins where the first has not ended, or both insert at one place.
fn meet(first: &Edit, second: &Edit) -> bool {
    second.span.start < first.span.end || first.span == second.span
}

/// The text with the edits, which are sorted and apart.
pub fn applied<'e>(text: &str, edits: impl IntoIterator<Item = &'e Edit>) -> String {
    let mut new = String::with_capacity(text.len() + 256);
    let mut at = 0;
    for edit in edits {
        new.push_str(&text[at..edit.span.start as usize]);
        new.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    new.push_str(&text[at..]);
    new
}
