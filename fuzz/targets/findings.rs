//! Bytes to findings: the first byte chooses the kind of file, the others are its content. Whatever they are, the file
//! beside it is reported, all formats can be written, and the stored form of its facts gives equal ones.

#![no_main]

use std::path::Path;

use leaklint::facts::{lower, wire};
use leaklint_fuzz::{LEAK, holds, is_found, lint};
use libfuzzer_sys::{Corpus, fuzz_target};

/// Sorted as `fuzz/seeds` numbers them.
const NAMES: [&str; 8] = ["m.js", "m.ts", "m.tsx", "m.mjs", "m.cts", "m.vue", "m.svelte", "m.astro"];

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some((&kind, text)) = data.split_first() else {
        return Corpus::Reject;
    };
    let name = NAMES[usize::from(kind) % NAMES.len()];
    let beside = [("package.json", b"{}".as_slice()), ("beside/package.json", b"{}")];
    let files = [&beside[..], &[(name, text), ("beside/z.js", LEAK.as_bytes())]].concat();
    let outcome = lint(&files).expect("sources make no run fail");
    holds(&outcome);
    assert!(is_found(&outcome, "beside/z.js"), "a neighbour is lost: {:?}", outcome.problems);
    if let Ok(text) = str::from_utf8(text)
        && is_found(&outcome, name)
        && let Ok(facts) = lower::lower(Path::new(name), text)
    {
        assert_eq!(wire::read(&wire::write(&facts)).as_ref(), Ok(&facts));
    }
    Corpus::Keep
});
