//! `unrevoked-object-url`: a URL for a blob is made again and again and never revoked.

use crate::catalog::effect::Resource;
use crate::diagnostic::{Confidence, RuleInfo, Severity};
use crate::project::model::Leak;

use super::{Rule, Said, leaks_of};

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
    Said::of_leak(
        leak,
        format!("{what} is never revoked"),
        "made here; the page keeps the blob behind it",
        format!("call `{release}` with it when nothing loads it any more"),
    )
}
