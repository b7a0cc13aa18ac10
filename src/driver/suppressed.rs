//! What the comments of the reported files suppress.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::{CheckOptions, Outcome};
use crate::diagnostic::{Diagnostic, FileId, RuleInfo};
use crate::rules;
use crate::source::decode;
use crate::suppress::{self, Applied, Suppressions};

/// The rules of leaks and those about suppressions.
pub fn rule_infos() -> Vec<RuleInfo> {
    let mut infos = rules::infos();
    infos.extend(suppress::RULES);
    infos
}

/// The findings that are left.
///
/// The files that hold the word, or of whose text nothing is known, are read once more and parsed: so it makes no difference
/// where their facts came from.
pub(super) fn left(diagnostics: Vec<Diagnostic>, outcome: &Outcome, options: &CheckOptions) -> Applied {
    let infos = rules::infos();
    let known: Vec<&str> = infos.iter().map(|rule| rule.id).collect();
    let ids: Vec<FileId> = (0..outcome.files.len() as u32).map(FileId).collect();
    let suppressions: Vec<Suppressions> = ids
        .par_iter()
        .filter_map(|&id| {
            let file = &outcome.files[id.index()];
            if file.is_context || file.is_test || !file.may_suppress {
                return None;
            }
            if options.overlay.has(file.disk()) {
                // The text that was analysed: what stands there may be half typed.
                return suppress::read(id, file.disk(), file.source().text(), &known);
            }
            let text = decode(options.overlay.read(file.disk()).ok()?).ok()?;
            suppress::read(id, file.disk(), &text, &known)
        })
        .collect();
    let lines = |place: crate::diagnostic::Place| {
        let source = outcome.files[place.file.index()].source();
        let line = |offset| source.lines().line(source.floor(offset));
        (
            line(place.span.start),
            line(place.span.end.saturating_sub(1).max(place.span.start)),
        )
    };
    let requires_reasons = |file: FileId| {
        let disk = outcome.files[file.index()].disk();
        outcome.configurations.of(disk).require_reasons
    };
    suppress::apply(diagnostics, &suppressions, &lines, requires_reasons, options.context)
}
