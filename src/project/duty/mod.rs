//! The engine: whether an acquired thing is given back on every way out of its activation.
//!
//! One duty at a time runs forward over the graph of its activation. The exits that it reaches while it is live are
//! the missed ones; the way there is the witness.

mod action;
pub(super) mod events;
mod handing;
mod latch;
mod list;
mod run;

use rustc_hash::FxHashMap;

use super::acquisition::Acquisition;
use super::cfg::{Exit, Graph, Strength};
use super::path::{CallRef, FnRef};
use super::settle::SettleGroup;
use super::{Project, cfg};

use run::Run;

/// The state of a duty at a point of a path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum State {
    /// Not acquired yet, or not on this path.
    Absent,
    /// Made, and holding nothing until it is activated.
    Idle,
    /// Activated, and the promise of that is not waited for yet.
    Opening,
    Live,
    /// Live, and the promise it was acquired for is settled.
    Settled,
    /// Something may release it: a helper on some path, an event that may come.
    Maybe,
    /// Released, or something surely releases it later.
    Released,
    /// Somebody else's now.
    Escaped,
}

/// A way out on which the release is missed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missed {
    pub exit: Exit,
    pub strength: Strength,
    /// Where control leaves: the operation that throws or returns.
    pub leaves: Option<(FnRef, u32)>,
    /// The way goes past a condition that guards the release and is not about the thing.
    pub opaque: bool,
    /// Control does not leave: it comes to the acquisition again while the last one is live.
    pub again: bool,
}

/// Whether an acquired thing is given back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Release {
    Always,
    /// On some ways out, not on these.
    Sometimes {
        missed: Vec<Missed>,
        is_released: bool,
    },
    Never,
    Escapes(To),
}

/// Where a duty goes when it leaves its activation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum To {
    /// Returned, or given to the caller's callback.
    Caller,
    /// Stored in a field, a container or a variable that outlives the activation.
    Owner,
    Unknown,
}

/// What happens to a duty at a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Action {
    Nothing,
    Acquire,
    /// The thing is made, and holds nothing yet.
    Make,
    /// From here on it holds something.
    Activate,
    /// The promise of the acquisition, or of the activation, is waited for: if it rejects, nothing was acquired.
    Confirm,
    /// The promise of a call on the thing is waited for that rejects only where the thing is gone.
    Doubt,
    Release(CallRef),
    /// Releases it if the call returns; where it throws, it may not have come to that.
    ReleaseOnReturn,
    /// May release it, or surely does later.
    Arm {
        must: bool,
    },
    Escape(To),
    /// Handed to a function of which nothing is known.
    Unknown,
    /// The promise of the settle group is settled.
    Settle,
}

impl Missed {
    /// A settling call before which the release is missed.
    pub fn settled(function: FnRef, index: u32) -> Self {
        Self {
            exit: Exit::Return,
            strength: Strength::Strong,
            leaves: Some((function, index)),
            opaque: false,
            again: false,
        }
    }
}

/// The outcome of a run, before it is judged.
#[derive(Default)]
struct Outcome {
    missed: Vec<Missed>,
    maybe: bool,
    escaped: Option<To>,
    /// A live duty was released, or armed to be.
    discharged: bool,
    /// It was released in the activation itself, not only in what runs later.
    released_here: bool,
    unknown: bool,
    returns_released: bool,
}

/// Runs duties; remembers the graphs it built.
#[derive(Default)]
pub struct Engine {
    graphs: FxHashMap<FnRef, std::rc::Rc<Graph>>,
}

impl Engine {
    /// The graph of a function's activation, built once.
    pub fn graph(&mut self, project: &Project<'_>, function: FnRef) -> std::rc::Rc<Graph> {
        self.graphs
            .entry(function)
            .or_insert_with(|| std::rc::Rc::new(cfg::build(project, function)))
            .clone()
    }

    /// Whether the acquisition is released on the ways out of its activation.
    pub fn release(&mut self, project: &Project<'_>, acquisition: &Acquisition<'_>) -> Release {
        self.release_in(project, acquisition, project.activation_of(acquisition.function))
    }

    /// As [`Self::release`], over the activation of a function around the acquisition's.
    pub fn release_in(&mut self, project: &Project<'_>, acquisition: &Acquisition<'_>, root: FnRef) -> Release {
        let mut run = Run {
            engine: self,
            project,
            acquisition,
            items: acquisition.items.to_vec(),
            entry_live: acquisition.at_entry && root == acquisition.function,
            root,
            depth: 0,
            group: None,
            missed_later: Vec::new(),
        };
        let outcome = run.run(root);
        outcome.judge()
    }

    /// As [`Self::release`], for a callback that is entered while the duty is live and settles a promise: only ways on
    /// which it settles count.
    pub fn release_when_settled(
        &mut self,
        project: &Project<'_>,
        acquisition: &Acquisition<'_>,
        group: &SettleGroup,
        callback: FnRef,
    ) -> Release {
        // What stands around the acquisition is entered before it.
        let entry_live = !project.is_within(acquisition.function, callback);
        let mut run = Run {
            engine: self,
            project,
            acquisition,
            items: acquisition.items.to_vec(),
            entry_live,
            root: callback,
            depth: 1,
            group: Some(group),
            missed_later: Vec::new(),
        };
        run.run(callback).judge()
    }
}

impl Outcome {
    fn judge(self) -> Release {
        let released = self.discharged || self.returns_released;
        if self.missed.is_empty() {
            return match self.escaped {
                Some(to) if !released => Release::Escapes(to),
                _ if self.unknown && !released => Release::Escapes(To::Unknown),
                _ => Release::Always,
            };
        }
        if released {
            return Release::Sometimes {
                missed: self.missed,
                is_released: true,
            };
        }
        match self.escaped {
            // It is handed on where all goes well: the error path still owns it.
            Some(to @ (To::Owner | To::Unknown)) => Release::Escapes(to),
            Some(To::Caller) => Release::Sometimes {
                missed: self.missed,
                is_released: false,
            },
            None if self.unknown => Release::Escapes(To::Unknown),
            None if self.maybe => Release::Sometimes {
                missed: self
                    .missed
                    .into_iter()
                    .map(|missed| Missed { opaque: true, ..missed })
                    .collect(),
                is_released: false,
            },
            None => Release::Never,
        }
    }
}

impl Project<'_> {
    /// The outermost function whose graph contains a callback's body.
    pub fn activation_of(&self, function: FnRef) -> FnRef {
        let mut current = function;
        while let Some((call, _)) = self.function(current).argument_of {
            let call = current.with(call);
            let inlined = match self.invoked(call) {
                super::effects::Invoked::Now { .. } | super::effects::Invoked::Handlers { .. } => true,
                super::effects::Invoked::Executor(_) | super::effects::Invoked::Nothing => false,
            };
            match self.function(current).parent {
                Some(parent) if inlined => current = current.with(parent),
                _ => break,
            }
        }
        current
    }
}
