//! What a package exposes to others: what its entry points export, and what those functions and classes make.
//!
//! Others may make such an object as often as they like. Of any other class all that makes one is in view.

use rustc_hash::FxHashSet;

use crate::diagnostic::FileId;
use crate::facts::expr::{Expr, Property};

use super::Project;
use super::path::{ExprRef, FnRef, OwnerId, Path, Root};
use super::resolve::Resolver;

/// Callers of callers of what makes an object that are looked at.
const MAX_DEPTH: u32 = 4;
/// Callers of one function that are looked at.
const MAX_CALLERS: usize = 24;

/// The exports of the packages whose entry points are files of the run.
#[derive(Default)]
pub struct Exposed {
    packages: FxHashSet<String>,
    roots: FxHashSet<Root>,
}

impl Exposed {
    pub fn collect(project: &Project<'_>, resolver: &Resolver) -> Self {
        let mut exposed = Exposed::default();
        for (package, files) in resolver.exposed_files() {
            exposed.packages.insert(package.to_owned());
            for file in files {
                let file = FileId(file as u32);
                let at = ExprRef::new(file, crate::facts::ids::ExprId(0));
                for (_, value) in project.links.all_exports(file) {
                    exposed.add(project, project.export_path(value, at, 0));
                }
            }
        }
        exposed
    }

    /// Adds an exported value; of an object literal what its properties are.
    fn add(&mut self, project: &Project<'_>, path: Path) {
        if !path.is_root() || !self.roots.insert(path.root) {
            return;
        }
        let Root::Object(literal) = path.root else { return };
        if let Expr::Object(properties) = project.expr(literal) {
            for property in properties {
                if let Property::Field { value, .. } = property {
                    self.add(project, project.path(literal.with(*value)));
                }
            }
        }
    }
}

impl Project<'_> {
    /// Whether code that is not in view may make objects of a class: a package's entry points export it or what makes it, or
    /// nothing says what they export. A class of an application that nothing in view makes is mostly made by its framework, once.
    pub(super) fn is_exposed(&self, owner: OwnerId) -> bool {
        self.owner_is_exposed(owner, 0)
    }

    /// Whether the file of a class exports it.
    pub(super) fn is_exported_class(&self, owner: OwnerId) -> bool {
        let mut exports = self.links.own_exports(self.owners.get(owner).file);
        exports.any(|(_, value)| self.path(value).root == Root::Static(owner))
    }

    fn owner_is_exposed(&self, owner: OwnerId, depth: u32) -> bool {
        let owned = self.owners.get(owner);
        let Some(package) = self.package_of(owned.file) else {
            return true;
        };
        if !package.is_library {
            return false;
        }
        if !self.exposed.packages.contains(&package.name) {
            return true;
        }
        self.exposed.roots.contains(&self.root_of(owner))
            || depth < MAX_DEPTH
                && (self
                    .graph
                    .made(owner)
                    .iter()
                    .take(MAX_CALLERS)
                    .any(|&call| self.function_is_exposed(self.calling(call), depth + 1))
                    || self
                        .subclasses(owner)
                        .iter()
                        .any(|&heir| self.owner_is_exposed(heir, depth + 1)))
    }

    fn function_is_exposed(&self, function: FnRef, depth: u32) -> bool {
        let outer = self.outermost(function);
        self.exposed.roots.contains(&Root::Function(outer))
            || match self.owners.of_function(outer) {
                Some((owner, _)) => self.owner_is_exposed(owner, depth),
                None => {
                    depth < MAX_DEPTH
                        && self
                            .graph
                            .callers(outer)
                            .iter()
                            .take(MAX_CALLERS)
                            .any(|&call| self.function_is_exposed(self.calling(call), depth + 1))
                }
            }
    }
}
