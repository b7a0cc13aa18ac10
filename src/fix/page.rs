//! A text and its outline, and how what is written into it looks like the rest: indentation, line ends, semicolons.

use crate::facts::ids::Span;
use crate::parse::outline::{Block, Call, Outline, Statement};

use super::edit::Edit;

/// The text of a file with its outline.
pub(super) struct Page<'a> {
    pub(super) text: &'a str,
    pub(super) outline: &'a Outline,
    /// What ends a line.
    pub(super) eol: &'static str,
}

impl<'a> Page<'a> {
    pub(super) fn new(text: &'a str, outline: &'a Outline) -> Self {
        let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
        Self { text, outline, eol }
    }

    pub(super) fn slice(&self, span: Span) -> &'a str {
        &self.text[span.start as usize..span.end as usize]
    }

    /// The statement of a call, and the block that it stands in directly.
    pub(super) fn statement_of(&self, call: &Call) -> Option<(&'a Statement, &'a Block)> {
        let statement = &self.outline.statements[call.statement?];
        Some((statement, &self.outline.blocks[statement.block?]))
    }

    /// Whether a block has braces of its own in the text: what a component runs for each instance is a body without them.
    pub(super) fn has_braces(&self, block: &Block) -> bool {
        block.is_braced && self.text.as_bytes().get(block.span.start as usize) == Some(&b'{')
    }

    pub(super) fn statements(&self, block: &'a Block) -> impl Iterator<Item = &'a Statement> {
        block.statements.iter().map(|&id| &self.outline.statements[id])
    }

    /// Where the line of an offset begins.
    pub(super) fn line_start(&self, at: u32) -> u32 {
        let before = &self.text[..at as usize];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        // A byte order mark belongs to no line.
        let mark = if self.text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        start.max(mark) as u32
    }

    /// Where the line after that of an offset begins, or the text ends.
    pub(super) fn next_line(&self, at: u32) -> u32 {
        let after = &self.text[at as usize..];
        after
            .find('\n')
            .map_or(self.text.len(), |newline| at as usize + newline + 1) as u32
    }

    /// The blanks at the beginning of the line of an offset.
    pub(super) fn indent(&self, at: u32) -> &'a str {
        let line = &self.text[self.line_start(at) as usize..];
        let end = line
            .find(|each: char| each != ' ' && each != '\t')
            .unwrap_or(line.len());
        &line[..end]
    }

    /// By how much the statements of a block are set in.
    pub(super) fn unit(&self, block: &Block) -> String {
        let outer = self.indent(block.span.start);
        let inner = block
            .statements
            .iter()
            .map(|&id| self.indent(self.outline.statements[id].span.start));
        let step = inner
            .filter_map(|inner| inner.strip_prefix(outer))
            .find(|step| !step.is_empty());
        let usual = if outer.contains('\t') { "\t" } else { "  " };
        step.unwrap_or(usual).to_owned()
    }

    /// Whether nothing but blanks stands before an offset in its line.
    pub(super) fn begins_line(&self, at: u32) -> bool {
        let before = &self.text[self.line_start(at) as usize..at as usize];
        before.trim().is_empty()
    }

    /// Whether nothing but blanks and a comment follows an offset in its line.
    pub(super) fn ends_line(&self, at: u32) -> bool {
        let rest = self.text[at as usize..self.next_line(at) as usize].trim();
        let is_comment = rest.starts_with("//")
            || rest
                .strip_prefix("/*")
                .is_some_and(|comment| comment.find("*/") == Some(comment.len().wrapping_sub(2)));
        rest.is_empty() || is_comment
    }

    /// Whether a statement has its lines for itself.
    pub(super) fn is_alone(&self, statement: Span) -> bool {
        self.begins_line(statement.start) && self.ends_line(statement.end)
    }

    /// `;` where the code around ends its statements with it.
    pub(super) fn semicolon(&self, like: Span) -> &'static str {
        match self.slice(like).ends_with(';') {
            true => ";",
            false => "",
        }
    }

    /// Takes a statement out, with its lines if it has them for itself and nothing is said beside it.
    pub(super) fn removal(&self, statement: Span) -> Edit {
        let rest = &self.text[statement.end as usize..self.next_line(statement.end) as usize];
        match self.begins_line(statement.start) && rest.trim().is_empty() {
            true => Edit::delete(Span::new(
                self.line_start(statement.start),
                self.next_line(statement.end),
            )),
            false => Edit::delete(statement),
        }
    }

    /// Puts a line before a statement.
    pub(super) fn before(&self, statement: Span, line: &str) -> Edit {
        let gap = match self.begins_line(statement.start) {
            true => format!("{}{}", self.eol, self.indent(statement.start)),
            false => " ".to_owned(),
        };
        Edit::insert(statement.start, format!("{line}{gap}"))
    }

    /// Puts lines at the end of a block, each set in by so many units more than its statements.
    pub(super) fn at_end(&self, block: &Block, lines: &[(usize, String)]) -> Edit {
        let close = block.span.end - 1;
        if !self.begins_line(close) {
            let before = self.text[..close as usize].trim_end();
            let joined: Vec<&str> = lines.iter().map(|(_, line)| line.as_str()).collect();
            let gap = Span::new(before.len() as u32, close);
            return Edit::replace(gap, format!(" {} ", joined.join(" ")));
        }
        let unit = self.unit(block);
        let base = format!("{}{unit}", self.indent(close));
        Edit::insert(self.line_start(close), self.lines(&base, &unit, lines))
    }

    /// Puts a line at the beginning of a block.
    pub(super) fn at_start(&self, block: &Block, line: &str) -> Edit {
        let after = block.span.start + 1;
        let is_open = self.ends_line(after) && !self.begins_line(block.span.end - 1)
            || self.ends_line(after) && self.line_start(after) != self.line_start(block.span.end);
        if !is_open {
            let rest = self.text[after as usize..].trim_start();
            let gap = Span::new(after, (self.text.len() - rest.len()) as u32);
            return Edit::replace(gap, format!(" {line} "));
        }
        let unit = self.unit(block);
        let indent = format!("{}{unit}", self.indent(block.span.start));
        Edit::insert(self.next_line(after), format!("{indent}{line}{}", self.eol))
    }

    /// Lines with their indentation and ends.
    pub(super) fn lines(&self, base: &str, unit: &str, lines: &[(usize, String)]) -> String {
        let each = lines
            .iter()
            .map(|(depth, line)| format!("{base}{}{line}{}", unit.repeat(*depth), self.eol));
        each.collect()
    }

    /// Sets the lines from one offset to another in by one unit more, but for blank ones, those in `gone`, and those that
    /// begin inside a literal.
    pub(super) fn set_in(&self, from: u32, to: u32, unit: &str, gone: &[Edit]) -> Vec<Edit> {
        let mut edits = Vec::new();
        let mut at = from;
        while at < to {
            let next = self.next_line(at);
            let is_blank = self.text[at as usize..next as usize].trim().is_empty();
            let is_inside = |span: &Span| span.start < at && at <= span.end;
            let is_gone = gone.iter().any(|edit| edit.span.start <= at && at < edit.span.end);
            if !is_blank && !is_gone && !self.outline.literals.iter().any(is_inside) {
                edits.push(Edit::insert(at, unit));
            }
            at = next;
        }
        edits
    }
}
