//! A finding in `miette`'s terms: which files of its proof are drawn, with their labels, and which steps are listed instead.

use std::fmt;

use miette::{LabeledSpan, SourceCode};

use super::Report;
use super::escape::visible;
use super::excerpt::Excerpt;
use crate::diagnostic::{Diagnostic, FileId, Label, Severity};

/// A finding with its excerpts, in `miette`'s terms. A nested one is the evidence in one other file.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) code: Option<String>,
    pub(super) message: String,
    pub(super) severity: miette::Severity,
    pub(super) help: Option<String>,
    pub(super) labels: Vec<LabeledSpan>,
    pub(super) excerpt: Excerpt,
    pub(super) others: Vec<Picture>,
}

/// A step of a proof with what is said of it: numbered over all files, so that their order shows wherever they are printed.
type Step<'a> = (&'a Label, String);

/// A proof by files.
pub(super) struct Proof<'a> {
    report: &'a Report<'a>,
    diagnostic: &'a Diagnostic,
    steps: Vec<Step<'a>>,
    /// Those with steps beside the file of the finding, in the order of their first.
    others: Vec<FileId>,
}

impl<'a> Proof<'a> {
    pub(super) fn of(report: &'a Report<'a>, diagnostic: &'a Diagnostic) -> Self {
        let evidence = diagnostic.evidence.iter().enumerate();
        let steps: Vec<Step<'a>> = evidence
            .map(|(index, label)| match diagnostic.evidence.len() {
                1 => (label, visible(&label.text).into_owned()),
                _ => (label, format!("{}. {}", index + 1, visible(&label.text))),
            })
            .collect();
        let home = diagnostic.primary.place.file;
        let mut others: Vec<FileId> = Vec::new();
        for (label, _) in &steps {
            if label.place.file != home && !others.contains(&label.place.file) {
                others.push(label.place.file);
            }
        }
        Self {
            report,
            diagnostic,
            steps,
            others,
        }
    }

    /// How many files there are beside that of the finding.
    pub(super) fn others(&self) -> usize {
        self.others.len()
    }

    /// The finding with the steps in its own file and in the first `count` others.
    pub(super) fn picture(&self, count: usize) -> Picture {
        let primary = (
            &self.diagnostic.primary,
            visible(&self.diagnostic.primary.text).into_owned(),
        );
        let home = self.diagnostic.primary.place.file;
        let labels: Vec<_> = std::iter::once(&primary).chain(self.in_file(home)).collect();
        let others = self.others.iter().take(count).map(|&file| self.other(file));
        self.finding(&labels, others.collect())
    }

    /// The finding without any step of its proof.
    pub(super) fn bare(&self) -> Picture {
        let primary = (
            &self.diagnostic.primary,
            visible(&self.diagnostic.primary.text).into_owned(),
        );
        self.finding(&[&primary], Vec::new())
    }

    /// The steps that [`Self::picture`] leaves out.
    pub(super) fn undrawn(&self, count: usize) -> Vec<&Step<'a>> {
        let left = self.others.get(count..).unwrap_or_default();
        let is_left = |step: &&Step<'a>| left.contains(&step.0.place.file);
        self.steps.iter().filter(is_left).collect()
    }

    pub(super) fn steps(&self) -> Vec<&Step<'a>> {
        self.steps.iter().collect()
    }

    fn in_file(&self, file: FileId) -> impl Iterator<Item = &Step<'a>> {
        self.steps.iter().filter(move |(label, _)| label.place.file == file)
    }

    fn finding(&self, labels: &[&Step<'a>], others: Vec<Picture>) -> Picture {
        let Diagnostic { rule, confidence, .. } = self.diagnostic;
        let (excerpt, labels) = snippet(self.report, labels, Some(0));
        Picture {
            code: Some(format!("{rule} (confidence: {confidence})")),
            message: visible(&self.diagnostic.message).into_owned(),
            severity: match self.diagnostic.severity {
                Severity::Error => miette::Severity::Error,
                Severity::Warning => miette::Severity::Warning,
            },
            help: Some(visible(&self.diagnostic.help).into_owned()),
            labels,
            excerpt,
            others,
        }
    }

    /// The evidence in one other file.
    fn other(&self, file: FileId) -> Picture {
        let labels: Vec<_> = self.in_file(file).collect();
        let (excerpt, labels) = snippet(self.report, &labels, None);
        Picture {
            code: None,
            message: format!("evidence in {}", visible(self.report.files[file.index()].shown())),
            severity: miette::Severity::Advice,
            help: None,
            labels,
            excerpt,
            others: Vec::new(),
        }
    }
}

/// The excerpt of one file that shows `labels`, which are not empty and all in that file.
fn snippet(report: &Report<'_>, labels: &[&Step<'_>], primary: Option<usize>) -> (Excerpt, Vec<LabeledSpan>) {
    let spans: Vec<_> = labels.iter().map(|(label, _)| label.place.span).collect();
    let (excerpt, places) = Excerpt::new(report.file(labels[0].0.place), &spans);
    let labeled = labels
        .iter()
        .zip(places)
        .enumerate()
        .map(|(index, ((_, text), place))| {
            let text = Some(text.clone());
            if primary == Some(index) {
                LabeledSpan::new_primary_with_span(text, place)
            } else {
                LabeledSpan::new_with_span(text, place)
            }
        });
    (excerpt, labeled.collect())
}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Picture {}

impl miette::Diagnostic for Picture {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        Some(Box::new(
            self.others.iter().map(|other| other as &dyn miette::Diagnostic),
        ))
    }
}
