//! The one place that knows the order of the stages, runs them on threads, and bounds what one bad file may cost.
//!
//! The process model, chosen so that any single file costs itself only:
//!
//! - **Stack.** The parser, its tree and our visitors recurse. Every thread that meets a file's tree or its facts has a stack of
//!   [`stacks::STACK_SIZES`]; it is address space until it is used. That includes the thread on which [`check`] does everything
//!   else, so that no facts are ever dropped on a small stack. What is nested deeper still, `parse` refuses.
//! - **Panics.** Each file runs under `catch_unwind` ([`panics`]); a panic becomes that file's [`Problem`]. So do the
//!   stages after it, where a panic is the run's failure ([`CheckError::Internal`]).
//! - **Time.** The TypeScript parser is exponential on some tiny inputs and cannot be interrupted. A watchdog gives such a
//!   file up after its budget, abandons the thread, and starts another in its place ([`pool`]). The abandoned thread
//!   spins until the process ends; so the program leaves by `process::exit`, which waits for nobody.
//!
//! What this does not cover: a file that makes the parser take all memory, or overflow the stack by a shape the nesting
//! check does not see. These need a process of their own.

mod bar;
pub mod configured;
mod context;
mod joined;
pub mod known;
pub mod memory;
pub mod mending;
mod part;
mod plan;
mod pool;
mod progress;
mod reading;
pub mod since;
mod stacks;
mod suppressed;
mod warm;
pub mod why;

use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use thiserror::Error;

use crate::baseline::BaselineError;
use crate::cache::store::Store;
use crate::catalog::Catalog;
use crate::config::discover::{Choice, Configurations};
use crate::config::mistake::Mistake;
use crate::diagnostic::{Confidence, Diagnostic, Problem, ProblemKind};
use crate::limits::{Limit, Limits};
use crate::overlay::Overlay;
use crate::panics;
use crate::project::meter::{Allowance, Excess};
use crate::project::resolve::Resolver;
use crate::project::{Project, SourceFile};
use crate::rules;
use crate::shard::{Part, Shard, ShardError};
use crate::source::CheckedFile;
use crate::timings::{CacheUse, Timings};
use crate::walk::{self, WalkError};

use configured::{Explained, wanted};
use known::{BaselineChoice, Known};
use memory::Memory;
use plan::Plan;
use pool::Threads;
use reading::{Taken, failed, gather, timed_out};
use stacks::{STACK_SIZES, on_big_stack};
use warm::{Answer, Cached};

pub use suppressed::rule_infos;

/// What to lint and how.
#[derive(Clone, Debug)]
pub struct CheckOptions {
    /// Files and folders, relative to `current_dir` or absolute.
    pub paths: Vec<PathBuf>,
    /// Absolute.
    pub current_dir: PathBuf,
    /// Files of facts that are joined instead of reading `paths`; empty to read them.
    pub facts: Vec<PathBuf>,
    /// Worker threads; `None` for as many as there are processors.
    pub threads: Option<NonZeroUsize>,
    /// Wall-clock time that reading, parsing and lowering one file may take.
    pub file_timeout: Duration,
    /// What one file may cost beside time.
    pub limits: Limits,
    /// Findings of at least this confidence are reported; `None` for what the configuration of each file says.
    pub min_confidence: Option<Confidence>,
    pub configuration: Choice,
    pub baseline: BaselineChoice,
    /// Named files count as found ones, because hooks and editors name whatever is there: what is ignored, generated or
    /// excluded by the configuration is left out.
    pub force_exclude: bool,
    /// Read the project around the named paths too, without reporting what is found in the rest of it.
    pub context: bool,
    /// Ids of the rules to report; empty for all.
    pub rules: Vec<String>,
    /// What stands in for files on disk.
    pub overlay: Overlay,
    /// Where findings are kept from run to run.
    pub cache: Option<Store>,
    /// Draw a progress bar on stderr, if that is a terminal and the work takes a while.
    pub progress: bool,
}

impl CheckOptions {
    /// What a file may take by default.
    pub const FILE_TIMEOUT: Duration = Duration::from_secs(5);

    pub fn new(paths: Vec<PathBuf>, current_dir: PathBuf) -> Self {
        Self {
            paths,
            current_dir,
            facts: Vec::new(),
            threads: None,
            file_timeout: Self::FILE_TIMEOUT,
            limits: Limits::DEFAULT,
            min_confidence: None,
            configuration: Choice::default(),
            baseline: BaselineChoice::default(),
            force_exclude: false,
            context: true,
            rules: Vec::new(),
            overlay: Overlay::default(),
            cache: None,
            progress: false,
        }
    }
}

/// What a run gives.
#[derive(Debug)]
pub struct Outcome {
    /// Sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The files that were analysed, those that were read for context included; a `FileId` is a position in this list.
    pub files: Vec<CheckedFile>,
    /// What was not analysed and why, sorted by path.
    pub problems: Vec<Problem>,
    /// The folder to which the paths of `files` are relative.
    pub root: PathBuf,
    /// Findings of the chosen rules that were left out for their low confidence.
    pub below_confidence: usize,
    /// Threads that still work on a file that was given up.
    pub abandoned_threads: usize,
    pub timings: Timings,
    /// What the project wants.
    pub configurations: Configurations,
    /// Findings that comments in the code left out.
    pub suppressed: usize,
    /// What the baselines left out.
    pub known: Known,
}

