//! Reviewdog's diagnostic format, one document. Columns count bytes.
//! Source: <https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Report, plain_json};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::facts::ids::Span;
use crate::fix::Fix;
use crate::fix::edit::{Edit, applied};

/// Writes the document and a line end.
///
/// # Errors
/// The writer's.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let diagnostics: Vec<Value> = report
        .diagnostics
        .iter()
        .enumerate()
        .map(|(index, each)| {
            let mut diagnostic = diagnostic(report, each);
            // A suggestion is one range, so it is the whole from the first edit to the last.
            if let Some(suggestion) = report.fix(index).and_then(|fix| suggestion(report, fix)) {
                diagnostic["suggestions"] = json!([suggestion]);
            }
            diagnostic
        })
        .collect();
    let document = json!({ "source": { "name": "leaklint" }, "diagnostics": diagnostics });
    plain_json::write(&document, out)?;
    writeln!(out)
}

fn diagnostic(report: &Report<'_>, diagnostic: &Diagnostic) -> Value {
    let related: Vec<Value> = diagnostic
        .evidence
        .iter()
        .map(|label| json!({ "message": label.text, "location": location(report, label.place) }))
        .collect();
    let severity = match diagnostic.severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
    };
    let message = match diagnostic.help.is_empty() {
        true => diagnostic.message.clone(),
        false => format!("{}\n\nhelp: {}", diagnostic.message, diagnostic.help),
    };
    json!({
        "message": message,
        "location": location(report, diagnostic.primary.place),
        "severity": severity,
        "code": { "value": diagnostic.rule },
        "relatedLocations": related,
    })
}

fn suggestion(report: &Report<'_>, fix: &Fix) -> Option<Value> {
    let source = report.files[fix.file.index()].source();
    let (first, last) = (fix.edits.first()?, fix.edits.last()?);
    let whole = Span::new(first.span.start, last.span.end);
    let moved = fix.edits.iter().map(|edit| Edit {
        span: Span::new(edit.span.start - whole.start, edit.span.end - whole.start),
        text: edit.text.clone(),
    });
    let moved: Vec<Edit> = moved.collect();
    let point = |offset| json!({ "line": source.position(offset).line, "column": source.byte_column(offset) });
    Some(json!({
        "range": { "start": point(whole.start), "end": point(whole.end) },
        "text": applied(source.slice(whole), &moved),
    }))
}

fn location(report: &Report<'_>, place: Place) -> Value {
    let file = report.file(place);
    let source = file.source();
    let point = |offset| json!({ "line": source.position(offset).line, "column": source.byte_column(offset) });
    json!({
        "path": file.shown(),
        "range": { "start": point(place.span.start), "end": point(place.span.end.max(place.span.start)) },
    })
}
