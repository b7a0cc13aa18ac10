//! `mismatched-removal`: a removal that names something else than what was added.

use crate::diagnostic::{Confidence, Label, RuleInfo, Severity};
use crate::project::identity::Difference;
use crate::project::model::Mismatch;

use super::{Rule, Said};

pub const RULE: Rule = Rule {
    info: RuleInfo {
        id: "mismatched-removal",
        summary: "a listener stays because its removal names another function, event, target or option",
        severity: Severity::Warning,
        precision: Confidence::Medium,
        tags: &["memory-leak", "external/cwe/cwe-401"],
        page: include_str!("../../rules/mismatched-removal.md"),
    },
    find: |model| model.mismatches.iter().map(said).collect(),
};

/// One finding in words.
fn said(mismatch: &Mismatch) -> Said {
    let holder = &mismatch.holder_name;
    let removal = &mismatch.removal_name;
    let (named, wanted) = (&mismatch.named, &mismatch.wanted);
    let (cause, label, help) = match mismatch.difference {
        Difference::FreshRemoval => (
            "is given a new function",
            "this makes a new function, which was never added, and removes nothing".to_owned(),
            format!("keep the function in a variable or field, add that, and give the same to `{removal}`"),
        ),
        Difference::FreshAddition => (
            "cannot name the function that was added",
            format!("`{named}` is not the function that was added"),
            format!("keep the added function in a variable or field, and give the same to `{removal}`"),
        ),
        Difference::OtherFunction => (
            "names another function",
            format!("this names `{named}`; what was added is `{wanted}`"),
            format!("give `{wanted}` to `{removal}`"),
        ),
        Difference::NoFunction => (
            "names no function",
            "without the function this removes nothing".to_owned(),
            format!("give `{removal}` the function that was added"),
        ),
        Difference::OtherEvent => (
            "names another event",
            format!(
                "this names {}; the listener waits for {}",
                quoted(named),
                quoted(wanted)
            ),
            format!("remove it from {}", quoted(wanted)),
        ),
        Difference::OtherTarget => (
            "is called on something else",
            format!("this removes from `{named}`; the listener is on `{wanted}`"),
            format!("call it on `{wanted}`"),
        ),
        Difference::OtherCapture => (
            "has another `capture` option",
            "this differs from the addition in `capture`, which is part of what is removed".to_owned(),
            format!("give `{removal}` the `capture` option with which the listener was added"),
        ),
        Difference::Emptied => (
            "reads a field that was emptied",
            format!("`{named}` is empty by then"),
            format!("empty `{wanted}` before it is set, not after"),
        ),
        Difference::PerRun => (
            "names the function of another run",
            format!("in this run `{named}` is another function than in the run that added it"),
            format!("make `{wanted}` once, outside this function"),
        ),
        Difference::AddedAgain => (
            "adds it again",
            "this adds where it should remove".to_owned(),
            "remove the listener here".to_owned(),
        ),
    };
    let mut evidence: Vec<Label> = mismatch.holder.iter().cloned().collect();
    if let Some(emptied) = mismatch.emptied {
        evidence.push(Label::new(emptied, "the field is emptied after the listener is added"));
    }
    evidence.push(Label::new(mismatch.removal, label));
    Said {
        confidence: mismatch.confidence,
        message: format!("listener on `{holder}` is never removed: the removal {cause}"),
        primary: Label::new(mismatch.place, "this adds the listener, and nothing else removes it"),
        evidence,
        retains: None,
        help,
    }
}

/// An event as the message names it: a literal has its quotes already.
fn quoted(event: &str) -> String {
    format!("`{event}`")
}
