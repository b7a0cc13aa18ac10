//! What must hold of every outcome.

use std::path::Path;

use leaklint::diagnostic::{Diagnostic, Problem, ProblemKind};
use leaklint::driver::{self, Outcome};
use leaklint::report::pretty::Style;
use leaklint::report::{self, Format, Report};

/// Bytes of a finding for people, in all its files.
pub const MAX_FINDING: usize = 2048;

const FORMATS: [Format; 9] = [
    Format::Concise,
    Format::Json,
    Format::Jsonl,
    Format::Sarif,
    Format::GitHub,
    Format::GitLab,
    Format::JUnit,
    Format::RdJson,
    Format::Html,
];

/// How a terminal without colours wants it.
pub fn plain(width: usize) -> Style {
    Style {
        color: false,
        width,
        has_links: false,
    }
}

/// Whether a problem is a fault of ours: the parser has known ones.
fn is_our_fault(problem: &Problem) -> bool {
    match problem.kind {
        ProblemKind::Internal => !problem.message.contains("(parser/"),
        ProblemKind::TimedOut => true,
        _ => false,
    }
}

/// No fault of ours; findings that people can read; formats that programs can.
///
/// # Panics
/// It does not hold.
pub fn holds(outcome: &Outcome) {
    let faults: Vec<&Problem> = outcome
        .problems
        .iter()
        .filter(|problem| is_our_fault(problem))
        .collect();
    assert!(faults.is_empty(), "{faults:?}");
    for diagnostic in &outcome.diagnostics {
        let one = std::slice::from_ref(diagnostic);
        let text = printed(outcome, one, Format::Pretty(plain(100)));
        harmless(&text);
        assert!(text.len() <= MAX_FINDING, "{} bytes:\n{text}", text.len());
    }
    // One format an outcome: all of them take longer than the analysis.
    let size: usize = outcome.files.iter().map(|file| file.source().text().len()).sum();
    let format = FORMATS[size % FORMATS.len()];
    let text = printed(outcome, &outcome.diagnostics, format);
    if matches!(format, Format::Json | Format::Sarif | Format::GitLab | Format::RdJson) {
        let _: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    }
    harmless(&text);
}

/// Whether a leak is reported in a file.
pub fn is_found(outcome: &Outcome, name: &str) -> bool {
    let mut found = outcome.diagnostics.iter();
    found.any(|each| outcome.files[each.primary.place.file.index()].path() == Path::new(name))
}

/// All that is printed for programs, to compare runs.
pub fn told(outcome: &Outcome) -> String {
    printed(outcome, &outcome.diagnostics, Format::Json)
}

fn printed(outcome: &Outcome, diagnostics: &[Diagnostic], format: Format) -> String {
    let rules = driver::rule_infos();
    let report = Report {
        diagnostics,
        files: &outcome.files,
        problems: &outcome.problems,
        rules: &rules,
        root: &outcome.root,
        below_confidence: outcome.below_confidence,
        suppressed: outcome.suppressed,
        known: outcome.known.findings,
        gone: outcome.known.gone,
        older: 0,
        fixes: &[],
        pages: None,
    };
    let mut out = Vec::new();
    report::write(format, &report, &mut out).expect("memory takes it");
    String::from_utf8(out).expect("it is text")
}

/// Whether a character, raw, steers a terminal or reorders or hides what stands around it.
pub fn steers(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Nothing of the source steers a terminal.
///
/// # Panics
/// It does.
pub fn harmless(text: &str) {
    let raw = text.chars().find(|&each| steers(each));
    assert_eq!(raw, None, "in {text:?}");
}
