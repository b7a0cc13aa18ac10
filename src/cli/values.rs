//! What the values of options are, and how they are read.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::ValueEnum;

use crate::diagnostic::Confidence;
use crate::limits::{Limit, Limits};
use crate::spelling::advice;

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum OutputFormat {
    /// With source, for people
    Pretty,
    /// One line a finding
    Concise,
    /// One object, for programs
    Json,
    /// An object a line, for programs
    Jsonl,
    /// For GitHub code scanning and others
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// GitLab Code Quality
    Gitlab,
    /// Test reports
    Junit,
    /// Reviewdog
    Rdjson,
    /// One page for people
    Html,
}

/// A report and where it goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    pub format: OutputFormat,
    pub file: PathBuf,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (format, file) = text.split_once('=').ok_or("not of the form `FORMAT=FILE`")?;
        let formats: Vec<String> = OutputFormat::value_variants()
            .iter()
            .filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned()))
            .collect();
        let format = OutputFormat::from_str(format, false).map_err(|_| {
            let known: Vec<&str> = formats.iter().map(String::as_str).collect();
            format!("there is no format `{format}`; {}", advice(format, &known))
        })?;
        if file.is_empty() {
            return Err("the file has no name".to_owned());
        }
        Ok(Self {
            format,
            file: PathBuf::from(file),
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Threshold {
    Low,
    Medium,
    High,
}

impl Threshold {
    pub fn confidence(self) -> Confidence {
        match self {
            Threshold::Low => Confidence::Low,
            Threshold::Medium => Confidence::Medium,
            Threshold::High => Confidence::High,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ListFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum DebugView {
    /// What one file says
    Facts,
    /// Control flow graphs
    Cfg,
    /// Acquisitions with holder, lifetimes and release
    Duties,
}

pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("must be above zero".to_owned()),
    }
}

pub(super) fn limit(text: &str) -> Result<(Limit, u64), String> {
    let (name, value) = text.split_once('=').ok_or("not of the form `NAME=N`")?;
    let value = value.parse().map_err(|_| format!("`{value}` is not a number"))?;
    Ok((name.parse()?, value))
}

/// What `--limit` is about, with the limits as they are.
pub(super) fn limit_help() -> String {
    let usual: Vec<String> = Limit::ALL
        .iter()
        .map(|&limit| {
            format!(
                "`{}` {} ({})",
                limit.name(),
                limit.meaning(),
                Limits::DEFAULT.get(limit)
            )
        })
        .collect();
    format!(
        "Allow a file more, or less, of what is counted (may be given several times)\n\nNAME is one of {}; the number is what \
         is allowed without this option. A file over a limit is named, and costs nothing else.",
        usual.join(", ")
    )
}

/// The usual limits, and the given ones in place of some of them.
pub fn limits(given: &[(Limit, u64)]) -> Limits {
    let mut limits = Limits::DEFAULT;
    for &(limit, value) in given {
        limits.set(limit, value);
    }
    limits
}
