//! `leaklint facts`: what the files of one part say, in one file, for `leaklint check --facts` to join.

use std::fs;
use std::io::{self, Write};

use super::args::FactsArguments;
use super::values::limits;
use super::{CLEAN, CliError, current_dir};
use crate::driver::{self, CheckOptions};

pub(super) fn run(arguments: &FactsArguments) -> Result<i32, CliError> {
    let current_dir = current_dir()?;
    let mut options = CheckOptions::new(arguments.paths.clone(), current_dir.clone());
    options.threads = arguments.effort.threads;
    options.file_timeout = arguments.effort.file_timeout;
    options.limits = limits(&arguments.effort.limits);
    options.configuration = arguments.config.choice(&current_dir);
    options.progress = !arguments.effort.no_progress;
    let shard = driver::facts(&options, arguments.shard)?;
    let bytes = driver::stored(&shard);
    fs::write(current_dir.join(&arguments.out), &bytes).map_err(|source| CliError::Unwritable {
        path: arguments.out.clone(),
        source,
    })?;
    let failures = shard.problems.iter().filter(|problem| problem.is_failure()).count();
    let mut said = format!(
        "part {} of the facts: {} in `{}`",
        shard.part,
        match shard.files.len() {
            1 => "1 file".to_owned(),
            files => format!("{files} files"),
        },
        arguments.out.display()
    );
    if failures > 0 {
        said.push_str(&format!(", {failures} could not be analysed"));
    }
    // Who made the file has it, whoever reads this.
    let _ = writeln!(io::stderr(), "{said}");
    Ok(CLEAN)
}
