//! What would mend a finding, in places of the code: enough to write it down, and nothing of how it is written.
//!
//! A remedy is a proposal. Whether the code allows it, and whether the finding is gone with it, is shown by writing it and
//! linting again.

use serde::{Deserialize, Serialize};

use super::Place;

/// What is to be done, and where.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Remedy {
    /// Release what a call gives in a `finally` around its use.
    Finally {
        /// The acquiring call.
        acquired: Place,
        release: Release,
        /// Calls of that very release which are there already, and go into the `finally`.
        moved: Vec<Place>,
        /// Other calls that end it in another way.
        others: Vec<Place>,
    },
    /// Let a function whose result undoes what it does return the release.
    Cleanup {
        acquired: Place,
        release: Release,
        /// The function.
        setup: Place,
    },
    /// Release it in the method that ends its owner's life.
    Teardown {
        acquired: Place,
        release: Release,
        /// The method.
        method: Place,
        /// Something that the release is called on may be gone by then.
        may_be_gone: bool,
    },
    /// Name the function that two calls make each for itself, and give both the name.
    Naming {
        added: Given,
        removal: Given,
        /// What the function is called for, as a word: the event's name.
        topic: Option<String>,
    },
}

/// An argument of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Given {
    pub call: Place,
    pub argument: u8,
}

/// A releasing call, in terms of the acquiring one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Release {
    pub callee: Callee,
    pub arguments: Vec<Part>,
    /// It gives a promise that is to be waited for.
    pub is_awaited: bool,
    /// What the acquired thing is, in one word, where it has to be given a name.
    pub noun: String,
    /// What a listener waits for, where that is a plain word.
    pub topic: Option<String>,
}

/// What is called.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Callee {
    /// A method of a part.
    Method(Part, String),
    /// A function of the platform.
    Global(String),
    /// The function of that name beside the acquiring one: `fs.closeSync` beside `fs.openSync`.
    Beside(String),
    /// The acquired thing itself.
    Item,
}

/// What of the acquiring call is repeated in the releasing one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Part {
    /// What the call gave.
    Item,
    /// What it was called on.
    Receiver,
    Argument(u8),
    /// An argument that only changes how the thing is recognised, and may be absent.
    Option(u8),
}

impl Release {
    /// Whether the acquired thing has to have a name to be released.
    pub fn needs_item(&self) -> bool {
        matches!(self.callee, Callee::Item | Callee::Method(Part::Item, _)) || self.arguments.contains(&Part::Item)
    }
}

impl Remedy {
    /// Every place that it speaks of.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        let places: Vec<Place> = match self {
            Remedy::Finally {
                acquired,
                moved,
                others,
                ..
            } => std::iter::once(acquired).chain(moved).chain(others).copied().collect(),
            Remedy::Cleanup { acquired, setup, .. } => vec![*acquired, *setup],
            Remedy::Teardown { acquired, method, .. } => vec![*acquired, *method],
            Remedy::Naming { added, removal, .. } => vec![added.call, removal.call],
        };
        places.into_iter()
    }
}
