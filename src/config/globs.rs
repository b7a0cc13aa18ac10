//! Patterns of files, each set with the folder that it is relative to.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Patterns that were written in one place.
#[derive(Clone, Debug)]
pub(super) struct Globs {
    folder: PathBuf,
    files: GlobSet,
    /// Those that may name a folder, and so all that is in it: their last part has no `*`.
    folders: GlobSet,
    /// As they are written.
    pub(super) patterns: Vec<String>,
}

/// A pattern that is none: its position, and why.
pub(super) struct BadGlob {
    pub(super) index: usize,
    pub(super) message: String,
    pub(super) help: Option<&'static str>,
}

impl Globs {
    /// `*` stays inside a folder, `**` goes through any number of them, `{a,b}` is either.
    pub(super) fn new(folder: &Path, patterns: &[String]) -> Result<Self, BadGlob> {
        let (mut files, mut folders) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for (index, pattern) in patterns.iter().enumerate() {
            let bad = |message: &str, help| BadGlob {
                index,
                message: message.to_owned(),
                help,
            };
            if pattern.starts_with('!') {
                let help = "say what to read in `include` and what not in `exclude`";
                return Err(bad("a pattern cannot be negated", Some(help)));
            }
            if pattern.starts_with('/') || pattern.split('/').any(|part| part == "..") {
                return Err(bad(
                    "a pattern is relative to its file and cannot leave its folder",
                    None,
                ));
            }
            let glob = GlobBuilder::new(pattern.trim_start_matches("./").trim_end_matches('/'))
                .literal_separator(true)
                .case_insensitive(true)
                .build()
                .map_err(|error| bad(&error.kind().to_string(), None))?;
            let last = pattern.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            if !last.contains(['*', '?']) {
                folders.add(glob.clone());
            }
            files.add(glob);
        }
        let built = |builder: GlobSetBuilder| {
            builder.build().map_err(|error| BadGlob {
                index: 0,
                message: error.kind().to_string(),
                help: None,
            })
        };
        Ok(Self {
            folder: folder.to_path_buf(),
            files: built(files)?,
            folders: built(folders)?,
            patterns: patterns.to_vec(),
        })
    }

    /// Whether a pattern names the file, or a folder around it; absolute.
    pub(super) fn has(&self, file: &Path) -> bool {
        let Ok(inside) = file.strip_prefix(&self.folder) else {
            return false;
        };
        let mut around = inside.ancestors().skip(1).filter(|path| !path.as_os_str().is_empty());
        self.files.is_match(inside) || around.any(|folder| self.folders.is_match(folder))
    }
}
