//! What is printed of hostile names and texts: nothing that steers a terminal or a runner, and no more than people read.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use leaklint::diagnostic::{FileId, Held, Label, Place};
use leaklint::facts::ids::Span;
use leaklint::report::Format;
use leaklint::report::pretty::Style;
use leaklint::source::CheckedFile;

use super::LEAK;
use super::fuzz::outcome::{MAX_FINDING, steers};
use super::run::{Ran, leaklint, ran};
use crate::report::{Sample, printed as printed_sample, sample};

const FORMATS: [&str; 10] = [
    "pretty", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson", "html",
];

/// Formats of which each document is JSON.
const JSON: [&str; 4] = ["json", "sarif", "gitlab", "rdjson"];

fn folder() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap()
}

fn printed(folder: &Path, format: &str) -> Ran {
    let mut command = leaklint(folder);
    command.args(["check", "--no-context", "--verbose", "--format", format, "."]);
    let ran = ran(command);
    assert_eq!(ran.code, Some(1), "{format}: {}", ran.stderr());
    ran
}

#[test]
fn nothing_steers_a_terminal_or_commands_a_runner() {
    const HOSTILE: &str = "\u{1b}[31m\u{9b}2J\u{7}\u{202e}\u{2066}\u{200b}\u{e0041}##[error]##vso[a]";
    let folder = folder();
    let names = [
        "::error::m.js",
        " ::stop-commands::x.js",
        "m\u{1b}[2J\u{202e}.js",
        "m\n::error::n.js",
        "##[group].min.js",
    ];
    for name in names {
        fs::write(folder.path().join(name), LEAK).unwrap();
    }
    let event = LEAK.replace("message", HOSTILE);
    fs::write(folder.path().join("event.js"), &event).unwrap();
    let beside = LEAK.replace("  process", &format!("  /* {HOSTILE} */ process"));
    fs::write(folder.path().join("beside.js"), beside).unwrap();
    fs::write(folder.path().join("::broken.js"), format!("const {HOSTILE} = ;")).unwrap();
    let findings = names.len() - 1 + 2;
    for format in FORMATS {
        let ran = printed(folder.path(), format);
        for text in [ran.stdout(), ran.stderr()] {
            let raw: Vec<char> = text.chars().filter(|&each| steers(each)).collect();
            assert!(raw.is_empty(), "{format}: {raw:?}");
            let is_command = |line: &&str| line.trim_start().starts_with("::");
            let commands: Vec<&str> = text.lines().filter(is_command).collect();
            // Its findings are commands, and nothing else is.
            let is_own = |line: &&str| format == "github" && line.starts_with("::warning file=");
            assert!(commands.iter().all(is_own), "{format}: {commands:?}");
            assert!(commands.is_empty() || commands.len() == findings, "{commands:?}");
        }
        let is_for_people = ["pretty", "concise"].contains(&format);
        let commands = ["##[", "##vso["].iter().any(|command| ran.stdout().contains(command));
        assert!(!is_for_people || !commands, "{format}");
        if JSON.contains(&format) {
            let _: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
        }
    }
}

#[test]
fn a_finding_is_no_longer_than_people_read() {
    let one_line = LEAK.replace('\n', " ");
    let far = 70_000;
    let texts = [
        LEAK.replace("message", &"m".repeat(100_000)),
        LEAK.replace("response", &"r".repeat(100_000)),
        LEAK.replace("response", &"\u{20bb7}".repeat(20_000)),
        format!("/*{}*/ {one_line}", "a".repeat(far)),
        format!("/*{}*/ {one_line} /*{}*/", "\u{1f600}".repeat(far), "a".repeat(far)),
        one_line.replace("{ process", &format!("{{ /*{}*/ process", "a".repeat(far))),
    ];
    for (index, text) in texts.iter().enumerate() {
        let folder = folder();
        let path = folder.path().join("m.js");
        fs::write(&path, text).unwrap();
        for format in ["pretty", "concise"] {
            let mut command = leaklint(folder.path());
            command.args(["check", "--no-context", "--format", format, "m.js"]);
            let ran = ran(command);
            assert_eq!(ran.code, Some(1), "{index} {format}: {}", ran.stderr());
            let length = ran.stdout.len();
            assert!(length > 0 && length <= MAX_FINDING, "{index} {format}: {length}");
        }
    }
}

