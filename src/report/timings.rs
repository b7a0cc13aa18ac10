//! Where the time went, as a table for people.

use std::io::{self, Write};
use std::time::Duration;

use crate::timings::{CacheUse, Timings, peak_memory};

/// Writes the table.
///
/// # Errors
/// The writer's.
pub fn write(timings: &Timings, out: &mut dyn Write) -> io::Result<()> {
    let files = &timings.files;
    let total = timings.laps.total();
    writeln!(out, "timings (wall):")?;
    for &(name, time) in timings.laps.all() {
        writeln!(out, "  {name:<12} {}", milliseconds(time))?;
    }
    writeln!(out, "  {:<12} {}", "all", milliseconds(total))?;
    writeln!(out, "files, summed over all threads ({}):", timings.threads)?;
    for (name, time) in [
        ("read", files.reading),
        ("parse", files.parsing),
        ("lower", files.lowering),
    ] {
        writeln!(out, "  {name:<12} {}", milliseconds(time))?;
    }
    let per_second = files.bytes as f64 / 1e6 / total.as_secs_f64().max(1e-9);
    writeln!(
        out,
        "{} files, {} lines, {} bytes: {per_second:.1} MB a second",
        files.files, files.lines, files.bytes
    )?;
    let cache = match timings.cache {
        CacheUse::Off => "not used",
        CacheUse::Missed => "missed",
        CacheUse::Hit => "hit: nothing has changed",
    };
    writeln!(out, "cache {cache}")?;
    let share = files.parsed_bytes as f64 / files.bytes.max(1) as f64;
    writeln!(out, "parsed {:.1} % of the bytes", 100.0 * share)?;
    match peak_memory() {
        Some(bytes) => writeln!(out, "peak memory {:.1} MiB", bytes as f64 / f64::from(1 << 20)),
        None => Ok(()),
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:>10.1} ms", time.as_secs_f64() * 1e3)
}
