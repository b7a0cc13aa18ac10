//! What the editor offers to do about a finding.

use std::collections::HashMap;

use lsp_types::{
    CodeAction, CodeActionKind, Diagnostic, DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, Position,
    Range, TextDocumentEdit, TextEdit, WorkspaceEdit,
};

use super::documents::Document;
use super::protocol::Unit;
use crate::facts::ids::Span;

/// What stands where the reason is to be written.
const REASON: &str = "TODO: say why this is no leak";

/// Whether a client that asked for `only` these kinds wants quick fixes.
pub(super) fn wants_quick_fixes(only: Option<&[CodeActionKind]>) -> bool {
    let quick_fix = CodeActionKind::QUICKFIX;
    only.is_none_or(|kinds| kinds.iter().any(|kind| kind.as_str().is_empty() || *kind == quick_fix))
}

/// Puts a comment above a finding's line that ignores it, with a reason to fill in.
pub(super) fn ignore(
    rule: &str,
    shown: Diagnostic,
    span: Span,
    document: &Document,
    unit: Unit,
    versioned: bool,
) -> CodeAction {
    let line = unit.position(&document.text, span.start).line;
    let text = document.text.line(line as usize);
    let indent: String = text.chars().take_while(|char| char.is_whitespace()).collect();
    let end = if document.text.text().contains("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    let start = Position::new(line, 0);
    let edit = TextEdit {
        range: Range::new(start, start),
        new_text: format!("{indent}// leaklint-ignore-next-line {rule}: {REASON}{end}"),
    };
    CodeAction {
        title: format!("Ignore `{rule}` here, with a reason"),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![shown]),
        edit: Some(workspace_edit(edit, document, versioned)),
        ..CodeAction::default()
    }
}

fn workspace_edit(edit: TextEdit, document: &Document, versioned: bool) -> WorkspaceEdit {
    if versioned {
        // The client refuses it if the document went on in the meantime.
        let text_document = OptionalVersionedTextDocumentIdentifier {
            uri: document.uri.clone(),
            version: Some(document.version),
        };
        let edits = vec![OneOf::Left(edit)];
        WorkspaceEdit {
            document_changes: Some(DocumentChanges::Edits(vec![TextDocumentEdit { text_document, edits }])),
            ..WorkspaceEdit::default()
        }
    } else {
        #[expect(clippy::mutable_key_type, reason = "the protocol's type; the key is not mutated")]
        let changes = HashMap::from([(document.uri.clone(), vec![edit])]);
        WorkspaceEdit {
            changes: Some(changes),
            ..WorkspaceEdit::default()
        }
    }
}
