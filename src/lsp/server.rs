//! The state of a conversation, and what each message does to it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, after, never, select};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response, ResponseError};
use lsp_types::{ClientCapabilities, Diagnostic, MessageType, PublishDiagnosticsParams, Uri};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::End;
use super::analysis::{self, Analysis, Finished, Job};
use super::client::{Client, watch_registration};
use super::documents::{Document, Documents};
use super::framing::Incoming;
use super::present::{self, SOURCE, View};
use super::protocol::spell_uris;
use super::quick_fixes::Mending;
use super::settings::{Run, Settings};
use crate::diagnostic::RuleInfo;
use crate::driver::{CheckError, CheckOptions};

/// How long nothing must be typed before a run begins.
const PAUSE: Duration = Duration::from_millis(150);

/// The id of the server's own requests whose answer is of no interest.
const NO_REPLY: i32 = 1;

/// The id of the request for settings.
const SETTINGS: i32 = 2;

pub(super) fn serve(
    inbox: &Receiver<Incoming>,
    outbox: Sender<Message>,
    current_dir: PathBuf,
    rules: Vec<RuleInfo>,
) -> End {
    let (jobs, finished) = analysis::start();
    let mut server = Server {
        outbox,
        jobs,
        current_dir,
        rules,
        phase: Phase::New,
        client: Client::of(&ClientCapabilities::default()),
        settings: Settings::default(),
        documents: Documents::default(),
        analysis: None,
        options: None,
        mending: Vec::new(),
        is_running: false,
        due: None,
        waiting: Vec::new(),
        said: BTreeMap::new(),
    };
    loop {
        let pause = server.due.filter(|_| !server.is_running);
        let pause = pause.map_or_else(never, |due| after(due.saturating_duration_since(Instant::now())));
        select! {
            recv(inbox) -> incoming => match incoming {
                Ok(Incoming::Message(Message::Notification(exit))) if exit.method == "exit" => {
                    return if server.phase == Phase::ShutDown { End::Orderly } else { End::Abrupt };
                }
                Ok(Incoming::Message(message)) => server.receive(message),
                Ok(Incoming::Malformed(reason)) => server.log(MessageType::WARNING, &reason),
                Ok(Incoming::End) | Err(_) => return End::Abrupt,
            },
            recv(finished) -> finished => match finished {
                Ok(Finished::Checked(finished)) => server.take(*finished),
                Ok(Finished::Mended(id, fixes)) => server.offer(id, &fixes),
                // The thread is gone, and with it all there is to serve.
                Err(_) => return End::Abrupt,
            },
            recv(pause) -> _ => server.start_run(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    New,
    Initialized,
    ShutDown,
}

pub(super) struct Server {
    outbox: Sender<Message>,
    pub(super) jobs: Sender<Job>,
    current_dir: PathBuf,
    pub(super) rules: Vec<RuleInfo>,
    phase: Phase,
    pub(super) client: Client,
    pub(super) settings: Settings,
    pub(super) documents: Documents,
    /// The last run that did not fail.
    analysis: Option<Analysis>,
    /// What the last run was asked for.
    pub(super) options: Option<CheckOptions>,
    /// Requests for actions that wait for fixes.
    pub(super) mending: Vec<Mending>,
    is_running: bool,
    /// When the next run is to begin; `None` if nothing changed since the last began.
    due: Option<Instant>,
    /// Requests for diagnostics that wait for a run over what there is now.
    waiting: Vec<Pull>,
    /// What the client was last told of each document.
    said: BTreeMap<PathBuf, Said>,
}

/// A request for the diagnostics of a document.
pub(super) struct Pull {
    pub(super) id: RequestId,
    pub(super) uri: Uri,
    pub(super) previous: Option<String>,
}

#[derive(Clone, PartialEq)]
pub(super) struct Said {
    pub(super) version: i32,
    pub(super) items: Vec<Diagnostic>,
}

/// What a request is answered with.
pub(super) type Answer = Result<Value, ResponseError>;

impl Server {
    fn receive(&mut self, message: Message) {
        match message {
            Message::Request(request) => self.receive_request(request),
            Message::Notification(notification) if self.phase == Phase::Initialized => self.notice(notification),
            Message::Notification(_) => {}
            Message::Response(response) => self.receive_response(response),
        }
    }

    fn receive_request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let answer = match (self.phase, method.as_str()) {
            (Phase::New, "initialize") => read(params).map(|params| self.initialize(params)),
            (Phase::New, _) => Err(error(ErrorCode::ServerNotInitialized, "`initialize` comes first")),
            (Phase::ShutDown, _) => Err(error(ErrorCode::InvalidRequest, "the server was shut down")),
            (Phase::Initialized, "initialize") => Err(error(ErrorCode::InvalidRequest, "initialized already")),
            (Phase::Initialized, "shutdown") => {
                self.phase = Phase::ShutDown;
                self.cancel_all();
                Ok(Value::Null)
            }
            (Phase::Initialized, "textDocument/diagnostic") => match self.pull(&id, params) {
                Ok(()) => return,
                Err(error) => Err(error),
            },
            (Phase::Initialized, "textDocument/codeAction") => match read(params) {
                Ok(params) => return self.code_actions(id, params),
                Err(error) => Err(error),
            },
            (Phase::Initialized, method) => self.answer(method, params),
        };
        self.respond(id, answer);
    }

    fn initialize(&mut self, params: lsp_types::InitializeParams) -> Value {
        self.client = Client::of(&params.capabilities);
        self.phase = Phase::Initialized;
        if let Some(options) = params.initialization_options {
            self.set(&options);
        }
        json!(self.client.offer())
    }

    /// Answers now if nothing changed since the last run, else after the next.
    fn pull(&mut self, id: &RequestId, params: Value) -> Result<(), ResponseError> {
        let params: lsp_types::DocumentDiagnosticParams = read(params)?;
        let pull = Pull {
            id: id.clone(),
            uri: params.text_document.uri,
            previous: params.previous_result_id,
        };
        if self.is_settled() {
            self.answer_pull(pull);
        } else {
            self.waiting.push(pull);
        }
        Ok(())
    }

    fn receive_response(&mut self, response: Response) {
        if response.id == RequestId::from(SETTINGS)
            && let Ok(Value::Array(sections)) = &response.response_result
        {
            let section = sections.first().cloned().unwrap_or_default();
            self.set(&section);
            self.schedule(Duration::ZERO);
        }
    }

    fn notice(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        let result = match method.as_str() {
            "initialized" => {
                self.is_ready();
                Ok(())
            }
            "textDocument/didOpen" => read(params).map(|params| self.open(params)),
            "textDocument/didChange" => read(params).map(|params| self.change(params)),
            "textDocument/didSave" => {
                self.schedule(Duration::ZERO);
                Ok(())
            }
            "textDocument/didClose" => read(params).map(|params| self.close(params)),
            "workspace/didChangeWatchedFiles" => {
                self.schedule(PAUSE);
                Ok(())
            }
            "workspace/didChangeConfiguration" => {
                self.reconfigure(&params);
                Ok(())
            }
            "$/cancelRequest" => read(params).map(|params| self.cancel(params)),
            _ => Ok(()),
        };
        if let Err(error) = result {
            self.log(MessageType::WARNING, &format!("{method}: {}", error.message));
        }
    }

    fn is_ready(&mut self) {
        if self.client.watches {
            self.request(NO_REPLY, "client/registerCapability", watch_registration());
        }
        self.ask_for_settings();
    }

    fn open(&mut self, params: lsp_types::DidOpenTextDocumentParams) {
        let document = params.text_document;
        if self.documents.open(document.uri, document.version, document.text) {
            self.schedule(Duration::ZERO);
        }
    }

    fn change(&mut self, params: lsp_types::DidChangeTextDocumentParams) {
        let document = params.text_document;
        let unit = self.client.unit;
        let changed = self
            .documents
            .change(&document.uri, document.version, params.content_changes, unit);
        if changed && self.settings.run == Run::OnType {
            self.schedule(PAUSE);
        }
    }

    fn close(&mut self, params: lsp_types::DidCloseTextDocumentParams) {
        let uri = params.text_document.uri;
        let path = self.documents.named(&uri).map(|(path, _)| path.to_path_buf());
        if self.documents.close(&uri) {
            self.said.remove(&path.unwrap_or_default());
            if !self.client.pulls {
                self.publish(uri, None, Vec::new());
            }
            // What was typed and not saved no longer counts for the others.
            self.schedule(Duration::ZERO);
        }
    }

    fn reconfigure(&mut self, params: &Value) {
        if self.client.has_configuration {
            self.ask_for_settings();
            return;
        }
        if let Some(settings) = params.get("settings").filter(|settings| !settings.is_null()) {
            self.set(&settings.clone());
        }
        self.schedule(Duration::ZERO);
    }

    fn ask_for_settings(&mut self) {
        if self.client.has_configuration {
            self.request(
                SETTINGS,
                "workspace/configuration",
                json!({ "items": [{ "section": SOURCE }] }),
            );
        }
    }

    fn set(&mut self, value: &Value) {
        match self.settings.with(value) {
            Ok(settings) => self.settings = settings,
            Err(reason) => self.log(MessageType::ERROR, &reason),
        }
    }

    fn cancel(&mut self, params: lsp_types::CancelParams) {
        let id = match params.id {
            lsp_types::NumberOrString::Number(id) => RequestId::from(id),
            lsp_types::NumberOrString::String(id) => RequestId::from(id),
        };
        if let Some(at) = self.waiting.iter().position(|pull| pull.id == id) {
            self.waiting.remove(at);
            self.respond(id, Err(error(ErrorCode::RequestCanceled, "canceled")));
        } else if let Some(at) = self.mending.iter().position(|each| each.id == id) {
            self.mending.remove(at);
            self.respond(id, Err(error(ErrorCode::RequestCanceled, "canceled")));
        }
    }

    fn cancel_all(&mut self) {
        let pulls = std::mem::take(&mut self.waiting).into_iter().map(|pull| pull.id);
        let mending = std::mem::take(&mut self.mending).into_iter().map(|each| each.id);
        for id in pulls.chain(mending).collect::<Vec<_>>() {
            self.respond(id, Err(error(ErrorCode::RequestCanceled, "the server was shut down")));
        }
    }

    /// Whether what is known is of what there is now.
    pub(super) fn is_settled(&self) -> bool {
        self.due.is_none() && !self.is_running
    }

    fn schedule(&mut self, pause: Duration) {
        self.due = Some(Instant::now() + pause);
    }

    /// Gives the documents as they are to the analysis.
    fn start_run(&mut self) {
        self.due = None;
        let paths: Vec<PathBuf> = self.documents.paths().cloned().collect();
        if !self.settings.enable || paths.is_empty() {
            self.analysis = None;
            self.tell();
            return;
        }
        let mut options = CheckOptions::new(paths, self.current_dir.clone());
        options.overlay = self.documents.overlay();
        options.force_exclude = true;
        options.min_confidence = self.settings.min_confidence;
        // The thread lives as long as this value holds its channel.
        self.options = Some(options.clone());
        self.is_running = self.jobs.send(Job::Check(options)).is_ok();
    }

    /// Takes a finished run in. One that failed leaves the last findings standing.
    fn take(&mut self, finished: Result<Analysis, CheckError>) {
        self.is_running = false;
        match finished {
            Ok(analysis) => self.analysis = Some(analysis),
            Err(error) => self.log(MessageType::ERROR, &error.to_string()),
        }
        self.tell();
    }

    /// Tells the client what is found now: those who pull by answers, the others by themselves.
    fn tell(&mut self) {
        if self.client.pulls {
            if self.due.is_none() {
                self.answer_waiting();
            }
            return;
        }
        let mut news = Vec::new();
        for (path, document) in self.documents.iter() {
            let said = Said {
                version: document.version,
                items: self.items(path, document),
            };
            if self.said.get(path) != Some(&said) {
                news.push((path.to_path_buf(), document.uri.clone(), said));
            }
        }
        for (path, uri, said) in news {
            self.publish(uri, Some(said.version), said.items.clone());
            self.said.insert(path, said);
        }
        // Who asks without having said that it would is answered all the same.
        if self.due.is_none() {
            self.answer_waiting();
        }
    }

    /// Answers all who wait; if what was said of other documents no longer holds, lets the client ask again.
    fn answer_waiting(&mut self) {
        for pull in std::mem::take(&mut self.waiting) {
            self.answer_pull(pull);
        }
        let is_news = |(path, document): (&Path, &Document)| {
            let said = self.said.get(path);
            said.is_some_and(|said| said.items != self.items(path, document))
        };
        if self.client.refreshes && self.documents.iter().any(is_news) {
            self.request(NO_REPLY, "workspace/diagnostic/refresh", Value::Null);
        }
    }

    /// The diagnostics of an open document; of one that costs too much, that it does.
    pub(super) fn items(&self, path: &Path, document: &Document) -> Vec<Diagnostic> {
        if let Some(excess) = document.excess().filter(|_| self.settings.enable) {
            return vec![present::not_analysed(&excess)];
        }
        let Some(view) = self.view() else {
            return Vec::new();
        };
        let findings = view.findings(path, document).into_iter();
        let shown = findings.map(|(finding, span)| view.shown(finding, span, document));
        let excess = view.analysis.excess(path, &self.current_dir);
        shown
            .chain(excess.map(|problem| present::not_analysed(&problem.message)))
            .collect()
    }

    pub(super) fn view(&self) -> Option<View<'_>> {
        Some(View {
            analysis: self.analysis.as_ref()?,
            documents: &self.documents,
            settings: &self.settings,
            unit: self.client.unit,
            abilities: self.client.abilities,
        })
    }

    /// Keeps what the client was told of a document.
    pub(super) fn remember(&mut self, path: PathBuf, said: Said) {
        self.said.insert(path, said);
    }

    fn publish(&self, uri: Uri, version: Option<i32>, diagnostics: Vec<Diagnostic>) {
        self.notify(
            "textDocument/publishDiagnostics",
            PublishDiagnosticsParams {
                uri,
                diagnostics,
                version,
            },
        );
    }

    fn log(&self, typ: MessageType, message: &str) {
        let message = format!("leaklint: {message}");
        self.notify("window/logMessage", lsp_types::LogMessageParams { typ, message });
    }

    fn notify(&self, method: &str, params: impl Serialize) {
        self.send(Notification::new(method.to_owned(), params).into());
    }

    fn request(&self, id: i32, method: &str, params: impl Serialize) {
        self.send(Request::new(RequestId::from(id), method.to_owned(), params).into());
    }

    pub(super) fn respond(&self, id: RequestId, answer: Answer) {
        let response = Response {
            id,
            response_result: answer,
        };
        self.send(response.into());
    }

    fn send(&self, message: Message) {
        // Who no longer listens is about to be seen leaving.
        let _ = self.outbox.send(message);
    }
}

/// The parameters of a message.
pub(super) fn read<T: DeserializeOwned>(mut params: Value) -> Result<T, ResponseError> {
    spell_uris(&mut params);
    serde_json::from_value(params).map_err(|reason| error(ErrorCode::InvalidParams, &reason.to_string()))
}

pub(super) fn error(code: ErrorCode, message: &str) -> ResponseError {
    ResponseError {
        code: code as i32,
        message: message.to_owned(),
        data: None,
    }
}
