//! Requests that are answered from what is known: diagnostics, hovers, pages.

use std::hash::Hasher;

use lsp_server::ErrorCode;
use lsp_types::{
    DocumentDiagnosticReport, FullDocumentDiagnosticReport, Hover, HoverContents, HoverParams,
    RelatedFullDocumentDiagnosticReport, RelatedUnchangedDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport,
};
use rustc_hash::FxHasher;
use serde::Deserialize;
use serde_json::{Value, json};

use super::server::{Answer, Pull, Said, Server, error, read};

/// The parameters of `leaklint/explain`.
#[derive(Deserialize)]
struct ExplainParams {
    rule: String,
}

impl Server {
    pub(super) fn answer(&self, method: &str, params: Value) -> Answer {
        match method {
            "textDocument/hover" => read(params).map(|params| json!(self.hover(&params))),
            "leaklint/explain" => self.explain(&read::<ExplainParams>(params)?.rule),
            _ => Err(error(ErrorCode::MethodNotFound, &format!("no method `{method}`"))),
        }
    }

    /// Answers a request for diagnostics from the last run; who knows the answer already is told just that.
    pub(super) fn answer_pull(&mut self, pull: Pull) {
        let Some((path, document)) = self.documents.named(&pull.uri) else {
            self.respond(pull.id, Ok(json!(full(Said::nothing()))));
            return;
        };
        let said = Said {
            version: document.version,
            items: self.items(path, document),
        };
        let path = path.to_path_buf();
        let report = match pull.previous {
            Some(previous) if previous == said.id() => unchanged(previous),
            _ => full(said.clone()),
        };
        self.remember(path, said);
        self.respond(pull.id, Ok(json!(report)));
    }

    fn hover(&self, params: &HoverParams) -> Option<Hover> {
        let at = &params.text_document_position_params;
        let (path, document) = self.documents.named(&at.text_document.uri)?;
        let view = self.view()?;
        let offset = view.unit.offset(&document.text, at.position);
        let mut findings = view.findings(path, document).into_iter();
        let (finding, span) = findings.find(|(_, span)| span.start <= offset && offset <= span.end)?;
        Some(Hover {
            contents: HoverContents::Markup(view.explained(finding, &self.rules)),
            range: Some(view.unit.range(&document.text, span)),
        })
    }

    fn explain(&self, rule: &str) -> Answer {
        match self.rules.iter().find(|known| known.id == rule) {
            Some(known) => Ok(json!(known.page)),
            None => Err(error(ErrorCode::InvalidParams, &format!("no rule `{rule}`"))),
        }
    }
}

impl Said {
    fn nothing() -> Self {
        Self {
            version: 0,
            items: Vec::new(),
        }
    }

    /// The same for the same items, in this process.
    fn id(&self) -> String {
        let mut hasher = FxHasher::default();
        hasher.write(json!(self.items).to_string().as_bytes());
        format!("{:016x}", hasher.finish())
    }
}

fn full(said: Said) -> DocumentDiagnosticReport {
    DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: FullDocumentDiagnosticReport {
            result_id: Some(said.id()),
            items: said.items,
        },
    })
}

fn unchanged(result_id: String) -> DocumentDiagnosticReport {
    DocumentDiagnosticReport::Unchanged(RelatedUnchangedDocumentDiagnosticReport {
        related_documents: None,
        unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id },
    })
}
