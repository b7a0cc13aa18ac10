//! The arguments as `clap` reads them, and the help text they are.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::diagnostic::Confidence;
use crate::driver::CheckOptions;
use crate::limits::{Limit, Limits};
use crate::shard::Part;

/// Finds leaks in JavaScript and TypeScript: listeners, timers, caches and connections that are never released.
///
/// Without a command it checks the current folder.
///
/// Exit codes: 0 no findings, 1 findings, 2 the job could not be done.
#[derive(Parser, Debug)]
#[command(name = "leaklint", version, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Lint files and folders
    Check(CheckArguments),
    /// Store what files say, for `check --facts` to join
    Facts(FactsArguments),
    /// Print a rule's page
    Explain(ExplainArguments),
    /// List the rules
    Rules(RulesArguments),
    /// Show what the analysis believes about a file
    Debug(DebugArguments),
    /// Look after what is kept from run to run
    #[command(subcommand)]
    Cache(CacheCommand),
    /// Walk, read and parse, and nothing else: what a run is measured against
    #[command(hide = true)]
    Parse(ParseArguments),
}

#[derive(Args, Debug)]
pub struct CheckArguments {
    /// Files and folders to report on; the project around them is read too
    ///
    /// A named file is checked even if it is ignored. The project is the workspace or the folder of the nearest
    /// package.json, else the folder with .git.
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,

    /// Join these files of `leaklint facts` instead of reading paths
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "paths")]
    pub facts: Vec<PathBuf>,

    /// How findings are printed
    #[arg(long, value_enum, default_value_t = OutputFormat::Pretty)]
    pub format: OutputFormat,

    /// Report findings of at least this confidence
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = Threshold::Medium)]
    pub min_confidence: Threshold,

    /// Exit with 2 when a file could not be analysed
    #[arg(long)]
    pub strict: bool,

    /// Exit with 0 when there are findings
    #[arg(long)]
    pub exit_zero: bool,

    /// Report this rule only (may be given several times)
    #[arg(long = "rule", value_name = "ID")]
    pub rules: Vec<String>,

    /// Read nothing but the named files and folders
    #[arg(long)]
    pub no_context: bool,

    /// Worker threads (default: one a processor)
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,

    /// Give a file up after this time
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub file_timeout: Duration,

    /// Allow a file more, or less, of what is counted (may be given several times)
    ///
    /// NAME is `bytes` of the file, `nesting` of brackets, `nodes` of one function's control flow graph or `steps` of
    /// judging the file. A file over a limit is named, and costs nothing else.
    #[arg(long = "limit", value_name = "NAME=N", value_parser = limit)]
    pub limits: Vec<(Limit, u64)>,

    /// Draw no progress bar
    #[arg(long)]
    pub no_progress: bool,

    /// List the files that were skipped
    #[arg(long, short)]
    pub verbose: bool,

    /// Say where the time went
    #[arg(long)]
    pub timings: bool,

    #[command(flatten)]
    pub cache: CacheFolder,

    /// Neither use nor keep what was found before
    #[arg(long, conflicts_with = "cache_dir")]
    pub no_cache: bool,
}

#[derive(Args, Clone, Default, Debug)]
pub struct CacheFolder {
    /// Where findings are kept from run to run (default: the system's folder for caches, and nowhere in CI)
    #[arg(long, value_name = "FOLDER")]
    pub cache_dir: Option<PathBuf>,
}

impl Default for CheckArguments {
    fn default() -> Self {
        Self {
            paths: vec![PathBuf::from(".")],
            facts: Vec::new(),
            format: OutputFormat::Pretty,
            min_confidence: Threshold::Medium,
            strict: false,
            exit_zero: false,
            rules: Vec::new(),
            no_context: false,
            threads: None,
            file_timeout: CheckOptions::FILE_TIMEOUT,
            limits: Vec::new(),
            no_progress: false,
            verbose: false,
            timings: false,
            cache: CacheFolder::default(),
            no_cache: false,
        }
    }
}

#[derive(Args, Debug)]
pub struct FactsArguments {
    /// Files and folders in the current folder, the same for every part
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,

    /// Which part of the files: `1/4` is the first of four
    #[arg(long, value_name = "I/N", default_value_t = Part::WHOLE)]
    pub shard: Part,

    /// Where to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,

    /// Worker threads (default: one a processor)
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,

    /// Give a file up after this time
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub file_timeout: Duration,

    /// Allow a file more, or less, of what is counted (may be given several times)
    ///
    /// NAME is `bytes` of the file, `nesting` of brackets, `nodes` of one function's control flow graph or `steps` of
    /// judging the file. A file over a limit is named, and costs nothing else.
    #[arg(long = "limit", value_name = "NAME=N", value_parser = limit)]
    pub limits: Vec<(Limit, u64)>,

    /// Draw no progress bar
    #[arg(long)]
    pub no_progress: bool,
}

#[derive(Args, Debug)]
pub struct ExplainArguments {
    /// The rule's id, such as `unremoved-listener`
    pub rule: String,
}

#[derive(Args, Debug)]
pub struct RulesArguments {
    /// How the rules are printed
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
}

#[derive(Args, Debug)]
pub struct DebugArguments {
    /// What to show
    #[arg(value_enum)]
    pub what: DebugView,

    /// The file
    pub file: PathBuf,

    /// With `facts`: the size of the file's text and of its facts as they are stored, in bytes; a folder's files one by one
    #[arg(long)]
    pub size: bool,
}

#[derive(Subcommand, Debug)]
pub enum CacheCommand {
    /// Say where it is and how much it holds
    Info(CacheFolder),
    /// Remove all of it
    Clean(CacheFolder),
}

#[derive(Args, Debug)]
pub struct ParseArguments {
    /// Files and folders
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,

    /// Worker threads (default: one a processor)
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum OutputFormat {
    /// With source, for people
    Pretty,
    /// One line a finding
    Concise,
    Json,
    /// For GitHub code scanning and others
    Sarif,
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

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("must be above zero".to_owned()),
    }
}

fn limit(text: &str) -> Result<(Limit, u64), String> {
    let (name, value) = text.split_once('=').ok_or("not of the form `NAME=N`")?;
    let value = value.parse().map_err(|_| format!("`{value}` is not a number"))?;
    Ok((name.parse()?, value))
}

/// The usual limits, and the given ones in place of some of them.
pub fn limits(given: &[(Limit, u64)]) -> Limits {
    let mut limits = Limits::DEFAULT;
    for &(limit, value) in given {
        limits.set(limit, value);
    }
    limits
}
