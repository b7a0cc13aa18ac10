//! Strings interned over the whole project, so that paths of different files compare by number.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::facts::FileFacts;

/// An interned string of the project.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Sym(pub u32);

/// The interned strings.
#[derive(Default)]
pub struct Names {
    ids: FxHashMap<Arc<str>, Sym>,
    texts: Vec<Arc<str>>,
}

impl Names {
    /// The number of a string, new or known.
    pub fn intern(&mut self, text: &str) -> Sym {
        if let Some(&sym) = self.ids.get(text) {
            return sym;
        }
        let sym = Sym(self.texts.len() as u32);
        let text: Arc<str> = text.into();
        self.ids.insert(Arc::clone(&text), sym);
        self.texts.push(text);
        sym
    }

    /// Every name of a file, by the file's own numbers.
    pub fn intern_file(&mut self, facts: &FileFacts) -> Vec<Sym> {
        facts.names.iter().map(|name| self.intern(name)).collect()
    }

    /// The number of a string, if any file mentions it.
    pub fn find(&self, text: &str) -> Option<Sym> {
        self.ids.get(text).copied()
    }

    pub fn text(&self, sym: Sym) -> &str {
        &self.texts[sym.0 as usize]
    }
}
