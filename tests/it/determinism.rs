//! The same input gives the same bytes, whatever the threads, the order of the arguments, the cache and the parts.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use leaklint::cache::store::{MAX_BYTES, Store};
use leaklint::diagnostic::Confidence;
use leaklint::driver::{self, CheckOptions, Outcome};
use leaklint::timings::CacheUse;
use walkdir::WalkDir;

use crate::cache::age;
use crate::shard::{checkout, checkout_of, printed, store};

#[test]
fn threads_and_the_order_of_arguments_change_nothing() {
    let folder = checkout();
    let run = |threads: usize, paths: &[&str]| {
        let paths = paths.iter().map(PathBuf::from).collect();
        let mut options = CheckOptions::new(paths, folder.path().to_path_buf());
        options.threads = NonZeroUsize::new(threads);
        options.min_confidence = Some(Confidence::Low);
        let outcome = driver::check(&options).unwrap();
        assert!(outcome.diagnostics.len() > 100, "{}", outcome.diagnostics.len());
        printed(&outcome)
    };
    let expected = run(1, &["."]);
    for threads in [2, 3, 5, 16, 16] {
        assert!(run(threads, &["."]) == expected, "{threads} threads");
    }
    let expected = run(1, &["rules", "real", "projects"]);
    for paths in [
        ["projects", "rules", "real"],
        ["real", "projects", "rules"],
        ["./rules/", "real/../real", "projects/."],
    ] {
        assert!(run(2, &paths) == expected, "{paths:?}");
    }
    let twice = ["rules", "projects", "real", "rules", "rules/unbounded-cache"];
    assert!(run(4, &twice) == expected, "named twice");
}

/// Where the facts of a run come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum From<'f> {
    /// The files.
    Files,
    /// The files, by way of a cache in this folder, which is empty or knows them.
    Cold(&'f Path),
    Warm(&'f Path),
    /// So many parts that were made apart, in a folder.
    Parts(usize, &'f Path),
}

fn run(folder: &Path, threads: usize, paths: &[&str], from: From<'_>) -> Outcome {
    let mut options = CheckOptions::new(paths.iter().map(PathBuf::from).collect(), folder.to_path_buf());
    options.threads = NonZeroUsize::new(threads);
    options.min_confidence = Some(Confidence::Low);
    match from {
        From::Files => {}
        From::Cold(cache) | From::Warm(cache) => options.cache = Some(Store::new(cache.to_path_buf(), MAX_BYTES)),
        From::Parts(count, into) => {
            let parts = (1..=count).rev();
            options.facts = parts
                .map(|part| store(folder, paths, &format!("{part}/{count}"), into))
                .collect();
        }
    }
    driver::check(&options).unwrap()
}

#[test]
fn threads_arguments_cache_and_parts_change_nothing_together() {
    const PATHS: [&str; 5] = ["projects", "broken.js", "latin1.js", "small.min.js", "long.js"];
    let folder = checkout_of(&["projects"]);
    let (folder, beside) = (folder.path(), tempfile::TempDir::new().unwrap());
    // A cache knows files by their times once these are past.
    WalkDir::new(folder)
        .into_iter()
        .for_each(|entry| age(entry.unwrap().path()));
    let expected = run(folder, 1, &PATHS, From::Files);
    assert!(expected.diagnostics.len() > 20, "{}", expected.diagnostics.len());
    assert_eq!(expected.problems.len(), 2, "{:?}", expected.problems);
    let expected = printed(&expected);
    let mut reversed = PATHS;
    reversed.reverse();
    let mut turned = PATHS;
    turned.rotate_left(2);
    let twice = [&reversed[..], &PATHS[..]].concat();
    for threads in [1, 2, 7] {
        for (index, paths) in [&PATHS[..], &reversed, &turned, &twice].into_iter().enumerate() {
            // A cache of their own: another order is another run to it.
            let cache = beside.path().join(format!("{threads}-{index}"));
            for from in [
                From::Files,
                From::Cold(&cache),
                From::Warm(&cache),
                From::Parts(1, beside.path()),
                From::Parts(3, beside.path()),
            ] {
                let outcome = run(folder, threads, paths, from);
                assert!(printed(&outcome) == expected, "{threads} threads, {paths:?}, {from:?}");
                let used = match from {
                    From::Cold(_) => CacheUse::Missed,
                    From::Warm(_) => CacheUse::Hit,
                    From::Files | From::Parts(..) => CacheUse::Off,
                };
                assert_eq!(outcome.timings.cache, used, "{threads} threads, {paths:?}, {from:?}");
            }
        }
    }
}
