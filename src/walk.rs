//! Which files are linted: the named ones, and what a parallel, ignore-aware walk finds under the named folders.
//!
//! Ignore rules come from `.gitignore`, `.ignore` and `.leaklintignore`, inside a git repository or not. Hidden files,
//! `node_modules` and declaration files are left out, symbolic links are not followed. A path that is named is always
//! taken: ignore rules and `node_modules` above it do not count.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};
use thiserror::Error;

use crate::diagnostic::{Problem, ProblemKind};
use crate::overlay::Overlay;
use crate::source::slashed;

/// Names of ignore files, as the `ignore` crate opens them.
const IGNORE_FILES: [&str; 3] = [".gitignore", ".ignore", ".leaklintignore"];

const EXTENSIONS: [&str; 8] = ["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"];

/// What a walk found.
#[derive(Debug, Default)]
pub struct Walk {
    /// All files are inside this folder, which is absolute.
    pub root: PathBuf,
    /// Sorted by path.
    pub files: Vec<FoundFile>,
    /// What was left out and is worth a word.
    pub problems: Vec<Problem>,
}

impl Walk {
    /// How a file is printed, with `/` between the parts: relative if the run is inside the current folder, else absolute.
    pub fn shown(&self, disk: &Path, current_dir: &Path) -> String {
        shown(disk, &self.root, current_dir)
    }
}

/// As [`Walk::shown`], for a run whose files are inside `root`.
pub fn shown(disk: &Path, root: &Path, current_dir: &Path) -> String {
    match disk.strip_prefix(current_dir) {
        Ok(inside) if root == current_dir && !inside.as_os_str().is_empty() => slashed(inside),
        Ok(inside) if inside.as_os_str().is_empty() => ".".to_owned(),
        _ => slashed(disk),
    }
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct FoundFile {
    /// Absolute, without `.` and `..`.
    pub disk: PathBuf,
    /// Given as an argument.
    pub named: bool,
}

#[derive(Debug, Error)]
pub enum WalkError {
    #[error("`{}` does not exist", .0.display())]
    Missing(PathBuf),
    #[error("cannot read `{}`: {source}", .path.display())]
    Unreadable { path: PathBuf, source: io::Error },
}

/// Finds the files of `paths`, which are taken relative to `current_dir`, an absolute path.
///
/// The root is `current_dir` if it contains all of them, else their nearest common folder. What `overlay` adds is found
/// too, but in hidden folders and `node_modules`; what it hides is not.
///
/// # Errors
/// A path that does not exist or that the operating system does not let us look at.
pub fn walk(paths: &[PathBuf], current_dir: &Path, overlay: &Overlay, threads: usize) -> Result<Walk, WalkError> {
    let mut folders = Vec::new();
    let mut named = Vec::new();
    for path in paths {
        let absolute = normalized(&current_dir.join(path));
        if overlay.has(&absolute) {
            named.push(absolute);
            continue;
        }
        if overlay.hides(&absolute) {
            return Err(WalkError::Missing(path.clone()));
        }
        let metadata = fs::metadata(&absolute).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => WalkError::Missing(path.clone()),
            _ => WalkError::Unreadable {
                path: path.clone(),
                source,
            },
        })?;
        if metadata.is_dir() {
            folders.push(absolute)
        } else {
            named.push(absolute)
        }
    }
    let parents = named.iter().filter_map(|file| file.parent());
    let starts: Vec<&Path> = folders.iter().map(PathBuf::as_path).chain(parents).collect();
    let root = common_root(current_dir, &starts);
    let mut found = Found {
        root: &root,
        current_dir,
        files: Mutex::default(),
        problems: Mutex::default(),
    };
    if let Some((first, rest)) = folders.split_first() {
        found.walk_folders(first, rest, threads);
        folders.iter().for_each(|folder| found.add_from(overlay, folder));
    }
    named.into_iter().for_each(|file| found.add_named(file));
    let mut files = std::mem::take(found.files.get_mut().unwrap_or_else(PoisonError::into_inner));
    let mut problems = std::mem::take(found.problems.get_mut().unwrap_or_else(PoisonError::into_inner));
    files.retain(|file| !overlay.hides(&file.disk));
    // A file that is both named and found is named.
    files.sort_unstable_by(|a, b| a.disk.cmp(&b.disk).then(b.named.cmp(&a.named)));
    files.dedup_by(|a, b| a.disk == b.disk);
    problems.sort_unstable();
    problems.dedup();
    Ok(Walk { root, files, problems })
}

