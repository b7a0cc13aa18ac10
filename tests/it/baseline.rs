//! The baseline: what survives which change, and what the three commands do.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

fn leaklint(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
    command
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

fn out(folder: &Path, arguments: &[&str]) -> String {
    String::from_utf8(leaklint(folder, arguments).stdout).unwrap()
}

fn said(folder: &Path, arguments: &[&str]) -> String {
    String::from_utf8(leaklint(folder, arguments).stderr).unwrap()
}

/// The lines that are reported.
fn lines(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let arguments: Vec<&str> = ["check", "--format", "concise"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    let place = |line: &str| line.split(": ").next().unwrap_or_default().to_owned();
    out(folder, &arguments).lines().map(place).collect()
}

const SERVER: &str = "const seen = new Map();
function handle(req) {
  seen.set(req.url, 1);
}
require('http').createServer(handle);
";

fn repository() -> TempDir {
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for name in ["a.js", "b.js"] {
        fs::write(folder.path().join(name), SERVER).unwrap();
    }
    folder
}

fn change(folder: &Path, from: &str, to: &str) {
    let path = folder.join("a.js");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn known_findings_are_not_reported_and_survive_moved_lines() {
    let folder = repository();
    let folder = folder.path();
    assert_eq!(lines(folder, &[]).len(), 2);
    assert_eq!(
        out(folder, &["baseline", "create"]),
        "wrote 2 findings to leaklint-baseline.json\n"
    );
    assert!(lines(folder, &[]).is_empty());
    assert_eq!(leaklint(folder, &["check"]).status.code(), Some(0));
    assert!(said(folder, &["check"]).contains("2 known findings in the baseline"));
    assert_eq!(lines(folder, &["--no-baseline"]).len(), 2);

    change(folder, "const seen", "// one\n// more\n\nconst other = 1;\nconst seen");
    change(folder, "  seen.set(req.url, 1);", "      seen.set( req.url,  1 );");
    assert!(lines(folder, &[]).is_empty(), "lines move, blanks change");
    change(
        folder,
        "seen.set( req.url,  1 );",
        "seen.set( req.url,  1 );\n      seen.set( req.url,  1 );",
    );
    assert_eq!(lines(folder, &[]), ["a.js:8:7"], "of two equal ones the second is new");
    change(folder, "handle", "answer");
    assert_eq!(lines(folder, &[]).len(), 2, "another function is another place");
}

#[test]
fn from_a_folder_below_and_from_elsewhere_the_same() {
    let folder = repository();
    let inner = folder.path().join("src/deep");
    fs::create_dir_all(&inner).unwrap();
    fs::write(inner.join("c.js"), SERVER).unwrap();
    out(&inner, &["baseline", "create", "../.."]);
    assert!(folder.path().join("leaklint-baseline.json").exists());
    assert!(lines(&inner, &[]).is_empty());
    assert!(lines(folder.path(), &["src/deep/c.js"]).is_empty());
    assert!(lines(folder.path().parent().unwrap(), &[folder.path().to_str().unwrap()]).is_empty());
}

#[test]
fn the_commands_only_ever_take_out() {
    let folder = repository();
    let folder = folder.path();
    out(folder, &["baseline", "create"]);
    let again = leaklint(folder, &["baseline", "create"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(
        String::from_utf8(again.stderr)
            .unwrap()
            .contains("there is a baseline already")
    );

    change(folder, "seen.set(req.url, 1);", "console.log(req.url);");
    fs::write(folder.join("c.js"), SERVER).unwrap();
    assert!(said(folder, &["check"]).contains("1 entry of the baseline without a finding"));
    let other = said(folder, &["check", "b.js"]);
    assert!(
        !other.contains("without a finding"),
        "a run over b.js knows nothing of a.js: {other}"
    );
    assert_eq!(
        out(folder, &["baseline", "update", "b.js"]),
        "took out 0 entries, 2 entries left in leaklint-baseline.json\n"
    );
    assert_eq!(
        out(folder, &["baseline", "update"]),
        "took out 1 entry, 1 entry left in leaklint-baseline.json\n"
    );
    assert_eq!(lines(folder, &[]), ["c.js:3:3"], "what is new is not absorbed");

    fs::remove_file(folder.join("b.js")).unwrap();
    assert_eq!(
        out(folder, &["baseline", "update"]),
        "took out 0 entries, 1 entry left in leaklint-baseline.json\n"
    );
    assert_eq!(
        out(folder, &["baseline", "prune"]),
        "took out 1 entry, 0 entries left in leaklint-baseline.json\n"
    );
}

#[test]
fn the_file_is_sorted_with_an_entry_a_line() {
    let folder = repository();
    out(folder.path(), &["baseline", "create"]);
    let text = fs::read_to_string(folder.path().join("leaklint-baseline.json")).unwrap();
    insta::assert_snapshot!("baseline", text);
}

#[test]
fn what_is_no_baseline_is_refused() {
    let folder = repository();
    for (text, reason) in [
        ("{", "is no baseline"),
        (r#"{ "version": 9, "findings": [] }"#, "is of version 9"),
    ] {
        fs::write(folder.path().join("leaklint-baseline.json"), text).unwrap();
        let output = leaklint(folder.path(), &["check"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8(output.stderr).unwrap().contains(reason), "{text}");
    }
    let output = leaklint(folder.path(), &["check", "--baseline", "nowhere.json"]);
    assert_eq!(output.status.code(), Some(2));
}
