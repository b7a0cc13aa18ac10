//! `leaklint debug`: what the analysis believes about one file, for bug reports and for those who work on it.

use super::args::DebugArguments;
use super::values::DebugView;
use super::{CLEAN, CliError, current_dir, output};
use crate::diagnostic::FileId;
use crate::driver::{self, CheckOptions};
use crate::facts::dump;
use crate::project::Project;
use crate::project::debug;
use crate::source::CheckedFile;

pub(super) fn run(arguments: &DebugArguments) -> Result<i32, CliError> {
    let options = CheckOptions::new(vec![arguments.file.clone()], current_dir()?);
    let shown = driver::with_project(&options, |project, outcome| {
        let Some(file) = outcome.files.iter().position(|file| !file.is_context) else {
            let reason = outcome.problems.first().map(|problem| problem.message.clone());
            return Err(reason.unwrap_or_else(|| "it holds no JavaScript or TypeScript file".to_owned()));
        };
        let file = FileId(file as u32);
        let facts = || project.facts(file);
        Ok(match arguments.what {
            DebugView::Facts if arguments.size => sizes(project, &outcome.files),
            DebugView::Facts => dump::dump(facts()),
            DebugView::Cfg => debug::cfg(project, file),
            DebugView::Duties => debug::duties(project, file),
        })
    })?;
    let text = shown.map_err(|reason| CliError::NotAnalysed {
        path: arguments.file.clone(),
        reason,
    })?;
    output::to_stdout(|out| write!(out, "{text}"))?;
    Ok(CLEAN)
}

/// A line a file: its text, its facts as they are stored, and the share of the one in the other.
fn sizes(project: &Project<'_>, files: &[CheckedFile]) -> String {
    let line = |source: usize, stored: usize, name: &str| {
        let share = stored as f64 / source.max(1) as f64;
        format!("source {source} bytes, facts {stored} bytes, {share:.3} of it: {name}\n")
    };
    let mut text = String::new();
    let (mut all_source, mut all_stored) = (0, 0);
    for (file, checked) in project.file_ids().zip(files) {
        let source = checked.source().text().len();
        let stored = dump::size(project.facts(file));
        (all_source, all_stored) = (all_source + source, all_stored + stored);
        text.push_str(&line(source, stored, checked.shown()));
    }
    if files.len() > 1 {
        text.push_str(&line(all_source, all_stored, "all files"));
    }
    text
}
