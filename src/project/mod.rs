//! The whole project: facts of all files joined, and what they mean by the catalogue.
//!
//! In reading order: [`link`] joins imports to exports, [`value`] says what expressions name, [`owner`], [`own_package`] and
//! [`typing`] what they are, [`calls`] what a call calls, [`repetition`] how often a line runs, [`region`] who outlives whom,
//! [`cfg`] how control flows, [`duty`] whether a release is missed, [`container`] what
//! may grow, [`container_use`] what is done with it, [`growth`] whether that is a leak, and [`confidence`] how
//! sure that is. Rules see [`model`] only.
//!
//! Nothing here reads a file, knows a rule, or names a library.

pub mod abandoned;
pub mod acquisition;
pub mod bound;
pub mod called;
mod callee;
pub mod calls;
pub mod cfg;
pub mod conditions;
pub mod confidence;
pub mod container;
pub mod container_store;
pub mod container_use;
pub mod contents;
pub mod debug;
mod declared;
pub mod development;
pub mod duty;
pub mod effects;
pub mod elsewhere;
pub mod entry;
mod exposed;
pub mod growth;
pub mod guard;
pub mod hierarchy;
pub mod identity;
pub mod implementers;
pub mod injection;
pub mod judge;
mod just_stored;
mod keyed;
pub mod latch;
pub mod lifecycle;
pub mod link;
pub mod lives;
pub mod many_keys;
pub mod matching;
pub mod membership;
mod memo;
pub mod mentions;
pub mod meter;
pub mod model;
pub mod names;
pub mod notifier;
pub mod origin;
pub mod own_package;
pub mod owner;
mod passing_on;
pub mod path;
pub mod places;
mod possible;
mod programs;
mod promises;
pub mod region;
pub mod registration;
mod remedy;
pub mod repetition;
pub mod resolve;
pub mod retained;
pub mod rounds;
pub mod settle;
mod side_by_side;
mod spoken;
pub mod story;
pub mod stream;
mod symbol;
pub mod teardown;
pub mod typing;
pub mod value;
pub mod words;
pub mod wrapper;

use std::ops::Deref;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use globset::{GlobBuilder, GlobMatcher};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::catalog::Catalog;
use crate::catalog::effect::Runner;
use crate::diagnostic::{FileId, Place};
use crate::facts::FileFacts;
use crate::facts::body::Function;
use crate::facts::ids::{FnId, Name, Span};
use crate::timings::Laps;

use calls::CallGraph;
use development::Development;
use exposed::Exposed;
use hierarchy::Hierarchy;
use implementers::Implementers;
use lifecycle::Lifecycles;
use link::Links;
use memo::Memo;
use mentions::Mentions;
use meter::{Allowance, Excess, Meter};
use model::Model;
use names::{Names, Sym};
use own_package::OwnExports;
use owner::Owners;
use path::{At, FnRef};
use programs::Programs;
use resolve::Resolver;
use spoken::Spoken;

/// Operations of a function that a look at it may go through for one step.
const OPERATIONS_A_STEP: u64 = 512;

/// A file as it enters the project.
pub struct SourceFile {
    /// Relative to the root, with `/`.
    pub path: PathBuf,
    /// Shared with who keeps them for the next run.
    pub facts: Arc<FileFacts>,
    /// The configuration calls it a test: what it does says nothing of the program, and nothing is found in it.
    pub is_test: bool,
}

/// All facts, joined, and what was worked out of them so far by whoever holds it: see [`side_by_side`].
pub struct Project<'a> {
    linked: Arc<Linked<'a>>,
    meter: Meter,
    memo: Memo,
}

/// What all who judge files side by side look at and nobody changes.
pub struct Linked<'a> {
    files: Vec<File>,
    catalog: &'a Catalog,
    names: Names,
    spoken: Spoken,
    links: Links,
    owners: Owners,
    own: OwnExports,
    exposed: Exposed,
    implementers: Implementers,
    hierarchy: Hierarchy,
    graph: CallGraph,
    lifecycles: Lifecycles,
    programs: Programs,
    development: Development,
    model: Model,
    /// Which files say which names.
    mentions: Mentions,
    /// The catalogue's globs of files that a framework runs, ready to match.
    globs: FxHashMap<&'a str, GlobMatcher>,
}

impl<'a> Deref for Project<'a> {
    type Target = Linked<'a>;

    fn deref(&self) -> &Linked<'a> {
        &self.linked
    }
}

struct File {
    path: PathBuf,
    facts: Arc<FileFacts>,
    /// The project's number of each of the file's names.
    syms: Vec<Sym>,
    package: Option<Arc<Package>>,
    /// For each function the last one that stands inside it, itself if there is none.
    last_nested: Box<[FnId]>,
    is_test: bool,
}

