//! Formats, over findings made by hand.

use std::path::Path;

use leaklint::diagnostic::{
    Confidence, Diagnostic, FileId, Held, Label, Place, Problem, ProblemKind, RetainingPath, RuleInfo, Severity,
};
use leaklint::facts::ids::Span;
use leaklint::report::fingerprint::line_hashes;
use leaklint::report::pretty::Style;
use leaklint::report::{Format, Report, summary, write};
use leaklint::source::{CheckedFile, Position};

pub const RULES: &[RuleInfo] = &[RuleInfo {
    id: "unreleased-connection",
    summary: "A connection is not given back on some way out",
    severity: Severity::Error,
    precision: Confidence::High,
    tags: &["resource-leak", "external/cwe/cwe-772"],
    page: "# unreleased-connection\n\nA pool lends a connection and gets it back only when somebody says so.\n",
}];

const HANDLER: &str = "const { pool } = require('./db');

async function list(req, res) {
  const client = await pool.connect();
  const rows = await client.query('select 1');
  client.release();
  res.json(rows);
}

module.exports = list;
";

const DATABASE: &str = "const { Pool } = require('pg');\nexports.pool = new Pool({ max: 10 });\n";

pub struct Sample {
    pub files: Vec<CheckedFile>,
    pub diagnostics: Vec<Diagnostic>,
    pub problems: Vec<Problem>,
}

impl Sample {
    pub fn report(&self) -> Report<'_> {
        Report {
            diagnostics: &self.diagnostics,
            files: &self.files,
            problems: &self.problems,
            rules: RULES,
            root: Path::new("/repo with space"),
            below_confidence: 2,
            suppressed: 0,
            known: 0,
            gone: 0,
            older: 0,
            fixes: &[],
            pages: None,
        }
    }
}

/// The place of a snippet in a file of the sample.
fn place(files: &[CheckedFile], file: u32, snippet: &str) -> Place {
    let start = files[file as usize]
        .source()
        .text()
        .find(snippet)
        .expect("the snippet is there") as u32;
    Place {
        file: FileId(file),
        span: Span::new(start, start + snippet.len() as u32),
    }
}

/// Two files, one finding over both, and a file of each sort of trouble.
pub fn sample() -> Sample {
    let files = vec![
        CheckedFile::with_text("src/list [id].js", HANDLER),
        CheckedFile::with_text("src/db.js", DATABASE),
    ];
    let diagnostic = Diagnostic {
        remedy: None,
        rule: "unreleased-connection",
        severity: Severity::Error,
        confidence: Confidence::High,
        message: "`client` is not released when the query rejects".to_owned(),
        primary: Label::new(place(&files, 0, "pool.connect()"), "acquired here"),
        evidence: vec![
            Label::new(
                place(&files, 1, "new Pool({ max: 10 })"),
                "the pool `pool[0]` lives as long as the process",
            ),
            Label::new(
                place(&files, 0, "async function list(req, res) {\n"),
                "runs for every request",
            ),
            Label::new(
                place(&files, 0, "client.query('select 1')"),
                "may reject, and nothing releases `client` then",
            ),
        ],
        help: "release `client` in a `finally`".to_owned(),
        symbol: "list".to_owned(),
        retains: Some(RetainingPath {
            links: vec![Held::new("pool", None), Held::new("connection", None)],
            gap: "`release` is missed on a way out".to_owned(),
        }),
    };
    let problem = |path: &str, kind, message: &str, place| Problem {
        path: path.to_owned(),
        kind,
        message: message.to_owned(),
        place,
    };
    let problems = vec![
        problem(
            "src/bad.js",
            ProblemKind::Syntax,
            "expected `)`",
            Some(Position { line: 3, column: 7 }),
        ),
        problem("src/slow.ts", ProblemKind::TimedOut, "given up after 5 s", None),
        problem("src/x.min.js", ProblemKind::Skipped, "minified", None),
    ];
    Sample {
        files,
        diagnostics: vec![diagnostic],
        problems,
    }
}

