//! Which files a walk finds.

use std::fs;
use std::path::{Path, PathBuf};

use leaklint::overlay::Overlay;
use leaklint::walk::{Walk, WalkError, generated_reason, walk};
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn walked(folder: &Path, paths: &[&str]) -> Walk {
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    walk(&paths, folder, &Overlay::default(), 2).unwrap()
}

fn names(folder: &Path, walk: &Walk) -> Vec<String> {
    let name = |path: &Path| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
    walk.files.iter().map(|file| name(&file.disk)).collect()
}

fn reasons(walk: &Walk) -> Vec<(&str, &str)> {
    walk.problems
        .iter()
        .map(|problem| (problem.path.as_str(), problem.message.as_str()))
        .collect()
}

#[test]
fn sources_are_found_in_order_and_ignore_files_hold() {
    let folder = folder(&[
        ("z.js", ""),
        ("a.tsx", ""),
        ("b.d.ts", ""),
        ("c.css", ""),
        (".gitignore", "dist/\n"),
        (".leaklintignore", "vendor.js\n"),
        (".ignore", "old/\n"),
        ("dist/out.js", ""),
        ("vendor.js", ""),
        ("old/x.js", ""),
        ("src/m.mts", ""),
        ("src/c.cjs", ""),
        ("src/lib.min.js", ""),
        ("node_modules/p/index.js", ""),
        (".git/hooks/x.js", ""),
    ]);
    let walk = walked(folder.path(), &["."]);
    assert_eq!(names(folder.path(), &walk), ["a.tsx", "src/c.cjs", "src/m.mts", "z.js"]);
    assert_eq!(reasons(&walk), [("src/lib.min.js", "minified")]);
}

#[test]
fn what_is_named_is_taken() {
    let folder = folder(&[
        (".gitignore", "*.js\n"),
        ("a.js", ""),
        ("b.min.js", ""),
        ("t.d.ts", ""),
        ("r.md", ""),
        ("node_modules/p/index.js", ""),
        ("node_modules/p/node_modules/q/index.js", ""),
    ]);
    let root = folder.path();
    assert_eq!(
        names(root, &walked(root, &["a.js", "./a.js", "b.min.js"])),
        ["a.js", "b.min.js"]
    );
    let walk = walked(root, &["t.d.ts", "r.md"]);
    assert!(walk.files.is_empty());
    assert_eq!(
        reasons(&walk),
        [
            ("r.md", "not a JavaScript or TypeScript file"),
            ("t.d.ts", "declaration file: it does not run")
        ]
    );
}

#[test]
fn a_package_under_node_modules_can_be_named() {
    let folder = folder(&[
        ("node_modules/p/index.js", ""),
        ("node_modules/p/node_modules/q/index.js", ""),
        ("main.js", ""),
    ]);
    assert_eq!(
        names(folder.path(), &walked(folder.path(), &["node_modules/p"])),
        ["node_modules/p/index.js"]
    );
}

#[test]
fn a_missing_path_is_an_error() {
    let folder = folder(&[("a.js", "")]);
    for missing in ["nowhere", "a.js/x"] {
        let paths = [PathBuf::from("a.js"), PathBuf::from(missing)];
        let result = walk(&paths, folder.path(), &Overlay::default(), 1);
        assert!(
            matches!(result, Err(WalkError::Missing(path)) if path == Path::new(missing)),
            "{missing}"
        );
    }
}

#[test]
fn the_root_is_the_current_folder_or_what_holds_all() {
    let folder = folder(&[("app/a.js", ""), ("lib/b.js", "")]);
    let app = folder.path().join("app");
    assert_eq!(walked(&app, &["."]).root, app);
    let both = walked(&app, &[".", "../lib"]);
    assert_eq!(both.root, folder.path());
    assert_eq!(names(folder.path(), &both), ["app/a.js", "lib/b.js"]);
    let file = &both.files[1].disk;
    assert_eq!(both.shown(file, &app), file.to_str().unwrap());
    assert_eq!(walked(&app, &["a.js"]).shown(&app.join("a.js"), &app), "a.js");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_pipes_are_not_opened() {
    let folder = folder(&[("src/a.js", ""), ("odd/b.js", "")]);
    std::os::unix::fs::symlink(folder.path(), folder.path().join("src/loop")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("src/a.js"), folder.path().join("link.js")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(folder.path().join("odd/.gitignore"))
        .status()
        .unwrap();
    assert!(made.success());
    let walk = walked(folder.path(), &["."]);
    assert_eq!(names(folder.path(), &walk), ["odd/b.js", "src/a.js"]);
    assert_eq!(
        reasons(&walk),
        [
            ("link.js", "symbolic link"),
            (
                "odd/.gitignore",
                "not a regular file: in its folder no ignore file counts"
            ),
        ]
    );
}

#[test]
fn what_tools_wrote_is_recognised() {
    let long = format!("var a={};", "1+".repeat(4_000));
    assert_eq!(generated_reason(&long), Some("minified"));
    assert_eq!(
        generated_reason("/******/ (() => { // webpackBootstrap\n"),
        Some("webpack bundle")
    );
    assert_eq!(
        generated_reason("<?xml version=\"1.0\"?>\n<!DOCTYPE TS>"),
        Some("XML, not TypeScript")
    );
    // One long line (an inlined image) in an ordinary file is no minified file.
    let ordinary = format!(
        "const icon = \"{}\";\n{}",
        "A".repeat(6_000),
        "const x = 1;\n".repeat(100)
    );
    assert_eq!(generated_reason(&ordinary), None);
    assert_eq!(generated_reason(""), None);
}
