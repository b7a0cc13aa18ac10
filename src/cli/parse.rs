//! `leaklint parse`, for the benchmark: walks, reads and parses, and says how long that took.

use std::io;

use super::args::ParseArguments;
use super::{CLEAN, CliError, current_dir};
use crate::driver::{self, CheckOptions};
use crate::report::timings;

pub(super) fn run(arguments: &ParseArguments) -> Result<i32, CliError> {
    let mut options = CheckOptions::new(arguments.paths.clone(), current_dir()?);
    options.threads = arguments.threads;
    let timings = driver::parse_only(&options)?;
    timings::write(&timings, &mut io::stderr().lock()).map_err(CliError::Output)?;
    Ok(CLEAN)
}
