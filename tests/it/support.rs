//! What the tests ask of the program: one call that lints a path and says where the findings are.
//!
//! The tests use nothing of leaklint's inside but this, the list of rules and the type of a confidence.

use std::fs;
use std::path::{Path, PathBuf};

use leaklint::config::discover::Choice;
use leaklint::diagnostic::{Confidence, Place};
use leaklint::driver::{self, CheckOptions, Outcome};
use walkdir::WalkDir;

/// A finding as the tests see it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Finding {
    pub path: PathBuf,
    /// From 1.
    pub line: usize,
    pub rule: String,
    pub confidence: Confidence,
}

/// The folder of the package, where `fixtures/`, `rules/` and `src/` are.
pub fn package_root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every finding in the file or folder `root`, of any confidence, in the order of the output.
pub fn leak_lines(root: &Path) -> Vec<Finding> {
    let outcome = outcome_of(root);
    outcome
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let (path, line) = spot(&outcome, diagnostic.primary.place);
            Finding {
                path: outcome.root.join(path),
                line,
                rule: diagnostic.rule.to_owned(),
                confidence: diagnostic.confidence,
            }
        })
        .collect()
}

/// The file, relative to the root, and the line of a place.
pub fn spot(outcome: &Outcome, place: Place) -> (PathBuf, usize) {
    let file = &outcome.files[place.file.index()];
    (
        file.path().to_path_buf(),
        file.source().lines().line(place.span.start) + 1,
    )
}

/// What a run over the file or folder `root` gives, findings of any confidence included.
pub fn outcome_of(root: &Path) -> Outcome {
    let root = root.canonicalize().unwrap();
    let folder = if root.is_dir() {
        root.as_path()
    } else {
        root.parent().unwrap()
    };
    // From its own folder, so that nothing above it counts.
    let mut options = CheckOptions::new(vec![root.clone()], folder.to_path_buf());
    options.context = false;
    options.configuration = Choice::None;
    options.min_confidence = Some(Confidence::Low);
    let outcome = driver::check(&options).unwrap();
    assert!(
        outcome.problems.is_empty(),
        "{}: not analysed: {:?}",
        root.display(),
        outcome.problems
    );
    outcome
}

/// The findings a user sees without asking for more.
pub fn default_leak_lines(root: &Path) -> Vec<Finding> {
    leak_lines(root)
        .into_iter()
        .filter(|finding| finding.confidence >= Confidence::Medium)
        .collect()
}

/// Lints `text` as a file of its own, named `name`, in an empty folder.
pub fn default_findings_in_text(name: &str, text: &str) -> Vec<Finding> {
    // A name without a leading dot: hidden folders are not walked.
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    default_leak_lines(folder.path())
}

/// The files below `folder` that leaklint reads, sorted.
pub fn sources(folder: &Path) -> Vec<PathBuf> {
    const EXTENSIONS: &[&str] = &[
        "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "astro",
    ];
    WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.is_file())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known))
        })
        .collect()
}

/// The folders directly in `folder`, sorted.
pub fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

/// The last part of a path, as text.
pub fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// The last part of a path without its extension, as text.
pub fn file_stem(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}
