//! Specifier to file: what `import "./db"` or `require("@org/pool")` names, among the files of the run.
//!
//! The answer depends on the walked files and on configuration: `package.json`, `tsconfig.json` or `jsconfig.json`, and the
//! files that declare a workspace, each read once a folder. Source under `node_modules` is not looked at (unless it was
//! walked), so the answer is the same before and after `npm install`, but for a configuration that extends a package's.
//!
//! In this order, the first that names a walked file counts:
//!
//! - `paths` of the nearest tsconfig, for what is not relative ([`tsconfig`]).
//! - A relative specifier resolves as Node's and TypeScript's together: extensions are tried, `.js` means `.ts` too, a folder
//!   means its `package.json` or `index`. `#internal` goes through `imports` of the nearest `package.json`, and a package
//!   that has `exports` may name itself. Node's own modules are known by name.
//! - `baseUrl`, unless the specifier is a dependency of the package.
//! - A bare specifier whose package is in the tree (a workspace, a `file:` dependency) resolves through that `package.json`:
//!   `exports`, `source`, `module`, `main`, in Node's way. When what they name is build output that was not walked, the same
//!   path with the output folder replaced by a source folder, or dropped, and with any source extension is tried
//!   (`dist/pool.js` → `src/pool.ts`, `pool.ts`). Nothing is guessed beyond these fields, except `index` when there are none.
//! - Any other bare specifier is a package, under its real name if `npm:` renames it. `@/x` and `~/x`, which are no package
//!   names, are unresolved unless a tsconfig says what they are: aliases of bundlers are code, and are not read.

mod beside;
mod manifest;
mod package;
mod tree;
mod tsconfig;
mod workspace;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use oxc_resolver::{ResolveError, ResolveOptions, ResolverGeneric};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

pub use package::PackageJson;
pub use tsconfig::ConfigProblem;
pub use workspace::Workspace;

use crate::overlay::Overlay;

use beside::beside;
use package::Packages;
use tree::{FileTree, TreeFileSystem};
use tsconfig::TsConfigs;

/// What a specifier names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Resolved {
    /// A file of the run, as the position in the list given to [`Resolver::new`].
    File(usize),
    /// `pg` is `{ name: "pg", subpath: "" }`; `@scope/pkg/sub/path` is `{ name: "@scope/pkg", subpath: "sub/path" }`.
    Package { name: String, subpath: String },
    /// A module of Node, without `node:`.
    Builtin(String),
    /// A file that is not part of the run, or a specifier that nothing here understands.
    Unresolved,
}

/// Extensions that are tried when a specifier has none, in this order.
const EXTENSIONS: [&str; 8] = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

/// Extensions that mean others: the build's for the source's. They are tried in this order, and nothing else is.
const EXTENSION_ALIASES: [(&str, &[&str]); 4] = [
    (".js", &[".ts", ".tsx", ".js", ".jsx"]),
    (".jsx", &[".tsx", ".jsx"]),
    (".mjs", &[".mts", ".mjs"]),
    (".cjs", &[".cts", ".cjs"]),
];

/// Folders that build tools write to.
const OUTPUT_FOLDERS: [&str; 18] = [
    "dist", "lib", "build", "out", "output", "esm", "cjs", "es", "es6", "umd", "mjs", "commonjs", "node", "browser",
    "types", "typings", "release", "bundle",
];

/// Folders that they read from.
const SOURCE_FOLDERS: [&str; 4] = ["src", "source", "lib", "sources"];

/// What a package publishes.
pub struct Shipment {
    /// The files that others load.
    pub entries: Vec<usize>,
    /// Files of the package that its list of `files` does not name.
    pub unnamed: Vec<usize>,
}

pub struct Resolver {
    root: PathBuf,
    tree: Arc<FileTree>,
    packages: Packages,
    configs: TsConfigs,
    inner: ResolverGeneric<TreeFileSystem>,
}

