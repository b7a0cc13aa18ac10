//! Facts of a part of a project as a file, so that many machines can make them and one can join them.
//!
//! A file begins with two lines of text, the format and who made it, then the checksum of what follows, which is a
//! [`Shard`]. Paths are relative to the folder in which it was made. It holds no source: who joins it has the same files.
//!
//! Nothing here walks folders, lowers a file or knows a rule.

mod digest;
mod join;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::diagnostic::Problem;
use crate::source::read_regular;

pub use digest::Digest;
pub use join::{Joined, join};

/// The first line of every file of facts.
const MAGIC: &str = "leaklint facts 1";

/// Bytes of the checksum.
const CHECKSUM: usize = 8;

/// Which files of a run are looked at: those of the `index`-th of `of` parts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Part {
    /// From 1.
    index: u32,
    of: u32,
}

impl Part {
    /// All files.
    pub const WHOLE: Self = Self { index: 1, of: 1 };

    pub fn index(self) -> u32 {
        self.index
    }

    pub fn of(self) -> u32 {
        self.of
    }

    /// Whether the file is in this part. Only its path counts, so a file stays in its part when others come and go.
    pub fn holds(self, path: &str) -> bool {
        Digest::of(path.as_bytes()).spread() % u64::from(self.of) + 1 == u64::from(self.index)
    }
}

impl FromStr for Part {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (index, of) = text
            .split_once('/')
            .and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)))
            .ok_or("not of the form `1/4`")?;
        if index == 0 || index > of {
            return Err("the first number must be from 1 up to the second");
        }
        Ok(Self { index, of })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

/// What one run of `leaklint facts` gives.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Shard {
    pub part: Part,
    /// What the run was given, relative to its folder, sorted.
    pub paths: Vec<String>,
    /// Of the paths of the files of all parts.
    pub listing: Digest,
    /// Sorted by path.
    pub files: Vec<StoredFile>,
    pub problems: Vec<Problem>,
    /// The manifests of the packages that the files belong to, sorted.
    pub manifests: Vec<(String, Digest)>,
}

/// The facts of one file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct StoredFile {
    /// With `/` between the parts.
    pub path: String,
    /// Of the source, in bytes.
    pub length: u64,
    /// Of the source.
    pub digest: Digest,
    /// As `facts::wire` writes them.
    pub facts: Vec<u8>,
}

/// Who made a file of facts: facts of one leaklint say nothing to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stamp(String);

impl Stamp {
    /// The stamp of this program with the catalogue of these texts.
    pub fn of_catalog<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut digest = Digest::default();
        for text in texts {
            digest = digest.and(text.as_bytes());
        }
        Self(format!("leaklint {} catalogue {digest}", env!("CARGO_PKG_VERSION")))
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why files of facts cannot be joined.
#[derive(Debug, Error)]
pub enum ShardError {
    #[error("cannot read `{}`: {source}", .path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("`{}` is not a file of facts", .0.display())]
    NotFacts(PathBuf),
    #[error("`{}` was made by {made_by}, but this is {own}: make and join facts with the same leaklint", .path.display())]
    MadeByOther {
        path: PathBuf,
        made_by: String,
        own: String,
    },
    #[error("`{}` is damaged: make it again", .0.display())]
    Damaged(PathBuf),
    #[error("`{}` and `{}` are both part {part} of {paths}", .first.display(), .second.display())]
    Twice {
        first: PathBuf,
        second: PathBuf,
        part: Part,
        paths: String,
    },
    #[error("of {paths} there is {given} in `{}`, but {other} in `{}`", .first.display(), .second.display())]
    OtherSplit {
        first: PathBuf,
        second: PathBuf,
        paths: String,
        given: Part,
        other: Part,
    },
    #[error("{parts} of {paths} {}", missing(*.count))]
    Missing { parts: String, count: usize, paths: String },
    #[error("`{}` and `{}` are parts of different sets of files: make them from the same checkout", .first.display(), .second.display())]
    OtherFiles { first: PathBuf, second: PathBuf },
    #[error("`{path}` is in both `{}` and `{}`", .first.display(), .second.display())]
    Overlap {
        path: String,
        first: PathBuf,
        second: PathBuf,
    },
    #[error("`{0}` is not as it was when its facts were made: join them in the same checkout")]
    Changed(String),
}

fn missing(count: usize) -> &'static str {
    if count == 1 { "is missing" } else { "are missing" }
}

impl Shard {
    /// The file's bytes.
    pub fn to_bytes(&self, stamp: &Stamp) -> Vec<u8> {
        let body = postcard::to_allocvec(self).expect("a list of texts and numbers can be stored");
        let mut bytes = format!("{MAGIC}\n{stamp}\n").into_bytes();
        bytes.extend_from_slice(&Digest::of(&body).to_bytes());
        bytes.extend_from_slice(&body);
        bytes
    }

    /// Reads the file at `path`, which may be relative to `folder`.
    ///
    /// # Errors
    /// It cannot be read, is no file of facts, was made by another leaklint than `own`, or is damaged.
    pub fn read(folder: &Path, path: &Path, own: &Stamp) -> Result<Self, ShardError> {
        let bytes = read_regular(&folder.join(path)).map_err(|source| ShardError::Unreadable {
            path: path.to_path_buf(),
            source,
        })?;
        let not_facts = || ShardError::NotFacts(path.to_path_buf());
        let rest = bytes.strip_prefix(MAGIC.as_bytes()).ok_or_else(not_facts)?;
        let rest = rest.strip_prefix(b"\n").ok_or_else(not_facts)?;
        let damaged = || ShardError::Damaged(path.to_path_buf());
        let end = rest.iter().position(|&byte| byte == b'\n').ok_or_else(damaged)?;
        let (stamp, rest) = (&rest[..end], &rest[end + 1..]);
        if stamp != own.0.as_bytes() {
            return Err(ShardError::MadeByOther {
                path: path.to_path_buf(),
                made_by: String::from_utf8_lossy(stamp).into_owned(),
                own: own.to_string(),
            });
        }
        let (checksum, body) = rest.split_at_checked(CHECKSUM).ok_or_else(damaged)?;
        if checksum != Digest::of(body).to_bytes() {
            return Err(damaged());
        }
        postcard::from_bytes(body).map_err(|_| damaged())
    }
}
