//! What the client can do, and what the server offers it.

use lsp_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionProviderCapability, DiagnosticOptions,
    DiagnosticServerCapabilities, DidChangeWatchedFilesRegistrationOptions, FileSystemWatcher, GlobPattern,
    HoverProviderCapability, InitializeResult, Registration, RegistrationParams, SaveOptions, ServerCapabilities,
    ServerInfo, TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions,
};
use serde_json::json;

use super::present::{Abilities, SOURCE};
use super::protocol::Unit;

/// Files that say something about a finding, or about what is linted.
const WATCHED: [&str; 6] = [
    "**/*.{js,jsx,mjs,cjs,ts,tsx,mts,cts,vue,svelte,astro}",
    "**/package.json",
    "**/{tsconfig,jsconfig}*.json",
    "**/leaklint.{json,jsonc}",
    "**/{pnpm-workspace.yaml,lerna.json}",
    "**/{.gitignore,.ignore,.leaklintignore}",
];

/// What matters of the client's capabilities.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client {
    pub(super) unit: Unit,
    pub(super) abilities: Abilities,
    /// It asks for diagnostics itself; then they are not pushed as well.
    pub(super) pulls: bool,
    /// It can be told to ask again.
    pub(super) refreshes: bool,
    /// It lets the server ask for settings.
    pub(super) has_configuration: bool,
    /// It lets the server say which files to watch.
    pub(super) watches: bool,
    /// It checks the version of a document before it edits it.
    pub(super) versioned_edits: bool,
}

impl Client {
    pub(super) fn of(capabilities: &ClientCapabilities) -> Self {
        let text = capabilities.text_document.as_ref();
        let workspace = capabilities.workspace.as_ref();
        let published = text.and_then(|text| text.publish_diagnostics.as_ref());
        let refresh = workspace.and_then(|workspace| workspace.diagnostic.as_ref());
        let watch = workspace.and_then(|workspace| workspace.did_change_watched_files.as_ref());
        let edit = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
        let pull = text.and_then(|text| text.diagnostic.as_ref());
        let has = |ability: Option<bool>| ability.unwrap_or(false);
        Self {
            unit: Unit::negotiated(capabilities),
            // The abilities of pulled diagnostics have no place in the protocol's types yet; those who pull show all.
            abilities: Abilities {
                related_information: pull.is_some() || has(published.and_then(|it| it.related_information)),
                code_description: pull.is_some() || has(published.and_then(|it| it.code_description_support)),
            },
            pulls: pull.is_some(),
            refreshes: has(refresh.and_then(|it| it.refresh_support)),
            has_configuration: has(workspace.and_then(|it| it.configuration)),
            watches: has(watch.and_then(|it| it.dynamic_registration)),
            versioned_edits: has(edit.and_then(|it| it.document_changes)),
        }
    }

    /// The answer to `initialize`.
    pub(super) fn offer(&self) -> InitializeResult {
        let sync = TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions {
                include_text: Some(false),
            })),
            ..TextDocumentSyncOptions::default()
        };
        let diagnostics = DiagnosticOptions {
            identifier: Some(SOURCE.to_owned()),
            inter_file_dependencies: true,
            workspace_diagnostics: false,
            ..DiagnosticOptions::default()
        };
        InitializeResult {
            capabilities: ServerCapabilities {
                position_encoding: Some(self.unit.kind()),
                text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
                hover_provider: Some(HoverProviderCapability::Simple(true)),
                code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
                    code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
                    ..CodeActionOptions::default()
                })),
                diagnostic_provider: self.pulls.then_some(DiagnosticServerCapabilities::Options(diagnostics)),
                ..ServerCapabilities::default()
            },
            server_info: Some(ServerInfo {
                name: SOURCE.to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        }
    }
}

/// Asks the client to tell of changes on disk.
pub(super) fn watch_registration() -> RegistrationParams {
    let watcher = |glob: &str| FileSystemWatcher {
        glob_pattern: GlobPattern::String(glob.to_owned()),
        kind: None,
    };
    let options = DidChangeWatchedFilesRegistrationOptions {
        watchers: WATCHED.map(watcher).to_vec(),
    };
    RegistrationParams {
        registrations: vec![Registration {
            id: "leaklint-watch".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: Some(json!(options)),
        }],
    }
}
