//! What is wrong with a configuration, and where.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

/// A mistake in a configuration, or in a file that it names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    pub path: PathBuf,
    /// Of the whole file; empty if it could not be read.
    pub text: String,
    /// Bytes of `text`.
    pub span: Range<usize>,
    /// What is wrong: one clause, lower case.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path.display(), self.message)
    }
}

impl std::error::Error for Mistake {}
