//! Which files are linted: the named ones, and what a parallel, ignore-aware walk finds under the named folders.
//!
//! Ignore rules come from `.gitignore`, `.ignore` and `.leaklintignore`, inside a git repository or not. Hidden files,
//! `node_modules` and declaration files are left out, symbolic links are not followed. A path that is named is always
//! taken: ignore rules and `node_modules` above it do not count.

mod left_out;

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};
use rustc_hash::FxHashSet;
use thiserror::Error;

use crate::diagnostic::{Problem, ProblemKind};
use crate::markup::Format;
use crate::overlay::{MAX_CONFIGURATION, Overlay};
use crate::source::{no_regular_file, slashed};

/// Names of ignore files, as the `ignore` crate opens them.
const IGNORE_FILES: [&str; 4] = [".gitignore", ".ignore", ".leaklintignore", ".git/info/exclude"];

const EXTENSIONS: [&str; 8] = ["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"];

/// What a walk found.
#[derive(Debug, Default)]
pub struct Walk {
    /// All files are inside this folder, which is absolute.
    pub root: PathBuf,
    /// Sorted by path.
    pub files: Vec<FoundFile>,
    /// What was found and cannot be linted, or is not worth it.
    pub problems: Vec<Problem>,
    /// The folders that were entered.
    entered: FxHashSet<PathBuf>,
}

impl Walk {
    /// How a file is printed, with `/` between the parts: relative if the run is inside the current folder, else absolute.
    pub fn shown(&self, disk: &Path, current_dir: &Path) -> String {
        shown(disk, &self.root, current_dir)
    }

    /// What was passed over without a look: ignored, hidden, `node_modules`. The folders are read once more for it.
    pub fn left_out(&self, current_dir: &Path, overlay: &Overlay) -> Vec<Problem> {
        let left_out = left_out::left_out(&self.entered, &self.files).into_iter();
        let problem = |(path, reason): (PathBuf, &str)| Problem {
            path: self.shown(&path, current_dir),
            kind: ProblemKind::Skipped,
            message: reason.to_owned(),
            place: None,
        };
        left_out.filter(|(path, _)| !overlay.hides(path)).map(problem).collect()
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
        entered: Mutex::default(),
    };
    found.walk_folders(&folders, threads);
    folders.iter().for_each(|folder| found.add_from(overlay, folder));
    named.into_iter().for_each(|file| found.add_named(file));
    let mut files = std::mem::take(found.files.get_mut().unwrap_or_else(PoisonError::into_inner));
    let mut problems = std::mem::take(found.problems.get_mut().unwrap_or_else(PoisonError::into_inner));
    files.retain(|file| !overlay.hides(&file.disk));
    // A file that is both named and found is named.
    files.sort_unstable_by(|a, b| a.disk.cmp(&b.disk).then(b.named.cmp(&a.named)));
    files.dedup_by(|a, b| a.disk == b.disk);
    problems.sort_unstable();
    problems.dedup();
    let entered = std::mem::take(found.entered.get_mut().unwrap_or_else(PoisonError::into_inner));
    Ok(Walk {
        root,
        files,
        problems,
        entered,
    })
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
    entered: Mutex<FxHashSet<PathBuf>>,
}

