//! What the editor offers to do about a finding.

use std::collections::HashMap;
use std::path::Path;

use lsp_types::{
    CodeAction, CodeActionKind, Diagnostic as Shown, DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier,
    Range, TextDocumentEdit, TextEdit, WorkspaceEdit,
};

use super::documents::Document;
use super::protocol::Unit;
use crate::diagnostic::Diagnostic as Finding;
use crate::facts::ids::Span;
use crate::fix::{Fix, Safety};
use crate::suppress;

/// What stands where the reason is to be written.
const REASON: &str = "TODO: say why this is no leak";

/// Whether a client that asked for `only` these kinds wants quick fixes.
pub(super) fn wants_quick_fixes(only: Option<&[CodeActionKind]>) -> bool {
    let quick_fix = CodeActionKind::QUICKFIX;
    only.is_none_or(|kinds| kinds.iter().any(|kind| kind.as_str().is_empty() || *kind == quick_fix))
}

/// A finding in an open document.
pub(super) struct Found<'a> {
    pub(super) finding: &'a Finding,
    /// What it underlines, in the document's present text.
    pub(super) span: Span,
    pub(super) path: &'a Path,
    pub(super) document: &'a Document,
}

impl Found<'_> {
    /// Puts a comment above the finding's line that ignores it, with a reason to fill in; `None` where no comment would
    /// be one, as in a template string.
    pub(super) fn ignore(&self, shown: Shown, unit: Unit, versioned: bool) -> Option<CodeAction> {
        let Self { finding, document, .. } = self;
        let text = &document.text;
        let line = text.lines().line(text.floor(self.span.start));
        let indent: String = text
            .line(line)
            .chars()
            .take_while(|char| char.is_whitespace())
            .collect();
        let end = if text.text().contains("\r\n") { "\r\n" } else { "\n" };
        let says = format!("leaklint-ignore-next-line {}: {REASON}", finding.rule);
        let comments = [format!("// {says}"), format!("{{/* {says} */}}")];
        let lines = comments.map(|comment| format!("{indent}{comment}{end}"));
        let new_text = lines.into_iter().find(|new| self.is_ignored_with(new, line))?;
        let start = unit.position(text, text.visible_start(line) as u32);
        let edit = TextEdit {
            range: Range::new(start, start),
            new_text,
        };
        Some(CodeAction {
            title: format!("Ignore `{}` here, with a reason", finding.rule),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(vec![shown]),
            edit: Some(workspace_edit(vec![edit], document, versioned)),
            ..CodeAction::default()
        })
    }

    /// Mends the finding, by a fix of the document's present text.
    pub(super) fn mend(&self, fix: &Fix, shown: Shown, unit: Unit, versioned: bool) -> CodeAction {
        let document = self.document;
        let edits = fix.edits.iter().map(|edit| TextEdit {
            range: unit.range(&document.text, edit.span),
            new_text: edit.text.clone(),
        });
        let mut title = fix.title.clone();
        if let Some(first) = title.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        CodeAction {
            title,
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(vec![shown]),
            edit: Some(workspace_edit(edits.collect(), document, versioned)),
            is_preferred: Some(fix.safety == Safety::Safe),
            ..CodeAction::default()
        }
    }

    /// Whether a new line above the finding's ignores it.
    fn is_ignored_with(&self, new: &str, line: usize) -> bool {
        let text = self.document.text.text();
        let at = self.document.text.visible_start(line);
        let edited = [&text[..at], new, &text[at..]].concat();
        let rule = self.finding.rule;
        let file = self.finding.primary.place.file;
        let Some(read) = suppress::read(file, self.path, &edited, &[rule]) else {
            return false;
        };
        let finding = vec![self.finding.clone()];
        let applied = suppress::apply(finding, &[read], &|_| (line + 1, line + 1), |_| true, false);
        applied.suppressed == 1
    }
}

fn workspace_edit(edits: Vec<TextEdit>, document: &Document, versioned: bool) -> WorkspaceEdit {
    if versioned {
        // The client refuses it if the document went on in the meantime.
        let text_document = OptionalVersionedTextDocumentIdentifier {
            uri: document.uri.clone(),
            version: Some(document.version),
        };
        let edits = edits.into_iter().map(OneOf::Left).collect();
        WorkspaceEdit {
            document_changes: Some(DocumentChanges::Edits(vec![TextDocumentEdit { text_document, edits }])),
            ..WorkspaceEdit::default()
        }
    } else {
        #[expect(clippy::mutable_key_type, reason = "the protocol's type; the key is not mutated")]
        let changes = HashMap::from([(document.uri.clone(), edits)]);
        WorkspaceEdit {
            changes: Some(changes),
            ..WorkspaceEdit::default()
        }
    }
}
