//! Fixes that hold: a fix is offered only if the file with it parses, the finding is gone, and no new one appears anywhere.
//!
//! That is seen by linting the project with the fix in an overlay, with the facts of all other files kept. Where many are
//! wanted at once they are tried together, and one by one only if that fails.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::known::BaselineChoice;
use super::memory::Memory;
use super::{CheckError, CheckOptions, Outcome, check_again};
use crate::baseline::key::Key;
use crate::diagnostic::{Confidence, Diagnostic};
use crate::fix::edit::{Edit, applied, are_apart};
use crate::fix::{Fix, Safety, candidates};
use crate::overlay::Overlay;
use crate::parse::outline::outline;
use crate::source::{CheckedFile, slashed};

/// Rounds of fixes over what the fixes before have left.
const MAX_ROUNDS: usize = 12;

/// What became of the files.
#[derive(Debug, Default)]
pub struct Mending {
    /// Sorted by path.
    pub files: Vec<Changed>,
    /// How many findings are gone.
    pub mended: usize,
}

/// A file before and after.
#[derive(Debug)]
pub struct Changed {
    pub disk: PathBuf,
    /// As it is printed.
    pub shown: String,
    /// Relative to the root of the run, with `/` between the parts.
    pub path: String,
    pub before: String,
    pub after: String,
}

/// Mends as many of an outcome's findings as it can, with fixes that are at least as safe as `least`, in texts only.
///
/// # Errors
/// As [`super::check`].
pub fn mend(
    options: &CheckOptions,
    memory: &Arc<Memory>,
    outcome: &Outcome,
    least: Safety,
) -> Result<Mending, CheckError> {
    if !may_be_mended(outcome) {
        return Ok(Mending::default());
    }
    let asked: BTreeSet<Key> = outcome.diagnostics.iter().map(|each| key(outcome, each)).collect();
    let mut now = Trial::new(options, memory)?;
    let originals = now.overlay.clone();
    let mut rejected = BTreeSet::new();
    let mut changed: BTreeMap<PathBuf, Changed> = BTreeMap::new();
    let mut mended = 0;
    for _ in 0..MAX_ROUNDS {
        let wanted = now.wanted(&asked, &rejected, least);
        if wanted.is_empty() {
            break;
        }
        let accepted = now.accepted(&wanted, &mut rejected)?;
        if accepted.is_empty() {
            continue;
        }
        mended += accepted.len();
        for (file, after) in now.edited(&accepted) {
            let file = &now.outcome.files[file];
            let entry = changed.entry(file.disk().to_path_buf());
            let entry = entry.or_insert_with(|| Changed {
                disk: file.disk().to_path_buf(),
                shown: file.shown().to_owned(),
                path: slashed(file.path()),
                before: file.source().text().to_owned(),
                after: String::new(),
            });
            entry.after = after;
        }
        let mut overlay = originals.clone();
        for each in changed.values() {
            overlay.insert(each.disk.clone(), each.after.as_bytes());
        }
        now = now.over(overlay)?;
    }
    Ok(Mending {
        files: changed.into_values().collect(),
        mended,
    })
}

/// For each finding of an outcome the best fix that holds by itself, if there is one.
///
/// # Errors
/// As [`super::check`].
pub fn offers(options: &CheckOptions, memory: &Arc<Memory>, outcome: &Outcome) -> Result<Vec<Option<Fix>>, CheckError> {
    if !may_be_mended(outcome) {
        return Ok(vec![None; outcome.diagnostics.len()]);
    }
    let now = Trial::new(options, memory)?;
    let diagnostics = outcome.diagnostics.iter();
    diagnostics
        .map(|each| now.offer(each, &outcome.files[each.primary.place.file.index()]))
        .collect()
}

/// A fix for one finding in a text that holds by itself.
///
/// # Errors
/// As [`super::check`].
pub fn offer(
    options: &CheckOptions,
    memory: &Arc<Memory>,
    diagnostic: &Diagnostic,
    file: &CheckedFile,
) -> Result<Option<Fix>, CheckError> {
    Trial::new(options, memory)?.offer(diagnostic, file)
}

fn may_be_mended(outcome: &Outcome) -> bool {
    outcome.diagnostics.iter().any(|each| each.remedy.is_some())
}

/// The project as it is now, and what is found in it at any confidence.
struct Trial<'a> {
    options: CheckOptions,
    memory: &'a Arc<Memory>,
    overlay: Overlay,
    outcome: Outcome,
    counts: BTreeMap<Key, usize>,
}

/// A finding, and how it may be mended.
struct Wanted {
    key: Key,
    /// The best first, never empty.
    fixes: Vec<Fix>,
}

impl<'a> Trial<'a> {
    fn new(options: &CheckOptions, memory: &'a Arc<Memory>) -> Result<Self, CheckError> {
        let mut options = options.clone();
        options.min_confidence = Some(Confidence::Low);
        options.rules = Vec::new();
        options.baseline = BaselineChoice::None;
        options.cache = None;
        options.progress = false;
        let outcome = check_again(&options, memory)?;
        Ok(Self {
            overlay: options.overlay.clone(),
            counts: counts(&outcome),
            options,
            memory,
            outcome,
        })
    }

    /// The same project with other texts.
    fn over(self, overlay: Overlay) -> Result<Self, CheckError> {
        let mut options = self.options;
        options.overlay = overlay;
        Self::new(&options, self.memory)
    }

