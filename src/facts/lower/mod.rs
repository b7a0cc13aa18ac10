//! Lowers a file's SWC tree into facts, in one visit, and drops the tree.
//!
//! Names are bound on the way: a scope's declarations are collected from its statements (`hoist`) when it opens, so each
//! reference is resolved where it stands. No SWC type leaves this module.

mod assign;
mod chain;
mod class;
mod control;
mod expr;
mod frame;
mod function;
mod hoist;
mod jsx;
mod literal;
mod module;
mod namespace;
mod pattern;
mod scope;
mod stmt;
mod types;

use std::cell::Cell;
use std::hash::BuildHasher;
use std::path::Path;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use smallvec::SmallVec;
use swc_ecma_ast as ast;

use crate::facts::FileFacts;
use crate::facts::expr::Expr;
use crate::facts::ids::{BindingId, ExprId, Name, Span, TypeId};
use crate::facts::types::TypeExpr;
use crate::facts::wire::number_names;
use crate::limits::Limits;
use crate::parse::{ParseError, span_of, with_parsed};

use frame::Frame;
use scope::Scopes;

/// Parses and lowers one file.
///
/// # Errors
/// The file has no tree: see [`with_parsed`].
pub fn lower(path: &Path, text: &str) -> Result<FileFacts, ParseError> {
    lower_limited(path, text, &Limits::DEFAULT, || {})
}

/// As [`lower`], within other limits than usual, with a word to the caller when the tree is there.
///
/// # Errors
/// As [`lower`].
pub fn lower_limited(path: &Path, text: &str, limits: &Limits, parsed: impl FnOnce()) -> Result<FileFacts, ParseError> {
    with_parsed(path, text, limits, |program| {
        parsed();
        let mut lowerer = Lowerer::new(text);
        lowerer.program(program);
        lowerer.into_facts()
    })
}

/// An identifier in the file that declares a variable or refers to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    pub span: Span,
    /// `None` if no scope of the file declares the name.
    pub binding: Option<BindingId>,
    /// Stands in a type.
    pub is_type: bool,
}

/// What every identifier of a file refers to, in the order of lowering. Facts do not keep this; tests compare it.
///
/// # Errors
/// As [`lower`].
pub fn references(path: &Path, text: &str) -> Result<Vec<Reference>, ParseError> {
    with_parsed(path, text, &Limits::DEFAULT, |program| {
        let mut lowerer = Lowerer::new(text);
        lowerer.references = Some(Vec::new());
        lowerer.program(program);
        lowerer.references.unwrap_or_default()
    })
}

/// The state of one file's lowering.
struct Lowerer<'a> {
    text: &'a str,
    facts: FileFacts,
    /// Where names and pure expressions are found in the tables of `facts`.
    known: Known,
    types: FxHashMap<TypeExpr, TypeId>,
    scopes: Scopes,
    room: Room,
    /// The function whose body is being lowered.
    frame: Frame,
    /// The functions around it, outermost first.
    outer: Vec<Frame>,
    /// Inside strict mode code, where functions in blocks are block-scoped.
    strict: bool,
    /// Inside `declare namespace` and its like, where nothing happens.
    ambient: bool,
    /// Offsets of functions in blocks that sloppy mode declares in the function around the block.
    hoisted: FxHashSet<u32>,
    references: Option<Vec<Reference>>,
}

impl<'a> Lowerer<'a> {
    fn new(text: &'a str) -> Self {
        let mut room = ROOM.take();
        let mut lowerer = Self {
            text,
            facts: std::mem::take(&mut room.facts),
            known: std::mem::take(&mut room.known),
            types: FxHashMap::default(),
            scopes: std::mem::take(&mut room.scopes),
            room,
            frame: Frame::module(),
            outer: Vec::new(),
            strict: false,
            ambient: false,
            hoisted: FxHashSet::default(),
            references: None,
        };
        lowerer.name("");
        lowerer
    }

    fn into_facts(mut self) -> FileFacts {
        let names = number_names(&mut self.facts);
        let facts = self.facts.packed();
        self.facts.names = names.emptied();
        self.known.clear();
        self.scopes.clear();
        let is_large = self.facts.exprs.capacity() > MOST_ROOM || self.facts.names.capacity() > MOST_ROOM;
        if !is_large {
            ROOM.set(Room {
                facts: self.facts,
                known: self.known,
                scopes: self.scopes,
                frames: self.room.frames,
            });
        }
        facts
    }

