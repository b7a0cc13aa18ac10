//! Entries of maps and sets as duties: added for a while, and to be deleted on every way out.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::catalog::effect::{Acquire, Bind, End, Holder, KeyPart, Repeat, Resource, There};
use crate::catalog::pattern::{Callee, Place, PlaceRoot};
use crate::diagnostic::Label;

use super::Project;
use super::acquisition::Acquisition;
use super::calls::Tier;
use super::cfg::Strength;
use super::container_use::GrowthSite;
use super::duty::{Engine, Release};

impl Project<'_> {
    /// The ways out on which an entry stays, if its own activation deletes it on others.
    pub fn missed_entry(&self, engine: &mut Engine, site: &GrowthSite) -> Option<Vec<Label>> {
        let call = site.call?;
        let acquisition = Acquisition {
            call,
            origin: (call, site.function),
            entry: Cow::Owned(entry()),
            tier: Tier::Resolved,
            function: site.function,
            items: SmallVec::new(),
            at_entry: false,
        };
        let Release::Sometimes {
            missed,
            is_released: true,
        } = engine.release(self, &acquisition)
        else {
            return None;
        };
        let strong = missed
            .iter()
            .any(|missed| missed.strength == Strength::Strong && !missed.opaque);
        if !strong {
            return None;
        }
        self.missed_labels(&missed).map(|(labels, _)| labels)
    }
}

/// `map.set(key, …)` and `set.add(key)`, ended by `delete(key)` and `clear()` of the same container.
fn entry() -> Acquire {
    let receiver = || KeyPart {
        at: Place {
            root: PlaceRoot::Receiver,
            steps: Vec::new(),
        },
        flag: None,
    };
    let key = || KeyPart {
        at: Place {
            root: PlaceRoot::Argument(0),
            steps: Vec::new(),
        },
        flag: None,
    };
    let end = |name: &str, binds: Vec<Bind>| End::Call {
        callee: Callee::Shape { name: name.into() },
        when: Vec::new(),
        binds,
        arguments: None,
    };
    let of_container = || Bind {
        here: receiver(),
        there: There::Key(0),
    };
    Acquire {
        library: 0,
        callee: Callee::Shape { name: "set".into() },
        when: Vec::new(),
        resource: Resource::Entry,
        item: None,
        holder: Holder::At(Place {
            root: PlaceRoot::Receiver,
            steps: Vec::new(),
        }),
        keeps: None,
        key: vec![receiver(), key()],
        repeat: Repeat::Replaces,
        absent_if: None,
        failure_holds: false,
        lasting: false,
        activated_by: Vec::new(),
        self_ending: false,
        witnessed: false,
        finally: None,
        ends: vec![
            end(
                "delete",
                vec![
                    of_container(),
                    Bind {
                        here: key(),
                        there: There::Key(1),
                    },
                ],
            ),
            end("clear", vec![of_container()]),
        ],
    }
}
