//! `--fix` that is killed, and twice at once: a file is as it was or as it should be, never half of it.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::run::{leaklint, wait};
use crate::support::package_root;

const FILES: usize = 12;

/// The text before its fix and after it.
fn texts() -> [String; 2] {
    let case = package_root().join("fixtures/fixes/finally-moves-the-release");
    ["before.js", "fixed.js"].map(|name| fs::read_to_string(case.join(name)).unwrap())
}

fn fix(folder: &Path) -> Child {
    let mut command = leaklint(folder);
    command.args(["check", "--no-context", "--no-cache", "--fix", "."]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// What the files say, which are all there and nothing beside them but what begins with a dot.
fn contents(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut paths: Vec<_> = entries
        .filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."))
        .map(|entry| entry.path())
        .collect();
    paths.sort_unstable();
    assert_eq!(paths.len(), FILES, "{paths:?}");
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn a_fix_that_is_killed_or_made_twice_leaves_whole_files() {
    let [before, fixed] = texts();
    let folder = TempDir::new().unwrap();
    for index in 0..FILES {
        fs::write(folder.path().join(format!("f{index:02}.js")), &before).unwrap();
    }
    for milliseconds in [0, 10, 30, 60, 100, 150, 200, 300, 400, 600] {
        let mut run = fix(folder.path());
        std::thread::sleep(Duration::from_millis(milliseconds));
        // It may be done by now.
        let _ = run.kill();
        run.wait().unwrap();
        let contents = contents(folder.path());
        assert!(contents.iter().all(|text| *text == before || *text == fixed));
    }
    for index in 0..FILES {
        fs::write(folder.path().join(format!("f{index:02}.js")), &before).unwrap();
    }
    let mut runs = [fix(folder.path()), fix(folder.path()), fix(folder.path())];
    for run in &mut runs {
        // Whoever finds that a file changed meanwhile leaves it and says so.
        let (code, hung) = wait(run);
        assert!(!hung && matches!(code, Some(0..=2)), "{code:?}");
    }
    assert!(contents(folder.path()).iter().all(|text| *text == fixed));
}
