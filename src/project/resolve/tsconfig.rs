//! `paths` and `baseUrl` of `tsconfig.json` and `jsconfig.json`: which paths a specifier may stand for.
//!
//! The nearest configuration at or above a file speaks for it, joined with what it `extends`. A configuration that lists
//! `references` lets those speak too whose `include` names the file's folder. What is extended but not there (a package
//! that is not installed, a file that a tool has yet to write) is as if it said nothing. What is there and cannot be used
//! is a [`ConfigProblem`].
//! Source of the rules: <https://www.typescriptlang.org/tsconfig/#paths>, `#baseUrl`, `#extends`.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use oxc_resolver::{ExtendsField, PathUtil, TsConfig};
use rustc_hash::FxHashMap;

use super::package::{PackageJson, Packages};
use super::package_name;
use crate::overlay::Overlay;

/// Configurations that one configuration extends, directly or not, counted as often as they are met; the rest counts as
/// absent.
const MAX_EXTENDS: usize = 64;

/// Names of configurations, the first one in a folder counts.
const NAMES: [&str; 2] = ["tsconfig.json", "jsconfig.json"];

/// Stands for the folder of the configuration that nobody extends.
const CONFIG_DIR: &str = "${configDir}";

/// A configuration that is there and cannot be used.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ConfigProblem {
    /// Absolute.
    pub path: PathBuf,
    /// Why, one clause, lower case, no full stop.
    pub message: String,
}

/// Every configuration that was asked for, by folder.
pub(super) struct TsConfigs {
    /// Configurations above it do not count.
    root: PathBuf,
    /// Nothing outside is extended or referred to.
    boundary: PathBuf,
    overlay: Overlay,
    by_folder: Mutex<FxHashMap<PathBuf, Option<Arc<Aliases>>>>,
    problems: Mutex<Vec<ConfigProblem>>,
}

/// What the configuration of a folder makes of specifiers.
#[derive(Default)]
pub(super) struct Aliases {
    /// Patterns with at most one `*`, and absolute targets.
    paths: Vec<(String, Vec<PathBuf>)>,
    base_url: Option<PathBuf>,
    /// The configurations of `references`, and the folders that each includes.
    references: Vec<(Vec<PathBuf>, Aliases)>,
}

impl Aliases {
    /// The paths that `paths` gives for a specifier in a file of `folder`, the likeliest first.
    pub(super) fn by_paths(&self, folder: &Path, specifier: &str) -> Vec<PathBuf> {
        let mut found = self.matched(specifier);
        for (included, aliases) in &self.references {
            if included.iter().any(|each| folder.starts_with(each)) {
                found.extend(aliases.matched(specifier));
            }
        }
        found
    }

    /// The paths that `baseUrl` gives.
    pub(super) fn by_base(&self, folder: &Path, specifier: &str) -> Vec<PathBuf> {
        let spoken = self
            .references
            .iter()
            .filter(|(included, _)| included.iter().any(|each| folder.starts_with(each)))
            .filter_map(|(_, aliases)| aliases.base_url.as_ref());
        let all = self.base_url.iter().chain(spoken);
        all.map(|base| base.normalize_with(specifier)).collect()
    }

    /// An exact pattern wins, else the first of those with the longest text before their `*`.
    fn matched(&self, specifier: &str) -> Vec<PathBuf> {
        if let Some((_, targets)) = self.paths.iter().find(|(pattern, _)| pattern == specifier) {
            return targets.clone();
        }
        let fitting = self.paths.iter().filter_map(|(pattern, targets)| {
            let (before, after) = pattern.split_once('*')?;
            let rest = specifier.strip_prefix(before)?;
            let star = rest.strip_suffix(after)?;
            Some((before.len(), star, targets))
        });
        let Some((_, star, targets)) = fitting.rev().max_by_key(|(length, ..)| *length) else {
            return Vec::new();
        };
        let filled = |target: &PathBuf| PathBuf::from(target.to_string_lossy().replacen('*', star, 1));
        targets
            .iter()
            .map(|target| Path::new("/").normalize_with(filled(target)))
            .collect()
    }
}

/// What a configuration extends.
#[derive(Default)]
struct Chain {
    /// The configurations that led to the one that is read.
    open: Vec<PathBuf>,
    /// How many were read.
    read: usize,
}

/// Patterns and their targets, as written.
type Patterns = Vec<(String, Vec<String>)>;

/// One configuration and those it extends, before `${configDir}` is known.
#[derive(Default)]
struct Settings {
    base_url: Option<(PathBuf, String)>,
    /// The folder of the configuration that has them, and the patterns.
    paths: Option<(PathBuf, Patterns)>,
    included: Option<(PathBuf, Vec<String>)>,
}

