//! Of which names the catalogue speaks, by the project's own numbers: most calls go by a name of which it says nothing, and
//! are told apart by one look.

use crate::catalog::Catalog;
use crate::catalog::index::Tables;
use crate::facts::expr::Expr;

use super::Project;
use super::names::{Names, Sym};
use super::path::{CallRef, Path, Root, Step};

/// The tables of the catalogue that have an entry of each name.
#[derive(Default)]
pub struct Spoken {
    of: Vec<Tables>,
}

impl Spoken {
    pub fn of(names: &Names, catalog: &Catalog) -> Self {
        let mut of = vec![catalog.tables_of_any_name(); names.count()];
        for (name, tables) in catalog.tables_by_name() {
            if let Some(sym) = names.find(name) {
                of[sym.0 as usize] |= tables;
            }
        }
        for (start, end, tables) in catalog.wild_names() {
            for (text, spoken) in names.iter().zip(&mut of) {
                if text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end) {
                    *spoken |= tables;
                }
            }
        }
        // Under these two names the catalogue keeps default exports.
        for name in ["default", ""].iter().filter_map(|name| names.find(name)) {
            of[name.0 as usize] = Tables::all();
        }
        Self { of }
    }
}

impl Project<'_> {
    /// The tables that may speak of a call: all that have an entry of its [name](Self::callee_name), and none if it has no name.
    pub(super) fn tables_of(&self, call: CallRef) -> Tables {
        let facts = &self.files[call.file.index()].facts;
        let callee = facts.call(call.id).callee;
        let of = |name: Sym| self.spoken.of[name.0 as usize];
        match *facts.expr(callee) {
            Expr::Member { name, .. } | Expr::Global(name) => of(self.sym(call.file, name)),
            Expr::Module(_) | Expr::Import { .. } => Tables::all(),
            Expr::Binding(binding) => match self.called_path(call.with(callee)) {
                Path {
                    root: Root::Package(_),
                    steps,
                } => match steps.last() {
                    Some(Step::Field(name)) => of(*name),
                    _ => Tables::all(),
                },
                Path {
                    root: Root::Global(name),
                    steps,
                } if steps.is_empty() => of(name),
                path if !self.own.of(&path).is_empty() => Tables::all(),
                _ => of(self.sym(call.file, facts.binding(binding).name)),
            },
            Expr::Logical { .. } | Expr::Cast { .. } => match self.callee_name(call) {
                Some(name) => self.names.find(name).map_or(Tables::empty(), of),
                None => Tables::empty(),
            },
            _ => Tables::empty(),
        }
    }
}
