//! What libraries, the platform and frameworks do, as data.
//!
//! `rules/catalog/*.toml` and a project's own files go through the same loader into these tables; nothing here knows
//! about a file's facts.

mod acquire;
pub mod builtin;
mod callbacks;
mod compile;
pub mod effect;
pub mod error;
pub mod index;
mod lifecycle;
pub mod load;
mod parse;
pub mod pattern;
mod schema;
mod words;

use effect::{
    Acquire, Alias, Bag, CatalogType, Container, DecoratedField, Events, Example, Grows, Leaves, Lifecycle, Part, Runs,
    Takes,
};
use pattern::{Callee, TypeKey};

/// A catalogue file.
#[derive(Clone, PartialEq, Debug)]
pub struct Library {
    /// The entry's short name (its file's stem), which qualifies its types.
    pub name: Box<str>,
    /// npm packages it speaks of; empty for the platform.
    pub packages: Vec<Box<str>>,
    /// The documentation it was checked against.
    pub source: Box<str>,
}

/// Everything that is known about libraries.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Catalog {
    pub libraries: Vec<Library>,
    pub types: Vec<CatalogType>,
    pub parts: Vec<Part>,
    pub acquires: Vec<Acquire>,
    pub runs: Vec<Runs>,
    pub takes: Vec<Takes>,
    pub containers: Vec<Container>,
    pub grows: Vec<Grows>,
    /// Calls that look like acquisitions and are not.
    pub safe: Vec<Callee>,
    pub aliases: Vec<Alias>,
    pub bags: Vec<Bag>,
    /// Events that surely come before the emitter is garbage; by convention, for emitters of no known type.
    pub terminals: Vec<Events>,
    /// Events that come again and again in the life of one emitter.
    pub recurring: Vec<Events>,
    /// Events that ask for an end, which may be put off.
    pub partings: Vec<Events>,
    pub leaves: Vec<Leaves>,
    pub fields: Vec<DecoratedField>,
    pub lifecycles: Vec<Lifecycle>,
    pub examples: Vec<Example>,
    /// Made by the loader from the tables above.
    pub(crate) index: index::Index,
}

impl Catalog {
    pub fn ty(&self, key: TypeKey) -> &CatalogType {
        &self.types[key.0 as usize]
    }

    /// Whether `ty` is `base` or extends it.
    pub fn is_a(&self, ty: TypeKey, base: TypeKey) -> bool {
        ty == base || self.ty(ty).extends.iter().any(|&parent| self.is_a(parent, base))
    }
}
