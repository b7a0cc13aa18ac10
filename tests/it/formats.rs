//! Formats for other programs, each held against what its reader asks for.

use std::fs;
use std::path::Path;
use std::process::Command;

use leaklint::diagnostic::{Confidence, Severity};
use leaklint::report::{Format, github};
use serde_json::{Value, json};

use crate::report::{Sample, printed, sample};

const ALL: [Format; 10] = [
    Format::Concise,
    Format::Json,
    Format::Jsonl,
    Format::Sarif,
    Format::GitHub,
    Format::GitLab,
    Format::JUnit,
    Format::RdJson,
    Format::Html,
    Format::Statistics,
];

/// A sample with `count` copies of its finding.
fn many(count: usize) -> Sample {
    let mut sample = sample();
    sample.diagnostics = vec![sample.diagnostics[0].clone(); count];
    sample
}

/// Text that wants to be markup, a command or a control sequence, everywhere in a finding.
fn hostile() -> Sample {
    let mut sample = sample();
    let evil = "::error::x\r\n::set-output name=a::b%0A<script>alert(1)</script>\"'&]]>\u{1b}[31m\u{0}\u{ffff} | `";
    let diagnostic = &mut sample.diagnostics[0];
    diagnostic.message = evil.to_owned();
    diagnostic.help = evil.to_owned();
    diagnostic.primary.text = evil.to_owned();
    diagnostic.evidence[0].text = evil.to_owned();
    diagnostic.retains.as_mut().unwrap().links[0].what = evil.to_owned();
    sample.problems[0].path = evil.to_owned();
    sample.files[0] =
        leaklint::source::CheckedFile::with_text("a:b,c\n::error::<b>.js", sample.files[0].source().text());
    sample
}

fn follows(schema: &Value, document: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>
#[test]
fn gitlab_has_what_code_quality_asks_for() {
    let schema = json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": { "type": "string", "minLength": 1 },
                "check_name": { "type": "string", "minLength": 1 },
                "fingerprint": { "type": "string", "minLength": 1 },
                "severity": { "enum": ["info", "minor", "major", "critical", "blocker"] },
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": { "type": "string", "not": { "pattern": "^\\./" } },
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": { "begin": { "type": "integer", "minimum": 1 }, "end": { "type": "integer" } }
                        }
                    }
                }
            }
        }
    });
    for sample in [many(3), hostile(), many(0)] {
        let document: Value = serde_json::from_str(&printed(&sample, Format::GitLab)).unwrap();
        follows(&schema, &document);
    }
    let document: Value = serde_json::from_str(&printed(&many(3), Format::GitLab)).unwrap();
    let mut prints: Vec<&str> = document
        .as_array()
        .unwrap()
        .iter()
        .map(|each| each["fingerprint"].as_str().unwrap())
        .collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), 3, "equal findings have fingerprints of their own");
    assert_eq!(document[0]["severity"], "critical");
}

/// <https://github.com/reviewdog/reviewdog/blob/master/proto/rdf/reviewdog.proto>
#[test]
fn rdjson_has_what_reviewdog_asks_for() {
    let position = json!({
        "type": "object", "required": ["line"], "additionalProperties": false,
        "properties": { "line": { "type": "integer", "minimum": 1 }, "column": { "type": "integer", "minimum": 1 } }
    });
    let location = json!({
        "type": "object", "required": ["path"], "additionalProperties": false,
        "properties": {
            "path": { "type": "string" },
            "range": { "type": "object", "required": ["start"], "properties": { "start": position, "end": position } }
        }
    });
    let schema = json!({
        "type": "object", "required": ["diagnostics"], "additionalProperties": false,
        "properties": {
            "source": { "type": "object", "required": ["name"] },
            "diagnostics": { "type": "array", "items": {
                "type": "object", "required": ["message", "location"], "additionalProperties": false,
                "properties": {
                    "message": { "type": "string" },
                    "location": location,
                    "severity": { "enum": ["UNKNOWN_SEVERITY", "ERROR", "WARNING", "INFO"] },
                    "code": { "type": "object", "required": ["value"] },
                    "relatedLocations": { "type": "array", "items": {
                        "type": "object", "required": ["location"], "additionalProperties": false,
                        "properties": { "message": { "type": "string" }, "location": location }
                    } }
                }
            } }
        }
    });
    for sample in [many(2), hostile(), many(0)] {
        let document: Value = serde_json::from_str(&printed(&sample, Format::RdJson)).unwrap();
        follows(&schema, &document);
    }
}

/// The form that Jenkins, GitLab and GitHub's readers share: suites of cases, each with at most one failure or error.
#[test]
fn junit_is_a_suite_whose_counts_are_right() {
    for (sample, failures) in [(many(3), 1), (hostile(), 1), (many(0), 0)] {
        let text = printed(&sample, Format::JUnit);
        let document = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let suite = document
            .descendants()
            .find(|node| node.has_tag_name("testsuite"))
            .unwrap();
        let count = |name| suite.descendants().filter(|node| node.has_tag_name(name)).count();
        let said = |name: &str| suite.attribute(name).unwrap().parse::<usize>().unwrap();
        assert_eq!(
            (said("tests"), said("failures"), said("errors")),
            (count("testcase"), count("failure"), count("error"))
        );
        assert_eq!(said("failures"), failures);
        assert!(
            suite
                .descendants()
                .filter(|node| node.has_tag_name("testcase"))
                .all(|case| {
                    case.attribute("name").is_some_and(|name| !name.is_empty()) && case.attribute("classname").is_some()
                })
        );
    }
    let mut clean = many(0);
    clean.problems.clear();
    assert!(printed(&clean, Format::JUnit).contains("<testcase name=\"leaklint\" classname=\"leaklint\""));
}

