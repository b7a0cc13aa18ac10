//! Findings for people: `miette`'s graphical report, evidence in other files below it.

use std::fmt;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use url::Url;

use super::escape::visible;
use super::excerpt::{CONTEXT_LINES, Excerpt};
use super::{Report, concise, retaining};
use crate::diagnostic::{Diagnostic, FileId, Label, Severity};

/// Columns before the text of a help.
const HELP_INDENT: usize = 8;

/// How the terminal wants it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    pub color: bool,
    /// Of the terminal, in columns.
    pub width: usize,
    /// It opens links.
    pub has_links: bool,
}

/// Writes each finding and an empty line.
///
/// # Errors
/// The writer's.
pub fn write(report: &Report<'_>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for diagnostic in report.diagnostics {
        // A fault in rendering costs this finding its picture, not the run.
        let rendered = catch_unwind(AssertUnwindSafe(|| rendered(report, diagnostic, style)));
        match rendered {
            Ok(Ok(text)) => writeln!(out, "{}", text.trim_matches('\n'))?,
            Ok(Err(fmt::Error)) | Err(_) => write_plainly(report, diagnostic, out)?,
        }
        writeln!(out)?;
    }
    Ok(())
}

fn rendered(report: &Report<'_>, diagnostic: &Diagnostic, style: Style) -> Result<String, fmt::Error> {
    let mut text = drawn(picture(report, diagnostic), style)?;
    if style.has_links {
        text = linked(&text, report, diagnostic);
    }
    if let Some(line) = retaining::line(diagnostic) {
        text.push_str(&format!("  kept: {line}\n"));
    }
    Ok(text)
}

/// The drawing with the rule's name leading to its page, and the place to its file.
fn linked(text: &str, report: &Report<'_>, diagnostic: &Diagnostic) -> String {
    let file = report.file(diagnostic.primary.place);
    let page = report.pages.map(|pages| pages.join(format!("{}.md", diagnostic.rule)));
    let mut linked = text.to_owned();
    let name = visible(file.shown());
    let targets = [(diagnostic.rule, page.as_deref()), (&*name, Some(file.disk()))];
    for (words, target) in targets {
        let Some(url) = target.and_then(|target| Url::from_file_path(target).ok()) else {
            continue;
        };
        // The place stands in brackets, the rule begins its line.
        let at = match words == diagnostic.rule {
            true => linked.find(words),
            false => linked.find(&format!("[{words}:")).map(|at| at + 1),
        };
        if let Some(at) = at {
            let link = format!("\u{1b}]8;;{url}\u{1b}\\{words}\u{1b}]8;;\u{1b}\\");
            linked.replace_range(at..at + words.len(), &link);
        }
    }
    linked
}

/// A picture as `miette` draws it.
pub(super) fn drawn(mut picture: Picture, style: Style) -> Result<String, fmt::Error> {
    let theme = if style.color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(style.width)
        // It would break labels of nested reports in the middle of the drawing; help is folded here.
        .with_wrap_lines(false)
        .with_context_lines(CONTEXT_LINES)
        .with_show_related_as_nested(true);
    let mut text = String::new();
    picture.help = picture
        .help
        .map(|help| folded(&help, style.width.saturating_sub(HELP_INDENT)));
    handler.render_report(&mut text, &picture)?;
    Ok(text)
}

/// The text in lines of at most `width` characters, broken at spaces; a longer word has a line of its own.
fn folded(text: &str, width: usize) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut used = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            folded.push('\n');
            used = 0;
        } else if used > 0 {
            folded.push(' ');
            used += 1;
        }
        folded.push_str(word);
        used += length;
    }
    folded
}

/// The same in plain lines.
fn write_plainly(report: &Report<'_>, diagnostic: &Diagnostic, out: &mut dyn Write) -> io::Result<()> {
    concise::write_finding(report, diagnostic, out)?;
    for label in &diagnostic.evidence {
        concise::write_label(report, label, out)?;
    }
    writeln!(out, "  help: {}", visible(&diagnostic.help))
}

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

fn picture(report: &Report<'_>, diagnostic: &Diagnostic) -> Picture {
    // Steps are numbered over all files, so that their order shows wherever they are printed.
    let steps: Vec<(&Label, String)> = diagnostic
        .evidence
        .iter()
        .enumerate()
        .map(|(index, label)| match diagnostic.evidence.len() {
            1 => (label, visible(&label.text).into_owned()),
            _ => (label, format!("{}. {}", index + 1, visible(&label.text))),
        })
        .collect();
    let home = diagnostic.primary.place.file;
    let mut files: Vec<FileId> = Vec::new();
    for (label, _) in &steps {
        if label.place.file != home && !files.contains(&label.place.file) {
            files.push(label.place.file);
        }
    }
    let in_file = |file: FileId| steps.iter().filter(move |(label, _)| label.place.file == file);
    let primary = (&diagnostic.primary, visible(&diagnostic.primary.text).into_owned());
    let others = files.iter().map(|&file| {
        let labels: Vec<_> = in_file(file).collect();
        let (excerpt, labels) = snippet(report, &labels, None);
        Picture {
            code: None,
            message: format!("evidence in {}", visible(report.files[file.index()].shown())),
            severity: miette::Severity::Advice,
            help: None,
            labels,
            excerpt,
            others: Vec::new(),
        }
    });
    let others = others.collect();
    let labels: Vec<_> = std::iter::once(&primary).chain(in_file(home)).collect();
    let (excerpt, labels) = snippet(report, &labels, Some(0));
    Picture {
        code: Some(format!("{} (confidence: {})", diagnostic.rule, diagnostic.confidence)),
        message: visible(&diagnostic.message).into_owned(),
        severity: match diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        },
        help: Some(visible(&diagnostic.help).into_owned()),
        labels,
        excerpt,
        others,
    }
}

/// The excerpt of one file that shows `labels`, which are not empty and all in that file.
fn snippet(report: &Report<'_>, labels: &[&(&Label, String)], primary: Option<usize>) -> (Excerpt, Vec<LabeledSpan>) {
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
