//! The oracle of the control flow graph: programs made by seed, whose graphs must allow what Node does.
//!
//! `cargo test` checks what needs no Node ([`invariants`]); `.ci/e2e` runs the programs ([`node`]). Unlike the other
//! tests this one looks inside: the graph is what it is about.

mod dumps;
mod generate;
mod graphs;
mod invariants;
mod node;
mod program;
pub mod random;
mod statements;

use std::fs;
use std::path::Path;

use leaklint::driver::{self, CheckOptions, Outcome};
use leaklint::project::Project;

use program::Program;

/// Programs that are made unless `LEAKLINT_ORACLE_PROGRAMS` says another number.
const PROGRAMS: u64 = 240;

fn programs() -> Vec<Program> {
    let count = std::env::var("LEAKLINT_ORACLE_PROGRAMS")
        .ok()
        .map_or(PROGRAMS, |count| {
            count.parse().expect("LEAKLINT_ORACLE_PROGRAMS is a number")
        });
    (0..count).map(generate::program).collect()
}

/// Analyses all programs as files of one folder. A file has its program's number.
fn with_programs<T: Send>(programs: &[Program], look: impl FnOnce(&Project<'_>, &Outcome) -> T + Send) -> T {
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    for program in programs {
        fs::write(folder.path().join(&program.name), &program.text).unwrap();
    }
    analysed(folder.path(), look)
}

fn analysed<T: Send>(path: &Path, look: impl FnOnce(&Project<'_>, &Outcome) -> T + Send) -> T {
    let path = path.canonicalize().unwrap();
    let folder = if path.is_dir() {
        path.clone()
    } else {
        path.parent().unwrap().to_path_buf()
    };
    let mut options = CheckOptions::new(vec![path], folder);
    options.context = false;
    driver::with_project(&options, |project, outcome| {
        assert!(outcome.problems.is_empty(), "not analysed: {:?}", outcome.problems);
        look(project, outcome)
    })
    .unwrap()
}
