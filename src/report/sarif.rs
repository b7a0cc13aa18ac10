//! SARIF 2.1.0, as GitHub code scanning wants it.
//!
//! Columns count UTF-16 units. A region is one line at most: a pull request shows an alert only when all its lines are in the
//! diff. Each step of the proof is a related location, linked from the message, and a step of the code flow.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::fingerprint::line_hashes;
use super::{Report, plain_json};
use crate::diagnostic::{Confidence, Diagnostic, FileId, Label, Place, Problem, RuleInfo, Severity};
use crate::fix::Fix;
use crate::source::portable;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Name of the folder to which all URIs are relative.
const ROOT_ID: &str = "%SRCROOT%";

/// Empty as long as `Cargo.toml` has no `homepage`: then the log says nothing rather than something made up.
const INFORMATION_URI: &str = env!("CARGO_PKG_HOMEPAGE");

/// The tag that all rules have.
const COMMON_TAG: &str = "reliability";

/// Results of one run that code scanning accepts.
/// Source: <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.
const MAX_RESULTS: usize = 25_000;

/// Writes the log and a line end.
///
/// # Errors
/// The writer's.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    plain_json::write(&log(report), out)?;
    writeln!(out)
}

fn log(report: &Report<'_>) -> Value {
    let mut hashes = BTreeMap::new();
    let surest = surest(report.diagnostics, MAX_RESULTS);
    let mut notifications: Vec<Value> = report.problems.iter().map(notification).collect();
    if surest.len() < report.diagnostics.len() {
        notifications.push(left_out(report.diagnostics.len()));
    }
    let results: Vec<Value> = surest
        .into_iter()
        .map(|(index, each)| {
            let mut result = result(report, each, &mut hashes);
            if let Some(fix) = report.fix(index) {
                result["fixes"] = json!([change(report, fix)]);
            }
            result
        })
        .collect();
    let mut driver = json!({
        "name": env!("CARGO_PKG_NAME"),
        "fullName": concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")),
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": report.rules.iter().map(rule).collect::<Vec<_>>(),
    });
    if !INFORMATION_URI.is_empty() {
        driver["informationUri"] = json!(INFORMATION_URI);
    }
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver },
            "automationDetails": { "id": "leaklint/" },
            "columnKind": "utf16CodeUnits",
            "originalUriBaseIds": { ROOT_ID: { "uri": folder_uri(report.root) } },
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    })
}

fn rule(rule: &RuleInfo) -> Value {
    let tags: Vec<&str> = std::iter::once(COMMON_TAG).chain(rule.tags.iter().copied()).collect();
    json!({
        "id": rule.id,
        "name": pascal_case(rule.id),
        "shortDescription": { "text": sentence(rule.summary) },
        "fullDescription": { "text": sentence(first_paragraph(rule.page).unwrap_or(rule.summary)) },
        "help": { "text": rule.page, "markdown": rule.page },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": {
            "tags": tags,
            "precision": rule.precision,
            "problem.severity": level(rule.severity),
        },
    })
}

/// The findings of highest confidence, then severity, at most `limit`, in the order they came in.
fn surest(diagnostics: &[Diagnostic], limit: usize) -> Vec<(usize, &Diagnostic)> {
    let mut chosen: Vec<(usize, &Diagnostic)> = diagnostics.iter().enumerate().collect();
    if chosen.len() > limit {
        chosen.sort_by_key(|(_, each)| (Reverse(each.confidence), Reverse(each.severity)));
        chosen.truncate(limit);
        chosen.sort_unstable_by_key(|(position, _)| *position);
    }
    chosen
}

fn left_out(all: usize) -> Value {
    let text =
        format!("Of {all} findings this log holds the {MAX_RESULTS} surest: code scanning takes no more of one run.");
    json!({ "level": "warning", "message": { "text": text } })
}

fn result(report: &Report<'_>, diagnostic: &Diagnostic, hashes: &mut BTreeMap<FileId, Vec<String>>) -> Value {
    let primary = diagnostic.primary.place;
    let source = report.file(primary).source();
    let hashes = hashes.entry(primary.file).or_insert_with(|| line_hashes(source.text()));
    let related: Vec<Value> = diagnostic
        .evidence
        .iter()
        .enumerate()
        .map(|(index, label)| {
            let mut location = location(report, label);
            location["id"] = json!(index + 1);
            location
        })
        .collect();
    let mut steps = vec![step(report, &diagnostic.primary, 0)];
    steps.extend(diagnostic.evidence.iter().map(|label| step(report, label, 1)));
    let rule_index = report.rules.iter().position(|rule| rule.id == diagnostic.rule);
    let mut result = json!({
        "ruleId": diagnostic.rule,
        "level": level(diagnostic.severity),
        "message": { "text": message(diagnostic) },
        "locations": [{ "physicalLocation": physical(report, primary) }],
        "partialFingerprints": {},
        "codeFlows": [{ "threadFlows": [{ "locations": steps }] }],
        "rank": rank(diagnostic.confidence),
        "properties": { "confidence": diagnostic.confidence },
    });
    if let Some(index) = rule_index {
        result["ruleIndex"] = json!(index);
    }
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    let hash = hashes.get(source.lines().line(source.floor(primary.span.start)));
    match hash {
        Some(hash) => result["partialFingerprints"]["primaryLocationLineHash"] = json!(hash),
        None => result["partialFingerprints"] = json!({ "leaklint/message": diagnostic.message }),
    }
    result
}

