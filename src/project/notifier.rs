//! Notifiers: what an operator waits for to end its chain, and whether anything ever fires it.
//!
//! A notifier that is handed on, returned or stored may be fired by anybody; a name may silence.

use crate::catalog::effect::Acquire;
use crate::catalog::pattern::{Callee, Place as Slot};
use crate::diagnostic::{FileId, Place};
use crate::facts::body::{How, Op};
use crate::facts::expr::Expr;
use crate::facts::ids::{CallId, ExprId};

use super::Project;
use super::names::Sym;
use super::path::{At, CallRef, OwnerId, Root};

/// A notifier that nothing fires.
#[derive(Clone, Debug)]
pub struct Notifier {
    /// As the user wrote it.
    pub name: String,
    /// The operator that waits for it.
    pub operator: Place,
    /// The call that would fire it.
    pub by: String,
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
        let Root::Instance(owner) = self.path(notifier.with(object)).root else {
            return None;
        };
        let made = self.path(notifier);
        let is_own = matches!(made.root, Root::Call(call) if made.is_root() && self.call(call).how == How::New)
            && self.path(notifier.with(object)).is_root()
            && !self.types_of(notifier).is_empty();
        if !is_own {
            return None;
        }
        let name = self.sym(notifier.file, name);
        let may_be_seen = self.file_ids().any(|file| self.may_fire(file, owner, name, entry, by));
        (!may_be_seen).then(|| Notifier {
            name: self.describe(notifier),
            operator: self.callee_place(operator),
            by: by.iter().find_map(|by| by.name()).unwrap_or_default().to_owned(),
        })
    }

    /// Whether a file fires what it reaches under the name of a field, or hands it to somebody who may.
    fn may_fire(&self, file: FileId, owner: OwnerId, field: Sym, entry: &Acquire, by: &[Callee]) -> bool {
        let Some(field) = self.find_sym(file, field) else {
            return false;
        };
        let facts = self.facts(file);
        // `this.destroyed` of another class is another field.
        let is_it = |expr: ExprId| match *facts.expr(expr) {
            Expr::Member { object, name, .. } if name == field => {
                let of = self.path(At::new(file, object));
                match of.root {
                    Root::Instance(of_owner) if of.is_root() => {
                        self.relatives(owner).contains(&of_owner) || self.bases(of_owner).contains(&owner)
                    }
                    _ => true,
                }
            }
            _ => false,
        };
        let holds = |expr: ExprId| match facts.expr(expr) {
            Expr::Array(elements) => elements.iter().any(|&element| is_it(element)),
            Expr::Cast { value, .. } | Expr::Spread(value) => is_it(*value),
            _ => is_it(expr),
        };
        let by_call = (0..facts.calls.len()).any(|index| {
            let call = At::new(file, CallId(index as u32));
            let fact = self.call(call);
            let fires = match *facts.expr(fact.callee) {
                Expr::Member { object, name, .. } => {
                    is_it(object) && by.iter().any(|by| by.name() == Some(facts.name(name)))
                }
                _ => false,
            };
            fires || fact.args.iter().any(|&arg| holds(arg)) && !self.is_of_library(call, entry.library)
        });
        by_call
            || facts.functions.iter().any(|function| {
                function.ops.iter().any(|op| match *op {
                    Op::Return(Some(value)) | Op::Assign { value, .. } | Op::Store { value, .. } => holds(value),
                    _ => false,
                })
            })
    }
}
