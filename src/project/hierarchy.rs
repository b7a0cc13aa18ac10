//! Who extends whom: each owner's chain of bases and the owners below it, worked out once for all.

use smallvec::smallvec;

use super::Project;
use super::owner::Owners;
use super::path::OwnerId;

/// The bases and heirs of every owner; empty until [`Hierarchy::collect`].
#[derive(Default)]
pub struct Hierarchy {
    /// Each owner with its bases, nearest first.
    chains: Vec<Box<[OwnerId]>>,
    /// The owners that have it among their bases, in the order of ids.
    heirs: Vec<Vec<OwnerId>>,
}

impl Hierarchy {
    /// Asks for every owner's bases, when no answer changes any more.
    pub fn collect(project: &Project<'_>, owners: &Owners) -> Self {
        let mut heirs = vec![Vec::new(); owners.all().count()];
        let mut chains = Vec::with_capacity(heirs.len());
        for (owner, fact) in owners.all() {
            let bases = project.charged(fact.file, || project.bases(owner));
            let chain = bases.unwrap_or_else(|| smallvec![owner]);
            for base in chain.iter().skip(1) {
                heirs[base.0 as usize].push(owner);
            }
            chains.push(chain.into_boxed_slice());
        }
        Self { chains, heirs }
    }

    /// The owner with its bases, nearest first, if that was collected.
    pub fn chain(&self, owner: OwnerId) -> Option<&[OwnerId]> {
        self.chains.get(owner.0 as usize).map(|chain| &**chain)
    }

    /// The owners that have it among their bases; none before that was collected.
    pub fn heirs(&self, owner: OwnerId) -> &[OwnerId] {
        self.heirs.get(owner.0 as usize).map_or(&[], Vec::as_slice)
    }
}
