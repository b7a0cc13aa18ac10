//! The command line: arguments, one file a subcommand, exit codes. How anything is found is not known here.

pub mod args;
mod bare;
mod baseline;
mod cache;
mod check;
mod config;
mod content;
mod debug;
mod explain;
mod facts;
mod fix;
mod generate;
mod init;
mod lsp;
mod output;
mod pages;
mod parse;
mod rules;
mod values;
mod why;

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::diagnostic::RuleInfo;
use crate::driver::CheckError;
use crate::git::GitError;
use crate::spelling;

use args::{Arguments, CheckArguments, Command};

pub use bare::arguments;

/// No findings.
const CLEAN: i32 = 0;

/// At least one finding.
const FINDINGS: i32 = 1;

/// The job could not be done.
const FAILED: i32 = 2;

/// Why the job could not be done.
#[derive(Debug, Error)]
enum CliError {
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error("there is no rule `{wanted}`{}", hint(.nearest.as_deref()))]
    UnknownRule { wanted: String, nearest: Option<String> },
    #[error("cannot write the output: {0}")]
    Output(io::Error),
    #[error("cannot write `{}`: {source}", .path.display())]
    Unwritable { path: PathBuf, source: io::Error },
    #[error("no folder for a cache is known: `--cache-dir` names one")]
    NoCacheFolder,
    #[error("cannot remove the cache in `{}`: {source}", .path.display())]
    Unremovable { path: PathBuf, source: io::Error },
    #[error("there is a configuration already: `{0}`")]
    AlreadyConfigured(String),
    #[error("there is a baseline already: `{0}`; `leaklint baseline update` takes out what is mended")]
    BaselineExists(String),
    #[error(transparent)]
    Git(#[from] GitError),
    #[error("cannot read standard input: {0}")]
    Input(io::Error),
    #[error("cannot tell the current folder: {0}")]
    CurrentDir(io::Error),
    #[error("no file was linted: no JavaScript or TypeScript file could be analysed under {0}")]
    NothingLinted(String),
    #[error("`{}` could not be analysed: {reason}", .path.display())]
    NotAnalysed { path: PathBuf, reason: String },
}

/// Runs a command, prints its outcome, and gives the exit code.
pub fn run(arguments: Arguments) -> i32 {
    let result = match arguments.command {
        None => check::run(&CheckArguments::default()),
        Some(Command::Check(check)) => check::run(&check),
        Some(Command::Facts(facts)) => facts::run(&facts),
        Some(Command::Explain(explain)) => explain::run(&explain),
        Some(Command::Rules(rules)) => rules::run(&rules),
        Some(Command::Why(why)) => why::run(&why),
        Some(Command::Baseline(baseline)) => baseline::run(&baseline),
        Some(Command::Init(init)) => init::run(&init),
        Some(Command::Config(config)) => config::run(&config),
        Some(Command::Lsp(_)) => lsp::run(),
        Some(Command::Completions(completions)) => generate::completions(&completions),
        Some(Command::Man(man)) => generate::man(&man),
        Some(Command::Debug(debug)) => debug::run(&debug),
        Some(Command::Cache(cache)) => cache::run(&cache),
        Some(Command::Parse(parse)) => parse::run(&parse),
    };
    match result {
        Ok(code) => code,
        Err(CliError::Check(CheckError::Configuration(mistakes))) => {
            output::mistakes(&mistakes);
            FAILED
        }
        Err(error) => {
            output::error(&error.to_string());
            FAILED
        }
    }
}

fn current_dir() -> Result<PathBuf, CliError> {
    std::env::current_dir().map_err(CliError::CurrentDir)
}

fn rule_info(id: &str) -> Result<RuleInfo, CliError> {
    let rules = crate::driver::rule_infos();
    match rules.iter().find(|rule| rule.id == id) {
        Some(rule) => Ok(*rule),
        None => {
            let nearest = spelling::nearest(id, rules.iter().map(|rule| rule.id)).map(str::to_owned);
            Err(CliError::UnknownRule {
                wanted: id.to_owned(),
                nearest,
            })
        }
    }
}

fn hint(nearest: Option<&str>) -> String {
    match nearest {
        Some(id) => format!("; did you mean `{id}`?"),
        None => "; `leaklint rules` lists them".to_owned(),
    }
}
