//! Which configuration holds for a file: the nearest at or above it, with what that extends.
//!
//! Nothing above a folder with `.git` counts, and neither do the home folder and the root of the file system. What a
//! configuration names (what it extends, catalogues, the baseline) lies inside that repository, or without one inside the
//! topmost folder with a `package.json`.

use std::env;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::mistake::Mistake;
use super::read::{self, Document, Part, Step};
use super::settings::Settings;
use super::{FILE_NAMES, PACKAGE_FIELD, PACKAGE_FILE};
use crate::overlay::Overlay;
use crate::source::decode;

/// Configurations that one configuration may extend, directly or not, counted as often as they are met.
const MAX_EXTENDED: usize = 100;

/// The known findings of a project, beside its configuration or in its root.
pub const BASELINE_FILE: &str = "leaklint-baseline.json";

/// Which configurations count.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub enum Choice {
    /// The nearest of each file.
    #[default]
    Nearest,
    /// This one for all files; absolute.
    File(PathBuf),
    None,
}

/// The configurations of a run.
#[derive(Clone, Debug)]
pub struct Configurations {
    by_folder: FxHashMap<PathBuf, Arc<Settings>>,
    /// For files outside all folders that were asked for.
    fallback: Arc<Settings>,
}

impl Configurations {
    /// What holds for the files of these folders, which are absolute.
    ///
    /// # Errors
    /// Every mistake of the first configuration that has any.
    pub fn find<'f>(
        choice: &Choice,
        folders: impl IntoIterator<Item = &'f Path>,
        root: &Path,
        overlay: &Overlay,
        known_rules: &[&str],
    ) -> Result<Self, Vec<Mistake>> {
        let mut finder = Finder {
            overlay,
            known_rules,
            home: env::home_dir(),
            by_folder: FxHashMap::default(),
            around: FxHashMap::default(),
            none: Arc::new(Settings::none(root)),
        };
        match choice {
            Choice::None => {}
            Choice::File(path) => finder.none = Arc::new(finder.settings(path)?),
            Choice::Nearest => {
                for folder in folders {
                    finder.nearest(folder)?;
                }
            }
        }
        Ok(Self {
            by_folder: finder.by_folder,
            fallback: finder.none,
        })
    }

    /// What holds for a file.
    pub fn of(&self, file: &Path) -> &Arc<Settings> {
        let own = file.parent().and_then(|folder| self.by_folder.get(folder));
        own.unwrap_or(&self.fallback)
    }

    /// What holds for a folder that was asked for.
    pub fn of_folder(&self, folder: &Path) -> &Arc<Settings> {
        self.by_folder.get(folder).unwrap_or(&self.fallback)
    }

    /// The files that describe libraries, each once, in the order of their configurations' paths.
    pub fn catalogs(&self) -> Vec<PathBuf> {
        let mut all: Vec<&Arc<Settings>> = self.by_folder.values().chain([&self.fallback]).collect();
        all.sort_by(|a, b| a.path.cmp(&b.path));
        let mut files: Vec<PathBuf> = Vec::new();
        for file in all.iter().flat_map(|settings| &settings.catalog) {
            if !files.contains(file) {
                files.push(file.clone());
            }
        }
        files
    }
}

struct Finder<'a> {
    overlay: &'a Overlay,
    known_rules: &'a [&'a str],
    home: Option<PathBuf>,
    by_folder: FxHashMap<PathBuf, Arc<Settings>>,
    /// What is around each folder that was asked for, so that many nested configurations do not ask again and again.
    around: FxHashMap<PathBuf, Around>,
    none: Arc<Settings>,
}

/// The folders at or above one that may be its boundary.
#[derive(Clone, Default)]
struct Around {
    /// The nearest repository.
    repository: Option<PathBuf>,
    /// The topmost package.
    package: Option<PathBuf>,
}

