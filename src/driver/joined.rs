//! A run over facts that were stored: they are joined instead of made. The files themselves are read only where a finding
//! quotes them, and must be as they were.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use super::configured::configurations;
use super::known::Known;
use super::part::{manifests, own_stamp};
use super::pool::{self, Verdict};
use super::reading::Taken;
use super::{CheckError, CheckOptions, Gathered, Outcome, threads};
use crate::facts::wire;
use crate::project::SourceFile;
use crate::shard::{Digest, Shard, ShardError, join};
use crate::source::CheckedFile;
use crate::timings::{Laps, Timings};

/// What the texts of the files were when their facts were made, by `FileId`.
pub(super) struct Stored(Vec<Digest>);

impl Stored {
    /// # Errors
    /// A file that a finding quotes is not what it was.
    pub(super) fn check_quoted(&self, outcome: &Outcome) -> Result<(), ShardError> {
        let labels = outcome
            .diagnostics
            .iter()
            .flat_map(|each| std::iter::once(&each.primary).chain(&each.evidence));
        let quoted: BTreeSet<usize> = labels.map(|label| label.place.file.index()).collect();
        for index in quoted {
            let file = &outcome.files[index];
            if Digest::of(file.source().text().as_bytes()) != self.0[index] {
                return Err(ShardError::Changed(file.shown().to_owned()));
            }
        }
        Ok(())
    }
}

pub(super) fn gather(options: &CheckOptions) -> Result<Gathered, CheckError> {
    let mut laps = Laps::default();
    let stamp = own_stamp();
    let root = options.current_dir.clone();
    let mut shards = Vec::new();
    for path in &options.facts {
        shards.push((path.clone(), Shard::read(&root, path, &stamp)?));
    }
    let joined = join(shards)?;
    for file in &joined.files {
        let length = fs::metadata(root.join(&file.path)).map(|metadata| metadata.len());
        if length.ok() != Some(file.length) {
            return Err(ShardError::Changed(file.path.clone()).into());
        }
    }
    if let Some(path) = difference(&manifests(&root, &joined.files), &joined.manifests) {
        return Err(ShardError::Changed(path).into());
    }
    let files = Arc::new(joined.files);
    let read = {
        let files = Arc::clone(&files);
        move |index: usize| wire::read(&files[index].facts)
    };
    let run = pool::run(files.len(), &threads(options), read, |_| {}).map_err(CheckError::Thread)?;
    laps.end("facts");
    let disks: Vec<PathBuf> = files.iter().map(|file| root.join(&file.path)).collect();
    let configurations = configurations(options, disks.iter().filter_map(|disk| disk.parent()))?;
    let mut gathered = Gathered {
        outcome: Outcome {
            configurations,
            suppressed: 0,
            known: Known::default(),
            diagnostics: Vec::new(),
            files: Vec::new(),
            problems: joined.problems,
            root: root.clone(),
            below_confidence: 0,
            abandoned_threads: run.abandoned_threads,
            timings: Timings {
                laps,
                ..Timings::default()
            },
        },
        sources: Vec::new(),
        walked: root,
        stored: None,
        taken: Taken::default(),
    };
    for (file, verdict) in files.iter().zip(run.verdicts) {
        let facts = match verdict {
            Verdict::Done(Ok(facts)) => facts,
            Verdict::Done(Err(_)) | Verdict::Panicked(_) | Verdict::TimedOut => {
                return Err(CheckError::Internal {
                    stage: "reading stored facts",
                    message: format!("those of `{}` cannot be read", file.path),
                });
            }
        };
        let path = PathBuf::from(&file.path);
        let disk = gathered.outcome.root.join(&path);
        let mut checked = CheckedFile::new(path.clone(), file.path.clone(), disk);
        let is_test = gathered
            .outcome
            .configurations
            .of(checked.disk())
            .is_test(checked.disk());
        checked.is_test = is_test;
        gathered.outcome.files.push(checked);
        gathered.sources.push(SourceFile {
            path,
            facts: Arc::new(facts),
            is_test,
        });
    }
    gathered.stored = Some(Stored(files.iter().map(|file| file.digest).collect()));
    Ok(gathered)
}

/// The first manifest that is not the same in both.
fn difference(here: &BTreeMap<String, Digest>, there: &BTreeMap<String, Digest>) -> Option<String> {
    let paths: BTreeSet<&String> = here.keys().chain(there.keys()).collect();
    let changed = paths.into_iter().find(|path| here.get(*path) != there.get(*path));
    changed.cloned()
}
