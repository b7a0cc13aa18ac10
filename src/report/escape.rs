//! Text from a linted project, made harmless for a terminal.

use std::borrow::Cow;

/// What begins a command in the log of GitHub Actions or Azure Pipelines, wherever it stands in a line.
const COMMANDS: [&str; 2] = ["##[", "##vso["];

/// The text with one visible character in place of each that would steer the terminal, reorder the line or command the
/// runner whose log it stands in. The number of characters stays, so columns hold.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    let has_command = COMMANDS.iter().any(|command| text.contains(command));
    if !has_command && text.chars().all(|each| visible_char(each) == each) {
        return Cow::Borrowed(text);
    }
    let mut visible: String = text.chars().map(visible_char).collect();
    for command in COMMANDS {
        visible = visible.replace(command, &command.replacen('#', "\u{fffd}", 1));
    }
    Cow::Owned(visible)
}

/// As [`visible`], for what may be of several lines.
pub fn visible_lines(text: &str) -> String {
    let lines: Vec<Cow<'_, str>> = text.split('\n').map(visible).collect();
    lines.join("\n")
}

/// As [`visible`], for a path at the beginning of a line: `::error::a.js` there is a command to GitHub Actions.
pub(super) fn visible_path(path: &str) -> Cow<'_, str> {
    if path.trim_start().starts_with("::") {
        Cow::Owned(format!("./{}", visible(path)))
    } else {
        visible(path)
    }
}

/// Text for HTML and XML: none of it is markup, in attributes neither.
pub(super) fn markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // Unicode has them, XML has not.
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            _ => escaped.push(character),
        }
    }
    escaped
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
