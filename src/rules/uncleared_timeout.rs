//! `uncleared-timeout`: a timeout guards work and is not cleared when the work ends, or arms itself again for ever.

use crate::catalog::effect::Resource;
use crate::diagnostic::{Confidence, RuleInfo, Severity};
use crate::project::model::{Leak, Missing};

use super::{Rule, Said, leaks_of};

pub const RULE: Rule = Rule {
    info: RuleInfo {
        id: "uncleared-timeout",
        summary: "a timeout that guards work, or arms itself again, is not cleared when the work ends",
        severity: Severity::Warning,
        precision: Confidence::Low,
        tags: &["memory-leak", "external/cwe/cwe-401", "external/cwe/cwe-772"],
        page: include_str!("../../rules/uncleared-timeout.md"),
    },
    find: |model| leaks_of(model, Resource::Timeout).map(said).collect(),
};

/// One finding in words.
fn said(leak: &Leak) -> Said {
    let release = leak.release_name.as_deref().unwrap_or("clearTimeout");
    // A frame or an idle moment is no timeout, and what asks for the next one is named.
    let (what, cleared) = match release.starts_with("cancel") {
        true => (format!("`{}`", leak.what), "cancelled"),
        false => ("timeout".to_owned(), "cleared"),
    };
    let message = match (&leak.missing, leak.is_self_rearming) {
        (_, true) => format!("{what} arms itself again for ever and is never {cleared}"),
        (Missing::OnSomePath(_), false) => format!("{what} is not {cleared} on every way out"),
        (Missing::Never | Missing::Dropped, false) if leak.teardown.is_some() => {
            format!("{what} is kept in a field and not {cleared} when its owner ends")
        }
        (Missing::Never | Missing::Dropped, false) => {
            format!("{what} guards work and is not {cleared} when the work ends")
        }
    };
    let help = match &leak.teardown {
        Some((teardown, _)) => format!("keep the handle and call `{release}` with it in `{teardown}`"),
        None => format!(
            "keep the handle and call `{release}` with it in every outcome: in `finally`, or in one function that all of them call"
        ),
    };
    Said::of_leak(
        leak,
        message,
        format!("this {} stays armed", what.trim_matches('`')),
        help,
    )
}
