//! The calls of a file by the names they go by, so that a release is looked for among the calls that could be one.

use std::rc::Rc;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::catalog::effect::{Acquire, End};
use crate::catalog::pattern::Callee;
use crate::diagnostic::FileId;
use crate::facts::body::Op;
use crate::facts::ids::FnId;

use super::Project;
use super::memo::Table;
use super::path::{CallRef, FnRef, Path, Root, Step};

/// Functions that are followed upward from one.
const MAX_REACHED: usize = 64;

/// The indexes of the files that were asked about.
pub(super) type CallNames = Table<FileId, Rc<FileCalls>>;

/// Calls of one name that are looked at for one step.
const POSITIONS_A_STEP: u64 = 8;

/// A file's calls in the order of its functions and their operations.
pub(super) struct FileCalls {
    calls: Vec<(FnRef, CallRef)>,
    /// Positions in `calls`, ascending.
    by_name: FxHashMap<Box<str>, Vec<u32>>,
}

impl Project<'_> {
    /// Whether a function stands in another, or is called from it, by any number of others; also where that is not clear.
    pub(super) fn is_reached_from(&self, function: FnRef, from: FnRef) -> bool {
        let mut asked = vec![function];
        let mut next = 0;
        while let Some(&each) = asked.get(next) {
            next += 1;
            if self.is_within(each, from) || asked.len() > MAX_REACHED {
                return true;
            }
            for &call in self.graph.callers(each) {
                let caller = self.calling(call);
                if !asked.contains(&caller) {
                    asked.push(caller);
                }
            }
        }
        false
    }

    /// The calls in some functions, sorted, that may end by their callee what an entry acquires, in the order of the
    /// functions and their operations. Not all of them do, but no other call does.
    pub(super) fn calls_that_may_end(&self, entry: &Acquire, scope: &[FnRef]) -> Vec<CallRef> {
        let names = ending_names(entry);
        let mut files: Vec<FileId> = scope.iter().map(|function| function.file).collect();
        files.dedup();
        let mut found = Vec::new();
        for file in files {
            let index = self.calls_of_file(file);
            let mut positions: Vec<u32> = match &names {
                Some(names) => {
                    let named = names.iter().filter_map(|&name| index.by_name.get(name));
                    named.flatten().copied().collect()
                }
                None => (0..index.calls.len() as u32).collect(),
            };
            positions.sort_unstable();
            positions.dedup();
            self.meter.steps(positions.len() as u64 / POSITIONS_A_STEP);
            let calls = positions.into_iter().map(|at| index.calls[at as usize]);
            found.extend(
                calls
                    .filter(|(function, _)| scope.binary_search(function).is_ok())
                    .map(|(_, call)| call),
            );
        }
        found
    }

    fn calls_of_file(&self, file: FileId) -> Rc<FileCalls> {
        if let Some(known) = self.memo.call_names.get(&file) {
            return known;
        }
        let index = Rc::new(self.index_calls(file));
        self.memo.call_names.insert(file, Rc::clone(&index));
        index
    }

    fn index_calls(&self, file: FileId) -> FileCalls {
        let mut index = FileCalls {
            calls: Vec::new(),
            by_name: FxHashMap::default(),
        };
        for (id, function) in self.facts(file).functions.iter().enumerate() {
            let function_ref = FnRef::new(file, FnId(id as u32));
            for op in &function.ops {
                let Op::Call(call) = *op else { continue };
                let call = function_ref.with(call);
                let position = index.calls.len() as u32;
                index.calls.push((function_ref, call));
                for name in self.names_of_callee(call) {
                    match index.by_name.get_mut(name) {
                        Some(positions) => positions.push(position),
                        None => {
                            index.by_name.insert(name.into(), vec![position]);
                        }
                    }
                }
            }
        }
        index
    }

    /// Every name by which the catalogue may know what a call calls: as it is written, and of what it resolves to.
    fn names_of_callee(&self, call: CallRef) -> SmallVec<[&str; 4]> {
        let path = self.path(call.with(self.call(call).callee));
        let mut names: SmallVec<[&str; 4]> = self.callee_name(call).into_iter().collect();
        let exports = self.own.of(&path).iter().map(|export| export.last());
        for name in exports.chain(self.last_of_export(&path)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The last name of a global's or package's export; empty for a package or its default export.
    fn last_of_export(&self, path: &Path) -> Option<&str> {
        match (path.steps.last(), path.root) {
            (Some(Step::Field(name)), Root::Global(_)) => Some(self.text(*name)),
            (Some(Step::Field(name)), Root::Package(_)) if self.text(*name) != "default" => Some(self.text(*name)),
            (None, Root::Global(name)) => Some(self.text(name)),
            (None | Some(Step::Field(_)), Root::Package(_)) => Some(""),
            _ => None,
        }
    }
}

/// The last names of the callees that end an acquisition; `None` where any name will do.
fn ending_names(entry: &Acquire) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    for end in &entry.ends {
        let End::Call { callee, .. } = end else { continue };
        match callee {
            Callee::Export(export) if !export.last().contains('*') => names.push(export.last()),
            Callee::Method { name, .. } | Callee::Shape { name } if !name.contains('*') => names.push(name),
            // A class of the project may have a base that is the library's, a value any name.
            Callee::Export(_) | Callee::Method { .. } | Callee::Shape { .. } | Callee::New(_) | Callee::Value(_) => {
                return None;
            }
            // No call is one of these.
            Callee::PropertySet { .. } | Callee::ElementSet(_) | Callee::Attribute { .. } => {}
        }
    }
    Some(names)
}
