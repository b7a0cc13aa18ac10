//! `leaklint baseline`: the file of known findings, made, made smaller, and rid of files that are gone.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::args::{BaselineAction, BaselineArguments, BaselineCreateArguments, BaselineRun};
use super::values::{Threshold, limits};
use super::{CLEAN, CliError, current_dir, output, rule_info};
use crate::baseline::Baseline;
use crate::config::discover::BASELINE_FILE;
use crate::driver::known::{self, BaselineChoice};
use crate::driver::{self, CheckError, CheckOptions};
use crate::report::visible_lines;
use crate::walk::normalized;

pub(super) fn run(arguments: &BaselineArguments) -> Result<i32, CliError> {
    match &arguments.action {
        BaselineAction::Create(arguments) => create(arguments),
        BaselineAction::Update(run) => update(run),
        BaselineAction::Prune(prune) => {
            let options = CheckOptions::new(Vec::new(), current_dir()?);
            prune_files(&place(prune.baseline.as_deref(), &options)?, &options)
        }
    }
}

/// What the run asks of the driver; known findings count like others.
fn options(run: &BaselineRun) -> Result<CheckOptions, CliError> {
    let mut options = CheckOptions::new(run.paths.clone(), current_dir()?);
    options.facts = run.facts.clone();
    options.configuration = run.config.choice(&options.current_dir);
    options.force_exclude = run.force_exclude;
    options.context = !run.no_context;
    options.threads = run.effort.threads;
    options.file_timeout = run.effort.file_timeout;
    options.limits = limits(&run.effort.limits);
    options.progress = !run.effort.no_progress;
    options.baseline = BaselineChoice::None;
    Ok(options)
}

fn create(arguments: &BaselineCreateArguments) -> Result<i32, CliError> {
    for rule in &arguments.rules {
        rule_info(rule)?;
    }
    let mut options = options(&arguments.run)?;
    options.min_confidence = arguments.min_confidence.map(Threshold::confidence);
    options.rules = arguments.rules.clone();
    let path = place(arguments.run.baseline.as_deref(), &options)?;
    if path.exists() {
        return Err(CliError::BaselineExists(shown(&path, &options)));
    }
    let outcome = driver::check(&options)?;
    let baseline = known::keys(&path, &outcome.diagnostics, &outcome.files);
    write(&path, &baseline, &options, true)?;
    let said = match baseline.len() {
        1 => "1 finding".to_owned(),
        findings => format!("{findings} findings"),
    };
    say(&format!("wrote {said} to {}", shown(&path, &options)))
}

fn update(run: &BaselineRun) -> Result<i32, CliError> {
    let mut options = options(run)?;
    let path = place(run.baseline.as_deref(), &options)?;
    let mut baseline = read(&path, &options)?;
    // Which findings are there does not depend on which are asked for.
    options.min_confidence = Some(crate::diagnostic::Confidence::Low);
    let outcome = driver::check(&options)?;
    let present = known::keys(&path, &outcome.diagnostics, &outcome.files);
    let checked = outcome.files.iter().filter(|file| !file.is_context);
    let names: Vec<String> = checked.map(|file| known::name_in(&path, file)).collect();
    let gone = baseline.keep(&present, |name| names.iter().any(|each| each == name));
    if gone > 0 {
        write(&path, &baseline, &options, false)?;
    }
    say(&format!(
        "took out {}, {} left in {}",
        entries(gone),
        entries(baseline.len()),
        shown(&path, &options)
    ))
}

fn prune_files(path: &Path, options: &CheckOptions) -> Result<i32, CliError> {
    let mut baseline = read(path, options)?;
    let folder = path.parent().unwrap_or(path);
    let gone = baseline.prune(|name| folder.join(name).exists());
    if gone > 0 {
        write(path, &baseline, options, false)?;
    }
    say(&format!(
        "took out {}, {} left in {}",
        entries(gone),
        entries(baseline.len()),
        shown(path, options)
    ))
}

/// Where the baseline of the current folder is or would be: as named, as configured, beside the configuration, in the root
/// of the repository.
fn place(named: Option<&Path>, options: &CheckOptions) -> Result<PathBuf, CliError> {
    if let Some(named) = named {
        return Ok(normalized(&options.current_dir.join(named)));
    }
    let explained = driver::explained(options, &options.current_dir.join(BASELINE_FILE))?;
    let settings = explained.settings;
    let beside = settings
        .path
        .as_deref()
        .and_then(Path::parent)
        .map(|folder| folder.join(BASELINE_FILE));
    let in_root = || options.overlay.boundary(&options.current_dir).join(BASELINE_FILE);
    Ok(settings.baseline.or(beside).unwrap_or_else(in_root))
}

fn read(path: &Path, options: &CheckOptions) -> Result<Baseline, CliError> {
    let read = known::read(path, &options.overlay);
    read.map_err(|error| CliError::Check(CheckError::Baseline(error)))
}

/// Writes beside the file and renames, so that a run that is killed leaves the old one.
fn write(path: &Path, baseline: &Baseline, options: &CheckOptions, is_new: bool) -> Result<(), CliError> {
    let unwritable = |source| CliError::Unwritable {
        path: shown(path, options).into(),
        source,
    };
    let text = baseline.to_text();
    if is_new {
        let mut file = fs::File::create_new(path).map_err(unwritable)?;
        return file.write_all(text.as_bytes()).map_err(unwritable);
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    fs::write(&beside, text)
        .and_then(|()| fs::rename(&beside, path))
        .map_err(unwritable)
}

fn shown(path: &Path, options: &CheckOptions) -> String {
    path.strip_prefix(&options.current_dir)
        .unwrap_or(path)
        .display()
        .to_string()
}

fn entries(count: usize) -> String {
    if count == 1 {
        "1 entry".to_owned()
    } else {
        format!("{count} entries")
    }
}

fn say(text: &str) -> Result<i32, CliError> {
    output::to_stdout(|out| writeln!(out, "{}", visible_lines(text)))?;
    Ok(CLEAN)
}
