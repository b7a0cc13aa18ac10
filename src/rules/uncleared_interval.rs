//! `uncleared-interval`: an interval is started again and again, or by something with a life, and not cleared at its end.

use crate::catalog::effect::Resource;
use crate::diagnostic::{Confidence, RuleInfo, Severity};
use crate::project::model::{Leak, Missing};

use super::{Rule, Said, leaks_of};

pub const RULE: Rule = Rule {
    info: RuleInfo {
        id: "uncleared-interval",
        summary: "an interval is started repeatedly, or by something with a life, and not cleared at its end",
        severity: Severity::Warning,
        precision: Confidence::Low,
        tags: &["memory-leak", "external/cwe/cwe-401", "external/cwe/cwe-772"],
        page: include_str!("../../rules/uncleared-interval.md"),
    },
    find: |model| leaks_of(model, Resource::Interval).map(said).collect(),
};

/// One finding in words.
fn said(leak: &Leak) -> Said {
    let release = leak.release_name.as_deref().unwrap_or("clearInterval");
    let message = match &leak.missing {
        Missing::Never => "interval is started again and again and never cleared",
        Missing::Dropped => "interval is started again and again and its handle is thrown away",
        Missing::OnSomePath(_) => "interval is not cleared on every way out",
    };
    let help = match (&leak.teardown, &leak.missing) {
        (Some((teardown, _)), Missing::Dropped) => {
            format!("keep the handle and call `{release}` with it in `{teardown}`")
        }
        (Some((teardown, _)), Missing::Never | Missing::OnSomePath(_)) => {
            format!("call `{release}` with its handle in `{teardown}`")
        }
        (None, Missing::Dropped) => format!("keep the handle and call `{release}` with it when the work is done"),
        (None, Missing::Never | Missing::OnSomePath(_)) => {
            let handle = leak
                .item_name
                .as_ref()
                .map_or("its handle".to_owned(), |name| format!("`{name}`"));
            format!("call `{release}` with {handle} on every way out of the work it belongs to")
        }
    };
    Said::of_leak(leak, message, "this interval goes on until it is cleared", help)
}
