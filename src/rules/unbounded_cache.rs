//! `unbounded-cache`: a container that outlives the request grows in repeated code and is bounded nowhere.

use crate::diagnostic::{Confidence, Label, RuleInfo, Severity};
use crate::project::model::Growth;

use super::{Rule, Said, retaining};

pub const RULE: Rule = Rule {
    info: RuleInfo {
        id: "unbounded-cache",
        summary: "a container that outlives the request grows in repeated code and is bounded nowhere",
        severity: Severity::Warning,
        precision: Confidence::Low,
        tags: &["memory-leak", "external/cwe/cwe-401", "external/cwe/cwe-770"],
        page: include_str!("../../rules/unbounded-cache.md"),
    },
    find: |model| model.growths.iter().map(said).collect(),
};

/// One finding in words.
fn said(growth: &Growth) -> Said {
    let Growth { name, kind, .. } = growth;
    let mut evidence = Vec::new();
    if let Some(made_at) = growth.made_at {
        evidence.push(Label::new(made_at, format!("`{name}` is {kind} and {}", growth.life)));
    }
    evidence.extend(growth.why.iter().cloned());
    let added = addition(growth);
    let (message, primary, help) = if growth.missed.is_empty() {
        (
            format!("`{name}` grows without bound"),
            format!("{added}, and nothing takes it out again"),
            format!("delete what is no longer needed from `{name}`, or use a cache with a maximum size"),
        )
    } else if growth.is_abandoned {
        evidence.extend(growth.missed.iter().cloned());
        (
            format!("an entry of `{name}` stays when nobody waits for it any more"),
            format!("{added}, and only an answer takes it out"),
            format!("delete the entry of `{name}` also where the wait is given up"),
        )
    } else {
        evidence.extend(growth.missed.iter().cloned());
        (
            format!("an entry of `{name}` is not deleted on every way out"),
            format!("{added}, and its removal is skipped on some way out"),
            format!("delete the entry of `{name}` in a `finally`"),
        )
    };
    Said {
        confidence: growth.confidence,
        message,
        primary: Label::new(growth.place, primary),
        evidence,
        retains: Some(retaining::of_growth(growth)),
        help,
    }
}

/// What is added, and why there is no end of it.
fn addition(growth: &Growth) -> String {
    let origin = growth.source;
    let Growth { added, name, .. } = growth;
    // The engine writes `…` for what has no name of its own.
    match (growth.is_keyed, added.contains('…')) {
        (true, true) => format!("this adds an entry under a key that {origin}"),
        (true, false) => format!("this adds an entry under `{added}`, which {origin}"),
        (false, true) => format!("this adds to `{name}` what {origin}"),
        (false, false) => format!("this adds `{added}`, which {origin}"),
    }
}
