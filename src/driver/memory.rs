//! Facts that are kept between the runs of one process, so that a run lowers only what changed.
//!
//! A file of the disk is known by its length and the time it was written, a text of the overlay by itself. A text of the overlay that gives
//! no facts, because it is half typed, keeps the facts and the text of the last one that did.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use rustc_hash::{FxHashMap, FxHashSet};

use super::reading::{FileResult, Reading, file_facts};
use crate::cache::seen::ContentHash;
use crate::facts::FileFacts;
use crate::overlay::Overlay;
use crate::suppress::MARK;
use crate::walk::FoundFile;

/// What is kept. One is meant for one project folder and one catalogue: nothing else enters facts.
#[derive(Default)]
pub struct Memory {
    files: Mutex<FxHashMap<PathBuf, Kept>>,
    lowered: AtomicUsize,
    /// No run comes after this one.
    is_last: bool,
}

/// What reading one file gave.
#[derive(Clone)]
pub(super) struct Read {
    pub(super) facts: Arc<FileFacts>,
    /// What the facts were made of, where that is not on disk.
    pub(super) text: Option<Arc<str>>,
    /// What the facts were made of, where a cache has to know it again.
    pub(super) content: Option<ContentHash>,
    /// The text holds the word of suppressions.
    pub(super) may_suppress: bool,
}

struct Kept {
    version: Version,
    read: Read,
}

/// Which text facts were made of.
#[derive(Clone, PartialEq, Eq)]
enum Version {
    Disk { modified: SystemTime, length: u64 },
    Text(Vec<u8>),
}

impl Memory {
    /// A memory for one run, which keeps nothing.
    pub(super) fn of_one_run() -> Self {
        Self {
            is_last: true,
            ..Self::default()
        }
    }

    /// How many texts were lowered so far.
    pub fn lowered(&self) -> usize {
        self.lowered.load(Ordering::Relaxed)
    }

    /// The facts of a file as it is now: kept or new.
    pub(super) fn facts(&self, file: &FoundFile, reading: &Reading) -> FileResult<Read> {
        if self.is_last {
            return read_facts(file, reading);
        }
        let version = Version::of(&file.disk, &reading.overlay);
        if let Some(kept) = self.files().get(&file.disk)
            && version.as_ref() == Some(&kept.version)
        {
            return Ok(kept.read.clone());
        }
        let read = read_facts(file, reading);
        self.lowered.fetch_add(1, Ordering::Relaxed);
        if let (Ok(read), Some(version)) = (&read, version) {
            let kept = Kept {
                version,
                read: read.clone(),
            };
            self.files().insert(file.disk.clone(), kept);
        }
        read
    }

    /// What the last text of a file that could be analysed gave.
    pub(super) fn last_good(&self, disk: &Path) -> Option<Read> {
        self.files().get(disk).map(|kept| kept.read.clone())
    }

    /// Forgets the files that are not among these. Facts may be nested: call it where the stack is large.
    pub(super) fn retain(&self, files: &[FoundFile]) {
        let here: FxHashSet<&Path> = files.iter().map(|file| file.disk.as_path()).collect();
        self.files().retain(|path, _| here.contains(path.as_path()));
    }

    fn files(&self) -> MutexGuard<'_, FxHashMap<PathBuf, Kept>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Version {
    /// `None` if the operating system does not say, or the file is none.
    fn of(disk: &Path, overlay: &Overlay) -> Option<Self> {
        if overlay.has(disk) {
            return overlay.read(disk).ok().map(Version::Text);
        }
        let metadata = fs::metadata(disk).ok().filter(fs::Metadata::is_file)?;
        Some(Version::Disk {
            modified: metadata.modified().ok()?,
            length: metadata.len(),
        })
    }
}

/// The facts of a file, from the text that counts.
fn read_facts(file: &FoundFile, reading: &Reading) -> FileResult<Read> {
    let (facts, text) = file_facts(file, reading)?;
    Ok(Read {
        facts: Arc::new(facts),
        content: reading.is_cached.then(|| ContentHash::of(text.as_bytes())),
        may_suppress: memchr::memmem::find(text.as_bytes(), MARK.as_bytes()).is_some(),
        text: reading.overlay.has(&file.disk).then(|| Arc::from(text)),
    })
}
