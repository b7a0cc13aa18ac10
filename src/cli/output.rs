//! Standard output and error: buffered, escaped where a message may quote a file, and honest about failure.

use std::io::{self, BufWriter, IsTerminal, Write};

use crate::report::pretty::Style;

use super::CliError;

/// Columns when the terminal does not say.
const DEFAULT_WIDTH: usize = 100;

/// Columns below which an excerpt cannot be read.
const LEAST_WIDTH: usize = 40;

/// Writes to standard output and flushes it, so that a full disk is noticed.
pub(super) fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
    let mut out = BufWriter::new(io::stdout().lock());
    write(&mut out).and_then(|()| out.flush()).map_err(CliError::Output)
}

/// Prints an error; where standard error is closed nobody listens.
pub(super) fn error(message: &str) {
    let _ = writeln!(io::stderr(), "error: {message}");
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
