//! Promises that stay pending: made once, and settled only at the end of what made them.

use crate::diagnostic::{Label, Place};
use crate::facts::body::Op;

use super::super::Project;
use super::super::confidence::Grade;
use super::super::effects::Invoked;
use super::super::path::{CallRef, ExprRef, FnRef, Path, Root, Step};
use super::Announced;
use super::ending::Fate;

/// Functions that give back what others give, and links of a chain, which are followed.
const MAX_DEPTH: u32 = 4;

/// A promise that stays pending until what made it comes to its end.
pub(super) struct Pending {
    /// The call that makes it.
    pub made: CallRef,
    pub end: Announced,
    /// Why it stays pending.
    pub why: Label,
    pub grade: Grade,
}

impl Project<'_> {
    /// What is known of a promise that stays pending; `None` if nothing shows that it does.
    pub(super) fn pending(&self, promise: ExprRef) -> Option<Pending> {
        self.pending_within(promise, 0)
    }

    fn pending_within(&self, promise: ExprRef, depth: u32) -> Option<Pending> {
        if depth > MAX_DEPTH {
            return None;
        }
        let path = self.path(promise);
        let Root::Call(call) = path.root else { return None };
        match *path.steps.as_slice() {
            [] => self.pending_call(call, depth),
            [Step::Field(name)] if self.text(name) == "promise" => self.deferred(call),
            _ => None,
        }
    }

    fn pending_call(&self, call: CallRef, depth: u32) -> Option<Pending> {
        match self.invoked(call) {
            Invoked::Executor(executor) => return self.with_executor(call, executor),
            // What waits for a pending promise is pending as long.
            Invoked::Handlers { of, .. } => {
                let pending = self.pending_within(of, depth + 1)?;
                return Some(Pending { made: call, ..pending });
            }
            Invoked::Now { .. } | Invoked::Nothing => {}
        }
        if let Some((event, emitter)) = self.awaited_end(call) {
            return Some(self.until_event(call, call, event, emitter));
        }
        let [callee] = *self.callees(call).as_slice() else {
            return None;
        };
        let pending = self.pending_return(callee, depth + 1)?;
        Some(Pending { made: call, ..pending })
    }

    /// What every way out of a function gives, if that is one pending promise.
    fn pending_return(&self, function: FnRef, depth: u32) -> Option<Pending> {
        let fact = self.function(function);
        if fact.is_generator {
            return None;
        }
        let mut returned = fact.ops.iter().filter_map(|op| match *op {
            Op::Return(value) => Some(value),
            _ => None,
        });
        match (returned.next(), returned.next()) {
            (Some(Some(only)), None) => self.pending_within(function.with(only), depth),
            _ => None,
        }
    }

    /// `new Promise(executor)`.
    fn with_executor(&self, call: CallRef, executor: FnRef) -> Option<Pending> {
        let settlers: Vec<Path> = (0..self.function(executor).params.len() as u16)
            .map(|index| self.param_path(executor, index))
            .collect();
        let fates = self.fates(&settlers, call.file, executor);
        if fates.is_empty() {
            let place = self.place(call.file, Self::short(self.call(call).span));
            return Some(Pending {
                made: call,
                end: Announced::No,
                why: Label::new(place, "nothing ever settles it"),
                grade: Grade::First,
            });
        }
        self.judged(call, fates)
    }

    /// `{ promise, resolve, reject }`, whoever makes it: that its settlers are called shows what it is.
    fn deferred(&self, call: CallRef) -> Option<Pending> {
        if self.is_passed_around(call) {
            return None;
        }
        let field = |name: &str| {
            let name = self.names.find(name)?;
            let mut path = Path::root(Root::Call(call));
            path.steps.push(Step::Field(name));
            Some(path)
        };
        let settlers: Vec<Path> = ["resolve", "reject"].into_iter().filter_map(field).collect();
        let fates = self.fates(&settlers, call.file, self.calling(call));
        if fates.is_empty() {
            return None;
        }
        self.judged(call, fates)
    }

    /// Whether the object with the settlers goes to code that may settle it at any time.
    fn is_passed_around(&self, made: CallRef) -> bool {
        let itself = Path::root(Root::Call(made));
        let is_it = |expr: ExprRef| self.path(expr) == itself;
        self.functions_of(made.file).any(|function| {
            self.function(function).ops.iter().any(|op| match *op {
                Op::Call(call) => {
                    let call = function.with(call);
                    self.call(call).args.iter().any(|&arg| is_it(call.with(arg)))
                }
                Op::Return(Some(value)) | Op::Yield(value) => is_it(function.with(value)),
                Op::Store { to, value } => is_it(function.with(value)) && !is_it(function.with(to)),
                _ => false,
            })
        })
    }

    /// What the ways in which a promise settles say together.
    fn judged(&self, made: CallRef, fates: Vec<Fate>) -> Option<Pending> {
        let mut best: Option<Pending> = None;
        for fate in fates {
            let pending = match fate {
                Fate::Work => return None,
                Fate::Aside => continue,
                Fate::Event { call, event, emitter } => self.until_event(made, call, event, emitter),
                Fate::Called { function, name } => Pending {
                    made,
                    why: Label::new(
                        self.place(function.file, Self::short(self.function(function).head)),
                        format!("only `{name}` settles it"),
                    ),
                    end: Announced::ByCall(name),
                    grade: Grade::First,
                },
                Fate::Handed(place) => Pending {
                    made,
                    end: Announced::No,
                    why: Label::new(place, "it settles only when somebody calls what is kept here"),
                    grade: Grade::Second,
                },
            };
            if best.as_ref().is_none_or(|known| pending.grade < known.grade) {
                best = Some(pending);
            }
        }
        best
    }

    fn until_event(&self, made: CallRef, call: CallRef, event: String, emitter: String) -> Pending {
        let place: Place = self.callee_place(call);
        Pending {
            made,
            why: Label::new(place, format!("it settles only when `{event}` comes")),
            end: Announced::ByEvent { event, emitter },
            grade: Grade::First,
        }
    }
}
