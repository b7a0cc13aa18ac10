//! The arguments as `clap` reads them, and the help text they are.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::values::{DebugView, ListFormat, Output, OutputFormat, Threshold, limit, limit_help, seconds};
use super::why::FileLine;
use crate::config::discover::Choice;
use crate::driver::CheckOptions;
use crate::driver::known::BaselineChoice;
use crate::limits::Limit;
use crate::shard::Part;
use crate::walk::normalized;

/// Finds leaks in JavaScript and TypeScript: listeners, timers, caches and connections that are never released.
///
/// Without a command it does what `leaklint check` does: `leaklint src` is `leaklint check src`, and `leaklint` alone checks
/// the current folder.
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
    /// Tell the whole story of a line, also where nothing is reported
    Why(WhyArguments),
    /// Write down what is found now, so that only what is new is reported
    Baseline(BaselineArguments),
    /// Write a configuration for the project in this folder
    Init(InitArguments),
    /// Show what holds for a file, and where that is written
    Config(ConfigArguments),
    /// Serve an editor over standard input and output
    Lsp(LspArguments),
    /// Print a completion script for a shell
    Completions(CompletionsArguments),
    /// Print the manual page, or write one for each command
    Man(ManArguments),
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
    /// A named file is checked even if it is ignored, minified or generated; a declaration file (`.d.ts`) never is, because
    /// it does not run. The project is the workspace or the folder of the nearest package.json, else the folder with .git.
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,

    /// Join these files of `leaklint facts` instead of reading paths
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "paths")]
    pub facts: Vec<PathBuf>,

    #[command(flatten)]
    pub content: Content,

    /// How findings are printed
    #[arg(long, value_enum, default_value_t = OutputFormat::Pretty)]
    pub format: OutputFormat,

    /// Write a report to a file too: `sarif=leaks.sarif` (may be given several times)
    #[arg(long, value_name = "FORMAT=FILE")]
    pub output: Vec<Output>,

    /// Count the findings of each rule instead of printing them, in the place of a `--format`
    #[arg(long, conflicts_with = "format")]
    pub statistics: bool,

    /// Print findings only: no summary, no progress bar
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Report findings of at least this confidence (default: as configured, else medium)
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub min_confidence: Option<Threshold>,

    #[command(flatten)]
    pub config: ConfigChoice,

    #[command(flatten)]
    pub baseline: BaselineFile,

    /// Leave out what is ignored or excluded by the configuration, even if it is named
    #[arg(long)]
    pub force_exclude: bool,

    /// Exit with 0 when there was nothing to lint
    #[arg(long)]
    pub no_errors_on_unmatched: bool,

    /// Mend what can be mended without anybody looking at it, and report the rest
    ///
    /// A fix is written only if the file with it parses, the finding is gone, and no new one appears.
    #[arg(long, conflicts_with_all = ["facts", "staged", "stdin", "statistics"])]
    pub fix: bool,

    /// Print what would mend the findings as a diff; in `json`, `jsonl`, `sarif` and `rdjson` as a part of each finding
    #[arg(long, conflicts_with_all = ["facts", "statistics"])]
    pub suggest: bool,

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

    #[command(flatten)]
    pub effort: Effort,

    /// Name each path that was passed over, with the reason
    #[arg(long, short)]
    pub verbose: bool,

    /// Say where the time went, how much was read, and the peak memory
    #[arg(long)]
    pub timings: bool,

    #[command(flatten)]
    pub cache: CacheFolder,

    /// Neither use nor keep what was found before
    #[arg(long, conflicts_with = "cache_dir")]
    pub no_cache: bool,
}

/// How much a run may take.
#[derive(Args, Clone, Debug)]
pub struct Effort {
    /// Worker threads, from 1 on (default: one a processor); what is found does not depend on it
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,

    /// Give a file up after this time
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub file_timeout: Duration,

    /// Allow a file more, or less, of what is counted (may be given several times)
    #[arg(long = "limit", value_name = "NAME=N", value_parser = limit, long_help = limit_help())]
    pub limits: Vec<(Limit, u64)>,

    /// Draw no progress bar
    #[arg(long)]
    pub no_progress: bool,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            threads: None,
            file_timeout: CheckOptions::FILE_TIMEOUT,
            limits: Vec::new(),
            no_progress: false,
        }
    }
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
            content: Content::default(),
            format: OutputFormat::Pretty,
            output: Vec::new(),
            statistics: false,
            quiet: false,
            min_confidence: None,
            config: ConfigChoice::default(),
            baseline: BaselineFile::default(),
            force_exclude: false,
            no_errors_on_unmatched: false,
            fix: false,
            suggest: false,
            strict: false,
            exit_zero: false,
            rules: Vec::new(),
            no_context: false,
            effort: Effort::default(),
            verbose: false,
            timings: false,
            cache: CacheFolder::default(),
            no_cache: false,
        }
    }
}

/// Which content is linted.
#[derive(Args, Clone, Default, Debug)]
pub struct Content {
    /// Lint the staged files as they are staged, with the index as their project
    #[arg(long, conflicts_with_all = ["facts", "since", "stdin"])]
    pub staged: bool,

    /// Report what changed since this commit: findings with a step on a changed line, and those that were not there
    #[arg(long, value_name = "REV", conflicts_with_all = ["facts", "stdin"])]
    pub since: Option<String>,

