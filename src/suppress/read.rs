//! Comments to suppressions.

use std::path::Path;

use super::{Covers, Suppression, Suppressions, Wrong};
use crate::diagnostic::FileId;
use crate::facts::ids::Span;
use crate::parse::{Comment, comments};
use crate::source::LineIndex;
use crate::spelling::advice;

/// A text without it holds no suppression.
pub const MARK: &str = "leaklint-ignore";

/// The words that suppress, and where each stands.
const WORDS: [&str; 3] = [
    "leaklint-ignore-next-line",
    "leaklint-ignore-line",
    "leaklint-ignore-file",
];

/// The suppressions in the comments of a file; `None` if there are none.
pub fn read(file: FileId, path: &Path, text: &str, known_rules: &[&str]) -> Option<Suppressions> {
    if !text.contains(MARK) {
        return None;
    }
    let comments = comments(path, text);
    let lines = LineIndex::new(text);
    let reader = Reader {
        text,
        lines_of_code: lines_of_code(text, &lines, &comments),
        lines,
        known_rules,
    };
    let mut found = Suppressions {
        file,
        all: Vec::new(),
        mistakes: Vec::new(),
    };
    for comment in &comments {
        reader.add(comment, &mut found);
    }
    (!found.all.is_empty() || !found.mistakes.is_empty()).then_some(found)
}

struct Reader<'a> {
    text: &'a str,
    lines: LineIndex,
    /// Ascending.
    lines_of_code: Vec<usize>,
    known_rules: &'a [&'a str],
}

impl Reader<'_> {
    fn add(&self, comment: &Comment, found: &mut Suppressions) {
        let body = comment
            .text
            .trim_start_matches(|each: char| each.is_whitespace() || each == '*');
        if !body.starts_with(MARK) {
            return;
        }
        let word_end = body
            .find(|each: char| !(each.is_ascii_alphanumeric() || each == '-'))
            .unwrap_or(body.len());
        let (word, rest) = body.split_at(word_end);
        let mut wrong = |span, message: String, help: String| found.mistakes.push(Wrong { span, message, help });
        if !WORDS.contains(&word) {
            wrong(
                comment.span,
                format!("`{word}` suppresses nothing"),
                advice(word, &WORDS),
            );
            return;
        }
        let (names, reason) = rest.split_once(':').unwrap_or((rest, ""));
        let mut rules = Vec::new();
        let mut named = 0;
        // Names stand in the order of the text, so each is looked for behind the one before.
        let mut from = comment.span.start;
        for name in names
            .split([',', ' ', '\t', '\n', '\r'])
            .filter(|name| !name.is_empty())
        {
            named += 1;
            let span = self.span_of(name, from, comment);
            from = if span == comment.span { from } else { span.end };
            match self.known_rules.contains(&name) {
                true => rules.push((name.to_owned(), span)),
                false => wrong(
                    span,
                    format!("there is no rule `{name}`"),
                    advice(name, self.known_rules),
                ),
            }
        }
        if named == 0 {
            let help = format!("write `{word} RULE: reason`; `leaklint rules` lists the rules");
            wrong(comment.span, "the suppression names no rule".to_owned(), help);
        }
        if rules.is_empty() {
            return;
        }
        found.all.push(Suppression {
            covers: self.covers(word, comment),
            rules,
            has_reason: !reason.trim().trim_end_matches('*').trim().is_empty(),
            comment: comment.span,
        });
    }

    /// Where a name of the comment stands in the file, at or behind `from`.
    fn span_of(&self, name: &str, from: u32, comment: &Comment) -> Span {
        let rest = self.text.get(from as usize..comment.span.end as usize);
        let at = rest.and_then(|rest| {
            let is_alone = |(at, _): &(usize, &str)| {
                let is_name = |each: char| each.is_ascii_alphanumeric() || each == '-';
                let before = rest[..*at].chars().next_back().is_some_and(is_name);
                let after = rest[at + name.len()..].chars().next().is_some_and(is_name);
                !before && !after
            };
            rest.match_indices(name).find(is_alone).map(|(at, _)| at as u32)
        });
        at.map_or(comment.span, |at| Span::new(from + at, from + at + name.len() as u32))
    }

    fn covers(&self, word: &str, comment: &Comment) -> Covers {
        let last = self.lines.line(comment.span.end.saturating_sub(1));
        match WORDS.iter().position(|each| *each == word) {
            Some(0) => Covers::Below(self.next_code(last)),
            Some(1) => Covers::Beside(self.lines.line(comment.span.start)),
            _ => Covers::File,
        }
    }

    /// The next line below that holds more than blanks and comments.
    fn next_code(&self, line: usize) -> usize {
        let at = self.lines_of_code.partition_point(|&each| each <= line);
        self.lines_of_code.get(at).copied().unwrap_or(line + 1)
    }
}

/// The lines that hold more than blanks and comments, which are in source order.
fn lines_of_code(text: &str, lines: &LineIndex, comments: &[Comment]) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    let mut comments = comments.iter().map(|comment| comment.span);
    let mut from = 0;
    loop {
        let comment = comments.next();
        let until = comment.map_or(text.len() as u32, |comment| comment.start.max(from));
        let between = text.get(from as usize..until as usize).unwrap_or_default();
        let mut at = from;
        for piece in between.split_inclusive(['\n', '\r']) {
            if piece.chars().any(|each| !each.is_whitespace()) {
                found.push(lines.line(at));
            }
            at += piece.len() as u32;
        }
        let Some(comment) = comment else {
            found.dedup();
            return found;
        };
        from = from.max(comment.end);
    }
}
