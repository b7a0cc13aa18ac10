//! Bytes to findings.

#![no_main]

use leaklint_fuzz::findings::hold;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some((&kind, text)) = data.split_first() else {
        return Corpus::Reject;
    };
    hold(kind, text);
    Corpus::Keep
});
