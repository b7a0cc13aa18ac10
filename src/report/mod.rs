//! Findings as text: one file a format. How anything was found is not known here.
//!
//! Lines count from 1; columns count characters from 1, except in SARIF, which wants UTF-16 units.

pub mod concise;
mod escape;
pub use escape::visible_lines;
mod excerpt;
pub mod fingerprint;
pub mod json;
mod plain_json;
pub mod pretty;
pub mod sarif;
pub mod summary;
pub mod timings;

use std::io::{self, Write};
use std::path::Path;

use crate::diagnostic::{Diagnostic, Place, Problem, RuleInfo};
use crate::source::{CheckedFile, Position};

/// Everything that a format may print.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    pub diagnostics: &'a [Diagnostic],
    /// By `FileId`.
    pub files: &'a [CheckedFile],
    pub problems: &'a [Problem],
    pub rules: &'a [RuleInfo],
    /// The folder to which the paths of `files` are relative; absolute.
    pub root: &'a Path,
    /// How many findings the confidence threshold left out.
    pub below_confidence: usize,
}

impl<'a> Report<'a> {
    pub(crate) fn file(&self, place: Place) -> &'a CheckedFile {
        &self.files[place.file.index()]
    }

    /// Where a place begins.
    pub(crate) fn position(&self, place: Place) -> Position {
        self.file(place).source().position(place.span.start)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Pretty(pretty::Style),
    Concise,
    Json,
    Sarif,
}

/// Writes the findings.
///
/// # Errors
/// The writer's.
pub fn write(format: Format, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Pretty(style) => pretty::write(report, style, out),
        Format::Concise => concise::write(report, out),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, out),
    }
}
