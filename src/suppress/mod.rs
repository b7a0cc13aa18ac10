//! Findings that the code itself says are fine: `// leaklint-ignore-next-line RULE: reason`.
//!
//! A suppression names its rules and says why. One that does not, that names no known rule, or that suppresses nothing is a
//! finding itself, of the rules of this module. What a comment says is read in [`read`], and meets the findings in
//! [`apply`].

mod read;

use crate::diagnostic::{Confidence, Diagnostic, FileId, Label, Place, RuleInfo, Severity};
use crate::facts::ids::Span;

pub use read::{MARK, read};

/// What the two rules of suppressions are documented by.
const PAGE: &str = include_str!("../../docs/suppressions.md");

/// A suppression that cannot be understood, or does not say why.
pub const INVALID: RuleInfo = RuleInfo {
    id: "invalid-suppression",
    summary: "a suppression names no known rule or does not say why",
    severity: Severity::Warning,
    precision: Confidence::High,
    tags: &[],
    page: PAGE,
};

/// A suppression without a finding.
pub const UNUSED: RuleInfo = RuleInfo {
    id: "unused-suppression",
    summary: "a suppression suppresses nothing",
    severity: Severity::Warning,
    precision: Confidence::High,
    tags: &[],
    page: PAGE,
};

/// The rules about suppressions.
pub const RULES: [RuleInfo; 2] = [INVALID, UNUSED];

/// The suppressions of one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suppressions {
    pub file: FileId,
    all: Vec<Suppression>,
    /// What is wrong in them, each at its place.
    mistakes: Vec<Wrong>,
}

/// One comment that suppresses.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Suppression {
    covers: Covers,
    /// Known rules, each with its place.
    rules: Vec<(String, Span)>,
    has_reason: bool,
    comment: Span,
}

/// What a suppression speaks of; lines count from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Covers {
    /// Statements that begin on this line.
    Below(usize),
    /// Statements that begin or end on this line.
    Beside(usize),
    File,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Wrong {
    span: Span,
    message: String,
    help: String,
}

/// What the suppressions leave of the findings.
#[derive(Debug, Default)]
pub struct Applied {
    /// Findings that nothing suppresses, and those about suppressions.
    pub diagnostics: Vec<Diagnostic>,
    pub suppressed: usize,
}

/// Where a finding's statement begins and ends, as lines from 0.
pub type Lines<'a> = dyn Fn(Place) -> (usize, usize) + 'a;

/// Takes away what is suppressed and adds what is wrong with the suppressions, in the order of every output.
///
/// `lines` says on which lines a place begins and ends; `requires_reasons` is asked of each file; what suppresses nothing is
/// only known if the whole project was looked at, which `knows_all` says.
pub fn apply(
    diagnostics: Vec<Diagnostic>,
    suppressions: &[Suppressions],
    lines: &Lines<'_>,
    requires_reasons: impl Fn(FileId) -> bool,
    knows_all: bool,
) -> Applied {
    let mut applied = Applied::default();
    let mut used: Vec<Vec<Vec<bool>>> = suppressions.iter().map(|file| unused_marks(&file.all)).collect();
    for diagnostic in diagnostics {
        let place = diagnostic.primary.place;
        let own = suppressions.iter().position(|each| each.file == place.file);
        let mut is_suppressed = false;
        if let Some(at) = own {
            let (first, last) = lines(place);
            for (suppression, used) in suppressions[at].all.iter().zip(&mut used[at]) {
                for ((rule, _), used) in suppression.rules.iter().zip(used) {
                    if rule == diagnostic.rule
                        && (suppression.covers.has(first, last) || suppression.is_inside(place.span))
                    {
                        *used = true;
                        is_suppressed = true;
                    }
                }
            }
        }
        if is_suppressed {
            applied.suppressed += 1;
        } else {
            applied.diagnostics.push(diagnostic);
        }
    }
    for (file, used) in suppressions.iter().zip(&used) {
        applied
            .diagnostics
            .extend(file.mistakes.iter().map(|wrong| wrong.finding(file.file, INVALID)));
        if requires_reasons(file.file) {
            applied.diagnostics.extend(file.without_reason());
        }
        if knows_all {
            applied.diagnostics.extend(file.unused(used));
        }
    }
    applied.diagnostics.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    applied
}

fn unused_marks(all: &[Suppression]) -> Vec<Vec<bool>> {
    all.iter()
        .map(|suppression| vec![false; suppression.rules.len()])
        .collect()
}

impl Suppression {
    /// Whether it stands in the midst of a statement, above a part of it, as in JSX.
    fn is_inside(&self, statement: Span) -> bool {
        matches!(self.covers, Covers::Below(_)) && statement.contains(self.comment)
    }
}

impl Covers {
    fn has(self, first: usize, last: usize) -> bool {
        match self {
            Covers::Below(line) => first == line,
            Covers::Beside(line) => first == line || last == line,
            Covers::File => true,
        }
    }
}

impl Suppressions {
    fn without_reason(&self) -> impl Iterator<Item = Diagnostic> + '_ {
        self.all.iter().filter(|each| !each.has_reason).map(|each| {
            let wrong = Wrong {
                span: each.comment,
                message: "the suppression does not say why".to_owned(),
                help: "write the reason after the rules: `RULE: reason`".to_owned(),
            };
            wrong.finding(self.file, INVALID)
        })
    }

    fn unused<'a>(&'a self, used: &'a [Vec<bool>]) -> impl Iterator<Item = Diagnostic> + 'a {
        let pairs = self.all.iter().zip(used);
        pairs.flat_map(move |(suppression, used)| {
            let unused = suppression.rules.iter().zip(used).filter(|(_, used)| !**used);
            unused.map(|((rule, span), _)| {
                let wrong = Wrong {
                    span: *span,
                    message: format!("the suppression of `{rule}` suppresses nothing"),
                    help: "take it out".to_owned(),
                };
                wrong.finding(self.file, UNUSED)
            })
        })
    }
}

impl Wrong {
    fn finding(&self, file: FileId, rule: RuleInfo) -> Diagnostic {
        let place = Place { file, span: self.span };
        Diagnostic {
            rule: rule.id,
            severity: rule.severity,
            confidence: Confidence::High,
            message: self.message.clone(),
            primary: Label::new(place, "written here"),
            evidence: Vec::new(),
            help: self.help.clone(),
            symbol: String::new(),
            retains: None,
            remedy: None,
        }
    }
}
