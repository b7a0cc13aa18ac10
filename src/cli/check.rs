//! `leaklint check`: lint, print, and say by the exit code how it went.

use std::io::{self, Write};
use std::sync::Arc;

use super::args::CheckArguments;
use super::values::{OutputFormat, Threshold, limits};
use super::{CLEAN, CliError, FAILED, FINDINGS, cache, content, current_dir, fix, output, pages, rule_info};
use crate::driver::{self, CheckOptions, mending};
use crate::report::{self, Format, Report, github, summary, timings};

pub(super) fn run(arguments: &CheckArguments) -> Result<i32, CliError> {
    for rule in &arguments.rules {
        rule_info(rule)?;
    }
    let mut options = options(arguments)?;
    let memory = Arc::default();
    let Some(mut run) = content::linted(arguments, &mut options, &memory)? else {
        let _ = writeln!(io::stderr(), "nothing to lint is staged");
        return Ok(CLEAN);
    };
    let mut has_failed = false;
    if arguments.fix {
        let fixed = fix::fixed(&options, &memory, &run.outcome, arguments.quiet)?;
        has_failed = fixed.has_failed;
        if fixed.has_changed {
            run = content::again(arguments, &options, &memory)?;
        }
    }
    let fixes = match arguments.suggest && fix::are_told(arguments) {
        true => mending::offers(&options, &memory, &run.outcome)?,
        false => Vec::new(),
    };
    let mut outcome = run.outcome;
    let pages = cache::pages(arguments).filter(|_| output::style().has_links);
    let pages = pages.and_then(|folder| pages::written(&folder));

    let rules = driver::rule_infos();
    let report = Report {
        diagnostics: &outcome.diagnostics,
        files: &outcome.files,
        problems: &outcome.problems,
        rules: &rules,
        root: &outcome.root,
        below_confidence: outcome.below_confidence,
        suppressed: outcome.suppressed,
        known: outcome.known.findings,
        gone: outcome.known.gone,
        older: run.older,
        fixes: &fixes,
        pages: pages.as_deref(),
    };
    for wanted in &arguments.output {
        output::to_file(&wanted.file, |out| {
            report::write(format(wanted.format, false), &report, out)
        })?;
    }
    let shown = match arguments.statistics {
        true => Format::Statistics,
        false => format(arguments.format, true),
    };
    match arguments.suggest && arguments.format == OutputFormat::Pretty {
        true => fix::suggested(&options, &memory, &outcome, arguments.quiet)?,
        false => output::to_stdout(|out| report::write(shown, &report, out))?,
    }
    if arguments.format == OutputFormat::Github {
        output::to_step_summary(|out| github::write_summary(&report, out))?;
    }
    // On standard error for every format: standard output is for the findings alone.
    if !arguments.quiet {
        output::to_stderr(|out| summary::write(&report, arguments.verbose, out))?;
    }
    if arguments.timings {
        outcome.timings.laps.end("report");
        output::to_stderr(|out| timings::write(&outcome.timings, out))?;
    }

    let may_be_nothing = arguments.no_errors_on_unmatched || arguments.content.staged;
    if outcome.files.iter().all(|file| file.is_context) && !may_be_nothing {
        let given = if arguments.facts.is_empty() {
            &arguments.paths
        } else {
            &arguments.facts
        };
        let paths: Vec<String> = given.iter().map(|path| format!("`{}`", path.display())).collect();
        return Err(CliError::NothingLinted(paths.join(", ")));
    }
    if has_failed {
        return Ok(FAILED);
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

/// The format as the terminal, or a file, takes it.
fn format(wanted: OutputFormat, is_terminal: bool) -> Format {
    match wanted {
        OutputFormat::Pretty if is_terminal => Format::Pretty(output::style()),
        OutputFormat::Pretty => Format::Pretty(output::plain_style()),
        OutputFormat::Concise => Format::Concise,
        OutputFormat::Json => Format::Json,
        OutputFormat::Jsonl => Format::Jsonl,
        OutputFormat::Sarif => Format::Sarif,
        OutputFormat::Github => Format::GitHub,
        OutputFormat::Gitlab => Format::GitLab,
        OutputFormat::Junit => Format::JUnit,
        OutputFormat::Rdjson => Format::RdJson,
        OutputFormat::Html => Format::Html,
    }
}

/// What the arguments ask for.
pub(super) fn options(arguments: &CheckArguments) -> Result<CheckOptions, CliError> {
    let mut options = CheckOptions::new(arguments.paths.clone(), current_dir()?);
    options.facts = arguments.facts.clone();
    options.threads = arguments.effort.threads;
    options.file_timeout = arguments.effort.file_timeout;
    options.limits = limits(&arguments.effort.limits);
    options.min_confidence = arguments.min_confidence.map(Threshold::confidence);
    options.configuration = arguments.config.choice(&options.current_dir);
    options.baseline = arguments.baseline.choice(&options.current_dir);
    options.force_exclude = arguments.force_exclude;
    options.rules = arguments.rules.clone();
    options.context = !arguments.no_context;
    options.cache = cache::store_of_check(arguments);
    options.progress = !arguments.effort.no_progress && !arguments.quiet;
    Ok(options)
}
