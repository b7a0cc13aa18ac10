//! What was at a path when it was read, and whether that is still so.
//!
//! Size, time and inode answer for the content where they allow it: a file that was changed while, or just before, it was
//! read could be changed once more without another time, so its content is compared.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::source::read_regular;

/// File systems may keep times in steps of this length; FAT's two seconds are the longest in use.
/// Source: <https://learn.microsoft.com/windows/win32/sysinfo/file-times>.
const TIME_STEP: Duration = Duration::from_secs(2);

/// A number for a content. It guards against accidents, not against people who mean harm.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ContentHash(u128);

impl ContentHash {
    pub fn of(bytes: &[u8]) -> Self {
        Self(xxh3_128(bytes))
    }

    /// Of several texts, none of which can take over the end of the one before.
    pub fn of_all<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hash = Xxh3::new();
        for part in parts {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self(hash.digest128())
    }

    /// As a file name.
    pub fn name(self) -> String {
        format!("{:032x}", self.0)
    }
}

/// What was at a path.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Seen {
    /// Nothing.
    Absent,
    File {
        /// `None` if the content alone can say whether it is the same.
        mark: Option<Mark>,
        content: ContentHash,
    },
    /// A folder, with its entries' names.
    Folder { mark: Option<Mark>, content: ContentHash },
    /// Something that cannot be read: a pipe, or what may not be.
    Unreadable,
}

/// What the file system says of a file or folder: another content has another mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mark {
    length: u64,
    /// Since 1970, in nanoseconds.
    modified: u128,
    /// Inode and device; 0 where there are none.
    identity: (u64, u64),
}

impl Seen {
    /// What is at a path now. `content` is that of the text which was read there, if it was; `begun` is when reading began.
    pub fn now(path: &Path, content: Option<ContentHash>, begun: SystemTime) -> Self {
        let Ok(metadata) = fs::metadata(path) else {
            return Seen::Absent;
        };
        let mark = Mark::of(&metadata).filter(|mark| mark.is_older(begun));
        let content = match content {
            Some(content) => Ok(content),
            None => content_at(path, &metadata),
        };
        match content {
            Ok(content) if metadata.is_dir() => Seen::Folder { mark, content },
            Ok(content) => Seen::File { mark, content },
            Err(_) => Seen::Unreadable,
        }
    }

    /// Whether the content alone can say that it is the same.
    pub fn is_young(&self) -> bool {
        matches!(self, Seen::File { mark: None, .. } | Seen::Folder { mark: None, .. })
    }

    /// Whether that is still at the path.
    pub fn still_holds(&self, path: &Path) -> bool {
        let metadata = fs::metadata(path);
        let (mark, content, is_folder) = match self {
            Seen::Absent => return metadata.is_err(),
            Seen::Unreadable => return metadata.is_ok_and(|metadata| content_at(path, &metadata).is_err()),
            Seen::File { mark, content } => (mark, content, false),
            Seen::Folder { mark, content } => (mark, content, true),
        };
        let Ok(metadata) = metadata else { return false };
        if metadata.is_dir() != is_folder {
            return false;
        }
        let is_same = mark.is_some() && Mark::of(&metadata) == *mark;
        is_same || content_at(path, &metadata).is_ok_and(|now| now == *content)
    }
}

/// Names that a folder did not have.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Missing {
    /// `None` if the names have to be looked for one by one.
    mark: Option<Mark>,
    names: Vec<String>,
}

impl Missing {
    /// Names of which none is in the folder; `begun` is when they were first looked for.
    pub fn of(folder: &Path, names: Vec<String>, begun: SystemTime) -> Self {
        let mark = fs::metadata(folder).ok().and_then(|metadata| Mark::of(&metadata));
        Self {
            mark: mark.filter(|mark| mark.is_older(begun)),
            names,
        }
    }

    /// Whether the folder still has none of them: one look at it tells, unless something else in it has changed.
    pub fn still_holds(&self, folder: &Path) -> bool {
        let now = || fs::metadata(folder).ok().and_then(|metadata| Mark::of(&metadata));
        self.mark.is_some() && now() == self.mark
            || self
                .names
                .iter()
                .all(|name| Seen::Absent.still_holds(&folder.join(name)))
    }
}

impl Mark {
    fn of(metadata: &Metadata) -> Option<Self> {
        let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Self {
            length: metadata.len(),
            modified: modified.as_nanos(),
            identity: identity(metadata),
        })
    }

    /// Whether a change after `begun` would show in the time.
    fn is_older(&self, begun: SystemTime) -> bool {
        let begun = begun.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.modified < begun.saturating_sub(TIME_STEP).as_nanos()
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.ino(), metadata.dev())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

