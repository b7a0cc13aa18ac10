//! Worker threads that take numbered jobs one at a time, and the watchdog that gives a job up.
//!
//! A worker writes the job it takes, and since when, into its own slot. The caller's thread is the watchdog: every little
//! while it takes the results that are there and looks at the slots; only the last result wakes it, because a wake for each
//! would cost more than a small file. When a job is over its budget it marks the slot as abandoned, records the job as timed out,
//! and starts a new worker. An abandoned worker that comes back after all sees the mark before it takes another job, and
//! ends; its late result finds its job settled and is dropped. Only the watchdog settles jobs, so there is no race about
//! who decides.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::stacks::first_given;
use crate::panics::caught;

/// The longest the watchdog sleeps; the progress bar moves at this pace too.
const TICK: Duration = Duration::from_millis(100);

/// Abandoned threads take processors from the rest, so the budget grows with them, to at most this many times.
const LARGEST_STRETCH: u32 = 4;

/// How many, how large, how patient.
pub(super) struct Threads {
    pub(super) count: usize,
    /// In bytes, the preferred first.
    pub(super) stack_sizes: &'static [usize],
    /// Wall-clock time of one job.
    pub(super) budget: Duration,
}

pub(super) enum Verdict<T> {
    Done(T),
    /// With the panic's message.
    Panicked(String),
    TimedOut,
}

pub(super) struct Run<T> {
    /// One for each job, in order.
    pub(super) verdicts: Vec<Verdict<T>>,
    /// Threads that still run a job that was given up.
    pub(super) abandoned_threads: usize,
}

/// Runs `work` on `0..count` and calls `on_progress` with how many are settled, at least every [`TICK`].
///
/// # Errors
/// The operating system starts not even one thread.
pub(super) fn run<T, F>(
    count: usize,
    threads: &Threads,
    work: F,
    mut on_progress: impl FnMut(usize),
) -> io::Result<Run<T>>
where
    T: Send + 'static,
    F: Fn(usize) -> T + Send + Sync + 'static,
{
    let inbox = Arc::new(Inbox {
        results: Mutex::default(),
        is_full: Condvar::new(),
        count,
    });
    let jobs = Arc::new(Jobs {
        next: AtomicUsize::new(0),
        count,
        work,
    });
    let mut watchdog = Watchdog {
        verdicts: Vec::new(),
        settled: 0,
        workers: Vec::new(),
        abandoned: Vec::new(),
    };
    watchdog.verdicts.resize_with(count, || None);
    for started in 0..threads.count.min(count) {
        match Worker::start(&jobs, &inbox, threads.stack_sizes) {
            Ok(worker) => watchdog.workers.push(worker),
            Err(error) if started == 0 => return Err(error),
            // Fewer threads do the same work.
            Err(_) => break,
        }
    }
    while watchdog.settled < count {
        watchdog.receive(&inbox, threads.budget);
        for lost in watchdog.give_up(threads) {
            match Worker::start(&jobs, &inbox, threads.stack_sizes) {
                Ok(worker) => watchdog.workers[lost] = worker,
                // Others may go on; if there are none, the rest cannot be done.
                Err(error) if watchdog.workers.iter().all(Worker::is_over) => return Err(error),
                Err(_) => {}
            }
        }
        on_progress(watchdog.settled);
    }
    let abandoned_threads = watchdog.abandoned.iter().filter(|thread| !thread.is_finished()).count();
    let verdicts = watchdog
        .verdicts
        .into_iter()
        .map(|each| each.expect("the loop ends when all are settled"));
    Ok(Run {
        verdicts: verdicts.collect(),
        abandoned_threads,
    })
}

struct Jobs<F> {
    next: AtomicUsize,
    count: usize,
    work: F,
}

/// What workers have done since somebody looked.
struct Inbox<T> {
    results: Mutex<Results<T>>,
    /// The last result is there.
    is_full: Condvar,
    count: usize,
}

struct Results<T> {
    /// By job.
    new: Vec<(usize, Result<T, String>)>,
    /// How many there ever were.
    total: usize,
}

impl<T> Default for Results<T> {
    fn default() -> Self {
        Self {
            new: Vec::new(),
            total: 0,
        }
    }
}

