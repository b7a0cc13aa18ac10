//! From planned files to their facts: each file under its own guard, so that what goes wrong with one costs that one.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::memory::Memory;
use super::plan::Plan;
use super::pool::{self, Threads, Verdict};
use super::warm::Analysed;
use super::{CheckError, CheckOptions, Gathered, progress, threads, warm};
use crate::cache::seen::ContentHash;
use crate::catalog::builtin::builtin;
use crate::diagnostic::{Problem, ProblemKind};
use crate::facts::FileFacts;
use crate::facts::lower::lower_limited;
use crate::limits::{Limit, Limits};
use crate::overlay::Overlay;
use crate::project::SourceFile;
use crate::source::{SourceText, decode};
use crate::timings::Effort;
use crate::walk::{self, FoundFile};

/// How the reading of a run's inputs went, for its cache.
#[derive(Default)]
pub(super) struct Taken {
    /// Of each input.
    pub(super) analysed: Vec<Analysed>,
    /// Of each input; `None` for one that was not analysed, and for all where nothing is kept.
    pub(super) contents: Vec<Option<ContentHash>>,
    /// A file was given up, and would perhaps not be another time.
    pub(super) is_chance: bool,
}

/// Stack of the thread that makes the catalogue, in bytes: its files are our own.
const CATALOG_STACK: usize = 4 << 20;

/// Reads what is planned.
pub(super) fn gather(plan: &Plan, options: &CheckOptions, memory: &Arc<Memory>) -> Result<Gathered, CheckError> {
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
        let mut file = plan.checked_file(input, options);
        let settled = settled(file.shown(), verdict, options.file_timeout);
        // What is half typed keeps what it said when it was whole.
        let is_draft = options.overlay.has(&input.file.disk);
        let last_good = || memory.last_good(&input.file.disk).filter(|_| is_draft);
        let settled = settled.or_else(|problem| last_good().ok_or(problem));
        taken.analysed.push(match &settled {
            Ok(read) if read.may_suppress => Analysed::MayBeSuppressed,
            Ok(_) => Analysed::Plain,
            Err(_) => Analysed::No,
        });
        match settled {
            Ok(read) => {
                taken.contents.push(read.content);
                file.may_suppress = read.may_suppress;
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

/// What `work` gives of every file, each under its own guard.
pub(super) fn each_file<T: Send + 'static>(
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
pub(super) type FileResult<T> = Result<T, FileProblem>;

/// A [`Problem`] without its path.
pub(super) struct FileProblem {
    pub(super) kind: ProblemKind,
    pub(super) message: String,
    pub(super) place: Option<crate::source::Position>,
}

/// What reading a file depends on, and where its effort is added up.
pub(super) struct Reading {
    pub(super) overlay: Overlay,
    pub(super) limits: Limits,
    pub(super) effort: Arc<Effort>,
    /// The contents have to be known again.
    pub(super) is_cached: bool,
}

impl Reading {
    pub(super) fn of(options: &CheckOptions, effort: &Arc<Effort>) -> Self {
        Self {
            overlay: options.overlay.clone(),
            limits: options.limits,
            effort: Arc::clone(effort),
            is_cached: options.cache.is_some(),
        }
    }
}

/// The facts of a file, from the text that counts, and that text.
pub(super) fn file_facts(file: &FoundFile, reading: &Reading) -> FileResult<(FileFacts, String)> {
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

/// What reading a file gave, or its problem with the path as it is shown.
pub(super) fn settled<T>(shown: &str, verdict: Verdict<FileResult<T>>, budget: Duration) -> Result<T, Problem> {
    let (kind, message, place) = match verdict {
        Verdict::Done(Ok(facts)) => return Ok(facts),
        Verdict::Done(Err(problem)) => (problem.kind, problem.message, problem.place),
        Verdict::Panicked(panic) => (ProblemKind::Internal, failed(&panic), None),
        Verdict::TimedOut => (ProblemKind::TimedOut, timed_out(budget), None),
    };
    Err(Problem {
        path: shown.to_owned(),
        kind,
        message,
        place,
    })
}

pub(super) fn timed_out(budget: Duration) -> String {
    let seconds = budget.as_secs_f64();
    format!("given up after {seconds} s; `--file-timeout` sets the limit")
}

pub(super) fn failed(panic: &str) -> String {
    format!("leaklint failed on this file, please report: {panic}")
}
