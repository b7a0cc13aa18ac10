//! The facts of one part of a project, to be stored: the stages up to facts, and nothing that needs other files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::configured::left;
use super::plan::Input;
use super::reading::{Reading, each_file, file_facts, settled};
use super::{CheckError, CheckOptions, threads};
use crate::catalog::builtin::FILES;
use crate::facts::wire;
use crate::shard::{Digest, Part, Shard, Stamp, StoredFile};
use crate::source::{read_regular, slashed};
use crate::walk;

/// Files that say how specifiers are resolved and what a package is.
const MANIFESTS: [&str; 7] = [
    "package.json",
    "tsconfig.json",
    "jsconfig.json",
    "pnpm-workspace.yaml",
    "lerna.json",
    "leaklint.json",
    "leaklint.jsonc",
];

/// Who this program is: its version and the text of its catalogue.
pub(super) fn own_stamp() -> Stamp {
    Stamp::of_catalog(FILES.iter().flat_map(|(name, text)| [*name, *text]))
}

pub(super) fn facts(options: &CheckOptions, part: Part) -> Result<Shard, CheckError> {
    let threads = threads(options);
    let mut walk = walk::walk(&options.paths, &options.current_dir, &options.overlay, threads.count)?;
    if walk.root != options.current_dir {
        return Err(CheckError::Outside);
    }
    walk.problems
        .extend(walk.left_out(&options.current_dir, &options.overlay));
    let root = walk.root.clone();
    let relative = move |path: &Path| slashed(path.strip_prefix(&root).unwrap_or(path));
    let inputs = walk.files.into_iter().map(|file| Input {
        file,
        is_context: false,
    });
    let (_, inputs) = left(options, inputs.collect())?;
    walk.files = inputs.into_iter().map(|input| input.file).collect();
    let mut listing = Digest::default();
    for file in &walk.files {
        listing = listing.and(relative(&file.disk).as_bytes());
    }
    walk.files.retain(|file| part.holds(&relative(&file.disk)));
    let store = {
        let relative = relative.clone();
        let reading = Reading::of(options, &Arc::default());
        move |file: &walk::FoundFile| {
            let (facts, text) = file_facts(file, &reading)?;
            Ok(StoredFile {
                path: relative(&file.disk),
                length: text.len() as u64,
                digest: Digest::of(text.as_bytes()),
                facts: wire::write(&facts),
            })
        }
    };
    let run = each_file(&walk.files, &threads, options.progress, store).map_err(CheckError::Thread)?;
    let mut shard = Shard {
        part,
        paths: paths(options),
        listing,
        files: Vec::new(),
        problems: walk.problems,
        manifests: Vec::new(),
    };
    for (found, verdict) in walk.files.iter().zip(run.verdicts) {
        match settled(&relative(&found.disk), verdict, options.file_timeout) {
            Ok(file) => shard.files.push(file),
            Err(problem) => shard.problems.push(problem),
        }
    }
    shard.problems.sort_unstable();
    shard.manifests = manifests(&walk.root, &shard.files).into_iter().collect();
    Ok(shard)
}

/// The manifests in the folders of the files and above them, up to `root`, by path.
pub(super) fn manifests(root: &Path, files: &[StoredFile]) -> BTreeMap<String, Digest> {
    let mut folders: Vec<&Path> = files
        .iter()
        .flat_map(|file| Path::new(&file.path).ancestors().skip(1))
        .collect();
    folders.sort_unstable();
    folders.dedup();
    let candidates = folders
        .into_iter()
        .flat_map(|folder| MANIFESTS.iter().map(move |name| folder.join(name)));
    candidates
        .filter_map(|path| {
            let bytes = read_regular(&root.join(&path)).ok()?;
            Some((slashed(&path), Digest::of(&bytes)))
        })
        .collect()
}

/// What the run was given, relative to its folder, sorted.
fn paths(options: &CheckOptions) -> Vec<String> {
    let mut paths: Vec<String> = options
        .paths
        .iter()
        .map(|path| {
            let absolute = walk::normalized(&options.current_dir.join(path));
            match absolute.strip_prefix(&options.current_dir) {
                Ok(inside) if inside.as_os_str().is_empty() => ".".to_owned(),
                Ok(inside) => slashed(inside),
                Err(_) => slashed(&absolute),
            }
        })
        .collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}
