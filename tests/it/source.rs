//! Offsets to lines and columns, bytes to text.

use leaklint::facts::ids::Span;
use leaklint::source::{DecodeError, SourceText, decode};

/// (line, character column, UTF-16 column, byte column) of the first `needle`.
fn place_of(text: &str, needle: &str) -> (u32, u32, u32, u32) {
    let offset = text.find(needle).expect("the needle is there") as u32;
    let source = SourceText::new(text.to_owned());
    let position = source.position(offset);
    (
        position.line,
        position.column,
        source.utf16_column(offset),
        source.byte_column(offset),
    )
}

#[test]
fn every_line_end_counts_once() {
    for text in ["a\nb\nX", "a\r\nb\r\nX", "a\rb\rX", "a\r\n\rX", "a\n\nX", "a\r\rX"] {
        assert_eq!(place_of(text, "X"), (3, 1, 1, 1), "{text:?}");
    }
}

#[test]
fn line_separators_of_the_grammar_are_no_lines() {
    assert_eq!(place_of("a\u{2028}b\u{2029}X", "X"), (1, 5, 5, 9));
}

#[test]
fn columns_differ_by_unit() {
    assert_eq!(place_of("let é = '𝒳'; X", "X"), (1, 14, 15, 18));
}

#[test]
fn a_byte_order_mark_has_no_column() {
    assert_eq!(place_of("\u{feff}X", "X"), (1, 1, 1, 1));
    assert_eq!(SourceText::new("\u{feff}X\n".to_owned()).line(0), "X");
}

#[test]
fn offsets_outside_the_text_or_inside_a_character_are_harmless() {
    let source = SourceText::new("a\né".to_owned());
    assert_eq!(source.position(99).line, 2);
    assert_eq!(source.position(3).column, 1, "offset 3 is inside é");
    assert_eq!(source.slice(Span::new(3, 99)), "é");
    assert_eq!(source.slice(Span::new(9, 2)), "");
    let empty = SourceText::new(String::new());
    assert_eq!(
        (empty.position(0).line, empty.position(5).column, empty.line(0)),
        (1, 1, "")
    );
}

#[test]
fn a_span_is_cut_at_its_first_line() {
    let source = SourceText::new("one(\r\n  two)\r\n".to_owned());
    assert_eq!(source.first_line_of(Span::new(0, 12)), Span::new(0, 4));
    assert_eq!(source.first_line_of(Span::new(8, 11)), Span::new(8, 11));
}

#[test]
fn bytes_that_are_no_text_are_named() {
    assert_eq!(decode(b"\xef\xbb\xbfx".to_vec()), Ok("\u{feff}x".to_owned()));
    assert_eq!(
        decode(b"a\nb\xffc".to_vec()),
        Err(DecodeError::NotUtf8 { byte: 0xff, line: 2 })
    );
    assert_eq!(
        decode(b"\xff\xfea\0".to_vec()),
        Err(DecodeError::Utf16("little-endian"))
    );
    assert_eq!(decode(b"\xfe\xff\0a".to_vec()), Err(DecodeError::Utf16("big-endian")));
    assert_eq!(decode(Vec::new()), Ok(String::new()));
}