    /// The findings that were asked for and may be mended, so that no two fixes meet.
    fn wanted(&self, asked: &BTreeSet<Key>, rejected: &BTreeSet<Key>, least: Safety) -> Vec<Wanted> {
        let mut found: Vec<Wanted> = Vec::new();
        for diagnostic in &self.outcome.diagnostics {
            let key = key(&self.outcome, diagnostic);
            if !asked.contains(&key) || rejected.contains(&key) {
                continue;
            }
            let file = &self.outcome.files[diagnostic.primary.place.file.index()];
            let mut fixes = candidates(diagnostic, file.path(), file.source().text());
            fixes.retain(|fix| fix.safety <= least);
            let Some(first) = fixes.first() else { continue };
            let is_free = found.iter().all(|other| {
                let other = &other.fixes[0];
                other.file != first.file || are_apart(&other.edits, &first.edits)
            });
            if is_free {
                found.push(Wanted { key, fixes });
            }
        }
        found
    }

    /// The fixes that hold together, of those that are wanted; findings without one become rejected.
    fn accepted(&self, wanted: &[Wanted], rejected: &mut BTreeSet<Key>) -> Result<Vec<Fix>, CheckError> {
        let mut accepted: Vec<(&Key, &Fix)> = Vec::new();
        let mut open: Vec<&[Wanted]> = vec![wanted];
        while let Some(group) = open.pop() {
            let firsts = group.iter().map(|each| (&each.key, &each.fixes[0]));
            let together: Vec<_> = accepted.iter().copied().chain(firsts).collect();
            if self.holds(&together)? {
                accepted = together;
                continue;
            }
            match group {
                [one] => match self.alternative(&accepted, one)? {
                    Some(fix) => accepted.push((&one.key, fix)),
                    None => {
                        rejected.insert(one.key.clone());
                    }
                },
                _ => {
                    let (first, second) = group.split_at(group.len() / 2);
                    open.extend([second, first]);
                }
            }
        }
        Ok(accepted.into_iter().map(|(_, fix)| fix.clone()).collect())
    }

    /// Another fix of a finding whose first does not hold.
    fn alternative<'w>(
        &self,
        accepted: &[(&'w Key, &'w Fix)],
        wanted: &'w Wanted,
    ) -> Result<Option<&'w Fix>, CheckError> {
        for fix in &wanted.fixes[1..] {
            let is_free = |(_, other): &(&Key, &Fix)| other.file != fix.file || are_apart(&other.edits, &fix.edits);
            if !accepted.iter().all(is_free) {
                continue;
            }
            let together: Vec<_> = accepted.iter().copied().chain([(&wanted.key, fix)]).collect();
            if self.holds(&together)? {
                return Ok(Some(fix));
            }
        }
        Ok(None)
    }

    fn offer(&self, diagnostic: &Diagnostic, file: &CheckedFile) -> Result<Option<Fix>, CheckError> {
        let key = Key::of(diagnostic, file, slashed(file.path()));
        for fix in candidates(diagnostic, file.path(), file.source().text()) {
            if self.holds(&[(&key, &fix)])? {
                return Ok(Some(fix));
            }
        }
        Ok(None)
    }

    /// Whether the files with the fixes parse, their findings are gone, and nothing is found that was not there.
    fn holds(&self, fixes: &[(&Key, &Fix)]) -> Result<bool, CheckError> {
        let all: Vec<Fix> = fixes.iter().map(|(_, fix)| (*fix).clone()).collect();
        let mut options = self.options.clone();
        for (file, after) in self.edited(&all) {
            let file = &self.outcome.files[file];
            // A text that does not parse would be judged by the facts of the one before.
            if outline(file.path(), &after).is_err() {
                return Ok(false);
            }
            options.overlay.insert(file.disk().to_path_buf(), after.as_bytes());
        }
        let outcome = check_again(&options, self.memory)?;
        let mut left = self.counts.clone();
        for (key, _) in fixes {
            match left.get_mut(*key) {
                Some(count) if *count > 0 => *count -= 1,
                _ => return Ok(false),
            }
        }
        let now = counts(&outcome);
        let is_known = |(key, count): (&Key, &usize)| left.get(key).is_some_and(|known| count <= known);
        Ok(outcome.problems == self.outcome.problems && now.iter().all(is_known))
    }

    /// The files that fixes change, by their position, with their texts.
    fn edited(&self, fixes: &[Fix]) -> Vec<(usize, String)> {
        let mut by_file: BTreeMap<usize, Vec<&Edit>> = BTreeMap::new();
        for fix in fixes {
            by_file.entry(fix.file.index()).or_default().extend(&fix.edits);
        }
        let write = |(file, mut edits): (usize, Vec<&Edit>)| {
            edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
            let text = self.outcome.files[file].source().text();
            (file, applied(text, edits))
        };
        by_file.into_iter().map(write).collect()
    }
}

fn key(outcome: &Outcome, diagnostic: &Diagnostic) -> Key {
    let file = &outcome.files[diagnostic.primary.place.file.index()];
    Key::of(diagnostic, file, slashed(file.path()))
}

fn counts(outcome: &Outcome) -> BTreeMap<Key, usize> {
    let mut counts = BTreeMap::new();
    for diagnostic in &outcome.diagnostics {
        *counts.entry(key(outcome, diagnostic)).or_default() += 1;
    }
    counts
}

/// Writes the files; those that cannot be written are named with the reason.
pub fn write(mending: &Mending) -> Vec<(&Path, crate::fix::apply::ApplyError)> {
    let written = mending.files.iter().map(|file| {
        let result = crate::fix::apply::write(&file.disk, &file.before, &file.after);
        (file.disk.as_path(), result)
    });
    written
        .filter_map(|(path, result)| Some((path, result.err()?)))
        .collect()
}
