//! The one place that knows the order of the stages, runs them on threads, and bounds what one bad file may cost.
//!
//! The process model, chosen so that any single file costs itself only:
//!
//! - **Stack.** The parser, its tree and our visitors recurse. Every thread that meets a file's tree or its facts has a stack of
//!   [`STACK_SIZES`]; it is address space until it is used. That includes the thread on which [`check`] does everything
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
mod part;
mod pool;
mod progress;
pub mod since;
mod suppressed;
mod warm;
pub mod why;

use std::borrow::Cow;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use thiserror::Error;

use crate::baseline::BaselineError;
use crate::cache::seen::ContentHash;
use crate::cache::store::Store;
use crate::catalog::Catalog;
use crate::catalog::builtin::builtin;
use crate::config::discover::{Choice, Configurations};
use crate::config::mistake::Mistake;
use crate::diagnostic::{Confidence, Diagnostic, Problem, ProblemKind};
use crate::facts::FileFacts;
use crate::facts::lower::lower_limited;
use crate::limits::{Limit, Limits};
use crate::overlay::Overlay;
use crate::panics;
use crate::project::meter::{Allowance, Excess};
use crate::project::resolve::Resolver;
use crate::project::{Project, SourceFile};
use crate::rules;
use crate::shard::{Part, Shard, ShardError};
use crate::source::{CheckedFile, SourceText, decode, portable};
use crate::timings::{CacheUse, Effort, Laps, Timings};
use crate::walk::{self, FoundFile, Walk, WalkError};

use configured::{Explained, wanted};
use known::{BaselineChoice, Known};
use memory::Memory;
use pool::{Threads, Verdict};
use warm::{Answer, Cached};

pub use suppressed::rule_infos;

/// Stack of every thread that handles syntax or facts, in bytes: the first that the operating system gives. Where address
/// space is short, deep files get theirs one by one, or are refused.
const STACK_SIZES: [usize; 3] = [256 << 20, 32 << 20, 4 << 20];

/// Stack of the thread that makes the catalogue, in bytes: its files are our own.
const CATALOG_STACK: usize = 4 << 20;

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
    check_again(options, &Arc::default())
}

