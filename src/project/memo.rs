//! What one holder of a project has worked out so far, so that it is not worked out again.
//!
//! Nothing here is known to anybody else, and it is forgotten when the next file's turn comes: so what is found for a
//! file, and what it costs, does not depend on which files were judged before it, or by whom.

use std::cell::{Cell, RefCell};
use std::hash::Hash;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::FileId;

use super::called::CallNames;
use super::elsewhere::ReleaseScopes;
use super::names::Sym;
use super::path::{CallRef, ExprRef, FnRef, OwnerId, Path};
use super::repetition::{ExportedFunctions, Repeats};
use super::typing::Types;

/// Entries for which a table may have room when it is used again; emptying a larger one costs more than a new one.
const MOST_ROOM: usize = 4096;

/// Answers by what was asked.
pub(super) struct Table<K, V>(RefCell<FxHashMap<K, V>>);

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<K: Eq + Hash, V: Clone> Table<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.0.borrow().get(key).cloned()
    }

    pub(super) fn insert(&self, key: K, value: V) {
        self.0.borrow_mut().insert(key, value);
    }

    fn forget(&self) {
        let mut table = self.0.borrow_mut();
        if table.capacity() > MOST_ROOM {
            *table = FxHashMap::default();
        } else {
            table.clear();
        }
    }
}

/// What was asked for.
#[derive(Default)]
pub(super) struct Memo {
    /// Types of expressions; empty for those that are being worked out.
    pub(super) types: Table<ExprRef, Types>,
    /// What expressions name.
    pub(super) paths: Table<ExprRef, Path>,
    /// What calls give; themselves while that is being worked out.
    pub(super) call_paths: Table<CallRef, Path>,
    /// The fields of large object literals.
    pub(super) literal_fields: Table<ExprRef, Rc<FxHashMap<Sym, ExprRef>>>,
    /// The functions that files export, and under which names.
    pub(super) exported_functions: Table<FileId, Rc<ExportedFunctions>>,
    /// What a file reads properties of.
    pub(super) taken_apart: Table<FileId, Rc<FxHashSet<Path>>>,
    /// How often functions run, and those that run because of where their file lies.
    pub(super) repeats: Table<FnRef, Repeats>,
    pub(super) run_by_file: Table<FnRef, Option<Repeats>>,
    /// Fields of owners that something may fire.
    pub(super) fired: Table<(OwnerId, Sym), bool>,
    /// Calls under a latch that what they run closes.
    pub(super) lazy_starts: Table<CallRef, bool>,
    /// The calls of files by name, and the scopes of releases.
    pub(super) call_names: CallNames,
    pub(super) release_scopes: ReleaseScopes,
    /// Answers that are being worked out.
    open: Cell<u32>,
}

impl Memo {
    /// An answer begins to be worked out, which counts as something else until then.
    pub(super) fn open(&self) {
        self.open.set(self.open.get() + 1);
    }

    /// It is there.
    pub(super) fn close(&self) {
        self.open.set(self.open.get() - 1);
    }

    /// Whether no answer is half done.
    pub(super) fn is_settled(&self) -> bool {
        self.open.get() == 0
    }

    pub(super) fn forget(&self) {
        self.open.set(0);
        self.paths.forget();
        self.literal_fields.forget();
        self.exported_functions.forget();
        self.taken_apart.forget();
        self.types.forget();
        self.call_paths.forget();
        self.repeats.forget();
        self.run_by_file.forget();
        self.fired.forget();
        self.lazy_starts.forget();
        self.call_names.forget();
        self.release_scopes.forget();
    }
}
