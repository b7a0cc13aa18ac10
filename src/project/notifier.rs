//! Notifiers: what an operator waits for to end its chain, and whether anything ever fires it.
//!
//! A notifier that is handed on, returned or stored may be fired by anybody; a name may silence. Markup is not read, so
//! a field that is not private may be fired from there.

use crate::catalog::effect::{Acquire, ChainEnd, Identity};
use crate::catalog::pattern::{Callee, Place as Slot};
use crate::diagnostic::{FileId, Place};
use crate::facts::body::{How, Op};
use crate::facts::expr::{Expr, LogicalOperator, Property};
use crate::facts::ids::{CallId, ExprId};

use super::Project;
use super::names::Sym;
use super::owner::OwnerKind;
use super::path::{At, CallRef, ExprRef, OwnerId, Root};

/// A notifier that nothing fires.
#[derive(Clone, Debug)]
pub struct Notifier {
    /// As the user wrote it.
    pub name: String,
    /// The operator that waits for it.
    pub operator: Place,
    /// The call that would fire it.
    pub by: String,
    /// It is a field that the markup of its owner sees, which is not read.
    pub may_be_in_markup: bool,
}

impl Project<'_> {
    /// The notifier of an operator, if it is a field of the owner's own that nothing fires.
    pub(super) fn unfired(&self, entry: &Acquire, operator: CallRef, slot: &Slot, by: &[Callee]) -> Option<Notifier> {
        let &[notifier] = self.place_exprs(operator, slot).as_slice() else {
            return None;
        };
        let notifier = self.stream_of(notifier).source;
        let Expr::Member { object, name, .. } = *self.expr(notifier) else {
            return None;
        };
        let of = self.path(notifier.with(object));
        let Root::Instance(owner) = of.root else {
            return None;
        };
        let made = self.path(notifier);
        let is_own = matches!(made.root, Root::Call(call) if made.is_root() && self.call(call).how == How::New)
            && of.is_root()
            && !self.types_of(notifier).is_empty();
        let field = self.sym(notifier.file, name);
        if !is_own || self.may_be_fired(owner, field, entry, by) {
            return None;
        }
        Some(Notifier {
            name: self.describe(notifier),
            operator: self.callee_place(operator),
            by: by.iter().find_map(|by| by.name()).unwrap_or_default().to_owned(),
            may_be_in_markup: self.lifecycle_of(owner).is_some() && !self.is_private_field(owner, field),
        })
    }

    /// Whether any file fires a field of an owner, or hands it to somebody who may. Asked once for each.
    fn may_be_fired(&self, owner: OwnerId, field: Sym, entry: &Acquire, by: &[Callee]) -> bool {
        let asked = (owner, field);
        if let Some(known) = self.memo.fired.get(&asked) {
            return known;
        }
        let mut files: Vec<FileId> = if self.is_private_field(owner, field) {
            let relatives = self.relatives(owner).into_iter();
            relatives.map(|each| self.owners.get(each).file).collect()
        } else {
            self.files_that_name(field).to_vec()
        };
        files.sort_unstable();
        files.dedup();
        let search = Search {
            project: self,
            owner,
            field,
            library: entry.library,
            by,
        };
        let is_fired = files.into_iter().any(|file| search.may_fire(file));
        self.memo.fired.insert(asked, is_fired);
        is_fired
    }

    /// Whether only the classes around a field may name it.
    fn is_private_field(&self, owner: OwnerId, field: Sym) -> bool {
        self.bases(owner).into_iter().any(|each| {
            let OwnerKind::Class(class) = self.owners.get(each).kind else {
                return false;
            };
            let members = &self.facts(class.file).class(class.id).members;
            let mut named = members
                .iter()
                .filter(|member| self.sym(class.file, member.name) == field);
            named.any(|member| member.is_private)
        })
    }

    /// The expressions in a call that only listen to what they are given: notifiers and streams to take in.
    fn listening_places(&self, call: CallRef) -> Vec<ExprRef> {
        let Some(name) = self.callee_name(call) else {
            return Vec::new();
        };
        let notifiers = self.chain_ends(call).filter_map(|end| match end {
            ChainEnd::Fires { notifier, .. } => Some(notifier),
            ChainEnd::Finite | ChainEnd::Waits => None,
        });
        let taken = self.catalog.aliases_named(name).filter_map(|alias| {
            let is_it = alias.identity == Identity::Derived && self.matches(&alias.callee, call).is_some();
            is_it.then_some(&alias.same)
        });
        let places: Vec<&Slot> = notifiers.chain(taken).collect();
        places.into_iter().flat_map(|at| self.place_exprs(call, at)).collect()
    }
}