pub fn printed(sample: &Sample, format: Format) -> String {
    let mut out = Vec::new();
    write(format, &sample.report(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const PRETTY: Format = Format::Pretty(Style {
    color: false,
    width: 100,
    has_links: false,
});

#[test]
fn pretty_shows_the_proof_over_two_files() {
    insta::assert_snapshot!("pretty", printed(&sample(), PRETTY));
}

#[test]
fn concise_is_one_line() {
    insta::assert_snapshot!("concise", printed(&sample(), Format::Concise));
}

#[test]
fn json_carries_everything() {
    insta::assert_snapshot!("json", printed(&sample(), Format::Json));
}

#[test]
fn the_summary_names_what_was_not_analysed() {
    for (name, verbose) in [("summary", false), ("summary_verbose", true)] {
        let mut out = Vec::new();
        summary::write(&sample().report(), verbose, &mut out).unwrap();
        insta::assert_snapshot!(name, String::from_utf8(out).unwrap());
    }
}

/// A sample with one file and one label on the first `snippet` of it.
fn single(path: &str, text: &str, snippet: &str) -> Sample {
    let files = vec![CheckedFile::with_text(path, text)];
    let mut sample = sample();
    sample.diagnostics[0].primary.place = place(&files, 0, snippet);
    sample.diagnostics[0].evidence.clear();
    sample.files = files;
    sample
}

#[test]
fn a_label_inside_another_is_drawn_beside_it() {
    let mut sample = single(
        "a.js",
        "process.on('exit', () => this.flush());\n",
        "process.on('exit', () => this.flush())",
    );
    let inner = |snippet, text| Label::new(place(&sample.files, 0, snippet), text);
    let evidence = vec![inner("on", "the holder"), inner("() =>", "what is kept")];
    sample.diagnostics[0].evidence = evidence;
    insta::assert_snapshot!("overlapping", printed(&sample, PRETTY));
}

#[test]
fn a_minified_line_is_cut_and_keeps_its_column() {
    let text = format!("{}leak(){}", "a;".repeat(100_000), "b;".repeat(1_000_000));
    let pretty = printed(&single("bundle.js", &text, "leak()"), PRETTY);
    assert!(pretty.contains("bundle.js:1:200001"), "{pretty}");
    assert!(pretty.lines().all(|line| line.chars().count() < 260), "{pretty}");
    assert!(pretty.contains("…a;") && pretty.contains("leak()b;"), "{pretty}");
}

#[test]
fn terminal_escapes_and_direction_marks_never_reach_the_terminal() {
    let text = "x('\u{1b}[31m\u{7}\u{202e}evil\u{2066}', 1);\tleak();\n";
    let mut sample = single("src/\u{1b}[2J\u{202e}.js", text, "leak()");
    sample.diagnostics[0].message = "`\u{1b}]0;title\u{7}` grows".to_owned();
    sample.diagnostics[0].help = "look\u{9b}here".to_owned();
    sample.problems[0].message = "\u{1b}c".to_owned();
    let mut out = printed(&sample, PRETTY) + &printed(&sample, Format::Concise);
    let mut summary = Vec::new();
    summary::write(&sample.report(), true, &mut summary).unwrap();
    out += &String::from_utf8(summary).unwrap();
    let harmful = |each: char| (each.is_control() && each != '\n') || ('\u{202a}'..='\u{2069}').contains(&each);
    assert!(!out.contains(harmful), "{out:?}");
    assert!(out.contains('\u{241b}'), "the escape is shown as its picture: {out}");
}

#[test]
fn a_file_that_changed_since_does_not_break_a_format() {
    let mut sample = single("gone.js", "leak();\n", "leak()");
    sample.files = vec![CheckedFile::with_text("gone.js", "é")];
    sample.diagnostics[0].primary.place.span = Span::new(1, 900);
    for format in [PRETTY, Format::Concise, Format::Json, Format::Sarif] {
        assert!(printed(&sample, format).contains("gone.js"));
    }
    sample.files = vec![CheckedFile::with_text("gone.js", "")];
    for format in [PRETTY, Format::Concise, Format::Json, Format::Sarif] {
        assert!(printed(&sample, format).contains("gone.js"));
    }
}

/// Vectors of the format: github/codeql-action, `src/fingerprints.test.ts`.
#[test]
fn line_hashes_are_those_of_code_scanning() {
    assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
    assert_eq!(
        line_hashes(" a\nb\n  \t\tc\n d"),
        [
            "271789c17abda88f:1",
            "54703d4cd895b18:1",
            "180aee12dab6264:1",
            "a23a3dc5e078b07b:1"
        ]
    );
    let greeting = [
        "e9496ae3ebfced30:1",
        "fb7c023a8b9ccb3f:1",
        "ce8ba1a563dcdaca:1",
        "e20e36e16fcb0cc8:1",
        "b3edc88f2938467e:1",
        "c8e28b0b4002a3a0:1",
        "c129715d7a2bc9a3:1",
    ];
    for text in [
        " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n",
        " hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r",
        " hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n",
        " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
    ] {
        assert_eq!(line_hashes(text), greeting, "{text:?}");
    }
    assert_eq!(
        line_hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10)),
        [
            "a7f2ff13bc495cf2:1",
            "a7f2ff13bc495cf2:2",
            "a7f2ff13bc495cf2:3",
            "a7f2ff13bc495cf2:4",
            "a7f2ff13bc495cf2:5",
            "a7f2ff13bc495cf2:6",
            "a7f2ff1481e87703:1",
            "a9cf91f7bbf1862b:1",
            "55ec222b86bcae53:1",
            "cc97dc7b1d7d8f7b:1",
            "c129715d7a2bc9a3:1",
        ]
    );
}
