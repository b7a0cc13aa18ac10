//! Which content is linted: the work tree's, the index's, standard input's, or what changed since a commit.

use std::io::{self, Read};
use std::sync::Arc;

use super::CliError;
use super::args::{CheckArguments, SinceScope};
use crate::driver::memory::Memory;
use crate::driver::since::{Scope, check_since};
use crate::driver::{self, CheckOptions, Outcome};
use crate::git::Repository;
use crate::walk::{self, normalized};

/// What a run gave, and how many findings were left out because they are older than the asked-for changes.
pub(super) struct Run {
    pub(super) outcome: Outcome,
    pub(super) older: usize,
}

/// Lints what the arguments ask for; `None` if nothing is staged.
pub(super) fn linted(
    arguments: &CheckArguments,
    options: &mut CheckOptions,
    memory: &Arc<Memory>,
) -> Result<Option<Run>, CliError> {
    let content = &arguments.content;
    if content.stdin {
        stand_in(arguments, options)?;
    }
    if content.staged && !stage(options)? {
        return Ok(None);
    }
    again(arguments, options, memory).map(Some)
}

/// Lints what was settled before.
pub(super) fn again(arguments: &CheckArguments, options: &CheckOptions, memory: &Arc<Memory>) -> Result<Run, CliError> {
    let content = &arguments.content;
    let Some(revision) = &content.since else {
        let outcome = driver::check_again(options, memory)?;
        return Ok(Run { outcome, older: 0 });
    };
    let repository = Repository::around(&options.current_dir)?;
    let changes = repository.changes_since(revision)?;
    let scope = match content.since_scope {
        SinceScope::Line => Scope::Line,
        SinceScope::File => Scope::File,
    };
    let (outcome, older) = check_since(options, &changes, scope, repository.top())?;
    Ok(Run { outcome, older })
}

/// Reads the text on standard input as the content of the file that it is named as.
fn stand_in(arguments: &CheckArguments, options: &mut CheckOptions) -> Result<(), CliError> {
    let Some(name) = &arguments.content.stdin_filename else {
        return Ok(());
    };
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).map_err(CliError::Input)?;
    options
        .overlay
        .insert(normalized(&options.current_dir.join(name)), bytes);
    options.paths = vec![name.clone()];
    Ok(())
}

/// Puts the index in place of the work tree and names the staged files in the paths; whether there are any.
fn stage(options: &mut CheckOptions) -> Result<bool, CliError> {
    let repository = Repository::around(&options.current_dir)?;
    let within: Vec<_> = options
        .paths
        .iter()
        .map(|path| normalized(&options.current_dir.join(path)))
        .collect();
    let mut staged = repository.staged()?;
    staged.retain(|path| walk::is_linted(path) && within.iter().any(|around| path.starts_with(around)));
    options.overlay = repository.index()?;
    options.paths = staged;
    // Nobody named them one by one.
    options.force_exclude = true;
    Ok(!options.paths.is_empty())
}
