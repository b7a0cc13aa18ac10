//! The `package.json` files of the run: whose file is whose, and what a package of the tree offers.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use oxc_resolver::PathUtil;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::manifest::Manifests;
use super::tree::FileTree;
use super::tsconfig::ConfigProblem;
use super::workspace::Workspace;
use crate::overlay::Overlay;

/// What `engines` names that runs any program, or installs it.
const RUNTIMES: [&str; 9] = [
    "node", "npm", "yarn", "pnpm", "bun", "deno", "iojs", "browsers", "rhino",
];

/// What matters here of a `package.json`.
#[derive(Clone, Debug)]
pub struct PackageJson {
    pub name: Option<String>,
    /// Names from `dependencies`, `devDependencies`, `peerDependencies` and `optionalDependencies`.
    pub dependencies: FxHashSet<String>,
    /// Dependencies that are installed under a name of the project's own: `"pg8": "npm:pg@8"`.
    renamed: FxHashMap<String, String>,
    /// Dependencies that are folders: `"file:../kit"`, absolute.
    linked: FxHashMap<String, PathBuf>,
    /// The configuration that an `extends` of the bare package name means.
    pub(super) tsconfig: Option<String>,
    /// Made to be used by other programs: has `main`, `module` or `exports`, is not `private`, has no `bin`, and no `start`
    /// script either unless it says what it publishes, and is no extension of another program.
    pub is_library: bool,
    /// The folder it is in, absolute.
    pub root: PathBuf,
    /// The `exports` field, null if there is none.
    pub(super) exports: Value,
    /// `source`, `module`, `main`, `types` and `typings`, as far as they are there.
    entries: Vec<String>,
    /// The paths in `bin`.
    bin: Vec<String>,
    /// Which files are published, relative to the package's folder; `None` if the package is private or does not say.
    pub(super) ships: Option<GlobSet>,
}

impl PackageJson {
    /// Reads a manifest; broken JSON counts as no manifest.
    pub(super) fn read(folder: &Path, overlay: &Overlay) -> Option<Self> {
        Self::of(folder, &Manifests::read(folder, overlay))
    }

    /// What the manifest of a folder says, if it has one.
    fn of(folder: &Path, manifests: &Manifests) -> Option<Self> {
        let fields = manifests.package.as_ref()?.as_object()?;
        let text = |field: &str| fields.get(field).and_then(Value::as_str).map(str::to_owned);
        let kinds = [
            "dependencies",
            "devDependencies",
            "peerDependencies",
            "optionalDependencies",
        ];
        let stated = kinds.iter().filter_map(|kind| fields.get(*kind)?.as_object()).flatten();
        let mut dependencies = FxHashSet::default();
        let (mut renamed, mut linked) = (FxHashMap::default(), FxHashMap::default());
        for (name, version) in stated {
            dependencies.insert(name.clone());
            let version = version.as_str().unwrap_or_default();
            if let Some(other) = version.strip_prefix("npm:") {
                renamed.insert(name.clone(), without_version(other).to_owned());
            }
            let path = ["file:", "link:", "portal:"]
                .iter()
                .find_map(|scheme| version.strip_prefix(scheme));
            if let Some(path) = path {
                linked.insert(name.clone(), folder.normalize_with(path));
            }
        }
        let offers = ["main", "module", "exports"]
            .iter()
            .any(|field| fields.contains_key(*field));
        // `"engines": { "vscode": "^1.90.0" }`: an extension of that program, which alone calls it.
        let is_hosted = fields
            .get("engines")
            .and_then(Value::as_object)
            .is_some_and(|engines| engines.keys().any(|engine| !RUNTIMES.contains(&engine.as_str())));
        // Who develops a library starts its demonstration; an application is not made to be packed.
        let publishes = ["files", "publishConfig", "module"]
            .iter()
            .any(|field| fields.contains_key(*field));
        let is_private = fields.get("private").and_then(Value::as_bool) == Some(true);
        let starts = fields
            .get("scripts")
            .is_some_and(|scripts| scripts.get("start").is_some());
        Some(Self {
            name: text("name"),
            dependencies,
            renamed,
            linked,
            tsconfig: text("tsconfig"),
            is_library: offers && !is_private && !fields.contains_key("bin") && !is_hosted && (publishes || !starts),
            root: folder.to_path_buf(),
            exports: fields.get("exports").cloned().unwrap_or(Value::Null),
            bin: match fields.get("bin") {
                Some(Value::String(path)) => vec![path.clone()],
                Some(Value::Object(paths)) => paths.values().filter_map(Value::as_str).map(str::to_owned).collect(),
                _ => Vec::new(),
            },
            ships: fields.get("files").filter(|_| !is_private).and_then(shipped),
            entries: ["source", "module", "main", "types", "typings"]
                .into_iter()
                .filter_map(text)
                .collect(),
        })
    }