impl<T> Inbox<T> {
    fn put(&self, job: usize, result: Result<T, String>) {
        let mut results = lock(&self.results);
        results.new.push((job, result));
        results.total += 1;
        if results.total == self.count {
            self.is_full.notify_all();
        }
    }

    /// What is there when all is, or after this time.
    fn take(&self, time: Duration) -> Vec<(usize, Result<T, String>)> {
        let is_open = |results: &mut Results<T>| results.total < self.count;
        let waited = self.is_full.wait_timeout_while(lock(&self.results), time, is_open);
        let (mut results, _) = waited.unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut results.new)
    }
}

/// What a worker does now.
#[derive(Default)]
struct Slot {
    job: Option<(usize, Instant)>,
    abandoned: bool,
}

struct Worker {
    slot: Arc<Mutex<Slot>>,
    /// `None` once the thread is abandoned.
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    fn start<T, F>(jobs: &Arc<Jobs<F>>, inbox: &Arc<Inbox<T>>, stacks: &[usize]) -> io::Result<Self>
    where
        T: Send + 'static,
        F: Fn(usize) -> T + Send + Sync + 'static,
    {
        let slot = Arc::new(Mutex::new(Slot::default()));
        let start = |&stack_size: &usize| {
            let (jobs, inbox, own) = (Arc::clone(jobs), Arc::clone(inbox), Arc::clone(&slot));
            let builder = thread::Builder::new().name("leaklint-file".to_owned());
            builder.stack_size(stack_size).spawn(move || {
                while let Some(job) = next_job(&jobs, &own) {
                    let result = caught(|| (jobs.work)(job));
                    // The result is sent before the slot is cleared: a job is never neither running nor reported.
                    inbox.put(job, result);
                    lock(&own).job = None;
                }
            })
        };
        let thread = first_given(stacks, start)?;
        Ok(Self {
            slot,
            thread: Some(thread),
        })
    }

    fn is_over(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

fn next_job<F>(jobs: &Jobs<F>, slot: &Mutex<Slot>) -> Option<usize> {
    let mut slot = lock(slot);
    if slot.abandoned {
        return None;
    }
    let job = jobs.next.fetch_add(1, Ordering::Relaxed);
    if job >= jobs.count {
        return None;
    }
    slot.job = Some((job, Instant::now()));
    Some(job)
}

fn lock<T>(behind: &Mutex<T>) -> MutexGuard<'_, T> {
    // Plain fields: no panic can leave them half written.
    behind.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Watchdog<T> {
    verdicts: Vec<Option<Verdict<T>>>,
    settled: usize,
    workers: Vec<Worker>,
    abandoned: Vec<JoinHandle<()>>,
}

impl<T> Watchdog<T> {
    /// Waits a little, less if that was the last result, and takes all that are there.
    fn receive(&mut self, inbox: &Inbox<T>, budget: Duration) {
        for (job, result) in inbox.take(TICK.min(budget).max(Duration::from_millis(1))) {
            self.settle(job, result.map_or_else(Verdict::Panicked, Verdict::Done));
        }
    }

    /// Abandons what is over its budget, and says which workers need another thread.
    fn give_up(&mut self, threads: &Threads) -> Vec<usize> {
        let spinning = self.abandoned.iter().filter(|thread| !thread.is_finished()).count();
        let stretch = 1 + u32::try_from(spinning / threads.count.max(1)).unwrap_or(LARGEST_STRETCH);
        let budget = threads.budget * stretch.min(LARGEST_STRETCH);
        let mut lost = Vec::new();
        for index in 0..self.workers.len() {
            let worker = &mut self.workers[index];
            let died = worker.is_over();
            let mut slot = lock(&worker.slot);
            let Some((job, since)) = slot.job else { continue };
            if slot.abandoned || self.verdicts[job].is_some() || (!died && since.elapsed() < budget) {
                continue;
            }
            slot.abandoned = true;
            drop(slot);
            self.abandoned.extend(worker.thread.take());
            let verdict = if died {
                Verdict::Panicked("the thread ended".to_owned())
            } else {
                Verdict::TimedOut
            };
            self.settle(job, verdict);
            lost.push(index);
        }
        lost
    }

    fn settle(&mut self, job: usize, verdict: Verdict<T>) {
        let place = &mut self.verdicts[job];
        if place.is_none() {
            *place = Some(verdict);
            self.settled += 1;
        }
    }
}
