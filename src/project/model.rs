//! What rules see: acquisitions that leak and containers that grow, with their proof.

use crate::catalog::effect::Resource;
use crate::diagnostic::{Confidence, Label, Place};

use super::Project;
use super::duty::Engine;
use super::words;

/// Wrappers around wrappers that are followed to the caller who is responsible.
const MAX_WRAPPERS: usize = 3;

/// The leaks of a project, before a rule puts them into words.
#[derive(Default)]
pub struct Model {
    pub leaks: Vec<Leak>,
    pub growths: Vec<Growth>,
}

/// How the release is missed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Missing {
    /// No code releases it.
    Never,
    /// It is released, but not on these ways out.
    OnSomePath(Vec<Label>),
    /// The value that is needed to release it is thrown away.
    Dropped,
}

/// An acquisition that leaks.
#[derive(Clone, Debug)]
pub struct Leak {
    pub resource: Resource,
    /// The acquiring call, as the user wrote its callee and first argument: `process.on('exit')`.
    pub what: String,
    /// The statement that acquires.
    pub place: Place,
    /// The holder in words, and where it is made.
    pub holder: Option<Label>,
    pub holder_name: String,
    /// Why the line runs again and again.
    pub why: Vec<Label>,
    /// Names of the captured variables that each round keeps alive.
    pub kept: Vec<String>,
    /// Where the closure stands that keeps them.
    pub kept_at: Option<Place>,
    pub missing: Missing,
    /// How the library releases it: the call's name, `removeListener`.
    pub release_name: Option<String>,
    /// The variable that holds what has to be given back.
    pub item_name: Option<String>,
    /// The method or function that ends the owner's life and misses this.
    pub teardown: Option<(String, Place)>,
    pub is_self_rearming: bool,
    pub confidence: Confidence,
}

/// A container that grows without bound.
#[derive(Clone, Debug)]
pub struct Growth {
    pub name: String,
    /// "a module-level `Map`".
    pub kind: String,
    /// "lives as long as the process".
    pub life: &'static str,
    pub place: Place,
    pub made_at: Option<Place>,
    pub why: Vec<Label>,
    /// Where what is added comes from: "comes from outside".
    pub source: &'static str,
    /// What is added, in the user's words.
    pub added: String,
    pub is_keyed: bool,
    /// Ways out on which the line's own removal is skipped; empty if it has none.
    pub missed: Vec<Label>,
    pub confidence: Confidence,
}

impl Model {
    /// Judges every acquisition and every growing container.
    pub fn build(project: &Project<'_>) -> Self {
        let mut engine = Engine::default();
        let mut acquisitions = project.acquisitions();
        let mut leaks: Vec<Leak> = Vec::new();
        for _ in 0..=MAX_WRAPPERS {
            leaks.extend(
                acquisitions
                    .iter()
                    .filter_map(|acquisition| project.leak(&mut engine, acquisition)),
            );
            acquisitions = acquisitions
                .iter()
                .flat_map(|acquisition| project.passed_to_callers(&mut engine, acquisition))
                .collect();
        }
        leaks.retain(|leak| !words::is_test_file(project.file_path(leak.place.file)));
        leaks.sort_by_key(|leak| leak.place);
        let mut growths = project.growths(&mut engine);
        growths.retain(|growth| !words::is_test_file(project.file_path(growth.place.file)));
        Model { leaks, growths }
    }
}
