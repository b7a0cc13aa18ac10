//! `unremoved-listener`: a listener is added again and again to something that outlives it.

use crate::catalog::effect::Resource;
use crate::diagnostic::{Confidence, Diagnostic, Label, Severity};
use crate::project::Project;
use crate::project::model::{Leak, Missing};

use super::{Rule, evidence};

pub struct UnremovedListener;

impl Rule for UnremovedListener {
    fn id(&self) -> &'static str {
        "unremoved-listener"
    }

    fn summary(&self) -> &'static str {
        "a listener is added again and again to something that outlives it, and not removed"
    }

    fn severity(&self) -> Severity {
        Severity::Warning
    }

    fn precision(&self) -> Confidence {
        Confidence::Low
    }

    fn tags(&self) -> &'static [&'static str] {
        &["memory-leak", "external/cwe/cwe-401"]
    }

    fn page(&self) -> &'static str {
        include_str!("../../rules/unremoved-listener.md")
    }

    fn check(&self, project: &Project<'_>) -> Vec<Diagnostic> {
        let listeners = project
            .model()
            .leaks
            .iter()
            .filter(|leak| leak.resource == Resource::Listener);
        listeners.map(|leak| self.diagnostic(leak)).collect()
    }
}

impl UnremovedListener {
    fn diagnostic(&self, leak: &Leak) -> Diagnostic {
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
