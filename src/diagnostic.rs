//! A finding and its proof, independent of how it is printed.

pub mod remedy;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::facts::ids::Span;
use crate::source::Position;

use remedy::Remedy;

/// A file of the run: its position in the sorted list of walked files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct FileId(pub u32);

impl FileId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A place in a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Place {
    pub file: FileId,
    pub span: Span,
}

/// How bad the leak is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Warning,
    Error,
}

/// How sure the analysis is: computed in `project::confidence`, never written by a rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    Low,
    Medium,
    High,
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        })
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// One step of the proof.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Label {
    pub place: Place,
    /// What is at this spot, one clause, with the user's own names in backticks.
    pub text: String,
}

impl Label {
    pub fn new(place: Place, text: impl Into<String>) -> Self {
        Self {
            place,
            text: text.into(),
        }
    }
}

/// What is said of a rule everywhere: in lists, logs and pages.
#[derive(Clone, Copy, Debug)]
pub struct RuleInfo {
    /// The leak's name, as it is written in suppressions and configuration.
    pub id: &'static str,
    /// What the rule finds, in one line.
    pub summary: &'static str,
    pub severity: Severity,
    /// How much of what it reports without being asked for more is true, for viewers that sort by it.
    pub precision: Confidence,
    /// What the leak costs, as code scanning files it: CWE 401 is memory, 772 a resource, 770 growth without limit.
    pub tags: &'static [&'static str],
    /// The rule's page, as Markdown.
    pub page: &'static str,
}

/// Bytes of a message or a help.
const MAX_MESSAGE: usize = 400;

/// Bytes of a label's text.
const MAX_LABEL: usize = 200;

/// A finding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Diagnostic {
    /// The rule's id, such as `unremoved-listener`.
    pub rule: &'static str,
    pub severity: Severity,
    pub confidence: Confidence,
    /// What is wrong, one clause, lower case, no full stop.
    pub message: String,
    /// The statement that acquires or grows.
    pub primary: Label,
    /// The proof in causal order: the holder, the repetition, what is kept, where control leaves without the release.
    pub evidence: Vec<Label>,
    /// What to do, as an order.
    pub help: String,
    /// The classes and functions around the primary place by name, outermost first: `Server.start`. Empty at the top of a file.
    pub symbol: String,
    /// What keeps what alive, where that is a chain.
    pub retains: Option<RetainingPath>,
    /// What would mend it, as far as that is known.
    pub remedy: Option<Remedy>,
}

/// From what lives long to what cannot be freed, and the release that is missing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RetainingPath {
    /// The holder first.
    pub links: Vec<Held>,
    /// What is missing, one clause.
    pub gap: String,
}

/// One thing of a retaining path.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Held {
    /// In the user's words.
    pub what: String,
    pub place: Option<Place>,
}

impl Held {
    pub fn new(what: &str, place: Option<Place>) -> Self {
        Self {
            what: what.to_owned(),
            place,
        }
    }
}

impl Diagnostic {
    /// Orders findings by place, then rule, then message: the order of every output.
    pub fn sort_key(&self) -> (Place, &'static str, &str) {
        (self.primary.place, self.rule, &self.message)
    }

    /// The same in texts of a length that people read: names in the code have any length.
    pub fn bounded(mut self) -> Self {
        self.message = shortened(self.message, MAX_MESSAGE);
        self.help = shortened(self.help, MAX_MESSAGE);
        for label in std::iter::once(&mut self.primary).chain(&mut self.evidence) {
            label.text = shortened(std::mem::take(&mut label.text), MAX_LABEL);
        }
        if let Some(path) = &mut self.retains {
            path.gap = shortened(std::mem::take(&mut path.gap), MAX_LABEL);
            for held in &mut path.links {
                held.what = shortened(std::mem::take(&mut held.what), MAX_LABEL);
            }
        }
        self
    }
}

/// The text, or its beginning and its end if it has more bytes than `most`.
pub(crate) fn shortened(text: String, most: usize) -> String {
    if text.len() <= most {
        return text;
    }
    let head = text.floor_char_boundary(most * 2 / 3);
    let tail = text.ceil_char_boundary(text.len() - most / 3);
    format!("{}…{}", &text[..head], &text[tail..])
}

/// Why a file was not analysed, or not used.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// Left out on purpose: minified, generated, or no JavaScript.
    Skipped,
    /// A configuration that does not say what it should; files are analysed without it.
    Configuration,
    /// The operating system does not give its bytes.
    Unreadable,
    /// Its bytes are no UTF-8 text.
    NotText,
    /// The parser gives no tree.
    Syntax,
    /// It is over a limit that is counted; `crate::limits` has them.
    Limit,
    /// It took longer than its budget and was given up.
    TimedOut,
    /// leaklint failed on it.
    Internal,
}

/// A file, or a folder, that was not analysed or not used.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Problem {
    /// As it is printed, with `/` between the parts.
    pub path: String,
    pub kind: ProblemKind,
    /// Why, one clause, lower case, no full stop.
    pub message: String,
    #[serde(rename = "at")]
    pub place: Option<Position>,
}

impl Problem {
    /// Whether the file should have been analysed: it counts under `--strict`.
    pub fn is_failure(&self) -> bool {
        !matches!(self.kind, ProblemKind::Skipped | ProblemKind::Configuration)
    }
}
