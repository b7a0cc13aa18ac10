//! The figures that are given of other people's code are those of the judged findings.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

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

/// The first seed that drew from code which nobody who writes the rules had linted before.
const FIRST_UNSEEN: u64 = 20_261_123;
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
            .filter(|each| each.rule == rule && each.seed >= FIRST_UNSEEN && each.confidence == confidence)
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
