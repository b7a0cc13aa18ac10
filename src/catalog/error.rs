//! What is wrong with a catalogue file, and where.

use std::ops::Range;

use thiserror::Error;

use crate::spelling::{Unknown, advice, nearest};

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
        let Some(unknown) = Unknown::of(message) else {
            return Problem::new(message);
        };
        let what = if unknown.is_key { "key" } else { "word" };
        Problem::new(format!("unknown {what} `{}`", unknown.name)).help(advice(unknown.name, &unknown.known))
    }
}