/// A search for whoever may fire a field.
struct Search<'s, 'a> {
    project: &'s Project<'a>,
    owner: OwnerId,
    field: Sym,
    library: usize,
    by: &'s [Callee],
}

impl Search<'_, '_> {
    /// Whether a file fires what it reaches under the name of the field, or hands it to somebody who may.
    fn may_fire(&self, file: FileId) -> bool {
        let project = self.project;
        let facts = project.facts(file);
        // Also where it is not called: `leave.addEventListener('click', this.gone.next)`.
        let names_a_way = (0..facts.exprs.len()).any(|index| match facts.exprs[index] {
            Expr::Member { object, name, .. } => {
                self.by.iter().any(|by| by.name() == Some(facts.name(name))) && self.is_it(At::new(file, object))
            }
            _ => false,
        });
        names_a_way
            || (0..facts.calls.len()).any(|index| self.is_handed_to(At::new(file, CallId(index as u32))))
            || facts.functions.iter().any(|function| {
                function.ops.iter().any(|op| match *op {
                    Op::Return(Some(value))
                    | Op::Assign { value, .. }
                    | Op::Store { value, .. }
                    | Op::Yield(value)
                    | Op::Throw(value)
                    | Op::Jsx(value) => self.gives(At::new(file, value)),
                    _ => false,
                })
            })
    }

    /// Whether a call is given the field to do with it as it likes: not to wait for it, and not to take it in as a stream.
    fn is_handed_to(&self, call: CallRef) -> bool {
        let project = self.project;
        let given: Vec<ExprRef> = project.call(call).args.iter().map(|&arg| call.with(arg)).collect();
        let given: Vec<ExprRef> = given.into_iter().filter(|&arg| self.gives(arg)).collect();
        if given.is_empty() {
            return false;
        }
        let listens = match project.is_of_library(call, self.library) {
            true => project.listening_places(call),
            false => Vec::new(),
        };
        given.iter().any(|arg| !listens.contains(arg))
    }

    /// `this.destroyed` of another class is another field.
    fn is_it(&self, expr: ExprRef) -> bool {
        let project = self.project;
        let Expr::Member { object, name, .. } = *project.expr(expr) else {
            return false;
        };
        if project.sym(expr.file, name) != self.field {
            return false;
        }
        let of = project.path(expr.with(object));
        match of.root {
            Root::Instance(owner) if of.is_root() => {
                project.relatives(self.owner).contains(&owner) || project.bases(owner).contains(&self.owner)
            }
            _ => true,
        }
    }

    /// Whether a value is the field, or has it in it.
    fn gives(&self, expr: ExprRef) -> bool {
        let go = |each: ExprId| self.gives(expr.with(each));
        match self.project.expr(expr) {
            Expr::Member { .. } => self.is_it(expr),
            Expr::Cast { value, .. } | Expr::Spread(value) | Expr::Await(value) => go(*value),
            Expr::Array(elements) => elements.iter().any(|&element| go(element)),
            Expr::Object(properties) => properties.iter().any(|property| match *property {
                Property::Field { value, .. } | Property::Computed { value, .. } | Property::Spread(value) => go(value),
                Property::Getter { .. } | Property::Setter { .. } => false,
            }),
            // `this.gone && this.gone.complete()` gives its right side, or nothing to fire.
            Expr::Logical { operator, left, right } => *operator != LogicalOperator::And && go(*left) || go(*right),
            Expr::Conditional { yes, no, .. } => go(*yes) || go(*no),
            Expr::Jsx { attributes, .. } => attributes.iter().any(|attribute| go(attribute.value)),
            _ => false,
        }
    }
}