/// Lints as [`check`] does, with the facts that earlier runs left in `memory`, and leaves this run's there.
///
/// # Errors
/// As [`check`].
pub fn check_again(options: &CheckOptions, memory: &Arc<Memory>) -> Result<Outcome, CheckError> {
    on_big_stack(|| {
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
    on_big_stack(|| part::facts(options, part))
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
    on_big_stack(|| bar::parse_only(options))
}

/// Runs all stages before the rules and shows the result to `look`, on the thread that has the stack for it.
///
/// # Errors
/// As [`check`].
pub fn with_project<T: Send>(
    options: &CheckOptions,
    look: impl FnOnce(&Project<'_>, &Outcome) -> T + Send,
) -> Result<T, CheckError> {
    on_big_stack(|| {
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

/// How the reading of a run's inputs went, for its memory.
#[derive(Default)]
struct Taken {
    /// Of each input.
    is_analysed: Vec<bool>,
    /// Of each input that was analysed; empty without a memory.
    contents: Vec<Option<ContentHash>>,
    /// A file was given up, and would perhaps not be another time.
    is_chance: bool,
}

/// Findings of all rules and confidences, and an outcome without them.
struct Found {
    outcome: Outcome,
    diagnostics: Vec<Diagnostic>,
    stored: Option<joined::Stored>,
    /// A file was not judged to the end, and would perhaps be another time.
    is_chance: bool,
}

/// Everything that is known before a file is opened.
struct Plan {
    begun: SystemTime,
    walk: Walk,
    inputs: Vec<Input>,
    /// What is left out.
    problems: Vec<Problem>,
    /// The folder around all of them.
    root: PathBuf,
    /// What the project wants of them.
    configurations: Configurations,
    laps: Laps,
}

impl Plan {
    fn of(options: &CheckOptions) -> Result<Self, CheckError> {
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
    fn checked_file(&self, input: &Input, options: &CheckOptions) -> CheckedFile {
        let disk = &input.file.disk;
        let relative = disk.strip_prefix(&self.root).unwrap_or(disk);
        let shown = self.walk.shown(disk, &options.current_dir);
        let mut file = CheckedFile::new(portable(relative), shown, disk.clone());
        file.is_context = input.is_context;
        file.is_test = self.configurations.of(disk).is_test(disk);
        file
    }

    /// An outcome of nothing yet.
    fn outcome(&self, options: &CheckOptions) -> Outcome {
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
    fn answered(&self, answer: Answer, options: &CheckOptions) -> Found {
        let mut outcome = self.outcome(options);
        let analysed = self.inputs.iter().zip(answer.is_analysed).filter(|(_, is)| *is);
        outcome.files = analysed.map(|(input, _)| self.checked_file(input, options)).collect();
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
                is_analysed: taken.is_analysed,
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
        true => gather(&Plan::of(options)?, options, &Arc::default()),
        false => joined::gather(options),
    }
}

/// Reads what is planned.
fn gather(plan: &Plan, options: &CheckOptions, memory: &Arc<Memory>) -> Result<Gathered, CheckError> {
    let files: Vec<FoundFile> = plan.inputs.iter().map(|input| input.file.clone()).collect();
    let effort = Arc::new(Effort::default());
    // The catalogue is made while files are read; whoever needs it first waits for it.
    let _ = thread::Builder::new().stack_size(CATALOG_STACK).spawn(builtin);
    let work = {
        let (memory, reading) = (Arc::clone(memory), Reading::of(options, &effort));
        move |file: &FoundFile| memory.facts(file, &reading)
    };
    let run = each_file(&files, &threads(options), options.progress, work).map_err(CheckError::Thread)?;
    memory.retain(&files);

    let mut outcome = plan.outcome(options);
    outcome.abandoned_threads = run.abandoned_threads;
    outcome.timings.files = effort.sum();
    outcome.timings.laps.end("files");
    let (mut sources, mut taken) = (Vec::new(), Taken::default());
    for (input, verdict) in plan.inputs.iter().zip(run.verdicts) {
        let file = plan.checked_file(input, options);
        let settled = settled(file.shown().to_owned(), verdict, options.file_timeout);
        // What is half typed keeps what it said when it was whole.
        let is_draft = options.overlay.has(&input.file.disk);
        let settled = settled.or_else(|problem| {
            let last = memory.last_good(&input.file.disk).filter(|_| is_draft);
            last.map(|read| (file.shown().to_owned(), read)).ok_or(problem)
        });
        taken.is_analysed.push(settled.is_ok());
        match settled {
            Ok((_, read)) => {
                taken.contents.push(read.content);
                if let Some(text) = &read.text {
                    file.set_text(text);
                }
                let (path, is_test) = (file.path().to_path_buf(), file.is_test);
                outcome.files.push(file);
                sources.push(SourceFile {
                    path,
                    facts: read.facts,
                    is_test,
                });
            }
            Err(problem) => {
                taken.contents.push(None);
                taken.is_chance |= warm::is_chance(problem.kind);
                // A file that nobody asked about costs context, and is nobody's problem.
                if !input.is_context {
                    outcome.problems.push(problem);
                }
            }
        }
    }
    Ok(Gathered {
        outcome,
        sources,
        walked: plan.walk.root.clone(),
        stored: None,
        taken,
    })
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
        let mut project = Project::link(sources, catalog, &resolver, allowance(options));
        laps.end("link");
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

fn timed_out(budget: Duration) -> String {
    let seconds = budget.as_secs_f64();
    format!("given up after {seconds} s; `--file-timeout` sets the limit")
}

fn failed(panic: &str) -> String {
    format!("leaklint failed on this file, please report: {panic}")
}

/// A file to analyse.
struct Input {
    file: FoundFile,
    /// Nobody named it or a folder around it.
    is_context: bool,
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

/// What `work` gives of every file, each under its own guard.
fn each_file<T: Send + 'static>(
    files: &[FoundFile],
    threads: &Threads,
    progress: bool,
    work: impl Fn(&FoundFile) -> T + Send + Sync + 'static,
) -> std::io::Result<pool::Run<T>> {
    let mut bar = progress::Bar::new(files.len(), progress);
    let files = files.to_vec();
    let count = files.len();
    pool::run(count, threads, move |index| work(&files[index]), |done| bar.show(done))
}

/// What reading one file gives, before its path is known to be printed.
type FileResult<T> = Result<T, FileProblem>;

/// A [`Problem`] without its path.
struct FileProblem {
    kind: ProblemKind,
    message: String,
    place: Option<crate::source::Position>,
}

/// What reading a file depends on, and where its effort is added up.
struct Reading {
    overlay: Overlay,
    limits: Limits,
    effort: Arc<Effort>,
    /// The contents have to be known again.
    is_cached: bool,
}

impl Reading {
    fn of(options: &CheckOptions, effort: &Arc<Effort>) -> Self {
        Self {
            overlay: options.overlay.clone(),
            limits: options.limits,
            effort: Arc::clone(effort),
            is_cached: options.cache.is_some(),
        }
    }
}

/// The facts of a file, from the text that counts, and that text.
fn file_facts(file: &FoundFile, reading: &Reading) -> FileResult<(FileFacts, String)> {
    let Reading {
        overlay,
        limits,
        effort,
        ..
    } = reading;
    let begun = Instant::now();
    let problem = |kind, message| FileProblem {
        kind,
        message,
        place: None,
    };
    let bytes = overlay
        .read_limited(&file.disk, limits.bytes)
        .map_err(|error| problem(ProblemKind::Unreadable, format!("cannot be read: {error}")))?
        .ok_or_else(|| problem(ProblemKind::Limit, limits.exceeded(Limit::Bytes)))?;
    let text = decode(bytes).map_err(|error| problem(ProblemKind::NotText, error.to_string()))?;
    if !file.named
        && let Some(reason) = walk::generated_reason(&text)
    {
        return Err(problem(ProblemKind::Skipped, reason.to_owned()));
    }
    effort.add_read(&text, begun.elapsed());
    let begun = Instant::now();
    let mut parsing = Duration::ZERO;
    let facts = lower_limited(&file.disk, &text, limits, || parsing = begun.elapsed());
    effort.add_parsed(&text, parsing, begun.elapsed() - parsing);
    match facts {
        Ok(facts) => Ok((facts, text)),
        Err(error) => Err(FileProblem {
            kind: match error.limit {
                Some(_) => ProblemKind::Limit,
                None => ProblemKind::Syntax,
            },
            message: error.message,
            place: Some(SourceText::new(text).position(error.span.start)),
        }),
    }
}

fn settled<T>(shown: String, verdict: Verdict<FileResult<T>>, budget: Duration) -> Result<(String, T), Problem> {
    let (kind, message, place) = match verdict {
        Verdict::Done(Ok(facts)) => return Ok((shown, facts)),
        Verdict::Done(Err(problem)) => (problem.kind, problem.message, problem.place),
        Verdict::Panicked(panic) => (ProblemKind::Internal, failed(&panic), None),
        Verdict::TimedOut => (ProblemKind::TimedOut, timed_out(budget), None),
    };
    Err(Problem {
        path: shown,
        kind,
        message,
        place,
    })
}

/// Runs everything on threads with large stacks, whatever the environment asks for, so that facts are built into a project
/// and dropped there, and stages that share their work among threads have such stacks too.
fn on_big_stack<T: Send>(run: impl FnOnce() -> Result<T, CheckError> + Send) -> Result<T, CheckError> {
    let count = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let pool = first_given(&STACK_SIZES, |&stack_size| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(count)
            .stack_size(stack_size);
        pool.build().map_err(io::Error::other)
    });
    let done = pool.map_err(CheckError::Thread)?.install(|| panics::caught(run));
    done.map_err(|message| CheckError::Internal {
        stage: "running",
        message,
    })?
}

/// What the first size gives that can be had.
///
/// # Errors
/// Of the last size.
fn first_given<T>(sizes: &[usize], mut try_with: impl FnMut(&usize) -> io::Result<T>) -> io::Result<T> {
    let (last, larger) = sizes.split_last().expect("there is a size");
    larger
        .iter()
        .find_map(|size| try_with(size).ok())
        .map_or_else(|| try_with(last), Ok)
}
