//! How deep and how long a text's tree can be, told from its bytes.

use memchr::memmem;

/// How deep a text's tree can be, from above: comments and regular expressions count as code.
#[derive(Default)]
pub(super) struct Shape {
    /// Most brackets open at once, outside quotes.
    pub(super) depth: u32,
    /// Most brackets open at once.
    pub(super) depth_with_strings: u32,
    /// Offset of a bracket at the greatest depth.
    pub(super) deepest: u32,
    /// Most operators and words between two `;`, which bounds the length of chains without brackets.
    pub(super) links: u32,
}

impl Shape {
    /// As deep as a text with so many brackets and bytes can be: which takes a fraction of the time of [`shape`].
    // It has a name of its own in profiles, by which `benches/armour` counts it.
    #[inline(never)]
    pub(super) fn at_most(text: &str) -> Self {
        let brackets = text
            .bytes()
            .map(|byte| u32::from(matches!(byte, b'(' | b'[' | b'{')))
            .sum();
        Self {
            depth: brackets,
            depth_with_strings: brackets,
            deepest: 0,
            links: text.len() as u32,
        }
    }
}

/// What a byte is to [`shape`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte {
    /// Part of a name or a number.
    Word,
    /// Between words, and no operator.
    Blank,
    Open,
    Close,
    Semicolon,
    Quote,
    Newline,
    Backslash,
    Operator,
}

/// What each byte is; a table, because every byte of every file is looked up.
const BYTES: [Byte; 256] = {
    let mut table = [Byte::Operator; 256];
    let mut byte = 0;
    while byte < 256 {
        let kind = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | 0x80.. => Byte::Word,
            b',' | b'`' | b' ' | b'\t' | b'\r' | b'_' | b'$' => Byte::Blank,
            b'(' | b'[' | b'{' => Byte::Open,
            b')' | b']' | b'}' => Byte::Close,
            b';' => Byte::Semicolon,
            b'"' | b'\'' => Byte::Quote,
            b'\n' => Byte::Newline,
            b'\\' => Byte::Backslash,
            _ => Byte::Operator,
        };
        table[byte] = kind;
        byte += 1;
    }
    table
};

/// How deep the tree of a text can be.
// As `Shape::at_most`.
#[inline(never)]
pub(super) fn shape(text: &str) -> Shape {
    let mut shape = Shape::default();
    let (mut outside, mut anywhere, mut links) = (0_u32, 0_u32, 0_u32);
    let (mut in_word, mut quote, mut escaped) = (false, None, false);
    for (at, byte) in text.bytes().enumerate() {
        let kind = BYTES[usize::from(byte)];
        match kind {
            Byte::Word => links += u32::from(!in_word),
            Byte::Blank => {}
            Byte::Open => {
                anywhere += 1;
                outside += u32::from(quote.is_none());
                shape.depth_with_strings = shape.depth_with_strings.max(anywhere);
                if outside > shape.depth {
                    (shape.depth, shape.deepest) = (outside, at as u32);
                }
            }
            Byte::Close => {
                anywhere = anywhere.saturating_sub(1);
                outside = outside.saturating_sub(u32::from(quote.is_none()));
            }
            Byte::Semicolon => {
                shape.links = shape.links.max(links);
                links = 0;
            }
            Byte::Quote => match quote {
                _ if escaped => {}
                None => quote = Some(byte),
                Some(open) if open == byte => quote = None,
                Some(_) => {}
            },
            // No string of these quotes goes over a line's end; one that seems to was an apostrophe.
            Byte::Newline => quote = None,
            Byte::Backslash | Byte::Operator => links += 1,
        }
        in_word = kind == Byte::Word;
        escaped = kind == Byte::Backslash && !escaped;
    }
    shape.links = shape.links.max(links);
    shape
}

