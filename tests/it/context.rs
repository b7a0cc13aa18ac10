//! What is reported and what is only read: the project around the named paths.

use std::fs;
use std::path::{Path, PathBuf};

use leaklint::driver::{CheckOptions, Outcome, check};
use tempfile::TempDir;

/// `close.js` empties what `open.js` fills, and `main.js` is why that happens often.
const FILES: &[(&str, &str)] = &[
    ("store.js", "exports.open = new Map();\nexports.seen = new Map();\n"),
    (
        "open.js",
        "const { open, seen } = require(\"./store\");\nexports.add = (req) => {\n  open.set(req.url, 1);\n  seen.set(req.url, 1);\n};\n",
    ),
    (
        "close.js",
        "const { open } = require(\"./store\");\nexports.remove = (req) => open.delete(req.url);\n",
    ),
    (
        "main.js",
        "const { add } = require(\"./open\");\nconst { remove } = require(\"./close\");\nrequire(\"http\").createServer((req, res) => {\n  add(req);\n  remove(req);\n  process.on(\"exit\", () => res.end());\n});\n",
    ),
];

fn project(extra: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    let sources = FILES.iter().map(|(path, text)| (format!("app/src/{path}"), *text));
    let extra = extra.iter().map(|(path, text)| ((*path).to_owned(), *text));
    for (path, text) in sources.chain(extra) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn checked(folder: &Path, current: &str, paths: &[&str]) -> Outcome {
    let paths = paths.iter().map(PathBuf::from).collect();
    check(&CheckOptions::new(paths, folder.join(current))).unwrap()
}

/// Findings as `file:line rule`, and how many files were read for context.
fn said(outcome: &Outcome) -> (Vec<String>, usize) {
    let findings = outcome.diagnostics.iter().map(|diagnostic| {
        let file = &outcome.files[diagnostic.primary.place.file.index()];
        let line = file.source().lines().line(diagnostic.primary.place.span.start) + 1;
        format!("{}:{line} {}", file.shown(), diagnostic.rule)
    });
    let context = outcome.files.iter().filter(|file| file.is_context).count();
    (findings.collect(), context)
}

const APPLICATION: (&str, &str) = (
    "app/package.json",
    r#"{ "private": true, "scripts": { "start": "node src/main.js" } }"#,
);

#[test]
fn a_named_file_is_judged_within_its_project_from_any_folder() {
    let folder = project(&[APPLICATION, ("other/x.js", "")]);
    for (current, path, shown) in [
        ("app", "src/open.js", "src/open.js"),
        ("app/src", "open.js", "open.js"),
        ("", "app/src/open.js", "app/src/open.js"),
    ] {
        let outcome = checked(folder.path(), current, &[path]);
        assert_eq!(
            said(&outcome),
            (vec![format!("{shown}:4 unbounded-cache")], 3),
            "{path} in {current:?}"
        );
    }
    let outcome = checked(folder.path(), "other", &["../app/src/main.js"]);
    let absolute = folder.path().join("app/src/main.js").display().to_string();
    assert_eq!(said(&outcome), (vec![format!("{absolute}:6 unremoved-listener")], 3));
}

#[test]
fn named_folders_are_judged_likewise() {
    let folder = project(&[APPLICATION, ("app/lib/y.js", "process.on(\"exit\", () => {});\n")]);
    assert_eq!(said(&checked(folder.path(), "app", &["lib"])), (vec![], 4));
    assert_eq!(said(&checked(folder.path(), "app/lib", &["."])), (vec![], 4));
    let (findings, context) = said(&checked(folder.path(), "app", &["."]));
    assert_eq!((findings.len(), context), (2, 0));
}

#[test]
fn without_a_project_nothing_else_is_read() {
    let folder = project(&[]);
    assert_eq!(said(&checked(folder.path(), "app/src", &["close.js"])).1, 0);
    let folder = project(&[(".git/HEAD", "")]);
    assert_eq!(said(&checked(folder.path(), "app/src", &["close.js"])).1, 3);
    let folder = project(&[("package.json", "{}"), ("app/.git/HEAD", "")]);
    assert_eq!(said(&checked(folder.path(), "app/src", &["close.js"])).1, 3);
    let mut options = CheckOptions::new(vec![PathBuf::from("close.js")], folder.path().join("app/src"));
    options.context = false;
    assert_eq!(said(&check(&options).unwrap()).1, 0);
}

#[test]
fn a_member_is_judged_within_its_workspace() {
    let kit = ("kit/package.json", r#"{ "name": "kit" }"#);
    let with = |root: (&'static str, &'static str)| {
        let folder = project(&[APPLICATION, kit, ("kit/k.js", ""), root]);
        said(&checked(folder.path(), "kit", &["k.js"])).1
    };
    assert_eq!(with(("package.json", r#"{ "workspaces": ["app", "kit"] }"#)), 4);
    assert_eq!(with(("pnpm-workspace.yaml", "packages:\n  - kit\n  - app\n")), 4);
    assert_eq!(with(("package.json", r#"{ "workspaces": ["app"] }"#)), 0);
    assert_eq!(with(("package.json", "{}")), 0);
}

#[test]
fn what_is_wrong_with_context_is_nobodys_problem() {
    let folder = project(&[APPLICATION, ("app/src/broken.js", "let = {;")]);
    let outcome = checked(folder.path(), "app", &["src/open.js"]);
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
    let outcome = checked(folder.path(), "app", &["."]);
    assert_eq!(outcome.problems.len(), 1);
}
