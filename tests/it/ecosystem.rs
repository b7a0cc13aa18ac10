//! The figures that are given of other people's code are those of the judged findings.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use leaklint::catalog::builtin::{FILES, builtin};
use serde::Deserialize;

use crate::support::package_root;

const HEAD: &str = "| seed | drawn from | projects with a drawn finding | true at high | true at medium | projects of the \
                    true ones at high |\n|---|---|---|---|---|---|\n";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Judged {
    repository: Option<String>,
    #[serde(rename = "commit")]
    _commit: Option<String>,
    package: Option<String>,
    #[serde(rename = "version")]
    _version: Option<String>,
    seed: u64,
    rule: String,
    confidence: String,
    #[serde(rename = "path")]
    _path: String,
    #[serde(rename = "line")]
    _line: u32,
    verdicts: Vec<bool>,
    r#true: bool,
    reasons: Vec<String>,
}

impl Judged {
    fn project(&self) -> &str {
        self.repository.as_deref().or(self.package.as_deref()).unwrap()
    }
}

fn judged() -> Vec<Judged> {
    let text = fs::read_to_string(package_root().join("ecosystem/judged.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn judged_findings_are_true_if_all_readers_say_so() {
    for each in judged() {
        assert_eq!(
            each.r#true,
            each.verdicts.iter().all(|verdict| *verdict),
            "{}",
            each.project()
        );
        assert_eq!(each.verdicts.len(), each.reasons.len(), "{}", each.project());
        assert!(each.verdicts.len() >= 2, "{}", each.project());
        assert_ne!(each.repository.is_some(), each.package.is_some());
    }
}

#[test]
fn judged_findings_are_counted_as_the_page_says() {
    let all = judged();
    let mut samples: BTreeMap<(u64, &str), Vec<&Judged>> = BTreeMap::new();
    for each in &all {
        let kind = match each.package {
            Some(_) => "packages",
            None => "repositories",
        };
        samples.entry((each.seed, kind)).or_default().push(each);
    }
    let rows: String = samples
        .iter()
        .map(|(&(seed, kind), sample)| row(seed, kind, sample))
        .collect();
    let page = fs::read_to_string(package_root().join("ecosystem/README.md")).unwrap();
    assert!(
        page.contains(&format!("{HEAD}{rows}\n")),
        "ecosystem/README.md should hold:\n{HEAD}{rows}"
    );
}

/// The seeds that drew from code which those who write the rules had linted before.
const SEEN: [u64; 3] = [20_261_121, 20_261_122, 20_271_122];
/// Findings of a rule from which on their share says something.
const ENOUGH: usize = 10;

#[test]
fn each_page_says_how_far_its_rule_is_true() {
    let all = judged();
    for rule in leaklint::rules::RULES {
        let path = format!("rules/{}.md", rule.info.id);
        let page = fs::read_to_string(package_root().join(&path)).unwrap();
        let wanted = sentence(rule.info.id, &all);
        assert!(page.lines().any(|line| line == wanted), "{path} should say:\n{wanted}");
    }
}

fn sentence(rule: &str, all: &[Judged]) -> String {
    let of = |confidence: &str| -> Vec<bool> {
        all.iter()
            .filter(|each| each.rule == rule && !SEEN.contains(&each.seed) && each.confidence == confidence)
            .map(|each| each.r#true)
            .collect()
    };
    let (high, medium) = (of("high"), of("medium"));
    let shares: Vec<String> = [("high", &high), ("medium", &medium)]
        .into_iter()
        .filter(|(_, read)| !read.is_empty())
        .map(|(confidence, read)| {
            let is_true = read.iter().filter(|&&each| each).count();
            format!("{is_true} of {} at {confidence}", read.len())
        })
        .collect();
    let read = "the findings that were read in code nobody had linted before (`ecosystem/judged.jsonl`)";
    if shares.is_empty() {
        return format!("None of {read} is of this rule.");
    }
    let few = match high.len() + medium.len() < ENOUGH {
        true => " Too few were seen to say more.",
        false => "",
    };
    format!(
        "Of {read}, both readers called true: {} confidence.{few}",
        shares.join(", ")
    )
}

fn row(seed: u64, kind: &str, sample: &[&Judged]) -> String {
    let of = |confidence: &str| -> (usize, usize) {
        let drawn = sample.iter().filter(|each| each.confidence == confidence);
        (drawn.clone().filter(|each| each.r#true).count(), drawn.count())
    };
    let projects: BTreeSet<&str> = sample.iter().map(|each| each.project()).collect();
    let surely = sample.iter().filter(|each| each.r#true && each.confidence == "high");
    let of_true: BTreeSet<&str> = surely.map(|each| each.project()).collect();
    let ((high, highs), (medium, mediums)) = (of("high"), of("medium"));
    format!(
        "| {seed} | {kind} | {} | {high} of {highs} | {medium} of {mediums} | {} |\n",
        projects.len(),
        of_true.len()
    )
}

/// A library that acquires, and a place in public code where that was seen.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    library: String,
    /// The file in `rules/catalog` that describes it, without its extension.
    catalogue: String,
    /// Projects of the collection with a package that depends on it, and those packages.
    dependents: u32,
    packages: u32,
    documentation: String,
    witness: Witness,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Witness {
    repository: String,
    commit: String,
    path: String,
    line: u32,
    /// `finding`: reported, and a leak to who read it; `silent`: known, released or kept, and rightly not reported.
    what: String,
}

/// A project of `projects.jsonl`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, untagged)]
enum Project {
    Repository { repository: String, commit: String },
    Package { package: String, version: String },
}

const FEWEST_REPOSITORIES: usize = 30;
const FEWEST_PACKAGES: usize = 20;

#[test]
fn projects_are_pinned_and_hold_every_judged_repository() {
    let text = fs::read_to_string(package_root().join("ecosystem/projects.jsonl")).unwrap();
    let (mut repositories, mut packages) = (BTreeSet::new(), BTreeSet::new());
    for line in text.lines() {
        match serde_json::from_str(line).unwrap() {
            Project::Repository { repository, commit } => {
                assert!(
                    commit.len() == 40 && commit.chars().all(|each| each.is_ascii_hexdigit()),
                    "{line}"
                );
                assert!(repositories.insert(repository), "listed twice: {line}");
            }
            Project::Package { package, version } => {
                assert!(version.split('.').count() == 3, "{line}");
                assert!(packages.insert(package), "listed twice: {line}");
            }
        }
    }
    assert!(repositories.len() >= FEWEST_REPOSITORIES && packages.len() >= FEWEST_PACKAGES);
    for each in judged().iter().filter_map(|each| each.repository.as_ref()) {
        assert!(repositories.contains(each), "{each} is judged and not listed");
    }
}

const FEWEST_LIBRARIES: usize = 60;
const FEWEST_LEAKS: usize = 2;

fn listed() -> Vec<Listed> {
    let text = fs::read_to_string(package_root().join("ecosystem/libraries.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn libraries_are_listed_by_how_many_depend_on_them() {
    let all = listed();
    assert!(all.len() >= FEWEST_LIBRARIES, "{} libraries", all.len());
    let names: BTreeSet<&str> = all.iter().map(|each| each.library.as_str()).collect();
    assert_eq!(names.len(), all.len(), "a library is listed twice");
    let rank = |each: &Listed| {
        (
            u32::MAX - each.dependents,
            u32::MAX - each.packages,
            each.library.clone(),
        )
    };
    assert!(all.is_sorted_by_key(rank));
    for each in &all {
        let Witness {
            repository,
            commit,
            path,
            line,
            what,
        } = &each.witness;
        assert!(
            repository.split('/').count() == 2 && !path.is_empty() && *line > 0,
            "{}",
            each.library
        );
        let is_hash = commit.len() == 40 && commit.chars().all(|letter| letter.is_ascii_hexdigit());
        assert!(
            is_hash && ["finding", "silent"].contains(&what.as_str()),
            "{}",
            each.library
        );
        assert!(
            each.dependents > 0 && each.packages >= each.dependents,
            "{}",
            each.library
        );
    }
    let findings = all.iter().filter(|each| each.witness.what == "finding").count();
    let sentence = format!(
        "{} libraries are listed, {findings} of them with a finding and {} with a silent use.",
        all.len(),
        all.len() - findings
    );
    let page = fs::read_to_string(package_root().join("ecosystem/README.md")).unwrap();
    assert!(
        page.lines().any(|line| line == sentence),
        "ecosystem/README.md should say:\n{sentence}"
    );
}

#[test]
fn listed_libraries_are_described_with_leaks_and_a_near_miss() {
    let catalog = builtin();
    for each in listed() {
        let library = &each.library;
        let name = format!("rules/catalog/{}.toml", each.catalogue);
        let position = FILES.iter().position(|(file, _)| *file == name);
        let position = position.unwrap_or_else(|| panic!("{library}: no {name}"));
        let described = &catalog.libraries[position].packages;
        let is_named = described.iter().any(|package| names_package(package, library));
        assert!(is_named, "{library}: {name} does not speak of it");
        assert!(
            FILES[position].1.contains(&each.documentation),
            "{library}: {name} names another source"
        );
        let acquires = catalog.acquires.iter().any(|entry| entry.library == position);
        let contains = FILES[position].1.contains("[[container]]");
        assert!(acquires || contains, "{library}: {name} acquires nothing");
        let examples: Vec<_> = catalog
            .examples
            .iter()
            .filter(|example| example.library == position)
            .collect();
        assert!(
            examples.len() >= FEWEST_LEAKS,
            "{library}: {} leaks in {name}",
            examples.len()
        );
        assert!(
            examples.iter().any(|example| example.near.is_some()),
            "{library}: no near miss in {name}"
        );
        let imports = [format!("\"{library}\""), format!("\"{library}/")];
        let is_shown = |text: &str| imports.iter().any(|import| text.contains(import.as_str()));
        assert!(
            examples.iter().any(|example| is_shown(&example.leak)),
            "{library}: no leak in {name}"
        );
    }
}

/// Whether a package that a file speaks of, or a path in it, is this one.
fn names_package(described: &str, library: &str) -> bool {
    described
        .strip_prefix(library)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
