//! Where a place of the analysed text is in the text as it was typed on since.

use crate::facts::ids::Span;

/// One edit that makes the one text the other: everything between their common beginning and their common end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drift {
    /// Bytes from which on the texts differ.
    start: u32,
    /// The end of the differing part, in the old text and in the new.
    old_end: u32,
    new_end: u32,
}

impl Drift {
    /// `None` if the texts are the same.
    pub(super) fn between(old: &str, new: &str) -> Option<Self> {
        if old == new {
            return None;
        }
        let same = |(a, b): &(u8, u8)| a == b;
        let shorter = old.len().min(new.len());
        let mut start = old.bytes().zip(new.bytes()).take_while(same).count();
        while !old.is_char_boundary(start) || !new.is_char_boundary(start) {
            start -= 1;
        }
        let mut tail = old.bytes().rev().zip(new.bytes().rev()).take_while(same).count();
        tail = tail.min(shorter - start);
        while !old.is_char_boundary(old.len() - tail) || !new.is_char_boundary(new.len() - tail) {
            tail -= 1;
        }
        Some(Self {
            start: start as u32,
            old_end: (old.len() - tail) as u32,
            new_end: (new.len() - tail) as u32,
        })
    }

    /// Where a span is now; what was typed over is as near as can be told.
    pub(super) fn span(self, span: Span) -> Span {
        let start = self.offset(span.start);
        Span::new(start, self.offset(span.end).max(start))
    }

    fn offset(self, offset: u32) -> u32 {
        if offset >= self.old_end {
            offset - self.old_end + self.new_end
        } else {
            // Before the difference, or inside it: then not past its end.
            offset.min(self.start.max(self.new_end))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `old` has the span in brackets; gives `new` with it.
    fn moved(old: &str, new: &str) -> String {
        let start = old.find('[').unwrap();
        let end = old.find(']').unwrap() - 1;
        let old = old.replace(['[', ']'], "");
        let span = Span::new(start as u32, end as u32);
        let span = Drift::between(&old, new).map_or(span, |drift| drift.span(span));
        let (start, end) = (span.start as usize, span.end as usize);
        format!("{}[{}]{}", &new[..start], &new[start..end], &new[end..])
    }

    #[test]
    fn places_move_with_what_is_typed_around_them() {
        assert_eq!(moved("a [leak] b", "a leak b"), "a [leak] b");
        assert_eq!(moved("a [leak] b", "xyz a leak b"), "xyz a [leak] b");
        assert_eq!(moved("a [leak] b", "leak b"), "[leak] b");
        assert_eq!(moved("a [leak] b", "a leak bcd"), "a [leak] bcd");
        assert_eq!(moved("a [leak] b", "a l€eak b"), "a [l€eak] b");
    }

    #[test]
    fn a_place_that_is_gone_stays_inside_the_text() {
        for new in ["", "a", "a  b", "é"] {
            moved("a [leak] b", new);
        }
    }

    #[test]
    fn a_difference_inside_a_character_is_one_of_characters() {
        // é and è share their first byte, € and ₭ their first two.
        assert_eq!(moved("é[x]", "èx"), "è[x]");
        assert_eq!(moved("[x]€", "x₭"), "[x]₭");
    }
}
