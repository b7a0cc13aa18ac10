//! `client-per-request`: a pool, client or agent that is meant to be made once is made again and again.

use crate::catalog::effect::Resource;
use crate::diagnostic::{Confidence, RuleInfo, Severity};
use crate::project::model::{Leak, Missing};

use super::{Rule, Said, leaks_of};

pub const RULE: Rule = Rule {
    info: RuleInfo {
        id: "client-per-request",
        summary: "a pool, client or agent is made in repeated code instead of once, and not closed",
        severity: Severity::Warning,
        precision: Confidence::Medium,
        tags: &["resource-leak", "external/cwe/cwe-772", "external/cwe/cwe-770"],
        page: include_str!("../../rules/client-per-request.md"),
    },
    find: |model| leaks_of(model, Resource::Client).map(said).collect(),
};

/// One finding in words.
fn said(leak: &Leak) -> Said {
    let source = &leak.what;
    let release = leak
        .release_name
        .as_ref()
        .map_or("its release".to_owned(), |release| format!("`{release}`"));
    let (message, label, help) = match &leak.missing {
        Missing::Never | Missing::Dropped => (
            format!("a client from `{source}` is made again and again and never closed"),
            "this makes a client with connections of its own".to_owned(),
            format!("make it once, where the module is loaded, and share it; or call {release} when its work is done"),
        ),
        Missing::OnSomePath(_) => (
            format!("a client from `{source}` is made again and again and not closed on every way out"),
            "this makes a client with connections of its own".to_owned(),
            format!("make it once and share it, or call {release} in a `finally`"),
        ),
    };
    Said::of_leak(leak, message, label, help)
}
