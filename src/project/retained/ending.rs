//! Whether what settles a promise is the end of what made it, or the work that it stands for.

use crate::catalog::effect::{Acquire, Resource};
use crate::diagnostic::{FileId, Place};
use crate::facts::body::Op;

use super::super::effects::Invoked;
use super::super::names::Sym;
use super::super::path::{CallRef, ExprRef, FnRef, Path, Root};
use super::super::typing::Ty;
use super::super::{Project, guard, words};
use super::settlers::Use;

/// Functions between an end and the call that settles.
const MAX_DEPTH: u32 = 3;

/// What a way to settle a promise is.
pub(super) enum Fate {
    /// It settles when its work is done, or nothing shows otherwise.
    Work,
    /// It settles at once, in some cases only: `if (signal.aborted) reject()`.
    Aside,
    /// It settles at an end that an event announces.
    Event {
        call: CallRef,
        event: String,
        emitter: String,
    },
    /// It settles in a function that is an end.
    Called { function: FnRef, name: String },
    /// Somebody else may settle it, by what is kept there.
    Handed(Place),
}

impl Project<'_> {
    /// How a promise settles: one fate for each use of its settlers in the file. `maker` is the executor, or the function
    /// that makes promise and settlers.
    pub(super) fn fates(&self, settlers: &[Path], file: FileId, maker: FnRef) -> Vec<Fate> {
        let uses = self.uses_of_settlers(settlers, file);
        let is_named = uses.iter().any(|each| matches!(each, Use::Named));
        let mut fates: Vec<Fate> = uses
            .into_iter()
            .filter_map(|each| match each {
                Use::Called(call) if self.calling(call) == maker => Some(self.fate_here(call, maker)),
                Use::Called(call) => Some(self.fate_in(self.calling(call), maker, 0)),
                Use::Given(call, position) => Some(self.fate_given(call, position, maker, 0)),
                Use::Kept(place) => Some(Fate::Handed(place)),
                Use::Named => None,
            })
            .collect();
        // Under a name of which nothing here makes use it is there for others.
        if fates.is_empty() && is_named {
            fates.push(Fate::Work);
        }
        fates
    }

    /// A settling in the very body that makes the promise.
    fn fate_here(&self, call: CallRef, maker: FnRef) -> Fate {
        let is_conditional = self
            .op_of(call)
            .is_some_and(|index| !guard::guards_of(self, maker, index).is_empty());
        if is_conditional || !self.is_executor(maker) {
            Fate::Aside
        } else {
            Fate::Work
        }
    }

    /// A settling in a function, by who runs that.
    fn fate_in(&self, function: FnRef, maker: FnRef, depth: u32) -> Fate {
        for each in self.around(function).take_while(|&each| each != maker) {
            if let Some(name) = self.function_name(each).filter(|name| is_end(name)) {
                return Fate::Called {
                    function: each,
                    name: name.to_owned(),
                };
            }
            let passed = self.graph.passed(each);
            if let Some(&(call, position)) = passed.first() {
                return self.fate_given(call, position, maker, depth);
            }
        }
        if depth >= MAX_DEPTH {
            return Fate::Work;
        }
        let callers = self.graph.callers(function).iter();
        let fates = callers
            .map(|&call| self.calling(call))
            .filter(|&caller| caller != function)
            .map(|caller| match caller == maker {
                true => Fate::Aside,
                false => self.fate_in(caller, maker, depth + 1),
            });
        fates.reduce(worse).unwrap_or_else(|| self.fate_returned(function))
    }

    /// A closure that its function gives away is whoever's who gets it.
    fn fate_returned(&self, function: FnRef) -> Fate {
        let Some(parent) = self.function(function).parent.map(|parent| function.with(parent)) else {
            return Fate::Work;
        };
        let is_returned = self.function(parent).ops.iter().any(
            |op| matches!(*op, Op::Return(Some(value)) if self.path(parent.with(value)).as_function() == Some(function)),
        );
        match is_returned {
            true => Fate::Handed(self.place(function.file, Self::short(self.function(function).head))),
            false => Fate::Work,
        }
    }

    /// A settler, or a closure that settles, as the n-th argument of a call.
    fn fate_given(&self, call: CallRef, position: u16, maker: FnRef, depth: u32) -> Fate {
        if let Some((event, emitter)) = self.awaited_end(call) {
            return Fate::Event { call, event, emitter };
        }
        if self.puts_into(call) {
            return Fate::Handed(self.callee_place(call));
        }
        // Any other event is what happens in the life of its emitter.
        if self.listened(call).is_some() {
            return Fate::Work;
        }
        if let Invoked::Executor(_) | Invoked::Now { .. } = self.invoked(call) {
            return match self.calling(call) == maker {
                true => self.fate_here(call, maker),
                false => self.fate_in(self.calling(call), maker, depth + 1),
            };
        }
        if depth >= MAX_DEPTH {
            return Fate::Work;
        }
        let callees = self.callees(call);
        let fates = callees.into_iter().flat_map(|callee| {
            let param = [self.param_path(callee, position)];
            let uses = self.uses_of_settlers(&param, callee.file);
            let fates = uses.into_iter().map(move |each| match each {
                Use::Called(inner) if self.calling(inner) == callee => Fate::Work,
                Use::Called(inner) => self.fate_in(self.calling(inner), callee, depth + 1),
                Use::Given(inner, position) => self.fate_given(inner, position, callee, depth + 1),
                Use::Kept(place) => Fate::Handed(place),
                // A field that is called elsewhere, by anybody.
                Use::Named => Fate::Aside,
            });
            fates.collect::<Vec<_>>()
        });
        fates.reduce(worse).unwrap_or(Fate::Work)
    }

    /// The event of an end that a call waits for, and whose it is: `signal.addEventListener('abort', …)`,
    /// `once(child, 'exit')`, `token.onCancellationRequested(…)`.
    pub(super) fn awaited_end(&self, call: CallRef) -> Option<(String, String)> {
        let name = self.callee_name(call)?;
        if let Some(listened) = self.listened(call) {
            let emitter = self.describe(listened.emitter?);
            return match listened.event {
                Some(event) => {
                    let event = self.text(event);
                    let is_end = self.catalog.is_conventional_end(event)
                        || listened.emitter.is_some_and(|of| self.ends_with(of, event));
                    is_end.then(|| (event.to_owned(), emitter))
                }
                None => tells_an_end(name).then(|| (name.to_owned(), emitter)),
            };
        }
        // The promise of an event, by the shape of the call: `once(emitter, 'close')` of a package.
        let callee = self.path(call.with(self.call(call).callee));
        let (emitter, event) = (self.argument(call, 0)?, self.argument(call, 1)?);
        match (callee.root, self.path(event).root) {
            (Root::Package(_), Root::Text(event)) if name == "once" => {
                let event = self.text(event);
                let is_end = self.catalog.is_conventional_end(event) || self.ends_with(emitter, event);
                is_end.then(|| (event.to_owned(), self.describe(emitter)))
            }
            _ => None,
        }
    }

    /// Whether an event ends what an expression names, or asks it to end.
    fn ends_with(&self, emitter: ExprRef, event: &str) -> bool {
        let is_end = |key| self.catalog.is_terminal(key, event) || self.catalog.is_parting(key, event);
        self.types_of(emitter).iter().any(|&(ty, _)| match ty {
            Ty::Catalog(key) => is_end(key),
            Ty::Owner(owner) => self.catalog_types(owner).iter().any(|&(key, _)| is_end(key)),
        })
    }

    /// What a call listens to, if it adds a listener.
    fn listened(&self, call: CallRef) -> Option<Listened> {
        let name = self.callee_name(call)?;
        let is_it = |entry: &&Acquire| {
            matches!(entry.resource, Resource::Listener | Resource::Subscription)
                && self.matches(&entry.callee, call).is_some()
                && self.holds(&entry.when, call)
        };
        let entry = self.catalog.acquires_named(name).find(is_it)?;
        let mut parts = entry.key.iter().map(|part| self.key_expr(call, part));
        let emitter = parts.next().flatten().or_else(|| self.receiver(call));
        let event = parts.next().flatten().map(|event| self.path(event).root);
        Some(Listened {
            emitter,
            event: match event {
                Some(Root::Text(event)) => Some(event),
                _ => None,
            },
        })
    }
}

