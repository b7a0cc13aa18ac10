//! The findings of the run before, where nothing that they rest on has changed.
//!
//! They rest on this program, on what was asked, on the list of files, on the content of each, and on every path that the
//! resolver looked at, there or not. The first three are the key under which the findings are kept; the others are kept
//! beside them and compared. What only chooses among findings (rules, confidence) comes later and is no part of it.

use std::env;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::CheckOptions;
use super::plan::Plan;
use crate::cache::seen::{ContentHash, Missing, Seen};
use crate::cache::store::Store;
use crate::diagnostic::remedy::Remedy;
use crate::diagnostic::{Confidence, Diagnostic, Label, Problem, ProblemKind, RetainingPath, Severity};
use crate::overlay::{Overlay, Watch};
use crate::rules;

/// A run that may find its answer kept, and keeps it if it does not.
pub(super) struct Cached {
    store: Store,
    key: ContentHash,
    begun: SystemTime,
    watch: Arc<Watch>,
}

/// What became of an input.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) enum Analysed {
    /// It was not analysed.
    No,
    Plain,
    /// Its text holds the word of suppressions.
    MayBeSuppressed,
}

/// What a run gives that depends on nothing but its files and their configuration.
pub(super) struct Answer {
    /// Of each input.
    pub(super) analysed: Vec<Analysed>,
    pub(super) problems: Vec<Problem>,
    /// Of all rules and confidences, sorted.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// [`Answer`] as it is stored, with what it rests on.
#[derive(Serialize, Deserialize)]
struct Kept {
    inputs: Vec<Seen>,
    looked_at: Vec<(String, Seen)>,
    /// What was looked for in vain, by folder.
    missing: Vec<(String, Missing)>,
    analysed: Vec<Analysed>,
    problems: Vec<Problem>,
    findings: Vec<Finding>,
}

/// [`Diagnostic`] as it is stored.
#[derive(Serialize, Deserialize)]
struct Finding {
    rule: String,
    severity: Severity,
    confidence: Confidence,
    message: String,
    primary: Label,
    evidence: Vec<Label>,
    help: String,
    symbol: String,
    retains: Option<RetainingPath>,
    remedy: Option<Remedy>,
}

impl Cached {
    /// The memory of a run over these inputs; `None` if it has none. What stands in for files is never kept, nor what rests
    /// on a project's own catalogue.
    pub(super) fn of(options: &CheckOptions, plan: &Plan) -> Option<Self> {
        let is_plain = options.overlay.is_empty() && plan.configurations.catalogs().is_empty();
        let store = options.cache.clone().filter(|_| is_plain)?;
        Some(Self {
            store,
            key: key(options, plan)?,
            begun: plan.begun,
            watch: Arc::default(),
        })
    }

    /// The overlay through which configuration has to be read, so that it is known what was looked at.
    pub(super) fn overlay(&self, overlay: &Overlay) -> Overlay {
        overlay.watched(&self.watch)
    }

    /// What was found before, if it would be found again.
    pub(super) fn recall(&self, plan: &Plan) -> Option<Answer> {
        let kept: Kept = postcard::from_bytes(&self.store.read(self.key)?).ok()?;
        let is_whole = kept.inputs.len() == plan.inputs.len() && kept.analysed.len() == plan.inputs.len();
        let holds = is_whole
            && kept
                .inputs
                .par_iter()
                .zip(&plan.inputs)
                .all(|(seen, input)| seen.still_holds(&input.file.disk))
            && kept
                .looked_at
                .par_iter()
                .all(|(path, seen)| seen.still_holds(Path::new(path)))
            && kept
                .missing
                .par_iter()
                .all(|(folder, missing)| missing.still_holds(Path::new(folder)));
        if !holds {
            return None;
        }
        let diagnostics = kept.findings.into_iter().map(Finding::diagnostic);
        Some(Answer {
            analysed: kept.analysed,
            problems: kept.problems,
            diagnostics: diagnostics.collect::<Option<Vec<_>>>()?,
        })
    }

