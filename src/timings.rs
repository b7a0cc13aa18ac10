//! Where the time of a run went, for those who ask: `leaklint check --timings`.
//!
//! Stages are measured by wall time, one after the other; what threads do side by side is measured file by file and summed.

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The laps of a run, each with what was done in it.
#[derive(Clone, Debug)]
pub struct Laps {
    laps: Vec<(&'static str, Duration)>,
    since: Instant,
}

impl Default for Laps {
    fn default() -> Self {
        Self {
            laps: Vec::new(),
            since: Instant::now(),
        }
    }
}

impl Laps {
    /// Ends a lap; the next begins.
    pub fn end(&mut self, name: &'static str) {
        let now = Instant::now();
        self.laps.push((name, now - self.since));
        self.since = now;
    }

    /// Each lap with its wall time, in order.
    pub fn all(&self) -> &[(&'static str, Duration)] {
        &self.laps
    }

    /// Wall time of all laps.
    pub fn total(&self) -> Duration {
        self.laps.iter().map(|(_, time)| *time).sum()
    }
}

/// What the threads that read files count together.
#[derive(Debug, Default)]
pub struct Effort {
    files: AtomicU64,
    bytes: AtomicU64,
    lines: AtomicU64,
    parsed_bytes: AtomicU64,
    reading: AtomicU64,
    parsing: AtomicU64,
    lowering: AtomicU64,
}

impl Effort {
    /// A file was read.
    pub fn add_read(&self, text: &str, time: Duration) {
        add(&self.files, 1);
        add(&self.bytes, text.len() as u64);
        add(&self.lines, memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64);
        add(&self.reading, nanoseconds(time));
    }

    /// A file was parsed, and its tree lowered into facts.
    pub fn add_parsed(&self, text: &str, parsing: Duration, lowering: Duration) {
        add(&self.parsed_bytes, text.len() as u64);
        add(&self.parsing, nanoseconds(parsing));
        add(&self.lowering, nanoseconds(lowering));
    }

    /// What was counted so far.
    pub fn sum(&self) -> Sum {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let time = |counter| Duration::from_nanos(count(counter));
        Sum {
            files: count(&self.files),
            bytes: count(&self.bytes),
            lines: count(&self.lines),
            parsed_bytes: count(&self.parsed_bytes),
            reading: time(&self.reading),
            parsing: time(&self.parsing),
            lowering: time(&self.lowering),
        }
    }
}

/// The files of a run and the time they took, summed over all threads.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum {
    pub files: u64,
    pub bytes: u64,
    pub lines: u64,
    pub parsed_bytes: u64,
    pub reading: Duration,
    /// Text to tree.
    pub parsing: Duration,
    /// Tree to facts.
    pub lowering: Duration,
}

/// Where the time of one run went.
#[derive(Debug, Default)]
pub struct Timings {
    pub laps: Laps,
    pub files: Sum,
    pub threads: usize,
    pub cache: CacheUse,
}

/// What the cache was to a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum CacheUse {
    #[default]
    Off,
    /// What was kept, if anything, was of other contents.
    Missed,
    /// Nothing had changed since the findings were kept.
    Hit,
}

fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// The most memory this process had at once, in bytes, where the system tells.
///
/// Source: `VmHWM` in <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>.
pub fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