    /// Interns a string.
    fn name(&mut self, text: &str) -> Name {
        let names = &mut self.facts.names;
        let same = |known: &Name| names.get(known.index()) == Some(text);
        let hash = |known: &Name| FxBuildHasher.hash_one(names.get(known.index()).unwrap_or_default());
        match self.known.names.entry(FxBuildHasher.hash_one(text), same, hash) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(vacant) => {
                let name = Name(names.len() as u32);
                vacant.insert(name);
                names.push(text);
                self.scopes.add_name();
                name
            }
        }
    }

    /// The id of an expression's shape; a pure one that was seen before keeps its id.
    fn add(&mut self, expr: Expr) -> ExprId {
        if !is_pure(&expr) {
            return self.push(expr);
        }
        let exprs = &mut self.facts.exprs;
        let same = |known: &ExprId| exprs[known.index()] == expr;
        let hash = |known: &ExprId| FxBuildHasher.hash_one(&exprs[known.index()]);
        match self.known.exprs.entry(FxBuildHasher.hash_one(&expr), same, hash) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(vacant) => {
                let id = ExprId(exprs.len() as u32);
                vacant.insert(id);
                exprs.push(expr);
                id
            }
        }
    }

    fn push(&mut self, expr: Expr) -> ExprId {
        let id = ExprId(self.facts.exprs.len() as u32);
        self.facts.exprs.push(expr);
        id
    }

    fn opaque(&mut self) -> ExprId {
        self.push(Expr::Opaque)
    }

    fn record(&mut self, ident: &ast::Ident, binding: Option<BindingId>, is_type: bool) {
        if let Some(references) = &mut self.references {
            references.push(Reference {
                span: span_of(ident),
                binding,
                is_type,
            });
        }
    }
}

/// What was met so far, by content. The tables themselves are the facts'.
#[derive(Default)]
struct Known {
    names: HashTable<Name>,
    exprs: HashTable<ExprId>,
}

/// Entries for which a table may have room when it is used again; emptying a larger one costs more than a new one.
const MOST_ROOM: usize = 1 << 16;

/// What a thread needs for every file, empty but with the room that the last one left.
#[derive(Default)]
struct Room {
    facts: FileFacts,
    known: Known,
    scopes: Scopes,
    /// Of functions that are over.
    frames: Vec<Frame>,
}

thread_local! {
    static ROOM: Cell<Room> = Cell::default();
}

/// A few items that are gathered before they are kept.
type Many<T> = SmallVec<[T; 8]>;

impl Known {
    fn clear(&mut self) {
        if self.names.capacity() > MOST_ROOM || self.exprs.capacity() > MOST_ROOM {
            *self = Self::default();
        } else {
            self.names.clear();
            self.exprs.clear();
        }
    }
}

/// Whether two occurrences of the shape mean the same, so that they share an id.
fn is_pure(expr: &Expr) -> bool {
    match expr {
        Expr::Opaque
        | Expr::Call(_)
        | Expr::Function(_)
        | Expr::Class(_)
        | Expr::Object(_)
        | Expr::Array(_)
        | Expr::Jsx { .. } => false,
        Expr::Literal(_)
        | Expr::Binding(_)
        | Expr::Global(_)
        | Expr::This(_)
        | Expr::Super(_)
        | Expr::Module(_)
        | Expr::DynamicImport(_)
        | Expr::Import { .. }
        | Expr::Param { .. }
        | Expr::RestParam { .. }
        | Expr::Arguments(_)
        | Expr::Member { .. }
        | Expr::Element { .. }
        | Expr::Item(_)
        | Expr::Index { .. }
        | Expr::Key(_)
        | Expr::Rest(_)
        | Expr::Spread(_)
        | Expr::Template(_)
        | Expr::Unary { .. }
        | Expr::Binary { .. }
        | Expr::Logical { .. }
        | Expr::Conditional { .. }
        | Expr::Await(_)
        | Expr::Yield(_)
        | Expr::Caught
        | Expr::Cast { .. } => true,
    }
}

/// Runs a step that may recur, on a fresh piece of stack if little is left.
fn guarded<T>(step: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(256 << 10, 4 << 20, step)
}
