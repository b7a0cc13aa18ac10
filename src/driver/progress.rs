//! The progress bar on stderr, which appears when the work takes a while and leaves nothing behind.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Work that is done sooner gets no bar.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) struct Bar {
    wanted: bool,
    total: usize,
    begun: Instant,
    shown: Option<ProgressBar>,
}

impl Bar {
    pub(super) fn new(total: usize, wanted: bool) -> Self {
        Self {
            wanted: wanted && stderr().is_terminal(),
            total,
            begun: Instant::now(),
            shown: None,
        }
    }

    pub(super) fn show(&mut self, done: usize) {
        if self.wanted && self.begun.elapsed() >= PATIENCE {
            self.shown
                .get_or_insert_with(|| new_bar(self.total))
                .set_position(done as u64);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}

fn new_bar(total: usize) -> ProgressBar {
    let bar = ProgressBar::new(total as u64);
    let template = "{bar:30} {pos}/{len} files, {elapsed}";
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}
