//! The retaining path in one line of text.

use super::escape::visible;
use crate::diagnostic::Diagnostic;

/// `process ──▶ listener ──▶ closure ──▶ req ─ ✗ no process.off`; `None` if the finding has none.
pub(super) fn line(diagnostic: &Diagnostic) -> Option<String> {
    let path = diagnostic.retains.as_ref()?;
    let links: Vec<&str> = path.links.iter().map(|link| link.what.as_str()).collect();
    let text = format!("{}  ✗ {}", links.join(" → "), path.gap);
    Some(visible(&text).into_owned())
}