impl TsConfigs {
    pub(super) fn new(root: &Path, overlay: &Overlay) -> Self {
        Self {
            root: root.to_path_buf(),
            boundary: overlay.boundary(root),
            overlay: overlay.clone(),
            by_folder: Mutex::default(),
            problems: Mutex::default(),
        }
    }

    /// What speaks for the files of a folder.
    pub(super) fn aliases_of(&self, folder: &Path, packages: &Packages) -> Option<Arc<Aliases>> {
        if !folder.starts_with(&self.root) {
            return None;
        }
        if let Some(known) = self.known().get(folder) {
            return known.clone();
        }
        let own = NAMES
            .iter()
            .map(|name| folder.join(name))
            .find(|path| is_there(path, &self.overlay));
        let aliases = match own {
            Some(config) => Some(Arc::new(self.read_aliases(&config, packages, true))),
            None => folder.parent().and_then(|parent| self.aliases_of(parent, packages)),
        };
        self.known().insert(folder.to_path_buf(), aliases.clone());
        aliases
    }

    /// What could not be used so far, sorted.
    pub(super) fn problems(&self) -> Vec<ConfigProblem> {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner).clone();
        problems.sort_unstable();
        problems.dedup();
        problems
    }

    fn known(&self) -> std::sync::MutexGuard<'_, FxHashMap<PathBuf, Option<Arc<Aliases>>>> {
        self.by_folder.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn report(&self, path: &Path, message: String) {
        let problem = ConfigProblem {
            path: path.to_path_buf(),
            message,
        };
        self.problems
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(problem);
    }

    fn read_aliases(&self, config: &Path, packages: &Packages, follow_references: bool) -> Aliases {
        let folder = config.parent().unwrap_or(config);
        let Some(parsed) = self.parse(config) else {
            return Aliases::default();
        };
        let references = if follow_references {
            parsed.references.clone()
        } else {
            Vec::new()
        };
        let settings = self.settings(config, parsed, packages, &mut Chain::default());
        let references = references.iter().filter_map(|reference| {
            let path = folder.normalize_with(&reference.path);
            self.overlay.note(&path);
            let path = if path.is_dir() { path.join(NAMES[0]) } else { path };
            self.overlay.note(&path);
            if path == config || !path.exists() || !self.is_inside(&path) {
                return None;
            }
            let parsed = self.parse(&path)?;
            let home = path.parent()?.to_path_buf();
            let settings = self.settings(&path, parsed, packages, &mut Chain::default());
            Some((settings.included_folders(&home), settings.aliases(&home)))
        });
        let references = references.collect();
        Aliases {
            references,
            ..settings.aliases(folder)
        }
    }

    /// Whether a configuration lies in the repository, by links too: what others put elsewhere is not read.
    fn is_inside(&self, config: &Path) -> bool {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        config.starts_with(&self.boundary) && (!config.exists() || real(config).starts_with(real(&self.boundary)))
    }

    fn parse(&self, config: &Path) -> Option<TsConfig> {
        let text = self
            .overlay
            .read_configuration(config)
            .map_err(|error| error.to_string())
            .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned()));
        let parsed = text.and_then(|text| {
            TsConfig::parse(true, config, config, text).map_err(|error| format!("no valid configuration: {error}"))
        });
        match parsed {
            Ok(parsed) => Some(parsed),
            Err(reason) => {
                self.report(config, format!("its aliases are not known: {reason}"));
                None
            }
        }
    }

    /// The settings of a configuration, and of those it extends where it has none; later ones count more.
    fn settings(&self, config: &Path, parsed: TsConfig, packages: &Packages, chain: &mut Chain) -> Settings {
        let folder = config.parent().unwrap_or(config);
        let text = |path: &PathBuf| path.to_string_lossy().into_owned();
        let options = &parsed.compiler_options;
        let mut settings = Settings {
            base_url: options.base_url.as_ref().map(|base| (folder.to_path_buf(), text(base))),
            paths: options.paths.as_ref().map(|paths| {
                let patterns = paths
                    .iter()
                    .map(|(pattern, targets)| (pattern.clone(), targets.iter().map(text).collect()));
                (folder.to_path_buf(), patterns.collect())
            }),
            included: None,
        };
        if parsed.include.is_some() || parsed.files.is_some() {
            let named = parsed.include.iter().chain(parsed.files.iter()).flatten();
            settings.included = Some((folder.to_path_buf(), named.map(text).collect()));
        }
        let extended = match &parsed.extends {
            None => return settings,
            Some(ExtendsField::Single(one)) => std::slice::from_ref(one),
            Some(ExtendsField::Multiple(all)) => all.as_slice(),
        };
        chain.open.push(config.to_path_buf());
        for specifier in extended.iter().rev() {
            let base = extended_config(folder, specifier, packages).filter(|base| self.is_inside(base));
            let Some(base) = base else { continue };
            if chain.open.contains(&base) {
                self.report(config, "its `extends` go in a circle".to_owned());
                continue;
            }
            if chain.read >= MAX_EXTENDS {
                continue;
            }
            chain.read += 1;
            if let Some(parsed) = self.parse(&base) {
                settings.fill(self.settings(&base, parsed, packages, chain));
            }
        }
        chain.open.pop();
        settings
    }
}

