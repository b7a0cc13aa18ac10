//! The last lines of a run, for people: how much was checked, what was found, and what could not be looked at.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Report;
use super::escape::{visible, visible_path};
use crate::diagnostic::{Problem, ProblemKind};

/// Writes the summary; `verbose` lists each file that was skipped on purpose.
///
/// # Errors
/// The writer's.
pub fn write(report: &Report<'_>, verbose: bool, out: &mut dyn Write) -> io::Result<()> {
    let context = report.files.iter().filter(|file| file.is_context).count();
    let checked = counted(report.files.len() - context, "file");
    match context {
        0 => writeln!(out, "checked {checked}: {}", findings(report))?,
        _ => writeln!(
            out,
            "checked {checked}, read {context} for context: {}",
            findings(report)
        )?,
    }
    let tests = report
        .files
        .iter()
        .filter(|file| file.is_test && !file.is_context)
        .count();
    if tests > 0 {
        writeln!(
            out,
            "{} by the configuration: nothing in them is reported",
            counted(tests, "test")
        )?;
    }
    if report.below_confidence > 0 {
        let flag = "--min-confidence low";
        writeln!(
            out,
            "{} more of lower confidence; `{flag}` shows them",
            report.below_confidence
        )?;
    }
    if report.suppressed > 0 {
        writeln!(out, "{} suppressed in the code", counted(report.suppressed, "finding"))?;
    }
    if report.older > 0 {
        writeln!(out, "{} older than the changes", counted(report.older, "finding"))?;
    }
    if report.known > 0 {
        writeln!(out, "{} in the baseline", counted(report.known, "known finding"))?;
    }
    if report.gone > 0 {
        writeln!(
            out,
            "{} of the baseline without a finding; `leaklint baseline update` takes out what is mended",
            match report.gone {
                1 => "1 entry".to_owned(),
                entries => format!("{entries} entries"),
            }
        )?;
    }
    let (configurations, files): (Vec<&Problem>, Vec<&Problem>) = report
        .problems
        .iter()
        .partition(|each| each.kind == ProblemKind::Configuration);
    let (failed, skipped): (Vec<&Problem>, Vec<&Problem>) = files.into_iter().partition(|each| each.is_failure());
    if !configurations.is_empty() {
        writeln!(out, "could not use {}:", counted(configurations.len(), "configuration"))?;
        configurations
            .iter()
            .try_for_each(|problem| write_problem(problem, out))?;
    }
    if !failed.is_empty() {
        writeln!(out, "could not analyse {}:", counted(failed.len(), "path"))?;
        failed.iter().try_for_each(|problem| write_problem(problem, out))?;
    }
    if !skipped.is_empty() {
        let hint = if verbose { ":" } else { "; `--verbose` lists them" };
        writeln!(
            out,
            "skipped {} ({}){hint}",
            counted(skipped.len(), "path"),
            reasons(&skipped)
        )?;
        if verbose {
            skipped.iter().try_for_each(|problem| write_problem(problem, out))?;
        }
    }
    Ok(())
}

fn write_problem(problem: &Problem, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "  {}", visible_path(&problem.path))?;
    if let Some(place) = problem.place {
        write!(out, ":{}:{}", place.line, place.column)?;
    }
    writeln!(out, ": {}", visible(&problem.message))
}

fn findings(report: &Report<'_>) -> String {
    let mut by_rule: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in report.diagnostics {
        *by_rule.entry(diagnostic.rule).or_default() += 1;
    }
    if by_rule.is_empty() {
        return "no findings".to_owned();
    }
    let rules: Vec<String> = by_rule.iter().map(|(rule, count)| format!("{rule} {count}")).collect();
    format!(
        "{} ({})",
        counted(report.diagnostics.len(), "finding"),
        rules.join(", ")
    )
}

fn reasons(skipped: &[&Problem]) -> String {
    let mut by_reason: BTreeMap<&str, usize> = BTreeMap::new();
    for problem in skipped {
        *by_reason.entry(&problem.message).or_default() += 1;
    }
    let reasons: Vec<String> = by_reason
        .iter()
        .map(|(reason, count)| format!("{count} {reason}"))
        .collect();
    reasons.join(", ")
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}
