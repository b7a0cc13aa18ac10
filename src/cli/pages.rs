//! The rules' pages as files, for the links of a terminal.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Sees to it that every rule has its page in a folder; `None` where that cannot be.
pub(super) fn written(folder: &Path) -> Option<PathBuf> {
    fs::create_dir_all(folder).ok()?;
    for rule in crate::driver::rule_infos() {
        let path = folder.join(format!("{}.md", rule.id));
        let is_there = fs::read(&path).is_ok_and(|bytes| bytes == rule.page.as_bytes());
        if !is_there {
            fs::write(&path, rule.page).ok()?;
        }
    }
    Some(folder.to_path_buf())
}

/// Takes the pages out, and the folder if nothing else is in it.
///
/// # Errors
/// The operating system's.
pub(super) fn removed(folder: &Path) -> io::Result<()> {
    for rule in crate::driver::rule_infos() {
        match fs::remove_file(folder.join(format!("{}.md", rule.id))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    // Somebody else's files keep it.
    let _ = fs::remove_dir(folder);
    Ok(())
}
