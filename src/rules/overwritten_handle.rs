//! `overwritten-handle`: the only name of something that goes on is given another value.

use crate::diagnostic::{Confidence, Diagnostic, Label, Severity};
use crate::project::Project;
use crate::project::model::Overwritten;

use super::{Rule, noun};

pub struct OverwrittenHandle;

impl Rule for OverwrittenHandle {
    fn id(&self) -> &'static str {
        "overwritten-handle"
    }

    fn summary(&self) -> &'static str {
        "the only name of a running timer, subscription or connection is given another value"
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
        include_str!("../../rules/overwritten-handle.md")
    }

    fn check(&self, project: &Project<'_>) -> Vec<Diagnostic> {
        let overwritten = &project.model().overwritten;
        overwritten.iter().map(|each| self.diagnostic(each)).collect()
    }
}

impl OverwrittenHandle {
    fn diagnostic(&self, overwritten: &Overwritten) -> Diagnostic {
        let (name, noun) = (&overwritten.name, noun(overwritten.resource));
        let release = overwritten.release_name.as_deref().unwrap_or("its release");
        let (message, label, help) = if overwritten.is_emptied {
            (
                format!("`{name}` is emptied before its {noun} is released"),
                format!("this {noun} goes on: its release finds nothing"),
                format!("call `{release}` first, and empty `{name}` after it"),
            )
        } else {
            (
                format!("`{name}` is overwritten while its {noun} goes on"),
                format!("each run puts a new {noun} over the last, which nobody can release any more"),
                format!(
                    "release what `{name}` holds with `{release}` before this line, or leave if it holds something"
                ),
            )
        };
        let mut evidence: Vec<Label> = overwritten.why.clone();
        evidence.extend(overwritten.release.iter().cloned());
        Diagnostic {
            rule: self.id(),
            severity: self.severity(),
            confidence: overwritten.confidence,
            message,
            primary: Label::new(overwritten.place, label),
            evidence,
            help,
        }
    }
}
