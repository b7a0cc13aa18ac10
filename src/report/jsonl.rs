//! Findings for programs that read a line at a time: each line is an object with a `type`.
//!
//! `finding` holds what [`super::json`] writes of one, `problem` a file that was not analysed, and the last line is the
//! `summary`.

use std::io::{self, Write};

use serde::Serialize;

use super::json::{Finding, Summary, findings, summary};
use super::{Report, plain_json};
use crate::diagnostic::Problem;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Finding(Box<Finding<'a>>),
    Problem(&'a Problem),
    Summary(Summary),
}

/// Writes the lines.
///
/// # Errors
/// The writer's.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let lines = findings(report)
        .map(|finding| Line::Finding(Box::new(finding)))
        .chain(report.problems.iter().map(Line::Problem));
    for line in lines.chain([Line::Summary(summary(report))]) {
        plain_json::write_line(&line, out)?;
        writeln!(out)?;
    }
    Ok(())
}
