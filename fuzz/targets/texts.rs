//! Texts beside the sources.

#![no_main]

use leaklint_fuzz::texts::hold;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some((&kind, text)) = data.split_first() else {
        return Corpus::Reject;
    };
    hold(kind, text);
    Corpus::Keep
});
