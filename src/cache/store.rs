//! Entries as files of one folder: written whole or not at all, checked when they are read, and bounded together.
//!
//! Two runs may use the folder at once, and either may be killed: an entry is written under a name of its own and then
//! renamed. An entry that is not what was written counts as none. Nothing but our own files is ever removed.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use super::seen::ContentHash;

/// The first bytes of every entry; another form has another number.
const MAGIC: &[u8; 16] = b"leaklint cache 1";

/// Bytes of the hash behind the magic.
const HASH: usize = 32;

const ENTRY: &str = "entry";
const UNFINISHED: &str = "unfinished";

/// What a killed run left unfinished is removed after this time.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Bytes of all entries, beyond which the oldest go.
pub const MAX_BYTES: u64 = 256 << 20;

/// Marks a folder whose content can be made again. Source: <https://bford.info/cachedir/>.
const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n# What leaklint found, kept for its next run.\n";

/// A folder of entries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Store {
    folder: PathBuf,
    max_bytes: u64,
}

/// What a store holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Holdings {
    pub entries: usize,
    pub bytes: u64,
}

impl Store {
    pub fn new(folder: PathBuf, max_bytes: u64) -> Self {
        Self { folder, max_bytes }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The content that was last kept under a key; `None` if there is none that is whole.
    pub fn read(&self, key: ContentHash) -> Option<Vec<u8>> {
        let mut bytes = fs::read(self.path(key)).ok()?;
        let rest = bytes.strip_prefix(MAGIC)?;
        let (hash, content) = rest.split_at_checked(HASH)?;
        (hash == ContentHash::of(content).name().as_bytes()).then_some(())?;
        bytes.drain(..MAGIC.len() + HASH);
        Some(bytes)
    }

    /// Keeps a content under a key in the place of what was there, and drops the oldest entries if they are too many.
    ///
    /// # Errors
    /// The operating system's; what was there is still there then.
    pub fn write(&self, key: ContentHash, content: &[u8]) -> io::Result<()> {
        static WRITTEN: AtomicU32 = AtomicU32::new(0);
        fs::create_dir_all(&self.folder)?;
        let tag = self.folder.join("CACHEDIR.TAG");
        if !tag.exists() {
            fs::write(tag, TAG)?;
        }
        let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.folder.join(format!("{}-{number}.{UNFINISHED}", process::id()));
        let written = fs::File::create(&unfinished).and_then(|mut file| {
            file.write_all(MAGIC)?;
            file.write_all(ContentHash::of(content).name().as_bytes())?;
            file.write_all(content)
        });
        if let Err(error) = written.and_then(|()| fs::rename(&unfinished, self.path(key))) {
            let _ = fs::remove_file(&unfinished);
            return Err(error);
        }
        self.prune();
        Ok(())
    }

    /// What is kept.
    pub fn holdings(&self) -> Holdings {
        let mut holdings = Holdings::default();
        for file in self.files().iter().filter(|file| file.is_entry) {
            holdings.entries += 1;
            holdings.bytes += file.bytes;
        }
        holdings
    }

    /// Removes every entry, and the folder if nothing else is in it. Gives what was removed.
    ///
    /// # Errors
    /// The operating system's, of the first file that cannot be removed.
    pub fn clean(&self) -> io::Result<Holdings> {
        let holdings = self.holdings();
        let files = self.files();
        for file in &files {
            remove(&file.path)?;
        }
        if !files.is_empty() {
            remove(&self.folder.join("CACHEDIR.TAG"))?;
            // Somebody else's files keep it.
            let _ = fs::remove_dir(&self.folder);
        }
        Ok(holdings)
    }

    fn path(&self, key: ContentHash) -> PathBuf {
        self.folder.join(format!("{}.{ENTRY}", key.name()))
    }

    /// Makes room: first what was abandoned, then the oldest. What another run removes at the same time is removed.
    fn prune(&self) {
        let mut files = self.files();
        let is_abandoned = |file: &KeptFile| !file.is_entry && file.age() > ABANDONED;
        for file in files.extract_if(.., |file| !file.is_entry) {
            if is_abandoned(&file) {
                let _ = fs::remove_file(&file.path);
            }
        }
        files.sort_by_key(|file| file.modified);
        let mut bytes: u64 = files.iter().map(|file| file.bytes).sum();
        // The newest stays, however large it is.
        for file in files.iter().take(files.len().saturating_sub(1)) {
            if bytes <= self.max_bytes {
                return;
            }
            let _ = fs::remove_file(&file.path);
            bytes -= file.bytes;
        }
    }

    /// Our files in the folder, finished or not.
    fn files(&self) -> Vec<KeptFile> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries
            .filter_map(|entry| {
                let path = entry.path();
                let is_entry = match path.extension()?.to_str()? {
                    ENTRY => true,
                    UNFINISHED => false,
                    _ => return None,
                };
                let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                Some(KeptFile {
                    path,
                    is_entry,
                    bytes: metadata.len(),
                    modified: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
                })
            })
            .collect()
    }
}

