//! The walked files as a file system for the resolver, so that a lookup costs a hash and not a system call.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use oxc_resolver::{FileMetadata, FileSystem, ResolveError};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::overlay::Overlay;

/// The files of a run and the folders that contain them, by absolute path.
#[derive(Default)]
pub(super) struct FileTree {
    files: FxHashMap<PathBuf, usize>,
    folders: FxHashSet<PathBuf>,
    overlay: Overlay,
}

impl FileTree {
    pub(super) fn new(root: &Path, files: &[PathBuf], overlay: &Overlay) -> Self {
        let mut tree = Self {
            overlay: overlay.clone(),
            ..Self::default()
        };
        tree.add_folders(root);
        for (index, file) in files.iter().enumerate() {
            let path = root.join(file);
            if let Some(folder) = path.parent() {
                tree.add_folders(folder);
            }
            tree.files.insert(path, index);
        }
        tree
    }

    /// The position of a walked file.
    pub(super) fn file(&self, path: &Path) -> Option<usize> {
        self.files.get(path).copied()
    }

    pub(super) fn has_folder(&self, path: &Path) -> bool {
        self.folders.contains(path)
    }

    /// Every walked file and its position, in no order.
    pub(super) fn files(&self) -> impl Iterator<Item = (&PathBuf, usize)> {
        self.files.iter().map(|(path, &index)| (path, index))
    }

    /// What stands in for the disk.
    pub(super) fn overlay(&self) -> &Overlay {
        &self.overlay
    }

    pub(super) fn folders(&self) -> impl Iterator<Item = &PathBuf> {
        self.folders.iter()
    }

    fn add_folders(&mut self, folder: &Path) {
        for each in folder.ancestors() {
            if !self.folders.insert(each.to_path_buf()) {
                return;
            }
        }
    }
}

/// Walked files and their folders exist, `package.json` is read from disk, and nothing else is there.
pub(super) struct TreeFileSystem {
    tree: Arc<FileTree>,
}

impl TreeFileSystem {
    pub(super) fn new(tree: Arc<FileTree>) -> Self {
        Self { tree }
    }
}

impl FileSystem for TreeFileSystem {
    /// An empty tree; the resolver calls this only when it makes its own file system.
    fn new() -> Self {
        Self { tree: Arc::default() }
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if is_manifest(path) {
            self.tree.overlay.read_configuration(path)
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        String::from_utf8(self.read(path)?).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        if self.tree.files.contains_key(path) {
            Ok(FileMetadata::new(true, false, false))
        } else if self.tree.folders.contains(path) {
            Ok(FileMetadata::new(false, true, false))
        } else if is_manifest(path) && self.tree.overlay.is_file(path) {
            Ok(FileMetadata::new(true, false, false))
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        self.metadata(path)
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, ResolveError> {
        Ok(path.to_path_buf())
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(path.to_path_buf())
    }
}

fn is_manifest(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "package.json")
}