/// What would mend a result.
fn change(report: &Report<'_>, fix: &Fix) -> Value {
    let file = &report.files[fix.file.index()];
    let source = file.source();
    let replacements: Vec<Value> = fix
        .edits
        .iter()
        .map(|edit| {
            let region = json!({
                "startLine": source.position(edit.span.start).line,
                "startColumn": source.utf16_column(edit.span.start),
                "endLine": source.position(edit.span.end).line,
                "endColumn": source.utf16_column(edit.span.end),
            });
            match edit.text.is_empty() {
                true => json!({ "deletedRegion": region }),
                false => json!({ "deletedRegion": region, "insertedContent": { "text": edit.text } }),
            }
        })
        .collect();
    json!({
        "description": { "text": sentence(&unlinked(&fix.title)) },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri(file.path()), "uriBaseId": ROOT_ID },
            "replacements": replacements,
        }],
    })
}

/// Message, proof and help as text in which `[words](1)` leads to the related location 1.
fn message(diagnostic: &Diagnostic) -> String {
    let mut text = sentence(&unlinked(&diagnostic.message));
    for (index, label) in diagnostic.evidence.iter().enumerate() {
        let escaped = label.text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
        text.push_str(&format!("\n{}. [{escaped}]({})", index + 1, index + 1));
    }
    if !diagnostic.help.is_empty() {
        text.push_str(&format!("\nHelp: {}", sentence(&unlinked(&diagnostic.help))));
    }
    text
}

/// Text that holds no link: `handlers[name](request)` would be one.
fn unlinked(text: &str) -> String {
    text.replace("](", "] (")
}

fn step(report: &Report<'_>, label: &Label, nesting_level: u32) -> Value {
    let importance = if nesting_level == 0 { "essential" } else { "important" };
    json!({ "location": location(report, label), "nestingLevel": nesting_level, "importance": importance })
}

fn location(report: &Report<'_>, label: &Label) -> Value {
    let mut location = json!({ "physicalLocation": physical(report, label.place) });
    if !label.text.is_empty() {
        location["message"] = json!({ "text": unlinked(&label.text) });
    }
    location
}

fn physical(report: &Report<'_>, place: Place) -> Value {
    let file = report.file(place);
    let source = file.source();
    let span = source.first_line_of(place.span);
    let line = source.position(span.start).line;
    json!({
        "artifactLocation": { "uri": uri(file.path()), "uriBaseId": ROOT_ID },
        "region": {
            "startLine": line,
            "startColumn": source.utf16_column(span.start),
            "endLine": line,
            "endColumn": source.utf16_column(span.end),
        },
    })
}

fn notification(problem: &Problem) -> Value {
    let artifact = if Path::new(&problem.path).is_absolute() {
        json!({ "uri": format!("file://{}", uri(&problem.path)) })
    } else {
        json!({ "uri": uri(&problem.path), "uriBaseId": ROOT_ID })
    };
    let mut physical = json!({ "artifactLocation": artifact });
    if let Some(place) = problem.place {
        physical["region"] = json!({ "startLine": place.line });
    }
    json!({
        "level": if problem.is_failure() { "warning" } else { "note" },
        "message": { "text": sentence(&problem.message) },
        "locations": [{ "physicalLocation": physical }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// SARIF's priority, from 0 to 100.
fn rank(confidence: Confidence) -> f64 {
    match confidence {
        Confidence::High => 90.0,
        Confidence::Medium => 60.0,
        Confidence::Low => 30.0,
    }
}

/// The text with a capital and a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut characters = text.chars();
    let first = characters.next().map(char::to_uppercase).into_iter().flatten();
    let mut sentence: String = first.chain(characters).collect();
    if !sentence.ends_with(['.', '!', '?', ':']) {
        sentence.push('.');
    }
    sentence
}

/// The first text of a page that is no heading, with its lines joined.
fn first_paragraph(page: &str) -> Option<&str> {
    page.split("\n\n")
        .map(str::trim)
        .find(|part| !part.is_empty() && !part.starts_with(['#', '`', '-', '|', '<']))
}

fn pascal_case(id: &str) -> String {
    let words = id.split('-').filter_map(|word| {
        let mut characters = word.chars();
        let first = characters.next()?.to_ascii_uppercase();
        Some(format!("{first}{}", characters.as_str()))
    });
    words.collect()
}

fn folder_uri(folder: &Path) -> String {
    let path = uri(portable(folder));
    let path = path.trim_matches('/');
    if path.is_empty() {
        "file:///".to_owned()
    } else {
        format!("file:///{path}/")
    }
}

/// A path percent-encoded: only unreserved characters and `/` stay.
fn uri(path: impl AsRef<OsStr>) -> String {
    let bytes = path.as_ref().as_encoded_bytes();
    let mut uri = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
