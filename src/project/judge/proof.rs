//! The proof in the user's own words: what is missed where, what is kept alive, what releases it.

use crate::diagnostic::{Label, Place};
use crate::facts::body::Op;

use super::super::Project;
use super::super::acquisition::Acquisition;
use super::super::cfg::{Exit, Strength};
use super::super::confidence::Grade;
use super::super::duty::Missed;
use super::super::path::{Path, Root};

/// Ways out that a finding names at most.
const MAX_MISSED: usize = 3;

impl Project<'_> {
    /// Labels of the ways out that miss the release, and how strong they are; `None` if none is worth a word.
    pub fn missed_labels(&self, missed: &[Missed]) -> Option<(Vec<Label>, Grade)> {
        let strong: Vec<&Missed> = missed
            .iter()
            .filter(|missed| missed.strength == Strength::Strong && !missed.opaque)
            .collect();
        let (chosen, grade) = if strong.is_empty() {
            (missed.iter().collect(), Grade::Third)
        } else {
            (strong, Grade::First)
        };
        let mut labels: Vec<Label> = Vec::new();
        for missed in chosen {
            let Some((function, index)) = missed.leaves else {
                continue;
            };
            let fact = self.function(function);
            let place = Place {
                file: function.file,
                span: Self::short(fact.spans[index as usize]),
            };
            let text = match (fact.ops[index as usize], missed.exit) {
                _ if missed.again => "the next round takes another before this one is given back",
                (Op::Await(_), _) => "if this `await` rejects, the release is skipped",
                (Op::LoopItem { .. }, _) => "if this iteration throws, the release is skipped",
                (Op::Throw(_), _) => "this `throw` skips the release",
                (Op::Return(_), Exit::Return) => "this `return` skips the release",
                (Op::Yield(_), _) => "if the generator is not resumed here, the release is skipped",
                (Op::Call(_), Exit::Return) if missed.exit == Exit::Return => "control leaves here without the release",
                (_, Exit::Unhandled) => "if this promise rejects, the release is skipped",
                _ => "if this throws, the release is skipped",
            };
            if !labels.iter().any(|label| label.place == place) {
                labels.push(Label::new(place, text));
            }
        }
        labels.sort_by_key(|label| label.place);
        labels.truncate(MAX_MISSED);
        Some((labels, grade))
    }

    /// The variables that the acquired thing's closure keeps alive, and where the closure is.
    pub(super) fn kept_by(&self, acquisition: &Acquisition<'_>) -> (Vec<String>, Option<Place>) {
        let Some(keeps) = &acquisition.entry.keeps else {
            return (Vec::new(), None);
        };
        let Some(expr) = self.place_exprs(acquisition.origin.0, keeps).first().copied() else {
            return (Vec::new(), None);
        };
        let Some(&handler) = self.functions_in(expr).first() else {
            return (Vec::new(), None);
        };
        let facts = self.facts(handler.file);
        let fact = facts.function(handler.id);
        let mut names: Vec<String> = fact
            .captures
            .iter()
            .map(|&captured| facts.name(facts.binding(captured).name).to_owned())
            .collect();
        if fact.captures_this {
            names.push("this".to_owned());
        }
        names.truncate(6);
        (
            names,
            Some(Place {
                file: handler.file,
                span: Self::short(fact.head),
            }),
        )
    }

    /// The call in the user's words: `process.on('exit')`.
    pub(super) fn describe_call(&self, acquisition: &Acquisition<'_>) -> String {
        let fact = self.call(acquisition.call);
        let callee = self.describe(acquisition.call.with(fact.callee));
        let first = self.argument(acquisition.call, 0).map(|arg| self.path(arg));
        match first {
            Some(Path {
                root: Root::Text(text),
                steps,
            }) if steps.is_empty() => format!("{callee}('{}')", self.text(text)),
            _ => callee,
        }
    }

    /// The name of the call that releases it.
    pub(super) fn release_name(&self, acquisition: &Acquisition<'_>) -> Option<String> {
        acquisition.entry.ends.iter().find_map(|end| match end {
            crate::catalog::effect::End::Call { callee, .. } => match callee {
                crate::catalog::pattern::Callee::Method { name, .. }
                | crate::catalog::pattern::Callee::Shape { name } => Some(name.to_string()),
                crate::catalog::pattern::Callee::Export(export) => export.members.last().map(ToString::to_string),
                _ => None,
            },
            _ => None,
        })
    }

    /// The variable that the acquired thing is bound to.
    pub(super) fn item_name(&self, acquisition: &Acquisition<'_>) -> Option<String> {
        let facts = self.facts(acquisition.call.file);
        let bound = facts.bindings.iter().find(|binding| {
            binding.values.iter().any(|&value| {
                self.is_one_of(&acquisition.items, acquisition.call.with(value)) == super::super::value::Match::Must
            })
        })?;
        Some(facts.name(bound.name).to_owned())
    }
}