impl Found<'_> {
    fn add_named(&self, disk: PathBuf) {
        match kind_of(&disk) {
            FileKind::Source | FileKind::Minified => self.add(FoundFile { disk, named: true }),
            FileKind::Declarations => self.skip(&disk, "declaration file: it does not run"),
            FileKind::Other => self.skip(&disk, "not a JavaScript or TypeScript file"),
        }
    }

    fn walk_folders(&self, folders: &[PathBuf], threads: usize) {
        // Ignore files above the start are opened too.
        let above: FxHashSet<&Path> = folders.iter().flat_map(|folder| folder.ancestors()).collect();
        let odd: Vec<Odd> = above.into_iter().filter_map(odd_ignore_file).collect();
        let mut plain = Vec::new();
        if odd.is_empty() {
            plain = self.walk_with(folders, threads, IgnoreFiles::Count);
        } else {
            odd.iter().for_each(|odd| self.report_odd(odd));
            self.walk_with(folders, threads, IgnoreFiles::AreNotOpened);
        }
        plain.iter().for_each(|odd| self.report_odd(odd));
        let plain: Vec<PathBuf> = plain.into_iter().map(|odd| odd.folder).collect();
        if !plain.is_empty() {
            self.walk_with(&plain, threads, IgnoreFiles::AreNotOpened);
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

    /// Walks the folders, but for those with an ignore file that must not be opened, which are given back.
    fn walk_with(&self, folders: &[PathBuf], threads: usize, ignore_files: IgnoreFiles) -> Vec<Odd> {
        let Some((first, rest)) = folders.split_first() else {
            return Vec::new();
        };
        let mut builder = WalkBuilder::new(first);
        rest.iter().for_each(|folder| {
            builder.add(folder);
        });
        builder.standard_filters(true).follow_links(false).threads(threads);
        let are_opened = ignore_files == IgnoreFiles::Count;
        if are_opened {
            builder.require_git(false).add_custom_ignore_filename(".leaklintignore");
        } else {
            builder
                .ignore(false)
                .git_ignore(false)
                .git_exclude(false)
                .parents(false);
        }
        let odd = Arc::new(Mutex::new(Vec::new()));
        let found_odd = Arc::clone(&odd);
        // The walker opens a folder's ignore files before it shows the folder; only this comes earlier.
        builder.filter_entry(move |entry| {
            if !entry.file_type().is_some_and(|file_type| file_type.is_dir()) {
                return true;
            }
            let odd = odd_ignore_file(entry.path()).filter(|_| are_opened);
            let is_fine = odd.is_none();
            found_odd.lock().unwrap_or_else(PoisonError::into_inner).extend(odd);
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
        std::mem::take(&mut odd.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn report_odd(&self, odd: &Odd) {
        let message = format!("{}: in its folder no ignore file counts", odd.reason);
        self.add_problem(&odd.file, ProblemKind::Configuration, message);
    }

    fn visit(&self, entry: &DirEntry) {
        let Some(file_type) = entry.file_type() else { return };
        if file_type.is_dir() {
            let mut entered = self.entered.lock().unwrap_or_else(PoisonError::into_inner);
            entered.insert(entry.path().to_path_buf());
            return;
        }
        let kind = kind_of(entry.path());
        match kind {
            FileKind::Source | FileKind::Minified if file_type.is_symlink() => {
                self.skip(entry.path(), "symbolic link");
            }
            FileKind::Source | FileKind::Minified if !file_type.is_file() => {
                let message = format!("cannot be read: {}", no_regular_file());
                self.add_problem(entry.path(), ProblemKind::Unreadable, message);
            }
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

/// What a walk does with ignore files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum IgnoreFiles {
    Count,
    AreNotOpened,
}

/// A folder whose ignore files must not be opened.
struct Odd {
    folder: PathBuf,
    /// The one that is to blame.
    file: PathBuf,
    reason: &'static str,
}

/// Whether an ignore file of the folder must not be opened: the `ignore` crate does so unchecked, and a pipe would hang it,
/// a file almost without end fill the memory.
fn odd_ignore_file(folder: &Path) -> Option<Odd> {
    IGNORE_FILES.iter().find_map(|name| {
        let file = folder.join(name);
        let metadata = fs::metadata(&file).ok().filter(|metadata| !metadata.is_dir())?;
        let reason = match metadata.is_file() {
            false => "not a regular file",
            true if metadata.len() > MAX_CONFIGURATION => "too large",
            true => return None,
        };
        Some(Odd {
            folder: folder.to_path_buf(),
            file,
            reason,
        })
    })
}

fn without_path(error: &ignore::Error) -> String {
    match error.io_error() {
        Some(error) => format!("cannot be read: {error}"),
        None => error.to_string(),
    }
}

/// Whether a file is linted when it is found: JavaScript or TypeScript that is neither minified nor declarations.
pub fn is_linted(path: &Path) -> bool {
    matches!(kind_of(path), FileKind::Source)
}

enum FileKind {
    Source,
    Minified,
    /// `.d.ts` and the like.
    Declarations,
    Other,
}

/// Whether a file of this name is linted when it is named.
pub fn is_source(path: &Path) -> bool {
    matches!(kind_of(path), FileKind::Source | FileKind::Minified)
}

fn kind_of(path: &Path) -> FileKind {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let Some(extension) = path
        .extension()
        .and_then(OsStr::to_str)
        .filter(|found| EXTENSIONS.contains(found) || Format::of(path).is_some())
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
