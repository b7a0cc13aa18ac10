//! `unbounded-cache`: a container that outlives the request grows in repeated code and is bounded nowhere.

use crate::diagnostic::{Diagnostic, Label, Severity};
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
        let Growth { name, kind, added, .. } = growth;
        let mut evidence = Vec::new();
        if let Some(made_at) = growth.made_at {
            evidence.push(Label::new(made_at, format!("`{name}` is {kind} and {}", growth.life)));
        }
        evidence.extend(growth.why.iter().cloned());
        let source = growth.source;
        let what = if growth.is_keyed {
            format!("its key `{added}` {source}")
        } else {
            format!("`{added}` {source}")
        };
        evidence.push(Label::new(growth.place, what));
        let (message, primary, help) = if growth.missed.is_empty() {
            (
                format!("`{name}` grows without bound"),
                format!("this adds to `{name}`, and nothing takes it out again"),
                format!("delete what is no longer needed from `{name}`, or use a cache with a maximum size"),
            )
        } else {
            evidence.extend(growth.missed.iter().cloned());
            (
                format!("an entry of `{name}` is not deleted on every path"),
                format!("this adds to `{name}`, and its removal is skipped on some way out"),
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
