//! Runs that follow each other in one process: what is kept between them, and texts that stand in for files.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use leaklint::driver::memory::Memory;
use leaklint::driver::{self, CheckOptions, Outcome};
use leaklint::overlay::Overlay;
use tempfile::TempDir;

/// The route calls a helper of another file; whether that leaks is decided there.
const SERVER: &str = "import express from 'express';\nimport { watch } from './watch';\n\
                      const app = express();\napp.get('/', (req, res) => { watch(() => res.end()); });\n";
const LEAKS: &str = "export function watch(handler) {\n  process.on('SIGHUP', handler);\n}\n";
const RELEASES: &str =
    "export function watch(handler) {\n  process.on('SIGHUP', handler);\n  process.off('SIGHUP', handler);\n}\n";

struct Folder {
    // Not read, but the folder goes with it.
    _temporary: TempDir,
    options: CheckOptions,
    memory: Arc<Memory>,
}

impl Folder {
    fn new() -> Self {
        let temporary = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
        let path = temporary.path().canonicalize().unwrap();
        fs::write(path.join("package.json"), "{}").unwrap();
        fs::write(path.join("server.ts"), SERVER).unwrap();
        fs::write(path.join("watch.ts"), LEAKS).unwrap();
        Self {
            _temporary: temporary,
            options: CheckOptions::new(vec![path.clone()], path),
            memory: Arc::default(),
        }
    }

    fn path(&self) -> &Path {
        &self.options.current_dir
    }

    /// Puts a text in the place of a file.
    fn hold(&mut self, name: &str, text: &str) {
        self.options.overlay.insert(self.path().join(name), text.as_bytes());
    }

    fn run(&self) -> Outcome {
        driver::check_again(&self.options, &self.memory).unwrap()
    }

    /// File and line of the findings, the latter from 1.
    fn findings(&self) -> Vec<(String, u32)> {
        let outcome = self.run();
        let finding = |place: leaklint::diagnostic::Place| {
            let file = &outcome.files[place.file.index()];
            (file.shown().to_owned(), file.source().position(place.span.start).line)
        };
        outcome
            .diagnostics
            .iter()
            .map(|each| finding(each.primary.place))
            .collect()
    }
}

#[test]
fn a_run_lowers_what_changed_and_nothing_else() {
    let mut folder = Folder::new();
    assert_eq!(folder.findings(), [("watch.ts".to_owned(), 2)]);
    assert_eq!(folder.memory.lowered(), 2);
    assert_eq!(folder.findings().len(), 1);
    assert_eq!(folder.memory.lowered(), 2);
    folder.hold("watch.ts", RELEASES);
    assert_eq!(folder.findings(), []);
    assert_eq!(folder.memory.lowered(), 3);
    folder.options.overlay = Overlay::default();
    fs::write(folder.path().join("watch.ts"), format!("\n{LEAKS}")).unwrap();
    assert_eq!(folder.findings(), [("watch.ts".to_owned(), 3)]);
    assert_eq!(folder.memory.lowered(), 4);
}

#[test]
fn findings_are_those_of_a_run_that_remembers_nothing() {
    let mut folder = Folder::new();
    for text in [LEAKS, RELEASES, "export const watch = (handler) => {};", LEAKS] {
        folder.hold("watch.ts", text);
        let fresh = driver::check(&folder.options).unwrap();
        assert_eq!(folder.run().diagnostics, fresh.diagnostics, "{text}");
    }
}

#[test]
fn what_is_half_typed_keeps_its_last_whole_text() {
    let mut folder = Folder::new();
    folder.hold("watch.ts", &format!("\n\n{LEAKS}"));
    assert_eq!(folder.findings(), [("watch.ts".to_owned(), 4)]);
    folder.hold("watch.ts", &format!("\n\n{LEAKS}export function ("));
    assert_eq!(folder.findings(), [("watch.ts".to_owned(), 4)]);
    assert!(folder.run().problems.is_empty());
    // It is the last whole text that counts, not the first.
    folder.hold("watch.ts", RELEASES);
    assert_eq!(folder.findings(), []);
    folder.hold("watch.ts", &format!("{LEAKS}export function ("));
    assert_eq!(folder.findings(), []);
}

#[test]
fn a_text_that_is_not_saved_is_a_file() {
    let mut folder = Folder::new();
    let path = folder.path().join("new.ts");
    folder.hold(
        "new.ts",
        "import { watch } from './watch';\nsetInterval(() => watch(console.log), 10);\n",
    );
    folder.options.paths = vec![path];
    let outcome = folder.run();
    let named: Vec<&str> = outcome
        .files
        .iter()
        .filter(|file| !file.is_context)
        .map(|file| file.shown())
        .collect();
    assert_eq!(named, ["new.ts"]);
    assert_eq!(outcome.files.len(), 3);
}

#[test]
fn a_named_file_that_a_walk_leaves_out_may_be_left_out() {
    let mut folder = Folder::new();
    fs::write(folder.path().join(".gitignore"), "watch.ts\n").unwrap();
    folder.options.paths = vec![folder.path().join("watch.ts"), folder.path().join("server.ts")];
    let named = |folder: &Folder| folder.run().files.iter().filter(|file| !file.is_context).count();
    assert_eq!(named(&folder), 2);
    folder.options.force_exclude = true;
    assert_eq!(named(&folder), 1);
    folder.options.context = false;
    assert_eq!(named(&folder), 1);
}
