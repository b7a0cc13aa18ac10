//! `unremoved-listener`: a listener is added again and again to something that outlives it.

use crate::catalog::effect::Resource;
use crate::diagnostic::{Confidence, RuleInfo, Severity};
use crate::project::model::{Leak, Missing};

use super::{Rule, Said, leaks_of};

pub const RULE: Rule = Rule {
    info: RuleInfo {
        id: "unremoved-listener",
        summary: "a listener is added again and again to something that outlives it, and not removed",
        severity: Severity::Warning,
        precision: Confidence::Low,
        tags: &["memory-leak", "external/cwe/cwe-401"],
        page: include_str!("../../rules/unremoved-listener.md"),
    },
    find: |model| leaks_of(model, Resource::Listener).map(said).collect(),
};

/// One finding in words.
fn said(leak: &Leak) -> Said {
    let holder = &leak.holder_name;
    let release = leak.release_name.as_deref().unwrap_or("removeListener");
    let (message, label, help) = match &leak.missing {
        Missing::Never | Missing::Dropped => (
            format!("listener on `{holder}` is added again and again and never removed"),
            "this adds a listener that nothing removes",
            match &leak.teardown {
                Some((teardown, _)) => {
                    format!("keep the handler and call `{holder}.{release}(…)` with it in `{teardown}`")
                }
                None => format!(
                    "add it once, outside the code that repeats, or call `{holder}.{release}(…)` with the same handler when the work is done"
                ),
            },
        ),
        Missing::OnSomePath(_) => (
            format!("listener on `{holder}` is not removed on every way out"),
            "this adds a listener that stays when control leaves as shown",
            format!(
                "call `{holder}.{release}(…)` on every way out: in `finally`, or in one function that all outcomes call"
            ),
        ),
    };
    Said::of_leak(leak, message, label, help)
}
