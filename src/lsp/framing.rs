//! Messages out of a stream of bytes, also when the stream is not quite what it should be.
//!
//! A wrong `Content-Length`, a body that is no JSON or bytes between two messages cost the message they are in: the
//! reader looks for the next header and goes on there. That is safe because a header holds a line end, which JSON
//! cannot hold unescaped, so the text of a document is never taken for one.

use std::io::{BufRead, Read};

use lsp_server::Message;

const HEADER: &[u8] = b"content-length:";

/// Bytes of a message above which its length is taken for a mistake.
const MAX_LENGTH: usize = 256 << 20;

/// Bytes that a header with all its fields may take.
const MAX_HEADER: usize = 4096;

/// What came in.
pub(super) enum Incoming {
    Message(Message),
    /// Bytes that are no message, with the reason.
    Malformed(String),
    End,
}

/// Reads messages from `source`.
pub(super) struct Reader<R> {
    source: R,
    /// What was read and not used.
    pending: Vec<u8>,
}

/// A header in the pending bytes.
struct Header {
    /// Where it begins.
    start: usize,
    /// Where the body begins.
    body: usize,
    /// Of the body, in bytes; `None` if it is not a number, or beyond all reason.
    length: Option<usize>,
}

impl<R: BufRead> Reader<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            pending: Vec::new(),
        }
    }

    /// The next message, or why there is none; `None` at the end of the stream.
    pub(super) fn next(&mut self) -> Option<Incoming> {
        let Header { start, body, length } = self.header()?;
        let skipped = !self.pending[..start].trim_ascii().is_empty();
        self.pending.drain(..body);
        if skipped {
            // The message behind the garbage is read next.
            self.put_back(length);
            return Some(Incoming::Malformed("bytes outside a message".to_owned()));
        }
        let Some(length) = length else {
            return Some(Incoming::Malformed("`Content-Length` is no length".to_owned()));
        };
        while self.pending.len() < length {
            if !self.fill(length - self.pending.len()) {
                return None;
            }
        }
        match serde_json::from_slice(&self.pending[..length]) {
            Ok(message) => {
                self.pending.drain(..length);
                Some(Incoming::Message(message))
            }
            // A body that is well-formed and no message is used up; after one that is not, the length is in doubt.
            Err(error) if error.is_data() => {
                self.pending.drain(..length);
                Some(Incoming::Malformed(error.to_string()))
            }
            Err(error) => Some(Incoming::Malformed(error.to_string())),
        }
    }

    /// The next complete header.
    fn header(&mut self) -> Option<Header> {
        loop {
            if let Some(header) = find_header(&self.pending) {
                return Some(header);
            }
            self.forget_garbage();
            if !self.fill(1) {
                return None;
            }
        }
    }

    /// Lets go of what cannot be the beginning of a header, so that endless garbage does not pile up.
    fn forget_garbage(&mut self) {
        if self.pending.len() > 2 * MAX_HEADER {
            let keep = self.pending.len() - MAX_HEADER;
            self.pending.drain(..keep);
            // It stays known that something was skipped.
            self.pending.insert(0, b'?');
        }
    }

    /// Writes a header again that was taken off too early.
    fn put_back(&mut self, length: Option<usize>) {
        let length = length.map_or_else(|| "?".to_owned(), |length| length.to_string());
        let header = format!("Content-Length: {length}\r\n\r\n");
        self.pending.splice(..0, header.into_bytes());
    }

    /// Reads at least one and at most `wanted` bytes more, if the stream has any; with `wanted` 1, what is there.
    fn fill(&mut self, wanted: usize) -> bool {
        if wanted > 1 {
            let mut limited = (&mut self.source).take(wanted as u64);
            return limited.read_to_end(&mut self.pending).is_ok_and(|read| read > 0);
        }
        let Ok(bytes) = self.source.fill_buf() else {
            return false;
        };
        let count = bytes.len();
        self.pending.extend_from_slice(bytes);
        self.source.consume(count);
        count > 0
    }
}

fn find_header(bytes: &[u8]) -> Option<Header> {
    let mut from = 0;
    loop {
        let rest = &bytes[from..];
        let start = from
            + rest
                .windows(HEADER.len())
                .position(|window| window.eq_ignore_ascii_case(HEADER))?;
        match header_at(bytes, start) {
            Found::Header(header) => return Some(header),
            Found::Unfinished => return None,
            Found::Text => from = start + HEADER.len(),
        }
    }
}

enum Found {
    Header(Header),
    /// The bytes end before it does.
    Unfinished,
    /// The words only: no header has such lines.
    Text,
}

