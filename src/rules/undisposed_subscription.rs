//! `undisposed-subscription`: a subscription to something that goes on is not ended when whoever subscribed is gone.

use crate::catalog::effect::Resource;
use crate::diagnostic::{Confidence, RuleInfo, Severity};
use crate::project::model::{Leak, Missing};

use super::{Rule, Said, leaks_of};

pub const RULE: Rule = Rule {
    info: RuleInfo {
        id: "undisposed-subscription",
        summary: "a subscription to something that goes on is not ended when whoever subscribed is gone",
        severity: Severity::Warning,
        precision: Confidence::Low,
        tags: &["memory-leak", "external/cwe/cwe-401"],
        page: include_str!("../../rules/undisposed-subscription.md"),
    },
    find: |model| leaks_of(model, Resource::Subscription).map(said).collect(),
};

/// One finding in words.
fn said(leak: &Leak) -> Said {
    let source = if leak.holder_name.is_empty() {
        &leak.what
    } else {
        &leak.holder_name
    };
    let release = leak.release_name.as_deref().unwrap_or("unsubscribe");
    let end = match &leak.teardown {
        Some((teardown, _)) => format!("in `{teardown}`"),
        None => "when the work is done".to_owned(),
    };
    let (message, label, help) = match (&leak.notifier, &leak.missing) {
        (Some(notifier), _) => (
            format!(
                "subscription to `{source}` waits for `{}`, which never fires",
                notifier.name
            ),
            "subscribed here, and never ended".to_owned(),
            format!(
                "call `{name}.{by}()` {end}; completing it does not end the subscription",
                name = notifier.name,
                by = notifier.by
            ),
        ),
        (None, Missing::Dropped) => (
            format!("subscription to `{source}` is thrown away and cannot be ended"),
            "subscribed here, and nothing holds it to end it".to_owned(),
            format!("keep what this gives and end it (`{release}`) {end}"),
        ),
        (None, Missing::Never) => (
            format!("subscription to `{source}` is never ended"),
            "subscribed here, and never ended".to_owned(),
            format!("end it (`{release}`) {end}"),
        ),
        (None, Missing::OnSomePath(_)) => (
            format!("subscription to `{source}` is not ended on every way out"),
            "subscribed here, and not ended when control leaves as shown".to_owned(),
            format!("end it (`{release}`) on every way out"),
        ),
    };
    Said::of_leak(leak, message, label, help)
}