impl Resolver {
    /// `root` is absolute; `files` are relative to it. Configuration is read through `overlay`.
    pub fn new(root: &Path, files: &[PathBuf], overlay: &Overlay) -> Resolver {
        let tree = Arc::new(FileTree::new(root, files, overlay));
        let inner = ResolverGeneric::new_with_file_system(TreeFileSystem::new(Arc::clone(&tree)), options());
        let packages = Packages::read(root, &tree);
        Resolver {
            root: root.to_path_buf(),
            tree,
            packages,
            configs: TsConfigs::new(root, overlay),
            inner,
        }
    }

    /// What `specifier` names in the file `from`, which is relative to the root.
    pub fn resolve(&self, from: &Path, specifier: &str) -> Resolved {
        let folder = from.parent().unwrap_or(Path::new(""));
        self.resolve_new(&self.root.join(folder), specifier)
    }

    /// What each of the specifiers names that files have, which are relative to the root: one list a file.
    pub fn resolve_all(&self, files: &[(&Path, Vec<&str>)]) -> Vec<Vec<Resolved>> {
        let folder_of = |index: usize| files[index].0.parent().unwrap_or(Path::new(""));
        let mut order: Vec<usize> = (0..files.len()).collect();
        order.sort_by_key(|&index| folder_of(index));
        let folders: Vec<&[usize]> = order.chunk_by(|&a, &b| folder_of(a) == folder_of(b)).collect();
        let resolved = folders.par_iter().flat_map_iter(|&indices| {
            let folder = self.root.join(folder_of(indices[0]));
            let mut known: FxHashMap<&str, Resolved> = FxHashMap::default();
            let mut of_folder = Vec::with_capacity(indices.len());
            for &index in indices {
                let mut of_file = Vec::with_capacity(files[index].1.len());
                for &specifier in &files[index].1 {
                    let resolved = known.entry(specifier);
                    let resolved = resolved.or_insert_with(|| self.resolve_new(&folder, specifier));
                    of_file.push(resolved.clone());
                }
                of_folder.push((index, of_file));
            }
            of_folder
        });
        let mut resolved: Vec<(usize, Vec<Resolved>)> = resolved.collect();
        resolved.sort_unstable_by_key(|(index, _)| *index);
        resolved.into_iter().map(|(_, of_file)| of_file).collect()
    }

    /// The nearest `package.json` at or above a file, inside the root.
    pub fn package_of(&self, file: &Path) -> Option<&PackageJson> {
        self.packages.nearest(&self.root.join(file.parent()?))
    }

