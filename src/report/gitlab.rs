//! GitLab Code Quality: a list of findings, each with a fingerprint that nothing else has.
//! Source: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Report, fingerprints, plain_json};
use crate::diagnostic::{Confidence, Diagnostic, Severity};

/// Writes the list and a line end.
///
/// # Errors
/// The writer's.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let all = report.diagnostics.iter().zip(fingerprints(report));
    let issues: Vec<Value> = all
        .map(|(each, fingerprint)| issue(report, each, &fingerprint))
        .collect();
    plain_json::write(&issues, out)?;
    writeln!(out)
}

fn issue(report: &Report<'_>, diagnostic: &Diagnostic, fingerprint: &str) -> Value {
    let file = report.file(diagnostic.primary.place);
    let source = file.source();
    let span = diagnostic.primary.place.span;
    let begin = source.position(span.start).line;
    let end = source.position(span.end.max(span.start)).line;
    json!({
        "description": diagnostic.message,
        "check_name": diagnostic.rule,
        "fingerprint": fingerprint,
        "severity": severity(diagnostic),
        "location": { "path": file.shown(), "lines": { "begin": begin, "end": end.max(begin) } },
    })
}

fn severity(diagnostic: &Diagnostic) -> &'static str {
    match (diagnostic.severity, diagnostic.confidence) {
        (_, Confidence::Low) => "info",
        (Severity::Error, Confidence::High) => "critical",
        (Severity::Error, Confidence::Medium) => "major",
        (Severity::Warning, Confidence::High) => "major",
        (Severity::Warning, Confidence::Medium) => "minor",
    }
}
