//! Everything about one line: what is found there, why that is or is not shown, and what is believed where nothing is found.

use std::path::Path;

use super::configured::wanted;
use super::stacks::on_big_stack;
use super::{CheckError, CheckOptions, Outcome, analyse, gathered, known, panics, suppressed};
use crate::config::options::Level;
use crate::diagnostic::{Confidence, Diagnostic, Place};
use crate::project::story::{Standing, Story, stories};
use crate::rules;

/// What became of a finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    Reported,
    /// A comment suppresses it.
    Suppressed,
    /// The configuration switches its rule off.
    Off,
    /// The configuration, or leaklint without one, asks for at least this confidence.
    Below(Confidence),
    /// A baseline knows it.
    Known,
}

/// What there is to say about a line.
#[derive(Debug)]
pub struct Told {
    pub findings: Vec<(Diagnostic, Shown)>,
    pub stories: Vec<Story>,
    pub standing: Standing,
    pub outcome: Outcome,
}

/// Tells about a line, from 1, of a file, which is absolute; `None` if the file was not analysed.
///
/// # Errors
/// As [`super::check`].
pub fn tell(options: &CheckOptions, file: &Path, line: u32) -> Result<Option<Told>, CheckError> {
    on_big_stack(options, || {
        let mut gathered = gathered(options)?;
        let catalog = gathered.catalog(options)?;
        let analysed = analyse(gathered, &catalog, &options.overlay, options)?;
        let mut outcome = analysed.outcome;
        let Some(id) = analysed
            .project
            .file_ids()
            .find(|id| outcome.files[id.index()].disk() == file)
        else {
            return Ok(None);
        };
        let internal = |message| CheckError::Internal {
            stage: "telling about a line",
            message,
        };
        let all = panics::caught(|| rules::run(&analysed.project)).map_err(internal)?;
        let left = suppressed::left(all.clone(), &outcome, options).diagnostics;
        (outcome.diagnostics, _) = wanted(left.clone(), &outcome, options);
        let asked_for = outcome.diagnostics.clone();
        known::take_out(&mut outcome, &left, options)?;

        let source = outcome.files[id.index()].source();
        let line_of = |offset| source.position(offset).line;
        let covers = |place: Place| {
            let last = line_of(place.span.end.saturating_sub(1).max(place.span.start));
            place.file == id && (line_of(place.span.start)..=last).contains(&line)
        };
        let begins = |place: Place| place.file == id && line_of(place.span.start) == line;
        let disk = outcome.files[id.index()].disk();
        let settings = outcome.configurations.of(disk).of_file(disk);
        let shown = |diagnostic: &Diagnostic| {
            let is_same = |other: &Diagnostic| other.sort_key() == diagnostic.sort_key();
            if outcome.diagnostics.iter().any(is_same) {
                Shown::Reported
            } else if asked_for.iter().any(is_same) {
                Shown::Known
            } else if left.iter().any(is_same) {
                match settings.rule(diagnostic.rule).level {
                    Some((Level::Off, _)) => Shown::Off,
                    _ => Shown::Below(settings.threshold(diagnostic.rule).0),
                }
            } else {
                Shown::Suppressed
            }
        };
        let findings = all
            .iter()
            .filter(|diagnostic| begins(diagnostic.primary.place))
            .map(|diagnostic| (diagnostic.clone(), shown(diagnostic)))
            .collect();
        let standing = Standing::of(&analysed.project, id);
        let told = panics::caught(|| stories(&analysed.project, id, begins)).map_err(internal)?;
        // In the middle of a long statement: whatever surrounds the line is better than nothing.
        let told = match told.is_empty() {
            true => panics::caught(|| stories(&analysed.project, id, covers)).map_err(internal)?,
            false => told,
        };
        Ok(Some(Told {
            findings,
            stories: told,
            standing,
            outcome,
        }))
    })
}
