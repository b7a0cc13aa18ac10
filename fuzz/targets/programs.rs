//! A grammar of leak-shaped programs.

#![no_main]

use leaklint_fuzz::grammar::Program;
use leaklint_fuzz::programs::hold;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|program: Program| hold(&program));
