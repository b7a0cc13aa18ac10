//! Handles that are lost: the one name of a running thing gets another value.

use crate::catalog::effect::Resource;
use crate::catalog::pattern::PlaceRoot;
use crate::diagnostic::{Label, Place};
use crate::facts::body::Op;
use crate::facts::expr::Expr;
use crate::facts::ids::{ExprId, FnId};

use super::super::acquisition::Acquisition;
use super::super::confidence::{Grade, confidence};
use super::super::elsewhere::Elsewhere;
use super::super::model::Overwritten;
use super::super::path::{CallRef, ExprRef, FnRef, Root};
use super::super::repetition::Repeats;
use super::super::value::Match;
use super::super::{Project, latch};

/// Calls from which a release may be reached before the line runs again.
const MAX_DEPTH: u32 = 3;
/// Callers of one function that are looked at.
const MAX_CALLERS: usize = 24;

impl Project<'_> {
    /// Every handle that is overwritten while it is live.
    pub fn overwritten(&self, acquisitions: &[Acquisition<'_>]) -> Vec<Overwritten> {
        let file_of = |each: &Acquisition<'_>| each.call.file;
        let judged = self.each(
            acquisitions,
            file_of,
            || (),
            |project, (), each| project.charged(each.call.file, || project.overwritten_by(each)),
        );
        judged.into_iter().flatten().flatten().collect()
    }

    fn overwritten_by(&self, acquisition: &Acquisition<'_>) -> Option<Overwritten> {
        let is_kept_by_handle = match acquisition.resource() {
            Resource::Interval
            | Resource::Connection
            | Resource::Handle
            | Resource::Client
            | Resource::Observer
            | Resource::Subscription => true,
            Resource::Listener | Resource::Timeout | Resource::ObjectUrl | Resource::Entry => false,
        };
        let item = acquisition.entry.item.as_ref()?;
        if !is_kept_by_handle || item.at.root != PlaceRoot::Return || acquisition.origin.0 != acquisition.call {
            return None;
        }
        let (slot, index) = self.only_slot(acquisition)?;
        let Elsewhere::Released(released) = self.released_elsewhere(acquisition) else {
            return None;
        };
        self.emptied_first(acquisition, slot, &released)
            .or_else(|| self.started_again(acquisition, slot, index, &released))
    }

    /// The field or outer variable that alone keeps the acquired thing, and the operation that stores it.
    fn only_slot(&self, acquisition: &Acquisition<'_>) -> Option<(ExprRef, usize)> {
        let function = acquisition.function;
        let facts = self.facts(function.file);
        let is_it = |id: ExprId| self.is_call(function.with(id), acquisition.call);
        let mut slot = None;
        for (index, op) in self.function(function).ops.iter().enumerate() {
            let to = match *op {
                Op::Store { to, value } if is_it(value) => {
                    matches!(facts.expr(to), Expr::Member { .. }).then_some(to)?
                }
                Op::Assign { to, value, .. } if is_it(value) => {
                    if facts.binding(to).function == function.id {
                        return None;
                    }
                    let named = |expr: &Expr| *expr == Expr::Binding(to);
                    ExprId(facts.exprs.iter().position(named)? as u32)
                }
                Op::Return(Some(value)) if self.holds_item(&acquisition.items, function.with(value)) => return None,
                Op::Call(call) => {
                    let call = function.with(call);
                    let is_given = self
                        .call(call)
                        .args
                        .iter()
                        .any(|&arg| self.holds_item(&acquisition.items, call.with(arg)));
                    if is_given && self.releases(acquisition, call) == Match::No {
                        return None;
                    }
                    continue;
                }
                _ => continue,
            };
            if slot.is_some() {
                return None;
            }
            slot = Some((function.with(to), index));
        }
        slot
    }

    fn is_call(&self, expr: ExprRef, call: CallRef) -> bool {
        match *self.expr(expr) {
            Expr::Call(each) => expr.with(each) == call,
            Expr::Cast { value, .. } | Expr::Await(value) => self.is_call(expr.with(value), call),
            _ => false,
        }
    }

    /// Whether an expression reads the field or variable.
    fn is_slot(&self, expr: ExprRef, slot: ExprRef) -> bool {
        match (self.expr(expr), self.expr(slot)) {
            (Expr::Binding(a), Expr::Binding(b)) => expr.file == slot.file && a == b,
            (Expr::Member { object: a, name: x, .. }, Expr::Member { object: b, name: y, .. }) => {
                self.sym(expr.file, *x) == self.sym(slot.file, *y)
                    && self.same(expr.with(*a), slot.with(*b)) == Match::Must
            }
            _ => false,
        }
    }

    /// `this.timer = null; clearInterval(this.timer);`
    fn emptied_first(&self, acquisition: &Acquisition<'_>, slot: ExprRef, released: &[CallRef]) -> Option<Overwritten> {
        let [release] = *released else { return None };
        let function = self.calling(release);
        let fact = self.function(function);
        let until = self.op_of(release)?;
        let reads = self
            .call(release)
            .args
            .iter()
            .map(|&arg| release.with(arg))
            .chain(self.receiver(release))
            .any(|expr| self.is_slot(expr, slot));
        let begin = fact.ops[..until].iter().rposition(|op| match *op {
            Op::Store { to, .. } => self.is_slot(function.with(to), slot),
            Op::Assign { to, .. } => *self.expr(slot) == Expr::Binding(to) && slot.file == function.file,
            _ => false,
        })?;
        let (Op::Store { value, .. } | Op::Assign { value, .. }) = fact.ops[begin] else {
            return None;
        };
        let is_straight = fact.ops[begin + 1..until].iter().all(|op| matches!(op, Op::Call(_)));
        if !reads || !is_straight || !self.path(function.with(value)).is_nullish() {
            return None;
        }
        let emptied = Label::new(
            Place {
                file: function.file,
                span: Self::short(fact.spans[begin]),
            },
            "this forgets it while it is still live",
        );
        let release_label = Label::new(
            Place {
                file: release.file,
                span: Self::short(self.call(release).span),
            },
            "by now there is nothing left to release",
        );
        Some(self.finding(
            acquisition,
            slot,
            vec![emptied],
            Some(release_label),
            true,
            &[Grade::First],
        ))
    }

    /// A line that comes back and stores the next one over the last.
    fn started_again(
        &self,
        acquisition: &Acquisition<'_>,
        slot: ExprRef,
        index: usize,
        released: &[CallRef],
    ) -> Option<Overwritten> {
        let function = acquisition.function;
        let again = self.run_again_by_framework(acquisition, slot);
        if self.is_module(function)
            || again.is_none() && !self.is_the_only_one(slot)
            || self.is_constructor(function)
            || latch::is_idempotent(self, function, index)
            || self.is_guarded_by_callers(function)
            || self.is_guarded_around(function, index, slot)
            || self.releases_before(acquisition, function, index, 0)
        {
            return None;
        }
        // What ends itself, or is ended and begun in turn by events, is seldom overwritten.
        let ends_itself = released
            .iter()
            .any(|&call| self.is_within(self.calling(call), function));
        let takes_turns = released
            .iter()
            .any(|&call| !self.graph.passed(self.calling(call)).is_empty());
        if ends_itself || takes_turns {
            return None;
        }
        let (grade, why) = match again {
            // A framework seldom hands in another source than the last.
            Some(why) if self.subscribes_to_what_is_given(acquisition) => (Grade::Third, why),
            Some(why) => (Grade::Second, why),
            None if self.is_begun_by_effects(function, 0) => (Grade::Third, self.comes_back(acquisition)?.1),
            None => self.comes_back(acquisition)?,
        };
        let release = released.first().map(|&call| {
            Label::new(
                Place {
                    file: call.file,
                    span: Self::short(self.call(call).span),
                },
                "this releases only the last one",
            )
        });
        Some(self.finding(acquisition, slot, why, release, false, &[grade]))
    }

    /// The method, this one or one that calls it, that a framework runs again in the life of the object whose field it is,
    /// if no way through that method releases the last one.
    fn run_again_by_framework(&self, acquisition: &Acquisition<'_>, slot: ExprRef) -> Option<Vec<Label>> {
        let Expr::Member { object, .. } = *self.expr(slot) else {
            return None;
        };
        let object = self.path(slot.with(object));
        if !matches!(object.root, Root::Instance(_)) || !object.is_root() {
            return None;
        }
        let callers = self.graph.callers(acquisition.function).iter();
        let ways = std::iter::once(acquisition.function).chain(callers.map(|&call| self.calling(call)));
        let mut again = ways.filter(|&method| {
            self.is_run_again(method)
                && self.effect_around(method).is_none()
                && !self.releases_before(acquisition, method, self.function(method).ops.len(), 0)
        });
        let method = again.next()?;
        let name = self.function_name(method).unwrap_or_default();
        Some(vec![Label::new(
            Place {
                file: method.file,
                span: self.function(method).head,
            },
            format!("`{name}` runs again and again in the life of one object"),
        )])
    }

    /// `set picker(picker) { this.closed = picker.closed.subscribe(…) }`
    fn subscribes_to_what_is_given(&self, acquisition: &Acquisition<'_>) -> bool {
        let source = self.receiver(acquisition.call).map(|of| self.path(of).root);
        acquisition.resource() == Resource::Subscription
            && matches!(source, Some(Root::Param(of, _)) if of == acquisition.function)
    }

    /// Whether all that is seen to bring a function back is the mounting of components: what a component begins that the
    /// program has one of, is mostly begun by one component.
    fn is_begun_by_effects(&self, function: FnRef, depth: u32) -> bool {
        if self.effect_around(function).is_some() {
            return self.is_run_once_in_a_life(function);
        }
        let callers = self.graph.callers(function);
        depth < MAX_DEPTH
            && !callers.is_empty()
            && callers.len() <= MAX_CALLERS
            && callers.iter().all(|&call| {
                !self.repeats_call(call).is_seen() || self.is_begun_by_effects(self.calling(call), depth + 1)
            })
    }

    /// What brings the line back by a way on which nothing is released.
    fn comes_back(&self, acquisition: &Acquisition<'_>) -> Option<(Grade, Vec<Label>)> {
        let function = acquisition.function;
        let seen = |repeats: Repeats| match repeats {
            Repeats::Many(why) => Some((Grade::First, why)),
            Repeats::Often(why) => Some((Grade::Second, why)),
            Repeats::PerCall(_) | Repeats::PerOwner(_) | Repeats::Once | Repeats::Unknown => None,
        };
        let own = seen(self.repeats_call(acquisition.call))?;
        let callers = self.graph.callers(function);
        if callers.is_empty() {
            return Some(own);
        }
        // A constructor begins a life: there is no last one.
        let ways = callers.iter().filter(|&&call| {
            !self.is_constructor(self.calling(call))
                && !self
                    .op_of(call)
                    .is_some_and(|index| self.releases_before(acquisition, self.calling(call), index, 0))
        });
        let grade = ways
            .filter_map(|&call| seen(self.repeats_call(call)))
            .map(|(grade, _)| grade)
            .min()?;
        Some((grade.max(own.0), own.1))
    }

    /// Whether there is one such field or variable in the program, so that what comes back writes the very same.
    fn is_the_only_one(&self, slot: ExprRef) -> bool {
        match *self.expr(slot) {
            Expr::Binding(binding) => self.facts(slot.file).binding(binding).function == FnId(0),
            Expr::Member { object, .. } => {
                let object = self.path(slot.with(object));
                match object.root {
                    Root::Instance(owner) if object.is_root() => self.is_made_by_modules_only(owner),
                    Root::Static(_) | Root::Global(_) => true,
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Whether a test around the line, or one that leaves before it, speaks of the slot.
    fn is_guarded_around(&self, function: FnRef, index: usize, slot: ExprRef) -> bool {
        self.function(function).ops[..index].iter().any(|op| match *op {
            Op::If(test) | Op::LoopTest(test) => self.speaks_of_slot(function.with(test), slot, 0),
            _ => false,
        })
    }

    fn speaks_of_slot(&self, expr: ExprRef, slot: ExprRef, depth: u32) -> bool {
        if depth > 6 {
            return true;
        }
        let with = |id| self.speaks_of_slot(expr.with(id), slot, depth + 1);
        self.is_slot(expr, slot)
            || match *self.expr(expr) {
                Expr::Unary { of, .. } | Expr::Cast { value: of, .. } => with(of),
                Expr::Binary { left, right, .. } | Expr::Logical { left, right, .. } => with(left) || with(right),
                Expr::Member { object, .. } => with(object),
                _ => false,
            }
    }

    /// Whether something before the line, or a function that is called there, may release the last one.
    fn releases_before(&self, acquisition: &Acquisition<'_>, function: FnRef, until: usize, depth: u32) -> bool {
        let mut calls = self.function(function).ops[..until].iter().filter_map(|op| match *op {
            Op::Call(call) => Some(function.with(call)),
            _ => None,
        });
        calls.any(|call| {
            call != acquisition.call
                && (self.releases(acquisition, call) != Match::No
                    || depth < MAX_DEPTH
                        && self.callees(call).into_iter().any(|callee| {
                            self.nested(callee).any(|each| {
                                self.releases_before(acquisition, each, self.function(each).ops.len(), depth + 1)
                            })
                        }))
        })
    }

    fn finding(
        &self,
        acquisition: &Acquisition<'_>,
        slot: ExprRef,
        why: Vec<Label>,
        release: Option<Label>,
        is_emptied: bool,
        grades: &[Grade],
    ) -> Overwritten {
        let mut grades = grades.to_vec();
        grades.push(Grade::from(acquisition.tier));
        Overwritten {
            resource: acquisition.resource(),
            what: self.describe_call(acquisition),
            call: acquisition.call,
            place: Place {
                file: acquisition.call.file,
                span: Self::short(self.call(acquisition.call).statement),
            },
            name: self.describe(slot),
            why,
            release,
            release_name: self.release_name(acquisition),
            is_emptied,
            confidence: confidence(&grades),
        }
    }
}
