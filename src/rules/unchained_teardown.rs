//! `unchained-teardown`: an override of a teardown leaves out the base's, and with it a release.

use crate::diagnostic::{Confidence, Diagnostic, Label, Severity};
use crate::project::Project;
use crate::project::model::Unchained;

use super::Rule;

pub struct UnchainedTeardown;

impl Rule for UnchainedTeardown {
    fn id(&self) -> &'static str {
        "unchained-teardown"
    }

    fn summary(&self) -> &'static str {
        "an override of a teardown does not call the base's, which releases something"
    }

    fn severity(&self) -> Severity {
        Severity::Warning
    }

    fn precision(&self) -> Confidence {
        Confidence::Medium
    }

    fn tags(&self) -> &'static [&'static str] {
        &["memory-leak", "external/cwe/cwe-401", "external/cwe/cwe-772"]
    }

    fn page(&self) -> &'static str {
        include_str!("../../rules/unchained-teardown.md")
    }

    fn check(&self, project: &Project<'_>) -> Vec<Diagnostic> {
        let unchained = &project.model().unchained;
        unchained.iter().map(|each| self.diagnostic(each)).collect()
    }
}

impl UnchainedTeardown {
    fn diagnostic(&self, unchained: &Unchained) -> Diagnostic {
        let Unchained {
            class,
            base,
            method,
            what,
            ..
        } = unchained;
        Diagnostic {
            rule: self.id(),
            severity: self.severity(),
            confidence: unchained.confidence,
            message: format!(
                "`{class}.{method}` does not call `super.{method}`, which releases what `{base}` acquires"
            ),
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
            help: format!("call `super.{method}()` in it"),
        }
    }
}
