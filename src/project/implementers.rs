//! Who stands behind an interface or an abstract class: the classes of the project that implement or extend it.
//!
//! A value that is declared as an interface may be any of them, if they are few.

use rustc_hash::FxHashMap;

use crate::facts::types::TypeExpr;

use super::Project;
use super::owner::{Owner, OwnerKind};
use super::path::{BindingRef, OwnerId, Root};

/// Classes behind one interface beyond which nobody knows which is meant.
const MAX_IMPLEMENTERS: usize = 3;

#[derive(Default)]
pub struct Implementers {
    of_interface: FxHashMap<BindingRef, Vec<OwnerId>>,
    of_class: FxHashMap<OwnerId, Vec<OwnerId>>,
}

impl Implementers {
    pub fn collect(project: &Project<'_>) -> Self {
        let mut found = Implementers::default();
        for (id, owner) in project.owners.all() {
            project.charged(owner.file, || found.add(project, id, owner));
        }
        found
    }

    fn add(&mut self, project: &Project<'_>, id: OwnerId, owner: &Owner) {
        for &base in project.bases(id).iter().skip(1) {
            self.of_class.entry(base).or_default().push(id);
        }
        let OwnerKind::Class(class) = owner.kind else { return };
        let facts = project.facts(class.file);
        for &implemented in &facts.class(class.id).implements {
            let TypeExpr::Named { name, .. } = facts.type_expr(implemented) else {
                continue;
            };
            let path = project.path(class.with(*name));
            match path.root {
                Root::Variable(interface) if path.is_root() => {
                    self.of_interface.entry(interface).or_default().push(id);
                }
                Root::Static(base) if path.is_root() => self.of_class.entry(base).or_default().push(id),
                _ => {}
            }
        }
    }

    /// The classes that implement an interface; none if they are many.
    pub fn of_interface(&self, interface: BindingRef) -> &[OwnerId] {
        few(self.of_interface.get(&interface))
    }

    /// The classes that extend or implement a class; none if they are many.
    pub fn of_class(&self, base: OwnerId) -> &[OwnerId] {
        few(self.of_class.get(&base))
    }
}

fn few(found: Option<&Vec<OwnerId>>) -> &[OwnerId] {
    found
        .filter(|found| found.len() <= MAX_IMPLEMENTERS)
        .map_or(&[], Vec::as_slice)
}