#[test]
fn github_shows_ten_of_a_kind_the_errors_and_the_surest_first() {
    let mut sample = many(24);
    for (index, diagnostic) in sample.diagnostics.iter_mut().enumerate() {
        if index < 12 {
            diagnostic.severity = Severity::Warning;
        }
        if index % 2 == 0 {
            diagnostic.confidence = Confidence::Medium;
        }
    }
    let text = printed(&sample, Format::GitHub);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 22, "{text}");
    assert!(lines[..10].iter().all(|line| line.starts_with("::error file=")));
    assert!(
        lines[..6].iter().all(|line| line.contains("(confidence%3A high)"))
            && lines[6].contains("(confidence%3A medium)")
    );
    assert_eq!(lines[10], "2 more errors without an annotation");
    assert!(lines[11].starts_with("::warning file=src/list [id].js,line=4,col=24,endLine=4,"));
    assert_eq!(lines[21], "2 more warnings without an annotation");
}

#[test]
fn nothing_in_a_project_becomes_a_command_or_markup() {
    let sample = hostile();
    let text = printed(&sample, Format::GitHub);
    assert_eq!(text.lines().count(), 1, "one command: {text}");
    let properties = text.strip_prefix("::error ").unwrap().split("::").next().unwrap();
    assert!(properties.starts_with("file=a%3Ab%2Cc"), "{properties}");
    let page = printed(&sample, Format::Html);
    assert!(!page.contains("<script") && !page.contains("<b>.js"), "{page}");
    assert!(
        !page.contains("http://") && !page.contains("https://"),
        "the page needs no network"
    );
    let mut summary = Vec::new();
    github::write_summary(&sample.report(), &mut summary).unwrap();
    let summary = String::from_utf8(summary).unwrap();
    assert_eq!(summary.lines().count(), 5, "a row a finding: {summary}");
    assert!(!summary.contains("<script"), "{summary}");
    for format in ALL {
        let printed = printed(&sample, format);
        assert!(!printed.contains(['\u{1b}', '\u{0}']), "{format:?}: {printed}");
    }
}

#[test]
fn jsonl_is_an_object_a_line() {
    let text = printed(&many(2), Format::Jsonl);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let types: Vec<&str> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!(
        types,
        ["finding", "finding", "problem", "problem", "problem", "summary"]
    );
    assert_ne!(lines[0]["fingerprint"], lines[1]["fingerprint"]);
    assert_eq!(lines[5]["findings"], 2);
}

#[test]
fn the_page_shows_code_proof_and_path() {
    let page = printed(&sample(), Format::Html);
    for wanted in [
        "<li class=\"long\">pool</li>",
        "<li class=\"gap\"><code>release</code> is missed on a way out</li>",
        "<figcaption>src/db.js</figcaption>",
        "<b>3</b> may reject, and nothing releases <code>client</code> then",
        "<div class=\"here\"><i>4</i>",
        "prefers-color-scheme: dark",
        "@media print",
        "src/bad.js",
    ] {
        assert!(page.contains(wanted), "no {wanted} in\n{page}");
    }
    let empty = printed(&many(0), Format::Html);
    assert!(empty.contains("Nothing was found."));
}

#[test]
fn statistics_count_by_rule_and_confidence() {
    let mut sample = many(3);
    sample.diagnostics[0].confidence = Confidence::Low;
    let text = printed(&sample, Format::Statistics);
    assert_eq!(
        text,
        "    all    high  medium     low  rule\n      3       2       0       1  unreleased-connection\n"
    );
}

/// Several reports of one run, one of them on standard output; GitHub's summary is added to.
#[test]
fn one_run_writes_several_reports() {
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    let leak = "const seen = new Map();\nrequire('http').createServer((req) => { seen.set(req.url, 1); });\n";
    fs::write(folder.path().join("a.js"), leak).unwrap();
    fs::write(folder.path().join("step.md"), "before\n").unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
        command
            .args(arguments)
            .current_dir(folder.path())
            .env("GITHUB_STEP_SUMMARY", folder.path().join("step.md"));
        command.output().unwrap()
    };
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let output = run(&[
        "check",
        "--format",
        "github",
        "--quiet",
        "--output",
        "sarif=a.sarif",
        "--output",
        "html=a.html",
        "--output",
        "pretty=a.txt",
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("::warning file=a.js,line=2,col=41,"));
    assert!(read("a.sarif").contains("\"ruleId\": \"unbounded-cache\""));
    assert!(read("a.html").starts_with("<!doctype html>") && read("a.txt").contains("unbounded-cache"));
    assert!(
        read("step.md").starts_with("before\n## leaklint\n")
            && read("step.md").contains("| a.js:2 | unbounded-cache |")
    );
    let output = run(&["check", "--output", "sarif=no/such/folder"]);
    assert_eq!(output.status.code(), Some(2));
    let output = run(&["check", "--output", "sarf=x"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean `sarif`?"));
    assert!(Path::new(&folder.path().join("a.sarif")).exists());
}