    /// Configurations that are there and could not be used, as far as anything asked for them; sorted.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        let mut problems = self.configs.problems();
        problems.extend_from_slice(self.packages.problems());
        problems.sort_unstable();
        problems
    }

    /// The file that each package of the tree gives to those who import it by its name.
    pub fn entries(&self) -> Vec<(&str, usize)> {
        let named = self.packages.named();
        let mut entries: Vec<(&str, usize)> = named
            .filter_map(|package| Some((package.name.as_deref()?, self.in_package(package, "")?)))
            .collect();
        entries.sort_unstable();
        entries
    }

    /// The files that each named package exposes to others, of those packages of which all entry points are walked files.
    pub fn exposed_files(&self) -> Vec<(&str, Vec<usize>)> {
        let named = self.packages.named();
        let mut exposed: Vec<(&str, Vec<usize>)> = named
            .filter_map(|package| {
                let subpaths = package.subpaths()?.into_iter();
                let files: Option<Vec<usize>> = subpaths.map(|subpath| self.in_package(package, subpath)).collect();
                Some((package.name.as_deref()?, files.filter(|files| !files.is_empty())?))
            })
            .collect();
        exposed.sort_unstable();
        exposed
    }

    /// Packages that say what they publish, as far as all of their entry points are walked files.
    pub fn shipments(&self) -> Vec<Shipment> {
        let mut inside: FxHashMap<&Path, Vec<(&Path, usize)>> = FxHashMap::default();
        for (path, file) in self.tree.files() {
            let package = path.parent().and_then(|folder| self.packages.nearest(folder));
            if let Some(package) = package.filter(|package| package.ships.is_some())
                && let Ok(path) = path.strip_prefix(&package.root)
            {
                inside.entry(&package.root).or_default().push((path, file));
            }
        }
        let shipping = self.packages.shipping();
        shipping
            .filter_map(|(package, ships)| {
                let offered = package
                    .subpaths()?
                    .into_iter()
                    .map(|subpath| self.in_package(package, subpath));
                let bin = package.bin().iter().map(|path| self.source_of(&package.root, path));
                let entries: Vec<usize> = offered.chain(bin).collect::<Option<_>>()?;
                let files = inside.get(package.root.as_path()).into_iter().flatten();
                let unnamed = files.filter(|(path, _)| !ships.is_match(path)).map(|&(_, file)| file);
                Some(Shipment {
                    entries,
                    unnamed: unnamed.collect(),
                })
            })
            .collect()
    }

    fn resolve_new(&self, folder: &Path, specifier: &str) -> Resolved {
        let is_relative = specifier.starts_with(['.', '/']);
        let aliases = match is_relative || specifier.is_empty() {
            true => None,
            false => self.configs.aliases_of(folder, &self.packages),
        };
        let at_path = |path: &PathBuf| self.look_up(folder, &path.to_string_lossy()).ok().flatten();
        let by_paths = aliases.iter().flat_map(|aliases| aliases.by_paths(folder, specifier));
        if let Some(file) = by_paths.into_iter().find_map(|path| at_path(&path)) {
            return Resolved::File(file);
        }
        match self.look_up(folder, specifier) {
            Ok(Some(file)) => return Resolved::File(file),
            Ok(None) => {}
            Err(builtin) => return Resolved::Builtin(builtin),
        }
        if is_relative {
            return Resolved::Unresolved;
        }
        let package = package_name(specifier);
        let is_dependency = package.is_some_and(|(name, _)| {
            let own = self.packages.nearest(folder);
            own.is_some_and(|own| own.dependencies.contains(name))
        });
        if !is_dependency {
            let by_base = aliases.iter().flat_map(|aliases| aliases.by_base(folder, specifier));
            if let Some(file) = by_base.into_iter().find_map(|path| at_path(&path)) {
                return Resolved::File(file);
            }
        }
        let Some((name, subpath)) = package else {
            return Resolved::Unresolved;
        };
        if let Some(file) = self
            .packages
            .meant(folder, name)
            .and_then(|package| self.in_package(package, subpath))
        {
            return Resolved::File(file);
        }
        let own = self.packages.nearest(folder);
        Resolved::Package {
            name: own.map_or(name, |own| own.real_name(name)).to_owned(),
            subpath: subpath.to_owned(),
        }
    }

    /// The file of the run that a specifier names; `Err` is a builtin module's name.
    fn look_up(&self, folder: &Path, specifier: &str) -> Result<Option<usize>, String> {
        if let Some(file) = beside(&self.tree, folder, specifier) {
            return Ok(Some(file));
        }
        match self.inner.resolve(folder, specifier) {
            Ok(resolution) => Ok(self.tree.file(resolution.path())),
            Err(ResolveError::Builtin { resolved, .. }) => {
                Err(resolved.strip_prefix("node:").unwrap_or(&resolved).to_owned())
            }
            Err(_) => Ok(None),
        }
    }

    /// The file that a package of the tree offers under a subpath.
    fn in_package(&self, package: &PackageJson, subpath: &str) -> Option<usize> {
        // With `exports` a package may import itself by name; without, a path into its folder means the same.
        let found = if package.exports.is_null() {
            let path = if subpath.is_empty() {
                package.root.clone()
            } else {
                package.root.join(subpath)
            };
            self.look_up(&package.root, &path.to_string_lossy())
        } else {
            let name = package.name.as_deref().unwrap_or_default();
            let own = if subpath.is_empty() {
                name.to_owned()
            } else {
                format!("{name}/{subpath}")
            };
            self.look_up(&package.root, &own)
        };
        found.ok().flatten().or_else(|| {
            let targets = package.targets(subpath);
            targets.iter().find_map(|target| self.source_of(&package.root, target))
        })
    }

    /// The walked file that `target`, a path in a package, was built from.
    fn source_of(&self, root: &Path, target: &str) -> Option<usize> {
        let target = target.trim_start_matches("./");
        let parts: Vec<&str> = target.split('/').collect();
        // A folder without a walked file is made by a build, whatever it is called.
        let is_made = |part: &str| parts[0] == part && !self.tree.has_folder(&root.join(part));
        let is_output = |part: &&&str| OUTPUT_FOLDERS.contains(part) || part.starts_with("dist-") || is_made(part);
        let outputs = parts[..parts.len() - 1].iter().take_while(is_output).count();
        let inside = parts[outputs..].join("/");
        let mut tried = vec![target.to_owned()];
        if outputs > 0 {
            tried.extend(SOURCE_FOLDERS.iter().map(|folder| format!("{folder}/{inside}")));
            tried.push(inside);
        }
        tried.iter().find_map(|path| {
            let stem = path.strip_suffix(".d.ts").unwrap_or_else(|| without_extension(path));
            let names = EXTENSIONS.iter().map(|extension| format!("{stem}{extension}"));
            names.into_iter().find_map(|name| self.tree.file(&root.join(name)))
        })
    }
}

