//! `unrevoked-object-url`: a URL for a blob is made again and again and never revoked.

use crate::catalog::effect::Resource;
use crate::diagnostic::{Confidence, Label, RuleInfo, Severity};
use crate::project::model::Leak;

use super::{Rule, Said, evidence, leaks_of};

pub const RULE: Rule = Rule {
    info: RuleInfo {
        id: "unrevoked-object-url",
        summary: "a URL for a blob is made again and again and never revoked",
        severity: Severity::Warning,
        precision: Confidence::Low,
        tags: &["memory-leak", "external/cwe/cwe-401"],
        page: include_str!("../../rules/unrevoked-object-url.md"),
    },
    find: |model| leaks_of(model, Resource::ObjectUrl).map(said).collect(),
};

/// One finding in words.
fn said(leak: &Leak) -> Said {
    let what = match &leak.item_name {
        Some(item) => format!("object URL `{item}`"),
        None => "object URL".to_owned(),
    };
    let release = leak.release_name.as_deref().unwrap_or("its release");
    Said {
        confidence: leak.confidence,
        message: format!("{what} is never revoked"),
        primary: Label::new(leak.place, "made here; the page keeps the blob behind it"),
        evidence: evidence(leak),
        help: format!("call `{release}` with it when nothing loads it any more"),
    }
}