impl Settings {
    fn fill(&mut self, base: Settings) {
        self.base_url = self.base_url.take().or(base.base_url);
        self.paths = self.paths.take().or(base.paths);
        self.included = self.included.take().or(base.included);
    }

    fn aliases(&self, config_dir: &Path) -> Aliases {
        let base_url = self
            .base_url
            .as_ref()
            .map(|(folder, base)| absolute(folder, base, config_dir));
        let paths = self.paths.as_ref().map(|(folder, patterns)| {
            // `paths` are relative to `baseUrl`, else to the configuration that has them.
            let from = base_url.as_deref().unwrap_or(folder);
            let each = |(pattern, targets): &(String, Vec<String>)| {
                let targets = targets.iter().map(|target| absolute(from, target, config_dir));
                (pattern.clone(), targets.collect())
            };
            patterns.iter().map(each).collect()
        });
        Aliases {
            paths: paths.unwrap_or_default(),
            base_url,
            references: Vec::new(),
        }
    }

    /// The folders that `include` and `files` name, as far as they are without `*`; without both, the own one.
    fn included_folders(&self, home: &Path) -> Vec<PathBuf> {
        let Some((folder, patterns)) = &self.included else {
            return vec![home.to_path_buf()];
        };
        let each = |pattern: &String| {
            let plain = pattern.split(['*', '?']).next().unwrap_or_default();
            let path = absolute(folder, plain, home);
            match path.extension() {
                Some(_) => path.parent().unwrap_or(&path).to_path_buf(),
                None => path,
            }
        };
        patterns.iter().map(each).collect()
    }
}

fn absolute(folder: &Path, text: &str, config_dir: &Path) -> PathBuf {
    match text.strip_prefix(CONFIG_DIR) {
        Some(rest) => config_dir.normalize_with(rest.trim_start_matches('/')),
        None => folder.normalize_with(text),
    }
}

/// The file that an `extends` of a configuration in `folder` names, if it is there.
fn extended_config(folder: &Path, specifier: &str, packages: &Packages) -> Option<PathBuf> {
    if specifier.starts_with('.') || Path::new(specifier).is_absolute() {
        return existing_config(&folder.normalize_with(specifier), packages.overlay());
    }
    let existing = |path: &Path| existing_config(path, packages.overlay());
    let (name, subpath) = package_name(specifier)?;
    let installed = folder.ancestors().map(|each| each.join("node_modules").join(name));
    let homes = installed
        .chain(packages.folder_named(name))
        .inspect(|home| packages.overlay().note(home))
        .filter(|home| home.is_dir());
    homes.into_iter().find_map(|home| {
        let manifest = PackageJson::read(&home, packages.overlay());
        if subpath.is_empty() {
            let stated = manifest.and_then(|manifest| manifest.tsconfig);
            return existing(&home.normalize_with(stated.as_deref().unwrap_or(NAMES[0])));
        }
        existing(&home.normalize_with(subpath)).or_else(|| {
            let targets = manifest?.targets(subpath);
            targets.iter().find_map(|target| existing(&home.normalize_with(target)))
        })
    })
}

/// A configuration may be named without `.json`, or by its folder.
fn existing_config(path: &Path, overlay: &Overlay) -> Option<PathBuf> {
    let mut with_extension = path.as_os_str().to_owned();
    with_extension.push(".json");
    let candidates = [path.to_path_buf(), PathBuf::from(with_extension), path.join(NAMES[0])];
    candidates
        .into_iter()
        .find(|candidate| is_there(candidate, overlay) && !candidate.is_dir())
}

/// Whether there is something of that name; a pipe would be, and is reported when it is read.
fn is_there(path: &Path, overlay: &Overlay) -> bool {
    overlay.has(path) || (path.exists() && !overlay.hides(path))
}