fn without_extension(path: &str) -> &str {
    EXTENSIONS
        .iter()
        .find_map(|extension| path.strip_suffix(extension))
        .unwrap_or(path)
}

/// Splits `@scope/name/sub/path`. `None` for what is no package name, such as a URL or an alias.
fn package_name(specifier: &str) -> Option<(&str, &str)> {
    let specifier = specifier.strip_prefix("npm:").unwrap_or(specifier);
    let slashes = if specifier.starts_with('@') { 2 } else { 1 };
    let end = specifier
        .match_indices('/')
        .nth(slashes - 1)
        .map_or(specifier.len(), |(at, _)| at);
    let (name, rest) = specifier.split_at(end);
    let is_word = |part: &str| {
        let mut characters = part.chars();
        characters
            .next()
            .is_some_and(|first| first.is_ascii_alphanumeric() || first == '_' || first == '-')
            && characters.all(|each| each.is_ascii_alphanumeric() || "-_.~".contains(each))
    };
    let is_name = match name.strip_prefix('@') {
        Some(scoped) => scoped
            .split_once('/')
            .is_some_and(|(scope, name)| is_word(scope) && is_word(name)),
        // `bun:sqlite` and its like are modules of a runtime; their names serve as the package's.
        None => match name.split_once(':') {
            Some((scheme, name)) => is_word(scheme) && is_word(name) && !["data", "blob"].contains(&scheme),
            None => is_word(name),
        },
    };
    is_name.then(|| (name, rest.trim_matches('/')))
}

fn options() -> ResolveOptions {
    let alias = |from: &str, to: &[&str]| (from.to_owned(), to.iter().map(|&each| each.to_owned()).collect());
    ResolveOptions {
        builtin_modules: true,
        condition_names: ["source", "import", "require", "node", "module", "default"]
            .map(str::to_owned)
            .to_vec(),
        extensions: EXTENSIONS.map(str::to_owned).to_vec(),
        extension_alias: EXTENSION_ALIASES.map(|(from, to)| alias(from, to)).to_vec(),
        main_fields: ["source", "module", "main"].map(str::to_owned).to_vec(),
        // `NODE_PATH` is about one machine.
        node_path: false,
        symlinks: false,
        ..ResolveOptions::default()
    }
}
