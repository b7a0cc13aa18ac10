//! Source text and its lines: byte offsets to line and column in the units that editors and formats want.
//!
//! Lines end at `\n`, `\r\n` or a lone `\r`, as in editors and SARIF. U+2028 and U+2029 end a line for JavaScript's
//! grammar only: no editor counts them, so neither does this module.

use std::io::Read;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::OnceLock;
use std::{fs, io};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::facts::ids::Span;

/// U+FEFF as UTF-8. It stays in the text, so offsets count it; columns do not.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Why the bytes of a file are no text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    #[error("the file is UTF-16 ({0} byte order mark); save it as UTF-8")]
    Utf16(&'static str),
    #[error("the file is not UTF-8: invalid byte 0x{byte:02x} on line {line}")]
    NotUtf8 {
        byte: u8,
        /// From 1.
        line: usize,
    },
}

/// The text of a file's bytes.
///
/// # Errors
/// UTF-16, known by its byte order mark, and invalid UTF-8.
pub fn decode(bytes: Vec<u8>) -> Result<String, DecodeError> {
    match bytes.as_slice() {
        [0xff, 0xfe, ..] => return Err(DecodeError::Utf16("little-endian")),
        [0xfe, 0xff, ..] => return Err(DecodeError::Utf16("big-endian")),
        _ => {}
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        DecodeError::NotUtf8 {
            byte: bytes[at],
            line: line_starts(&bytes[..at]).len(),
        }
    })
}

/// A place as people and formats count it. Everything is from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Position {
    pub line: u32,
    /// In Unicode characters (code points).
    pub column: u32,
}

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub struct LineIndex {
    /// Byte offset of each line's first byte; never empty.
    starts: Vec<u32>,
}

impl LineIndex {
    pub fn new(text: &str) -> Self {
        Self {
            starts: line_starts(text.as_bytes()),
        }
    }

    /// How many lines there are; an empty text has one.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The line of a byte offset, from 0.
    pub fn line(&self, offset: u32) -> usize {
        self.starts.partition_point(|&start| start <= offset) - 1
    }

    /// Byte offset of the first byte of a line, counted from 0.
    pub fn start(&self, line: usize) -> u32 {
        self.starts[line]
    }
}

