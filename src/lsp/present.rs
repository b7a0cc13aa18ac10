//! Findings as the editor shows them.

use std::path::Path;

use lsp_types::{
    CodeDescription, Diagnostic as Shown, DiagnosticRelatedInformation, DiagnosticSeverity, Location, MarkupContent,
    MarkupKind, NumberOrString, Range, Uri,
};

use super::analysis::Analysis;
use super::documents::{Document, Documents};
use super::drift::Drift;
use super::protocol::{Unit, uri_of};
use super::settings::Settings;
use crate::diagnostic::{Confidence, Diagnostic, Place, RuleInfo, Severity};
use crate::facts::ids::Span;

/// The name findings go under, in the list of problems and in settings.
pub(super) const SOURCE: &str = "leaklint";

/// What the client can show.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Abilities {
    pub(super) related_information: bool,
    pub(super) code_description: bool,
}

/// What is said of a document that costs too much, on its first character.
pub(super) fn not_analysed(why: &str) -> Shown {
    Shown {
        severity: Some(DiagnosticSeverity::INFORMATION),
        source: Some(SOURCE.to_owned()),
        message: format!("not analysed to the end: {why}"),
        ..Shown::default()
    }
}

/// A finished run beside the documents as they are now.
pub(super) struct View<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) documents: &'a Documents,
    pub(super) settings: &'a Settings,
    pub(super) unit: Unit,
    pub(super) abilities: Abilities,
}

impl<'a> View<'a> {
    /// The findings of an open document with what they underline in its present text.
    pub(super) fn findings(&self, path: &'a Path, document: &Document) -> Vec<(&'a Diagnostic, Span)> {
        let findings = self.analysis.findings(path);
        findings
            .map(|finding| (finding, self.underlined(finding, document)))
            .collect()
    }

    pub(super) fn shown(&self, finding: &Diagnostic, span: Span, document: &Document) -> Shown {
        let steps = self.steps(finding);
        let mut message = format!("{}\n{}", finding.message, finding.help);
        if !self.abilities.related_information {
            let lines = steps.iter().map(|step| {
                let line = step.location.range.start.line + 1;
                format!("\n{} ({}:{line})", step.message, file_name(&step.location.uri))
            });
            message.extend(lines);
        }
        let page = self.settings.page_of(finding.rule).and_then(|page| page.parse().ok());
        Shown {
            range: self.unit.range(&document.text, span),
            severity: Some(match (finding.confidence, finding.severity) {
                (Confidence::Low, _) => DiagnosticSeverity::INFORMATION,
                (_, Severity::Warning) => DiagnosticSeverity::WARNING,
                (_, Severity::Error) => DiagnosticSeverity::ERROR,
            }),
            code: Some(NumberOrString::String(finding.rule.to_owned())),
            code_description: page
                .filter(|_| self.abilities.code_description)
                .map(|href| CodeDescription { href }),
            source: Some(SOURCE.to_owned()),
            message,
            related_information: self.abilities.related_information.then_some(steps),
            tags: None,
            data: None,
        }
    }

    /// What is said of a finding on hover: the finding with links to the steps of its proof, and the page of its rule.
    pub(super) fn explained(&self, finding: &Diagnostic, rules: &[RuleInfo]) -> MarkupContent {
        let mut text = format!(
            "**{}**: {} (confidence: {})\n\n",
            finding.rule, finding.message, finding.confidence
        );
        for step in self.steps(finding) {
            let line = step.location.range.start.line + 1;
            let uri = step.location.uri.as_str();
            let name = file_name(&step.location.uri);
            text.push_str(&format!("- {} ([{name}:{line}]({uri}#L{line}))\n", step.message));
        }
        text.push_str(&format!("\n{}\n", finding.help));
        if let Some(rule) = rules.iter().find(|rule| rule.id == finding.rule) {
            text.push_str(&format!("\n---\n\n{}", rule.page));
        }
        MarkupContent {
            kind: MarkupKind::Markdown,
            value: text,
        }
    }

    /// The steps of a finding's proof, numbered as in every output.
    fn steps(&self, finding: &Diagnostic) -> Vec<DiagnosticRelatedInformation> {
        let steps = finding.evidence.iter().enumerate();
        steps
            .filter_map(|(index, label)| {
                let (uri, range) = self.location(label.place)?;
                Some(DiagnosticRelatedInformation {
                    location: Location { uri, range },
                    message: format!("{}. {}", index + 1, label.text),
                })
            })
            .collect()
    }

    /// Where a place is, in the text that the editor has of its file, or the disk.
    fn location(&self, place: Place) -> Option<(Uri, Range)> {
        let file = self.analysis.file(place.file);
        let line = file.source().first_line_of(place.span);
        match self.documents.get(file.disk()) {
            Some(document) => {
                let span = drifted(file.source().text(), document, line);
                Some((document.uri.clone(), self.unit.range(&document.text, span)))
            }
            None => Some((uri_of(file.disk())?, self.unit.range(file.source(), line))),
        }
    }

    /// The first line of what a finding is about: a callback of forty lines underlined helps nobody.
    fn underlined(&self, finding: &Diagnostic, document: &Document) -> Span {
        let source = self.analysis.file(finding.primary.place.file).source();
        let line = source.first_line_of(finding.primary.place.span);
        drifted(source.text(), document, line)
    }
}

fn drifted(analysed: &str, document: &Document, span: Span) -> Span {
    Drift::between(analysed, document.text.text()).map_or(span, |drift| drift.span(span))
}

fn file_name(uri: &Uri) -> String {
    let path = super::protocol::path_of(uri);
    let name = path.as_deref().and_then(Path::file_name);
    name.map_or_else(|| uri.as_str().to_owned(), |name| name.to_string_lossy().into_owned())
}
