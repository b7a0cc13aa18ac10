//! What would mend a finding, written into its file: a remedy and the file's outline become edits.
//!
//! A fix adds statements, moves a release, or gives a value that has none a name; it takes nothing away. Whether it mends
//! is not known here: who offers one lints the file with it first.

pub mod apply;
mod cleanup;
pub mod diff;
pub mod edit;
mod finally;
mod finally_parts;
mod hazard;
mod names;
mod naming;
mod page;
mod release;
mod teardown;

use std::path::Path;

use serde::Serialize;

use crate::diagnostic::remedy::Remedy;
use crate::diagnostic::{Diagnostic, FileId};
use crate::parse::outline::outline;

use edit::Edit;
use page::Page;

/// Whether a fix may be written without anybody looking at it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// The code does what it did, and gives back what it did not.
    Safe,
    /// Something is given back later than before, or at a time that only its author can judge.
    Suggestion,
}

/// A change to one file that would mend a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    pub file: FileId,
    /// What it does, as an order, without a full stop.
    pub title: String,
    pub safety: Safety,
    /// Sorted, apart from each other.
    pub edits: Vec<Edit>,
}

/// The ways to write down what would mend a finding, the best first; empty where the code leaves no room for it.
pub fn candidates(diagnostic: &Diagnostic, path: &Path, text: &str) -> Vec<Fix> {
    let Some(remedy) = &diagnostic.remedy else {
        return Vec::new();
    };
    let file = diagnostic.primary.place.file;
    if remedy.places().any(|place| place.file != file) {
        return Vec::new();
    }
    let Ok(outline) = outline(path, text) else {
        return Vec::new();
    };
    let page = Page::new(text, &outline);
    let drafts = match remedy {
        Remedy::Finally {
            acquired,
            release,
            moved,
            others,
        } => match others.is_empty() {
            true => finally::drafts(&page, acquired.span, release, moved),
            false => Vec::new(),
        },
        Remedy::Cleanup {
            acquired,
            release,
            setup,
        } => cleanup::draft(&page, acquired.span, release, setup.span)
            .into_iter()
            .collect(),
        Remedy::Teardown {
            acquired,
            release,
            method,
            may_be_gone,
        } => teardown::draft(&page, acquired.span, release, method.span, *may_be_gone)
            .into_iter()
            .collect(),
        Remedy::Naming { added, removal, topic } => naming::draft(&page, added, removal, topic.as_deref())
            .into_iter()
            .collect(),
    };
    drafts
        .into_iter()
        .filter_map(|draft: Draft| {
            Some(Fix {
                file,
                title: draft.title,
                safety: draft.safety,
                edits: edit::ordered(draft.edits)?,
            })
        })
        .collect()
}

/// A fix in the making.
struct Draft {
    title: String,
    safety: Safety,
    edits: Vec<Edit>,
}