/// Why a file that nobody named is not worth linting, judged by its text; `None` for what people wrote.
pub fn generated_reason(text: &str) -> Option<&'static str> {
    /// Bytes of a file's beginning in which tools sign their output.
    const HEAD: usize = 4096;
    /// A line of this many bytes, in a file whose lines are this long on average, was not written by hand.
    const LONG_LINE: usize = 5_000;
    const LONG_AVERAGE: usize = 300;
    let head = &text[..text.floor_char_boundary(HEAD)];
    if head.trim_start().starts_with("<?xml") || head.trim_start().starts_with("<!DOCTYPE TS") {
        return Some("XML, not TypeScript");
    }
    if head.contains("// webpackBootstrap") || head.contains("function __webpack_require__(") {
        return Some("webpack bundle");
    }
    let (mut lines, mut longest, mut start) = (0, 0, 0);
    for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        longest = longest.max(end - start);
        lines += usize::from(start < text.len());
        start = end + 1;
    }
    let lines = lines.max(1);
    (longest >= LONG_LINE && text.len() / lines >= LONG_AVERAGE).then_some("minified")
}

/// What a walk collects from its threads.
struct Found<'a> {
    root: &'a Path,
    current_dir: &'a Path,
    files: Mutex<Vec<FoundFile>>,
    problems: Mutex<Vec<Problem>>,
}

