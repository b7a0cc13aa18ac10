//! Findings that a change is to blame for: a step of the proof lies on a changed line, or the finding was not there before.
//!
//! The second needs a second run, over the tree before the change: a release that was deleted leaves no changed line in the
//! proof. Findings of both are compared as a baseline does, without their lines.

use std::collections::BTreeMap;
use std::path::Path;

use super::known::{BaselineChoice, keys, name_in};
use super::{CheckError, CheckOptions, Outcome, check};
use crate::baseline::Baseline;
use crate::baseline::key::Key;
use crate::diagnostic::{Confidence, Diagnostic, Place};
use crate::git::Changes;
use crate::source::CheckedFile;

/// How near a change must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// A step on a changed line.
    Line,
    /// A step in a changed file.
    File,
}

/// Lints, and leaves the findings that the changes are to blame for. The number is of those that were left out.
///
/// # Errors
/// As [`check`].
pub fn check_since(
    options: &CheckOptions,
    changes: &Changes,
    scope: Scope,
    root: &Path,
) -> Result<(Outcome, usize), CheckError> {
    let mut outcome = check(options)?;
    // A stand-in for a place in the root: both runs store their files relative to it.
    let store = root.join("findings");
    let before = found_before(options, changes, &store)?;
    let files = &outcome.files;
    let all = outcome.diagnostics.len();
    let mut seen: BTreeMap<Key, usize> = BTreeMap::new();
    outcome.diagnostics.retain(|diagnostic| {
        let file = &files[diagnostic.primary.place.file.index()];
        let key = Key::of(diagnostic, file, name_in(&store, file));
        let known = before.count(&key);
        let count = seen.entry(key).or_default();
        *count += 1;
        *count > known || is_near(diagnostic, files, changes, scope)
    });
    let left_out = all - outcome.diagnostics.len();
    Ok((outcome, left_out))
}

/// What was found in the tree before. A tree that could not be linted held nothing, so that nothing new is missed.
fn found_before(options: &CheckOptions, changes: &Changes, store: &Path) -> Result<Baseline, CheckError> {
    let mut options = options.clone();
    options.overlay = changes.before.clone();
    options.paths.retain(|path| {
        let path = crate::walk::normalized(&options.current_dir.join(path));
        options.overlay.is_file(&path) || path.is_dir()
    });
    options.baseline = BaselineChoice::None;
    // What was below the threshold then was there all the same.
    options.min_confidence = Some(Confidence::Low);
    if options.paths.is_empty() {
        return Ok(Baseline::default());
    }
    match check(&options) {
        Ok(outcome) => Ok(keys(store, &outcome.diagnostics, &outcome.files)),
        Err(CheckError::Configuration(_) | CheckError::Walk(_) | CheckError::Baseline(_)) => Ok(Baseline::default()),
        Err(error) => Err(error),
    }
}

fn is_near(diagnostic: &Diagnostic, files: &[CheckedFile], changes: &Changes, scope: Scope) -> bool {
    let is_changed = |place: Place| {
        let file = &files[place.file.index()];
        let Some(lines) = changes.lines.get(file.disk()) else {
            return false;
        };
        let source = file.source();
        let span = source.first_line_of(place.span);
        let line = source.position(span.start).line;
        scope == Scope::File || lines.iter().any(|changed| changed.contains(&line))
    };
    let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.evidence);
    labels.into_iter().any(|label| is_changed(label.place))
}
