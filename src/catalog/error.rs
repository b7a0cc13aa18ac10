//! What is wrong with a catalogue file, and where.

use std::ops::Range;

use thiserror::Error;

/// A mistake in a catalogue file, built-in or a user's own.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct CatalogError {
    pub file: String,
    /// Bytes from the start of the file's text.
    pub span: Range<usize>,
    /// From 1.
    pub line: usize,
    /// From 1, in Unicode characters.
    pub column: usize,
    /// What is wrong: one clause, lower case.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl CatalogError {
    pub(crate) fn new(file: &str, text: &str, span: Range<usize>, problem: Problem) -> CatalogError {
        let before = &text[..text.floor_char_boundary(span.start)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        CatalogError {
            file: file.to_string(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            span,
            message: problem.message,
            help: problem.help,
        }
    }
}

/// A mistake that does not know its place yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Problem {
    pub message: String,
    pub help: Option<String>,
}

impl Problem {
    pub fn new(message: impl Into<String>) -> Problem {
        Problem {
            message: message.into(),
            help: None,
        }
    }

    pub fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }

    /// `unknown type `Pol``, with the nearest of the names that are known.
    pub fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Problem {
        let problem = Problem::new(format!("unknown {what} `{name}`"));
        match nearest(name, known) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem,
        }
    }

    /// serde's own words about a key or a word that does not exist, with the nearest that does.
    pub fn from_toml(error: &toml::de::Error) -> Problem {
        let message = error.message().lines().next().unwrap_or_default();
        let mut quoted = message.split('`').skip(1).step_by(2);
        let (Some(name), true) = (quoted.next(), message.starts_with("unknown ")) else {
            return Problem::new(message);
        };
        let known: Vec<&str> = quoted.collect();
        let what = if message.starts_with("unknown field") {
            "key"
        } else {
            "word"
        };
        let problem = Problem::unknown(what, name, known.iter().copied());
        match problem.help {
            Some(_) => problem,
            None => problem.help(format!("known here: {}", known.join(", "))),
        }
    }
}

/// The known name that is the fewest edits away, if it is near enough to be what was meant.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (distance, best) = known
        .into_iter()
        .map(|candidate| (edit_distance(name, candidate), candidate))
        .min()?;
    (distance <= 1 + name.chars().count() / 3).then_some(best)
}

/// Levenshtein's distance in characters.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