impl Finder<'_> {
    fn nearest(&mut self, folder: &Path) -> Result<Arc<Settings>, Vec<Mistake>> {
        if let Some(known) = self.by_folder.get(folder) {
            return Ok(Arc::clone(known));
        }
        let settings = match self.in_folder(folder)? {
            Some(path) => Arc::new(self.settings(&path)?),
            None => {
                let is_repository = folder.join(".git").exists();
                let above = folder
                    .parent()
                    .filter(|above| above.parent().is_some() && self.home.as_deref() != Some(above) && !is_repository);
                let inherited = match above {
                    Some(above) => self.nearest(above)?,
                    None => Arc::clone(&self.none),
                };
                self.with_own_baseline(folder, inherited)
            }
        };
        self.by_folder.insert(folder.to_path_buf(), Arc::clone(&settings));
        Ok(settings)
    }

    /// The settings of a folder without a configuration: its baseline is nearer than one above.
    fn with_own_baseline(&self, folder: &Path, inherited: Arc<Settings>) -> Arc<Settings> {
        let baseline = folder.join(BASELINE_FILE);
        if !self.overlay.is_there(&baseline) {
            return inherited;
        }
        let mut own = Settings::clone(&inherited);
        own.baseline = Some(baseline);
        Arc::new(own)
    }

    /// The configuration in a folder.
    fn in_folder(&self, folder: &Path) -> Result<Option<PathBuf>, Vec<Mistake>> {
        let mut found: Vec<PathBuf> = FILE_NAMES.iter().map(|name| folder.join(name)).collect();
        found.retain(|path| self.overlay.is_there(path));
        let package = folder.join(PACKAGE_FILE);
        if self.overlay.is_file(&package) && self.document(&package)?.is_some() {
            found.push(package);
        }
        let [first, second, ..] = found.as_slice() else {
            return Ok(found.pop());
        };
        let field = if second.ends_with(PACKAGE_FILE) {
            format!(" (field `{PACKAGE_FIELD}`)")
        } else {
            String::new()
        };
        Err(vec![Mistake {
            path: first.clone(),
            text: String::new(),
            span: 0..0,
            message: format!(
                "there is a second configuration in the folder: `{}`{field}",
                second.display()
            ),
            help: Some("keep one of them".to_owned()),
        }])
    }

    /// As [`Overlay::boundary`] says.
    fn boundary(&mut self, folder: &Path) -> PathBuf {
        let Around { repository, package } = self.around(folder);
        repository.or(package).unwrap_or_else(|| folder.to_path_buf())
    }

    fn around(&mut self, folder: &Path) -> Around {
        if let Some(known) = self.around.get(folder) {
            return known.clone();
        }
        let around = match folder.parent().filter(|_| self.home.as_deref() != Some(folder)) {
            None => Around::default(),
            Some(above) => {
                let above = self.around(above);
                let is_package = || self.overlay.is_file(&folder.join(PACKAGE_FILE));
                Around {
                    repository: match folder.join(".git").exists() {
                        true => Some(folder.to_path_buf()),
                        false => above.repository,
                    },
                    package: above.package.or_else(|| is_package().then(|| folder.to_path_buf())),
                }
            }
        };
        self.around.insert(folder.to_path_buf(), around.clone());
        around
    }

    /// A configuration with all that it extends.
    fn settings(&mut self, path: &Path) -> Result<Settings, Vec<Mistake>> {
        let folder = path.parent().unwrap_or(path);
        let mut settings = Settings::none(folder);
        let boundary = self.boundary(folder);
        let document = match self.document(path)? {
            Some(document) => document,
            None => {
                let message = format!("it has no field `{PACKAGE_FIELD}`");
                return Err(vec![whole_file(path, message)]);
            }
        };
        self.apply(&document, &boundary, &mut vec![path.to_path_buf()], &mut settings)?;
        if settings.baseline.is_none() {
            settings.baseline = Some(folder.join(BASELINE_FILE)).filter(|path| self.overlay.is_there(path));
        }
        Ok(settings)
    }

    /// Merges a configuration, after what it extends. `open` holds the files that are being merged.
    fn apply(
        &self,
        document: &Document,
        boundary: &Path,
        open: &mut Vec<PathBuf>,
        settings: &mut Settings,
    ) -> Result<(), Vec<Mistake>> {
        for (index, extended) in document.options.extends.iter().flatten().enumerate() {
            let steps = [Step::from("extends"), index.into()];
            let wrong = |message: String| vec![document.at(&steps, Part::Value, message, None)];
            let path = inside(document, extended, boundary).map_err(wrong)?;
            if open.len().max(settings.extended.len()) >= MAX_EXTENDED {
                return Err(wrong(format!("more than {MAX_EXTENDED} configurations are extended")));
            }
            if open.contains(&path) {
                return Err(wrong(format!("`{extended}` extends this configuration itself")));
            }
            self.must_be_a_file(&path).map_err(wrong)?;
            let Some(base) = self.document(&path)? else {
                return Err(wrong(format!("`{extended}` has no field `{PACKAGE_FIELD}`")));
            };
            open.push(path);
            self.apply(&base, boundary, open, settings)?;
            open.pop();
        }
        settings.apply(document, self.known_rules)?;
        for (index, file) in document.options.catalog.iter().flatten().enumerate() {
            let steps = [Step::from("catalog"), index.into()];
            let wrong = |message: String| vec![document.at(&steps, Part::Value, message, None)];
            let path = inside(document, file, boundary).map_err(wrong)?;
            self.must_be_a_file(&path).map_err(wrong)?;
            settings.catalog.push(path);
        }
        if let Some(baseline) = &document.options.baseline {
            let steps = [Step::from("baseline")];
            let path = inside(document, baseline, boundary);
            let path = path.map_err(|message| vec![document.at(&steps, Part::Value, message, None)])?;
            settings.baseline = Some(path);
        }
        Ok(())
    }

    /// What is wrong with a path that a configuration names, if no regular file is there.
    fn must_be_a_file(&self, path: &Path) -> Result<(), String> {
        if self.overlay.is_file(path) {
            return Ok(());
        }
        let path_is = if self.overlay.is_there(path) {
            format!("`{}` is not a regular file, and is not opened", path.display())
        } else {
            format!("there is no file `{}`", path.display())
        };
        Err(path_is)
    }

    fn document(&self, path: &Path) -> Result<Option<Document>, Vec<Mistake>> {
        if self.overlay.is_there(path) && !self.overlay.is_file(path) && !path.ends_with(PACKAGE_FILE) {
            let mut mistake = whole_file(path, "it is not a regular file, and is not opened".to_owned());
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            mistake.help = Some(format!(
                "remove it, or let `{name}` be a file; `--no-config` lints without it"
            ));
            return Err(vec![mistake]);
        }
        let bytes = self.overlay.read_configuration(path);
        let bytes = bytes.map_err(|error| format!("cannot be read: {error}"));
        let text = match bytes.and_then(|bytes| decode(bytes).map_err(|error| error.to_string())) {
            Ok(text) => text,
            // A manifest that cannot be read is none, as everywhere.
            Err(_) if path.ends_with(PACKAGE_FILE) => return Ok(None),
            Err(message) => return Err(vec![whole_file(path, message)]),
        };
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        read::read(path, text).map_err(|mistake| vec![mistake])
    }
}

fn whole_file(path: &Path, message: String) -> Mistake {
    Mistake {
        path: path.to_path_buf(),
        text: String::new(),
        span: 0..0,
        message,
        help: None,
    }
}

/// The absolute path of what a configuration names, which must not leave the repository, by links neither.
fn inside(document: &Document, named: &str, boundary: &Path) -> Result<PathBuf, String> {
    let outside = || format!("`{named}` is outside `{}`", boundary.display());
    let folder = document.path.parent().unwrap_or(Path::new(""));
    let mut path = folder.to_path_buf();
    for part in Path::new(named).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                path.pop();
            }
            Component::Normal(name) => path.push(name),
            Component::Prefix(_) | Component::RootDir => return Err(outside()),
        }
    }
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let is_inside = path.starts_with(boundary) && (!path.exists() || real(&path).starts_with(real(boundary)));
    if is_inside { Ok(path) } else { Err(outside()) }
}
