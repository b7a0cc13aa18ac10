//! The bar: walking, reading and parsing alone, by the same means as a run. What a run takes beyond it is our own doing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{CheckError, CheckOptions, pool, threads};
use crate::parse::is_parsed;
use crate::source::decode;
use crate::timings::{Effort, Laps, Timings};
use crate::walk;

pub(super) fn parse_only(options: &CheckOptions) -> Result<Timings, CheckError> {
    let mut laps = Laps::default();
    let threads = threads(options);
    let files = walk::walk(&options.paths, &options.current_dir, &options.overlay, threads.count)?.files;
    laps.end("walk");
    let (count, effort) = (files.len(), Arc::new(Effort::default()));
    let work = {
        let (overlay, effort) = (options.overlay.clone(), Arc::clone(&effort));
        move |index: usize| {
            let (begun, path) = (Instant::now(), &files[index].disk);
            let Some(text) = overlay.read(path).ok().and_then(|bytes| decode(bytes).ok()) else {
                return;
            };
            if !files[index].named && walk::generated_reason(&text).is_some() {
                return;
            }
            effort.add_read(&text, begun.elapsed());
            let begun = Instant::now();
            is_parsed(path, &text);
            effort.add_parsed(&text, begun.elapsed(), Duration::ZERO);
        }
    };
    pool::run(count, &threads, work, |_| {}).map_err(CheckError::Thread)?;
    laps.end("files");
    Ok(Timings {
        laps,
        files: effort.sum(),
        threads: threads.count,
        ..Timings::default()
    })
}
