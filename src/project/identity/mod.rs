//! Identity: how the parts of a registration's key compare with those a removal names.
//!
//! [`super::value`] says what may be the same, which is what silences. Here is the other side: what is *surely* another
//! thing, which is what a finding needs. Whatever is neither counts as *maybe*, and that is silence.

mod function;
mod target;

use crate::catalog::effect::{Acquire, Bind, End, Holder, There};
use crate::facts::expr::Expr;

use super::Project;
use super::acquisition::Acquisition;
use super::calls::Tier;
use super::path::{CallRef, ExprRef, Path, Root};
use super::value::Match;

/// How a part of the removal compares with the same part of the acquisition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compared {
    Same,
    /// Not shown to be the same, but written the same way: `el` of `attach(el)` and of `detach(el)`.
    Alike,
    Maybe,
    Differs(Difference),
}

/// What makes a removal name something else than what was added.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Difference {
    /// The removal is given a function that it makes itself: `off('x', () => …)`, `off('x', f.bind(this))`.
    FreshRemoval,
    /// What was added was made in the call that added it, and has no name.
    FreshAddition,
    OtherFunction,
    /// The removal names no function, on an emitter that needs one.
    NoFunction,
    OtherEvent,
    OtherTarget,
    OtherCapture,
    /// The field that keeps the function is emptied before anybody can read it for the removal.
    Emptied,
    /// The function is made anew by each run of the code that adds in one run and removes in another.
    PerRun,
    /// The end adds once more where it should remove.
    AddedAgain,
}

/// What a part of a key stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Target,
    Event,
    Function,
    Capture,
    /// The context a listener is called with, and whatever else a library has.
    Other,
}

/// What the n-th part of an entry's key is: the holder, what it keeps, a flag, or the name of the event.
fn part(entry: &Acquire, index: u8) -> Part {
    let Some(part) = entry.key.get(usize::from(index)) else {
        return Part::Other;
    };
    if part.flag.is_some() {
        return Part::Capture;
    }
    if entry.keeps.as_ref() == Some(&part.at) {
        return Part::Function;
    }
    if matches!(&entry.holder, Holder::At(place) if *place == part.at) {
        return Part::Target;
    }
    let kept = entry.key.iter().position(|each| entry.keeps.as_ref() == Some(&each.at));
    if kept.is_some_and(|kept| usize::from(index) < kept) {
        Part::Event
    } else {
        Part::Other
    }
}

/// Whether the n-th part of an entry's key names the event.
pub fn is_event(entry: &Acquire, index: usize) -> bool {
    part(entry, index as u8) == Part::Event
}

