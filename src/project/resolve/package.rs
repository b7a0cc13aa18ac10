//! The `package.json` files of the run: whose file is whose, and what a package of the tree offers.

use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::tree::FileTree;
use crate::source::read_regular;

/// What matters here of a `package.json`.
#[derive(Clone, PartialEq, Debug)]
pub struct PackageJson {
    pub name: Option<String>,
    /// Names from `dependencies`, `devDependencies`, `peerDependencies` and `optionalDependencies`.
    pub dependencies: FxHashSet<String>,
    /// Made to be used by other programs: has `main`, `module` or `exports`, is not `private`, and has neither `bin` nor a
    /// `start` script.
    pub is_library: bool,
    /// The folder it is in, absolute.
    pub root: PathBuf,
    /// The `exports` field, null if there is none.
    pub(super) exports: Value,
    /// `source`, `module`, `main` and `types`, as far as they are there.
    entries: Vec<String>,
}

impl PackageJson {
    /// Reads a manifest; broken JSON counts as no manifest.
    fn read(folder: &Path) -> Option<Self> {
        let bytes = read_regular(&folder.join("package.json")).ok()?;
        let json: Value = serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).ok()?;
        let fields = json.as_object()?;
        let text = |field: &str| fields.get(field).and_then(Value::as_str).map(str::to_owned);
        let kinds = [
            "dependencies",
            "devDependencies",
            "peerDependencies",
            "optionalDependencies",
        ];
        let dependencies = kinds
            .iter()
            .filter_map(|kind| fields.get(*kind)?.as_object())
            .flat_map(|each| each.keys());
        let offers = ["main", "module", "exports"]
            .iter()
            .any(|field| fields.contains_key(*field));
        let is_private = fields.get("private").and_then(Value::as_bool) == Some(true);
        let starts = fields
            .get("scripts")
            .is_some_and(|scripts| scripts.get("start").is_some());
        Some(Self {
            name: text("name"),
            dependencies: dependencies.cloned().collect(),
            is_library: offers && !starts && !is_private && !fields.contains_key("bin"),
            root: folder.to_path_buf(),
            exports: fields.get("exports").cloned().unwrap_or(Value::Null),
            entries: ["source", "module", "main", "types"]
                .into_iter()
                .filter_map(text)
                .collect(),
        })
    }

    /// The paths that the fields give for a subpath, every condition's, the likeliest first.
    pub(super) fn targets(&self, subpath: &str) -> Vec<String> {
        let mut targets = Vec::new();
        let wanted = if subpath.is_empty() {
            ".".to_owned()
        } else {
            format!("./{subpath}")
        };
        match &self.exports {
            Value::Null if subpath.is_empty() => {
                targets.extend(self.entries.iter().cloned());
                targets.extend(["dist/index.js", "index.js"].map(str::to_owned));
            }
            Value::Null => targets.extend([subpath.to_owned(), format!("{subpath}/index")]),
            Value::Object(fields) if fields.keys().any(|key| key.starts_with('.')) => {
                let exact = fields.get(&wanted).map(|value| (value, ""));
                let matched = exact.or_else(|| {
                    fields.iter().find_map(|(key, value)| {
                        let (before, after) = key.split_once('*')?;
                        let star = wanted.strip_prefix(before)?.strip_suffix(after)?;
                        Some((value, star))
                    })
                });
                if let Some((value, star)) = matched {
                    collect_paths(value, star, &mut targets);
                }
            }
            whole if subpath.is_empty() => collect_paths(whole, "", &mut targets),
            _ => {}
        }
        targets
    }
}

fn collect_paths(value: &Value, star: &str, into: &mut Vec<String>) {
    match value {
        Value::String(path) => into.push(path.replace('*', star)),
        Value::Array(values) => values.iter().for_each(|each| collect_paths(each, star, into)),
        Value::Object(fields) => fields.values().for_each(|each| collect_paths(each, star, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Every manifest at or above a walked file, inside the root.
pub(super) struct Packages {
    all: Vec<PackageJson>,
    /// By the folder of the manifest.
    by_folder: FxHashMap<PathBuf, usize>,
    /// Names that are used once; which of two packages of one name is meant cannot be told.
    by_name: FxHashMap<String, Option<usize>>,
}

impl Packages {
    pub(super) fn read(root: &Path, tree: &FileTree) -> Self {
        let mut folders: Vec<&PathBuf> = tree.folders().filter(|folder| folder.starts_with(root)).collect();
        folders.sort_unstable();
        let all: Vec<PackageJson> = folders
            .into_iter()
            .filter_map(|folder| PackageJson::read(folder))
            .collect();
        let mut by_name = FxHashMap::default();
        for (index, package) in all.iter().enumerate() {
            if let Some(name) = &package.name {
                by_name
                    .entry(name.clone())
                    .and_modify(|known| *known = None)
                    .or_insert(Some(index));
            }
        }
        let by_folder = all
            .iter()
            .enumerate()
            .map(|(index, package)| (package.root.clone(), index))
            .collect();
        Self {
            all,
            by_folder,
            by_name,
        }
    }

    pub(super) fn nearest(&self, folder: &Path) -> Option<&PackageJson> {
        folder
            .ancestors()
            .find_map(|each| self.by_folder.get(each))
            .map(|&index| &self.all[index])
    }

    pub(super) fn named(&self, name: &str) -> Option<&PackageJson> {
        self.by_name.get(name).copied().flatten().map(|index| &self.all[index])
    }
}
