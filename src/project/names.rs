//! Strings interned over the whole project, so that paths of different files compare by number.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::FxBuildHasher;

use crate::facts::FileFacts;
use crate::facts::texts::Texts;

/// An interned string of the project.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Sym(pub u32);

/// The interned strings.
#[derive(Default)]
pub struct Names {
    texts: Texts,
    /// Each with its hash, so that a text is read only where hashes are the same.
    ids: HashTable<(u64, Sym)>,
}

impl Names {
    /// The number of a string, new or known.
    pub fn intern(&mut self, text: &str) -> Sym {
        let Self { texts, ids } = self;
        let hash = FxBuildHasher.hash_one(text);
        let same = |&(other, sym): &(u64, Sym)| other == hash && texts.get(sym.0 as usize) == Some(text);
        match ids.entry(hash, same, |&(hash, _)| hash) {
            Entry::Occupied(known) => known.get().1,
            Entry::Vacant(vacant) => {
                let sym = Sym(texts.len() as u32);
                vacant.insert((hash, sym));
                texts.push(text);
                sym
            }
        }
    }

    /// Every name of a file, by the file's own numbers.
    pub fn intern_file(&mut self, facts: &FileFacts) -> Vec<Sym> {
        facts.names.iter().map(|name| self.intern(name)).collect()
    }

    /// The number of a string, if any file mentions it.
    pub fn find(&self, text: &str) -> Option<Sym> {
        let hash = FxBuildHasher.hash_one(text);
        let same = |&(other, sym): &(u64, Sym)| other == hash && self.text(sym) == text;
        self.ids.find(hash, same).map(|&(_, sym)| sym)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.texts.len()
    }

    /// All, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.texts.iter()
    }

    pub fn text(&self, sym: Sym) -> &str {
        self.texts.get(sym.0 as usize).expect("every number is one of a text")
    }
}
