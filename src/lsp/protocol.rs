//! Small pieces of the protocol: files and their URIs, positions and their units.

use std::path::{Path, PathBuf};

use lsp_types::{ClientCapabilities, Position, PositionEncodingKind, Range, Uri};
use serde_json::Value;
use url::Url;

use crate::facts::ids::Span;
use crate::source::SourceText;
use crate::walk;

/// The file that a URI names; `None` for what is not on disk: `untitled:`, `git:`, a cell of a notebook.
pub(super) fn path_of(uri: &Uri) -> Option<PathBuf> {
    let url = Url::parse(uri.as_str()).ok().filter(|url| url.scheme() == "file")?;
    url.to_file_path().ok().map(|path| walk::normalized(&path))
}

/// The URI of an absolute path.
pub(super) fn uri_of(path: &Path) -> Option<Uri> {
    strict(Url::from_file_path(path).ok()?.as_str()).parse().ok()
}

/// Spells the URIs in the parameters of a message as RFC 3986 wants them: the path of `[id].tsx` comes with its brackets
/// from clients that follow the URL standard of browsers, which allows them.
pub(super) fn spell_uris(params: &mut Value) {
    match params {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(uri) if key == "uri" => *uri = strict(uri),
                    value => spell_uris(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(spell_uris),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Percent-encodes what a URI may not hold.
fn strict(uri: &str) -> String {
    const ALLOWED: &[u8] = b"-._~:/?#@!$&'()*+,;=%";
    let mut spelled = String::with_capacity(uri.len());
    for byte in uri.bytes() {
        if byte.is_ascii_alphanumeric() || ALLOWED.contains(&byte) {
            spelled.push(char::from(byte));
        } else {
            spelled.push_str(&format!("%{byte:02X}"));
        }
    }
    spelled
}

/// What a `character` of a position counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unit {
    Utf8,
    Utf16,
}

impl Unit {
    /// The first unit that the client offers and we know. Who offers none means UTF-16.
    pub(super) fn negotiated(client: &ClientCapabilities) -> Self {
        let general = client.general.as_ref();
        let offered = general.and_then(|general| general.position_encodings.as_deref());
        let known = |kind: &PositionEncodingKind| match kind.as_str() {
            "utf-8" => Some(Unit::Utf8),
            "utf-16" => Some(Unit::Utf16),
            _ => None,
        };
        offered
            .unwrap_or_default()
            .iter()
            .find_map(known)
            .unwrap_or(Unit::Utf16)
    }

    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Unit::Utf8 => PositionEncodingKind::UTF8,
            Unit::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    fn of_char(self, char: char) -> usize {
        match self {
            Unit::Utf8 => char.len_utf8(),
            Unit::Utf16 => char.len_utf16(),
        }
    }

    /// The byte offset of a position. Beyond the line counts as its end, beyond the text as the end of that; inside a
    /// character as its start.
    pub(super) fn offset(self, text: &SourceText, position: Position) -> u32 {
        let line = position.line as usize;
        if line >= text.lines().count() {
            return text.text().len() as u32;
        }
        let mut left = position.character as usize;
        let mut offset = text.visible_start(line);
        for char in text.line(line).chars() {
            let units = self.of_char(char);
            if left < units {
                break;
            }
            left -= units;
            offset += char.len_utf8();
        }
        offset as u32
    }

    pub(super) fn position(self, text: &SourceText, offset: u32) -> Position {
        let column = match self {
            Unit::Utf8 => text.byte_column(offset),
            Unit::Utf16 => text.utf16_column(offset),
        };
        Position::new(text.position(offset).line - 1, column - 1)
    }

    pub(super) fn range(self, text: &SourceText, span: Span) -> Range {
        Range::new(
            self.position(text, span.start),
            self.position(text, span.end.max(span.start)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a€𝄞b\r\n\u{e9}\n\nlast";

    #[test]
    fn positions_go_there_and_back() {
        let text = SourceText::new(TEXT.to_owned());
        for unit in [Unit::Utf8, Unit::Utf16] {
            for (offset, char) in TEXT.char_indices().filter(|(_, char)| !char.is_control()) {
                let position = unit.position(&text, offset as u32);
                assert_eq!(unit.offset(&text, position), offset as u32, "{unit:?} {char}");
            }
        }
    }

    #[test]
    fn units_are_those_of_the_protocol() {
        let text = SourceText::new(TEXT.to_owned());
        let b = TEXT.find('b').unwrap() as u32;
        assert_eq!(Unit::Utf16.position(&text, b), Position::new(0, 4));
        assert_eq!(Unit::Utf8.position(&text, b), Position::new(0, 8));
    }

    #[test]
    fn positions_out_of_range_are_brought_in() {
        let text = SourceText::new(TEXT.to_owned());
        let end_of_first = TEXT.find('\r').unwrap() as u32;
        let cases = [
            (Position::new(0, 99), end_of_first),
            (Position::new(0, u32::MAX), end_of_first),
            (Position::new(3, 99), TEXT.len() as u32),
            (Position::new(u32::MAX, 0), TEXT.len() as u32),
            // Between the halves of a surrogate pair.
            (Position::new(0, 3), 4),
        ];
        for (position, offset) in cases {
            assert_eq!(Unit::Utf16.offset(&text, position), offset, "{position:?}");
        }
        assert_eq!(
            Unit::Utf16.offset(&SourceText::new(String::new()), Position::new(5, 5)),
            0
        );
    }

    #[test]
    fn uris_name_files() {
        let path = |uri: &str| path_of(&uri.parse().unwrap());
        assert_eq!(path("file:///a/b%20c/%C3%A9.ts"), Some(PathBuf::from("/a/b c/é.ts")));
        assert_eq!(path("file:///a/./b/../c.ts"), Some(PathBuf::from("/a/c.ts")));
        assert_eq!(path("untitled:Untitled-1"), None);
        assert_eq!(path("git:/a/b.ts?%7B%7D"), None);
        let odd = Path::new("/a b/[é]#?%.ts");
        assert_eq!(path_of(&uri_of(odd).unwrap()).unwrap(), odd);
        let mut params = serde_json::json!({ "textDocument": { "uri": "file:///app/[id]/page é.tsx", "text": "[]" } });
        spell_uris(&mut params);
        assert_eq!(params["textDocument"]["text"], "[]");
        let spelled = params["textDocument"]["uri"].as_str().unwrap();
        assert_eq!(path(spelled), Some(PathBuf::from("/app/[id]/page é.tsx")));
    }
}
