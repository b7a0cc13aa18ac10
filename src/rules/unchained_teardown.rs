//! `unchained-teardown`: an override of a teardown leaves out the base's, and with it a release.

use crate::diagnostic::{Confidence, Label, RuleInfo, Severity};
use crate::project::model::Unchained;

use super::{Rule, Said};

pub const RULE: Rule = Rule {
    info: RuleInfo {
        id: "unchained-teardown",
        summary: "an override of a teardown does not call the base's, which releases something",
        severity: Severity::Warning,
        precision: Confidence::Medium,
        tags: &["memory-leak", "external/cwe/cwe-401", "external/cwe/cwe-772"],
        page: include_str!("../../rules/unchained-teardown.md"),
    },
    find: |model| model.unchained.iter().map(said).collect(),
};

/// One finding in words.
fn said(unchained: &Unchained) -> Said {
    let Unchained {
        class,
        base,
        method,
        what,
        ..
    } = unchained;
    Said {
        confidence: unchained.confidence,
        message: format!("`{class}.{method}` does not call `super.{method}`, which releases what `{base}` acquires"),
        primary: Label::new(
            unchained.place,
            format!("this replaces `{base}.{method}` and never runs it"),
        ),
        evidence: vec![
            Label::new(
                unchained.acquired,
                format!("`{base}` calls `{what}` for each `{class}` too"),
            ),
            Label::new(
                unchained.release,
                format!("only this releases it, and no `{class}` comes here"),
            ),
        ],
        retains: None,
        help: format!("call `super.{method}()` in it"),
    }
}