/// What the nearest `package.json` says.
#[derive(Clone, Debug)]
struct Package {
    name: String,
    /// Its exports are called by others: it has an entry point and is no program.
    is_library: bool,
    dependencies: Vec<String>,
}

impl<'a> Project<'a> {
    /// Joins the files' facts. What leaks in them is not judged yet: [`Self::judge`].
    pub fn link(
        files: Vec<SourceFile>,
        catalog: &'a Catalog,
        resolver: &Resolver,
        allowance: Allowance,
        laps: &mut Laps,
    ) -> Self {
        let mut names = Names::default();
        let syms: Vec<Vec<Sym>> = files.iter().map(|file| names.intern_file(&file.facts)).collect();
        let links = Links::build(&files, &syms, &mut names, resolver);
        let mut packages: FxHashMap<&FilePath, Arc<Package>> = FxHashMap::default();
        let files = files
            .into_iter()
            .zip(syms)
            .map(|(file, syms)| {
                let package = resolver.package_of(&file.path).map(|package| {
                    let shared = packages.entry(&package.root).or_insert_with(|| {
                        Arc::new(Package {
                            name: package.name.clone().unwrap_or_default(),
                            is_library: package.is_library,
                            dependencies: package.dependencies.iter().cloned().collect(),
                        })
                    });
                    Arc::clone(shared)
                });
                File {
                    last_nested: last_nested(&file.facts),
                    path: file.path,
                    facts: file.facts,
                    syms,
                    package,
                    is_test: file.is_test,
                }
            })
            .collect();
        let linked = Linked {
            files,
            catalog,
            spoken: Spoken::of(&names, catalog),
            names,
            links,
            owners: Owners::default(),
            own: OwnExports::default(),
            exposed: Exposed::default(),
            implementers: Implementers::default(),
            hierarchy: Hierarchy::default(),
            graph: CallGraph::default(),
            lifecycles: Lifecycles::default(),
            programs: Programs::default(),
            development: Development::default(),
            model: Model::default(),
            mentions: Mentions::default(),
            globs: globs(catalog),
        };
        let mut project = Project {
            linked: Arc::new(linked),
            meter: Meter::new(allowance),
            memo: Memo::default(),
        };
        laps.end("imports");
        let owners = Owners::collect(&project);
        project.learn(|linked| linked.owners = owners);
        let literals = Lifecycles::literals(&project);
        let owners = project.learn(|linked| std::mem::take(&mut linked.owners));
        let owners = owners.with_literals(&project, &literals);
        project.learn(|linked| linked.owners = owners);
        let stores = Owners::collect_stores(&project);
        project.learn(|linked| linked.owners.add_stores(stores));
        let implementers = Implementers::collect(&project);
        project.learn(|linked| linked.implementers = implementers);
        let own = OwnExports::collect(&project, resolver);
        // Calls were not known as the catalogue's before.
        project.learn(|linked| linked.own = own);
        let exposed = Exposed::collect(&project, resolver);
        project.learn(|linked| linked.exposed = exposed);
        laps.end("owners");
        let graph = CallGraph::build(&project);
        // What was asked while the call graph was unfinished may have answers now.
        project.learn(|linked| linked.graph = graph);
        laps.end("calls");
        let hierarchy = Hierarchy::collect(&project, &project.owners);
        project.learn(|linked| linked.hierarchy = hierarchy);
        let lifecycles = Lifecycles::find(&project, &literals);
        project.learn(|linked| linked.lifecycles = lifecycles);
        let development = Development::find(&project, resolver);
        project.learn(|linked| linked.development = development);
        let programs = Programs::find(&project);
        project.learn(|linked| linked.programs = programs);
        laps.end("lifecycles");
        project
    }

