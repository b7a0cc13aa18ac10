//! The thread that lints, and what it found.

use std::path::Path;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};
use lsp_server::RequestId;

use crate::diagnostic::{Diagnostic, FileId, Problem, ProblemKind};
use crate::driver::memory::Memory;
use crate::driver::{self, CheckError, CheckOptions, Outcome, mending};
use crate::fix::Fix;
use crate::source::CheckedFile;
use crate::walk;

/// What the thread is asked for.
pub(super) enum Job {
    Check(CheckOptions),
    /// Fixes for findings of the last check.
    Mend(Asked),
}

/// Findings that somebody would mend, all of one file.
pub(super) struct Asked {
    pub(super) id: RequestId,
    /// Those of the check that found them.
    pub(super) options: CheckOptions,
    pub(super) file: CheckedFile,
    pub(super) findings: Vec<Diagnostic>,
}

/// What the thread has done, in the order it was asked for.
pub(super) enum Finished {
    Checked(Box<Result<Analysis, CheckError>>),
    /// For each finding a fix, if there is one.
    Mended(RequestId, Vec<Option<Fix>>),
}

/// Starts the thread. It ends when nobody can ask it any more.
pub(super) fn start() -> (Sender<Job>, Receiver<Finished>) {
    let (jobs, inbox) = unbounded::<Job>();
    let (outbox, results) = unbounded();
    thread::spawn(move || {
        let memory = Arc::new(Memory::default());
        for job in inbox {
            let finished = match job {
                Job::Check(options) => {
                    Finished::Checked(Box::new(driver::check_again(&options, &memory).map(Analysis::new)))
                }
                Job::Mend(asked) => mended(asked, &memory),
            };
            if outbox.send(finished).is_err() {
                return;
            }
        }
    });
    (jobs, results)
}

/// A run that fails offers nothing; what is wrong is said by the check that fails as well.
fn mended(asked: Asked, memory: &Arc<Memory>) -> Finished {
    let findings = asked.findings.iter();
    let fixes = findings.map(|finding| {
        let offered = mending::offer(&asked.options, memory, finding, &asked.file);
        offered.ok().flatten()
    });
    Finished::Mended(asked.id, fixes.collect())
}

/// What a run found.
pub(super) struct Analysis {
    outcome: Outcome,
}

impl Analysis {
    fn new(outcome: Outcome) -> Self {
        Self { outcome }
    }

    /// The findings whose primary place is in a file, in the order of every output.
    pub(super) fn findings<'a>(&'a self, path: &'a Path) -> impl Iterator<Item = &'a Diagnostic> {
        let is_here = move |each: &&Diagnostic| self.file(each.primary.place.file).disk() == path;
        self.outcome.diagnostics.iter().filter(is_here)
    }

    /// Why a file was not analysed to the end, if that is what it costs or a fault of ours: of its syntax the language's own
    /// server speaks.
    pub(super) fn excess(&self, path: &Path, current_dir: &Path) -> Option<&Problem> {
        let is_excess = |kind| matches!(kind, ProblemKind::Limit | ProblemKind::TimedOut | ProblemKind::Internal);
        let mut problems = self.outcome.problems.iter();
        problems.find(|problem| is_excess(problem.kind) && walk::normalized(&current_dir.join(&problem.path)) == path)
    }

    pub(super) fn file(&self, file: FileId) -> &CheckedFile {
        &self.outcome.files[file.index()]
    }
}
