//! The stored form of facts: the same tables in less than half the source's size.
//!
//! One walk over the tables (`walk`) codes every number next to what it is likely to be; an arithmetic coder
//! (`coder`) spends on each only what its odds cost, and the odds (`model`) are learnt on the way. Every file starts from
//! the odds of the programs in `typical/`, so that small files gain too.
//!
//! Reading what was written gives equal facts. What it gives for other bytes is an error or nonsense that is safe to drop:
//! who stores facts keeps a checksum with them.

mod coder;
mod column;
mod extent;
mod model;
mod walk;

use std::cell::RefCell;
use std::path::Path;
use std::sync::LazyLock;

use thiserror::Error;

use super::FileFacts;
use super::lower::lower;
use super::texts::Texts;
use coder::{Looker, Reader, Writer};
use model::Model;
use walk::Walk;

/// Programs as people write them, by name and text. Their facts give the odds that every file starts from, so a change here
/// changes the format.
const TYPICAL: &[(&str, &str)] = &[
    ("application.ts", include_str!("typical/application.ts")),
    ("server.js", include_str!("typical/server.js")),
    ("component.tsx", include_str!("typical/component.tsx")),
    ("test.js", include_str!("typical/test.js")),
];

static PRIOR: LazyLock<Model> = LazyLock::new(|| {
    let mut model = Model::new();
    for (name, text) in TYPICAL {
        let facts = lower(Path::new(name), text);
        let mut facts = facts.expect("the typical programs have no errors");
        Walk::new(Writer::new(), &mut model, 0).facts(&mut facts);
    }
    model
});

thread_local! {
    /// The odds of the file that this thread writes or reads: their room is used again for the next.
    static ODDS: RefCell<Model> = const { RefCell::new(Model::empty()) };
}

/// Gives `work` the odds that every file starts from.
fn with_odds<T>(work: impl FnOnce(&mut Model) -> T) -> T {
    ODDS.with_borrow_mut(|model| {
        model.copy(&PRIOR);
        work(model)
    })
}

/// Bytes that are no facts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("the facts are broken")]
pub struct Broken;

/// The stored form of a file's facts.
pub fn write(facts: &FileFacts) -> Vec<u8> {
    let mut facts = facts.clone();
    with_odds(|model| {
        let mut walk = Walk::new(Writer::new(), model, 0);
        walk.facts(&mut facts);
        walk.finish().map(Writer::finish).unwrap_or_default()
    })
}

/// The facts that [`write`] stored.
///
/// # Errors
/// Bytes that [`write`] does not give, as far as that is noticed.
pub fn read(bytes: &[u8]) -> Result<FileFacts, Broken> {
    let mut facts = FileFacts::default();
    with_odds(|model| {
        let mut walk = Walk::new(Reader::new(bytes), model, bytes.len());
        walk.facts(&mut facts);
        walk.finish().map(|_| facts).ok_or(Broken)
    })
}

/// Numbers the names in the order in which the walk meets them, so that a new one needs no number, and drops those that
/// nothing mentions. Gives the old names back, for their room.
pub(super) fn number_names(facts: &mut FileFacts) -> Texts {
    let mut model = Model::empty();
    let mut walk = Walk::new(Looker, &mut model, 0);
    walk.facts(facts);
    let renamed = walk.into_renamed();
    let texts = std::mem::take(&mut facts.names);
    let mentioned = renamed.iter().flatten().count();
    let mut order = vec![0; mentioned];
    for (old, new) in renamed.iter().enumerate() {
        if let Some(new) = new {
            order[new.index()] = old;
        }
    }
    let in_order = || order.iter().filter_map(|&old| texts.get(old));
    facts.names = Texts::with_capacity(mentioned, in_order().map(str::len).sum());
    in_order().for_each(|text| facts.names.push(text));
    texts
}
