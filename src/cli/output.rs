//! Standard output and error: buffered, escaped where a message may quote a file, and honest about failure.

use std::fs;
use std::io::{self, BufWriter, IsTerminal, Write};

use std::path::{Path, PathBuf};

use crate::config::mistake::Mistake;
use crate::report::mistake;
use crate::report::pretty::Style;
use crate::report::visible_lines;

use super::CliError;

/// Columns when the terminal does not say.
const DEFAULT_WIDTH: usize = 100;

/// Columns below which an excerpt cannot be read.
const LEAST_WIDTH: usize = 40;

/// Writes to standard output.
pub(super) fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
    written(io::stdout().lock(), write)
}

/// Writes to standard error.
pub(super) fn to_stderr(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
    written(io::stderr().lock(), write)
}

/// Writes and flushes, so that a full disk is noticed. Who closed the pipe has seen enough, `leaklint | head`: what was
/// found is found all the same, and the exit code says so.
fn written(to: impl Write, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
    let mut out = BufWriter::new(to);
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            // What is left in the buffer has no reader either.
            let _ = out.into_parts();
            Ok(())
        }
        result => result.map_err(CliError::Output),
    }
}

/// Prints an error; where standard error is closed nobody listens.
pub(super) fn error(message: &str) {
    let _ = writeln!(io::stderr(), "error: {}", visible_lines(message));
}

/// Prints what is wrong with a configuration.
pub(super) fn mistakes(mistakes: &[Mistake]) {
    let current_dir = std::env::current_dir().unwrap_or_default();
    let style = style_of(io::stderr().is_terminal());
    let _ = mistake::write(mistakes, &current_dir, style, &mut io::stderr().lock());
}

/// Writes a file, whole or with an error.
pub(super) fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
    let written = fs::File::create(path).and_then(|file| {
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.flush()
    });
    written.map_err(|source| CliError::Unwritable {
        path: path.to_path_buf(),
        source,
    })
}

/// Adds to the summary of a step of GitHub Actions, where there is one.
pub(super) fn to_step_summary(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let path = PathBuf::from(path);
    let opened = fs::OpenOptions::new().create(true).append(true).open(&path);
    let written = opened.and_then(|mut file| write(&mut file));
    written.map_err(|source| CliError::Unwritable { path, source })
}

/// What a file can show.
pub(super) fn plain_style() -> Style {
    Style {
        color: false,
        width: DEFAULT_WIDTH,
        has_links: false,
    }
}

/// Whether somebody reads standard output as it comes.
pub(super) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// What standard output can show.
pub(super) fn style() -> Style {
    Style {
        has_links: has_links(),
        ..style_of(io::stdout().is_terminal())
    }
}

/// Links are for terminals that are known to open them; `FORCE_HYPERLINK` decides, and who wants no colors wants no links.
fn has_links() -> bool {
    let is_forced = std::env::var_os("FORCE_HYPERLINK").is_some();
    (is_forced || !is_set("NO_COLOR")) && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout)
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Colors follow <https://no-color.org>.
fn style_of(is_terminal: bool) -> Style {
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    Style {
        color: is_terminal && !is_set("NO_COLOR"),
        width: width.unwrap_or(DEFAULT_WIDTH).max(LEAST_WIDTH),
        has_links: false,
    }
}
