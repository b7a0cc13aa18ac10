//! Text from a linted project, made harmless for a terminal.

use std::borrow::Cow;

/// The text with one visible character in place of each that would steer the terminal or reorder the line.
/// The number of characters stays, so columns hold.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().any(|each| visible_char(each) != each) {
        Cow::Owned(text.chars().map(visible_char).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// A control character's picture (U+2400 block), U+FFFD for those without one; a tab becomes a space.
pub(super) fn visible_char(character: char) -> char {
    let code = character as u32;
    match character {
        '\t' => ' ',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + code).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '\u{2421}',
        // C1 controls; marks, embeddings, overrides and isolates of writing direction; line and paragraph separators;
        // characters without width, in which names can hide.
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => char::REPLACEMENT_CHARACTER,
        _ => character,
    }
}
