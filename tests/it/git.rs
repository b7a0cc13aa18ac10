//! What git has staged, and what changed since a commit, in real repositories: the options that README.md shows under
//! "What changed".

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const STORE: &str = "exports.seen = new Map();\nexports.other = new Map();\n";
const SERVER: &str = "const { seen } = require('./store');
require('http').createServer((req) => {
  seen.set(req.url, 1);
});
";
const SWEEP: &str = "const { seen } = require('./store');\nsetInterval(() => seen.clear(), 1000);\n";
const LEAK: &str = "const { other } = require('./store');
require('http').createServer((req) => {
  other.set(req.url, 1);
});
";

/// A repository with one commit of these files.
fn repository(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    git(folder.path(), &["init", "-q", "-b", "main"]);
    write(folder.path(), files);
    commit(folder.path(), "first");
    folder
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn commit(folder: &Path, message: &str) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "--no-verify", "-m", message]);
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args([
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.com",
        "-c",
        "commit.gpgsign=false",
    ]);
    // A hook that runs these tests has its own repository in the environment.
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn leaklint(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    command
        .arg("check")
        .args(["--format", "concise"])
        .args(arguments)
        .current_dir(folder);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// The places that are reported.
fn places(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let output = leaklint(folder, arguments, "");
    assert!(
        output.status.code().is_some_and(|code| code < 2),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| line.split(": ").next().unwrap().to_owned())
        .collect()
}

#[test]
fn staged_files_are_linted_as_they_are_staged() {
    let folder = repository(&[("store.js", STORE), ("sweep.js", SWEEP), ("old.js", LEAK)]);
    let folder = folder.path();
    let output = leaklint(folder, &["--staged"], "");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "nothing to lint is staged\n");

    write(folder, &[("server.js", LEAK)]);
    assert!(places(folder, &["--staged"]).is_empty(), "it is not staged");
    git(folder, &["add", "server.js"]);
    assert_eq!(places(folder, &["--staged"]), ["server.js:3:3"], "old.js is not staged");
    // The work tree goes on; the index counts, in what is linted and in what is only read.
    write(folder, &[("server.js", "")]);
    assert_eq!(places(folder, &["--staged"]), ["server.js:3:3"]);
    write(folder, &[("server.js", SERVER)]);
    git(folder, &["add", "server.js"]);
    fs::remove_file(folder.join("sweep.js")).unwrap();
    assert!(
        places(folder, &["--staged"]).is_empty(),
        "the index still has what empties the container"
    );
    git(folder, &["add", "-A"]);
    assert_eq!(places(folder, &["--staged"]), ["server.js:3:3"]);
    write(folder, &[("sweep.js", SWEEP)]);
    assert_eq!(
        places(folder, &["--staged"]),
        ["server.js:3:3"],
        "what is not tracked is not there"
    );
}