/// What the bytes are that begin like a header.
fn header_at(bytes: &[u8], start: usize) -> Found {
    let mut length = None;
    let mut at = start;
    loop {
        let rest = &bytes[at..bytes.len().min(start + MAX_HEADER)];
        let Some(end) = rest.iter().position(|&byte| byte == b'\n') else {
            let is_cut = start + MAX_HEADER <= bytes.len();
            return if is_cut { Found::Text } else { Found::Unfinished };
        };
        let line = rest[..end].trim_ascii();
        at += end + 1;
        if line.is_empty() {
            return Found::Header(Header {
                start,
                body: at,
                length,
            });
        }
        let Some(colon) = line.iter().position(|&byte| byte == b':') else {
            return Found::Text;
        };
        if line[..=colon].eq_ignore_ascii_case(HEADER) {
            let number = str::from_utf8(line[colon + 1..].trim_ascii()).ok();
            length = number
                .and_then(|number| number.parse().ok())
                .filter(|&length| length <= MAX_LENGTH);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The methods of the messages in `stream`; `!` stands for what is none.
    fn read(stream: &[u8]) -> Vec<String> {
        // One byte at a time, as bad as a pipe can be.
        let mut reader = Reader::new(std::io::BufReader::with_capacity(1, stream));
        let mut methods = Vec::new();
        while let Some(incoming) = reader.next() {
            methods.push(match incoming {
                Incoming::Message(Message::Notification(notification)) => notification.method,
                Incoming::Message(Message::Request(request)) => request.method,
                Incoming::Message(Message::Response(_)) => "response".to_owned(),
                Incoming::Malformed(_) => "!".to_owned(),
                Incoming::End => unreachable!("the reader gives `None` at the end"),
            });
        }
        methods
    }

    fn body(method: &str) -> String {
        format!(r#"{{"jsonrpc":"2.0","method":"{method}"}}"#)
    }

    fn framed(length: usize, body: &str) -> String {
        format!("Content-Length: {length}\r\n\r\n{body}")
    }

    fn whole(method: &str) -> String {
        framed(body(method).len(), &body(method))
    }

    #[test]
    fn whole_messages() {
        assert_eq!(read((whole("a") + &whole("b")).as_bytes()), ["a", "b"]);
    }

    #[test]
    fn other_fields_and_spellings() {
        let text = body("a");
        let stream = format!(
            "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length:{}\n\n{text}",
            text.len()
        );
        assert_eq!(read(stream.as_bytes()), ["!", "a"]);
        let stream = format!("Content-Length: {}\r\nContent-Type: x\r\n\r\n{text}", text.len());
        assert_eq!(read(stream.as_bytes()), ["a"]);
    }

    #[test]
    fn a_wrong_length_costs_its_message() {
        for wrong in [0, 1, 10, body("a").len() - 1, body("a").len() + 1, body("a").len() + 40] {
            let stream = framed(wrong, &body("a")) + &whole("b") + &whole("c");
            let read = read(stream.as_bytes());
            assert_eq!(read.last().unwrap(), "c", "length {wrong}: {read:?}");
            assert!(read.contains(&"!".to_owned()), "length {wrong}: {read:?}");
        }
    }

    #[test]
    fn a_length_that_is_none() {
        for length in ["-1", "many", "99999999999999999999", "1000000000000", ""] {
            let stream = format!("Content-Length: {length}\r\n\r\n{}{}", body("a"), whole("b"));
            assert_eq!(read(stream.as_bytes()).last().unwrap(), "b", "length {length}");
        }
    }

    #[test]
    fn a_document_that_quotes_a_header_is_a_document() {
        let text = r#"{"jsonrpc":"2.0","method":"a","params":["\r\nContent-Length: 3\r\n\r\n{}"]}"#;
        assert_eq!(read((framed(text.len(), text) + &whole("b")).as_bytes()), ["a", "b"]);
    }

    #[test]
    fn garbage_is_skipped_and_does_not_pile_up() {
        let garbage = "x".repeat(3 * MAX_HEADER);
        assert_eq!(read((garbage + &whole("a")).as_bytes()), ["!", "a"]);
    }

    #[test]
    fn what_is_no_message_is_one_fault() {
        let stream = framed(2, "{}") + &framed(5, "[1,2]") + &framed(4, "\u{ff}\u{ff}") + &whole("a");
        assert_eq!(read(stream.as_bytes()).last().unwrap(), "a");
    }

    #[test]
    fn a_stream_that_breaks_off_ends() {
        let stream = whole("a") + &framed(100, "{");
        assert_eq!(read(stream.as_bytes()), ["a"]);
    }
}
