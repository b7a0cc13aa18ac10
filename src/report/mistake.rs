//! Mistakes in a configuration, for people: the line with the mistake and what to write instead.

use std::io::{self, Write};
use std::path::Path;

use super::escape::visible;
use super::excerpt::Excerpt;
use super::picture::Picture;
use super::pretty::{Style, drawn};
use crate::config::mistake::Mistake;
use crate::facts::ids::Span;
use crate::source::{CheckedFile, slashed};
use miette::LabeledSpan;

/// Writes the mistakes, with paths relative to `current_dir` where they lie in it.
///
/// # Errors
/// The writer's.
pub fn write(mistakes: &[Mistake], current_dir: &Path, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for mistake in mistakes {
        let path = slashed(mistake.path.strip_prefix(current_dir).unwrap_or(&mistake.path));
        let drawn = match mistake.text.is_empty() {
            true => None,
            false => drawn(picture(mistake, &path), style).ok(),
        };
        match drawn {
            Some(text) => writeln!(out, "{}\n", text.trim_matches('\n'))?,
            None => {
                writeln!(out, "error: `{}`: {}", visible(&path), visible(&mistake.message))?;
                if let Some(help) = &mistake.help {
                    writeln!(out, "  help: {}", visible(help))?;
                }
            }
        }
    }
    Ok(())
}

fn picture(mistake: &Mistake, path: &str) -> Picture {
    let file = CheckedFile::with_text(path, &mistake.text);
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let span = Span::new(offset(mistake.span.start), offset(mistake.span.end));
    let (excerpt, places) = Excerpt::new(&file, &[span]);
    let label = |place| LabeledSpan::new_primary_with_span(Some("here".to_owned()), place);
    Picture {
        code: None,
        message: visible(&mistake.message).into_owned(),
        severity: miette::Severity::Error,
        help: mistake.help.as_deref().map(|help| visible(help).into_owned()),
        labels: places.into_iter().map(label).collect(),
        excerpt,
        others: Vec::new(),
    }
}
