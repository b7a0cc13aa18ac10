//! What makes an acquisition a leak: a holder that outlives it, a line that repeats, a release that is missed.

mod delay;
mod dropped_owner;
mod external;
mod forgotten;
mod given;
mod kept;
mod listener;
mod listeners;
mod lost_race;
mod mismatch;
mod mismatch_shape;
mod object_url;
mod observer;
mod one_life;
mod overwritten;
mod pile;
mod proof;
mod race;
mod rearm;
mod subscription;
mod timer;
mod timer_shape;
mod unchained;

use crate::catalog::effect::Resource;
use crate::diagnostic::{Label, Place};

use super::Project;
use super::acquisition::Acquisition;
use super::cfg::{Exit, Strength};
use super::confidence::{Grade, confidence};
use super::duty::{Engine, Release, To};
use super::elsewhere::Elsewhere;
use super::model::{Leak, Missing};
use super::path::Root;
use super::words;

/// A verdict on one acquisition, as far as all resources share it.
struct Verdict {
    missing: Missing,
    grades: Vec<Grade>,
    holder: Option<Label>,
    holder_name: String,
    why: Vec<Label>,
    teardown: Option<(String, Place)>,
    is_self_rearming: bool,
}

/// How sure it is that something piles up, why it does, and the end of the owner that misses it.
type Pile = (Grade, Vec<Label>, Option<(String, Place)>);

impl Project<'_> {
    /// The leak that an acquisition is, if it is one.
    pub fn leak(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Leak> {
        if acquisition.entry.witnessed {
            return None;
        }
        let mut tier = acquisition.tier;
        let mut notifier = None;
        let verdict = match acquisition.resource() {
            Resource::Listener => self.judge_any_listener(engine, acquisition),
            Resource::Interval => self.judge_interval(engine, acquisition),
            Resource::Timeout => self.judge_timeout(engine, acquisition),
            Resource::Connection => self.judge_external(engine, acquisition),
            Resource::Handle if acquisition.entry.lasting => self.judge_lasting(engine, acquisition),
            Resource::Handle => self.judge_external(engine, acquisition),
            Resource::Client => self.judge_lasting(engine, acquisition),
            Resource::Observer => self.judge_observer(engine, acquisition),
            Resource::ObjectUrl => self.judge_object_url(engine, acquisition),
            Resource::Subscription => {
                let subscribed = self.judge_subscription(engine, acquisition)?;
                (tier, notifier) = (subscribed.tier, subscribed.notifier);
                Some(subscribed.verdict)
            }
            // Entries of containers are judged where their container is.
            Resource::Entry => None,
        }?;
        let fact = self.call(acquisition.call);
        let (kept, kept_at) = self.kept_by(acquisition);
        let remedy = self.remedy(acquisition, verdict.teardown.is_some());
        let mut grades = verdict.grades;
        grades.push(Grade::from(tier));
        Some(Leak {
            resource: acquisition.resource(),
            what: self.describe_call(acquisition),
            call: acquisition.call,
            place: Place {
                file: acquisition.call.file,
                span: Self::short(fact.statement),
            },
            holder: verdict.holder,
            holder_name: verdict.holder_name,
            why: verdict.why,
            kept,
            kept_at,
            missing: verdict.missing,
            release_name: self.release_name(acquisition),
            item_name: self.item_name(acquisition),
            teardown: verdict.teardown,
            is_self_rearming: verdict.is_self_rearming,
            notifier,
            remedy,
            confidence: confidence(&grades),
        })
    }

    /// Whether the release is missed, in the activation and around it.
    fn missing_release(
        &self,
        engine: &mut Engine,
        acquisition: &Acquisition<'_>,
        accumulates: bool,
    ) -> Option<(Missing, Grade)> {
        if self.is_dropped(acquisition) {
            return Some((Missing::Dropped, Grade::First));
        }
        match engine.release(self, acquisition) {
            Release::Always | Release::Escapes(To::Caller | To::Unknown) => None,
            Release::Escapes(To::Owner) | Release::Never => match self.released_elsewhere(acquisition) {
                Elsewhere::Released(calls) if accumulates && self.is_left_to_the_end(acquisition, &calls) => {
                    Some((Missing::Never, Grade::First))
                }
                Elsewhere::Released(calls) => self
                    .is_forgotten_by_the_end(acquisition, &calls)
                    .then_some((Missing::Never, Grade::First)),
                Elsewhere::Nothing => Some((Missing::Never, Grade::First)),
            },
            // It goes to the caller where all goes well, together with what releases it.
            Release::Sometimes {
                is_released: false,
                ref missed,
            } if missed.iter().all(|missed| missed.exit == Exit::Throw) => None,
            Release::Sometimes { missed, .. } => {
                if self.released_elsewhere_than(acquisition) {
                    return None;
                }
                let (labels, mut grade) = self.missed_labels(&missed)?;
                let only_returns = missed
                    .iter()
                    .filter(|missed| missed.strength == Strength::Strong && !missed.opaque)
                    .all(|missed| missed.exit == Exit::Return);
                if only_returns && acquisition.resource() == Resource::Listener && self.removes_itself(acquisition) {
                    grade = Grade::Third;
                }
                Some((Missing::OnSomePath(labels), grade))
            }
        }
    }

    /// Whether nothing but the end of what the line belongs to releases it, and no closure of the line's own call.
    fn is_left_to_the_end(&self, acquisition: &Acquisition<'_>, calls: &[super::path::CallRef]) -> bool {
        let root = self.activation_of(acquisition.function);
        // A listener in a field is one at a time, put on and taken off in turns.
        let in_field = acquisition
            .entry
            .keeps
            .as_ref()
            .and_then(|place| self.place_exprs(acquisition.call, place).first().copied())
            .is_some_and(|handler| matches!(self.path(handler).root, Root::Instance(_) | Root::Static(_)));
        // `unsubscribe(channel)` is the other half of `subscribe(channel)`, not the end of the object.
        let is_half = |call| {
            self.around(self.calling(call))
                .filter_map(|each| self.function_name(each))
                .any(|name| words::mentions_teardown(name) && !words::is_teardown(name))
        };
        !in_field
            && calls.iter().all(|&call| {
                self.belongs_to_an_end(call) && !is_half(call) && !self.is_within(self.calling(call), root)
            })
    }

    /// Whether the owner or the module has an end, and none of the releases belongs to it.
    fn is_forgotten_by_the_end(&self, acquisition: &Acquisition<'_>, calls: &[super::path::CallRef]) -> bool {
        let is_timer = matches!(acquisition.resource(), Resource::Interval | Resource::Timeout);
        let has_end = match self.owner_around(acquisition.function) {
            Some(owner) => self.teardown_of(owner).is_some(),
            None => self.module_teardown(acquisition.call.file).is_some(),
        };
        let root = self.activation_of(acquisition.function);
        is_timer
            && has_end
            && !calls.iter().any(|&call| self.calling(call) != root && self.may_belong_to_an_end(call))
            // A timer that its own callback ends is a poll.
            && !calls.iter().any(|&call| self.is_within(self.calling(call), root) && self.calling(call) != root)
    }

    /// Whether something outside the activation may release too, so that a missed path is no proof.
    fn released_elsewhere_than(&self, acquisition: &Acquisition<'_>) -> bool {
        let root = self.activation_of(acquisition.function);
        match self.released_elsewhere(acquisition) {
            Elsewhere::Released(calls) => calls.iter().any(|&call| !self.is_within(self.calling(call), root)),
            Elsewhere::Nothing => false,
        }
    }
}
