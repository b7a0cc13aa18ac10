//! Texts that stand in for what is on disk: the content of git's index, an older commit, an editor's unsaved buffers,
//! standard input.
//!
//! Every stage that reads a file reads it through here, so that a run over an overlay sees one consistent tree: a file of
//! the overlay is there whether the disk has it or not, and a hidden one is not there.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{env, io};

use crate::source::{read_limited, read_regular};

/// Bytes of a file beside the sources (a configuration, a manifest, a catalogue, a baseline) above which it is not read.
pub const MAX_CONFIGURATION: u64 = 32 << 20;

/// What takes the place of files, by absolute path without `.` and `..`. Cheap to clone.
#[derive(Clone, Default, Debug)]
pub struct Overlay {
    files: Arc<BTreeMap<PathBuf, Content>>,
    watch: Option<Arc<Watch>>,
}

/// The paths that were asked about, there or not.
#[derive(Default, Debug)]
pub struct Watch {
    paths: Mutex<BTreeSet<PathBuf>>,
}

impl Watch {
    /// What was asked about so far, sorted.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.locked().iter().cloned().collect()
    }

    fn locked(&self) -> MutexGuard<'_, BTreeSet<PathBuf>> {
        // A set of paths: no panic can leave it half written.
        self.paths.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone, Debug)]
enum Content {
    Bytes(Arc<[u8]>),
    Hidden,
}

impl Overlay {
    /// Puts a content in the place of a file.
    pub fn insert(&mut self, path: PathBuf, bytes: impl Into<Arc<[u8]>>) {
        Arc::make_mut(&mut self.files).insert(path, Content::Bytes(bytes.into()));
    }

    /// Lets a file be absent, whatever the disk has.
    pub fn hide(&mut self, path: PathBuf) {
        Arc::make_mut(&mut self.files).insert(path, Content::Hidden);
    }

    /// The same contents; from now on `watch` knows what is asked about.
    pub fn watched(&self, watch: &Arc<Watch>) -> Self {
        Self {
            files: Arc::clone(&self.files),
            watch: Some(Arc::clone(watch)),
        }
    }

    /// Lets whoever watches know of a path that is looked at on disk: a folder.
    pub fn note(&self, path: &Path) {
        if let Some(watch) = &self.watch {
            let mut paths = watch.locked();
            if !paths.contains(path) {
                paths.insert(path.to_path_buf());
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether the content of a file is the overlay's and not the disk's.
    pub fn has(&self, path: &Path) -> bool {
        self.note(path);
        matches!(self.files.get(path), Some(Content::Bytes(_)))
    }

    pub fn hides(&self, path: &Path) -> bool {
        matches!(self.files.get(path), Some(Content::Hidden))
    }

    /// Whether a regular file is there.
    pub fn is_file(&self, path: &Path) -> bool {
        self.note(path);
        match self.files.get(path) {
            Some(Content::Bytes(_)) => true,
            Some(Content::Hidden) => false,
            None => path.is_file(),
        }
    }

    /// Whether there is something of that name: a file, or what only looks like one, a link to nothing too.
    pub fn is_there(&self, path: &Path) -> bool {
        self.note(path);
        match self.files.get(path) {
            Some(Content::Bytes(_)) => true,
            Some(Content::Hidden) => false,
            None => path.symlink_metadata().is_ok(),
        }
    }

    /// The bytes of a regular file.
    ///
    /// # Errors
    /// As [`read_regular`]; `NotFound` for what is hidden.
    pub fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.note(path);
        match self.files.get(path) {
            Some(Content::Bytes(bytes)) => Ok(bytes.to_vec()),
            Some(Content::Hidden) => Err(io::ErrorKind::NotFound.into()),
            None => read_regular(path),
        }
    }

    /// The bytes of a file beside the sources.
    ///
    /// # Errors
    /// As [`Self::read`]; `FileTooLarge` for one of more than [`MAX_CONFIGURATION`] bytes.
    pub fn read_configuration(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.note(path);
        self.read_limited(path, MAX_CONFIGURATION)?.ok_or_else(|| {
            let message = format!("it has more than {MAX_CONFIGURATION} bytes");
            io::Error::new(io::ErrorKind::FileTooLarge, message)
        })
    }

    /// As [`Self::read`]; `None` for a file of more than `limit` bytes.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_limited(&self, path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
        match self.files.get(path) {
            Some(_) => self
                .read(path)
                .map(|bytes| Some(bytes).filter(|bytes| bytes.len() as u64 <= limit)),
            None => read_limited(path, limit),
        }
    }

    /// The folder around a path beyond which no configuration counts and nothing is read for one: the repository, else the
    /// topmost package, else the folder itself.
    pub fn boundary(&self, folder: &Path) -> PathBuf {
        let home = env::home_dir();
        let is_inside = |folder: &&Path| folder.parent().is_some() && home.as_deref() != Some(*folder);
        let above = || folder.ancestors().take_while(is_inside);
        let repository = above().find(|folder| folder.join(".git").exists());
        let package = || {
            let packages = above().filter(|folder| self.is_file(&folder.join("package.json")));
            packages.last()
        };
        repository.or_else(package).unwrap_or(folder).to_path_buf()
    }

    /// The files inside a folder that have a content here.
    pub fn below<'a>(&'a self, folder: &'a Path) -> impl Iterator<Item = &'a Path> {
        let from = self.files.range::<Path, _>((Bound::Included(folder), Bound::Unbounded));
        from.take_while(move |(path, _)| path.starts_with(folder))
            .filter(|(_, content)| matches!(content, Content::Bytes(_)))
            .map(|(path, _)| path.as_path())
    }
}