/// What a call listens to: an emitter, and its event where that has a name of its own.
struct Listened {
    emitter: Option<ExprRef>,
    event: Option<Sym>,
}

/// Whether a method that takes a listener is named for an end: `onDidDispose`, `onCancellationRequested`.
fn tells_an_end(name: &str) -> bool {
    let tells = name.strip_prefix("onDid").or_else(|| name.strip_prefix("on"));
    let tells = tells.unwrap_or(name);
    words::is_end(tells) || ["Cancel", "Abort"].iter().any(|word| tells.contains(word))
}

/// Of two fates the one that says less of an end.
fn worse(a: Fate, b: Fate) -> Fate {
    let rank = |fate: &Fate| match fate {
        Fate::Aside => 0,
        Fate::Event { .. } | Fate::Called { .. } => 1,
        Fate::Handed(_) => 2,
        Fate::Work => 3,
    };
    if rank(&b) > rank(&a) { b } else { a }
}

/// Whether a function is named for an end of what it belongs to; iterators are ended by `return` and `throw`.
fn is_end(name: &str) -> bool {
    let bare = name.trim_start_matches(['_', '#', '$']);
    words::is_end(name)
        || words::is_teardown(name)
        || matches!(bare, "return" | "throw" | "onabort" | "onclose")
        || ["abort", "cancel"]
            .iter()
            .any(|word| bare.to_ascii_lowercase().starts_with(word))
}
