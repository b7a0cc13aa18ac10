//! Findings as text: one file a format. How anything was found is not known here.
//!
//! Lines count from 1; columns count characters from 1, except in SARIF, which wants UTF-16 units.

pub mod concise;
mod escape;
pub use escape::visible_lines;
mod excerpt;
pub mod fingerprint;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod json;
pub mod jsonl;
pub mod junit;
pub mod mistake;
mod picture;
pub mod plain_json;
pub mod pretty;
pub mod rdjson;
mod retaining;
pub mod sarif;
pub mod statistics;
pub mod summary;
pub mod timings;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use crate::baseline::key::Key;
use crate::diagnostic::{Diagnostic, Place, Problem, RuleInfo};
use crate::fix::Fix;
use crate::source::{CheckedFile, Position, slashed};

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
    /// How many findings comments in the code left out.
    pub suppressed: usize,
    /// How many findings a baseline left out.
    pub known: usize,
    /// Entries of a baseline that nothing answers to any more.
    pub gone: usize,
    /// How many findings are older than the changes that were asked for.
    pub older: usize,
    /// For each finding what would mend it, where that was asked for; else empty.
    pub fixes: &'a [Option<Fix>],
    /// The folder in which each rule has its page, for those who can open it.
    pub pages: Option<&'a Path>,
}

/// Text from a linted project, made harmless for a terminal.
pub fn visible(text: &str) -> Cow<'_, str> {
    escape::visible(text)
}

impl<'a> Report<'a> {
    pub(crate) fn file(&self, place: Place) -> &'a CheckedFile {
        &self.files[place.file.index()]
    }

    /// What would mend the n-th finding.
    pub(crate) fn fix(&self, index: usize) -> Option<&'a Fix> {
        self.fixes.get(index)?.as_ref()
    }

    /// Where a place begins.
    pub(crate) fn position(&self, place: Place) -> Position {
        self.file(place).source().position(place.span.start)
    }
}

/// What each finding is recognised by after lines moved, different for each.
pub fn fingerprints(report: &Report<'_>) -> Vec<String> {
    let mut seen: BTreeMap<Key, usize> = BTreeMap::new();
    let each = |diagnostic: &Diagnostic| {
        let file = report.file(diagnostic.primary.place);
        let key = Key::of(diagnostic, file, slashed(file.path()));
        let order = seen.entry(key.clone()).or_default();
        *order += 1;
        key.fingerprint(*order - 1)
    };
    report.diagnostics.iter().map(each).collect()
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Pretty(pretty::Style),
    Concise,
    Json,
    Jsonl,
    Sarif,
    GitHub,
    GitLab,
    JUnit,
    RdJson,
    Html,
    Statistics,
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
        Format::Jsonl => jsonl::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::GitHub => github::write(report, out),
        Format::GitLab => gitlab::write(report, out),
        Format::JUnit => junit::write(report, out),
        Format::RdJson => rdjson::write(report, out),
        Format::Html => html::write(report, out),
        Format::Statistics => statistics::write(report, out),
    }
}
