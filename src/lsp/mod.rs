//! `leaklint lsp`: a language server over standard input and output.
//!
//! One thread reads messages ([`framing`]), one writes them, one analyses ([`analysis`]), and the thread that calls [`run`] holds the
//! state ([`server`]). An edit marks the state as out of date; after a short pause the analysis thread is given the open
//! documents as an overlay and lints them as `leaklint check` would, with the facts of all other files kept in memory.
//! A finding speaks of the text that was analysed; what was typed since moves it ([`drift`]).
//!
//! It offers diagnostics, pushed or pulled, their rule's page on hover, and comments that ignore them with a reason. It
//! does not format, complete or rename, and says nothing about syntax errors: the language's own server does.

mod actions;
mod analysis;
mod client;
mod documents;
mod drift;
mod framing;
mod present;
mod protocol;
mod quick_fixes;
mod requests;
mod server;
mod settings;

use std::io::{BufReader, BufWriter, Read, Write};
use std::path::PathBuf;
use std::{io, thread};

use crossbeam_channel::unbounded;
use lsp_server::Message;

use crate::diagnostic::RuleInfo;
use framing::{Incoming, Reader};

/// How a conversation ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// The client said goodbye in the order the protocol asks for.
    Orderly,
    /// It left without `shutdown`, or its end of the pipe closed.
    Abrupt,
}

/// Serves the client on standard input and output until it leaves.
///
/// `current_dir` is absolute; `rules` are those the server may explain.
pub fn run(current_dir: PathBuf, rules: Vec<RuleInfo>) -> End {
    converse(io::stdin(), io::stdout(), current_dir, rules)
}

/// Serves a client that writes to `input` and reads from `output` until it leaves.
pub fn converse(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    current_dir: PathBuf,
    rules: Vec<RuleInfo>,
) -> End {
    let (incoming, inbox) = unbounded();
    thread::spawn(move || {
        let mut reader = Reader::new(BufReader::new(input));
        while let Some(message) = reader.next() {
            if incoming.send(message).is_err() {
                return;
            }
        }
        let _ = incoming.send(Incoming::End);
    });
    let (outbox, outgoing) = unbounded::<Message>();
    let writer = thread::spawn(move || {
        let mut out = BufWriter::new(output);
        // A client that is gone reads nothing; the reader's thread sees its end and the conversation is over.
        for message in outgoing {
            if message.write(&mut out).and_then(|()| out.flush()).is_err() {
                return;
            }
        }
    });
    let end = server::serve(&inbox, outbox, current_dir, rules);
    // All that was answered is on its way before the process ends.
    let _ = writer.join();
    end
}
