//! Quick fixes: what ignores a finding is known at once, what mends it is asked of the thread that lints.
//!
//! A fix is offered only if it holds, and that takes a run; so who asks where nothing can be mended is answered at once,
//! and the others when it is known.

use std::path::{Path, PathBuf};

use lsp_server::RequestId;
use lsp_types::{CodeActionOrCommand, CodeActionParams};
use serde_json::json;

use super::actions::{Found, wants_quick_fixes};
use super::analysis::{Asked, Job};
use super::documents::Document;
use super::present::View;
use super::server::Server;
use crate::diagnostic::Diagnostic;
use crate::facts::ids::Span;
use crate::fix::Fix;

/// A request for actions that waits for fixes.
pub(super) struct Mending {
    pub(super) id: RequestId,
    path: PathBuf,
    version: i32,
    /// The findings that may be mended, and what they underline.
    findings: Vec<(Diagnostic, Span)>,
    /// What can be done beside.
    others: Vec<CodeActionOrCommand>,
}

impl Server {
    pub(super) fn code_actions(&mut self, id: RequestId, params: CodeActionParams) {
        let wanted = wants_quick_fixes(params.context.only.as_deref());
        let named = self.documents.named(&params.text_document.uri);
        let (Some((path, document)), Some(view), true) = (named, self.view(), wanted) else {
            return self.respond(id, Ok(json!([])));
        };
        let found = touched(&view, path, document, &params);
        let ignoring = found.iter().filter_map(|&(finding, span)| {
            let shown = view.shown(finding, span, document);
            let here = Found {
                finding,
                span,
                path,
                document,
            };
            here.ignore(shown, view.unit, self.client.versioned_edits)
        });
        let others: Vec<CodeActionOrCommand> = ignoring.map(CodeActionOrCommand::CodeAction).collect();
        let findings = found
            .into_iter()
            .filter(|(finding, _)| finding.remedy.is_some())
            .map(|(finding, span)| (finding.clone(), span))
            .collect();
        let mending = Mending {
            id,
            path: path.to_path_buf(),
            version: document.version,
            findings,
            others,
        };
        let asked = self.asked(&mending, &view, document);
        match asked.map(|asked| self.jobs.send(Job::Mend(asked)).is_ok()) {
            Some(true) => self.mending.push(mending),
            Some(false) | None => self.respond(mending.id, Ok(json!(mending.others))),
        }
    }

    /// What the thread is to be asked; `None` if nothing can be mended, or what is known is of another text.
    fn asked(&self, mending: &Mending, view: &View<'_>, document: &Document) -> Option<Asked> {
        let (first, _) = mending.findings.first()?;
        let file = view.analysis.file(first.primary.place.file);
        let is_of_this = self.is_settled() && file.source().text() == document.text.text();
        Some(Asked {
            id: mending.id.clone(),
            options: self.options.clone().filter(|_| is_of_this)?,
            file: file.copied(),
            findings: mending.findings.iter().map(|(finding, _)| finding.clone()).collect(),
        })
    }

    /// Answers who waits, with the fixes of the text that they asked for.
    pub(super) fn offer(&mut self, id: RequestId, fixes: &[Option<Fix>]) {
        let Some(at) = self.mending.iter().position(|each| each.id == id) else {
            return;
        };
        let mending = self.mending.remove(at);
        let mut actions = Vec::new();
        let document = self.documents.get(&mending.path);
        if let (Some(document), Some(view)) = (document.filter(|each| each.version == mending.version), self.view()) {
            for ((finding, span), fix) in mending.findings.iter().zip(fixes) {
                let Some(fix) = fix else { continue };
                let shown = view.shown(finding, *span, document);
                let here = Found {
                    finding,
                    span: *span,
                    path: &mending.path,
                    document,
                };
                let action = here.mend(fix, shown, view.unit, self.client.versioned_edits);
                actions.push(CodeActionOrCommand::CodeAction(action));
            }
        }
        actions.extend(mending.others);
        self.respond(id, Ok(json!(actions)));
    }
}

/// The findings that what was selected touches.
fn touched<'v>(
    view: &View<'v>,
    path: &'v Path,
    document: &Document,
    params: &CodeActionParams,
) -> Vec<(&'v Diagnostic, Span)> {
    let start = view.unit.offset(&document.text, params.range.start);
    let end = view.unit.offset(&document.text, params.range.end);
    let mut found = view.findings(path, document);
    found.retain(|(_, span)| span.start <= end.max(start) && start.min(end) <= span.end);
    found
}
