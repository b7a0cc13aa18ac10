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
    #[serde(rename = "rule")]
    _rule: String,
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