fn line_starts(bytes: &[u8]) -> Vec<u32> {
    let mut starts = vec![0];
    for (at, &byte) in bytes.iter().enumerate() {
        let ends_line = byte == b'\n' || (byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
        if ends_line {
            starts.push(at as u32 + 1);
        }
    }
    starts
}

/// A text with its lines. Offsets past the end count as the end, those inside a character as its start: the file
/// may have changed since it was analysed.
#[derive(Clone, Debug)]
pub struct SourceText {
    text: String,
    lines: LineIndex,
}

impl SourceText {
    pub fn new(text: String) -> Self {
        let lines = LineIndex::new(&text);
        Self { text, lines }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn lines(&self) -> &LineIndex {
        &self.lines
    }

    /// Line and column in characters: what people read.
    pub fn position(&self, offset: u32) -> Position {
        let (line, before) = self.before(offset);
        Position {
            line,
            column: before.chars().count() as u32 + 1,
        }
    }

    /// The column in UTF-16 units, from 1: SARIF's and most editors'.
    pub fn utf16_column(&self, offset: u32) -> u32 {
        self.before(offset).1.encode_utf16().count() as u32 + 1
    }

    /// The column in bytes, from 1.
    pub fn byte_column(&self, offset: u32) -> u32 {
        self.before(offset).1.len() as u32 + 1
    }

    /// A line counted from 0, without its end and without a byte order mark.
    pub fn line(&self, line: usize) -> &str {
        let start = self.visible_start(line);
        let end = if line + 1 < self.lines.count() {
            self.lines.start(line + 1) as usize
        } else {
            self.text.len()
        };
        self.text[start..end].trim_end_matches(['\n', '\r'])
    }

    /// Byte offset of the first byte of a line, counted from 0, after a byte order mark.
    pub fn visible_start(&self, line: usize) -> usize {
        let start = self.lines.start(line) as usize;
        if line == 0 && self.text.starts_with(BYTE_ORDER_MARK) {
            BYTE_ORDER_MARK.len_utf8()
        } else {
            start
        }
    }

    /// The part of a span that is on its first line.
    pub fn first_line_of(&self, span: Span) -> Span {
        let start = self.floor(span.start);
        let line = self.lines.line(start);
        let line_end = (self.visible_start(line) + self.line(line).len()) as u32;
        Span::new(start, self.floor(span.end).min(line_end).max(start))
    }

    /// The source between two offsets.
    pub fn slice(&self, span: Span) -> &str {
        let start = self.floor(span.start) as usize;
        &self.text[start..(self.floor(span.end) as usize).max(start)]
    }

    /// The nearest offset at or before this one that is in the text and begins a character.
    pub fn floor(&self, offset: u32) -> u32 {
        self.text.floor_char_boundary(offset as usize) as u32
    }

    /// Line from 1, and the text of that line before the offset.
    fn before(&self, offset: u32) -> (u32, &str) {
        let offset = self.floor(offset);
        let line = self.lines.line(offset);
        let start = self.visible_start(line);
        (line as u32 + 1, &self.text[start..(offset as usize).max(start)])
    }
}

/// A file that was analysed.
#[derive(Debug)]
pub struct CheckedFile {
    /// Relative to the root of the run, with `/` between the parts.
    path: PathBuf,
    /// As it is printed: relative to the current folder, else absolute.
    shown: String,
    /// Where it is.
    disk: PathBuf,
    /// Read for what it says of other files; what is found in it is not reported.
    pub is_context: bool,
    /// The configuration calls it a test; nothing is found in it.
    pub is_test: bool,
    /// A comment may suppress findings in it: its text, as far as that is known, holds the word.
    pub may_suppress: bool,
    source: OnceLock<SourceText>,
}

impl CheckedFile {
    pub fn new(path: PathBuf, shown: String, disk: PathBuf) -> Self {
        Self {
            path,
            shown,
            disk,
            is_context: false,
            is_test: false,
            may_suppress: true,
            source: OnceLock::new(),
        }
    }

    /// A file with its text at hand.
    pub fn with_text(path: &str, text: &str) -> Self {
        let file = Self::new(PathBuf::from(path), path.to_owned(), PathBuf::from(path));
        file.set_text(text);
        file
    }

    /// The same file with the same text, if that was read.
    pub fn copied(&self) -> Self {
        let source = OnceLock::new();
        if let Some(text) = self.source.get() {
            let _ = source.set(text.clone());
        }
        Self {
            path: self.path.clone(),
            shown: self.shown.clone(),
            disk: self.disk.clone(),
            is_context: self.is_context,
            is_test: self.is_test,
            may_suppress: self.may_suppress,
            source,
        }
    }

    /// Gives the text that was analysed, where it is not what the disk says. The first text given or read stays.
    pub fn set_text(&self, text: &str) {
        self.source.get_or_init(|| SourceText::new(text.to_owned()));
    }

    /// Where the file is, or would be: absolute.
    pub fn disk(&self) -> &Path {
        &self.disk
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The text, read again at the first use: only files with findings are kept in memory.
    /// It is empty if the file can no longer be read.
    pub fn source(&self) -> &SourceText {
        self.source.get_or_init(|| {
            let text = read_regular(&self.disk).ok().and_then(|bytes| decode(bytes).ok());
            SourceText::new(text.unwrap_or_default())
        })
    }
}

/// The bytes of a regular file. A pipe or a device of that name is never opened: it could block for ever.
///
/// # Errors
/// The operating system's, and `InvalidInput` for what is no regular file.
pub fn read_regular(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(no_regular_file());
    }
    fs::read(path)
}

/// As [`read_regular`]; `None` for a file of more than `limit` bytes, of which no more than that is read.
///
/// # Errors
/// As [`read_regular`].
pub fn read_limited(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(no_regular_file());
    }
    if metadata.len() > limit {
        return Ok(None);
    }
    // It may grow while it is read.
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    fs::File::open(path)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

/// What is said of a pipe, a socket or a device.
pub(crate) fn no_regular_file() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")
}

/// A path with `/` between the parts, and with the bytes of names that are no text.
pub fn portable(path: &Path) -> PathBuf {
    if MAIN_SEPARATOR == '/' {
        path.to_path_buf()
    } else {
        PathBuf::from(slashed(path))
    }
}

/// A path as text with `/` between the parts.
pub fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(MAIN_SEPARATOR, "/")
    }
}