#[test]
fn staged_obeys_the_configuration_and_the_folder() {
    let folder = repository(&[("store.js", STORE)]);
    let folder = folder.path();
    write(
        folder,
        &[(
            "a/x.js",
            "const { other } = require('../store');\nrequire('http').createServer((r) => {\n  other.set(r.url, 1);\n});\n",
        )],
    );
    write(
        folder,
        &[(
            "gen/y.js",
            "const s = new Map();\nrequire('http').createServer((r) => {\n  s.set(r.url, 1);\n});\n",
        )],
    );
    write(folder, &[("leaklint.json", r#"{ "exclude": ["gen"] }"#)]);
    git(folder, &["add", "-A"]);
    assert_eq!(places(folder, &["--staged"]), ["a/x.js:3:3"]);
    assert_eq!(places(&folder.join("a"), &["--staged"]), ["x.js:3:3"]);
    assert_eq!(places(folder, &["--staged", "gen"]), [""; 0]);
    // An exclusion that is not staged does not count yet.
    git(folder, &["rm", "-q", "--cached", "leaklint.json"]);
    assert_eq!(places(folder, &["--staged"]), ["a/x.js:3:3", "gen/y.js:3:3"]);
}

#[test]
fn since_reports_what_a_change_touches() {
    let folder = repository(&[("store.js", STORE), ("old.js", LEAK)]);
    let folder = folder.path();
    assert!(places(folder, &["--since", "HEAD"]).is_empty());
    write(folder, &[("server.js", SERVER)]);
    assert_eq!(
        places(folder, &["--since", "HEAD"]),
        ["server.js:3:3"],
        "untracked files are new"
    );
    commit(folder, "second");
    assert!(places(folder, &["--since", "HEAD"]).is_empty());
    assert_eq!(places(folder, &["--since", "HEAD~1"]), ["server.js:3:3"]);
    // Lines move; the finding is the same, and none of its steps changed.
    write(folder, &[("server.js", &format!("// one\n// two\n{SERVER}"))]);
    assert!(places(folder, &["--since", "HEAD"]).is_empty());
    assert_eq!(
        places(folder, &["--since", "HEAD", "--since-scope", "file"]),
        ["server.js:5:3"]
    );
    // A step in another file.
    write(
        folder,
        &[("store.js", "exports.seen = new Map([]);\nexports.other = new Map();\n")],
    );
    assert_eq!(
        places(folder, &["--since", "HEAD"]),
        ["server.js:5:3"],
        "where the container is made"
    );
}

#[test]
fn since_reports_what_a_deleted_release_left() {
    let folder = repository(&[
        ("store.js", STORE),
        ("sweep.js", SWEEP),
        ("server.js", SERVER),
        ("old.js", LEAK),
    ]);
    let folder = folder.path();
    assert_eq!(places(folder, &[]), ["old.js:3:3"]);
    fs::remove_file(folder.join("sweep.js")).unwrap();
    assert_eq!(
        places(folder, &["--since", "HEAD"]),
        ["server.js:3:3"],
        "no line of the proof changed"
    );
    write(folder, &[("sweep.js", "const { seen } = require('./store');\n")]);
    assert_eq!(places(folder, &["--since", "HEAD"]), ["server.js:3:3"]);
    let said = leaklint(folder, &["--since", "HEAD"], "");
    assert!(String::from_utf8_lossy(&said.stderr).contains("1 finding older than the changes"));
}

#[test]
fn since_counts_from_where_the_branch_left() {
    let folder = repository(&[("store.js", STORE)]);
    let folder = folder.path();
    git(folder, &["checkout", "-q", "-b", "feature"]);
    write(folder, &[("server.js", SERVER)]);
    commit(folder, "feature");
    git(folder, &["checkout", "-q", "main"]);
    write(folder, &[("old.js", LEAK)]);
    commit(folder, "elsewhere");
    git(folder, &["checkout", "-q", "feature"]);
    assert_eq!(places(folder, &["--since", "main"]), ["server.js:3:3"]);
    fs::create_dir(folder.join("sub")).unwrap();
    assert_eq!(places(&folder.join("sub"), &["--since", "main", ".."]).len(), 1);
}

#[test]
fn what_git_cannot_say_is_an_error() {
    let folder = repository(&[("store.js", STORE)]);
    for arguments in [&["--since", "nowhere"], &["--since", "--output=x"]] {
        assert_eq!(
            leaklint(folder.path(), arguments, "").status.code(),
            Some(2),
            "{arguments:?}"
        );
    }
    let none = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    let output = leaklint(none.path(), &["--staged"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("not a git repository"));
}

#[test]
fn standard_input_is_the_content_of_a_file() {
    let folder = repository(&[("store.js", STORE), ("server.js", "")]);
    let run = |name: &str, text: &str| {
        let output = leaklint(folder.path(), &["--stdin", "--stdin-filename", name], text);
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run("server.js", SERVER).starts_with("server.js:3:3: unbounded-cache"));
    assert!(run("src/../new.js", SERVER).starts_with("new.js:3:3: unbounded-cache"));
    assert_eq!(run("server.js", ""), "");
    let output = leaklint(folder.path(), &["--stdin"], "");
    assert_eq!(output.status.code(), Some(2));
}
