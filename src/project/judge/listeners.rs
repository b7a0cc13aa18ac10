//! Every listener of the project, by where it is added.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::catalog::effect::Resource;
use crate::diagnostic::FileId;

use super::super::Project;
use super::super::acquisition::Acquisition;
use super::super::path::{CallRef, FnRef, OwnerId};

/// The acquisitions that are listeners. Each question gives them in the order of the project.
pub(super) struct Listeners<'a> {
    all: Vec<&'a Acquisition<'a>>,
    calls: FxHashSet<CallRef>,
    /// By the file of the call, and by that of the function in whose activation it adds.
    by_file: FxHashMap<FileId, Vec<&'a Acquisition<'a>>>,
    /// By the owner around that function.
    by_owner: FxHashMap<OwnerId, Vec<&'a Acquisition<'a>>>,
}

impl<'a> Listeners<'a> {
    pub(super) fn of(project: &Project<'_>, acquisitions: &'a [Acquisition<'a>]) -> Self {
        let all: Vec<_> = acquisitions
            .iter()
            .filter(|each| each.resource() == Resource::Listener)
            .collect();
        let mut by_file: FxHashMap<_, Vec<_>> = FxHashMap::default();
        let mut by_owner: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for &each in &all {
            by_file.entry(each.call.file).or_default().push(each);
            if each.function.file != each.call.file {
                by_file.entry(each.function.file).or_default().push(each);
            }
            if let Some(owner) = project.owner_around(each.function) {
                by_owner.entry(owner).or_default().push(each);
            }
        }
        Self {
            calls: all.iter().map(|each| each.call).collect(),
            all,
            by_file,
            by_owner,
        }
    }

    pub(super) fn all(&self) -> &[&'a Acquisition<'a>] {
        &self.all
    }

    /// Whether the call adds one.
    pub(super) fn is_added_by(&self, call: CallRef) -> bool {
        self.calls.contains(&call)
    }

    /// Those that calls or functions of the file add.
    pub(super) fn of_file(&self, file: FileId) -> impl Iterator<Item = &'a Acquisition<'a>> {
        self.by_file.get(&file).into_iter().flatten().copied()
    }

    /// Those that the file of a function adds, or its owner or a relative of that in another; some twice.
    pub(super) fn beside(&self, project: &Project<'_>, function: FnRef) -> impl Iterator<Item = &'a Acquisition<'a>> {
        let owner = project.owner_around(function);
        let relatives = owner.map(|owner| project.relatives(owner)).unwrap_or_default();
        let of_relatives: Vec<_> = relatives
            .iter()
            .filter_map(|relative| self.by_owner.get(relative))
            .flatten()
            .copied()
            .collect();
        self.of_file(function.file).chain(of_relatives)
    }
}
