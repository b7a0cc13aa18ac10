//! A client of the language server: messages of all its methods with arbitrary contents, whole, cut, doubled and with wrong
//! lengths. Whatever it says, the server answers each request once, and a client that then asks as it should gets its answer.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use arbitrary::Arbitrary;
use leaklint::{driver, lsp};
use serde_json::{Value, json};

use super::project::{LEAK, folder};

#[derive(Arbitrary, Debug)]
pub struct Talk {
    /// Shakes hands first.
    is_polite: bool,
    pulls: bool,
    pieces: Vec<Piece>,
}

#[derive(Arbitrary, Debug)]
enum Piece {
    Open(u8, i8, Text),
    Replace(u8, i8, Text),
    Edit(u8, i8, Vec<(Place, Place, Text)>),
    Close(u8),
    Save(u8),
    Pull(u8),
    Hover(u8, Place),
    Actions(u8, Place, Place),
    Cancel(u8),
    Settings(bool, String),
    Response(u8, bool),
    Unknown(String, Option<String>),
    Shutdown,
    /// Not a message.
    Bytes(Vec<u8>),
    /// A message of JSON that nobody expects, with a length that is off by this.
    Wrong(i8, String),
}

#[derive(Arbitrary, Debug)]
enum Text {
    Leak,
    Begun(u8),
    Other(String),
}

#[derive(Arbitrary, Debug)]
struct Place(u8, u8, bool);

impl Place {
    fn json(&self) -> Value {
        let far = if self.2 { u32::MAX } else { 0 };
        json!({ "line": (u32::from(self.0) % 8) | far, "character": (u32::from(self.1) % 40) | far })
    }
}

impl Text {
    fn text(&self) -> String {
        match self {
            Text::Leak => LEAK.to_owned(),
            Text::Begun(length) => LEAK[..usize::from(*length).min(LEAK.len())].to_owned(),
            Text::Other(text) => format!("{text}\n{LEAK}"),
        }
    }
}

fn uri(number: u8) -> String {
    const NAMES: [&str; 4] = ["a.js", "b.ts", "c%20d.vue", "package.json"];
    match number % 8 {
        7 => "untitled:Untitled-1".to_owned(),
        6 => "file:///%ff%00".to_owned(),
        number => format!(
            "file://{}/{}",
            folder().display(),
            NAMES[usize::from(number) % NAMES.len()]
        ),
    }
}

