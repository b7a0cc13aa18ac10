//! `unclosed-handle`: a file, stream, worker, page or lock on a stream is opened and not closed on some way out.

use crate::catalog::effect::Resource;
use crate::diagnostic::{Confidence, RuleInfo, Severity};
use crate::project::model::{Leak, Missing};

use super::{Rule, Said, leaks_of};

pub const RULE: Rule = Rule {
    info: RuleInfo {
        id: "unclosed-handle",
        summary: "a file, stream, watcher, worker or page is opened and not closed on some way out",
        severity: Severity::Error,
        precision: Confidence::Low,
        tags: &["resource-leak", "external/cwe/cwe-772", "external/cwe/cwe-775"],
        page: include_str!("../../rules/unclosed-handle.md"),
    },
    find: |model| leaks_of(model, Resource::Handle).map(said).collect(),
};

/// One finding in words.
fn said(leak: &Leak) -> Said {
    let source = &leak.what;
    let what = match &leak.item_name {
        Some(item) => format!("`{item}` from `{source}`"),
        None => format!("what `{source}` opens"),
    };
    let opened = leak
        .item_name
        .as_ref()
        .map_or("opened here".to_owned(), |item| format!("`{item}` is opened here"));
    let release = leak
        .release_name
        .as_ref()
        .map_or("its release".to_owned(), |release| format!("`{release}`"));
    let (message, label, help) = match (&leak.missing, &leak.teardown) {
        (Missing::Never, Some((teardown, _))) => (
            format!("{what} is never closed"),
            format!("{opened} and never closed"),
            format!("call {release} on it in `{teardown}`"),
        ),
        (Missing::Never, None) => (
            format!("{what} is never closed"),
            format!("{opened} and never closed"),
            format!("call {release} on it in a `finally` around its use"),
        ),
        (Missing::Dropped, _) => (
            format!("{what} is thrown away and cannot be closed"),
            "opened here, and nothing holds it to close it".to_owned(),
            format!("keep what it gives and call {release} on it when the work is done"),
        ),
        (Missing::OnSomePath(_), _) => (
            format!("{what} is not closed on every way out"),
            format!("{opened} and not closed when control leaves as shown"),
            format!("put its use into `try` and call {release} on it in `finally`"),
        ),
    };
    Said::of_leak(leak, message, label, help)
}
