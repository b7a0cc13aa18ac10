//! Findings that a baseline knows, for each file by the baseline of its configuration.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{CheckError, CheckOptions, Outcome};
use crate::baseline::key::Key;
use crate::baseline::{Baseline, BaselineError};
use crate::diagnostic::Diagnostic;
use crate::overlay::Overlay;
use crate::source::{CheckedFile, slashed};

/// Which findings are known.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub enum BaselineChoice {
    /// Those of the file that each configuration names, or has beside it.
    #[default]
    Configured,
    /// Those of this file; absolute.
    File(PathBuf),
    None,
}

/// What the baselines made of the findings.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Known {
    /// Findings that were left out.
    pub findings: usize,
    /// Entries for files of this run that no longer have such a finding.
    pub gone: usize,
}

/// The baseline of a file of the run.
fn baseline_of(options: &CheckOptions, outcome: &Outcome, file: &CheckedFile) -> Option<PathBuf> {
    match &options.baseline {
        BaselineChoice::Configured => outcome.configurations.of(file.disk()).baseline.clone(),
        BaselineChoice::File(path) => Some(path.clone()),
        BaselineChoice::None => None,
    }
}

/// Reads a baseline.
///
/// # Errors
/// It is not there, or is none.
pub fn read(path: &Path, overlay: &Overlay) -> Result<Baseline, BaselineError> {
    let bytes = overlay
        .read_configuration(path)
        .map_err(|source| BaselineError::Unreadable {
            path: path.to_path_buf(),
            source,
        })?;
    Baseline::parse(path, &bytes)
}

/// The name under which the baseline at `path` stores a file.
pub fn name_in(path: &Path, file: &CheckedFile) -> String {
    let folder = path.parent().unwrap_or(path);
    slashed(file.disk().strip_prefix(folder).unwrap_or(file.disk()))
}

/// The findings as the baseline at `path` stores them.
pub fn keys(path: &Path, diagnostics: &[Diagnostic], files: &[CheckedFile]) -> Baseline {
    Baseline::new(diagnostics.iter().map(|diagnostic| key(path, diagnostic, files)))
}

fn key(path: &Path, diagnostic: &Diagnostic, files: &[CheckedFile]) -> Key {
    let file = &files[diagnostic.primary.place.file.index()];
    Key::of(diagnostic, file, name_in(path, file))
}

/// Takes the known findings out of the outcome. `all` are those of every rule and confidence: they say which entries are gone.
pub(super) fn take_out(outcome: &mut Outcome, all: &[Diagnostic], options: &CheckOptions) -> Result<(), CheckError> {
    let mut by_path: BTreeMap<PathBuf, Vec<usize>> = BTreeMap::new();
    for (index, file) in outcome.files.iter().enumerate().filter(|(_, file)| !file.is_context) {
        if let Some(path) = baseline_of(options, outcome, file) {
            by_path.entry(path).or_default().push(index);
        }
    }
    for (path, of_files) in by_path {
        let baseline = match read(&path, &options.overlay) {
            Ok(baseline) => baseline,
            // A configuration may name one that is yet to be made.
            Err(BaselineError::Unreadable { source, .. })
                if source.kind() == ErrorKind::NotFound && options.baseline == BaselineChoice::Configured =>
            {
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let is_here = |diagnostic: &Diagnostic| of_files.binary_search(&diagnostic.primary.place.file.index()).is_ok();
        let here: Vec<Diagnostic> = all.iter().filter(|each| is_here(each)).cloned().collect();
        let names: Vec<String> = of_files
            .iter()
            .map(|&index| name_in(&path, &outcome.files[index]))
            .collect();
        let present = keys(&path, &here, &outcome.files);
        outcome.known.gone += baseline.gone(&present, |name| names.iter().any(|each| each == name));
        let mut seen: BTreeMap<Key, usize> = BTreeMap::new();
        let files = &outcome.files;
        let before = outcome.diagnostics.len();
        outcome.diagnostics.retain(|diagnostic| {
            if !is_here(diagnostic) {
                return true;
            }
            let key = key(&path, diagnostic, files);
            let known = baseline.count(&key);
            let seen = seen.entry(key).or_default();
            *seen += 1;
            *seen > known
        });
        outcome.known.findings += before - outcome.diagnostics.len();
    }
    Ok(())
}
