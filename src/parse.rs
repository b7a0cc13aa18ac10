//! The one function around the SWC parser: text to tree, for as long as a closure looks at it.
//!
//! Errors from which the parser recovers are not reported: the tree it still gives is what the user meant.

mod component;
pub mod outline;
mod shape;

use std::path::Path;

use swc_common::comments::{Comments, SingleThreadedComments};
use swc_common::{BytePos, Spanned};
use swc_ecma_ast::{EsVersion, Module, Program};
use swc_ecma_parser::{EsSyntax, FlowSyntax, Lexer, Parser, StringInput, Syntax, TsSyntax};
use thiserror::Error;

use crate::facts::ids::Span;
use crate::limits::{Limit, Limits};
use crate::markup::{Format, scan};

use shape::{Shape, longest_else, shape};

/// How many times the limit of nesting the brackets may be nested with those in strings counted too: a quote in a regular
/// expression must not hide real ones.
const TIMES_WITH_STRINGS: u64 = 10;

/// Stack that one open bracket may cost the parser, in bytes; debug builds have larger frames.
const STACK_PER_BRACKET: usize = if cfg!(debug_assertions) { 96 << 10 } else { 12 << 10 };

/// Stack that one further link of a chain without brackets (`a ? b : c ? d : …`, `1 + 1 + …`) may cost, in bytes:
/// of the parser, which recurs on operands to the right, and of the drop of the tree.
const STACK_PER_LINK: usize = if cfg!(debug_assertions) { 4 << 10 } else { 1 << 10 };

/// The most stack that is ever asked for, in bytes; it is address space, not memory, until it is used.
const MAX_STACK: usize = 8 << 30;

/// Why a file has no tree.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ParseError {
    /// What the parser expected or met, one clause.
    pub message: String,
    pub span: Span,
    /// It was not tried: the file is over this limit.
    pub limit: Option<Limit>,
}

/// Parses `text` and hands the tree to `look`; the tree is gone when this returns.
///
/// Positions in the tree are byte offsets into `text` plus one. The path's extension chooses the syntax; JavaScript that
/// does not parse is tried again as Flow and then as TypeScript.
///
/// # Errors
/// The first error of the first attempt, if no attempt gives a tree; a file over the limits of bytes and nesting, or of 4 GB.
pub fn with_parsed<T>(
    path: &Path,
    text: &str,
    limits: &Limits,
    look: impl FnOnce(&Program) -> T,
) -> Result<T, ParseError> {
    if u32::try_from(text.len()).is_err() {
        return Err(ParseError {
            message: "the file is larger than 4 GB".to_owned(),
            span: Span::default(),
            limit: Some(Limit::Bytes),
        });
    }
    if let Some(start) = longest_else(text, limits.nesting) {
        return Err(too_deep(limits, start));
    }
    let at_most = Shape::at_most(text);
    // Most files are too small to be deep: they need no closer look.
    if u64::from(at_most.depth) <= limits.nesting
        && stacker::remaining_stack().is_some_and(|left| left >= stack_for(&at_most))
    {
        return Ok(look(&parse(path, text)?));
    }
    let shape = shape(text);
    let most_with_strings = limits.nesting.saturating_mul(TIMES_WITH_STRINGS);
    if u64::from(shape.depth) > limits.nesting || u64::from(shape.depth_with_strings) > most_with_strings {
        return Err(too_deep(limits, shape.deepest));
    }
    let stack = stack_for(&shape);
    stacker::maybe_grow(stack, stack, || {
        let program = parse(path, text)?;
        Ok(look(&program))
    })
}

/// A file that is not tried, because of what stands at `start`.
fn too_deep(limits: &Limits, start: u32) -> ParseError {
    ParseError {
        message: limits.exceeded(Limit::Nesting),
        span: Span::new(start, start + 1),
        limit: Some(Limit::Nesting),
    }
}

/// Parses and drops the tree without a look at either: the least that any linter on this parser can take.
pub fn is_parsed(path: &Path, text: &str) -> bool {
    parse(path, text).is_ok()
}

/// A comment, without its signs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Comment {
    pub text: String,
    /// With its signs.
    pub span: Span,
}

/// The comments of a file in source order. A file that does not parse has none.
pub fn comments(path: &Path, text: &str) -> Vec<Comment> {
    match with_parsed(path, text, &Limits::DEFAULT, |_| ()) {
        Ok(()) => {
            let stack = stack_for(&shape(text));
            stacker::maybe_grow(stack, stack, || collected(path, text))
        }
        Err(_) => Vec::new(),
    }
}

fn collected(path: &Path, text: &str) -> Vec<Comment> {
    let scripts = match Format::of(path) {
        Some(format) => scan(text, format)
            .scripts
            .into_iter()
            .map(|script| (syntaxes(&script.language), script.code))
            .collect(),
        None => vec![whole(path, text)],
    };
    let mut found: Vec<Comment> = Vec::new();
    for (syntaxes, range) in scripts {
        found.extend(comments_in(&syntaxes, Source { text, range }));
    }
    found.sort_by_key(|comment| comment.span);
    // One between two tokens is filed under both.
    found.dedup();
    found
}

