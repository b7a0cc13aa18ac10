//! `--fix` and `--suggest`: what would mend the findings, written or shown.

use std::io::{self, Write};
use std::sync::Arc;

use super::args::CheckArguments;
use super::values::OutputFormat;
use super::{CliError, output};
use crate::driver::memory::Memory;
use crate::driver::mending::{self, Mending};
use crate::driver::{CheckOptions, Outcome};
use crate::fix::{Safety, diff};
use crate::report::visible;

/// What writing came to.
pub(super) struct Fixed {
    pub(super) has_changed: bool,
    /// A file could not be written.
    pub(super) has_failed: bool,
}

/// Mends what is safe to mend on disk, and says so.
pub(super) fn fixed(
    options: &CheckOptions,
    memory: &Arc<Memory>,
    outcome: &Outcome,
    quiet: bool,
) -> Result<Fixed, CliError> {
    let mending = mending::mend(options, memory, outcome, Safety::Safe)?;
    let failed = mending::write(&mending);
    for (path, error) in &failed {
        output::error(&format!("cannot mend `{}`: {error}", path.display()));
    }
    if !quiet && failed.is_empty() && mending.mended > 0 {
        let _ = writeln!(io::stderr(), "mended {}", counted(&mending));
    }
    Ok(Fixed {
        has_changed: failed.len() < mending.files.len(),
        has_failed: !failed.is_empty(),
    })
}

/// Prints a diff of what would mend the findings.
pub(super) fn suggested(
    options: &CheckOptions,
    memory: &Arc<Memory>,
    outcome: &Outcome,
    quiet: bool,
) -> Result<(), CliError> {
    let mending = mending::mend(options, memory, outcome, Safety::Suggestion)?;
    output::to_stdout(|out| {
        for file in &mending.files {
            // Code that would speak to the terminal is shown as what it is; a diff of it cannot be applied.
            let text = diff::unified(&file.shown, &file.before, &file.after);
            match output::is_terminal() {
                true => {
                    let lines = text.lines().map(|line| format!("{}\n", visible(line)));
                    out.write_all(lines.collect::<String>().as_bytes())?;
                }
                false => out.write_all(text.as_bytes())?,
            }
        }
        Ok(())
    })?;
    if !quiet {
        let _ = writeln!(io::stderr(), "the diff mends {}", counted(&mending));
    }
    Ok(())
}

/// Whether a format that is asked for tells of fixes.
pub(super) fn are_told(arguments: &CheckArguments) -> bool {
    let formats = arguments.output.iter().map(|output| output.format);
    formats.chain([arguments.format]).any(|format| {
        matches!(
            format,
            OutputFormat::Json | OutputFormat::Jsonl | OutputFormat::Sarif | OutputFormat::Rdjson
        )
    })
}

fn counted(mending: &Mending) -> String {
    let plural = |count: usize, noun: &str| match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    };
    let findings = plural(mending.mended, "finding");
    format!("{findings} in {}", plural(mending.files.len(), "file"))
}