impl Found<'_> {
    fn add_named(&self, disk: PathBuf) {
        match kind_of(&disk) {
            FileKind::Source | FileKind::Minified => self.add(FoundFile { disk, named: true }),
            FileKind::Declarations => self.skip(&disk, "declaration file: it does not run"),
            FileKind::Other => self.skip(&disk, "not a JavaScript or TypeScript file"),
        }
    }

    fn walk_folders(&self, first: &Path, rest: &[PathBuf], threads: usize) {
        let mut builder = WalkBuilder::new(first);
        for folder in rest {
            builder.add(folder);
        }
        // Ignore files above the start are opened too.
        let starts = std::iter::once(first).chain(rest.iter().map(PathBuf::as_path));
        let mut odd: Vec<PathBuf> = starts.flat_map(Path::ancestors).filter_map(odd_ignore_file).collect();
        if odd.is_empty() {
            builder
                .standard_filters(true)
                .require_git(false)
                .follow_links(false)
                .threads(threads);
            builder.add_custom_ignore_filename(".leaklintignore");
            let found_odd = Arc::new(Mutex::new(Vec::new()));
            let filter_odd = Arc::clone(&found_odd);
            // The walker opens a folder's ignore files before it shows the folder; only this comes earlier.
            builder.filter_entry(move |entry| {
                if !entry.file_type().is_some_and(|file_type| file_type.is_dir()) {
                    return true;
                }
                let odd = odd_ignore_file(entry.path());
                let is_fine = odd.is_none();
                filter_odd.lock().unwrap_or_else(PoisonError::into_inner).extend(odd);
                is_fine && entry.file_name() != "node_modules"
            });
            builder.build_parallel().run(|| {
                Box::new(|entry| {
                    match entry {
                        Ok(entry) => self.visit(&entry),
                        Err(error) => self.report_walk_error(&error),
                    }
                    WalkState::Continue
                })
            });
            odd.append(&mut found_odd.lock().unwrap_or_else(PoisonError::into_inner));
        }
        for file in odd {
            let name = file.file_name().unwrap_or_default().display();
            let message = format!("the folder is left out: its `{name}` is not a regular file");
            self.add_problem(file.parent().unwrap_or(&file), ProblemKind::Unreadable, message);
        }
    }

    /// The files that only the overlay has, or has in place of one on disk.
    fn add_from(&self, overlay: &Overlay, folder: &Path) {
        let is_left_out = |part: Component<'_>| match part {
            Component::Normal(name) => name == "node_modules" || name.to_string_lossy().starts_with('.'),
            _ => false,
        };
        for disk in overlay.below(folder) {
            let inside = disk.strip_prefix(folder).unwrap_or(disk);
            if matches!(kind_of(disk), FileKind::Source) && !inside.components().any(is_left_out) {
                self.add(FoundFile {
                    disk: disk.to_path_buf(),
                    named: false,
                });
            }
        }
    }

    fn visit(&self, entry: &DirEntry) {
        if !entry.file_type().is_some_and(|file_type| file_type.is_file()) {
            return;
        }
        match kind_of(entry.path()) {
            FileKind::Source => self.add(FoundFile {
                disk: entry.path().to_path_buf(),
                named: false,
            }),
            FileKind::Minified => self.skip(entry.path(), "minified"),
            FileKind::Declarations | FileKind::Other => {}
        }
    }

    fn report_walk_error(&self, error: &ignore::Error) {
        let (path, message) = match error {
            ignore::Error::WithPath { path, err } => (path.clone(), without_path(err)),
            ignore::Error::WithDepth { err, .. } => return self.report_walk_error(err),
            _ => (self.current_dir.to_path_buf(), error.to_string()),
        };
        self.add_problem(&path, ProblemKind::Unreadable, message);
    }

    fn skip(&self, disk: &Path, reason: &str) {
        self.add_problem(disk, ProblemKind::Skipped, reason.to_owned());
    }

    fn add_problem(&self, disk: &Path, kind: ProblemKind, message: String) {
        let problem = Problem {
            path: shown(disk, self.root, self.current_dir),
            kind,
            message,
            place: None,
        };
        self.problems
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(problem);
    }

    fn add(&self, file: FoundFile) {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).push(file);
    }
}

/// An ignore file of the folder that must not be opened: the `ignore` crate does so unchecked, and a pipe would hang it.
fn odd_ignore_file(folder: &Path) -> Option<PathBuf> {
    let mut files = IGNORE_FILES.iter().map(|name| folder.join(name));
    files.find(|file| fs::metadata(file).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()))
}

fn without_path(error: &ignore::Error) -> String {
    match error.io_error() {
        Some(error) => format!("cannot be read: {error}"),
        None => error.to_string(),
    }
}

enum FileKind {
    Source,
    Minified,
    /// `.d.ts` and the like.
    Declarations,
    Other,
}

fn kind_of(path: &Path) -> FileKind {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let Some(extension) = path
        .extension()
        .and_then(OsStr::to_str)
        .filter(|found| EXTENSIONS.contains(found))
    else {
        return FileKind::Other;
    };
    let stem = &name[..name.len() - extension.len() - 1];
    if stem.ends_with(".min") || stem.ends_with("-min") {
        FileKind::Minified
    } else if matches!(extension, "ts" | "mts" | "cts") && (stem.ends_with(".d") || stem.contains(".d.")) {
        FileKind::Declarations
    } else {
        FileKind::Source
    }
}

/// The path without `.` and `..`, by its text alone: a symbolic link keeps the name that was given.
pub fn normalized(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                result.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => result.push(part),
        }
    }
    result
}

fn common_root(current_dir: &Path, starts: &[&Path]) -> PathBuf {
    let inside = |folder: &Path| starts.iter().all(|start| start.starts_with(folder));
    if inside(current_dir) {
        return current_dir.to_path_buf();
    }
    let above = starts
        .first()
        .and_then(|start| start.ancestors().find(|folder| inside(folder)));
    above.unwrap_or(current_dir).to_path_buf()
}
