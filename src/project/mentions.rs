//! Which files say a name, so that a search through the project for a field reads only those.

use std::sync::OnceLock;

use crate::diagnostic::FileId;

use super::Project;
use super::names::Sym;

/// The files of each name, once somebody has asked.
#[derive(Default)]
pub struct Mentions {
    by_name: OnceLock<ByName>,
}

/// The files of the n-th name are those from the n-th start to the next.
struct ByName {
    starts: Vec<u32>,
    files: Vec<FileId>,
}

impl Project<'_> {
    /// The files that say a name, in their order.
    pub(super) fn files_that_name(&self, name: Sym) -> &[FileId] {
        let ByName { starts, files } = self.mentions.by_name.get_or_init(|| self.files_by_name());
        let at = name.0 as usize;
        match (starts.get(at), starts.get(at + 1)) {
            (Some(&from), Some(&to)) => &files[from as usize..to as usize],
            _ => &[],
        }
    }

    fn files_by_name(&self) -> ByName {
        let all = || {
            let files = self.file_ids();
            files.flat_map(|file| self.files[file.index()].syms.iter().map(move |&name| (name, file)))
        };
        let last = all().map(|(name, _)| name.0 as usize).max().unwrap_or_default();
        let mut starts = vec![0_u32; last + 2];
        for (name, _) in all() {
            starts[name.0 as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut files = vec![FileId(0); all().count()];
        for (name, file) in all() {
            let at = &mut next[name.0 as usize];
            files[*at as usize] = file;
            *at += 1;
        }
        ByName { starts, files }
    }
}