fn content_at(path: &Path, metadata: &Metadata) -> io::Result<ContentHash> {
    if metadata.is_dir() {
        let mut names = Vec::new();
        for entry in fs::read_dir(path)? {
            names.push(entry?.file_name().into_encoded_bytes());
        }
        names.sort_unstable();
        return Ok(ContentHash::of_all(names.iter().map(Vec::as_slice)));
    }
    read_regular(path).map(|bytes| ContentHash::of(&bytes))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::time::{Duration, SystemTime};

    use tempfile::TempDir;

    use super::{Missing, Seen};

    const HOUR: Duration = Duration::from_secs(3600);

    fn set_age(path: &std::path::Path, age: Duration) {
        let time = SystemTime::now() - age;
        File::options()
            .write(true)
            .open(path)
            .unwrap()
            .set_modified(time)
            .unwrap();
    }

    #[test]
    fn an_old_file_is_known_by_its_mark_and_a_touched_one_by_its_content() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a.js");
        fs::write(&path, "one").unwrap();
        set_age(&path, HOUR);
        let seen = Seen::now(&path, None, SystemTime::now());
        assert!(matches!(seen, Seen::File { mark: Some(_), .. }), "{seen:?}");
        assert!(seen.still_holds(&path));
        set_age(&path, HOUR / 2);
        assert!(seen.still_holds(&path), "another time, the same content");
        fs::write(&path, "two").unwrap();
        assert!(!seen.still_holds(&path));
        fs::remove_file(&path).unwrap();
        assert!(!seen.still_holds(&path));
    }

    #[test]
    fn a_young_file_is_known_by_its_content_alone() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a.js");
        fs::write(&path, "one").unwrap();
        let time = fs::metadata(&path).unwrap().modified().unwrap();
        let seen = Seen::now(&path, None, SystemTime::now());
        assert!(matches!(seen, Seen::File { mark: None, .. }), "{seen:?}");
        // As long, as old, in the same file.
        fs::write(&path, "two").unwrap();
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(time)
            .unwrap();
        assert!(!seen.still_holds(&path));
    }

    #[test]
    fn a_name_that_was_missing_is_looked_for_where_its_folder_changed() {
        let folder = TempDir::new().unwrap();
        let names = || vec!["package.json".to_owned(), "lerna.json".to_owned()];
        let later = SystemTime::now() + HOUR;
        let (old, young) = (
            Missing::of(folder.path(), names(), later),
            Missing::of(folder.path(), names(), SystemTime::now()),
        );
        assert!(old.mark.is_some() && young.mark.is_none());
        assert!(old.still_holds(folder.path()) && young.still_holds(folder.path()));
        fs::write(folder.path().join("notes.txt"), "").unwrap();
        assert!(old.still_holds(folder.path()) && young.still_holds(folder.path()));
        fs::write(folder.path().join("lerna.json"), "{}").unwrap();
        assert!(!old.still_holds(folder.path()) && !young.still_holds(folder.path()));
        let gone = folder.path().join("gone");
        let missing = Missing::of(&gone, names(), later);
        assert!(missing.still_holds(&gone));
        fs::create_dir(&gone).unwrap();
        assert!(missing.still_holds(&gone));
        fs::write(gone.join("package.json"), "{}").unwrap();
        assert!(!missing.still_holds(&gone));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_neither_nothing_nor_a_file() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("package.json");
        let absent = Seen::now(&path, None, SystemTime::now());
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let pipe = Seen::now(&path, None, SystemTime::now());
        assert!(!absent.still_holds(&path) && pipe.still_holds(&path));
        fs::remove_file(&path).unwrap();
        assert!(absent.still_holds(&path) && !pipe.still_holds(&path));
        fs::write(&path, "{}").unwrap();
        assert!(!absent.still_holds(&path) && !pipe.still_holds(&path));
    }

    #[test]
    fn what_was_not_there_and_what_a_folder_holds_are_known() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("package.json");
        let (absent, entries) = (
            Seen::now(&path, None, SystemTime::now()),
            Seen::now(folder.path(), None, SystemTime::now()),
        );
        assert!(absent.still_holds(&path) && entries.still_holds(folder.path()));
        fs::write(&path, "{}").unwrap();
        assert!(!absent.still_holds(&path));
        assert!(!entries.still_holds(folder.path()));
    }
}
