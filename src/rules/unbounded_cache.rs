//! `unbounded-cache`: a container that outlives the request grows in repeated code and is bounded nowhere.

use crate::diagnostic::{Confidence, Diagnostic, Label, Severity};
use crate::project::Project;
use crate::project::model::Growth;

use super::Rule;

pub struct UnboundedCache;

impl Rule for UnboundedCache {
    fn id(&self) -> &'static str {
        "unbounded-cache"
    }

    fn summary(&self) -> &'static str {
        "a container that outlives the request grows in repeated code and is bounded nowhere"
    }

    fn severity(&self) -> Severity {
        Severity::Warning
    }

    fn precision(&self) -> Confidence {
        Confidence::Low
    }

    fn tags(&self) -> &'static [&'static str] {
        &["memory-leak", "external/cwe/cwe-401", "external/cwe/cwe-770"]
    }

    fn page(&self) -> &'static str {
        include_str!("../../rules/unbounded-cache.md")
    }

    fn check(&self, project: &Project<'_>) -> Vec<Diagnostic> {
        project
            .model()
            .growths
            .iter()
            .map(|growth| self.diagnostic(growth))
            .collect()
    }
}

impl UnboundedCache {
    fn diagnostic(&self, growth: &Growth) -> Diagnostic {
        let Growth { name, kind, .. } = growth;
        let mut evidence = Vec::new();
        if let Some(made_at) = growth.made_at {
            evidence.push(Label::new(made_at, format!("`{name}` is {kind} and {}", growth.life)));
        }
        evidence.extend(growth.why.iter().cloned());
        let added = addition(growth);
        let (message, primary, help) = if growth.missed.is_empty() {
            (
                format!("`{name}` grows without bound"),
                format!("{added}, and nothing takes it out again"),
                format!("delete what is no longer needed from `{name}`, or use a cache with a maximum size"),
            )
        } else {
            evidence.extend(growth.missed.iter().cloned());
            (
                format!("an entry of `{name}` is not deleted on every way out"),
                format!("{added}, and its removal is skipped on some way out"),
                format!("delete the entry of `{name}` in a `finally`"),
            )
        };
        Diagnostic {
            rule: self.id(),
            severity: self.severity(),
            confidence: growth.confidence,
            message,
            primary: Label::new(growth.place, primary),
            evidence,
            help,
        }
    }
}

/// What is added, and why there is no end of it.
fn addition(growth: &Growth) -> String {
    let origin = growth.source;
    let Growth { added, name, .. } = growth;
    // The engine writes `…` for what has no name of its own.
    match (growth.is_keyed, added.contains('…')) {
        (true, true) => format!("this adds an entry under a key that {origin}"),
        (true, false) => format!("this adds an entry under `{added}`, which {origin}"),
        (false, true) => format!("this adds to `{name}` what {origin}"),
        (false, false) => format!("this adds `{added}`, which {origin}"),
    }
}
