//! Listeners: added again and again to something that outlives them.

use crate::catalog::effect::{Holder, Repeat, Resource};
use crate::diagnostic::{Confidence, Label, Place};
use crate::facts::body::{FunctionKind, Op};

use super::super::acquisition::Acquisition;
use super::super::calls::Tier;
use super::super::confidence::{Grade, confidence};
use super::super::duty::{Engine, Release};
use super::super::model::Missing;
use super::super::path::{ExprRef, FnRef, OwnerId, Path, Root};
use super::super::region::Region;
use super::super::repetition::Repeats;
use super::super::{Project, latch, words};
use super::given::Handed;
use super::{Pile, Verdict};

/// How sure a verdict is, given how sure it is that the call acquires.
fn confidence_of(verdict: &Verdict, tier: Grade) -> Confidence {
    let grades = verdict.grades.iter().copied().chain([tier]);
    confidence(&grades.collect::<Vec<_>>())
}

impl Project<'_> {
    /// What is known of a listener by itself, or, where that is little, by what is done with its siblings.
    pub(super) fn judge_any_listener(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let judged = self.judge_listener(engine, acquisition);
        let tier = Grade::from(acquisition.tier);
        match judged {
            Some(verdict) if confidence_of(&verdict, tier) != Confidence::Low => Some(verdict),
            little => self.judge_forgotten(engine, acquisition).or(little),
        }
    }

    fn judge_listener(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let function = acquisition.function;
        let Some(holder) = self.holder_expr(acquisition) else {
            return self.judge_process_listener(engine, acquisition);
        };
        let region = self.region_of(holder, acquisition.origin.1);
        let is_wrapped = acquisition.origin.0 != acquisition.call;
        if is_wrapped && region != Region::Process {
            return None;
        }
        if matches!(region, Region::Activation | Region::Unknown)
            || matches!(region, Region::Owned(_)) && self.is_constructor(function)
        {
            return None;
        }
        let index = self.op_of(acquisition.call)?;
        if latch::is_idempotent(self, function, index)
            || self.removes_first(acquisition, index)
            || self.is_guarded_by_callers(function)
            || self.gives_a_disposer(acquisition)
            || self.hands_on_the_listener(acquisition)
            || self.is_for_the_caller(acquisition, &region)
            || region != Region::Process && self.ends_holder_here(function, holder)
        {
            return None;
        }
        // What each call adds to its own object is not bounded by what the object's end removes.
        let accumulates = matches!(region, Region::Owner(_) | Region::Owned(_));
        let (missing, release_grade) = match self.settle_group(function) {
            // What its own callback lets go of in the end is no matter of how the promise is settled.
            Some(_) if engine.release(self, acquisition) == Release::Always => return None,
            Some(group) => match engine.release_on_settle(self, acquisition, &group) {
                Some(Release::Always | Release::Escapes(_)) => return None,
                Some(Release::Sometimes { missed, .. }) => {
                    let (labels, grade) = self.missed_labels(&missed)?;
                    (Missing::OnSomePath(labels), grade)
                }
                Some(Release::Never) | None => self.missing_release(engine, acquisition, accumulates)?,
            },
            None => self.missing_release(engine, acquisition, accumulates)?,
        };
        let repeats = self.repeats_anew(acquisition, self.repeats_call(acquisition.call));
        let at = self.receiver_place(acquisition.call);
        let label = self.holder_label(holder, &region, at);
        let loses = self.loses_a_race(acquisition);
        if matches!(region, Region::Owner(_)) && self.is_constructor(function) {
            return None;
        }
        let (grade, why, teardown) = match region {
            Region::Process => self.on_lasting_holder(acquisition, holder, repeats)?,
            Region::Outlives => match repeats {
                Repeats::Many(why) => (Grade::First, why, None),
                Repeats::Often(why) => (Grade::Second, why, None),
                Repeats::PerCall(of) => (Grade::Second, vec![self.each_call_label(of)], None),
                _ => return None,
            },
            // What waits once for an answer is mostly answered.
            Region::Owner(_) | Region::Owned(_) | Region::Injected(..) | Region::Given(_)
                if self.goes_when_fired(acquisition)
                    && !loses
                    && missing == Missing::Never
                    && !repeats.is_many()
                    && !self.is_made_to_be_shared(holder)
                    && !self.may_be_left(acquisition, &repeats) =>
            {
                return None;
            }
            Region::Owner(_) | Region::Owned(_) => self.self_accumulation(acquisition, repeats)?,
            Region::Injected(owner, _) if !loses && self.ends_holder(owner, holder) => return None,
            Region::Injected(owner, _) => self.injected(acquisition, owner, repeats)?,
            Region::Given(of) if self.scope_of(of).is_some() => {
                self.given_to_scope(engine, acquisition, of, repeats)?
            }
            Region::Given(of) => self.given(engine, acquisition, of, repeats)?,
            Region::Activation | Region::Unknown => return None,
        };
        let grade = if loses {
            grade.min(self.second_with(acquisition))
        } else {
            grade
        };
        Some(Verdict {
            missing,
            grades: vec![release_grade, grade],
            holder: Some(label),
            holder_name: self.describe(holder),
            why,
            teardown,
            is_self_rearming: false,
        })
    }

    /// A listener on what lives as long as the process.
    fn on_lasting_holder(&self, acquisition: &Acquisition<'_>, holder: ExprRef, repeats: Repeats) -> Option<Pile> {
        let function = acquisition.function;
        let is_seldom = !repeats.is_many();
        let is_by_event = matches!(repeats, Repeats::Often(_)) && !self.is_made_to_be_shared(holder);
        let is_once_in_a_life = || self.is_run_once_in_a_life(function) || self.is_body_of_an_instance(function);
        if self.is_in_the_whole_program(function) && (is_seldom || is_once_in_a_life())
            || self.is_begun_by_the_program(function)
        {
            return None;
        }
        let (grade, why, teardown) = self.on_process_holder(holder, function, repeats)?;
        let path = self.path(holder);
        // What the page itself tells once comes again soon: a key, the focus.
        let is_soon_gone = acquisition.entry.repeat == Repeat::NoOp
            && self.goes_when_fired(acquisition)
            && matches!(path.root, Root::Global(_))
            && path.is_root();
        // A question that waits once for its answer is mostly answered.
        let is_question =
            (acquisition.tier == Tier::Shape || is_by_event || self.waits_for_recurring(acquisition.call))
                && self.goes_when_fired(acquisition);
        if is_soon_gone || is_question {
            return Some((Grade::Third, why, teardown));
        }
        let grade = grade.max(self.activation_grade(function));
        // What a framework makes and ends again and again, on an import of which only the call's shape is known: one doubt.
        let is_made_by_a_framework = || {
            let owner = self.owner_around(function);
            owner.is_some_and(|owner| self.comes_and_goes(owner) && !self.is_emptied_by_an_end(owner, &path))
        };
        let is_import = acquisition.tier == Tier::Shape && matches!(path.root, Root::Package(_));
        let grade = match grade {
            Grade::Second if is_import && is_made_by_a_framework() => Grade::First,
            grade => grade,
        };
        Some((grade, why, teardown))
    }

    /// Whether an end of an owner tells a holder something as a whole: `themes.clear()`. That may take everything off it.
    fn is_emptied_by_an_end(&self, owner: OwnerId, holder: &Path) -> bool {
        let ends = self.teardowns_of(owner);
        let functions = ends.into_iter().flat_map(|end| self.nested(end).collect::<Vec<_>>());
        functions.into_iter().any(|function| {
            self.function(function).ops.iter().any(|op| match *op {
                Op::Call(call) => {
                    let call = function.with(call);
                    let told = self.receiver(call).map(|of| self.path(of));
                    self.call(call).args.len() < 2 && told.as_ref() == Some(holder)
                }
                _ => false,
            })
        })
    }

    /// Whether the duty is the caller's; nobody has it where a caller in view comes again and again to what outlives all.
    fn is_for_the_caller(&self, acquisition: &Acquisition<'_>, region: &Region) -> bool {
        let is_shared = *region == Region::Process;
        self.registers_for_the_caller(acquisition, is_shared)
            && !(is_shared && self.repeats_call(acquisition.call).is_many())
    }

    /// A listener that the runtime itself holds, or a global that the call does not name: `addEventListener("resize", f)`.
    pub(super) fn judge_process_listener(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let named = match &acquisition.entry.holder {
            Holder::Process => None,
            Holder::Value(export) => Some(export.members.join(".")),
            Holder::At(_) => return None,
        };
        let index = self.op_of(acquisition.call)?;
        if latch::is_idempotent(self, acquisition.function, index)
            || self.removes_first(acquisition, index)
            || self.is_guarded_by_callers(acquisition.function)
            || self.hands_on_the_listener(acquisition)
            || self.is_for_the_caller(acquisition, &Region::Process)
        {
            return None;
        }
        let (missing, release_grade) = self.missing_release(engine, acquisition, false)?;
        let repeats = self.repeats_anew(acquisition, self.repeats_call(acquisition.call));
        let (grade, why, teardown) = self.on_long_lived(acquisition.function, repeats)?;
        let is_soon_gone = acquisition.entry.repeat == Repeat::NoOp && self.goes_when_fired(acquisition);
        let grade = if is_soon_gone {
            Grade::Third
        } else {
            grade.max(self.activation_grade(acquisition.function))
        };
        let label = |name: &String| {
            let text = format!("`{name}` holds it and lives as long as the process");
            Label::new(self.callee_place(acquisition.call), text)
        };
        Some(Verdict {
            missing,
            grades: vec![release_grade, grade],
            holder: named.as_ref().map(label),
            holder_name: named.unwrap_or_else(|| "the process".to_owned()),
            why,
            teardown,
            is_self_rearming: false,
        })
    }

    /// As [`Self::process_repetition`]; what a library's exports add to its own emitter is added again and again.
    pub(super) fn on_process_holder(&self, holder: ExprRef, function: FnRef, repeats: Repeats) -> Option<Pile> {
        let is_exported = matches!(repeats, Repeats::PerCall(_))
            && self.owner_around(function).is_none()
            && self.is_library(function.file);
        let is_own = !matches!(self.path(holder).root, Root::Global(_) | Root::Package(_));
        let (grade, why, teardown) = self.on_long_lived(function, repeats)?;
        Some((
            if is_exported && is_own {
                grade.min(Grade::Second)
            } else {
                grade
            },
            why,
            teardown,
        ))
    }

    /// As [`Self::process_repetition`]; an end that is one by its name alone misses nothing, and what is named for set-up
    /// runs once in most programs, also where it has a counterpart.
    fn on_long_lived(&self, function: FnRef, repeats: Repeats) -> Option<Pile> {
        let is_setup = self
            .around(function)
            .filter_map(|each| self.function_name(each))
            .any(words::is_setup);
        if self
            .owner_around(function)
            .is_some_and(|owner| !repeats.is_seen() && self.is_one_of_its_kind(owner))
        {
            return None;
        }
        let is_maybe_once = matches!(repeats, Repeats::Often(_)) && is_setup;
        let is_free = self.owner_around(function).is_none();
        let (grade, why, teardown) = self.process_repetition(function, repeats)?;
        Some(match (teardown, self.witnessed_end(function)) {
            (None, _) if is_maybe_once => (Grade::Third, why, None),
            (None, _) => (grade, why, None),
            (Some(_), None) => (Grade::Third, why, None),
            (Some(_), Some(_)) if is_setup && is_free => (Grade::Third, why, None),
            (Some(_), Some(end)) => (grade, why, Some(self.named(end))),
        })
    }

    /// A method that adds to its own object at each call, something that belongs to that call.
    pub(super) fn self_accumulation(&self, acquisition: &Acquisition<'_>, repeats: Repeats) -> Option<Pile> {
        if !self.keeps_activation(acquisition) || self.only_forwards(acquisition) {
            return None;
        }
        let function = acquisition.function;
        if self.owner_around(function).is_some() && self.is_once_per_instance(function) {
            return None;
        }
        let is_left = self.may_be_left(acquisition, &repeats);
        match repeats {
            Repeats::Many(why) => Some((Grade::First, why, None)),
            Repeats::Often(why) if is_left => Some((Grade::Second, why, None)),
            // As often as an event comes, which may be once in the object's life.
            Repeats::Often(why) => Some((Grade::Third, why, None)),
            Repeats::PerCall(of) => {
                let why = self.each_call_label(of);
                Some((self.each_call(acquisition, of), vec![why], None))
            }
            Repeats::Once | Repeats::PerOwner(_) | Repeats::Unknown => None,
        }
    }

    pub(super) fn each_call_label(&self, of: FnRef) -> Label {
        let name = self.function_name(of).unwrap_or("this function");
        let place = Place {
            file: of.file,
            span: self.function(of).head,
        };
        Label::new(place, format!("each call of `{name}` adds one more"))
    }

    /// How sure it is that a method runs again on the same object: one that is handed something is made for that, unless
    /// its name says that it sets up or answers.
    fn each_call(&self, acquisition: &Acquisition<'_>, of: FnRef) -> Grade {
        let is_setup = self
            .function_name(of)
            .is_some_and(|name| words::is_setup(name) || words::is_once_per_object(name));
        if is_setup || self.function(of).params.is_empty() && !self.may_be_left(acquisition, &Repeats::PerCall(of)) {
            Grade::Third
        } else {
            self.second_with(acquisition)
        }
    }

    /// `on(event, handler) { this.emitter.on(event, handler) }`: the event is the caller's, and so is the duty.
    pub(super) fn only_forwards(&self, acquisition: &Acquisition<'_>) -> bool {
        let event = acquisition
            .entry
            .key
            .get(1)
            .and_then(|part| self.key_expr(acquisition.call, part));
        event.is_some_and(|event| matches!(self.path(event).root, Root::Param(..) | Root::Rest(..)))
    }

    /// Whether what the listener keeps belongs to the call: a parameter, a variable of the function.
    pub(super) fn keeps_activation(&self, acquisition: &Acquisition<'_>) -> bool {
        let Some(keeps) = &acquisition.entry.keeps else {
            return false;
        };
        let function = acquisition.function;
        self.place_exprs(acquisition.call, keeps).into_iter().any(|expr| {
            let path = self.path(expr);
            match path.root {
                Root::Param(of, _) => of == function,
                Root::Function(handler) => self.function(handler).captures.iter().any(|&captured| {
                    let declared = handler.with(self.facts(handler.file).binding(captured).function);
                    self.is_within(declared, function) || declared == function
                }),
                _ => false,
            }
        })
    }

    /// A listener on something that was given to an owner: the owner's end has to take it off.
    pub(super) fn injected(&self, acquisition: &Acquisition<'_>, owner: OwnerId, repeats: Repeats) -> Option<Pile> {
        let class = self
            .owners
            .get(owner)
            .name
            .map_or("this object", |name| self.text(name))
            .to_owned();
        if !repeats.is_seen() && self.is_one_of_its_kind(owner) {
            return None;
        }
        let teardown = self.witnessed_end(acquisition.function).map(|end| self.named(end));
        // Made for this object by whoever makes it: both go together.
        let handed = self.handed_in(self.holder_expr(acquisition)?);
        let lives_on = match handed {
            Handed::Dies => return None,
            Handed::Shared | Handed::Outlives => self.second_with(acquisition),
            Handed::Unknown => Grade::Third,
        };
        let of_call =
            self.keeps_activation(acquisition) && self.function(acquisition.function).kind != FunctionKind::Constructor;
        match repeats {
            Repeats::Many(why) => Some((lives_on, why, teardown)),
            Repeats::Often(why) => Some((Grade::Third, why, teardown)),
            Repeats::PerCall(of) if of_call => {
                let why = self.each_call_label(of);
                if self.is_once_per_instance(acquisition.function) {
                    return None;
                }
                // What was there before the object was made outlives each call of its methods.
                Some((self.each_call(acquisition, of), vec![why], teardown))
            }
            Repeats::Once => None,
            Repeats::PerOwner(_) | Repeats::PerCall(_) | Repeats::Unknown => {
                let why = vec![Label::new(
                    self.owner_place(owner),
                    format!("each `{class}` adds one more"),
                )];
                let grade = if teardown.is_some() || handed == Handed::Shared {
                    lives_on
                } else {
                    Grade::Third
                };
                Some((grade, why, teardown))
            }
        }
    }

    /// Second grade for a holder that is ordered by rule; where the call is known by its shape alone, that one doubt counts for both.
    pub(super) fn second_with(&self, acquisition: &Acquisition<'_>) -> Grade {
        if acquisition.tier == Tier::Shape {
            Grade::First
        } else {
            Grade::Second
        }
    }

    /// Whether the owner itself ends what it was given, or lives until that ends: either way its listeners go together with it.
    pub(super) fn ends_holder(&self, owner: OwnerId, holder: ExprRef) -> bool {
        let held = self.path(holder);
        let methods = self.relatives(owner).into_iter().flat_map(|each| {
            let owner = self.owners.get(each);
            owner
                .methods
                .values()
                .copied()
                .chain(owner.constructor)
                .collect::<Vec<_>>()
        });
        methods
            .flat_map(|method| self.nested(method).collect::<Vec<_>>())
            .any(|function| {
                self.function(function).ops.iter().any(|op| match *op {
                    Op::Call(call) => {
                        let call = function.with(call);
                        let ends = self.callee_name(call).is_some_and(words::is_final) || self.waits_for_an_end(call);
                        ends && self.receiver(call).is_some_and(|of| self.path(of) == held)
                    }
                    _ => false,
                })
            })
    }

    /// A listener on what a component was given, or shares with others: it stays when the effect runs again and when the
    /// component is gone.
    fn given_to_scope(
        &self,
        engine: &mut Engine,
        acquisition: &Acquisition<'_>,
        of: FnRef,
        repeats: Repeats,
    ) -> Option<Pile> {
        let Some(effect) = self.effect_around(acquisition.function) else {
            return self.given(engine, acquisition, of, repeats);
        };
        if self.handed_in(self.holder_expr(acquisition)?) == Handed::Dies {
            return None;
        }
        let grade = if self.has_teardown(effect) {
            self.second_with(acquisition)
        } else {
            Grade::Third
        };
        let (Repeats::Many(why) | Repeats::Often(why)) = repeats else {
            return None;
        };
        Some((grade, why, None))
    }

    /// A listener on a parameter: it counts only if it keeps something of the call.
    pub(super) fn given(
        &self,
        engine: &mut Engine,
        acquisition: &Acquisition<'_>,
        of: FnRef,
        repeats: Repeats,
    ) -> Option<Pile> {
        let name = self.function_name(of).unwrap_or("this function");
        if !self.keeps_activation(acquisition)
            || words::is_setup(name)
            || repeats == Repeats::Once
            || self.works_for_the_caller(acquisition, of)
        {
            return None;
        }
        let is_many = repeats.is_many();
        let why = match repeats {
            Repeats::Many(why) => why,
            _ => vec![self.each_call_label(of)],
        };
        let holder = self.holder_expr(acquisition)?;
        // Most functions that are given an emitter set it up, once per object; a signal is made to be handed to many.
        let grade = match self.handed_in(holder) {
            Handed::Dies => return None,
            Handed::Outlives if self.is_made_to_be_shared(holder) => Grade::First,
            // One after another in view, but of work that may itself end soon.
            Handed::Shared if self.is_made_to_be_shared(holder) => match is_many {
                true => Grade::First,
                false => Grade::Second,
            },
            Handed::Shared if is_many => Grade::Second,
            // Whoever imports the function may hand in the signal of the whole program; so may others, where the function
            // gives back at its end what else it took.
            Handed::Unknown
                if self.is_made_to_be_shared(holder)
                    && (self.is_an_entry(of) && !self.is_application(of.file)
                        || self.clears_its_timers(engine, acquisition.function)) =>
            {
                Grade::Second
            }
            Handed::Shared | Handed::Outlives | Handed::Unknown => Grade::Third,
        };
        Some((grade, why, None))
    }

    /// Whether a function clears a timer that it has started.
    fn clears_its_timers(&self, engine: &mut Engine, function: FnRef) -> bool {
        let started = self.function(function).ops.iter().filter_map(|op| match *op {
            Op::Call(call) => self.acquisition(function.with(call)),
            _ => None,
        });
        let mut timers = started.filter(|each| matches!(each.resource(), Resource::Timeout | Resource::Interval));
        timers.any(|timer| {
            let outcome = engine.release(self, &timer);
            matches!(outcome, Release::Always | Release::Sometimes { is_released: true, .. })
        })
    }

    /// Whether what the listener keeps goes to the caller, who alone knows when it is done with: `return controller.signal`.
    pub(super) fn works_for_the_caller(&self, acquisition: &Acquisition<'_>, function: FnRef) -> bool {
        let handlers = self.call(acquisition.call).args.iter();
        let handlers = handlers.flat_map(|&arg| self.functions_in(acquisition.call.with(arg)));
        let kept: Vec<Root> = handlers
            .flat_map(|handler| {
                let captures = &self.function(handler).captures;
                captures.iter().map(move |&captured| handler.with(captured))
            })
            .flat_map(|captured| {
                let values = &self.facts(captured.file).binding(captured.id).values;
                values.iter().map(move |&value| captured.with(value))
            })
            .map(|value| self.path(value).root)
            .filter(|root| matches!(root, Root::Call(_)))
            .collect();
        self.function(function).ops.iter().any(|op| match *op {
            Op::Return(Some(value)) => kept.contains(&self.path(function.with(value)).root),
            _ => false,
        })
    }

    /// Whether the same listener is taken off before it is put on: at most one at a time.
    pub(super) fn removes_first(&self, acquisition: &Acquisition<'_>, index: usize) -> bool {
        let function = acquisition.function;
        self.function(function).ops[..index].iter().any(|op| match *op {
            Op::Call(call) => self.releases(acquisition, function.with(call)) != super::super::value::Match::No,
            _ => false,
        })
    }
}
