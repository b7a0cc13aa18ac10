//! Known findings: a project that begins with leaklint writes down what is there, and only sees what is new.
//!
//! The file holds an entry a finding, one a line, sorted, so that merges are easy and reviews short. An entry does not
//! know its line. Entries are only ever taken out: what comes new is reported, not absorbed.

pub mod key;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use key::Key;

/// Of the file's form.
const VERSION: u32 = 1;

/// The known findings of a folder.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Baseline {
    /// How many findings there are of each key.
    counts: BTreeMap<Key, usize>,
}

/// Why a file is no baseline.
#[derive(Debug, Error)]
pub enum BaselineError {
    #[error("cannot read the baseline `{}`: {source}", .path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("`{}` is no baseline: {reason}", .path.display())]
    Malformed { path: PathBuf, reason: String },
    #[error("`{}` is of version {version}, and this leaklint knows version {VERSION}", .path.display())]
    OtherVersion { path: PathBuf, version: u32 },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    findings: Vec<Key>,
}

impl Baseline {
    pub fn new(keys: impl IntoIterator<Item = Key>) -> Self {
        let mut baseline = Self::default();
        for key in keys {
            *baseline.counts.entry(key).or_default() += 1;
        }
        baseline
    }

    /// Reads a baseline from the bytes of the file at `path`.
    ///
    /// # Errors
    /// It is none, or of another version.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, BaselineError> {
        let document: Document = serde_json::from_slice(bytes).map_err(|error| BaselineError::Malformed {
            path: path.to_path_buf(),
            reason: error.to_string(),
        })?;
        if document.version != VERSION {
            return Err(BaselineError::OtherVersion {
                path: path.to_path_buf(),
                version: document.version,
            });
        }
        Ok(Self::new(document.findings))
    }

    /// The file's text: JSON with an entry a line, sorted.
    pub fn to_text(&self) -> String {
        let entries: Vec<String> = self
            .keys()
            .map(|key| format!("    {}", serde_json::to_string(key).expect("texts are JSON")))
            .collect();
        let list = match entries.is_empty() {
            true => String::new(),
            false => format!("\n{}\n  ", entries.join(",\n")),
        };
        format!("{{\n  \"version\": {VERSION},\n  \"findings\": [{list}]\n}}\n")
    }

    /// How many findings it knows.
    pub fn len(&self) -> usize {
        self.counts.values().sum()
    }

    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// How many findings of this key it knows.
    pub fn count(&self, key: &Key) -> usize {
        self.counts.get(key).copied().unwrap_or(0)
    }

    /// Takes out what is not among `present`, as far as `is_known_of` says that its file was looked at.
    /// Gives how many entries went.
    pub fn keep(&mut self, present: &Baseline, is_known_of: impl Fn(&str) -> bool) -> usize {
        let before = self.len();
        for (key, count) in &mut self.counts {
            if is_known_of(&key.path) {
                *count = (*count).min(present.count(key));
            }
        }
        self.counts.retain(|_, count| *count > 0);
        before - self.len()
    }

    /// How many entries [`Baseline::keep`] would take out.
    pub fn gone(&self, present: &Baseline, is_known_of: impl Fn(&str) -> bool) -> usize {
        let gone = |(key, count): (&Key, &usize)| count.saturating_sub(present.count(key));
        self.counts
            .iter()
            .filter(|(key, _)| is_known_of(&key.path))
            .map(gone)
            .sum()
    }

    /// Takes out the entries of files for which `is_there` says no. Gives how many went.
    pub fn prune(&mut self, is_there: impl Fn(&str) -> bool) -> usize {
        let before = self.len();
        self.counts.retain(|key, _| is_there(&key.path));
        before - self.len()
    }

    fn keys(&self) -> impl Iterator<Item = &Key> {
        self.counts
            .iter()
            .flat_map(|(key, count)| std::iter::repeat_n(key, *count))
    }
}
