//! What may stand in a file, and what must become of it.

use super::batch::{self, Batch};
use super::{LEAK, chains, costs, formats, nesting, programs, speculation, text};

/// What the program must say of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expect {
    /// The leak in it is reported.
    Finding,
    /// It is refused, with a problem of this kind as the JSON format names it, and a message that has this word.
    Problem(&'static str, &'static str),
    /// It is analysed and has no leak to report.
    Clean,
    /// The leak in it is reported, or the file is over a limit that is counted.
    Bounded,
    /// The leak in it is reported, or else the file is refused with whatever word.
    Spoken,
    /// Whatever is said, it is no fault of ours; the parser has known ones.
    NoFault,
}

/// A hostile file.
#[derive(Clone, Debug)]
pub struct Case {
    pub name: String,
    /// With the dot.
    pub extension: &'static str,
    pub bytes: Vec<u8>,
    pub expect: Expect,
    /// Named on the command line: what nobody names may be skipped for looking generated.
    pub is_named: bool,
}

impl Case {
    pub fn new(name: impl Into<String>, extension: &'static str, bytes: impl Into<Vec<u8>>, expect: Expect) -> Self {
        Self {
            name: name.into(),
            extension,
            bytes: bytes.into(),
            expect,
            is_named: true,
        }
    }

    /// A text with [`LEAK`] after it, which must be found.
    pub fn before_leak(name: impl Into<String>, extension: &'static str, text: &str) -> Self {
        Self::new(name, extension, format!("{text}\n{LEAK}"), Expect::Finding)
    }

    /// The same case as a walk finds it.
    pub fn found(mut self) -> Self {
        self.is_named = false;
        self
    }
}

/// Sizes that a debug build does in seconds, or those of a release build.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Size {
    Usual,
    Large,
}

fn check(cases: &[Case]) {
    // A debug build takes fewer steps in a second.
    let wrong = Batch::new(cases).with_limits(&["steps=20000000"]).wrong();
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn nesting_costs_no_neighbour() {
    check(&nesting::cases(Size::Usual));
}

#[test]
fn chains_cost_no_neighbour() {
    check(&chains::cases(Size::Usual));
}

#[test]
fn texts_cost_no_neighbour() {
    check(&text::cases(Size::Usual));
}

#[test]
fn formats_cost_no_neighbour() {
    check(&formats::cases());
}

#[test]
fn programs_cost_no_neighbour() {
    check(&programs::cases(Size::Usual));
}

#[test]
fn costs_cost_no_neighbour() {
    check(&costs::cases(Size::Usual));
}

#[test]
#[ignore = "minutes, and best with --release: see the first lines of tests/it/hostile/mod.rs"]
fn large_content_costs_no_neighbour() {
    let cases: [fn(Size) -> Vec<Case>; 5] = [
        nesting::cases,
        chains::cases,
        text::cases,
        programs::cases,
        costs::cases,
    ];
    let cases: Vec<Case> = cases.iter().flat_map(|of| of(Size::Large)).collect();
    println!("{} cases", cases.len());
    check(&cases);
}

#[test]
fn parsers_that_guess_again_and_again_are_given_up() {
    let wrong = Batch::new(&speculation::cases()).with_timeout("1").wrong();
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn there_are_at_least_four_hundred_cases_with_names_of_their_own() {
    let groups = [
        nesting::cases(Size::Usual),
        chains::cases(Size::Usual),
        text::cases(Size::Usual),
        formats::cases(),
        programs::cases(Size::Usual),
        costs::cases(Size::Usual),
        speculation::cases(),
    ];
    let mut names: Vec<String> = groups.concat().iter().map(batch::folder_name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "two cases have one name");
    assert!(all >= 400, "{all} cases");
}
