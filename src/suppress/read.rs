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
    let reader = Reader {
        text,
        lines: LineIndex::new(text),
        comments: &comments,
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
    comments: &'a [Comment],
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
        for name in names
            .split([',', ' ', '\t', '\n', '\r'])
            .filter(|name| !name.is_empty())
        {
            named += 1;
            let span = self.span_of(name, comment);
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

    /// Where a name of the comment stands in the file.
    fn span_of(&self, name: &str, comment: &Comment) -> Span {
        let whole = self.text.get(comment.span.start as usize..comment.span.end as usize);
        let at = whole.and_then(|whole| {
            let is_alone = |(at, _): &(usize, &str)| {
                let is_name = |each: char| each.is_ascii_alphanumeric() || each == '-';
                let before = whole[..*at].chars().next_back().is_some_and(is_name);
                let after = whole[at + name.len()..].chars().next().is_some_and(is_name);
                !before && !after
            };
            whole.match_indices(name).find(is_alone).map(|(at, _)| at as u32)
        });
        at.map_or(comment.span, |at| {
            let start = comment.span.start + at;
            Span::new(start, start + name.len() as u32)
        })
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
        let holds_code = |&line: &usize| {
            let start = self.lines.start(line);
            let end = match line + 1 < self.lines.count() {
                true => self.lines.start(line + 1),
                false => self.text.len() as u32,
            };
            let is_comment = |at: u32| {
                self.comments
                    .iter()
                    .any(|comment| comment.span.start <= at && at < comment.span.end)
            };
            let text = self.text.get(start as usize..end as usize).unwrap_or_default();
            let mut characters = text.char_indices();
            characters.any(|(at, each)| !each.is_whitespace() && !is_comment(start + at as u32))
        };
        (line + 1..self.lines.count()).find(holds_code).unwrap_or(line + 1)
    }
}
