//! The thread that lints, and what it found.

use std::path::Path;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::diagnostic::Diagnostic;
use crate::driver::memory::Memory;
use crate::driver::{self, CheckError, CheckOptions, Outcome};
use crate::source::CheckedFile;

/// A run that is finished, in the order the runs were asked for.
pub(super) type Finished = Result<Analysis, CheckError>;

/// Starts the thread. It ends when nobody can ask it any more.
pub(super) fn start() -> (Sender<CheckOptions>, Receiver<Finished>) {
    let (jobs, inbox) = unbounded::<CheckOptions>();
    let (outbox, results) = unbounded();
    thread::spawn(move || {
        let memory = Arc::new(Memory::default());
        for options in inbox {
            let finished = driver::check_again(&options, &memory).map(Analysis::new);
            if outbox.send(finished).is_err() {
                return;
            }
        }
    });
    (jobs, results)
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

    pub(super) fn file(&self, file: crate::diagnostic::FileId) -> &CheckedFile {
        &self.outcome.files[file.index()]
    }
}
