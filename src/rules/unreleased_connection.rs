//! `unreleased-connection`: a connection, transaction, session or lock is not given back on some way out.

use crate::catalog::effect::Resource;
use crate::diagnostic::{Confidence, RuleInfo, Severity};
use crate::project::model::{Leak, Missing};

use super::{Rule, Said, leaks_of};

pub const RULE: Rule = Rule {
    info: RuleInfo {
        id: "unreleased-connection",
        summary: "a connection, transaction, session or lock is not given back on some way out",
        severity: Severity::Error,
        precision: Confidence::Medium,
        tags: &["resource-leak", "external/cwe/cwe-772"],
        page: include_str!("../../rules/unreleased-connection.md"),
    },
    find: |model| leaks_of(model, Resource::Connection).map(said).collect(),
};

/// One finding in words.
fn said(leak: &Leak) -> Said {
    let source = &leak.what;
    let item = leak.item_name.as_deref();
    let release = match (&leak.release_name, item) {
        (Some(release), Some(item)) => format!("`{item}.{release}()`"),
        (Some(release), None) => format!("`{release}()`"),
        (None, Some(item)) => format!("`{item}()`"),
        (None, None) => "its release".to_owned(),
    };
    let what = match item {
        Some(item) => format!("`{item}` from `{source}`"),
        None => format!("what `{source}` gives"),
    };
    let taken = item.map_or("taken here".to_owned(), |item| format!("`{item}` is taken here"));
    let (message, label, help) = match &leak.missing {
        Missing::Never => (
            format!("{what} is never given back"),
            format!("{taken} and never released"),
            format!("call {release} in a `finally` around its use"),
        ),
        Missing::Dropped => (
            format!("what `{source}` gives is thrown away and cannot be given back"),
            "taken here, and nothing holds it to release it".to_owned(),
            "keep what it gives and release it in a `finally`".to_owned(),
        ),
        Missing::OnSomePath(_) => (
            format!("{what} is not given back on every way out"),
            format!("{taken} and not released when control leaves as shown"),
            format!("put its use into `try` and call {release} in `finally`"),
        ),
    };
    Said::of_leak(leak, message, label, help)
}
