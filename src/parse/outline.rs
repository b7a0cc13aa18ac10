//! The outline of a file for those who write into it: where blocks, statements, functions and calls begin and end, and how
//! calls are bound. It knows no meaning: names are text.

mod shape;
mod walker;

use std::path::Path;

use super::{ParseError, with_parsed};
use crate::facts::ids::Span;
use crate::limits::Limits;

/// Where what is, in the order of the text; blocks, statements and functions are known by their position in the lists.
#[derive(Default, Debug)]
pub struct Outline {
    pub blocks: Vec<Block>,
    pub statements: Vec<Statement>,
    pub functions: Vec<Function>,
    pub calls: Vec<Call>,
    /// Every mention of a variable, declarations included.
    pub names: Vec<(Span, String)>,
    /// `await`, `yield` and `for await`.
    pub waits: Vec<Span>,
    /// Literals in which a line's beginning is part of the value.
    pub literals: Vec<Span>,
}

/// Statements in braces, or those of the module or of a `case`.
#[derive(Debug)]
pub struct Block {
    /// With the braces.
    pub span: Span,
    pub statements: Vec<usize>,
    /// It has braces of its own.
    pub is_braced: bool,
    /// The statement that it is, or is a part of; `None` for bodies of functions and the module.
    pub statement: Option<usize>,
    pub function: Option<usize>,
}

#[derive(Debug)]
pub struct Statement {
    /// With the semicolon.
    pub span: Span,
    /// The block that it stands in directly; `None` where it is the body of an `if` or a loop without braces.
    pub block: Option<usize>,
    pub function: Option<usize>,
    pub kind: StatementKind,
    /// The names that it declares for its block.
    pub declares: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StatementKind {
    Expression,
    /// A declaration of variables without a value: `let client;`.
    Empty,
    Variables,
    /// A declared function, class, type or module: known before its line is reached, or outside.
    Declaration,
    Return {
        value: Option<Span>,
    },
    Try {
        block: usize,
        finalizer: Option<usize>,
    },
    Other,
}

#[derive(Debug)]
pub struct Function {
    pub span: Span,
    /// Its block; `None` for an arrow with a value, and for a declaration without a body.
    pub body: Option<usize>,
    /// What an arrow without a block gives.
    pub value: Option<Span>,
    pub is_async: bool,
    pub is_generator: bool,
    pub is_arrow: bool,
}

/// A call or a `new`.
#[derive(Debug)]
pub struct Call {
    pub span: Span,
    pub callee: Span,
    /// What stands before the last dot of the callee.
    pub receiver: Option<Argument>,
    pub arguments: Vec<Argument>,
    pub is_awaited: bool,
    pub bound: Bound,
    /// The innermost statement around it.
    pub statement: Option<usize>,
    pub function: Option<usize>,
}

#[derive(Clone, Debug)]
pub struct Argument {
    pub span: Span,
    pub kind: ArgumentKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgumentKind {
    /// A function, or a call of `bind`: another one each time.
    Function,
    /// A name, a member of names, a literal, or an object of literals: the same each time it is written.
    Plain,
    Other,
}

/// What becomes of a call's result at its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Bound {
    /// It is a statement of its own.
    Dropped,
    /// `const name = call()`, alone in its declaration.
    Declared(String),
    /// `target = call()`, a statement of its own.
    Assigned(Span),
    /// A field of a class with that name.
    Field(Span),
    Returned,
    Other,
}

/// Outlines a file.
///
/// # Errors
/// As [`with_parsed`].
pub fn outline(path: &Path, text: &str) -> Result<Outline, ParseError> {
    with_parsed(path, text, &Limits::DEFAULT, walker::walk)
}

impl Outline {
    /// The call of that span.
    pub fn call(&self, span: Span) -> Option<&Call> {
        self.calls.iter().find(|call| call.span == span)
    }

    /// The function of that span.
    pub fn function(&self, span: Span) -> Option<usize> {
        self.functions.iter().position(|function| function.span == span)
    }

    /// The body of a function.
    pub fn body(&self, function: usize) -> Option<&Block> {
        self.functions[function].body.map(|body| &self.blocks[body])
    }

    /// Whether a variable of the name is mentioned in a part of the text.
    pub fn mentions(&self, name: &str, within: Span) -> bool {
        self.names
            .iter()
            .any(|(span, each)| each == name && within.contains(*span))
    }

    /// Whether the name is used anywhere.
    pub fn has_name(&self, name: &str) -> bool {
        self.names.iter().any(|(_, each)| each == name)
    }
}