/// Where a chain of `if … else if …` gets its link number `most` + 1, if there is such a chain.
///
/// The parser walks the whole chain at each link. A link is an `else`; the chain is a new one at an `if` that follows none,
/// and in each bracket. Comments, strings and text in elements count as code: where an `if` in them hides a chain, the limit
/// of time is left.
pub(super) fn longest_else(text: &str, most: u64) -> Option<u32> {
    let words = memmem::find_iter(text.as_bytes(), "else").take(usize::try_from(most).unwrap_or(usize::MAX));
    // Nearly all files end here: they have fewer of the word.
    if (words.count() as u64) < most {
        return None;
    }
    let is_word = |byte: u8| BYTES[usize::from(byte)] == Byte::Word || matches!(byte, b'_' | b'$');
    let (mut links, mut outer): (u64, Vec<u64>) = (0, Vec::new());
    let (mut at, mut after_else) = (0, false);
    let bytes = text.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        let length = bytes[at..].iter().take_while(|&&byte| is_word(byte)).count();
        match (&bytes[at..at + length], BYTES[usize::from(byte)]) {
            (b"else", _) => links += 1,
            (b"if", _) if !after_else => links = 0,
            ([], Byte::Open) => outer.push(std::mem::take(&mut links)),
            ([], Byte::Close) => links = outer.pop().unwrap_or(0),
            _ => {}
        }
        if links > most {
            return Some(at as u32);
        }
        if length > 0 {
            after_else = &bytes[at..at + length] == b"else";
        }
        at += length.max(1);
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Shape, longest_else, shape};

    /// The same, said plainly: depth outside quotes, depth with them, and operators and words between two `;`.
    fn plain_shape(text: &str) -> (u32, u32, u32) {
        let (mut outside, mut anywhere, mut links) = (0_u32, 0_u32, 0_u32);
        let (mut in_word, mut quote, mut escaped) = (false, None, false);
        let mut most = (0, 0, 0);
        for byte in text.bytes() {
            let is_word = byte.is_ascii_alphanumeric() || byte >= 0x80;
            match byte {
                b'(' | b'[' | b'{' => {
                    anywhere += 1;
                    outside += u32::from(quote.is_none());
                }
                b')' | b']' | b'}' => {
                    anywhere = anywhere.saturating_sub(1);
                    outside = outside.saturating_sub(u32::from(quote.is_none()));
                }
                b';' => links = 0,
                b'"' | b'\'' if !escaped && quote.is_none() => quote = Some(byte),
                b'"' | b'\'' if !escaped && quote == Some(byte) => quote = None,
                b'\n' => quote = None,
                b',' | b'"' | b'\'' | b'`' | b' ' | b'\t' | b'\r' | b'_' | b'$' => {}
                _ if is_word && in_word => {}
                _ => links += 1,
            }
            most = (most.0.max(outside), most.1.max(anywhere), most.2.max(links));
            in_word = is_word;
            escaped = byte == b'\\' && !escaped;
        }
        most
    }

    #[test]
    fn a_chain_is_counted_in_its_own_brackets_and_from_its_own_if() {
        let chain = |links: usize| format!("if(a){{b}}{}", " else if (a) { if (b) c; else d; }".repeat(links));
        assert_eq!(longest_else(&chain(5), 5), None);
        let text = chain(6);
        assert_eq!(longest_else(&text, 5), text.rfind("else if").map(|at| at as u32));
        assert_eq!(longest_else(&"if (a) b; else c;\n".repeat(50), 5), None);
        assert_eq!(
            longest_else(&format!("({}", chain(6)), 5),
            Some(text.rfind("else if").unwrap() as u32 + 1)
        );
        assert_eq!(longest_else(&"if(a);else/**/if(a);else\nif(a);".repeat(50), 2), None);
        assert!(longest_else(&format!("if(a);{}", "else/**/if(a);".repeat(50)), 49).is_some());
        assert_eq!(longest_else(&"x.else; elsewhere; $else;".repeat(50), 50), None);
    }

    proptest! {
        #[test]
        fn the_shape_is_what_it_says(text in "[aé1_ ,;(){}\\[\\]\"'`\\\\+\n]{0,80}") {
            let found = shape(&text);
            prop_assert_eq!((found.depth, found.depth_with_strings, found.links), plain_shape(&text));
            let most = Shape::at_most(&text);
            prop_assert!(most.depth >= found.depth && most.links >= found.links);
            prop_assert!(most.depth_with_strings >= found.depth_with_strings);
        }
    }
}
