//! Small texts on which a parser that guesses, fails and guesses again takes time that doubles with each level.
//!
//! What of them the parser survives is its business, and may change with its version; each must be refused or analysed.

use super::LEAK;
use super::content::{Case, Expect};

/// Levels, and the texts that are repeated.
const SHAPES: &[(&str, &str, usize)] = &[
    ("generic-call-or-less", "a<([b=", 10),
    ("cast-or-generic-arrow", "<any>(", 28),
    ("conditional-or-arrow", "a?(b):c=>(", 28),
    ("less-than-less-than", "a<", 20_000),
];

pub fn cases() -> Vec<Case> {
    let make = |&(name, text, levels): &(&str, &str, usize)| {
        let text = format!("{LEAK}{}x", text.repeat(levels));
        Case::new(name, ".ts", text, Expect::Problem("timed-out", "--file-timeout"))
    };
    SHAPES.iter().map(make).collect()
}
