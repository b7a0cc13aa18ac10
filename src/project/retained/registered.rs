//! Targets of a `FinalizationRegistry` that are reached from what the registry holds for them: they never go.

use crate::diagnostic::{FileId, Label};
use crate::facts::body::How;
use crate::facts::expr::{Expr, Property};
use crate::facts::ids::CallId;

use super::super::Project;
use super::super::confidence::{Grade, confidence};
use super::super::path::{At, CallRef, ExprRef, Path, Root};
use super::super::repetition::Repeats;
use super::{Holding, Retained};

/// Literals in literals that are looked into.
const MAX_DEPTH: u32 = 4;

impl Project<'_> {
    /// The registrations of a file whose held value keeps the target itself.
    pub(super) fn held_targets_in(&self, file: FileId) -> Vec<Retained> {
        let calls = (0..self.facts(file).calls.len()).map(|index| At::new(file, CallId(index as u32)));
        calls.filter_map(|call| self.held_target(call)).collect()
    }

    fn held_target(&self, call: CallRef) -> Option<Retained> {
        if self.callee_name(call) != Some("register") {
            return None;
        }
        let registry = self.receiver(call)?;
        let made = self.finaliser_registry(registry)?;
        let (target, held) = (self.argument(call, 0)?, self.argument(call, 1)?);
        let holder = self.holder_of(&self.path(target), held, 0)?;
        let repeats = match self.repeats_call(call) {
            Repeats::Once => Grade::Third,
            _ => Grade::First,
        };
        let target = self.describe(target);
        let place = self.place(holder.file, Self::short(self.call(call).span));
        Some(Retained {
            place: self.place(call.file, Self::short(self.call(call).statement)),
            holding: Holding::Finaliser,
            holder: self.describe(registry),
            made_at: self.place(made.file, Self::short(self.call(made).span)),
            why: vec![Label::new(
                place,
                format!("the value that is held for `{target}` keeps `{target}` alive"),
            )],
            kept: vec![target],
            kept_at: None,
            confidence: confidence(&[repeats, Grade::Second]),
        })
    }

    /// The `new FinalizationRegistry(…)` that an expression is.
    fn finaliser_registry(&self, registry: ExprRef) -> Option<CallRef> {
        self.possible(registry).iter().find_map(|path| {
            let Root::Call(made) = path.root else { return None };
            let fact = self.call(made);
            let callee = self.path(made.with(fact.callee));
            let is_it = fact.how == How::New
                && path.is_root()
                && matches!(callee.root, Root::Global(name) if callee.is_root() && self.text(name) == "FinalizationRegistry");
            is_it.then_some(made)
        })
    }

    /// The expression in a held value that keeps the target: itself, or a closure over it.
    fn holder_of(&self, target: &Path, held: ExprRef, depth: u32) -> Option<ExprRef> {
        let is_named = !matches!(target.root, Root::Opaque(_) | Root::Choice(_) | Root::Nullish);
        if depth > MAX_DEPTH || !is_named || self.path(held) == *target {
            return (depth <= MAX_DEPTH && is_named).then_some(held);
        }
        let within = |id| self.holder_of(target, held.with(id), depth + 1);
        match self.expr(held) {
            Expr::Object(properties) => properties.iter().find_map(|property| match *property {
                Property::Field { value, .. } | Property::Computed { value, .. } => within(value),
                _ => None,
            }),
            Expr::Array(elements) => elements.iter().find_map(|&element| within(element)),
            Expr::Cast { value, .. } => within(*value),
            Expr::Function(closure) => {
                let fact = self.function(held.with(*closure));
                let captures_it = match target.root {
                    Root::Instance(_) | Root::This(_) => fact.captures_this,
                    _ => fact.captures.iter().any(|&captured| {
                        let binding = self.facts(held.file).binding(captured);
                        let mut values = binding.values.iter();
                        values.any(|&value| self.path(held.with(value)) == *target)
                    }),
                };
                captures_it.then_some(held)
            }
            _ => None,
        }
    }
}
