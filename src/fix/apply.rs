//! Writing a file anew: whole or not at all, and only if it still is what was analysed.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a file was left as it is.
#[derive(Debug, Error)]
pub enum ApplyError {
    #[error("it was changed meanwhile")]
    Changed,
    #[error("it may not be written")]
    ReadOnly,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Puts `after` into a file that holds `before`. Its mode stays, and a link stays a link.
///
/// # Errors
/// A file that holds something else by now, or cannot be written.
pub fn write(path: &Path, before: &str, after: &str) -> Result<(), ApplyError> {
    let target: PathBuf = fs::canonicalize(path)?;
    let permissions = fs::metadata(&target)?.permissions();
    if permissions.readonly() {
        return Err(ApplyError::ReadOnly);
    }
    let folder = target.parent().unwrap_or_else(|| Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(after.as_bytes())?;
    new.as_file().set_permissions(permissions)?;
    new.as_file().sync_all()?;
    // As late as can be: between here and the rename nothing is read or written.
    if fs::read(&target)? != before.as_bytes() {
        return Err(ApplyError::Changed);
    }
    new.persist(&target).map_err(|error| error.error)?;
    Ok(())
}