/// A finding whose proof has a step in each of `count` files with names of `name` bytes, and whose texts consist of `word`.
fn far_flung(count: u32, name: usize, word: &str) -> Sample {
    let mut sample = sample();
    let line = format!("const {word} = 1; // {}\n", word.repeat(60));
    let path = |index| format!("src/{}/{index}.js", "d".repeat(name));
    sample.files = (0..count)
        .map(|index| CheckedFile::with_text(&path(index), &line.repeat(5)))
        .collect();
    let start = line.len() as u32 * 2;
    let label = |file: u32, text: &str| {
        let span = Span::new(start, start + line.len() as u32 - 1);
        let place = Place {
            file: FileId(file),
            span,
        };
        Label::new(place, text)
    };
    let diagnostic = &mut sample.diagnostics[0];
    diagnostic.primary = label(0, word);
    diagnostic.evidence = (0..count).map(|file| label(file, &word.repeat(50))).collect();
    diagnostic.message = word.repeat(400);
    diagnostic.help = format!("{word} ").repeat(200);
    let path = diagnostic.retains.as_mut().unwrap();
    path.links = vec![Held::new(&word.repeat(100), None); count as usize];
    let bounded = sample.diagnostics.remove(0).bounded();
    sample.diagnostics.push(bounded);
    sample
}

#[test]
fn a_finding_over_many_files_is_no_longer_than_people_read() {
    for word in ["a", "\u{1f600}", "\u{1b}[31m", "wörter"] {
        for (count, name) in [(1, 10), (2, 40), (4, 100), (8, 1_000), (60, 10), (60, 4_000)] {
            let sample = far_flung(count, name, word);
            for width in [20, 80, 100, 10_000] {
                let style = Style {
                    color: false,
                    width,
                    has_links: false,
                };
                let text = printed_sample(&sample, Format::Pretty(style));
                assert!(
                    text.len() <= MAX_FINDING,
                    "{} bytes of {count} files\n{text}",
                    text.len()
                );
                assert!(text.contains("unreleased-connection"), "{text}");
                assert!(text.contains("help: "), "{text}");
                // Colours change nothing of what is told.
                let colored = printed_sample(&sample, Format::Pretty(Style { color: true, ..style }));
                let lines = |text: &str| text.lines().count();
                assert_eq!(lines(&text), lines(&colored), "{colored}");
            }
        }
    }
}

#[test]
fn steps_that_are_not_drawn_are_listed() {
    let mut sample = sample();
    let evidence = sample.diagnostics[0].evidence.clone();
    let text = "b".repeat(150);
    let elsewhere = Label::new(evidence[0].place, text.clone());
    sample.diagnostics[0].evidence = vec![elsewhere; 6];
    sample.diagnostics[0].evidence.push(evidence[1].clone());
    let style = Style {
        color: false,
        width: 100,
        has_links: false,
    };
    let printed = printed_sample(&sample, Format::Pretty(style));
    assert!(printed.len() <= MAX_FINDING, "{printed}");
    for number in 1..=6 {
        let listed = format!("{number}. {text} (src/db.js:2:16)");
        assert!(printed.contains(&listed), "no {listed} in\n{printed}");
    }
    assert!(printed.contains("╰── 7. runs for every request"), "{printed}");
}

#[test]
fn a_log_names_every_file_by_its_bytes() {
    let names: [&[u8]; 7] = [
        b"m\xff.js",
        b"m\xfe.js",
        b"m %#?.js",
        b"m\n.js",
        b"m:n.js",
        b"\xc3\xa9\\.js",
        b"::m.js",
    ];
    let folder = folder();
    for name in names {
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(name)), LEAK).unwrap();
    }
    let log: serde_json::Value = serde_json::from_slice(&printed(folder.path(), "sarif").stdout).unwrap();
    let mut found: Vec<Vec<u8>> = log["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| {
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
                .as_str()
                .unwrap()
        })
        .map(decoded)
        .collect();
    found.sort_unstable();
    let mut expected: Vec<Vec<u8>> = names.iter().map(|name| name.to_vec()).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

/// A URI's bytes, which has nothing but letters, digits, `-._~/` and escapes.
fn decoded(uri: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = uri.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap());
            rest = &after[2..];
        } else {
            assert!(first.is_ascii_alphanumeric() || b"-._~/".contains(&first), "{uri}");
            bytes.push(first);
            rest = after;
        }
    }
    bytes
}