impl Project<'_> {
    /// The one part in which a removing call differs from what an acquisition added, all other parts being equal.
    pub fn difference(&self, acquisition: &Acquisition<'_>, call: CallRef) -> Option<Difference> {
        acquisition.entry.ends.iter().find_map(|end| match end {
            End::Call {
                callee,
                when,
                binds,
                arguments,
            } if self.names_release(callee, call)
                && self.holds(when, call)
                && arguments.is_none_or(|count| self.call(call).args.len() == usize::from(count)) =>
            {
                self.difference_in(acquisition, binds, call)
            }
            _ => None,
        })
    }

    /// Whether a removing call may be for what an acquisition added: no part of it is surely another.
    pub fn may_be_for(&self, acquisition: &Acquisition<'_>, call: CallRef) -> bool {
        acquisition.entry.ends.iter().any(|end| match end {
            End::Call {
                callee,
                when,
                binds,
                arguments,
            } => {
                self.names_release(callee, call)
                    && self.holds(when, call)
                    && arguments.is_none_or(|count| self.call(call).args.len() == usize::from(count))
                    && binds.iter().all(|bind| {
                        let There::Key(index) = bind.there else { return true };
                        let part = part(&acquisition.entry, index);
                        !matches!(
                            self.compared(acquisition, bind, part, index, call),
                            Compared::Differs(_)
                        )
                    })
            }
            _ => false,
        })
    }

    fn difference_in(&self, acquisition: &Acquisition<'_>, binds: &[Bind], call: CallRef) -> Option<Difference> {
        let mut found = None;
        let mut is_alike = false;
        let mut has_function = false;
        for bind in binds {
            let There::Key(index) = bind.there else { return None };
            let part = part(&acquisition.entry, index);
            has_function |= part == Part::Function;
            match self.compared(acquisition, bind, part, index, call) {
                Compared::Same => {}
                Compared::Alike => is_alike = true,
                Compared::Maybe => return None,
                Compared::Differs(_) if found.is_some() => return None,
                Compared::Differs(difference) => found = Some(difference),
            }
        }
        let found = found.filter(|_| has_function)?;
        // A function made in the removal removes nothing from anywhere; for all else the target has to be the very same.
        (!is_alike || found == Difference::FreshRemoval).then_some(found)
    }

    fn compared(&self, acquisition: &Acquisition<'_>, bind: &Bind, part: Part, index: u8, call: CallRef) -> Compared {
        let here = self.key_expr(call, &bind.here);
        let there = self.key_expr(acquisition.call, &acquisition.entry.key[usize::from(index)]);
        match (part, here, there) {
            (Part::Capture, ..) => match self.bind(acquisition, &[], bind, call) {
                Match::Must => Compared::Same,
                Match::May => Compared::Maybe,
                Match::No => Compared::Differs(Difference::OtherCapture),
            },
            (_, Some(here), Some(there)) => match part {
                Part::Target => self.compared_target(here, there),
                Part::Event => self.compared_event(here, there),
                Part::Function => self.compared_function(here, there),
                Part::Capture | Part::Other => match self.same_path(&self.path(here), &self.path(there)) {
                    Match::Must => Compared::Same,
                    Match::May | Match::No => Compared::Maybe,
                },
            },
            // An event target needs the function; emitters mostly take off all of the event.
            (Part::Function, None, Some(_))
                if acquisition.tier != Tier::Shape
                    && acquisition.entry.key.iter().any(|part| part.flag.is_some())
                    && self.call(call).args.len() <= usize::from(index) =>
            {
                Compared::Differs(Difference::NoFunction)
            }
            (Part::Other, None, None) => Compared::Same,
            _ => Compared::Maybe,
        }
    }

    /// Two names of events: literals, or members of one table of constants.
    fn compared_event(&self, here: ExprRef, there: ExprRef) -> Compared {
        let (a, b) = (self.path(here), self.path(there));
        let is_text =
            |path: &Path| matches!(path.root, Root::Text(text) if path.is_root() && is_plain_event(self.text(text)));
        if is_text(&a) && is_text(&b) {
            return if a == b {
                Compared::Same
            } else {
                Compared::Differs(Difference::OtherEvent)
            };
        }
        match self.same_path(&a, &b) {
            Match::Must => Compared::Same,
            Match::May | Match::No => {
                let is_member =
                    |path: &Path| matches!(path.root, Root::Package(_) | Root::Namespace(_)) && path.steps.len() > 1;
                let is_other = is_member(&a)
                    && a.root == b.root
                    && a.steps.len() == b.steps.len()
                    && a.steps[..a.steps.len() - 1] == b.steps[..b.steps.len() - 1]
                    && a != b;
                if is_other {
                    Compared::Differs(Difference::OtherEvent)
                } else {
                    Compared::Maybe
                }
            }
        }
    }

    /// The function that a listener's acquisition is given.
    pub fn listening_function(&self, acquisition: &Acquisition<'_>) -> Option<ExprRef> {
        let keeps = acquisition.entry.keeps.as_ref()?;
        let given = self.place_exprs(acquisition.call, keeps).first().copied()?;
        Some(match *self.expr(given) {
            Expr::Cast { value, .. } => given.with(value),
            _ => given,
        })
    }
}

/// Whether a text is the name of one event: no list (`'a b'`), no namespace (`'a.b'`), no pattern (`'*'`).
fn is_plain_event(text: &str) -> bool {
    !text.is_empty() && !text.contains(|each: char| each.is_whitespace() || matches!(each, '.' | ',' | '*'))
}