/// Why there is no outcome.
#[derive(Debug, Error)]
pub enum CheckError {
    #[error(transparent)]
    Walk(#[from] WalkError),
    #[error(transparent)]
    Shard(#[from] ShardError),
    /// Never empty.
    #[error("{}", .0.first().map(ToString::to_string).unwrap_or_default())]
    Configuration(Vec<Mistake>),
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    #[error("the paths must lie in the current folder: facts are made relative to it")]
    Outside,
    #[error("cannot start a thread: {0}")]
    Thread(std::io::Error),
    #[error("leaklint failed while {stage}, please report: {message}")]
    Internal { stage: &'static str, message: String },
}

/// Lints.
///
/// # Errors
/// A named path that does not exist; files of facts that do not fit; no threads; a fault of our own outside any one file.
pub fn check(options: &CheckOptions) -> Result<Outcome, CheckError> {
    check_again(options, &Arc::new(Memory::of_one_run()))
}

/// Lints as [`check`] does, with the facts that earlier runs left in `memory`, and leaves this run's there.
///
/// # Errors
/// As [`check`].
pub fn check_again(options: &CheckOptions, memory: &Arc<Memory>) -> Result<Outcome, CheckError> {
    on_big_stack(options, || {
        let Found {
            mut outcome,
            diagnostics,
            stored,
            ..
        } = found(options, memory)?;
        let left = suppressed::left(diagnostics, &outcome, options);
        outcome.suppressed = left.suppressed;
        (outcome.diagnostics, outcome.below_confidence) = wanted(left.diagnostics.clone(), &outcome, options);
        known::take_out(&mut outcome, &left.diagnostics, options)?;
        if let Some(stored) = &stored {
            stored.check_quoted(&outcome)?;
        }
        outcome.timings.laps.end("rules");
        Ok(outcome)
    })
}

/// Reads the files of one part of a project and gives their facts to be stored.
///
/// # Errors
/// A named path that does not exist or is outside the current folder; no threads.
pub fn facts(options: &CheckOptions, part: Part) -> Result<Shard, CheckError> {
    on_big_stack(options, || part::facts(options, part))
}

/// What the configuration says of one file, which is absolute and need not exist.
///
/// # Errors
/// A configuration that is wrong.
pub fn explained(options: &CheckOptions, file: &Path) -> Result<Explained, CheckError> {
    configured::explained(options, file)
}

/// The bytes of the file in which `leaklint check --facts` finds the shard.
pub fn stored(shard: &Shard) -> Vec<u8> {
    shard.to_bytes(&part::own_stamp())
}

/// Walks, reads and parses, and nothing else: what a run is compared with.
///
/// # Errors
/// As [`check`].
pub fn parse_only(options: &CheckOptions) -> Result<Timings, CheckError> {
    on_big_stack(options, || bar::parse_only(options))
}

/// Runs all stages before the rules and shows the result to `look`, on the thread that has the stack for it.
///
/// # Errors
/// As [`check`].
pub fn with_project<T: Send>(
    options: &CheckOptions,
    look: impl FnOnce(&Project<'_>, &Outcome) -> T + Send,
) -> Result<T, CheckError> {
    on_big_stack(options, || {
        let mut gathered = gathered(options)?;
        let catalog = gathered.catalog(options)?;
        let analysed = analyse(gathered, &catalog, &options.overlay, options)?;
        panics::caught(|| look(&analysed.project, &analysed.outcome)).map_err(|message| CheckError::Internal {
            stage: "showing the analysis",
            message,
        })
    })
}

/// A project, and an outcome without findings.
struct Analysed<'c> {
    project: Project<'c>,
    outcome: Outcome,
    /// What is known of the files if their facts were stored.
    stored: Option<joined::Stored>,
}

/// What the stages before the project give: an outcome without findings, and the facts of its files.
struct Gathered {
    outcome: Outcome,
    sources: Vec<SourceFile>,
    /// The folder around all that was named.
    walked: PathBuf,
    stored: Option<joined::Stored>,
    taken: Taken,
}

/// Findings of all rules and confidences, and an outcome without them.
struct Found {
    outcome: Outcome,
    diagnostics: Vec<Diagnostic>,
    stored: Option<joined::Stored>,
    /// A file was not judged to the end, and would perhaps be another time.
    is_chance: bool,
}

/// Finds what there is to find, or remembers it.
fn found(options: &CheckOptions, memory: &Arc<Memory>) -> Result<Found, CheckError> {
    if !options.facts.is_empty() {
        return judged(joined::gather(options)?, &options.overlay, options);
    }
    let plan = Plan::of(options)?;
    let Some(cached) = Cached::of(options, &plan) else {
        return judged(gather(&plan, options, memory)?, &options.overlay, options);
    };
    if let Some(answer) = cached.recall(&plan) {
        return Ok(plan.answered(answer, options));
    }
    let mut gathered = gather(&plan, options, memory)?;
    let taken = std::mem::take(&mut gathered.taken);
    let mut found = judged(gathered, &cached.overlay(&options.overlay), options)?;
    found.outcome.timings.cache = CacheUse::Missed;
    if !taken.is_chance && !found.is_chance {
        cached.keep(
            &plan,
            &taken.contents,
            &Answer {
                analysed: taken.analysed,
                problems: found.outcome.problems.clone(),
                diagnostics: found.diagnostics.clone(),
            },
        );
        found.outcome.timings.laps.end("cache");
    }
    Ok(found)
}

/// Links and judges what was read. Configuration is read through `overlay`.
fn judged(mut gathered: Gathered, overlay: &Overlay, options: &CheckOptions) -> Result<Found, CheckError> {
    let catalog = gathered.catalog(options)?;
    let analysed = analyse(gathered, &catalog, overlay, options)?;
    let diagnostics = panics::caught(|| rules::run(&analysed.project));
    let diagnostics = diagnostics.map_err(|message| CheckError::Internal {
        stage: "running the rules",
        message,
    })?;
    let excesses = analysed.project.excesses().into_iter();
    let is_chance = |excess| matches!(excess, Excess::Time | Excess::Panic(_));
    Ok(Found {
        is_chance: excesses.map(|(_, excess)| excess).any(is_chance),
        outcome: analysed.outcome,
        diagnostics,
        stored: analysed.stored,
    })
}

impl Gathered {
    /// What is known of libraries in this run.
    fn catalog(&mut self, options: &CheckOptions) -> Result<Cow<'static, Catalog>, CheckError> {
        let catalog = configured::catalog(&self.outcome.configurations.catalogs(), &options.overlay);
        self.outcome.timings.laps.end("catalogue");
        catalog
    }
}

fn threads(options: &CheckOptions) -> Threads {
    let available = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    Threads {
        count: options.threads.map_or_else(available, NonZeroUsize::get),
        stack_sizes: &STACK_SIZES,
        budget: options.file_timeout,
    }
}

/// Reads what the options name, or joins what was read before.
fn gathered(options: &CheckOptions) -> Result<Gathered, CheckError> {
    match options.facts.is_empty() {
        true => gather(&Plan::of(options)?, options, &Arc::new(Memory::of_one_run())),
        false => joined::gather(options),
    }
}

fn analyse<'c>(
    gathered: Gathered,
    catalog: &'c Catalog,
    overlay: &Overlay,
    options: &CheckOptions,
) -> Result<Analysed<'c>, CheckError> {
    let Gathered {
        mut outcome,
        sources,
        walked,
        stored,
        ..
    } = gathered;
    let mut laps = std::mem::take(&mut outcome.timings.laps);
    let project = panics::caught(|| {
        let paths: Vec<PathBuf> = sources.iter().map(|source| source.path.clone()).collect();
        let resolver = Resolver::new(&outcome.root, &paths, overlay);
        let mut project = Project::link(sources, catalog, &resolver, allowance(options), &mut laps);
        project.judge(&mut laps);
        (project, resolver.problems())
    });
    outcome.timings.laps = laps;
    let (project, config_problems) = project.map_err(|message| CheckError::Internal {
        stage: "linking the project",
        message,
    })?;
    outcome
        .problems
        .extend(config_problems.into_iter().map(|problem| Problem {
            path: walk::shown(&problem.path, &walked, &options.current_dir),
            kind: ProblemKind::Configuration,
            message: problem.message,
            place: None,
        }));
    let excesses = excesses(&project, &outcome.files, options);
    outcome.problems.extend(excesses);
    outcome.problems.sort_unstable();
    Ok(Analysed {
        project,
        outcome,
        stored,
    })
}

fn allowance(options: &CheckOptions) -> Allowance {
    Allowance {
        steps: options.limits.steps,
        nodes: usize::try_from(options.limits.nodes).unwrap_or(usize::MAX),
        time: options.file_timeout,
    }
}

/// What of the files that were named was not judged to the end.
fn excesses(project: &Project<'_>, files: &[CheckedFile], options: &CheckOptions) -> Vec<Problem> {
    let excesses = project.excesses().into_iter();
    let named = excesses.map(|(file, excess)| (&files[file.index()], excess));
    named
        .filter(|(file, _)| !file.is_context)
        .map(|(file, excess)| {
            let (kind, message) = match excess {
                Excess::Nodes => (ProblemKind::Limit, options.limits.exceeded(Limit::Nodes)),
                Excess::Steps => (ProblemKind::Limit, options.limits.exceeded(Limit::Steps)),
                Excess::Time => (ProblemKind::TimedOut, timed_out(options.file_timeout)),
                Excess::Panic(message) => (ProblemKind::Internal, failed(&message)),
            };
            Problem {
                path: file.shown().to_owned(),
                kind,
                message,
                place: None,
            }
        })
        .collect()
}
