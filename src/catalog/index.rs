//! Finding the entries that may speak of a call, by the name it is called by.

use bitflags::bitflags;
use rustc_hash::FxHashMap;

use super::Catalog;
use super::effect::{
    Acquire, Alias, Container, End, Events, Factory, Grows, Leaves, OwnerPattern, Part, Per, Runner, Runs, Takes,
};
use super::pattern::{Callee, ExportPath, TypeKey, name_matches};

bitflags! {
    /// Tables that have something to say of a call's name.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
    pub struct Tables: u16 {
        const ACQUIRES = 1;
        const RUNS = 1 << 1;
        const CONTAINERS = 1 << 2;
        const ALIASES = 1 << 3;
        const LEAVES = 1 << 4;
        const FACTORIES = 1 << 5;
        /// Calls whose callers are scopes of a lifecycle.
        const HOOKS = 1 << 6;
        /// Calls that make an owner of what they are given.
        const MAKERS = 1 << 7;
    }
}

/// Positions in the catalogue's tables, by name. Made once by the loader.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Index {
    acquires: ByName,
    releases: ByName,
    runs: ByName,
    takes: ByName,
    containers: ByName,
    grows: ByName,
    safe: ByName,
    aliases: ByName,
    leaves: ByName,
    factories: ByName,
    hooks: ByName,
    makers: ByName,
    release_positions: Vec<(u32, u32)>,
    factory_positions: Vec<(TypeKey, u32)>,
    constructors: FxHashMap<ExportPath, Vec<TypeKey>>,
    annotations: FxHashMap<ExportPath, Vec<TypeKey>>,
    injections: FxHashMap<ExportPath, Vec<TypeKey>>,
    values: FxHashMap<ExportPath, Vec<TypeKey>>,
    parts: FxHashMap<TypeKey, Vec<u32>>,
    packages: FxHashMap<Box<str>, Vec<u32>>,
}

/// Positions of entries in one table.
#[derive(Clone, PartialEq, Debug, Default)]
struct ByName {
    exact: FxHashMap<Box<str>, Vec<u32>>,
    /// Names with a `*`: what stands before it and behind it.
    wild: Vec<(Box<str>, Box<str>, u32)>,
    /// Entries without a name: values of a type, element stores, exports of files.
    nameless: Vec<u32>,
}

impl ByName {
    fn of<'a>(names: impl Iterator<Item = Option<&'a str>>) -> ByName {
        let mut table = ByName::default();
        for (position, name) in (0u32..).zip(names) {
            match name {
                None => table.nameless.push(position),
                Some(name) => match name.split_once('*') {
                    Some((start, end)) => table.wild.push((start.into(), end.into(), position)),
                    None => table.exact.entry(name.into()).or_default().push(position),
                },
            }
        }
        table
    }

    fn named(&self, name: &str) -> impl Iterator<Item = usize> {
        // `import express from "express"; express()`: the catalogue keeps a default export under the empty name.
        let name = if name == "default" { "" } else { name };
        let exact = self.exact.get(name).map(Vec::as_slice).unwrap_or_default().iter();
        let wild = self
            .wild
            .iter()
            .filter(move |(start, end, _)| {
                name.len() >= start.len() + end.len() && name.starts_with(&**start) && name.ends_with(&**end)
            })
            .map(|(_, _, position)| position);
        exact.chain(wild).map(|&position| position as usize)
    }

    /// Whether an entry is of any name.
    fn has_nameless(&self) -> bool {
        !self.nameless.is_empty()
    }

    fn nameless(&self) -> impl Iterator<Item = usize> {
        self.nameless.iter().map(|&position| position as usize)
    }
}

