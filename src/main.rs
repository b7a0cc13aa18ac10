//! The program: its allocator, its arguments, its exit code.

use std::{env, process};

use leaklint::cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // Not a return: a parser that was given up may still spin on its thread.
    process::exit(cli::run(cli::arguments(env::args_os())));
}
