//! The stored form of facts: the same tables, written in less space.
//!
//! `walk` turns ids and offsets into distances, `rows` packs the rows of the largest tables. Reading what was written gives
//! equal facts.

mod rows;
mod walk;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::body::{Call, Function};
use super::expr::Expr;
use super::types::{TypeDecl, TypeExpr};
use super::{Binding, Class, Export, FileFacts, Import};
use walk::{Direction, Walk};

/// The tables as they are written.
#[derive(Serialize, Deserialize)]
#[serde(remote = "FileFacts")]
struct Tables {
    names: Vec<Box<str>>,
    #[serde(with = "rows")]
    functions: Vec<Function>,
    classes: Vec<Class>,
    #[serde(with = "rows")]
    bindings: Vec<Binding>,
    exprs: Vec<Expr>,
    #[serde(with = "rows")]
    calls: Vec<Call>,
    types: Vec<TypeExpr>,
    type_decls: Vec<TypeDecl>,
    imports: Vec<Import>,
    exports: Vec<Export>,
}

impl Serialize for FileFacts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut relative = self.clone();
        Walk::new(Direction::ToRelative).facts(&mut relative);
        Tables::serialize(&relative, serializer)
    }
}

impl<'de> Deserialize<'de> for FileFacts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut facts = Tables::deserialize(deserializer)?;
        Walk::new(Direction::ToAbsolute).facts(&mut facts);
        Ok(facts)
    }
}