impl Index {
    pub(crate) fn of(catalog: &Catalog) -> Index {
        let mut index = Index {
            acquires: ByName::of(catalog.acquires.iter().map(|entry| entry.callee.name())),
            runs: ByName::of(catalog.runs.iter().map(|entry| match &entry.who {
                Runner::Callback { callee, .. } => callee.name(),
                Runner::Decorated(decorator) => Some(decorator.last()),
                Runner::Method { name, .. } => Some(&**name),
                Runner::FileExport { .. } | Runner::Typed(_) => None,
            })),
            takes: ByName::of(catalog.takes.iter().map(|entry| entry.callee.name())),
            containers: ByName::of(catalog.containers.iter().map(|entry| entry.from.name())),
            grows: ByName::of(catalog.grows.iter().map(|entry| entry.callee.name())),
            safe: ByName::of(catalog.safe.iter().map(Callee::name)),
            aliases: ByName::of(catalog.aliases.iter().map(|entry| entry.callee.name())),
            leaves: ByName::of(catalog.leaves.iter().map(|entry| entry.callee.name())),
            ..Index::default()
        };
        let owners = || catalog.lifecycles.iter().flat_map(|lifecycle| &lifecycle.owners);
        index.hooks = ByName::of(owners().filter_map(|owner| match owner {
            OwnerPattern::ScopeCall(callee) => Some(callee.name()),
            _ => None,
        }));
        index.makers = ByName::of(owners().filter_map(|owner| match owner {
            OwnerPattern::ObjectArgument { callee, .. } => Some(callee.name()),
            _ => None,
        }));
        index.add_releases(catalog);
        index.add_types(catalog);
        for (position, part) in (0u32..).zip(&catalog.parts) {
            index.parts.entry(part.of).or_default().push(position);
        }
        for (position, library) in (0u32..).zip(&catalog.libraries) {
            for package in &library.packages {
                index.packages.entry(package.clone()).or_default().push(position);
            }
        }
        index
    }

    fn add_releases(&mut self, catalog: &Catalog) {
        let mut names = Vec::new();
        for (position, acquire) in (0u32..).zip(&catalog.acquires) {
            for (ending, end) in (0u32..).zip(&acquire.ends) {
                if let End::Call { callee, .. } = end {
                    names.push(callee.name());
                    self.release_positions.push((position, ending));
                }
            }
        }
        self.releases = ByName::of(names.into_iter());
    }

    fn add_types(&mut self, catalog: &Catalog) {
        let mut names = Vec::new();
        for (key, ty) in (0u32..).map(TypeKey).zip(&catalog.types) {
            for (paths, table) in [
                (&ty.constructors, &mut self.constructors),
                (&ty.annotations, &mut self.annotations),
                (&ty.injections, &mut self.injections),
                (&ty.values, &mut self.values),
            ] {
                for path in paths {
                    table.entry(path.clone()).or_default().push(key);
                }
            }
            for (number, factory) in (0u32..).zip(&ty.factories) {
                names.push(factory.callee.name());
                self.factory_positions.push((key, number));
            }
        }
        self.factories = ByName::of(names.into_iter());
    }
}

/// Look-ups by name. `name` is the last member of what is called: the method, the class for `new`, the export, and the
/// empty name, or `default`, for a module or its default export called itself (`express()`). The caller then compares the whole
/// [`Callee`] with what it knows of the receiver. `value_…` are the entries that have no name: values of a type that are
/// called themselves, and stores to elements.
impl Catalog {
    pub fn acquires_named(&self, name: &str) -> impl Iterator<Item = &Acquire> {
        self.index.acquires.named(name).map(|position| &self.acquires[position])
    }

    pub fn value_acquires(&self) -> impl Iterator<Item = &Acquire> {
        self.index.acquires.nameless().map(|position| &self.acquires[position])
    }

    /// Endings that are calls or stores.
    pub fn releases_named(&self, name: &str) -> impl Iterator<Item = (&Acquire, &End)> {
        self.index.releases.named(name).map(|position| self.release(position))
    }

    pub fn value_releases(&self) -> impl Iterator<Item = (&Acquire, &End)> {
        self.index.releases.nameless().map(|position| self.release(position))
    }

    fn release(&self, position: usize) -> (&Acquire, &End) {
        let (acquire, end) = self.index.release_positions[position];
        let acquire = &self.acquires[acquire as usize];
        (acquire, &acquire.ends[end as usize])
    }

