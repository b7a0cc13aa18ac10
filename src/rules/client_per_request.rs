//! `client-per-request`: a pool, client or agent that is meant to be made once is made again and again.

use crate::catalog::effect::Resource;
use crate::diagnostic::{Confidence, Diagnostic, Label, Severity};
use crate::project::Project;
use crate::project::model::{Leak, Missing};

use super::{Rule, evidence};

pub struct ClientPerRequest;

impl Rule for ClientPerRequest {
    fn id(&self) -> &'static str {
        "client-per-request"
    }

    fn summary(&self) -> &'static str {
        "a pool, client or agent is made in repeated code instead of once, and not closed"
    }

    fn severity(&self) -> Severity {
        Severity::Warning
    }

    fn precision(&self) -> Confidence {
        Confidence::Medium
    }

    fn tags(&self) -> &'static [&'static str] {
        &["resource-leak", "external/cwe/cwe-772", "external/cwe/cwe-770"]
    }

    fn page(&self) -> &'static str {
        include_str!("../../rules/client-per-request.md")
    }

    fn check(&self, project: &Project<'_>) -> Vec<Diagnostic> {
        let clients = project
            .model()
            .leaks
            .iter()
            .filter(|leak| leak.resource == Resource::Client);
        clients.map(|leak| self.diagnostic(leak)).collect()
    }
}

impl ClientPerRequest {
    fn diagnostic(&self, leak: &Leak) -> Diagnostic {
        let source = &leak.what;
        let release = leak
            .release_name
            .as_ref()
            .map_or("its release".to_owned(), |release| format!("`{release}`"));
        let (message, label, help) = match &leak.missing {
            Missing::Never | Missing::Dropped => (
                format!("a client from `{source}` is made again and again and never closed"),
                "this makes a client with connections of its own".to_owned(),
                format!(
                    "make it once, where the module is loaded, and share it; or call {release} when its work is done"
                ),
            ),
            Missing::OnSomePath(_) => (
                format!("a client from `{source}` is made again and again and not closed on every way out"),
                "this makes a client with connections of its own".to_owned(),
                format!("make it once and share it, or call {release} in a `finally`"),
            ),
        };
        Diagnostic {
            rule: self.id(),
            severity: self.severity(),
            confidence: leak.confidence,
            message,
            primary: Label::new(leak.place, label),
            evidence: evidence(leak),
            help,
        }
    }
}
