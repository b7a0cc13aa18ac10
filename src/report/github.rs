//! GitHub Actions: annotations as workflow commands, and a table for the job's summary.
//!
//! A step shows ten annotations of a kind, so errors come first, of them the surest, and the rest is counted. Everything from the
//! linted project is escaped: a path or a message must not become a command.
//! Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>.

use std::cmp::Reverse;
use std::io::{self, Write};

use super::Report;
use super::escape::visible;
use crate::diagnostic::{Diagnostic, Severity};

/// Annotations of one kind that a step shows.
const MOST: usize = 10;

/// Rows of the summary's table; a summary may hold 1 MiB.
const MOST_ROWS: usize = 200;

/// Writes the annotations.
///
/// # Errors
/// The writer's.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for severity in [Severity::Error, Severity::Warning] {
        let mut of_kind: Vec<&Diagnostic> = report
            .diagnostics
            .iter()
            .filter(|each| each.severity == severity)
            .collect();
        of_kind.sort_by_key(|each| Reverse(each.confidence));
        for diagnostic in of_kind.iter().take(MOST) {
            annotate(report, diagnostic, out)?;
        }
        if of_kind.len() > MOST {
            writeln!(out, "{} more {severity}s without an annotation", of_kind.len() - MOST)?;
        }
    }
    Ok(())
}

fn annotate(report: &Report<'_>, diagnostic: &Diagnostic, out: &mut dyn Write) -> io::Result<()> {
    let file = report.file(diagnostic.primary.place);
    let source = file.source();
    let span = source.first_line_of(diagnostic.primary.place.span);
    let (start, end) = (source.position(span.start), source.position(span.end));
    let mut text = diagnostic.message.clone();
    for (index, label) in diagnostic.evidence.iter().enumerate() {
        let place = report.position(label.place);
        let path = report.file(label.place).shown();
        text.push_str(&format!("\n{}. {} ({path}:{})", index + 1, label.text, place.line));
    }
    if !diagnostic.help.is_empty() {
        text.push_str(&format!("\nHelp: {}", diagnostic.help));
    }
    writeln!(
        out,
        "::{} file={},line={},col={},endLine={},endColumn={},title={}::{}",
        diagnostic.severity,
        property(file.shown()),
        start.line,
        start.column,
        start.line,
        end.column,
        property(&format!("{} (confidence: {})", diagnostic.rule, diagnostic.confidence)),
        data(&text)
    )
}

/// The job's summary, as Markdown.
///
/// # Errors
/// The writer's.
pub fn write_summary(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## leaklint\n")?;
    if report.diagnostics.is_empty() {
        return writeln!(out, "No findings.");
    }
    writeln!(out, "| place | rule | confidence | finding |\n|---|---|---|---|")?;
    for diagnostic in report.diagnostics.iter().take(MOST_ROWS) {
        let place = diagnostic.primary.place;
        writeln!(
            out,
            "| {}:{} | {} | {} | {} |",
            cell(report.file(place).shown()),
            report.position(place).line,
            diagnostic.rule,
            diagnostic.confidence,
            cell(&diagnostic.message)
        )?;
    }
    if report.diagnostics.len() > MOST_ROWS {
        writeln!(out, "\n{} more.", report.diagnostics.len() - MOST_ROWS)?;
    }
    Ok(())
}

/// Text in a table's cell that is neither markup nor the cell's end.
fn cell(text: &str) -> String {
    let mut cell = String::new();
    for character in visible(text).chars() {
        match character {
            '&' => cell.push_str("&amp;"),
            '<' => cell.push_str("&lt;"),
            '|' | '\\' | '*' | '_' | '[' | ']' | '@' | '#' => {
                cell.push('\\');
                cell.push(character);
            }
            _ => cell.push(character),
        }
    }
    cell
}

/// A command's message.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| visible(line).into_owned()).collect();
    lines
        .join("\n")
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a command's property.
fn property(text: &str) -> String {
    data(&visible(text)).replace(':', "%3A").replace(',', "%2C")
}
