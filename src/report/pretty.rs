//! Findings for people: `miette`'s graphical report, evidence in other files below it.

use std::fmt;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use miette::{GraphicalReportHandler, GraphicalTheme};
use url::Url;

use super::escape::{visible, visible_path};
use super::excerpt::CONTEXT_LINES;
use super::picture::{Picture, Proof};
use super::{Report, retaining};
use crate::diagnostic::{Diagnostic, Label, Place, shortened};

/// Bytes of a finding without its colours and links: nobody reads more of one.
const MAX_FINDING: usize = 2048;

/// Bytes of a piece of text in a finding of which nothing is drawn, because it would be too long: three such pieces, and some
/// steps, are less than [`MAX_FINDING`].
const MAX_PIECE: usize = 300;

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
            Ok(Err(fmt::Error)) | Err(_) => write!(out, "{}", plain(report, diagnostic))?,
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The finding with as much of its proof drawn as [`MAX_FINDING`] has room for: steps in other files are listed from the last
/// file on, then those in its own.
fn rendered(report: &Report<'_>, diagnostic: &Diagnostic, style: Style) -> Result<String, fmt::Error> {
    let proof = Proof::of(report, diagnostic);
    let counts = (0..=proof.others()).rev();
    let whole = counts.map(|count| (proof.picture(count), proof.undrawn(count)));
    for (picture, undrawn) in whole.chain(std::iter::once_with(|| (proof.bare(), proof.steps()))) {
        let mut text = drawn(picture, style)?;
        for (label, words) in undrawn {
            text.push_str(&format!("  {words} ({})\n", shown(report, label.place)));
        }
        if let Some(line) = retaining::line(diagnostic) {
            text.push_str(&format!("  kept: {line}\n"));
        }
        if bytes_shown(&text) <= MAX_FINDING {
            let linked = style.has_links.then(|| linked(&text, report, diagnostic));
            return Ok(linked.unwrap_or(text));
        }
    }
    Ok(plain(report, diagnostic))
}

/// The bytes of a drawing without its colours: all escapes in it are those of `miette`, which end with an `m`.
fn bytes_shown(text: &str) -> usize {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().map_or(0, str::len);
    let others = parts.map(|part| part.split_once('m').map_or(0, |(_, shown)| shown.len()));
    first + others.sum::<usize>()
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

/// The same in plain lines, and as many steps of the proof as there is room for.
fn plain(report: &Report<'_>, diagnostic: &Diagnostic) -> String {
    let short = |text: &str| shortened(visible(text).into_owned(), MAX_PIECE);
    let line = |label: &Label| format!("{}: {}\n", shown(report, label.place), short(&label.text));
    let Diagnostic { rule, confidence, .. } = diagnostic;
    let mut text = format!(
        "{rule} (confidence: {confidence})\n\n  {}\n  ",
        short(&diagnostic.message)
    );
    text.push_str(&line(&diagnostic.primary));
    let help = format!("  help: {}\n", short(&diagnostic.help));
    let room = MAX_FINDING - MORE.len() - help.len();
    let count = diagnostic.evidence.len();
    for (index, label) in diagnostic.evidence.iter().enumerate() {
        let step = match count {
            1 => format!("  {}", line(label)),
            _ => format!("  {}. {}", index + 1, line(label)),
        };
        if text.len() + step.len() > room {
            text.push_str(MORE);
            break;
        }
        text.push_str(&step);
    }
    text + &help
}

/// In the place of steps that there is no room for.
const MORE: &str = "  …\n";

/// Where a place is, in no more text than a piece.
fn shown(report: &Report<'_>, place: Place) -> String {
    let position = report.position(place);
    let path = shortened(visible_path(report.file(place).shown()).into_owned(), MAX_PIECE);
    format!("{path}:{}:{}", position.line, position.column)
}
