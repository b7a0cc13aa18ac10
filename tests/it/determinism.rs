//! The same input gives the same bytes, whatever the threads and the order of the arguments. That parts give them too is
//! tested in `shard`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use leaklint::diagnostic::Confidence;
use leaklint::driver::{self, CheckOptions};

use crate::shard::{checkout, printed};

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
