//! Reactions on a promise that stays pending: each keeps what its round had, and none can be taken off.

use crate::catalog::effect::Resource;
use crate::diagnostic::{FileId, Place};
use crate::facts::body::{Op, Used};
use crate::facts::expr::{Expr, Literal};
use crate::facts::ids::{CallId, ExprId};

use super::super::Project;
use super::super::confidence::{Grade, confidence};
use super::super::effects::Invoked;
use super::super::path::{At, CallRef, ExprRef, FnRef, Path, Root};
use super::again::{Life, is_done_once};
use super::pending::Pending;
use super::{Holding, Retained};

/// Names of what is kept that a finding lists at most.
const MAX_KEPT: usize = 4;

/// Functions that give back the pause of another.
const MAX_PAUSES: u32 = 2;

/// A promise to which a call adds a reaction.
struct Reacted {
    promise: ExprRef,
    is_race: bool,
    /// What the reaction keeps, in the user's words, and where that stands.
    kept: Vec<String>,
    kept_at: Option<Place>,
    /// What is kept is worth nothing, such as the end of a pause, or is kept on purpose.
    is_light: bool,
}

impl Project<'_> {
    /// The reactions that pile up on promises that stay pending, in a file.
    pub(super) fn reactions_in(&self, file: FileId) -> Vec<Retained> {
        let calls = (0..self.facts(file).calls.len()).map(|index| At::new(file, CallId(index as u32)));
        calls.filter_map(|call| self.reaction(call)).collect()
    }

    fn reaction(&self, call: CallRef) -> Option<Retained> {
        self.reacted(call)
            .into_iter()
            .find_map(|reacted| self.retained_by(call, reacted))
    }

    /// The promises that a call reacts to and that somebody else may have made before.
    fn reacted(&self, call: CallRef) -> Vec<Reacted> {
        match self.callee_name(call) {
            Some("race" | "any") if self.is_race(call) => self.raced(call),
            Some("then" | "catch" | "finally") => self.handled(call).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn raced(&self, call: CallRef) -> Vec<Reacted> {
        let racers = self.racers(call);
        if racers.len() < 2 {
            return Vec::new();
        }
        let reacted = racers.iter().filter(|&&promise| self.may_be_older(promise));
        reacted
            .map(|&promise| {
                let others: Vec<ExprRef> = racers.iter().copied().filter(|&other| other != promise).collect();
                let kept = others.iter().filter_map(|&other| self.given_by(other));
                Reacted {
                    promise,
                    is_race: true,
                    kept: kept.take(MAX_KEPT).collect(),
                    kept_at: Some(self.callee_place(call)),
                    is_light: others.iter().all(|&other| self.gives_nothing(other)),
                }
            })
            .collect()
    }

    fn handled(&self, call: CallRef) -> Option<Reacted> {
        let promise = self.receiver(call).filter(|&of| self.may_be_older(of))?;
        let Invoked::Handlers { .. } = self.invoked(call) else {
            return None;
        };
        let fact = self.call(call);
        let handlers = fact.args.iter().flat_map(|&arg| self.functions_in(call.with(arg)));
        let handlers: Vec<_> = handlers.collect();
        let facts = self.facts(call.file);
        let mut kept: Vec<String> = Vec::new();
        for handler in handlers.iter().filter(|handler| handler.file == call.file) {
            let fact = facts.function(handler.id);
            let captured = fact.captures.iter().map(|&each| facts.name(facts.binding(each).name));
            let own = fact.captures_this.then_some("this");
            for name in captured.chain(own) {
                if !kept.iter().any(|known| known == name) && kept.len() < MAX_KEPT {
                    kept.push(name.to_owned());
                }
            }
        }
        let kept_at = handlers.first().map(|&handler| Place {
            file: handler.file,
            span: Self::short(self.function(handler).head),
        });
        Some(Reacted {
            promise,
            is_race: false,
            // What callers hand over is theirs, and an empty closure of which nobody keeps the promise is next to nothing.
            is_light: handlers.is_empty() || kept.is_empty() && fact.used == Used::Dropped || self.is_waited_for(call),
            kept,
            kept_at,
        })
    }

    /// Whether somebody waits on purpose for what a link of a chain gives, or is given it to do so.
    fn is_waited_for(&self, call: CallRef) -> bool {
        let function = self.calling(call);
        let is_it = |value: ExprId| matches!(*self.expr(function.with(value)), Expr::Call(id) if id == call.id);
        matches!(self.call(call).used, Used::Returned | Used::AwaitedDropped)
            || self
                .function(function)
                .ops
                .iter()
                .any(|op| matches!(*op, Op::Await(value) | Op::Return(Some(value)) if is_it(value)))
    }

    /// Whether an expression is a name of a promise, not what makes one.
    fn may_be_older(&self, promise: ExprRef) -> bool {
        matches!(
            self.expr(promise),
            Expr::Binding(_) | Expr::Member { .. } | Expr::Import { .. }
        )
    }

    fn retained_by(&self, call: CallRef, reacted: Reacted) -> Option<Retained> {
        let pending = self.pending(reacted.promise)?;
        let function = self.calling(call);
        let maker = self.calling(pending.made);
        let is_local = function.file == maker.file && self.is_within(function, maker) && !self.is_constructor(maker);
        let life = Life {
            made: pending.made,
            owner: (!is_local && !self.is_module_body(maker))
                .then(|| self.owner_around(maker))
                .flatten(),
        };
        let again = self.comes_again(life, function, self.op_of(call)?)?;
        let mut grades = vec![pending.grade, again.grade];
        if reacted.is_light {
            grades.push(Grade::Third);
        }
        // A promise that a method makes anew may be another one by the next call.
        let is_made_once = self.is_module_body(maker)
            || self.is_constructor(maker)
            || self.function_name(maker).is_some_and(is_done_once);
        if life.owner.is_some() && again.grade == Grade::Second && !is_made_once {
            grades.push(Grade::Third);
        }
        // What a reaction weighs is a doubt of its own only where there is no other.
        if !again.is_served && grades.iter().all(|&grade| grade == Grade::First) {
            grades.push(Grade::Second);
        }
        let Pending { made, end, why, .. } = pending;
        let mut labels = vec![why];
        labels.extend(again.why);
        Some(Retained {
            place: self.place(call.file, Self::short(self.call(call).statement)),
            holding: Holding::Reaction {
                is_race: reacted.is_race,
                end,
            },
            holder: self.describe(reacted.promise),
            made_at: self.place(made.file, Self::short(self.call(made).span)),
            why: labels,
            kept: reacted.kept,
            kept_at: reacted.kept_at,
            confidence: confidence(&grades),
        })
    }

    /// What a racer is called, if its value has a name: `stream.next(…)`.
    fn given_by(&self, racer: ExprRef) -> Option<String> {
        let words = self.describe(racer);
        (!words.contains("new Promise") && words != "…").then_some(words)
    }

    /// `once(stream, 'drain')`: an event that comes again and again and says no more than that.
    fn waits_for_a_tick(&self, call: CallRef) -> bool {
        let event = self.argument(call, 1).map(|event| self.path(event).root);
        self.callee_name(call) == Some("once")
            && matches!(event, Some(Root::Text(event)) if self.catalog.is_recurring(self.text(event)))
    }

    /// Whether a racer is a pause, or settles with nothing: by a name that may silence.
    fn gives_nothing(&self, racer: ExprRef) -> bool {
        let Path {
            root: Root::Call(call),
            steps,
        } = self.path(racer)
        else {
            return matches!(self.expr(racer), Expr::Literal(Literal::Undefined | Literal::Null));
        };
        if !steps.is_empty() {
            return false;
        }
        let pauses = |name: &str| {
            let name = name.to_ascii_lowercase();
            let mut words = ["sleep", "wait", "timeout", "timer", "pause", "tick"].iter();
            words.any(|word| name.contains(word))
        };
        self.is_pause(call, 0) || self.callee_name(call).is_some_and(pauses) || self.waits_for_a_tick(call)
    }

    /// Whether a call gives a promise that a timeout settles: `new Promise((resolve) => setTimeout(resolve, ms))`, or a
    /// function of the project that returns one.
    fn is_pause(&self, call: CallRef, depth: u32) -> bool {
        let is_timeout = |call| {
            let acquired = self.acquisition(call);
            acquired.is_some_and(|acquired| acquired.resource() == Resource::Timeout)
        };
        if let Invoked::Executor(executor) = self.invoked(call) {
            return self.nested(executor).any(|each| {
                let mut ops = self.function(each).ops.iter();
                ops.any(|op| matches!(*op, Op::Call(call) if is_timeout(each.with(call))))
            });
        }
        let gives_pause = |function: FnRef| {
            let mut ops = self.function(function).ops.iter();
            ops.any(|op| match *op {
                Op::Return(Some(value)) | Op::Await(value) => {
                    matches!(*self.expr(function.with(value)), Expr::Call(id) if self.is_pause(function.with(id), depth + 1))
                }
                _ => false,
            })
        };
        is_timeout(call) || depth < MAX_PAUSES && self.callees(call).into_iter().any(gives_pause)
    }
}
