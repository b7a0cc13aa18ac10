//! Workspaces of npm, yarn, pnpm and lerna: which folders of a repository are its packages.
//!
//! Only what the manifests say: no folder is a member for its name.

use std::fs;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use rustc_hash::FxHashSet;
use serde_json::Value;

use super::manifest::Manifests;
use crate::overlay::Overlay;

/// Levels of folders below a `**` that are looked at for packages without a walked file.
const MAX_LEVELS: usize = 4;

/// The members that one folder declares.
pub struct Workspace {
    root: PathBuf,
    patterns: Vec<String>,
    members: GlobSet,
    excluded: GlobSet,
}

impl Workspace {
    /// What `package.json`, `pnpm-workspace.yaml` and `lerna.json` of a folder declare; `None` if they declare nothing.
    pub fn read(folder: &Path, overlay: &Overlay) -> Option<Workspace> {
        Self::of(folder, &Manifests::read(folder, overlay))
    }

    /// As [`Self::read`], of manifests that are read.
    pub(super) fn of(folder: &Path, manifests: &Manifests) -> Option<Workspace> {
        let mut patterns = Vec::new();
        for (json, field) in [(&manifests.package, "workspaces"), (&manifests.lerna, "packages")] {
            // Yarn also writes `{ "packages": [] }`.
            let list = json.as_ref().and_then(|json| json.get(field));
            let list = list.map(|list| list.get("packages").unwrap_or(list));
            let texts = list.and_then(Value::as_array).into_iter().flatten();
            patterns.extend(texts.filter_map(Value::as_str).map(str::to_owned));
        }
        if let Some(text) = &manifests.pnpm {
            patterns.extend(yaml_packages(text));
        }
        if patterns.is_empty() {
            return None;
        }
        let (excluded, members): (Vec<&String>, Vec<&String>) =
            patterns.iter().partition(|pattern| pattern.starts_with('!'));
        Some(Workspace {
            root: folder.to_path_buf(),
            members: set(members.into_iter().map(String::as_str)),
            excluded: set(excluded.into_iter().map(|pattern| &pattern[1..])),
            patterns,
        })
    }

    /// Whether a folder is one of the packages, or the root itself.
    pub fn has(&self, folder: &Path) -> bool {
        match folder.strip_prefix(&self.root) {
            Ok(inside) if inside.as_os_str().is_empty() => true,
            Ok(inside) => self.members.is_match(inside) && !self.excluded.is_match(inside),
            Err(_) => false,
        }
    }

    /// Every folder that a pattern names, looked up on disk.
    pub(super) fn folders(&self, overlay: &Overlay) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for pattern in self.patterns.iter().filter(|pattern| !pattern.starts_with('!')) {
            let parts: Vec<&str> = pattern
                .split('/')
                .filter(|part| !part.is_empty() && *part != ".")
                .collect();
            // What lies outside is no member, and is not looked at.
            if !parts.contains(&"..") {
                let mut seen = FxHashSet::default();
                self.expand(&self.root, &parts, MAX_LEVELS, overlay, &mut seen, &mut found);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// `seen` holds the folders that were looked at, with how many parts were left: `**` leads to the same in many ways.
    fn expand(
        &self,
        folder: &Path,
        parts: &[&str],
        levels: usize,
        overlay: &Overlay,
        seen: &mut FxHashSet<(PathBuf, usize)>,
        found: &mut Vec<PathBuf>,
    ) {
        if !seen.insert((folder.to_path_buf(), parts.len())) {
            return;
        }
        let Some((first, rest)) = parts.split_first() else {
            if self.has(folder) {
                found.push(folder.to_path_buf());
            }
            return;
        };
        if !first.contains(['*', '?', '{', '[']) {
            return self.expand(&folder.join(first), rest, levels, overlay, seen, found);
        }
        let any_depth = *first == "**";
        if any_depth {
            self.expand(folder, rest, levels, overlay, seen, found);
        }
        if levels == 0 {
            return;
        }
        overlay.note(folder);
        for child in fs::read_dir(folder).into_iter().flatten().flatten() {
            let is_hidden = child.file_name().to_string_lossy().starts_with('.');
            let is_folder = child.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && !is_hidden && child.file_name() != "node_modules" {
                let rest = if any_depth { parts } else { rest };
                self.expand(&child.path(), rest, levels - 1, overlay, seen, found);
            }
        }
    }
}

fn set<'a>(patterns: impl Iterator<Item = &'a str>) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
        if let Ok(glob) = GlobBuilder::new(pattern).literal_separator(true).build() {
            builder.add(glob);
        }
    }
    builder.build().unwrap_or_default()
}

/// The list under `packages:`, as pnpm's documentation writes it: an item a line, or all in brackets.
fn yaml_packages(text: &str) -> Vec<String> {
    let plain = |item: &str| item.trim().trim_matches(['"', '\'']).to_owned();
    let uncommented = |line: &str| match line.find(" #") {
        Some(at) => line[..at].trim_end().to_owned(),
        None => line.trim_end().to_owned(),
    };
    let mut items = Vec::new();
    let mut inside = false;
    for line in text.lines().map(uncommented) {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        if let Some(rest) = line.strip_prefix("packages:") {
            inside = true;
            let list = rest.trim().trim_start_matches('[').trim_end_matches(']');
            items.extend(list.split(',').map(plain).filter(|item| !item.is_empty()));
        } else if let Some(item) = line.trim_start().strip_prefix("- ").filter(|_| inside) {
            items.push(plain(item));
        } else if !line.starts_with([' ', '\t']) {
            inside = false;
        }
    }
    items
}