    /// Callbacks by their call's name, decorated methods by the decorator's, object methods by their own.
    pub fn runs_named(&self, name: &str) -> impl Iterator<Item = &Runs> {
        self.index.runs.named(name).map(|position| &self.runs[position])
    }

    /// Callbacks of calls that have no name, functions by their declared type, and exports of files.
    pub fn nameless_runs(&self) -> impl Iterator<Item = &Runs> {
        self.index.runs.nameless().map(|position| &self.runs[position])
    }

    /// Whether a package belongs to a library that runs handlers for requests: who loads it stays up for others.
    pub fn serves(&self, package: &str) -> bool {
        self.runs_per(Per::Request, package)
    }

    /// Whether a package belongs to a library that runs tests.
    pub fn tests(&self, package: &str) -> bool {
        self.runs_per(Per::Test, package)
    }

    fn runs_per(&self, per: Per, package: &str) -> bool {
        let is_of = |library: usize| self.libraries[library].packages.iter().any(|each| **each == *package);
        self.runs.iter().any(|run| run.per == per && is_of(run.library))
    }

    pub fn takes_named(&self, name: &str) -> impl Iterator<Item = &Takes> {
        self.index.takes.named(name).map(|position| &self.takes[position])
    }

    pub fn containers_named(&self, name: &str) -> impl Iterator<Item = &Container> {
        self.index
            .containers
            .named(name)
            .map(|position| &self.containers[position])
    }

    pub fn grows_named(&self, name: &str) -> impl Iterator<Item = &Grows> {
        self.index.grows.named(name).map(|position| &self.grows[position])
    }

    pub fn safe_named(&self, name: &str) -> impl Iterator<Item = &Callee> {
        self.index.safe.named(name).map(|position| &self.safe[position])
    }

    pub fn aliases_named(&self, name: &str) -> impl Iterator<Item = &Alias> {
        self.index.aliases.named(name).map(|position| &self.aliases[position])
    }

    pub fn leaves_named(&self, name: &str) -> impl Iterator<Item = &Leaves> {
        self.index.leaves.named(name).map(|position| &self.leaves[position])
    }

    /// Calls that give a value of a type, and where in the call it is.
    pub fn factories_named(&self, name: &str) -> impl Iterator<Item = (TypeKey, &Factory)> {
        self.index.factories.named(name).map(|position| self.factory(position))
    }

    fn factory(&self, position: usize) -> (TypeKey, &Factory) {
        let (key, factory) = self.index.factory_positions[position];
        (key, &self.ty(key).factories[factory as usize])
    }

    /// Types that `new path()` makes.
    pub fn types_by_constructor(&self, path: &ExportPath) -> &[TypeKey] {
        types(&self.index.constructors, path)
    }

    /// Types that the annotation `: path` declares.
    pub fn types_by_annotation(&self, path: &ExportPath) -> &[TypeKey] {
        types(&self.index.annotations, path)
    }

    /// Types that a constructor parameter with this declared type or token receives.
    pub fn types_by_injection(&self, path: &ExportPath) -> &[TypeKey] {
        types(&self.index.injections, path)
    }

    /// Types that the global or export itself has: `process`.
    pub fn types_by_value(&self, path: &ExportPath) -> &[TypeKey] {
        types(&self.index.values, path)
    }

    /// What is known of a property of `ty`, its own or one it inherits; the nearest counts.
    pub fn part(&self, ty: TypeKey, name: &str) -> Option<&Part> {
        let own = self.index.parts.get(&ty).map(Vec::as_slice).unwrap_or_default().iter();
        let own = own
            .map(|&position| &self.parts[position as usize])
            .find(|part| name_matches(&part.name, name));
        own.or_else(|| self.ty(ty).extends.iter().find_map(|&parent| self.part(parent, name)))
    }

    /// Whether `event` surely comes before a value of `ty` is garbage.
    pub fn is_terminal(&self, ty: TypeKey, event: &str) -> bool {
        let is_of = |of: &Events| of.ty.is_some_and(|of| self.is_a(ty, of));
        self.terminals.iter().any(|each| is_of(each) && each.has(event))
    }

