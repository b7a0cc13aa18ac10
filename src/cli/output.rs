//! Standard output and error: buffered, escaped where a message may quote a file, and honest about failure.

use std::io::{self, BufWriter, IsTerminal, Write};

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

/// What standard output can show. Colors follow <https://no-color.org>.
pub(super) fn style() -> Style {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    Style {
        color: io::stdout().is_terminal() && !is_set("NO_COLOR"),
        width: width.unwrap_or(DEFAULT_WIDTH).max(LEAST_WIDTH),
    }
}
