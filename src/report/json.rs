//! Findings for programs. The structure is stable: fields are added, never renamed or removed, while `version` is 1;
//! `docs/output.md` names them.
//!
//! ```json
//! {
//!   "version": 1,
//!   "tool": { "name": "leaklint", "version": "0.1.0" },
//!   "summary": { "files": 1, "findings": 1, "belowConfidence": 0 },
//!   "findings": [{
//!     "rule": "unremoved-listener", "severity": "warning", "confidence": "high", "message": "…", "help": "…",
//!     "symbol": "Server.start", "fingerprint": "8f2c…",
//!     "primary": {
//!       "path": "src/a.js", "text": "…",
//!       "start": { "line": 3, "column": 5, "offset": 42 }, "end": { "line": 3, "column": 9, "offset": 46 }
//!     },
//!     "evidence": []
//!   }],
//!   "problems": [{ "path": "src/b.js", "kind": "syntax", "message": "…", "at": { "line": 1, "column": 1 } }]
//! }
//! ```
//!
//! `evidence` holds places like `primary`, in causal order. Lines and columns count from 1, columns in characters; offsets
//! count bytes of the UTF-8 text from 0; ends are exclusive. `kind` is one of `skipped`, `configuration`,
//! `unreadable`, `not-text`, `syntax`, `limit`, `timed-out` and `internal`; `at` may be null.
//!
//! With `--suggest` a finding that can be mended has a `fix`: `title`, `safety` (`safe` or `suggestion`), `path`, and `edits`
//! with `start`, `end` and `text`.

use std::io::{self, Write};

use serde::Serialize;

use super::{Report, fingerprints, plain_json};
use crate::diagnostic::{Confidence, Diagnostic, Label, Problem, Severity};
use crate::fix::{Fix, Safety};
use crate::source::CheckedFile;

/// Writes the document and a line end.
///
/// # Errors
/// The writer's.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        version: 1,
        tool: Tool {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
        },
        summary: summary(report),
        findings: findings(report).collect(),
        problems: report.problems,
    };
    plain_json::write(&document, out)?;
    writeln!(out)
}

pub(super) fn summary(report: &Report<'_>) -> Summary {
    Summary {
        files: report.files.iter().filter(|file| !file.is_context).count(),
        findings: report.diagnostics.len(),
        below_confidence: report.below_confidence,
    }
}

pub(super) fn findings<'a>(report: &Report<'a>) -> impl Iterator<Item = Finding<'a>> {
    let all = report.diagnostics.iter().zip(fingerprints(report)).enumerate();
    let report = *report;
    all.map(move |(index, (each, fingerprint))| Finding {
        fix: report.fix(index).map(|fix| mending(&report, fix)),
        ..finding(&report, each, fingerprint)
    })
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    summary: Summary,
    findings: Vec<Finding<'a>>,
    problems: &'a [Problem],
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary {
    files: usize,
    findings: usize,
    below_confidence: usize,
}

#[derive(Serialize)]
pub(super) struct Finding<'a> {
    rule: &'a str,
    severity: Severity,
    confidence: Confidence,
    message: &'a str,
    help: &'a str,
    symbol: &'a str,
    fingerprint: String,
    primary: Site<'a>,
    evidence: Vec<Site<'a>>,
    /// Only where fixes were asked for, and one holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Mending<'a>>,
}

#[derive(Serialize)]
struct Mending<'a> {
    title: &'a str,
    safety: Safety,
    path: &'a str,
    /// Sorted and apart from each other; `offset` counts bytes of the text as it was.
    edits: Vec<Change<'a>>,
}

#[derive(Serialize)]
struct Change<'a> {
    start: Point,
    end: Point,
    text: &'a str,
}

#[derive(Serialize)]
struct Site<'a> {
    path: &'a str,
    text: &'a str,
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
    offset: u32,
}

fn finding<'a>(report: &Report<'a>, diagnostic: &'a Diagnostic, fingerprint: String) -> Finding<'a> {
    Finding {
        rule: diagnostic.rule,
        severity: diagnostic.severity,
        confidence: diagnostic.confidence,
        message: &diagnostic.message,
        help: &diagnostic.help,
        symbol: &diagnostic.symbol,
        fingerprint,
        primary: site(report, &diagnostic.primary),
        evidence: diagnostic.evidence.iter().map(|label| site(report, label)).collect(),
        fix: None,
    }
}

fn mending<'a>(report: &Report<'a>, fix: &'a Fix) -> Mending<'a> {
    let file = &report.files[fix.file.index()];
    Mending {
        title: &fix.title,
        safety: fix.safety,
        path: file.shown(),
        edits: fix
            .edits
            .iter()
            .map(|edit| Change {
                start: point(file, edit.span.start),
                end: point(file, edit.span.end),
                text: &edit.text,
            })
            .collect(),
    }
}

fn site<'a>(report: &Report<'a>, label: &'a Label) -> Site<'a> {
    let file = report.file(label.place);
    Site {
        path: file.shown(),
        text: &label.text,
        start: point(file, label.place.span.start),
        end: point(file, label.place.span.end),
    }
}

fn point(file: &CheckedFile, offset: u32) -> Point {
    let position = file.source().position(offset);
    Point {
        line: position.line,
        column: position.column,
        offset,
    }
}
