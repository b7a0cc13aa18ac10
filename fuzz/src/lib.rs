//! What the targets share: a project that is linted as it would be from the command line, and what must hold of the outcome.

pub mod grammar;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use leaklint::diagnostic::{Problem, ProblemKind};
use leaklint::driver::{self, CheckError, CheckOptions, Outcome};
use leaklint::report::pretty::Style;
use leaklint::report::{self, Format, Report};

/// A leak in three lines, which must be reported whatever stands in other files.
pub const LEAK: &str = "\
const app = require('express')();
app.get('/', (request, response) => {
  process.on('message', () => response.end());
});
";

/// Bytes of a finding for people, in all its files.
const MAX_FINDING: usize = 2048;

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

/// An empty folder; the files of a run are laid over it.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = tempfile::Builder::new().prefix("leaklint-fuzz-").tempdir();
        folder.expect("there is a place for a folder").keep()
    })
}

/// Lints a project of these files.
///
/// # Errors
/// Those of the run.
pub fn lint(files: &[(&str, &[u8])]) -> Result<Outcome, CheckError> {
    let mut options = CheckOptions::new(vec![PathBuf::from(".")], folder().to_path_buf());
    options.threads = NonZeroUsize::new(1);
    // What the parser takes forever for is the fuzzer's to stop.
    options.file_timeout = Duration::from_secs(3600);
    for (name, text) in files {
        options.overlay.insert(folder().join(name), *text);
    }
    driver::check(&options)
}

/// Whether a problem is a fault of ours: the parser has known ones.
fn is_our_fault(problem: &Problem) -> bool {
    match problem.kind {
        ProblemKind::Internal => !problem.message.contains("(parser/"),
        ProblemKind::TimedOut => true,
        _ => false,
    }
}

/// What must hold of every outcome.
///
/// # Panics
/// It does not.
pub fn holds(outcome: &Outcome) {
    let faults: Vec<&Problem> = outcome
        .problems
        .iter()
        .filter(|problem| is_our_fault(problem))
        .collect();
    assert!(faults.is_empty(), "{faults:?}");
    for diagnostic in &outcome.diagnostics {
        let one = std::slice::from_ref(diagnostic);
        let text = printed(outcome, one, Format::Pretty(Style { color: false, width: 100 }));
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
    outcome
        .diagnostics
        .iter()
        .any(|each| outcome.files[each.primary.place.file.index()].path() == Path::new(name))
}

/// All that is printed for programs, to compare runs.
pub fn told(outcome: &Outcome) -> String {
    printed(outcome, &outcome.diagnostics, Format::Json)
}

fn printed(outcome: &Outcome, diagnostics: &[leaklint::diagnostic::Diagnostic], format: Format) -> String {
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
    };
    let mut out = Vec::new();
    report::write(format, &report, &mut out).expect("memory takes it");
    String::from_utf8(out).expect("it is text")
}

/// Nothing of the source steers a terminal.
pub fn harmless(text: &str) {
    let raw = text.chars().find(|&each| {
        (each.is_control() && each != '\n')
            || matches!(each, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    });
    assert_eq!(raw, None, "in {text:?}");
}
