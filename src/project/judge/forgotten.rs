//! What an end forgets: a listener, though it takes off others on the same holder, or something that its object keeps in a field.
//!
//! How long the holder lives need not be known then. That the end takes off some shows that the holder outlives the owner.

use crate::catalog::effect::Repeat;
use crate::diagnostic::Label;
use crate::facts::body::FunctionKind;

use super::super::acquisition::Acquisition;
use super::super::confidence::Grade;
use super::super::duty::Engine;
use super::super::elsewhere::Elsewhere;
use super::super::model::Missing;
use super::super::path::{CallRef, ExprRef, FnRef, Path, Root};
use super::super::region::Region;
use super::super::repetition::Repeats;
use super::super::value::Match;
use super::super::{Project, latch, words};
use super::Verdict;
use super::given::Handed;

/// Other listeners of a scope that are looked at, and calls that may take them off.
const MAX_SIBLINGS: usize = 64;
/// Calls in the expression of a holder: `Peg.get().room(id)`.
const MAX_DEPTH: u32 = 4;

/// What takes off another listener on the same holder, and where it does.
struct Sibling {
    name: String,
    removal: CallRef,
    end: FnRef,
}

impl Project<'_> {
    /// A listener that stays because an end forgets it: it takes off its siblings, or only the next one takes off the last.
    pub(super) fn judge_forgotten(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let holder = self.holder_expr(acquisition)?;
        if !self.may_be_forgotten(acquisition, holder) {
            return None;
        }
        let (end, shown, missing, release_grade) = match self.replacing_removal(acquisition) {
            Some((end, removal)) => {
                let text = "only the next one takes off the last";
                (
                    end,
                    Label::new(self.callee_place(removal), text),
                    Missing::Never,
                    Grade::First,
                )
            }
            None => {
                let sibling = self.sibling_taken_off(acquisition, holder)?;
                let (missing, grade) = self.missing_release(engine, acquisition, false)?;
                let text = format!("`{}` is taken off here, and this one is not", sibling.name);
                let shown = Label::new(self.callee_place(sibling.removal), text);
                (sibling.end, shown, missing, grade)
            }
        };
        let each = match self.owner_around(acquisition.function) {
            Some(owner) => {
                let name = self.owners.get(owner).name.map_or("object", |name| self.text(name));
                Label::new(self.owner_place(owner), format!("each `{name}` adds one more"))
            }
            None => self.each_call_label(self.outermost(acquisition.function)),
        };
        Some(Verdict {
            missing,
            grades: vec![release_grade, self.second_with(acquisition)],
            holder: None,
            holder_name: self.describe(holder),
            why: vec![each, shown],
            teardown: Some(self.named(end)),
            is_self_rearming: false,
        })
    }

    /// Something that an object makes for itself, keeps in a field and does not end, though its end for good ends other things.
    pub(super) fn judge_forgotten_field(&self, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let function = acquisition.function;
        let owner = self.owner_around(function)?;
        let is_made_with_it =
            matches!(self.function(function).kind, FunctionKind::FieldInitializers) || self.is_constructor(function);
        let end = self.end_that_forgets(acquisition)?;
        if !is_made_with_it || self.is_one_of_its_kind(owner) || self.is_handed_back(acquisition) {
            return None;
        }
        if self.released_elsewhere(acquisition) != Elsewhere::Nothing || self.is_kept_by_closure(acquisition) {
            return None;
        }
        let (grade, why, _) = self.per_instance(owner)?;
        Some(Verdict {
            missing: Missing::Never,
            grades: vec![grade],
            holder: None,
            holder_name: String::new(),
            why,
            teardown: Some(self.named(end)),
            is_self_rearming: false,
        })
    }

    /// Whether a listener piles up if nothing takes it off, as far as the lives of its holder and its owner are in view.
    fn may_be_forgotten(&self, acquisition: &Acquisition<'_>, holder: ExprRef) -> bool {
        let function = acquisition.function;
        let region = self.region_of(holder, acquisition.origin.1);
        let is_lasting = matches!(region, Region::Process | Region::Outlives);
        let is_short = matches!(region, Region::Activation | Region::Owner(_) | Region::Owned(_));
        // A component's own elements go with it.
        let may_be_element =
            acquisition.entry.repeat == Repeat::NoOp && !is_lasting && !self.is_made_to_be_shared(holder);
        let goes_with_holder = || match self.owner_around(function) {
            Some(owner) => self.is_one_of_its_kind(owner) || self.ends_holder(owner, holder),
            None => self.ends_holder_here(function, holder),
        };
        let is_latched = || {
            let index = self.op_of(acquisition.call);
            index.is_none_or(|index| latch::is_idempotent(self, function, index))
        };
        acquisition.origin.0 == acquisition.call
            && !is_short
            && !may_be_element
            && self.repeats_call(acquisition.call) != Repeats::Once
            && !self.is_in_a_test(function)
            && !self.goes_when_fired(acquisition)
            && !self.waits_for_an_end(acquisition.call)
            && self.keeps_what_ends(acquisition)
            && !is_latched()
            && !self.is_guarded_by_callers(function)
            && !self.gives_a_disposer(acquisition)
            && !self.is_named_by_a_removal(acquisition)
            && !self.hands_on_the_listener(acquisition)
            && !goes_with_holder()
            && self.handed_in(holder) != Handed::Dies
    }

    /// Whether a removal in another function names the same event and listener, on whatever it is made.
    fn is_named_by_a_removal(&self, acquisition: &Acquisition<'_>) -> bool {
        let scope = self.release_scope(acquisition.function);
        let named = |call: CallRef| -> Vec<Path> {
            let parts = acquisition.entry.key.iter().skip(1);
            let parts = parts.filter_map(|part| self.key_expr(call, part));
            parts.map(|part| self.path(part)).collect()
        };
        let own = named(acquisition.call);
        let removals = self.calls_that_may_end(&acquisition.entry, &scope);
        removals
            .into_iter()
            .any(|call| self.calling(call) != acquisition.function && named(call) == own)
    }

    /// The removal that stands before the addition and is the only one, and the end of the owner that makes none:
    /// `watch(next) { this.last?.off('x', f); next.on('x', f); }`.
    fn replacing_removal(&self, acquisition: &Acquisition<'_>) -> Option<(FnRef, CallRef)> {
        let function = acquisition.function;
        let Elsewhere::Released(removals) = self.released_elsewhere(acquisition) else {
            return None;
        };
        let added = self.op_of(acquisition.call)?;
        let is_before =
            |&call: &CallRef| self.calling(call) == function && self.op_of(call).is_some_and(|at| at < added);
        let end = self.end_that_forgets(acquisition)?;
        let is_left = removals.iter().all(is_before)
            && self
                .owners
                .of_function(function)
                .is_some_and(|(_, is_static)| !is_static)
            && self.function(function).kind == FunctionKind::Method
            && !self.is_reached_from(function, end);
        is_left.then(|| (end, removals[0]))
    }

    /// Whether the listener keeps something that was to go: its object, or a variable of a call.
    fn keeps_what_ends(&self, acquisition: &Acquisition<'_>) -> bool {
        let Some(listener) = self.listening_function(acquisition) else {
            return false;
        };
        let is_method = matches!(self.path(listener).root, Root::Instance(_) | Root::This(_));
        is_method
            || self.functions_in(listener).iter().any(|&function| {
                let fact = self.function(function);
                fact.captures_this
                    || self
                        .owners
                        .of_function(function)
                        .is_some_and(|(_, is_static)| !is_static)
            })
            || self.keeps_activation(acquisition)
    }

    /// Another listener on the same holder that an end takes off.
    fn sibling_taken_off(&self, acquisition: &Acquisition<'_>, holder: ExprRef) -> Option<Sibling> {
        let function = acquisition.function;
        let scope = self.release_scope(function);
        let owner = self.owner_around(function);
        let outer = self.outermost(function);
        let name = self.callee_name(acquisition.call)?;
        let is_near = |call: CallRef| match owner {
            Some(owner) => self
                .owner_around(self.calling(call))
                .is_some_and(|other| self.are_relatives(owner, other)),
            None => self.is_within(self.calling(call), outer),
        };
        let siblings = self
            .calls_in(&scope)
            .filter(|&call| call != acquisition.call && self.callee_name(call) == Some(name) && is_near(call))
            .filter(|&call| self.receiver(call).is_some_and(|of| self.reads_the_same(of, holder, 0)))
            .take(MAX_SIBLINGS);
        siblings.into_iter().find_map(|added| {
            let sibling = self.acquisition(added)?;
            let may_end = self.calls_that_may_end(&sibling.entry, &scope);
            may_end.into_iter().take(MAX_SIBLINGS).find_map(|removal| {
                let end = self.end_of(removal)?;
                // What was put on elsewhere may be the half of a pair: `start` and `stop`.
                let is_pair = sibling.function == function || self.is_final(end);
                (is_pair && self.releases(&sibling, removal) != Match::No).then(|| Sibling {
                    name: self.describe_call(&sibling),
                    removal,
                    end,
                })
            })
        })
    }

    /// The end to which a call belongs: it stands in one, or in a function that only ends call.
    fn end_of(&self, call: CallRef) -> Option<FnRef> {
        let is_end = |&each: &FnRef| self.function_name(each).is_some_and(words::is_teardown) || self.is_final(each);
        let mut function = self.calling(call);
        for _ in 0..MAX_DEPTH {
            if let Some(end) = self.around(function).find(is_end) {
                return Some(end);
            }
            let [caller] = self.graph.callers(function)[..] else {
                return None;
            };
            function = self.calling(caller);
        }
        None
    }

    /// The end for good of the owner itself, if it gives other things back than what an acquisition leaves in a field.
    pub(super) fn end_that_forgets(&self, acquisition: &Acquisition<'_>) -> Option<FnRef> {
        let owner = self.owner_around(acquisition.function)?;
        let is_own = |end: FnRef| self.owners.of_function(end).is_some_and(|(of, _)| of == owner);
        self.teardowns_of(owner)
            .into_iter()
            .find(|&end| self.is_final(end) && is_own(end) && self.gives_back(end))
    }

    /// Whether a function ends its owner for good: nothing is put on again after it.
    fn is_final(&self, function: FnRef) -> bool {
        let Some(name) = self.function_name(function) else {
            return false;
        };
        let owner = self.owner_around(function);
        words::is_end_of_life(name) || owner.is_some_and(|owner| self.is_lifecycle_teardown(owner, name))
    }

    /// Whether two expressions read the same thing, also through calls that are given nothing: `Peg.get()`.
    fn reads_the_same(&self, a: ExprRef, b: ExprRef, depth: u32) -> bool {
        let (first, second) = (self.path(a), self.path(b));
        if first == second && !matches!(first.root, Root::Opaque(_)) {
            return true;
        }
        match (first, second) {
            (
                Path {
                    root: Root::Call(one),
                    steps,
                },
                Path {
                    root: Root::Call(other),
                    steps: others,
                },
            ) => {
                let callee = |call: CallRef| call.with(self.call(call).callee);
                depth < MAX_DEPTH
                    && steps == others
                    && self.call(one).args.is_empty()
                    && self.call(other).args.is_empty()
                    && self.call(one).how == self.call(other).how
                    && self.reads_the_same(callee(one), callee(other), depth + 1)
            }
            _ => false,
        }
    }
}
