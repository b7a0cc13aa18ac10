//! `undisconnected-observer`: an observer of elements goes on observing when whoever made it is gone.

use crate::catalog::effect::Resource;
use crate::diagnostic::{Confidence, RuleInfo, Severity};
use crate::project::model::{Leak, Missing};

use super::{Rule, Said, leaks_of};

pub const RULE: Rule = Rule {
    info: RuleInfo {
        id: "undisconnected-observer",
        summary: "an observer of elements goes on observing when whoever made it is gone",
        severity: Severity::Warning,
        precision: Confidence::Low,
        tags: &["memory-leak", "external/cwe/cwe-401"],
        page: include_str!("../../rules/undisconnected-observer.md"),
    },
    find: |model| leaks_of(model, Resource::Observer).map(said).collect(),
};

/// One finding in words.
fn said(leak: &Leak) -> Said {
    let what = match (&leak.item_name, leak.holder_name.is_empty()) {
        (Some(item), _) => format!("`{item}`"),
        (None, false) => format!("the observer of `{}`", leak.holder_name),
        (None, true) => format!("what `{}` makes", leak.what),
    };
    let release = leak.release_name.as_deref().unwrap_or("disconnect");
    let end = match &leak.teardown {
        Some((teardown, _)) => format!("in `{teardown}`"),
        None => "when its work is done".to_owned(),
    };
    let (message, label) = match &leak.missing {
        Missing::Never | Missing::Dropped => (
            format!("{what} is never disconnected"),
            "made here and never disconnected",
        ),
        Missing::OnSomePath(_) => (
            format!("{what} is not disconnected on every way out"),
            "made here and not disconnected when control leaves as shown",
        ),
    };
    Said::of_leak(
        leak,
        message,
        label,
        format!("keep it and call `{release}()` on it {end}"),
    )
}
