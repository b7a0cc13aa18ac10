//! What the fuzzers hold (`fuzz/`), of inputs by seed: each target does here what it does there, for seconds instead of hours.
//!
//! `LEAKLINT_FUZZ=20` makes twenty times as many. More of the first target is in `mutations`, each in a process of its own.

use std::fs;

use arbitrary::{Arbitrary, Unstructured};

use super::fuzz::grammar::Program;
use super::fuzz::messages::{self, Talk};
use super::fuzz::{findings, programs, texts};
use super::mutations::change;
use crate::oracle::random::Random;
use crate::support::{package_root, sources};

/// Sources, of all kinds together.
const SOURCES: u64 = 150;

/// Programs of the grammar.
const PROGRAMS: u64 = 500;

/// Texts of each kind.
const TEXTS: u64 = 40;

const CONVERSATIONS: u64 = 60;

/// The seeds of so many inputs, or as many times more as are asked for.
fn seeds(count: u64) -> std::ops::Range<u64> {
    let times = std::env::var("LEAKLINT_FUZZ").ok();
    let times: u64 = times.map_or(1, |times| times.parse().expect("LEAKLINT_FUZZ is a number"));
    0..count * times
}

/// What the fuzzer would make of bytes that mean nothing.
fn made<T: for<'b> Arbitrary<'b>>(seed: u64, least: usize) -> T {
    let mut random = Random::new(seed);
    let length = least + random.below(2_000);
    let bytes: Vec<u8> = (0..length).map(|_| random.below(256) as u8).collect();
    T::arbitrary_take_rest(Unstructured::new(&bytes)).expect("there are bytes enough")
}

#[test]
fn bytes_hold() {
    let texts: Vec<(&'static str, String)> = sources(&package_root().join("fixtures"))
        .iter()
        .filter_map(|path| Some(("", fs::read_to_string(path).ok()?)))
        .filter(|(_, text)| text.len() < 4_000)
        .collect();
    for seed in seeds(SOURCES) {
        let mut random = Random::new(seed);
        let mut text = random.pick(&texts).1.clone();
        change(&mut text, &texts, &mut random);
        let mut bytes = text.into_bytes();
        if random.percent(20) {
            let at = random.below(bytes.len() + 1);
            bytes.insert(at, random.below(256) as u8);
        }
        findings::hold(random.below(256) as u8, &bytes);
    }
}

/// The program of a seed.
pub fn program(seed: u64) -> Program {
    made(seed, 200)
}

#[test]
fn programs_of_the_grammar_hold() {
    let mut longest = 0;
    for seed in seeds(PROGRAMS) {
        let program = program(seed);
        longest = longest.max(program.to_string().len());
        programs::hold(&program);
    }
    assert!(longest > 4_000, "{longest} bytes");
}

#[test]
fn conversations_hold() {
    seeds(CONVERSATIONS).for_each(|seed| messages::hold(&made::<Talk>(seed, 100)));
}

#[test]
fn texts_beside_the_sources_hold() {
    let root = package_root();
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    let baseline = r#"{ "version": 1, "findings": [{ "path": "a.js", "rule": "unremoved-listener", "count": 1 }] }"#;
    // Each of a kind that `texts` knows by its number.
    let kinds: [String; 7] = [
        r#"{ "extends": "./other.json", "exclude": ["**/{a,b}*"], "rules": { "unremoved-listener": "off" },
             "overrides": [{ "files": ["**/*.ts"], "minConfidence": "low" }] }"#
            .to_owned(),
        r##"{ "name": "a", "workspaces": ["packages/*"], "exports": { ".": { "import": "./a.js" } }, "imports": { "#x": "./a.js" } }"##
            .to_owned(),
        r#"{ "extends": "./base.json", "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["./src/*"] } } }"#.to_owned(),
        "packages:\n  - 'a/*'\n  - '!b'\n".to_owned(),
        read("rules/catalog/pg.toml"),
        baseline.to_owned(),
        "leaklint-ignore-next-line unremoved-listener: because".to_owned(),
    ];
    let mut random = Random::new(7);
    for seed in seeds(TEXTS) {
        for (kind, text) in kinds.iter().enumerate() {
            let mut text = text.clone();
            if seed > 0 {
                let others: Vec<(&'static str, String)> = kinds.iter().map(|text| ("", text.clone())).collect();
                (0..=random.below(4)).for_each(|_| change(&mut text, &others, &mut random));
            }
            texts::hold(kind as u8, text.as_bytes());
        }
    }
}
