//! A client that holds a conversation with `leaklint lsp` over pipes, message by message.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long an answer may take before the test gives up: far more than any takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client and the project that it has open.
pub struct Client {
    folder: TempDir,
    server: Child,
    input: Option<ChildStdin>,
    inbox: Receiver<Value>,
    /// Read and not asked for yet.
    kept: Vec<Value>,
    next_id: i32,
}

/// What a client can do that pushes are for.
pub fn pushed() -> Value {
    let published = json!({ "relatedInformation": true, "codeDescriptionSupport": true });
    json!({ "textDocument": { "publishDiagnostics": published } })
}

/// What a client can do that asks for diagnostics.
pub fn pulls() -> Value {
    json!({
        "textDocument": { "diagnostic": {} },
        "workspace": { "diagnostic": { "refreshSupport": true } },
    })
}

impl Client {
    /// Starts the server in a project with these files; nothing is said yet.
    pub fn start(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::Builder::new().prefix("leaklint ü-").tempdir().unwrap();
        fs::write(folder.path().join("package.json"), "{}").unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let mut server = Command::new(env!("CARGO_BIN_EXE_leaklint"))
            .args(["lsp", "--stdio", "--clientProcessId=1"])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(server.stdout.take().unwrap());
        let (sender, inbox) = mpsc::channel();
        thread::spawn(move || read_all(output, |message| sender.send(message).is_ok()));
        Self {
            input: server.stdin.take(),
            folder,
            server,
            inbox,
            kept: Vec::new(),
            next_id: 0,
        }
    }

    /// Starts the server and shakes hands.
    pub fn with(files: &[(&str, &str)], capabilities: Value, options: Value) -> Self {
        let mut client = Self::start(files);
        client.initialize(capabilities, options);
        client
    }

    /// Gives what the server offers.
    pub fn initialize(&mut self, capabilities: Value, options: Value) -> Value {
        let params = json!({
            "processId": null,
            "rootUri": null,
            "capabilities": capabilities,
            "initializationOptions": options,
        });
        let answer = self.request("initialize", params);
        self.notify("initialized", json!({}));
        answer["result"]["capabilities"].clone()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    pub fn uri(&self, name: &str) -> String {
        url::Url::from_file_path(self.path(name)).unwrap().to_string()
    }

    pub fn open(&mut self, name: &str) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        self.open_with(name, &text);
    }

    pub fn open_with(&mut self, name: &str, text: &str) {
        let document = json!({ "uri": self.uri(name), "languageId": "typescript", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Gives the whole text anew.
    pub fn replace(&mut self, name: &str, version: i32, text: &str) {
        self.change(name, version, json!([{ "text": text }]));
    }

    pub fn change(&mut self, name: &str, version: i32, changes: Value) {
        let document = json!({ "uri": self.uri(name), "version": version });
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.notify("textDocument/didChange", params);
    }

    /// Sends a request about a document and gives the answer.
    pub fn ask(&mut self, method: &str, name: &str, mut params: Value) -> Value {
        params["textDocument"] = json!({ "uri": self.uri(name) });
        self.request(method, params)
    }

    /// Sends a request and gives the answer.
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.send_request(method, params);
        self.answer(id)
    }

    /// Sends a request and gives its id.
    pub fn send_request(&mut self, method: &str, params: Value) -> i32 {
        self.next_id += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params }));
        self.next_id
    }

    pub fn answer(&mut self, id: i32) -> Value {
        self.wait(&format!("the answer to {id}"), |message| {
            message["id"] == id && message.get("method").is_none()
        })
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// The next request or notification of the server with this method.
    pub fn told(&mut self, method: &str) -> Value {
        self.wait(method, |message| message["method"] == method)
    }

    /// The diagnostics of the next publication for a document at a version.
    pub fn published(&mut self, name: &str, version: Option<i32>) -> Vec<Value> {
        let uri = self.uri(name);
        let message = self.wait(&format!("{name} at {version:?}"), |message| {
            let params = &message["params"];
            message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri.as_str()
                && params["version"] == json!(version)
        });
        message["params"]["diagnostics"].as_array().unwrap().clone()
    }

    pub fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.write(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    }

    /// Writes bytes that need not be a message.
    pub fn write(&mut self, bytes: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes.as_bytes()).unwrap();
        input.flush().unwrap();
    }

    /// Leaves without a word.
    pub fn hang_up(mut self) -> ExitStatus {
        self.input = None;
        self.server.wait().unwrap()
    }

    /// Leaves as one should.
    pub fn leave(mut self) -> ExitStatus {
        let answer = self.request("shutdown", Value::Null);
        assert!(answer.get("error").is_none(), "{answer}");
        self.exit()
    }

    pub fn exit(mut self) -> ExitStatus {
        self.notify("exit", Value::Null);
        self.server.wait().unwrap()
    }

    fn wait(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.kept.iter().position(&is_it) {
            return self.kept.remove(at);
        }
        loop {
            let received = self.inbox.recv_timeout(PATIENCE);
            let Ok(message) = received else {
                panic!("no {what}; there was {:#?}", self.kept);
            };
            if is_it(&message) {
                return message;
            }
            self.kept.push(message);
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The text of a file that a place is in.
pub fn path_of(uri: &Value) -> PathBuf {
    url::Url::parse(uri.as_str().unwrap()).unwrap().to_file_path().unwrap()
}

/// The last part of the path of a URI.
pub fn name_of(uri: &Value) -> String {
    let path = path_of(uri);
    Path::file_name(&path).unwrap().to_str().unwrap().to_owned()
}

fn read_all(mut output: impl BufRead, mut take: impl FnMut(Value) -> bool) {
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if output.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            match line.trim().split_once(": ") {
                Some(("Content-Length", number)) => length = number.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        if output.read_exact(&mut body).is_err() || !take(serde_json::from_slice(&body).unwrap()) {
            return;
        }
    }
}