    /// Adds to what is known; what was worked out with less is forgotten.
    fn learn<T>(&mut self, add: impl FnOnce(&mut Linked<'a>) -> T) -> T {
        self.memo.forget();
        add(Arc::get_mut(&mut self.linked).expect("nobody works on files while a stage ends"))
    }

    /// Judges every acquisition and growth of the joined files.
    pub fn judge(&mut self, laps: &mut Laps) {
        let model = Model::build(self, laps);
        self.learn(|linked| linked.model = model);
    }

    /// What rules see.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// What was not judged because it would cost too much, or because of a fault of ours.
    pub fn excesses(&self) -> Vec<(FileId, Excess)> {
        self.meter.excesses()
    }

    /// Does a piece of work at the cost of a file, see [`meter`]; `None` if it costs too much.
    fn charged<T>(&self, file: FileId, work: impl FnOnce() -> T) -> Option<T> {
        let done = self.meter.charge(file, work);
        if done.is_none() {
            // What was left in the middle is no answer for anybody else.
            self.memo.forget();
        }
        done
    }

    pub fn file_ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len() as u32).map(FileId)
    }

    pub fn file_path(&self, file: FileId) -> &FilePath {
        &self.files[file.index()].path
    }

    /// Whether a file holds tests: the configuration calls it so, or it hands them to a runner.
    pub fn is_test(&self, file: FileId) -> bool {
        self.files[file.index()].is_test || self.development.is_test(file)
    }

    pub fn facts(&self, file: FileId) -> &FileFacts {
        self.meter.step();
        &self.files[file.index()].facts
    }

    /// A function, for the price of a look at all that it does: most who ask go through its operations.
    pub fn function(&self, function: FnRef) -> &Function {
        let found = self.facts(function.file).function(function.id);
        self.meter.steps(found.ops.len() as u64 / OPERATIONS_A_STEP);
        found
    }

    /// A function's own name, or that of the variable, property or method it is.
    pub fn function_name(&self, function: FnRef) -> Option<&str> {
        self.function(function)
            .name
            .map(|name| self.facts(function.file).name(name))
    }

    /// Every function of the project.
    pub fn functions(&self) -> impl Iterator<Item = FnRef> + '_ {
        self.file_ids()
            .flat_map(|file| (0..self.facts(file).functions.len() as u32).map(move |index| At::new(file, FnId(index))))
    }

    /// Every function of a file.
    pub fn functions_of(&self, file: FileId) -> impl Iterator<Item = FnRef> + use<> {
        (0..self.facts(file).functions.len() as u32).map(move |index| At::new(file, FnId(index)))
    }

    /// The project's number of a file's name.
    pub fn sym(&self, file: FileId, name: Name) -> Sym {
        self.files[file.index()].syms[name.index()]
    }

    /// The file's number of one of the project's names, if it mentions it.
    pub fn find_sym(&self, file: FileId, sym: Sym) -> Option<Name> {
        let syms = &self.files[file.index()].syms;
        syms.iter().position(|each| *each == sym).map(|at| Name(at as u32))
    }

    pub fn text(&self, sym: Sym) -> &str {
        self.names.text(sym)
    }

    pub fn place(&self, file: FileId, span: Span) -> Place {
        Place { file, span }
    }

    /// The name of the package a file belongs to.
    pub fn package_name(&self, file: FileId) -> Option<&str> {
        self.files[file.index()]
            .package
            .as_ref()
            .map(|package| package.name.as_str())
    }

    /// What the nearest `package.json` says.
    fn package_of(&self, file: FileId) -> Option<&Package> {
        self.files[file.index()].package.as_deref()
    }

    /// Whether the file belongs to a package whose exports others call.
    pub fn is_library(&self, file: FileId) -> bool {
        self.files[file.index()]
            .package
            .as_ref()
            .is_some_and(|package| package.is_library)
    }

    /// Whether the file belongs to a package that nobody but itself calls.
    pub fn is_application(&self, file: FileId) -> bool {
        self.package_of(file).is_some_and(|package| !package.is_library)
    }

    /// The functions around a function, from itself outward.
    pub fn around(&self, function: FnRef) -> impl Iterator<Item = FnRef> + '_ {
        std::iter::successors(Some(function), |&each| {
            self.function(each).parent.map(|parent| each.with(parent))
        })
    }

    /// Whether `inner` is `outer` or stands inside it.
    pub fn is_within(&self, inner: FnRef, outer: FnRef) -> bool {
        inner.file == outer.file && self.around(inner).any(|each| each == outer)
    }

    /// Functions declared directly or deeper inside a function, itself included.
    pub fn nested(&self, outer: FnRef) -> impl Iterator<Item = FnRef> + '_ {
        let last = self.files[outer.file.index()].last_nested[outer.id.index()];
        (outer.id.0..=last.0)
            .map(move |index| outer.with(FnId(index)))
            .filter(move |&each| self.is_within(each, outer))
    }
}

/// The globs by which a framework's files are known.
fn globs(catalog: &Catalog) -> FxHashMap<&str, GlobMatcher> {
    let globs = catalog.nameless_runs().filter_map(|run| {
        let Runner::FileExport { glob, .. } = &run.who else {
            return None;
        };
        let built = GlobBuilder::new(glob).literal_separator(true).build().ok()?;
        Some((&**glob, built.compile_matcher()))
    });
    globs.collect()
}

impl Drop for Linked<'_> {
    /// Many small tables: on all threads.
    fn drop(&mut self) {
        std::mem::take(&mut self.files).into_par_iter().for_each(drop);
    }
}

/// For each function of a file the last one that stands inside it; those that do come after it.
fn last_nested(facts: &FileFacts) -> Box<[FnId]> {
    let mut last: Box<[FnId]> = (0..facts.functions.len() as u32).map(FnId).collect();
    for (index, function) in facts.functions.iter().enumerate().rev() {
        if let Some(parent) = function.parent {
            last[parent.index()] = last[parent.index()].max(last[index]);
        }
    }
    last
}
