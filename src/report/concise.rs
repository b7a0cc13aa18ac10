//! One line a finding, which editors and `grep` understand: `path:line:column: rule [confidence] message`.

use std::io::{self, Write};

use super::Report;
use super::escape::{visible, visible_path};
use crate::diagnostic::{Diagnostic, Label, Place};

/// Writes a line for each finding.
///
/// # Errors
/// The writer's.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    report
        .diagnostics
        .iter()
        .try_for_each(|diagnostic| write_finding(report, diagnostic, out))
}

pub(super) fn write_finding(report: &Report<'_>, diagnostic: &Diagnostic, out: &mut dyn Write) -> io::Result<()> {
    let place = shown(report, diagnostic.primary.place);
    let message = visible(&diagnostic.message);
    writeln!(
        out,
        "{place}: {} [{}] {message}",
        diagnostic.rule, diagnostic.confidence
    )
}

/// A step of the proof, indented.
pub(super) fn write_label(report: &Report<'_>, label: &Label, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  {}: {}", shown(report, label.place), visible(&label.text))
}

fn shown(report: &Report<'_>, place: Place) -> String {
    let position = report.position(place);
    format!(
        "{}:{}:{}",
        visible_path(report.file(place).shown()),
        position.line,
        position.column
    )
}
