//! The program: its allocator, its arguments, its exit code.

use std::process;

use clap::Parser;
use leaklint::cli;
use leaklint::cli::args::Arguments;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // Not a return: a parser that was given up may still spin on its thread.
    process::exit(cli::run(Arguments::parse()));
}
