//! `uncleared-timeout`: a timeout guards work and is not cleared when the work ends, or arms itself again for ever.

use crate::catalog::effect::Resource;
use crate::diagnostic::{Confidence, Diagnostic, Label, Severity};
use crate::project::Project;
use crate::project::model::{Leak, Missing};

use super::{Rule, evidence};

pub struct UnclearedTimeout;

impl Rule for UnclearedTimeout {
    fn id(&self) -> &'static str {
        "uncleared-timeout"
    }

    fn summary(&self) -> &'static str {
        "a timeout that guards work, or arms itself again, is not cleared when the work ends"
    }

    fn severity(&self) -> Severity {
        Severity::Warning
    }

    fn precision(&self) -> Confidence {
        Confidence::Low
    }

    fn tags(&self) -> &'static [&'static str] {
        &["memory-leak", "external/cwe/cwe-401", "external/cwe/cwe-772"]
    }

    fn page(&self) -> &'static str {
        include_str!("../../rules/uncleared-timeout.md")
    }

    fn check(&self, project: &Project<'_>) -> Vec<Diagnostic> {
        let timeouts = project
            .model()
            .leaks
            .iter()
            .filter(|leak| leak.resource == Resource::Timeout);
        timeouts.map(|leak| self.diagnostic(leak)).collect()
    }
}

impl UnclearedTimeout {
    fn diagnostic(&self, leak: &Leak) -> Diagnostic {
        let release = leak.release_name.as_deref().unwrap_or("clearTimeout");
        let message = match (&leak.missing, leak.is_self_rearming) {
            (_, true) => "timeout arms itself again for ever and is never cleared",
            (Missing::OnSomePath(_), false) => "timeout is not cleared on every way out",
            (Missing::Never | Missing::Dropped, false) if leak.teardown.is_some() => {
                "timeout is kept in a field and not cleared when its owner ends"
            }
            (Missing::Never | Missing::Dropped, false) => "timeout guards work and is not cleared when the work ends",
        };
        let help = match &leak.teardown {
            Some((teardown, _)) => format!("keep the handle and call `{release}` with it in `{teardown}`"),
            None => format!(
                "keep the handle and call `{release}` with it in every outcome: in `finally`, or in one function that all of them call"
            ),
        };
        Diagnostic {
            rule: self.id(),
            severity: self.severity(),
            confidence: leak.confidence,
            message: message.to_owned(),
            primary: Label::new(leak.place, "this timeout stays armed"),
            evidence: evidence(leak),
            help,
        }
    }
}
