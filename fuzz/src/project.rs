//! A project that is linted as it would be from the command line.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use leaklint::driver::{self, CheckError, CheckOptions, Outcome};

/// A leak in three lines: whatever stands before or after it, or in other files, it is reported. It needs `require`, which
/// all dialects have.
pub const LEAK: &str = "\
const app = require('express')();
app.get('/', (request, response) => {
  process.on('message', () => response.end());
});
";

/// An empty folder that stays when the process ends; the files of a run are laid over it.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = tempfile::Builder::new().prefix("leaklint-fuzz-").tempdir();
        folder.expect("there is a place for a folder").keep()
    })
}

/// Lints a project of these files.
///
/// # Errors
/// Those of the run.
pub fn lint(files: &[(&str, &[u8])]) -> Result<Outcome, CheckError> {
    let mut options = CheckOptions::new(vec![PathBuf::from(".")], folder().to_path_buf());
    options.threads = NonZeroUsize::new(1);
    // What the parser takes forever for is the fuzzer's to stop.
    options.file_timeout = Duration::from_secs(3600);
    for (name, text) in files {
        options.overlay.insert(folder().join(name), *text);
    }
    driver::check(&options)
}
