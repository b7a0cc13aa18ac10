//! Bytes to findings: the first byte chooses the kind of file, the others are its content. Whatever they are, the file
//! beside it is reported, all formats can be written, and the stored form of its facts gives equal ones.

use std::path::Path;

use leaklint::facts::{lower, wire};

use super::outcome::{holds, is_found};
use super::project::{LEAK, lint};

/// Sorted as `fuzz/seeds` numbers them.
const NAMES: [&str; 8] = [
    "m.js", "m.ts", "m.tsx", "m.mjs", "m.cts", "m.vue", "m.svelte", "m.astro",
];

/// Tries one input.
///
/// # Panics
/// It does not hold.
pub fn hold(kind: u8, text: &[u8]) {
    let name = NAMES[usize::from(kind) % NAMES.len()];
    let beside = [("package.json", b"{}".as_slice()), ("beside/package.json", b"{}")];
    let files = [&beside[..], &[(name, text), ("beside/z.js", LEAK.as_bytes())]].concat();
    let outcome = lint(&files).expect("sources make no run fail");
    holds(&outcome);
    assert!(
        is_found(&outcome, "beside/z.js"),
        "a neighbour is lost: {:?}",
        outcome.problems
    );
    if let Ok(text) = str::from_utf8(text)
        && is_found(&outcome, name)
        && let Ok(facts) = lower::lower(Path::new(name), text)
    {
        assert_eq!(wire::read(&wire::write(&facts)).as_ref(), Ok(&facts));
    }
}
