//! Everything that is known before a file is opened: which files, which of them are reported, what the project wants.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::known::Known;
use super::warm::{Analysed, Answer};
use super::{CheckError, CheckOptions, Found, Outcome, configured, context, threads};
use crate::config::discover::Configurations;
use crate::diagnostic::Problem;
use crate::overlay::Overlay;
use crate::source::{CheckedFile, portable};
use crate::timings::{CacheUse, Laps, Timings};
use crate::walk::{self, FoundFile, Walk};

/// Everything that is known before a file is opened.
pub(super) struct Plan {
    pub(super) begun: SystemTime,
    pub(super) walk: Walk,
    pub(super) inputs: Vec<Input>,
    /// What is left out.
    pub(super) problems: Vec<Problem>,
    /// The folder around all of them.
    pub(super) root: PathBuf,
    /// What the project wants of them.
    pub(super) configurations: Configurations,
    pub(super) laps: Laps,
}

impl Plan {
    pub(super) fn of(options: &CheckOptions) -> Result<Self, CheckError> {
        let (begun, mut laps) = (SystemTime::now(), Laps::default());
        let threads = threads(options).count;
        let walk = walk::walk(&options.paths, &options.current_dir, &options.overlay, threads)?;
        let inputs = with_context(walk.files.clone(), options, threads);
        let (configurations, inputs) = configured::left(options, inputs)?;
        let mut problems = walk.left_out(&options.current_dir, &options.overlay);
        problems.extend(walk.problems.iter().cloned());
        laps.end("walk");
        Ok(Self {
            begun,
            problems,
            root: common_folder(&walk.root, &inputs),
            walk,
            inputs,
            configurations,
            laps,
        })
    }

    /// An input as it is listed among the files that were analysed.
    pub(super) fn checked_file(&self, input: &Input, options: &CheckOptions) -> CheckedFile {
        let disk = &input.file.disk;
        let relative = disk.strip_prefix(&self.root).unwrap_or(disk);
        let shown = self.walk.shown(disk, &options.current_dir);
        let mut file = CheckedFile::new(portable(relative), shown, disk.clone());
        file.is_context = input.is_context;
        file.is_test = self.configurations.of(disk).is_test(disk);
        file
    }

    /// An outcome of nothing yet.
    pub(super) fn outcome(&self, options: &CheckOptions) -> Outcome {
        Outcome {
            diagnostics: Vec::new(),
            files: Vec::new(),
            problems: self.problems.clone(),
            root: self.root.clone(),
            below_confidence: 0,
            abandoned_threads: 0,
            timings: Timings {
                laps: self.laps.clone(),
                threads: threads(options).count,
                ..Timings::default()
            },
            configurations: self.configurations.clone(),
            suppressed: 0,
            known: Known::default(),
        }
    }

    /// What a run gives whose answer is known.
    pub(super) fn answered(&self, answer: Answer, options: &CheckOptions) -> Found {
        let mut outcome = self.outcome(options);
        let analysed = self.inputs.iter().zip(answer.analysed);
        let analysed = analysed.filter(|(_, analysed)| *analysed != Analysed::No);
        let checked = analysed.map(|(input, analysed)| {
            let mut file = self.checked_file(input, options);
            file.may_suppress = analysed == Analysed::MayBeSuppressed;
            file
        });
        outcome.files = checked.collect();
        outcome.problems = answer.problems;
        outcome.timings.cache = CacheUse::Hit;
        outcome.timings.laps.end("cache");
        Found {
            outcome,
            diagnostics: answer.diagnostics,
            stored: None,
            is_chance: false,
        }
    }
}

/// A file to analyse.
pub(super) struct Input {
    pub(super) file: FoundFile,
    /// Nobody named it or a folder around it.
    pub(super) is_context: bool,
}

/// The named files and the rest of their projects, sorted by path.
fn with_context(mut named: Vec<FoundFile>, options: &CheckOptions, threads: usize) -> Vec<Input> {
    let starts = options.paths.iter().map(|path| options.current_dir.join(path));
    let starts: Vec<PathBuf> = starts.map(|path| walk::normalized(&path)).collect();
    let mut folders = Vec::new();
    if options.context || options.force_exclude {
        folders = context::project_folders(&starts, &options.overlay);
        folders.retain(|folder| !starts.contains(folder));
    }
    // A context that cannot be walked is none.
    let walked = |overlay: &Overlay| match folders.is_empty() {
        true => Vec::new(),
        false => {
            walk::walk(&folders, &options.current_dir, overlay, threads).map_or_else(|_| Vec::new(), |walk| walk.files)
        }
    };
    if options.force_exclude {
        // What stands in for a file says nothing of whether that is ignored.
        let on_disk = walked(&Overlay::default());
        let is_in_project = |file: &FoundFile| folders.iter().any(|folder| file.disk.starts_with(folder));
        let is_walked = |file: &FoundFile| on_disk.binary_search_by(|other| other.disk.cmp(&file.disk)).is_ok();
        // A file that is not saved yet cannot be walked.
        named.retain(|file| !is_in_project(file) || is_walked(file) || !file.disk.exists());
    }
    let around = match options.context {
        true => walked(&options.overlay),
        false => Vec::new(),
    };
    let input = |is_context| move |file| Input { file, is_context };
    let mut inputs: Vec<Input> = named.into_iter().map(input(false)).collect();
    inputs.extend(around.into_iter().map(input(true)));
    inputs.sort_by(|a, b| (&a.file.disk, a.is_context).cmp(&(&b.file.disk, b.is_context)));
    inputs.dedup_by(|a, b| a.file.disk == b.file.disk);
    inputs
}

/// The nearest folder at or above `root` that contains every file.
fn common_folder(root: &Path, inputs: &[Input]) -> PathBuf {
    let has_all = |folder: &&Path| inputs.iter().all(|input| input.file.disk.starts_with(folder));
    root.ancestors().find(has_all).unwrap_or(root).to_path_buf()
}
