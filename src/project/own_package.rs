//! Libraries that are linted themselves: what the exports of a package of the tree are in the catalogue's words.
//!
//! `createClient` in the repository of the library is a function of a file, and still the catalogue's `createClient`:
//! whoever imports the package by its name, or the file by its path, names the same function. Only what the package's entry
//! exports counts, whatever the file that declares it calls it.

use rustc_hash::FxHashMap;

use crate::catalog::pattern::ExportPath;

use super::Project;
use super::owner::OwnerKind;
use super::path::{ExprRef, OwnerId, Path, Root};
use super::resolve::Resolver;

/// The catalogued exports of the packages of the tree, by what they are.
#[derive(Default)]
pub struct OwnExports {
    by_root: FxHashMap<Root, Vec<ExportPath>>,
}

impl OwnExports {
    /// Reads the entry file of every package of the tree that the catalogue knows.
    pub fn collect(project: &Project<'_>, resolver: &Resolver) -> Self {
        let mut own = OwnExports::default();
        for (package, file) in resolver.entries() {
            if project.catalog.libraries_of(package).next().is_none() {
                continue;
            }
            let file = crate::diagnostic::FileId(file as u32);
            let at = ExprRef::new(file, crate::facts::ids::ExprId(0));
            let mut exports = project.links.all_exports(file);
            exports.sort_unstable_by_key(|&(name, _)| name);
            for (name, value) in exports {
                let path = project.export_path(value, at, 0);
                let is_declared = matches!(path.root, Root::Function(_) | Root::Static(_) | Root::Variable(_));
                if !is_declared || !path.is_root() {
                    continue;
                }
                let export = ExportPath {
                    module: Some(package.into()),
                    members: vec![project.text(name).into()],
                };
                own.by_root.entry(path.root).or_default().push(export.canonical());
            }
        }
        own
    }

    /// What an owner is in the catalogue's words.
    pub fn of_owner(&self, project: &Project<'_>, owner: OwnerId) -> &[ExportPath] {
        self.of(&Path::root(project.root_of(owner)))
    }

    /// What a path is in the catalogue's words, if the project declares it: usually nothing.
    pub fn of(&self, path: &Path) -> &[ExportPath] {
        if self.by_root.is_empty() || !path.is_root() {
            return &[];
        }
        self.by_root.get(&path.root).map_or(&[], Vec::as_slice)
    }
}

impl Project<'_> {
    /// What names an owner itself, not one of its objects.
    pub(super) fn root_of(&self, owner: OwnerId) -> Root {
        match self.owners.get(owner).kind {
            OwnerKind::Class(_) => Root::Static(owner),
            OwnerKind::Prototype(constructor) => Root::Function(constructor),
            OwnerKind::Object(literal) => Root::Object(literal),
        }
    }
}
