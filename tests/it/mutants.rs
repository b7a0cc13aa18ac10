//! Projects with one link cut: each finding that goes over files must vanish or move.
//!
//! `mutants.toml` beside a project's files:
//!
//! ```toml
//! [[mutant]]
//! step = "the export has another name"    # what the finding needs
//! file = "bus.ts"
//! find = "export const bus"               # stands in the file exactly once
//! replace = "export const hub"
//! findings = ["routes.ts:6 unremoved-listener"]   # all that are left, and not those of the project as it is
//!
//! [[evidence]]
//! finding = "routes.ts:6 unremoved-listener"
//! places = ["bus.ts:3", "routes.ts:5"]    # of its evidence, in order
//! ```

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use leaklint::diagnostic::{Confidence, Diagnostic};
use leaklint::driver::Outcome;
use serde::Deserialize;
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::support::{file_name, folders, outcome_of, package_root, spot};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutants {
    #[serde(default)]
    mutant: Vec<Mutant>,
    #[serde(default)]
    evidence: Vec<Evidence>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutant {
    step: String,
    file: PathBuf,
    find: String,
    replace: String,
    findings: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    finding: String,
    places: Vec<String>,
}

#[test]
fn without_a_link_the_findings_of_a_project_vanish_or_move() {
    let mut report = String::new();
    let mut cut = 0;
    for project in folders(&package_root().join("fixtures/projects")) {
        let Some(mutants) = read(&project) else { continue };
        let whole = findings(&outcome_of(&project));
        for mutant in &mutants.mutant {
            cut += 1;
            let name = format!("{}: {}", file_name(&project), mutant.step);
            let copy = copied(&project);
            let path = copy.path().join(&mutant.file);
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
            let count = text.matches(&mutant.find).count();
            assert_eq!(count, 1, "{name}: `find` stands in the file {count} times");
            fs::write(&path, text.replace(&mutant.find, &mutant.replace)).unwrap();
            let left = findings(&outcome_of(copy.path()));
            if left != mutant.findings {
                writeln!(report, "{name}\n  expected {:?}\n  found    {left:?}", mutant.findings).unwrap();
            }
            if mutant.findings == whole {
                writeln!(report, "{name}\n  nothing changes").unwrap();
            }
        }
    }
    assert!(report.is_empty(), "{cut} mutants, these differ:\n{report}");
    assert!(cut >= 45, "{cut} mutants");
}

#[test]
fn the_proof_names_the_places_in_other_files() {
    let mut report = String::new();
    for project in folders(&package_root().join("fixtures/projects")) {
        let Some(mutants) = read(&project) else { continue };
        let outcome = outcome_of(&project);
        for evidence in &mutants.evidence {
            let found = outcome
                .diagnostics
                .iter()
                .find(|diagnostic| shown(&outcome, diagnostic) == evidence.finding);
            let places: Vec<String> = found
                .iter()
                .flat_map(|diagnostic| &diagnostic.evidence)
                .map(|label| at(spot(&outcome, label.place)))
                .collect();
            if found.is_none() || places != evidence.places {
                let name = file_name(&project);
                let (wanted, finding) = (&evidence.places, &evidence.finding);
                writeln!(
                    report,
                    "{name}: {finding}\n  expected {wanted:?}\n  found    {places:?}"
                )
                .unwrap();
            }
        }
    }
    assert!(report.is_empty(), "{report}");
}

fn read(project: &Path) -> Option<Mutants> {
    let path = project.join("mutants.toml");
    let text = fs::read_to_string(&path).ok()?;
    Some(toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// The project in a folder of its own.
fn copied(project: &Path) -> TempDir {
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    for entry in WalkDir::new(project) {
        let entry = entry.unwrap();
        let to = folder.path().join(entry.path().strip_prefix(project).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(to).unwrap();
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
    folder
}

/// The findings at default confidence, as `file:line rule`.
fn findings(outcome: &Outcome) -> BTreeSet<String> {
    let reported = outcome.diagnostics.iter();
    reported
        .filter(|diagnostic| diagnostic.confidence >= Confidence::Medium)
        .map(|diagnostic| shown(outcome, diagnostic))
        .collect()
}

fn shown(outcome: &Outcome, diagnostic: &Diagnostic) -> String {
    format!("{} {}", at(spot(outcome, diagnostic.primary.place)), diagnostic.rule)
}

fn at((path, line): (PathBuf, usize)) -> String {
    format!("{}:{line}", path.display())
}
