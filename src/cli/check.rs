//! `leaklint check`: lint, print, and say by the exit code how it went.

use super::args::{self, CheckArguments, OutputFormat};
use super::{CLEAN, CliError, FAILED, FINDINGS, cache, current_dir, output, rule_info};
use crate::driver::{self, CheckOptions};
use crate::report::{self, Format, Report, summary, timings};

pub(super) fn run(arguments: &CheckArguments) -> Result<i32, CliError> {
    for rule in &arguments.rules {
        rule_info(rule)?;
    }
    let mut options = CheckOptions::new(arguments.paths.clone(), current_dir()?);
    options.facts = arguments.facts.clone();
    options.threads = arguments.threads;
    options.file_timeout = arguments.file_timeout;
    options.limits = args::limits(&arguments.limits);
    options.min_confidence = arguments.min_confidence.confidence();
    options.rules = arguments.rules.clone();
    options.context = !arguments.no_context;
    options.cache = cache::store_of_check(arguments);
    options.progress = !arguments.no_progress;
    let mut outcome = driver::check(&options)?;

    let rules = crate::rules::infos();
    let report = Report {
        diagnostics: &outcome.diagnostics,
        files: &outcome.files,
        problems: &outcome.problems,
        rules: &rules,
        root: &outcome.root,
        below_confidence: outcome.below_confidence,
    };
    let format = match arguments.format {
        OutputFormat::Pretty => Format::Pretty(output::style()),
        OutputFormat::Concise => Format::Concise,
        OutputFormat::Json => Format::Json,
        OutputFormat::Sarif => Format::Sarif,
    };
    output::to_stdout(|out| report::write(format, &report, out))?;
    // On standard error for every format: standard output is for the findings alone.
    output::to_stderr(|out| summary::write(&report, arguments.verbose, out))?;
    if arguments.timings {
        outcome.timings.laps.end("report");
        output::to_stderr(|out| timings::write(&outcome.timings, out))?;
    }

    if outcome.files.iter().all(|file| file.is_context) {
        let given = if arguments.facts.is_empty() {
            &arguments.paths
        } else {
            &arguments.facts
        };
        let paths: Vec<String> = given.iter().map(|path| format!("`{}`", path.display())).collect();
        return Err(CliError::NothingLinted(paths.join(", ")));
    }
    if arguments.strict && outcome.problems.iter().any(|problem| problem.is_failure()) {
        return Ok(FAILED);
    }
    Ok(if outcome.diagnostics.is_empty() || arguments.exit_zero {
        CLEAN
    } else {
        FINDINGS
    })
}
