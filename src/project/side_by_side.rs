//! Files side by side: each is worked on by itself, on any thread, and the answers come in the order of what was asked.
//!
//! A thread works with a holder of its own, which forgets what it worked out when the next file begins. So an answer
//! depends on the joined facts and the file alone, and is the same for any number of threads.

use std::sync::Arc;

use rayon::prelude::*;

use crate::diagnostic::FileId;

use super::Project;
use super::memo::Memo;
use super::meter::Meter;

impl<'a> Project<'a> {
    /// Does some work for each file, at its cost; `None` for one that costs too much.
    pub(super) fn each_file<T: Send>(&self, work: impl Fn(&Project<'a>, FileId) -> T + Sync) -> Vec<Option<T>> {
        let files: Vec<FileId> = self.file_ids().collect();
        self.each(
            &files,
            |&file| file,
            || (),
            |project, (), &file| project.charged(file, || work(project, file)),
        )
    }

    /// Does some work for each of the items, which charges their files for it. The items of a file are worked on in their
    /// order, with one state that `begin` makes.
    pub(super) fn each<I: Sync, S, T: Send>(
        &self,
        items: &[I],
        file_of: impl Fn(&I) -> FileId,
        begin: impl Fn() -> S + Sync,
        work: impl Fn(&Project<'a>, &mut S, &I) -> T + Sync,
    ) -> Vec<T> {
        let mut order: Vec<(FileId, usize)> = items.iter().map(file_of).zip(0..).collect();
        order.sort_unstable();
        let (linked, ledger) = (&self.linked, self.meter.ledger());
        let holder = || Project {
            linked: Arc::clone(linked),
            meter: Meter::of(ledger),
            memo: Memo::default(),
        };
        let groups: Vec<&[(FileId, usize)]> = order.chunk_by(|(a, _), (b, _)| a == b).collect();
        let done = groups.par_iter().map_init(holder, |project, group| {
            project.memo.forget();
            let mut state = begin();
            let done = group
                .iter()
                .map(|&(_, index)| (index, work(project, &mut state, &items[index])));
            done.collect::<Vec<_>>()
        });
        let mut done: Vec<(usize, T)> = done.flatten_iter().collect();
        done.sort_unstable_by_key(|(index, _)| *index);
        done.into_iter().map(|(_, answer)| answer).collect()
    }
}
