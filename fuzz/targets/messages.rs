//! What a client of the language server says.

#![no_main]

use leaklint_fuzz::messages::{Talk, hold};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|talk: Talk| hold(&talk));
