//! What a walk passed over without a look: ignored and hidden files, `node_modules`.
//!
//! The walker never shows what it leaves out, so the folders it entered are listed once more, and what is there and was not
//! shown is named. What is inside a folder that was left out is one line, the folder's.

use std::fs;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use super::{FileKind, FoundFile, kind_of};

/// A folder that nobody would call source.
const REPOSITORY: &str = ".git";

/// Each path that was left out in one of the folders, and why.
pub(super) fn left_out(entered: &FxHashSet<PathBuf>, files: &[FoundFile]) -> Vec<(PathBuf, &'static str)> {
    let files: FxHashSet<&Path> = files.iter().map(|file| file.disk.as_path()).collect();
    entered
        .iter()
        .flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten())
        .filter_map(|entry| {
            let file_type = entry.file_type().ok()?;
            let path = entry.path();
            let is_left_out = if file_type.is_dir() {
                !entered.contains(&path) && entry.file_name() != REPOSITORY
            } else {
                file_type.is_file() && matches!(kind_of(&path), FileKind::Source) && !files.contains(path.as_path())
            };
            let reason = reason(&path);
            is_left_out.then_some((path, reason))
        })
        .collect()
}

fn reason(path: &Path) -> &'static str {
    let name = path.file_name().unwrap_or_default();
    if name == "node_modules" {
        "node_modules"
    } else if name.as_encoded_bytes().starts_with(b".") {
        "hidden"
    } else {
        "ignored"
    }
}
