//! Closures and promises that something holds longer than anybody needs them: reactions on a promise that stays pending,
//! chains of promises that wait for their own next round, targets that their own finaliser holds.

mod again;
mod chain;
mod ending;
mod pending;
mod reaction;
mod registered;
mod settlers;

use crate::diagnostic::{Confidence, Label, Place};

use super::Project;

/// Something that is held for longer than it is needed.
#[derive(Clone, Debug)]
pub struct Retained {
    /// The statement that adds to what is held.
    pub place: Place,
    pub holding: Holding,
    /// The promise, the function or the registry, in the user's words.
    pub holder: String,
    pub made_at: Place,
    /// Why it holds on, and why the line comes again.
    pub why: Vec<Label>,
    /// What each round keeps alive, in the user's words, and where.
    pub kept: Vec<String>,
    pub kept_at: Option<Place>,
    pub confidence: Confidence,
}

/// How something is held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Holding {
    /// By a reaction on a promise that stays pending.
    Reaction {
        /// `Promise.race`, or `.then` and its like.
        is_race: bool,
        end: Announced,
    },
    /// By promises each of which waits for the next.
    Chain,
    /// By the value that a registry of finalisers keeps for when it is gone.
    Finaliser,
}

/// How the end of a pending promise is announced, so that one can listen for it instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Announced {
    /// By an event of an emitter or a signal, both as the user wrote them.
    ByEvent { event: String, emitter: String },
    /// By a function of that name.
    ByCall(String),
    /// By nothing that has a name, or nothing at all.
    No,
}

impl Project<'_> {
    /// All that is retained in the project, in the order of its files.
    pub fn retained(&self) -> Vec<Retained> {
        let found = self.each_file(|project, file| {
            if project.is_test(file) {
                return Vec::new();
            }
            let mut found = project.reactions_in(file);
            found.extend(project.endless_chains_in(file));
            found.extend(project.held_targets_in(file));
            found
        });
        let mut found: Vec<Retained> = found.into_iter().flatten().flatten().collect();
        // Of several at one statement the surest speaks.
        found.sort_by_key(|each| (each.place, std::cmp::Reverse(each.confidence)));
        found.dedup_by_key(|each| each.place);
        found
    }
}