    /// Whether an event ends an emitter's life by convention, whatever the emitter is.
    pub fn is_conventional_end(&self, event: &str) -> bool {
        self.terminals.iter().any(|each| each.ty.is_none() && each.has(event))
    }

    /// Whether an event asks a value of `ty` for its end.
    pub fn is_parting(&self, ty: TypeKey, event: &str) -> bool {
        let is_of = |of: &Events| of.ty.is_none_or(|of| self.is_a(ty, of));
        self.partings.iter().any(|each| is_of(each) && each.has(event))
    }

    /// Whether an event comes again and again in the life of an emitter that has it, whatever the emitter is.
    pub fn is_recurring(&self, event: &str) -> bool {
        self.recurring.iter().any(|each| each.has(event))
    }

    /// The libraries that speak of an npm package (by its name, without a path inside it), as positions.
    pub fn libraries_of(&self, package: &str) -> impl Iterator<Item = usize> {
        self.index
            .packages
            .get(package)
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .map(|&position| position as usize)
    }

    /// Whether some library speaks of a module: of Node, of a package, or of a path inside one.
    pub fn knows_module(&self, module: &str) -> bool {
        let parts = if module.starts_with('@') { 2 } else { 1 };
        let end = module
            .match_indices('/')
            .nth(parts - 1)
            .map_or(module.len(), |(at, _)| at);
        module.starts_with("node:") || self.index.packages.contains_key(&module[..end])
    }

    /// Which tables have an entry of each name that has no `*`, in no order.
    pub fn tables_by_name(&self) -> FxHashMap<&str, Tables> {
        let mut tables: FxHashMap<&str, Tables> = FxHashMap::default();
        for (kind, table) in self.tables_of_calls() {
            for name in table.exact.keys() {
                *tables.entry(name).or_default() |= kind;
            }
        }
        tables
    }

    /// Names with a `*`, what stands before it and behind it, each with the table that has an entry of it.
    pub fn wild_names(&self) -> impl Iterator<Item = (&str, &str, Tables)> {
        self.tables_of_calls().into_iter().flat_map(|(kind, table)| {
            let wild = table.wild.iter();
            wild.map(move |(start, end, _)| (&**start, &**end, kind))
        })
    }

    /// The tables of hooks and makers that have an entry without a name, which any call may be.
    pub fn tables_of_any_name(&self) -> Tables {
        let tables = self.tables_of_calls().into_iter();
        let by_name_only = Tables::HOOKS | Tables::MAKERS;
        let open = tables.filter(|(kind, table)| by_name_only.contains(*kind) && table.has_nameless());
        open.map(|(kind, _)| kind).collect()
    }

    fn tables_of_calls(&self) -> [(Tables, &ByName); 8] {
        let index = &self.index;
        [
            (Tables::ACQUIRES, &index.acquires),
            (Tables::RUNS, &index.runs),
            (Tables::CONTAINERS, &index.containers),
            (Tables::ALIASES, &index.aliases),
            (Tables::LEAVES, &index.leaves),
            (Tables::FACTORIES, &index.factories),
            (Tables::HOOKS, &index.hooks),
            (Tables::MAKERS, &index.makers),
        ]
    }

    /// Every name that a file must contain for an acquisition, a release or a callback of the catalogue to be in it.
    pub fn vocabulary(&self) -> impl Iterator<Item = &str> {
        let tables = [
            &self.index.acquires,
            &self.index.releases,
            &self.index.runs,
            &self.index.containers,
            &self.index.grows,
        ];
        let exact = tables.into_iter().flat_map(|table| table.exact.keys());
        let wild = tables.into_iter().flat_map(|table| &table.wild);
        let longest = wild.map(|(start, end, _)| if end.len() >= start.len() { end } else { start });
        exact.chain(longest).map(|name| &**name).filter(|name| !name.is_empty())
    }
}

fn types<'a>(table: &'a FxHashMap<ExportPath, Vec<TypeKey>>, path: &ExportPath) -> &'a [TypeKey] {
    let found = table.get(path).or_else(|| table.get(&path.clone().canonical()));
    found.map(Vec::as_slice).unwrap_or_default()
}