fn framed(body: &str, off: i8) -> Vec<u8> {
    let length = body.len().saturating_add_signed(isize::from(off));
    format!("Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

impl Talk {
    /// What is said, and the ids of the requests that were sent whole.
    fn bytes(&self) -> (Vec<u8>, BTreeMap<i64, usize>, bool) {
        let mut said = Vec::new();
        let mut asked = BTreeMap::new();
        let mut is_whole = true;
        let mut send = |method: &str, params: Value, is_request: bool| {
            let mut message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
            if is_request {
                let id = 100 + asked.len() as i64;
                message["id"] = id.into();
                asked.insert(id, 0);
            }
            framed(&message.to_string(), 0)
        };
        if self.is_polite {
            let pulls = json!({ "textDocument": { "diagnostic": {} } });
            let capabilities = if self.pulls { pulls } else { json!({}) };
            said.extend(send(
                "initialize",
                json!({ "processId": null, "capabilities": capabilities }),
                true,
            ));
            said.extend(send("initialized", json!({}), false));
        }
        for piece in self.pieces.iter().take(30) {
            let document = |number: &u8| json!({ "uri": uri(*number) });
            let at = |number: &u8| json!({ "textDocument": { "uri": uri(*number) } });
            let versioned = |number: &u8, version: &i8| json!({ "uri": uri(*number), "version": version });
            said.extend(match piece {
                Piece::Open(number, version, text) => {
                    let (uri, text) = (uri(*number), text.text());
                    let item = json!({ "uri": uri, "languageId": "x", "version": version, "text": text });
                    send("textDocument/didOpen", json!({ "textDocument": item }), false)
                }
                Piece::Replace(number, version, text) => {
                    let changes = json!([{ "text": text.text() }]);
                    let params = json!({ "textDocument": versioned(number, version), "contentChanges": changes });
                    send("textDocument/didChange", params, false)
                }
                Piece::Edit(number, version, edits) => {
                    let changes: Vec<Value> = edits
                        .iter()
                        .take(8)
                        .map(|(start, end, text)| {
                            json!({ "range": { "start": start.json(), "end": end.json() }, "text": text.text() })
                        })
                        .collect();
                    let params = json!({ "textDocument": versioned(number, version), "contentChanges": changes });
                    send("textDocument/didChange", params, false)
                }
                Piece::Close(number) => send("textDocument/didClose", at(number), false),
                Piece::Save(number) => send("textDocument/didSave", at(number), false),
                Piece::Pull(number) => send("textDocument/diagnostic", at(number), true),
                Piece::Hover(number, place) => {
                    let params = json!({ "textDocument": document(number), "position": place.json() });
                    send("textDocument/hover", params, true)
                }
                Piece::Actions(number, start, end) => {
                    let range = json!({ "start": start.json(), "end": end.json() });
                    let context = json!({ "diagnostics": [] });
                    let params = json!({ "textDocument": document(number), "range": range, "context": context });
                    send("textDocument/codeAction", params, true)
                }
                Piece::Cancel(number) => send("$/cancelRequest", json!({ "id": 100 + i64::from(*number % 16) }), false),
                Piece::Settings(enable, other) => {
                    let settings = json!({ "leaklint": { "enable": enable, "run": other, "rulePages": other } });
                    send(
                        "workspace/didChangeConfiguration",
                        json!({ "settings": settings }),
                        false,
                    )
                }
                Piece::Response(id, is_error) => {
                    let error = json!({ "code": 1, "message": "no" });
                    let body = match is_error {
                        true => json!({ "jsonrpc": "2.0", "id": id, "error": error }),
                        false => json!({ "jsonrpc": "2.0", "id": id, "result": [{ "enable": true }] }),
                    };
                    framed(&body.to_string(), 0)
                }
                Piece::Unknown(method, params) if method != "exit" => {
                    let params = params.as_ref().map_or(Value::Null, |params| json!([params]));
                    send(method, params, true)
                }
                Piece::Shutdown => send("shutdown", Value::Null, true),
                Piece::Unknown(..) => Vec::new(),
                Piece::Bytes(bytes) => {
                    is_whole = false;
                    bytes.clone()
                }
                Piece::Wrong(off, text) => {
                    is_whole = false;
                    framed(&json!({ "jsonrpc": "2.0", "method": text }).to_string(), *off)
                }
            });
        }
        (said, asked, is_whole)
    }
}

/// What the client says, and then, when it is heard that the last question was answered, goodbye.
struct Mouth {
    said: io::Cursor<Vec<u8>>,
    answered: Receiver<()>,
    /// How long the last answer may take before the client hangs up.
    patience: Duration,
    is_over: bool,
}

impl Read for Mouth {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.said.read(buffer)?;
        if read > 0 || self.is_over {
            return Ok(read);
        }
        self.is_over = true;
        let _ = self.answered.recv_timeout(self.patience);
        self.said = io::Cursor::new(framed(r#"{"jsonrpc":"2.0","method":"exit"}"#, 0));
        self.said.read(buffer)
    }
}

/// The id of the last question.
const LAST: &str = "last";

struct Ear {
    heard: Vec<u8>,
    answered: Sender<()>,
    all: Sender<Vec<u8>>,
}

impl Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let from = self.heard.len().saturating_sub(16);
        self.heard.extend_from_slice(bytes);
        let needle = format!("\"id\":\"{LAST}\"");
        let is_there = self.heard[from..]
            .windows(needle.len())
            .any(|window| window == needle.as_bytes());
        if is_there {
            let _ = self.answered.send(());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        let _ = self.all.send(std::mem::take(&mut self.heard));
    }
}

/// Holds one conversation.
///
/// # Panics
/// It does not hold.
pub fn hold(talk: &Talk) {
    let (mut said, mut asked, is_whole) = talk.bytes();
    // Runs begin at once after this, not after a pause.
    for (id, method) in [(None, "textDocument/didSave"), (Some(LAST), "textDocument/diagnostic")] {
        let mut message = json!({ "jsonrpc": "2.0", "method": method });
        message["params"] = json!({ "textDocument": { "uri": uri(0) } });
        if let Some(id) = id {
            message["id"] = id.into();
        }
        said.extend(framed(&message.to_string(), 0));
    }
    let (answered, is_answered) = mpsc::channel();
    let (all, heard) = mpsc::channel();
    // A message without an end may have swallowed the question.
    let patience = if is_whole {
        Duration::from_secs(60)
    } else {
        Duration::from_millis(300)
    };
    let mouth = Mouth {
        said: io::Cursor::new(said),
        answered: is_answered,
        patience,
        is_over: false,
    };
    let ear = Ear {
        heard: Vec::new(),
        answered,
        all,
    };
    lsp::converse(mouth, ear, folder().to_path_buf(), driver::rule_infos());
    let heard = heard.recv().expect("the ear tells what it heard");
    let mut last = 0;
    for message in messages(&heard) {
        if message.get("method").is_some() {
            continue;
        }
        if message["id"] == LAST {
            last += 1;
        } else if let Some(count) = message["id"].as_i64().and_then(|id| asked.get_mut(&id)) {
            *count += 1;
        }
    }
    if is_whole {
        assert_eq!(last, 1, "{}", String::from_utf8_lossy(&heard));
        let unanswered = asked.iter().find(|(_, count)| **count != 1);
        assert_eq!(unanswered, None, "{}", String::from_utf8_lossy(&heard));
    }
}

/// The messages of the server, which are all well-formed.
fn messages(mut bytes: &[u8]) -> Vec<Value> {
    const HEAD: &[u8] = b"Content-Length: ";
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let rest = bytes.strip_prefix(HEAD).expect("a header");
        let end = rest
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .expect("the end of a header");
        let length: usize = str::from_utf8(&rest[..end]).expect("text").parse().expect("a number");
        let (body, after) = rest[end + 4..].split_at(length);
        all.push(serde_json::from_slice(body).expect("JSON"));
        bytes = after;
    }
    all
}
