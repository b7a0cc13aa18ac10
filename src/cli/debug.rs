//! `leaklint debug`: what the analysis believes about one file, for bug reports and for those who work on it.

use super::args::{DebugArguments, DebugView};
use super::{CLEAN, CliError, current_dir, output};
use crate::diagnostic::FileId;
use crate::driver::{self, CheckOptions};
use crate::facts::dump;
use crate::project::debug;

pub(super) fn run(arguments: &DebugArguments) -> Result<i32, CliError> {
    let options = CheckOptions::new(vec![arguments.file.clone()], current_dir()?);
    let shown = driver::with_project(&options, |project, outcome| {
        let Some(file) = outcome.files.iter().position(|file| !file.is_context) else {
            let reason = outcome.problems.first().map(|problem| problem.message.clone());
            return Err(reason.unwrap_or_else(|| "it holds no JavaScript or TypeScript file".to_owned()));
        };
        let checked = &outcome.files[file];
        let file = FileId(file as u32);
        let facts = || project.facts(file);
        Ok(match arguments.what {
            DebugView::Facts if arguments.size => {
                format!(
                    "source {} bytes, facts {} bytes\n",
                    checked.source().text().len(),
                    dump::size(facts())
                )
            }
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
