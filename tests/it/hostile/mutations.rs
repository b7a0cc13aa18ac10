//! Programs by seed: the fixtures with pieces cut, doubled, swapped and put in from elsewhere.
//!
//! Nobody knows what should be said of one, but it must be said without a fault of ours, and cost no neighbour.
//! `LEAKLINT_MUTATIONS=20000` makes more of them.

use std::fs;

use crate::oracle::random::Random;
use crate::support::{package_root, sources};

use super::batch::Batch;
use super::content::{Case, Expect};

/// Programs that are made unless `LEAKLINT_MUTATIONS` says another number.
const PROGRAMS: u64 = 500;

/// The most changes of one program.
const CHANGES: usize = 6;

/// What is put in somewhere.
const PIECES: &[&str] = &[
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "=>",
    "`",
    "${",
    "'",
    "\"",
    "/",
    "*/",
    "//",
    ";",
    ",",
    "...",
    "?.",
    "??",
    "=",
    " async ",
    " await ",
    " yield ",
    " class ",
    " extends ",
    " function ",
    " return ",
    " using ",
    " import ",
    " export ",
    " default ",
    " new ",
    " this ",
    " super ",
    " static ",
    " get ",
    " set ",
    " as ",
    " satisfies ",
    " type ",
    " enum ",
    " try ",
    " catch ",
    " finally ",
    " throw ",
    " for ",
    " of ",
    " in ",
    " while ",
    " do ",
    " switch ",
    " case ",
    " break ",
    " continue ",
    " label: ",
    " delete ",
    " void ",
    " typeof ",
    "\u{2028}",
    "\u{1f600}",
    "\0",
    "\u{feff}",
    "<!--",
    "-->",
    "#x",
    "@d ",
    "0n",
    "1e9999",
    "\\u0061",
    "/x/g",
];

#[test]
fn changed_programs_are_no_fault_of_ours() {
    let count = std::env::var("LEAKLINT_MUTATIONS")
        .ok()
        .map_or(PROGRAMS, |count| count.parse().expect("LEAKLINT_MUTATIONS is a number"));
    let texts: Vec<(&'static str, String)> = sources(&package_root().join("fixtures"))
        .iter()
        .filter_map(|path| Some((extension(path.to_str()?)?, fs::read_to_string(path).ok()?)))
        .collect();
    let cases: Vec<Case> = (0..count).map(|seed| program(seed, &texts)).collect();
    let wrong = Batch::new(&cases).wrong();
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

fn extension(path: &str) -> Option<&'static str> {
    const EXTENSIONS: [&str; 8] = [".mjs", ".cjs", ".jsx", ".mts", ".cts", ".tsx", ".js", ".ts"];
    EXTENSIONS.into_iter().find(|extension| path.ends_with(extension))
}

fn program(seed: u64, texts: &[(&'static str, String)]) -> Case {
    let mut random = Random::new(seed);
    let (extension, text) = random.pick(texts).clone();
    let mut text = text;
    for _ in 0..=random.below(CHANGES) {
        change(&mut text, texts, &mut random);
    }
    Case::new(format!("seed-{seed}"), extension, text, Expect::NoFault)
}

/// Changes a text somewhere; `texts` are those from which pieces may come.
pub fn change(text: &mut String, texts: &[(&'static str, String)], random: &mut Random) {
    let at = place(text, random);
    let end = text.floor_char_boundary(at + random.below(80)).max(at);
    match random.below(6) {
        0 => text.replace_range(at..end, ""),
        1 => {
            let copies = text[at..end].repeat(1 + random.below(4));
            text.insert_str(at, &copies);
        }
        2 => {
            let piece = text[at..end].to_owned();
            text.replace_range(at..end, "");
            let other = place(text, random);
            text.insert_str(other, &piece);
        }
        3 => text.truncate(at),
        4 => {
            let (_, other) = random.pick(texts);
            let from = place(other, random);
            let to = other.floor_char_boundary(from + random.below(400)).max(from);
            text.insert_str(at, &other[from..to]);
        }
        _ => {
            let piece = *random.pick(PIECES);
            text.insert_str(at, piece);
        }
    }
}

/// An offset at which a character begins, or the end.
fn place(text: &str, random: &mut Random) -> usize {
    text.floor_char_boundary(random.below(text.len() + 1))
}
