//! Code that is not the product: tests, and what a published package does not ship.
//!
//! Beside the names that the configuration gives to tests, both are told by what the project says itself: a test hands
//! functions to a test runner and is of no use to other files; what only tests load and that loads a test runner itself
//! belongs to them; a package that lists its `files` ships those and what its entry points load.

use rustc_hash::FxHashSet;

use crate::catalog::effect::Per;
use crate::diagnostic::FileId;

use super::Project;
use super::resolve::Resolver;

/// The files of the project that its users do not run.
#[derive(Default)]
pub struct Development {
    tests: FxHashSet<FileId>,
    helpers: FxHashSet<FileId>,
    unshipped: FxHashSet<FileId>,
}

impl Development {
    pub fn find(project: &Project<'_>, resolver: &Resolver) -> Self {
        let tests: FxHashSet<FileId> = project
            .file_ids()
            .zip(
                project.each_file(|project, file| project.links.exports_nothing(file) && project.tests_something(file)),
            )
            .filter_map(|(file, is_test)| is_test.unwrap_or(false).then_some(file))
            .collect();
        Self {
            helpers: project.helpers_of(&tests),
            tests,
            unshipped: project.unshipped(resolver),
        }
    }

    /// Whether a file describes tests: it runs once, in a process that ends.
    pub fn is_test(&self, file: FileId) -> bool {
        self.tests.contains(&file) || self.is_helper(file)
    }

    /// Whether a file is a test only because it helps those that are.
    pub fn is_helper(&self, file: FileId) -> bool {
        self.helpers.contains(&file)
    }

    /// Whether a published package leaves the file out.
    pub fn is_unshipped(&self, file: FileId) -> bool {
        self.unshipped.contains(&file)
    }
}

impl Project<'_> {
    /// Whether a file hands a function to a test runner.
    fn tests_something(&self, file: FileId) -> bool {
        self.calls_of(file)
            .any(|call| self.hands_over(call, |per| per == Per::Test))
    }

    /// The files that load a test runner and that only tests and such files load.
    fn helpers_of(&self, tests: &FxHashSet<FileId>) -> FxHashSet<FileId> {
        let is_test = |file: FileId| self.files[file.index()].is_test || tests.contains(&file);
        let loads_a_runner = |file: FileId| {
            let mut packages = self.links.packages(file);
            packages.any(|package| self.catalog.tests(self.text(package)))
        };
        let loaded_by = self.loaded_by(self.file_ids());
        let loaded = loaded_by.keys().copied();
        let mut open: Vec<FileId> = loaded.filter(|&file| !is_test(file) && loads_a_runner(file)).collect();
        let mut helpers = FxHashSet::default();
        loop {
            let before = helpers.len();
            open.retain(|file| {
                let loaders = &loaded_by[file];
                let is_helper = loaders
                    .iter()
                    .all(|&loader| is_test(loader) || helpers.contains(&loader));
                if is_helper {
                    helpers.insert(*file);
                }
                !is_helper
            });
            if helpers.len() == before {
                return helpers;
            }
        }
    }

    /// Files of packages that say what they ship, which neither the list names nor an entry point loads.
    fn unshipped(&self, resolver: &Resolver) -> FxHashSet<FileId> {
        let mut unshipped = FxHashSet::default();
        for package in resolver.shipments() {
            let entries: Vec<FileId> = package.entries.iter().map(|&entry| FileId(entry as u32)).collect();
            let loaded = self.files_reached(&entries);
            let unnamed = package.unnamed.iter().map(|&file| FileId(file as u32));
            unshipped.extend(unnamed.filter(|file| !loaded.contains(file)));
        }
        unshipped
    }
}
