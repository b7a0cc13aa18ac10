//! A run over texts that are not on disk sees one consistent tree.

use std::fs;
use std::path::PathBuf;

use leaklint::driver::{CheckOptions, Outcome, check};
use leaklint::walk::WalkError;
use tempfile::TempDir;

const MANIFEST: &str = r##"{ "private": true, "imports": { "#store": "./src/store.js" } }"##;
const STORE: &str = "exports.seen = new Map();\n";
const SERVER: &str = "const { seen } = require('#store');
require('http').createServer((req, res) => {
  seen.set(req.url, 1);
});
";
const SWEEP: &str = "const { seen } = require('#store');\nsetInterval(() => seen.clear(), 1000);\n";

fn project() -> (TempDir, CheckOptions) {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("src")).unwrap();
    let files = [
        ("package.json", MANIFEST),
        ("src/store.js", STORE),
        ("src/server.js", SERVER),
    ];
    for (path, text) in files {
        fs::write(folder.path().join(path), text).unwrap();
    }
    let options = CheckOptions::new(vec![PathBuf::from("src/server.js")], folder.path().to_path_buf());
    (folder, options)
}

fn lines(options: &CheckOptions) -> Vec<String> {
    let outcome: Outcome = check(options).unwrap();
    let line = |place: leaklint::diagnostic::Place| {
        let file = &outcome.files[place.file.index()];
        format!("{}:{}", file.shown(), file.source().position(place.span.start).line)
    };
    outcome
        .diagnostics
        .iter()
        .map(|each| line(each.primary.place))
        .collect()
}

#[test]
fn a_text_takes_the_place_of_a_file() {
    let (folder, mut options) = project();
    assert_eq!(lines(&options), ["src/server.js:3"]);
    let server = folder.path().join("src/server.js");
    options
        .overlay
        .insert(server, format!("// moved\n{SERVER}").into_bytes());
    assert_eq!(lines(&options), ["src/server.js:4"]);
}

#[test]
fn a_file_that_is_not_on_disk_is_context_and_can_be_named() {
    let (folder, mut options) = project();
    options
        .overlay
        .insert(folder.path().join("src/sweep.js"), SWEEP.as_bytes());
    assert!(lines(&options).is_empty(), "what empties the container is seen");
    let deeper = folder.path().join("new/deep/other.js");
    options.overlay.insert(deeper, SERVER.as_bytes());
    options.overlay.hide(folder.path().join("src/sweep.js"));
    options.paths = vec![PathBuf::from("new/deep/other.js")];
    assert_eq!(lines(&options), ["new/deep/other.js:3"]);
}

#[test]
fn what_is_hidden_is_not_there() {
    let (folder, mut options) = project();
    options.overlay.hide(folder.path().join("src/store.js"));
    assert!(lines(&options).is_empty(), "an unknown container is silence");
    options.overlay.hide(folder.path().join("src/server.js"));
    let error = check(&options).unwrap_err();
    assert!(
        matches!(error, leaklint::driver::CheckError::Walk(WalkError::Missing(_))),
        "{error}"
    );
    options.paths = vec![PathBuf::from("src")];
    assert!(check(&options).unwrap().files.iter().all(|file| file.is_context));
}

#[test]
fn manifests_are_read_through_it() {
    let (folder, mut options) = project();
    let manifest = folder.path().join("package.json");
    options
        .overlay
        .insert(manifest, MANIFEST.replace("#store", "#other").into_bytes());
    assert!(lines(&options).is_empty(), "the import leads nowhere");
}

#[test]
fn hidden_folders_of_an_overlay_are_not_walked() {
    let (folder, mut options) = project();
    for path in ["src/.cache/sweep.js", "src/node_modules/p/sweep.js"] {
        options.overlay.insert(
            folder.path().join(path),
            SWEEP.replace("#store", "../../store").into_bytes(),
        );
    }
    assert_eq!(lines(&options).len(), 1);
}
