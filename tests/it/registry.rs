//! One spelling everywhere: a rule, its page, its fixtures and its file go together.

use std::collections::BTreeSet;
use std::fs;

use leaklint::rules::RULES;

use crate::support::{file_name, file_stem, folders, package_root, sources};

/// The headings of every page, in this order, after the title.
const HEADINGS: &[&str] = &[
    "What it reports",
    "Why it matters",
    "How it is decided",
    "What it does not report",
    "How to fix it",
    "Options and references",
];

/// Fixture files that a rule has at least.
const FEWEST_FIXTURES: usize = 12;

fn ids() -> BTreeSet<String> {
    RULES.iter().map(|rule| rule.info.id.to_owned()).collect()
}

/// The stems of the files in `folder` with this extension, but for those that belong to no rule.
fn stems(folder: &str, extension: &str, others: &[&str]) -> BTreeSet<String> {
    fs::read_dir(package_root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| file_stem(&path))
        .filter(|stem| !others.contains(&stem.as_str()))
        .collect()
}

#[test]
fn rules_are_sorted_and_named_once() {
    let listed: Vec<&str> = RULES.iter().map(|rule| rule.info.id).collect();
    let sorted: Vec<String> = ids().into_iter().collect();
    assert_eq!(listed, sorted);
}

#[test]
fn every_rule_has_a_page() {
    assert_eq!(ids(), stems("rules", "md", &["README"]));
}

#[test]
fn every_rule_has_a_file() {
    let files: BTreeSet<String> = stems("src/rules", "rs", &["mod", "retaining"])
        .iter()
        .map(|stem| stem.replace('_', "-"))
        .collect();
    assert_eq!(ids(), files);
}

#[test]
fn every_rule_has_fixtures() {
    let folders = folders(&package_root().join("fixtures/rules"));
    assert_eq!(ids(), folders.iter().map(|folder| file_name(folder)).collect());
    for folder in &folders {
        let count = sources(folder).len();
        assert!(count >= FEWEST_FIXTURES, "{}: {count} fixtures", folder.display());
    }
}

#[test]
fn every_page_has_the_same_headings() {
    for rule in ids() {
        let text = fs::read_to_string(package_root().join(format!("rules/{rule}.md"))).unwrap();
        assert!(
            text.starts_with(&format!("# {rule}\n")),
            "{rule}: the title is not the rule"
        );
        let headings: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, HEADINGS, "{rule}");
        // How far it is true stands where one asks how it is decided, and nowhere else.
        let (_, decided) = text.split_once("\n## How it is decided\n").unwrap();
        let (decided, _) = decided.split_once("\n## ").unwrap();
        let judged = "(`ecosystem/judged.jsonl`)";
        assert_eq!(
            (decided.matches(judged).count(), text.matches(judged).count()),
            (1, 1),
            "{rule}"
        );
    }
}

#[test]
fn every_rule_carries_its_page() {
    for rule in RULES {
        let path = package_root().join(format!("rules/{}.md", rule.info.id));
        assert_eq!(rule.info.page, fs::read_to_string(&path).unwrap(), "{}", path.display());
    }
}

#[test]
fn the_readme_lists_every_rule() {
    let text = fs::read_to_string(package_root().join("README.md")).unwrap();
    for rule in ids() {
        let link = format!("[`{rule}`](rules/{rule}.md)");
        assert!(text.contains(&link), "README.md: no {link}");
    }
}
