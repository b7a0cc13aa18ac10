//! What each file costs the project, and the end of a file that costs too much.
//!
//! Whoever judges a file does so in [`Meter::charge`]. Each look at facts is a step; a file that is out of steps, or out
//! of time, is left by unwinding to that call, from however deep: no function in between needs to know. A panic ends
//! there as well. So a file costs what it may and no more, and the others never notice.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

use crate::diagnostic::FileId;
use crate::panics::caught;

/// Steps between two looks at the clock.
const SLICE: u64 = 4096;

/// What judging one file may cost.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// Looks at facts.
    pub steps: u64,
    /// The last resort: it depends on the machine.
    pub time: Duration,
    /// Of one function's graph.
    pub nodes: usize,
}

/// Why something of a file was not judged.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Excess {
    /// A function's graph has too many nodes.
    Nodes,
    Steps,
    Time,
    /// With the panic's message.
    Panic(String),
}

/// Steps and time, used or left.
#[derive(Clone, Copy)]
struct Purse {
    steps: u64,
    time: Duration,
}

/// What all who judge know of what files have cost, whoever judged them.
pub(super) struct Ledger {
    allowance: Allowance,
    /// What files that were charged before have left.
    purses: Mutex<FxHashMap<FileId, Purse>>,
    excesses: Mutex<BTreeSet<(FileId, Excess)>>,
}

pub(super) struct Meter {
    ledger: Arc<Ledger>,
    /// The file that is judged now.
    charged: Cell<Option<FileId>>,
    /// Steps to the next look at the clock; never at an end while no file is charged.
    slice: Cell<u64>,
    /// Steps beyond the slice.
    rest: Cell<u64>,
    deadline: Cell<Option<Instant>>,
    /// Why the charged file is being given up.
    given_up: RefCell<Option<Excess>>,
}

impl Meter {
    pub(super) fn new(allowance: Allowance) -> Self {
        Self::of(&Arc::new(Ledger {
            allowance,
            purses: Mutex::default(),
            excesses: Mutex::default(),
        }))
    }

    /// A meter for one more who judges.
    pub(super) fn of(ledger: &Arc<Ledger>) -> Self {
        Self {
            ledger: Arc::clone(ledger),
            charged: Cell::new(None),
            slice: Cell::new(u64::MAX),
            rest: Cell::new(0),
            deadline: Cell::new(None),
            given_up: RefCell::default(),
        }
    }

    pub(super) fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// Takes one step at the cost of the file that is charged.
    #[inline]
    pub(super) fn step(&self) {
        self.steps(1);
    }

    /// Takes some steps at once.
    #[inline]
    pub(super) fn steps(&self, count: u64) {
        // Taken before it is known whether they are there: that is two instructions, millions of times.
        let (left, is_over) = self.slice.get().overflowing_sub(count);
        self.slice.set(left);
        if is_over {
            self.next_slice(left.wrapping_neg());
        }
    }

    /// Does some work at the cost of a file; `None` if the file is, or was before, given up. Inside other charged work,
    /// that pays.
    pub(super) fn charge<T>(&self, file: FileId, work: impl FnOnce() -> T) -> Option<T> {
        if self.charged.get().is_some() {
            return Some(work());
        }
        if self.is_given_up(file) {
            return None;
        }
        let full = Purse {
            steps: self.ledger.allowance.steps,
            time: self.ledger.allowance.time,
        };
        let purse = locked(&self.ledger.purses).get(&file).copied().unwrap_or(full);
        let begun = Instant::now();
        self.charged.set(Some(file));
        self.deadline.set(begun.checked_add(purse.time));
        self.fill(purse.steps);
        let done = caught(work);
        let left = Purse {
            steps: self.slice.get() + self.rest.get(),
            time: purse.time.saturating_sub(begun.elapsed()),
        };
        self.charged.set(None);
        self.slice.set(u64::MAX);
        locked(&self.ledger.purses).insert(file, left);
        let given_up = self.given_up.take();
        done.map_err(|message| {
            let excess = given_up.unwrap_or(Excess::Panic(message));
            locked(&self.ledger.excesses).insert((file, excess));
        })
        .ok()
    }

    /// Notes that a function's graph grew over the allowance.
    pub(super) fn note_large_graph(&self, file: FileId) {
        locked(&self.ledger.excesses).insert((file, Excess::Nodes));
    }

    pub(super) fn max_nodes(&self) -> usize {
        self.ledger.allowance.nodes
    }

    /// What was not judged, by file.
    pub(super) fn excesses(&self) -> Vec<(FileId, Excess)> {
        locked(&self.ledger.excesses).iter().cloned().collect()
    }

    fn is_given_up(&self, file: FileId) -> bool {
        let excesses = locked(&self.ledger.excesses);
        let mut own = excesses
            .range((file, Excess::Nodes)..)
            .take_while(|(of, _)| *of == file);
        own.any(|(_, excess)| *excess != Excess::Nodes)
    }

    fn fill(&self, steps: u64) {
        let slice = steps.min(SLICE);
        self.slice.set(slice);
        self.rest.set(steps - slice);
    }

    /// Goes on to the next slice, of which `owed` steps are taken already.
    #[cold]
    fn next_slice(&self, owed: u64) {
        self.slice.set(0);
        self.rest.set(self.rest.get().saturating_sub(owed));
        let excess = if self.rest.get() == 0 {
            Excess::Steps
        } else if self.deadline.get().is_some_and(|deadline| Instant::now() > deadline) {
            Excess::Time
        } else {
            return self.fill(self.rest.get());
        };
        self.given_up.replace(Some(excess));
        // Not a panic: nothing is wrong, and no hook has to hear of it.
        resume_unwind(Box::new("given up"));
    }
}

/// What is behind a lock is whole between any two steps.
fn locked<T>(behind: &Mutex<T>) -> MutexGuard<'_, T> {
    behind.lock().unwrap_or_else(PoisonError::into_inner)
}