    /// With `--since`: whether a step of the proof must be on a changed line or in a changed file
    #[arg(long, value_enum, default_value_t = SinceScope::Line, requires = "since")]
    pub since_scope: SinceScope,

    /// Lint the text on standard input
    #[arg(long, requires = "stdin_filename", conflicts_with_all = ["facts", "paths"])]
    pub stdin: bool,

    /// The file that standard input is the content of; it need not exist
    #[arg(long, value_name = "FILE", requires = "stdin")]
    pub stdin_filename: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, ValueEnum)]
pub enum SinceScope {
    #[default]
    Line,
    File,
}

/// Which configuration counts.
#[derive(Args, Clone, Default, Debug)]
pub struct ConfigChoice {
    /// Use this configuration for all files instead of the nearest of each
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,

    /// Use no configuration
    #[arg(long)]
    pub no_config: bool,
}

impl ConfigChoice {
    pub(super) fn choice(&self, current_dir: &Path) -> Choice {
        match (&self.config, self.no_config) {
            (Some(file), _) => Choice::File(normalized(&current_dir.join(file))),
            (None, true) => Choice::None,
            (None, false) => Choice::Nearest,
        }
    }
}

/// Which findings are known.
#[derive(Args, Clone, Default, Debug)]
pub struct BaselineFile {
    /// Leave out the findings that this file knows, instead of those of the configured one
    #[arg(long, value_name = "FILE", conflicts_with = "no_baseline")]
    pub baseline: Option<PathBuf>,

    /// Report known findings too
    #[arg(long)]
    pub no_baseline: bool,
}

impl BaselineFile {
    pub(super) fn choice(&self, current_dir: &Path) -> BaselineChoice {
        match (&self.baseline, self.no_baseline) {
            (Some(file), _) => BaselineChoice::File(normalized(&current_dir.join(file))),
            (None, true) => BaselineChoice::None,
            (None, false) => BaselineChoice::Configured,
        }
    }
}

#[derive(Args, Debug)]
pub struct WhyArguments {
    /// The line: `src/server.ts:12`
    #[arg(value_name = "FILE:LINE")]
    pub place: FileLine,

    #[command(flatten)]
    pub config: ConfigChoice,

    #[command(flatten)]
    pub baseline: BaselineFile,

    /// Read nothing but the file
    #[arg(long)]
    pub no_context: bool,
}

#[derive(Args, Debug)]
pub struct BaselineArguments {
    /// What to do
    #[command(subcommand)]
    pub action: BaselineAction,
}

#[derive(Subcommand, Debug)]
pub enum BaselineAction {
    /// Write down what is found now; refuses if there is a baseline
    Create(BaselineCreateArguments),
    /// Take out what is no longer found in the files of this run; adds nothing
    Update(BaselineRun),
    /// Take out what was found in files that are gone
    Prune(BaselinePruneArguments),
}

#[derive(Args, Debug)]
pub struct BaselineCreateArguments {
    #[command(flatten)]
    pub run: BaselineRun,

    /// Write down findings of at least this confidence (default: as configured, else medium)
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub min_confidence: Option<Threshold>,

    /// Write down this rule's findings only (may be given several times)
    #[arg(long = "rule", value_name = "ID")]
    pub rules: Vec<String>,
}

/// The run whose findings a baseline is compared with.
#[derive(Args, Debug)]
pub struct BaselineRun {
    /// Files and folders whose findings count; the project around them is read too
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,

    /// Join these files of `leaklint facts` instead of reading paths
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "paths")]
    pub facts: Vec<PathBuf>,

    /// The baseline (default: that of the current folder's configuration)
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,

    #[command(flatten)]
    pub config: ConfigChoice,

    /// Leave out what is ignored or excluded by the configuration, even if it is named
    #[arg(long)]
    pub force_exclude: bool,

    /// Read nothing but the named files and folders
    #[arg(long)]
    pub no_context: bool,

    #[command(flatten)]
    pub effort: Effort,
}

#[derive(Args, Debug)]
pub struct BaselinePruneArguments {
    /// The baseline (default: that of the current folder's configuration)
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub struct FactsArguments {
    /// Files and folders in the current folder, the same for every part
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,

    /// Which part of the files: `1/4` is the first of four
    #[arg(long, value_name = "I/N", default_value_t = Part::WHOLE)]
    pub shard: Part,

    #[command(flatten)]
    pub config: ConfigChoice,

    /// Where to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,

    #[command(flatten)]
    pub effort: Effort,
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

/// What clients append to any server's command line. There is one way to talk, and the end of the pipe says that the client
/// is gone.
#[derive(Args, Debug)]
pub struct LspArguments {
    #[arg(long, hide = true)]
    pub stdio: bool,

    #[arg(long = "clientProcessId", hide = true)]
    pub client_process_id: Option<u32>,
}

#[derive(Args, Debug)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

#[derive(Args, Debug)]
pub struct ManArguments {
    /// Write leaklint.1 and a page for each command into this folder
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub struct InitArguments {
    /// Print it instead of writing it
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Args, Debug)]
pub struct ConfigArguments {
    /// The file; it need not exist
    #[arg(required_unless_present = "schema")]
    pub file: Option<PathBuf>,

    /// Print the JSON Schema of configurations instead
    #[arg(long, conflicts_with = "file")]
    pub schema: bool,

    #[command(flatten)]
    pub config: ConfigChoice,

    /// How it is printed
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