struct KeptFile {
    path: PathBuf,
    is_entry: bool,
    bytes: u64,
    modified: SystemTime,
}

impl KeptFile {
    fn age(&self) -> Duration {
        self.modified.elapsed().unwrap_or_default()
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::{Duration, SystemTime};

    use tempfile::TempDir;

    use super::{ContentHash, Holdings, MAX_BYTES, Store};

    fn key(text: &str) -> ContentHash {
        ContentHash::of(text.as_bytes())
    }

    #[test]
    fn an_entry_is_whole_or_none() {
        let folder = TempDir::new().unwrap();
        let store = Store::new(folder.path().join("a/b"), MAX_BYTES);
        assert_eq!(store.read(key("k")), None);
        store.write(key("k"), b"first").unwrap();
        store.write(key("k"), b"second").unwrap();
        assert_eq!(store.read(key("k")), Some(b"second".to_vec()));

        let path = store.path(key("k"));
        let whole = fs::read(&path).unwrap();
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(store.read(key("k")), None, "cut to {length} bytes");
        }
        for at in 0..whole.len() {
            let mut wrong = whole.clone();
            wrong[at] ^= 1;
            fs::write(&path, &wrong).unwrap();
            assert_eq!(store.read(key("k")), None, "byte {at} is wrong");
        }
    }

    #[test]
    fn the_oldest_go_first_and_strangers_stay() {
        let folder = TempDir::new().unwrap();
        let store = Store::new(folder.path().to_path_buf(), 400);
        fs::write(folder.path().join("stranger.txt"), "mine").unwrap();
        for (age, name) in [(30, "a"), (20, "b"), (10, "c")] {
            store.write(key(name), &[7; 150]).unwrap();
            let file = fs::File::options().write(true).open(store.path(key(name))).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
        }
        store.write(key("d"), &[7; 10]).unwrap();
        assert_eq!(store.read(key("a")), None);
        assert_eq!(store.read(key("b")), None);
        assert!(store.read(key("c")).is_some() && store.read(key("d")).is_some());

        let kept = store.clean().unwrap();
        assert_eq!(kept.entries, 2);
        assert_eq!(store.holdings(), Holdings::default());
        assert!(folder.path().join("stranger.txt").exists());
    }

    #[test]
    fn what_a_killed_run_left_goes_in_time() {
        let folder = TempDir::new().unwrap();
        let store = Store::new(folder.path().to_path_buf(), MAX_BYTES);
        let (old, young) = (
            folder.path().join("1-0.unfinished"),
            folder.path().join("2-0.unfinished"),
        );
        for path in [&old, &young] {
            fs::write(path, "half").unwrap();
        }
        let file = fs::File::options().write(true).open(&old).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(7200))
            .unwrap();
        store.write(key("k"), b"whole").unwrap();
        assert!(!old.exists() && young.exists());
        assert_eq!(store.holdings().entries, 1);
    }
}