    /// The package's real name, for a dependency that is installed under another.
    pub(super) fn real_name<'a>(&'a self, name: &'a str) -> &'a str {
        self.renamed.get(name).map_or(name, String::as_str)
    }

    /// Every subpath that others may import, the package itself first; `None` if a pattern stands for them.
    pub(super) fn subpaths(&self) -> Option<Vec<&str>> {
        let Value::Object(fields) = &self.exports else {
            return Some(vec![""]);
        };
        let named = fields.keys().filter_map(|key| key.strip_prefix("./"));
        let mut subpaths = vec![""];
        subpaths.extend(named.filter(|subpath| {
            let kind = Path::new(subpath).extension().and_then(|kind| kind.to_str());
            !matches!(kind, Some("json" | "css" | "scss" | "svg" | "wasm" | "md"))
        }));
        (!subpaths.iter().any(|subpath| subpath.contains('*'))).then_some(subpaths)
    }

    pub(super) fn bin(&self) -> &[String] {
        &self.bin
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
                if targets.is_empty() {
                    targets.extend(["dist/index.js", "index.js"].map(str::to_owned));
                }
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

/// The patterns of the `files` field: each names files, or folders with all that is in them.
fn shipped(files: &Value) -> Option<GlobSet> {
    let mut globs = GlobSetBuilder::new();
    for pattern in files.as_array()?.iter().filter_map(Value::as_str) {
        let pattern = pattern.trim_start_matches("./").trim_matches('/');
        if pattern.starts_with('!') {
            continue;
        }
        for pattern in [pattern.to_owned(), format!("{pattern}/**")] {
            globs.add(GlobBuilder::new(&pattern).literal_separator(true).build().ok()?);
        }
    }
    globs.build().ok()
}

/// `pg` of `pg@^8.1`.
fn without_version(specifier: &str) -> &str {
    match specifier.get(1..).and_then(|rest| rest.find('@')) {
        Some(at) => &specifier[..at + 1],
        None => specifier,
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
    /// The nearest at or above each folder of the tree that has one.
    nearest: FxHashMap<PathBuf, usize>,
    /// Where a name is used twice, the one that is a member of the workspace; `None` if that does not tell which is meant.
    by_name: FxHashMap<String, Option<usize>>,
    workspaces: Vec<Workspace>,
    /// Members of the workspaces that have a manifest and no walked file: they hold configuration.
    unwalked: OnceLock<FxHashMap<String, PathBuf>>,
    overlay: Overlay,
    /// Manifests that cannot be used.
    problems: Vec<ConfigProblem>,
}

impl Packages {
    pub(super) fn read(root: &Path, tree: &FileTree) -> Self {
        let overlay = tree.overlay();
        let mut folders: Vec<&PathBuf> = tree.folders().filter(|folder| folder.starts_with(root)).collect();
        folders.sort_unstable();
        let read = |folder: &&PathBuf| {
            let manifests = Manifests::read(folder, overlay);
            let package = PackageJson::of(folder, &manifests);
            (package, Workspace::of(folder, &manifests), manifests.problems)
        };
        let read: Vec<_> = folders.par_iter().map(read).collect();
        let (mut all, mut workspaces, mut problems) = (Vec::new(), Vec::new(), Vec::new());
        for (package, workspace, unusable) in read {
            all.extend(package);
            workspaces.extend(workspace);
            problems.extend(unusable);
        }
        let mut named: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (index, package) in all.iter().enumerate() {
            if let Some(name) = &package.name {
                named.entry(name).or_default().push(index);
            }
        }
        let is_member = |index: &usize| workspaces.iter().any(|each| each.has(&all[*index].root));
        let only = |indices: &[usize]| match *indices {
            [only] => Some(only),
            _ => None,
        };
        let by_name = named.into_iter().map(|(name, indices)| {
            let members: Vec<usize> = indices.iter().copied().filter(is_member).collect();
            (name.to_owned(), only(&indices).or_else(|| only(&members)))
        });
        let by_name = by_name.collect();
        let by_folder: FxHashMap<PathBuf, usize> = all
            .iter()
            .enumerate()
            .map(|(index, package)| (package.root.clone(), index))
            .collect();
        // A folder comes behind the one it is in.
        let mut nearest: FxHashMap<PathBuf, usize> = FxHashMap::default();
        for folder in folders {
            let above = || folder.parent().and_then(|parent| nearest.get(parent));
            if let Some(&index) = by_folder.get(folder).or_else(above) {
                nearest.insert(folder.clone(), index);
            }
        }
        Self {
            all,
            by_folder,
            nearest,
            by_name,
            workspaces,
            unwalked: OnceLock::new(),
            overlay: overlay.clone(),
            problems,
        }
    }

    /// Manifests that are there and cannot be used.
    pub(super) fn problems(&self) -> &[ConfigProblem] {
        &self.problems
    }

    pub(super) fn nearest(&self, folder: &Path) -> Option<&PackageJson> {
        let index = self.nearest.get(folder).copied();
        let index = index.or_else(|| folder.ancestors().find_map(|each| self.by_folder.get(each)).copied());
        index.map(|index| &self.all[index])
    }

    /// What stands in for the disk.
    pub(super) fn overlay(&self) -> &Overlay {
        &self.overlay
    }

    /// The package of the tree that a name means in a file of `folder`.
    pub(super) fn meant(&self, folder: &Path, name: &str) -> Option<&PackageJson> {
        let linked = self.nearest(folder).and_then(|package| package.linked.get(name));
        let index = match linked {
            Some(target) => self.by_folder.get(target).copied(),
            None => self.by_name.get(name).copied().flatten(),
        };
        index.map(|index| &self.all[index])
    }

    /// Every package that says which of its files it publishes.
    pub(super) fn shipping(&self) -> impl Iterator<Item = (&PackageJson, &GlobSet)> {
        self.all
            .iter()
            .filter_map(|package| Some((package, package.ships.as_ref()?)))
    }

    /// Every package of the tree that has a name nobody else has.
    pub(super) fn named(&self) -> impl Iterator<Item = &PackageJson> {
        self.by_name.values().flatten().map(|&index| &self.all[index])
    }

    /// The folder of a package of the tree, walked or not.
    pub(super) fn folder_named(&self, name: &str) -> Option<PathBuf> {
        if let Some(index) = self.by_name.get(name).copied().flatten() {
            return Some(self.all[index].root.clone());
        }
        let unwalked = self.unwalked.get_or_init(|| {
            let folders = self
                .workspaces
                .iter()
                .flat_map(|workspace| workspace.folders(&self.overlay));
            let named = folders.filter_map(|folder| Some((PackageJson::read(&folder, &self.overlay)?.name?, folder)));
            named.collect()
        });
        unwalked.get(name).cloned()
    }
}
