//! Removals that look right and are not: a field that is emptied, a function of another run, an addition in place of a removal.

use crate::diagnostic::Place;
use crate::facts::body::Op;
use crate::facts::expr::Expr;

use super::super::Project;
use super::super::acquisition::Acquisition;
use super::super::duty::{Engine, Release};
use super::super::identity::{Difference, is_event};
use super::super::path::{CallRef, ExprRef, FnRef, Root};
use super::super::value::Match;
use super::listeners::Listeners;
use super::mismatch::Wrong;

impl Project<'_> {
    /// `this.f = () => …; target.on('x', this.f); this.f = null;`: who removes `this.f` later removes nothing.
    pub(super) fn emptied_function(&self, acquisition: &Acquisition<'_>, released: &[CallRef]) -> Option<Wrong> {
        let function = acquisition.function;
        let given = self.listening_function(acquisition)?;
        let Expr::Member { object, name, .. } = *self.expr(given) else {
            return None;
        };
        let Root::Instance(owner) = self.path(given.with(object)).root else {
            return None;
        };
        let name = self.sym(given.file, name);
        let is_field = |to: ExprRef| match *self.expr(to) {
            Expr::Member { object, name: each, .. } => {
                self.sym(to.file, each) == name
                    && matches!(self.path(to.with(object)).root, Root::Instance(of) if self.are_relatives(owner, of))
            }
            _ => false,
        };
        // Every value comes from this body, before the listener is added.
        let is_set_elsewhere = self.relatives(owner).into_iter().any(|each| {
            self.method(each, name).is_some()
                || self
                    .owners
                    .stores(each, name, false)
                    .iter()
                    .any(|store| store.function != function && !self.path(store.value).is_nullish())
        });
        let index = self.op_of(acquisition.call)?;
        let fact = self.function(function);
        let mut depth = 0_i32;
        let mut emptied = None;
        for (op, &span) in fact.ops.iter().zip(&fact.spans).skip(index) {
            match *op {
                Op::If(_) | Op::Loop(_) | Op::Try | Op::Switch { .. } | Op::Block(_) => depth += 1,
                Op::EndIf | Op::EndLoop(_) | Op::EndTry | Op::EndSwitch(_) | Op::EndBlock(_) => depth -= 1,
                Op::Store { to, value } if is_field(function.with(to)) => {
                    let is_empty = self.path(function.with(value)).is_nullish();
                    emptied = (is_empty && depth <= 0).then_some(span);
                    if !is_empty {
                        return None;
                    }
                }
                _ => {}
            }
        }
        let names_field = |call: CallRef| {
            let keeps = acquisition.entry.keeps.as_ref();
            let given = keeps.and_then(|keeps| self.place_exprs(call, keeps).first().copied());
            given.is_some_and(is_field) && self.calling(call) != function
        };
        let span = emptied.filter(|_| !is_set_elsewhere && released.iter().all(|&call| names_field(call)))?;
        Some(Wrong {
            removal: *released.first()?,
            difference: Difference::Emptied,
            emptied: Some(Place {
                file: function.file,
                span,
            }),
        })
    }

    /// `const f = () => …; if (on) target.on('x', f); else target.off('x', f);`: the run that removes has another `f`.
    pub(super) fn function_of_another_run(
        &self,
        engine: &mut Engine,
        acquisition: &Acquisition<'_>,
        released: &[CallRef],
    ) -> Option<Wrong> {
        let function = acquisition.function;
        let given = self.listening_function(acquisition)?;
        // A variable from outside may keep the function of the run before.
        let Expr::Binding(variable) = *self.expr(given) else {
            return None;
        };
        if given.with(self.facts(given.file).binding(variable).function) != function {
            return None;
        }
        let declared = self.path(given).as_function()?;
        let is_own = self.function(declared).parent.map(|parent| declared.with(parent)) == Some(function);
        let names_it = |call: CallRef| self.functions_given(acquisition, call).as_slice() == [declared];
        let all_here = released
            .iter()
            .all(|&call| self.calling(call) == function && names_it(call));
        let in_loop = self.function(function).ops.iter().any(|op| matches!(op, Op::Loop(_)));
        if !is_own || !all_here || in_loop || self.is_module(function) {
            return None;
        }
        (engine.release(self, acquisition) == Release::Never).then_some(Wrong {
            removal: *released.first()?,
            difference: Difference::PerRun,
            emptied: None,
        })
    }

    /// The same listener added once more in the function that ends the one that adds it, perhaps for another event.
    pub(super) fn added_again(&self, acquisition: &Acquisition<'_>, listeners: &Listeners<'_>) -> Option<Wrong> {
        let begin = acquisition.function;
        let again = listeners.of_file(begin.file).find(|other| {
            if other.call == acquisition.call
                || other.function == begin
                || !std::ptr::eq(&*other.entry, &*acquisition.entry)
            {
                return false;
            }
            match self.compared_keys(acquisition, other) {
                Keys::Same => {
                    self.is_returned_by(other.function, begin)
                        || !self.taken_off(other.function, begin, listeners).is_empty()
                }
                // The others that the one adds show what the end is for, and that this one is left out.
                Keys::OtherEvent => self.taken_off(other.function, begin, listeners).len() > 1,
                Keys::Different => false,
            }
        })?;
        Some(Wrong {
            removal: again.call,
            difference: Difference::AddedAgain,
            emptied: None,
        })
    }

    fn compared_keys(&self, a: &Acquisition<'_>, b: &Acquisition<'_>) -> Keys {
        let mut keys = Keys::Same;
        for (index, part) in a.entry.key.iter().enumerate().filter(|(_, part)| part.flag.is_none()) {
            let is_same = match (self.key_expr(a.call, part), self.key_expr(b.call, part)) {
                (Some(first), Some(second)) => self.same(first, second) == Match::Must,
                (None, None) => true,
                _ => false,
            };
            match is_same {
                true => {}
                false if is_event(&a.entry, index) => keys = Keys::OtherEvent,
                false => return Keys::Different,
            }
        }
        keys
    }

    fn is_returned_by(&self, end: FnRef, begin: FnRef) -> bool {
        self.function(begin).ops.iter().any(|op| match *op {
            Op::Return(Some(value)) => self.functions_in(begin.with(value)).contains(&end),
            _ => false,
        })
    }

    /// The calls of a function that take off what another puts on.
    fn taken_off(&self, end: FnRef, begin: FnRef, listeners: &Listeners<'_>) -> Vec<CallRef> {
        let begun: Vec<_> = listeners
            .of_file(begin.file)
            .filter(|each| each.function == begin)
            .collect();
        let takes_off = |call: &CallRef| begun.iter().any(|each| self.releases(each, *call) == Match::Must);
        self.calls_in(&[end]).filter(takes_off).collect()
    }
}

/// How the keys of two registrations compare, but for options.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Keys {
    Same,
    /// They differ in the event alone.
    OtherEvent,
    Different,
}
