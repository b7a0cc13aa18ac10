//! `overwritten-handle`: the only name of something that goes on is given another value.

use crate::diagnostic::{Confidence, Label, RuleInfo, Severity};
use crate::project::model::Overwritten;

use super::{Rule, Said};

pub const RULE: Rule = Rule {
    info: RuleInfo {
        id: "overwritten-handle",
        summary: "the only name of a running timer, subscription or connection is given another value",
        severity: Severity::Warning,
        precision: Confidence::Medium,
        tags: &["memory-leak", "external/cwe/cwe-401", "external/cwe/cwe-772"],
        page: include_str!("../../rules/overwritten-handle.md"),
    },
    find: |model| model.overwritten.iter().map(said).collect(),
};

/// One finding in words.
fn said(overwritten: &Overwritten) -> Said {
    let (name, noun) = (&overwritten.name, overwritten.resource.noun());
    let release = overwritten.release_name.as_deref().unwrap_or("its release");
    let (message, label, help) = if overwritten.is_emptied {
        (
            format!("`{name}` is emptied before its {noun} is released"),
            format!("this {noun} goes on: its release finds nothing"),
            format!("call `{release}` first, and empty `{name}` after it"),
        )
    } else {
        (
            format!("`{name}` is overwritten while its {noun} goes on"),
            format!("each run puts a new {noun} over the last, which nobody can release any more"),
            format!("release what `{name}` holds with `{release}` before this line, or leave if it holds something"),
        )
    };
    let mut evidence: Vec<Label> = overwritten.why.clone();
    evidence.extend(overwritten.release.iter().cloned());
    Said {
        confidence: overwritten.confidence,
        message,
        primary: Label::new(overwritten.place, label),
        evidence,
        retains: None,
        help,
    }
}
