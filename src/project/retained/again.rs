//! Whether a line comes again while something lives that was made before it.
//!
//! How often a line runs in the life of the process says nothing of that: a method that every request calls may be called
//! once for each object.

use crate::catalog::effect::Per;
use crate::diagnostic::{Label, Place};
use crate::facts::body::{FunctionKind, Op};
use crate::facts::ids::Span;

use super::super::confidence::Grade;
use super::super::effects::Invoked;
use super::super::path::{CallRef, FnRef, OwnerId, Root};
use super::super::repetition::Repeats;
use super::super::rounds::Rounds;
use super::super::{Project, words};

/// Callers that are followed upward.
const MAX_DEPTH: usize = 6;
/// Callers of one function that are looked at.
const MAX_CALLERS: usize = 24;

/// What was made, and whose it is.
#[derive(Clone, Copy)]
pub(super) struct Life {
    pub made: CallRef,
    /// The object that keeps it, where it outlives the function that made it.
    pub owner: Option<OwnerId>,
}

/// Why a line comes again in that life.
pub(super) struct Again {
    pub grade: Grade,
    pub why: Vec<Label>,
    /// Each time is for a request, connection or message of its own.
    pub is_served: bool,
}

impl Project<'_> {
    /// Why an operation of a function comes again while what was made lives on; `None` if nothing shows that it does.
    pub(super) fn comes_again(&self, life: Life, function: FnRef, index: usize) -> Option<Again> {
        self.comes_again_within(life, function, index, &mut Vec::new())
    }

    fn comes_again_within(&self, life: Life, function: FnRef, index: usize, seen: &mut Vec<FnRef>) -> Option<Again> {
        if let Some(span) = self.open_loop_around(life, function, index) {
            let place = self.place(function.file, span);
            return Some(Again {
                grade: Grade::First,
                why: vec![Label::new(place, "this loop runs it again and again")],
                is_served: false,
            });
        }
        // Made by this very run, or by something in it.
        if self.is_within(self.calling(life.made), function) || seen.contains(&function) || seen.len() >= MAX_DEPTH {
            return None;
        }
        if let Some(call) = self.next_round(function) {
            let name = self.function_name(function).unwrap_or("this function");
            return Some(Again {
                grade: Grade::First,
                why: vec![Label::new(
                    self.callee_place(call),
                    format!("each round of `{name}` starts the next"),
                )],
                is_served: false,
            });
        }
        seen.push(function);
        let by_runner = self.graph.passed(function).iter();
        let by_runner = by_runner.filter_map(|&(call, position)| self.run_again(life, call, position, seen));
        let mut found = by_runner.min_by_key(|again| again.grade);
        let callers = self.graph.callers(function);
        for &call in callers.iter().take(MAX_CALLERS) {
            if found.as_ref().is_some_and(|known| known.grade == Grade::First) {
                break;
            }
            let called = self.called_again(life, function, call, seen);
            found = match (found, called) {
                (Some(known), Some(other)) => Some(if other.grade < known.grade { other } else { known }),
                (known, other) => known.or(other),
            };
        }
        seen.pop();
        found.or_else(|| self.called_by_others(life, function))
    }

    /// The innermost loop around an operation that goes on until something happens and has not what was made in it.
    fn open_loop_around(&self, life: Life, function: FnRef, index: usize) -> Option<Span> {
        let made_at = (self.calling(life.made) == function)
            .then(|| self.op_of(life.made))
            .flatten();
        let goes_on = |&at: &usize| {
            made_at.is_none_or(|made| made < at || made > self.end_of_loop(function, at))
                && self.rounds(function, at) != Rounds::Counted
        };
        let at = self.open_loops(function, index).into_iter().rev().find(goes_on)?;
        Some(self.head_of_loop(function, at))
    }

    fn end_of_loop(&self, function: FnRef, at: usize) -> usize {
        let ops = &self.function(function).ops;
        let Op::Loop(label) = ops[at] else { return at };
        let end = ops[at..].iter().position(|op| *op == Op::EndLoop(label));
        end.map_or(ops.len(), |end| at + end)
    }

    /// The call in a function, or in a closure of it, by which a round starts the next with what it was given itself.
    fn next_round(&self, function: FnRef) -> Option<CallRef> {
        let is_same = |call: CallRef| {
            let args = &self.call(call).args;
            args.iter().enumerate().all(|(position, &arg)| {
                let path = self.path(call.with(arg));
                path.is_root() && path.root == Root::Param(function, position as u16)
            })
        };
        let callers = self.graph.callers(function).iter().copied();
        callers
            .filter(|&call| self.is_within(self.calling(call), function) && self.is_on_the_same(call))
            .find(|&call| is_same(call))
    }

    /// Whether a call of a function in itself is of the same object, if it is a method.
    pub(super) fn is_on_the_same(&self, call: CallRef) -> bool {
        self.receiver(call).is_none_or(|of| {
            let path = self.path(of);
            let is_named = matches!(
                path.root,
                Root::Instance(_) | Root::This(_) | Root::Static(_) | Root::Object(_) | Root::Namespace(_)
            );
            path.is_root() && is_named
        })
    }

    /// A function that is handed to a call: by what runs it, or as a part of the function that makes the call.
    fn run_again(&self, life: Life, call: CallRef, position: u16, seen: &mut Vec<FnRef>) -> Option<Again> {
        let runs = self.runs_of(call, position);
        if let Some((run, _)) = runs.iter().find(|(run, _)| run.per != Per::Event).or(runs.first()) {
            let is_served = matches!(run.per, Per::Request | Per::Connection | Per::Message);
            let (grade, why) = match self.per_repeats(run.per, self.callee_place(call), None)? {
                Repeats::Many(why) => (Grade::First, why),
                Repeats::Often(why) => (Grade::Second, why),
                Repeats::Once | Repeats::PerOwner(_) | Repeats::Unknown | Repeats::PerCall(_) => return None,
            };
            return Some(Again { grade, why, is_served });
        }
        match self.invoked(call) {
            Invoked::Executor(_) | Invoked::Handlers { .. } | Invoked::Now { .. } => {
                let caller = self.calling(call);
                let index = self.op_of(call)?;
                self.comes_again_within(life, caller, index, seen)
            }
            Invoked::Nothing => None,
        }
    }

    /// A caller of a function, on the same object or on one that it has made itself.
    fn called_again(&self, life: Life, function: FnRef, call: CallRef, seen: &mut Vec<FnRef>) -> Option<Again> {
        let caller = self.calling(call);
        let index = self.op_of(call)?;
        let is_method = self
            .owners
            .of_function(function)
            .is_some_and(|(_, is_static)| !is_static);
        let life = match self.receiver(call).filter(|_| life.owner.is_some() && is_method) {
            Some(of) => match self.path(of).root {
                Root::Instance(_) | Root::This(_) if self.path(of).is_root() => life,
                Root::Call(made) => Life { made, ..life },
                _ => return None,
            },
            None => life,
        };
        let mut again = self.comes_again_within(life, caller, index, seen)?;
        if !again.why.is_empty() {
            let name = self.function_name(function).unwrap_or("this function");
            again
                .why
                .push(Label::new(self.callee_place(call), format!("which calls `{name}`")));
        }
        Some(again)
    }

    /// A method of a long-lived object, or a function of a library, which anybody may call again.
    fn called_by_others(&self, life: Life, function: FnRef) -> Option<Again> {
        let name = self.function_name(function)?;
        let is_open = match life.owner {
            Some(owner) => {
                let of = self.owners.of_function(function).map(|(of, _)| of);
                of.is_some_and(|of| self.bases(of).contains(&owner) || self.bases(owner).contains(&of))
                    && !self.is_private(function)
                    && self.function(function).kind != FunctionKind::Constructor
            }
            None => {
                let maker = self.calling(life.made);
                let is_module = self.is_module_body(maker);
                is_module && self.is_exported(function) && self.is_library(function.file)
                    || !is_module && self.is_given_by(function, maker)
            }
        };
        if !is_open || is_done_once(name) {
            return None;
        }
        let place = Place {
            file: function.file,
            span: Self::short(self.function(function).head),
        };
        Some(Again {
            grade: Grade::Second,
            why: vec![Label::new(place, format!("each call of `{name}` adds one more"))],
            is_served: false,
        })
    }

    /// Whether a function is in an object that another one gives to its callers: `return { send() {}, close() {} }`.
    fn is_given_by(&self, function: FnRef, maker: FnRef) -> bool {
        let Some(object) = self.owners.object_of(function) else {
            return false;
        };
        let gives = |value| self.path(maker.with(value)).root == Root::Object(object);
        let ops = &self.function(maker).ops;
        ops.iter()
            .any(|op| matches!(*op, Op::Return(Some(value)) if gives(value)))
    }
}

/// Whether a method is named for what an object does once in its life.
pub(super) fn is_done_once(name: &str) -> bool {
    let bare = name.trim_start_matches(['_', '#', '$']);
    words::is_setup(bare)
        || words::is_end(name)
        || words::is_teardown(name)
        || ["run", "connect", "open", "listen", "launch"]
            .iter()
            .any(|word| bare.to_ascii_lowercase().starts_with(word))
}