    /// Keeps what was found. `contents` are those of the texts that were read, by input. A run that gave a file up, or read what
    /// has just been changed, is not kept: another run may see it otherwise. Nor is it where the disk does not allow it.
    pub(super) fn keep(&self, plan: &Plan, contents: &[Option<ContentHash>], answer: &Answer) {
        let seen = |path: &Path, content| {
            let seen = Seen::now(path, content, self.begun);
            // What was not read for its text, and is young, may have been another when it was used.
            (content.is_some() || !seen.is_young()).then_some(seen)
        };
        let inputs = plan.inputs.par_iter().zip(contents);
        let inputs: Option<Vec<Seen>> = inputs
            .map(|(input, &content)| seen(&input.file.disk, content))
            .collect();
        let looked_at = self.watch.paths().into_par_iter().map(|path| {
            let text = path.to_str()?.to_owned();
            Some((text, seen(&path, None)?))
        });
        let (Some(inputs), Some(looked_at)) = (inputs, looked_at.collect::<Option<Vec<_>>>()) else {
            return;
        };
        // What is there and cannot be read, or leads nowhere, may change without its folder.
        let is_missing = |(path, seen): &(String, Seen)| {
            let is_no_entry = |error: io::Error| error.kind() == io::ErrorKind::NotFound;
            *seen == Seen::Absent && fs::symlink_metadata(path).is_err_and(is_no_entry)
        };
        let (missing, looked_at): (Vec<_>, Vec<_>) = looked_at.into_iter().partition(is_missing);
        let mut by_folder: FxHashMap<String, Vec<String>> = FxHashMap::default();
        for (path, _) in missing {
            let path = Path::new(&path);
            // A root is there.
            let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
                return;
            };
            let [folder, name] = [folder.as_os_str(), name].map(|part| part.to_string_lossy().into_owned());
            by_folder.entry(folder).or_default().push(name);
        }
        let missing = by_folder.into_par_iter().map(|(folder, names)| {
            let missing = Missing::of(Path::new(&folder), names, self.begun);
            (folder, missing)
        });
        let kept = Kept {
            inputs,
            looked_at,
            missing: missing.collect(),
            analysed: answer.analysed.clone(),
            problems: answer.problems.clone(),
            findings: answer.diagnostics.iter().map(Finding::of).collect(),
        };
        if let Ok(bytes) = postcard::to_allocvec(&kept) {
            // A cache that cannot be written is none; the findings are there all the same.
            let _ = self.store.write(self.key, &bytes);
        }
    }
}

/// Whether the same files may give another answer: a file was given up.
pub(super) fn is_chance(kind: ProblemKind) -> bool {
    matches!(
        kind,
        ProblemKind::TimedOut | ProblemKind::Internal | ProblemKind::Unreadable
    )
}

impl Finding {
    fn of(diagnostic: &Diagnostic) -> Self {
        let Diagnostic {
            rule,
            severity,
            confidence,
            message,
            primary,
            evidence,
            help,
            symbol,
            retains,
            remedy,
        } = diagnostic.clone();
        Self {
            rule: rule.to_owned(),
            severity,
            confidence,
            message,
            primary,
            evidence,
            help,
            symbol,
            retains,
            remedy,
        }
    }

    /// `None` if there is no such rule.
    fn diagnostic(self) -> Option<Diagnostic> {
        let rule = rules::RULES.iter().find(|rule| rule.info.id == self.rule)?;
        Some(Diagnostic {
            rule: rule.info.id,
            severity: self.severity,
            confidence: self.confidence,
            message: self.message,
            primary: self.primary,
            evidence: self.evidence,
            help: self.help,
            symbol: self.symbol,
            retains: self.retains,
            remedy: self.remedy,
        })
    }
}

/// The program, the question and the list of files as one number; `None` if the program does not know itself.
fn key(options: &CheckOptions, plan: &Plan) -> Option<ContentHash> {
    let mut text = String::new();
    let program = program()?;
    let _ = writeln!(
        text,
        "{program}\n{:?} {:?} {:?}",
        plan.root, plan.walk.root, options.current_dir
    );
    let _ = writeln!(text, "{:?} {:?}", options.limits, plan.problems);
    for input in &plan.inputs {
        let disk = &input.file.disk;
        let is_test = plan.configurations.of(disk).is_test(disk);
        let _ = writeln!(text, "{disk:?} {} {} {is_test}", input.file.named, input.is_context);
    }
    Some(ContentHash::of(text.as_bytes()))
}

/// This very program, so that one that was built anew finds nothing of the old one's.
fn program() -> Option<String> {
    let path: PathBuf = env::current_exe().ok()?;
    let metadata = fs::metadata(&path).ok()?;
    let built = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let version = env!("CARGO_PKG_VERSION");
    Some(format!("{version} {} {}", metadata.len(), built.as_nanos()))
}
