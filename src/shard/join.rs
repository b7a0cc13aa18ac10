//! Puts parts together: every part once, from the same files, whatever the order.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Digest, Part, Shard, ShardError, StoredFile};
use crate::diagnostic::Problem;

/// Missing parts that an error names.
const MOST_NAMED: usize = 8;

/// All parts of all runs.
#[derive(Debug, Default)]
pub struct Joined {
    /// Sorted as a walk sorts them.
    pub files: Vec<StoredFile>,
    pub problems: Vec<Problem>,
    pub manifests: BTreeMap<String, Digest>,
}

/// Joins the shards of one run, or of several that were given different paths, each with the file it is from.
///
/// # Errors
/// A part that is missing or given twice; parts of different splits or sets of files; a file in two runs.
pub fn join(shards: Vec<(PathBuf, Shard)>) -> Result<Joined, ShardError> {
    let mut runs: BTreeMap<Vec<String>, Vec<&(PathBuf, Shard)>> = BTreeMap::new();
    for shard in &shards {
        runs.entry(shard.1.paths.clone()).or_default().push(shard);
    }
    for (paths, parts) in &runs {
        check_run(&shown(paths), parts)?;
    }
    drop(runs);
    let mut joined = Joined::default();
    let mut files: Vec<(PathBuf, StoredFile)> = Vec::new();
    for (from, shard) in shards {
        joined.problems.extend(shard.problems);
        for (path, digest) in shard.manifests {
            if joined
                .manifests
                .insert(path.clone(), digest)
                .is_some_and(|other| other != digest)
            {
                return Err(ShardError::Changed(path));
            }
        }
        files.extend(shard.files.into_iter().map(|file| (from.clone(), file)));
    }
    // By parts of the path, as paths compare.
    files.sort_by(|(_, a), (_, b)| Path::new(&a.path).cmp(Path::new(&b.path)));
    if let Some(pair) = files.windows(2).find(|pair| pair[0].1.path == pair[1].1.path) {
        return Err(ShardError::Overlap {
            path: pair[0].1.path.clone(),
            first: pair[0].0.clone(),
            second: pair[1].0.clone(),
        });
    }
    joined.files = files.into_iter().map(|(_, file)| file).collect();
    joined.problems.sort_unstable();
    // A folder that cannot be read is every part's problem.
    joined.problems.dedup();
    Ok(joined)
}

/// Whether these are all parts of one run, each once.
fn check_run(paths: &str, parts: &[&(PathBuf, Shard)]) -> Result<(), ShardError> {
    let Some((first, rest)) = parts.split_first() else {
        return Ok(());
    };
    let mut seen: BTreeMap<Part, &PathBuf> = BTreeMap::from([(first.1.part, &first.0)]);
    for (from, shard) in rest {
        if let Some(other) = seen.insert(shard.part, from) {
            return Err(ShardError::Twice {
                first: other.clone(),
                second: from.clone(),
                part: shard.part,
                paths: paths.to_owned(),
            });
        }
        if shard.part.of() != first.1.part.of() {
            return Err(ShardError::OtherSplit {
                first: first.0.clone(),
                second: from.clone(),
                paths: paths.to_owned(),
                given: first.1.part,
                other: shard.part,
            });
        }
        if shard.listing != first.1.listing {
            return Err(ShardError::OtherFiles {
                first: first.0.clone(),
                second: from.clone(),
            });
        }
    }
    let of = first.1.part.of();
    let missing = (1..=of).filter(|&index| !seen.keys().any(|part| part.index() == index));
    let mut named: Vec<String> = missing
        .clone()
        .take(MOST_NAMED)
        .map(|index| format!("{index}/{of}"))
        .collect();
    let count = of as usize - seen.len();
    if count > named.len() {
        named.push(format!("{} more", count - named.len()));
    }
    if count == 0 {
        return Ok(());
    }
    let noun = if count == 1 { "part" } else { "parts" };
    Err(ShardError::Missing {
        parts: format!("{noun} {}", named.join(", ")),
        count,
        paths: paths.to_owned(),
    })
}

fn shown(paths: &[String]) -> String {
    let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
    paths.join(", ")
}
