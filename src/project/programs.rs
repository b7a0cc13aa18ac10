//! Programs that end: command-line programs and scripts, and the files that only they load. What piles up in them is gone
//! when the run is over.
//!
//! A program is an entry (no other file loads it, and it exports nothing) that deals with its own process: it reads
//! `process.argv`, sets `process.exitCode` or calls `process.exit`. It ends unless something it loads serves: hands a handler to a library that
//! runs it for each request, connection or message, or imports a library that is made for that.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::catalog::effect::Per;
use crate::catalog::index::Tables;
use crate::diagnostic::FileId;
use crate::facts::expr::Expr;
use crate::facts::ids::CallId;

use super::Project;
use super::path::{At, CallRef};

/// Members of `process` that a program uses and a module does not.
const OF_PROGRAMS: &[&str] = &["argv", "exit", "exitCode"];

/// Which files belong to programs that end, and to nothing else.
#[derive(Default)]
pub struct Programs {
    files: FxHashSet<FileId>,
}

impl Programs {
    pub fn find(project: &Project<'_>) -> Self {
        let files = || project.file_ids().filter(|&file| !project.is_test(file));
        let loaded: FxHashSet<FileId> = files()
            .flat_map(|file| project.links.loads(file).filter(move |&other| other != file))
            .collect();
        let (candidates, others): (Vec<FileId>, Vec<FileId>) = files()
            .filter(|file| !loaded.contains(file))
            .partition(|&file| project.links.exports_nothing(file) && project.minds_its_process(file));
        let serving = project.files_that_serve(&candidates);
        let (serving, ending): (Vec<FileId>, Vec<FileId>) =
            candidates.into_iter().partition(|entry| serving.contains(entry));
        if ending.is_empty() {
            return Self::default();
        }
        let shared = project.files_reached(&[others, serving].concat());
        Self {
            files: project.files_reached(&ending).difference(&shared).copied().collect(),
        }
    }

    /// Whether the file is loaded by programs that end only.
    pub fn contains(&self, file: FileId) -> bool {
        self.files.contains(&file)
    }
}

impl Project<'_> {
    /// The files and what they load, directly or not.
    pub(super) fn files_reached(&self, entries: &[FileId]) -> FxHashSet<FileId> {
        let mut reached: FxHashSet<FileId> = entries.iter().copied().collect();
        let mut open: Vec<FileId> = entries.to_vec();
        while let Some(file) = open.pop() {
            open.extend(self.links.loads(file).filter(|&other| reached.insert(other)));
        }
        reached
    }

    /// Who of some files loads each file.
    pub(super) fn loaded_by(&self, loaders: impl Iterator<Item = FileId>) -> FxHashMap<FileId, Vec<FileId>> {
        let mut loaded_by: FxHashMap<FileId, Vec<FileId>> = FxHashMap::default();
        for file in loaders {
            for other in self.links.loads(file).filter(|&other| other != file) {
                loaded_by.entry(other).or_default().push(file);
            }
        }
        loaded_by
    }

    /// Of the files that the entries load, directly or not, and the entries themselves: those that serve, or load one that does.
    fn files_that_serve(&self, entries: &[FileId]) -> FxHashSet<FileId> {
        let reached = self.files_reached(entries);
        let loaded_by = self.loaded_by(reached.iter().copied());
        let mut open: Vec<FileId> = reached.iter().copied().filter(|&file| self.serves(file)).collect();
        let mut found: FxHashSet<FileId> = open.iter().copied().collect();
        while let Some(file) = open.pop() {
            let loading = loaded_by.get(&file).into_iter().flatten().copied();
            open.extend(loading.filter(|&other| found.insert(other)));
        }
        found
    }

    /// Whether a file deals with the process it runs in.
    fn minds_its_process(&self, file: FileId) -> bool {
        let facts = self.facts(file);
        facts.exprs.iter().any(|expr| match expr {
            Expr::Member { object, name, .. } => {
                OF_PROGRAMS.contains(&facts.name(*name))
                    && matches!(facts.expr(*object), Expr::Global(global) if facts.name(*global) == "process")
            }
            _ => false,
        })
    }

    /// Whether a file keeps its process busy for others, by a handler that it hands over or a library that it loads for that.
    fn serves(&self, file: FileId) -> bool {
        let mut packages = self.links.packages(file).map(|package| self.text(package));
        packages.any(|package| self.catalog.serves(package))
            || self
                .calls_of(file)
                .any(|call| self.hands_over(call, |per| matches!(per, Per::Request | Per::Connection | Per::Message)))
    }

    pub(super) fn calls_of(&self, file: FileId) -> impl Iterator<Item = CallRef> + '_ {
        (0..self.facts(file).calls.len() as u32).map(move |index| At::new(file, CallId(index)))
    }

    /// Whether a call hands a function to a library that runs it so often.
    pub(super) fn hands_over(&self, call: CallRef, is_wanted: impl Fn(Per) -> bool) -> bool {
        // Few names are those of such a call.
        if !self.tables_of(call).contains(Tables::RUNS) {
            return false;
        }
        let mut named = self
            .callee_name(call)
            .into_iter()
            .flat_map(|name| self.catalog.runs_named(name));
        if !named.any(|run| is_wanted(run.per)) {
            return false;
        }
        let args = self.call(call).args.len();
        (0..args).any(|position| {
            self.runs_of(call, position as u16)
                .iter()
                .any(|(run, _)| is_wanted(run.per))
        })
    }
}