/// The comments of a script, by the first syntax that fits.
fn comments_in(syntaxes: &[Syntax], source: Source<'_>) -> Vec<Comment> {
    let comments = syntaxes.iter().find_map(|&syntax| {
        let comments = SingleThreadedComments::default();
        let mut parser = source.parser(syntax, Some(&comments));
        parser.parse_program().is_ok().then_some(comments)
    });
    let (leading, trailing) = comments.unwrap_or_default().take_all();
    let (leading, trailing) = (leading.take().into_values(), trailing.take().into_values());
    leading
        .chain(trailing)
        .flatten()
        .map(|comment| Comment {
            span: span_of(&comment),
            text: comment.text.to_string(),
        })
        .collect()
}

/// The span of a node in offsets of the text.
pub(crate) fn span_of(node: &impl Spanned) -> Span {
    let span = node.span();
    Span::new(span.lo.0.saturating_sub(1), span.hi.0.saturating_sub(1))
}

/// Stack that the parser may need, in bytes.
fn stack_for(shape: &Shape) -> usize {
    let brackets = shape.depth_with_strings as usize * STACK_PER_BRACKET;
    let links = shape.links as usize * STACK_PER_LINK;
    ((512 << 10) + brackets + links).min(MAX_STACK)
}

/// The part of a file that is one script.
#[derive(Clone, Copy)]
struct Source<'a> {
    /// The whole file's.
    text: &'a str,
    range: Span,
}

impl<'a> Source<'a> {
    fn parser(self, syntax: Syntax, comments: Option<&'a dyn Comments>) -> Parser<Lexer<'a>> {
        let Span { start, end } = self.range;
        let body = &self.text[start as usize..end as usize];
        let input = StringInput::new(body, BytePos(start + 1), BytePos(end + 1));
        Parser::new_from(Lexer::new(syntax, EsVersion::EsNext, input, comments))
    }
}

/// The span in the tree of a part of the text.
fn swc_span(span: Span) -> swc_common::Span {
    swc_common::Span::new(BytePos(span.start + 1), BytePos(span.end + 1))
}

fn parse(path: &Path, text: &str) -> Result<Program, ParseError> {
    if let Some(format) = Format::of(path) {
        return component::parse(text, format);
    }
    let (syntaxes, range) = whole(path, text);
    first_tree(&syntaxes, Source { text, range }, |parser| parser.parse_program())
}

/// The syntaxes and the range of a file that is one script.
fn whole(path: &Path, text: &str) -> (Vec<Syntax>, Span) {
    // Offsets count the byte order mark, which the parser must not see.
    let start = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8() as u32
    } else {
        0
    };
    let range = Span::new(start, text.len() as u32);
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    (syntaxes(extension), range)
}

/// Parses a script that is part of a file.
fn parse_module(syntaxes: &[Syntax], source: Source<'_>) -> Result<Module, ParseError> {
    first_tree(syntaxes, source, |parser| parser.parse_module())
}

/// What the first syntax that fits gives.
///
/// # Errors
/// That of the first syntax.
fn first_tree<T>(
    syntaxes: &[Syntax],
    source: Source<'_>,
    parse: impl Fn(&mut Parser<Lexer<'_>>) -> Result<T, swc_ecma_parser::error::Error>,
) -> Result<T, ParseError> {
    let mut first = None;
    for &syntax in syntaxes {
        let mut parser = source.parser(syntax, None);
        match parse(&mut parser) {
            Ok(tree) => return Ok(tree),
            Err(error) => {
                first.get_or_insert_with(|| error_of(error, source.range.end));
            }
        }
    }
    Err(first.expect("every language has at least one syntax"))
}

/// An error whose place is inside the script, which ends at `end`.
fn error_of(error: swc_ecma_parser::error::Error, end: u32) -> ParseError {
    let span = span_of(&error);
    let until = end.min(span.end.max(span.start));
    ParseError {
        message: error.into_kind().msg().into_owned(),
        span: Span::new(span.start.min(until), until),
        limit: None,
    }
}

/// The syntaxes to try for a file's extension or a script's language.
fn syntaxes(language: &str) -> Vec<Syntax> {
    let typescript = |tsx| {
        Syntax::Typescript(TsSyntax {
            tsx,
            decorators: true,
            ..TsSyntax::default()
        })
    };
    match language {
        "ts" | "mts" | "cts" | "typescript" => vec![typescript(false)],
        "tsx" => vec![typescript(true)],
        _ => vec![
            Syntax::Es(EsSyntax {
                jsx: true,
                decorators: true,
                decorators_before_export: true,
                export_default_from: true,
                import_attributes: true,
                allow_super_outside_method: true,
                allow_return_outside_function: true,
                auto_accessors: true,
                explicit_resource_management: true,
                ..EsSyntax::default()
            }),
            Syntax::Flow(FlowSyntax {
                jsx: true,
                all: true,
                decorators: true,
                ..FlowSyntax::default()
            }),
            typescript(true),
        ],
    }
}
