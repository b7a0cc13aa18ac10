//! Changes as a unified diff, as `git apply` and `patch` take it.

use similar::TextDiff;

/// Lines around a change.
const CONTEXT: usize = 3;

/// The diff of a file, whose name has `/` between its parts.
pub fn unified(path: &str, before: &str, after: &str) -> String {
    TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(CONTEXT)
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string()
}
