//! What rules see: acquisitions that leak and containers that grow, with their proof.

use rustc_hash::FxHashMap;

use crate::catalog::effect::Resource;
use crate::diagnostic::remedy::Remedy;
use crate::diagnostic::{Confidence, Label, Place};
use crate::timings::Laps;

use super::Project;
use super::acquisition::Acquisition;
use super::confidence::{Grade, with};
use super::duty::Engine;
use super::identity::Difference;
use super::notifier::Notifier;
use super::path::CallRef;
use super::retained::Retained;

/// Wrappers around wrappers that are followed to the caller who is responsible.
const MAX_WRAPPERS: usize = 3;

/// The leaks of a project, before a rule puts them into words.
#[derive(Default)]
pub struct Model {
    pub leaks: Vec<Leak>,
    pub growths: Vec<Growth>,
    pub mismatches: Vec<Mismatch>,
    pub overwritten: Vec<Overwritten>,
    pub unchained: Vec<Unchained>,
    pub retained: Vec<Retained>,
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
    /// The call that acquires.
    pub call: CallRef,
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
    /// What was to end it, and never does.
    pub notifier: Option<Notifier>,
    pub remedy: Option<Remedy>,
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
    /// Whether they are those where somebody gives up waiting for what takes it out.
    pub is_abandoned: bool,
    pub confidence: Confidence,
}

/// A listener with a removal beside it that cannot be its own.
#[derive(Clone, Debug)]
pub struct Mismatch {
    /// The acquiring call in the user's words: `document.addEventListener('keydown')`.
    pub what: String,
    /// The call that acquires.
    pub call: CallRef,
    /// The statement that acquires.
    pub place: Place,
    pub holder: Option<Label>,
    pub holder_name: String,
    pub difference: Difference,
    /// The removing call: its place, and its callee as the user wrote it.
    pub removal: Place,
    pub removal_name: String,
    /// What the removal names, and what it should name, as the user wrote them.
    pub named: String,
    pub wanted: String,
    /// Where the field that kept the function is emptied.
    pub emptied: Option<Place>,
    pub remedy: Option<Remedy>,
    pub confidence: Confidence,
}

/// A handle whose only name is given another value while what it stands for goes on.
#[derive(Clone, Debug)]
pub struct Overwritten {
    pub resource: Resource,
    pub what: String,
    /// The call that acquires.
    pub call: CallRef,
    /// The statement that acquires.
    pub place: Place,
    /// The field or variable.
    pub name: String,
    /// Why the line comes back; or where the name is emptied.
    pub why: Vec<Label>,
    /// What reads the name for a release, and misses what was in it.
    pub release: Option<Label>,
    pub release_name: Option<String>,
    /// It is emptied, and released only then.
    pub is_emptied: bool,
    pub confidence: Confidence,
}

/// An override of a teardown that does not run the base's.
#[derive(Clone, Debug)]
pub struct Unchained {
    pub place: Place,
    pub class: String,
    pub base: String,
    pub method: String,
    /// What the base acquires, and where.
    pub what: String,
    pub acquired: Place,
    /// The release in the base that no longer runs.
    pub release: Place,
    pub confidence: Confidence,
}

impl Model {
    /// Judges every acquisition and every growing container.
    pub fn build(project: &Project<'_>, laps: &mut Laps) -> Self {
        let mut engine = Engine::default();
        let mut acquisitions = project.acquisitions();
        laps.end("acquisitions");
        let mut mismatches = project.mismatches(&mut engine, &acquisitions);
        let mut overwritten = project.overwritten(&acquisitions);
        let unchained = project.unchained(&acquisitions);
        laps.end("removals");
        let mut leaks: Vec<Leak> = Vec::new();
        let file_of = |each: &Acquisition<'_>| each.call.file;
        for _ in 0..=MAX_WRAPPERS {
            let judged = project.each(&acquisitions, file_of, Engine::default, |project, engine, each| {
                // What is found in tests is dropped.
                let is_test = project.is_test(each.call.file);
                let leak = (!is_test).then(|| project.charged(each.call.file, || project.leak(engine, each)));
                let leak = leak.flatten();
                let passed = project.charged(each.call.file, || project.passed_to_callers(engine, each));
                (leak.flatten(), passed.unwrap_or_default())
            });
            acquisitions = Vec::new();
            for (leak, passed) in judged {
                leaks.extend(leak);
                acquisitions.extend(passed);
            }
        }
        leaks.sort_by_key(|leak| leak.place);
        say_once(&mut leaks, &mut mismatches, &mut overwritten);
        laps.end("releases");
        let growths = project.growths();
        laps.end("containers");
        let retained = project.retained();
        laps.end("closures");
        let mut model = Model {
            leaks,
            growths,
            mismatches,
            overwritten,
            unchained,
            retained,
        };
        model.leave_to_developers(project);
        model
    }

    /// What would mend what is found at a place.
    pub fn remedy_at(&self, place: Place) -> Option<Remedy> {
        let leak = self.leaks.iter().find(|leak| leak.place == place);
        let mismatch = || self.mismatches.iter().find(|mismatch| mismatch.place == place);
        leak.and_then(|leak| leak.remedy.clone())
            .or_else(|| mismatch()?.remedy.clone())
    }

    /// Drops what is said of tests; what a package does not ship is worth a word only to those who ask.
    fn leave_to_developers(&mut self, project: &Project<'_>) {
        let judge = |place: &Place, confidence: &mut Confidence| {
            if project.development.is_unshipped(place.file) {
                *confidence = with(*confidence, Grade::Third);
            }
            !project.is_test(place.file)
        };
        self.leaks.retain_mut(|each| judge(&each.place, &mut each.confidence));
        self.growths.retain_mut(|each| judge(&each.place, &mut each.confidence));
        self.mismatches
            .retain_mut(|each| judge(&each.place, &mut each.confidence));
        self.overwritten
            .retain_mut(|each| judge(&each.place, &mut each.confidence));
        self.unchained
            .retain_mut(|each| judge(&each.place, &mut each.confidence));
        self.retained
            .retain_mut(|each| judge(&each.place, &mut each.confidence));
    }
}

/// What is said of a call is said once, by the surer one, else by the one who knows the cause.
fn say_once(leaks: &mut Vec<Leak>, mismatches: &mut Vec<Mismatch>, overwritten: &mut Vec<Overwritten>) {
    let mut surest: FxHashMap<CallRef, Confidence> = FxHashMap::default();
    for leak in leaks.iter() {
        let known = surest.entry(leak.call).or_insert(leak.confidence);
        *known = leak.confidence.max(*known);
    }
    mismatches.retain(|each| surest.get(&each.call).is_none_or(|&leak| leak <= each.confidence));
    for mismatch in mismatches.iter() {
        surest.remove(&mismatch.call);
    }
    overwritten.retain(|each| surest.get(&each.call).is_none_or(|&leak| leak < each.confidence));
    for each in overwritten.iter() {
        surest.remove(&each.call);
    }
    leaks.retain(|leak| surest.contains_key(&leak.call));
}
