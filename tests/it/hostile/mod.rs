//! Hostile inputs: nothing breaks the program, and nothing is passed over in silence.
//!
//! [`content`] holds what may stand in a file, [`places`] what may stand in a file system, [`process`] what may happen to
//! a process. A case stands between two good neighbours, and both must be reported whatever becomes of it. The program runs as
//! a process of its own, so that an abort fails one test with a name and not the tests.
//!
//! What must hold, and where it is tried:
//!
//! | | |
//! |---|---|
//! | any nesting, chains of a million operands, exponential parses, parser panics, minified files, endless lines | [`nesting`], [`chains`], [`speculation`], [`formats`], [`text`] |
//! | texts that are hard on linking and judging | [`programs`], [`costs`], [`mutations`] |
//! | files that are none, links, names, paths, many and large files, files that vanish and change | [`places`] |
//! | encodings, line ends, hidden characters, dialects, strangers | [`text`], [`formats`] |
//! | nothing steers a terminal or a runner, 2 KB for a finding, far columns, URIs | [`output`] |
//! | closed and full ends, limits of the system, signals, folders that are gone, locales, arguments | [`process`] |
//! | configurations that cost, explode or lead outside | [`process_cases`], [`place_configurations`], `config` |
//! | fixes that are killed, doubled or late | [`fixing`], `fixes` |
//! | the cache: damage, many runs at once, `kill -9`, what was given up | `cache` |
//! | the same bytes for any threads, arguments, cache and parts | `determinism` |
//! | clients of the language server that do not do as they should | `lsp::faults` |
//! | what the fuzzers hold | [`fuzzing`] |
//!
//! `cargo test hostile` takes the sizes that a debug build does in seconds. The large ones:
//!
//! ```sh
//! cargo test --release --test it -- --ignored --nocapture
//! ```

mod batch;
mod chains;
mod content;
mod costs;
mod formats;
#[path = "../../../fuzz/src/lib.rs"]
mod fuzz;
mod fuzzing;
#[cfg(unix)]
mod fixing;
mod mutations;
mod nesting;
#[cfg(unix)]
mod output;
#[cfg(unix)]
mod place_cases;
#[cfg(unix)]
mod place_configurations;
#[cfg(unix)]
mod places;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod process_cases;
mod programs;
mod run;
mod speculation;
mod text;

pub use fuzz::project::LEAK;
pub use fuzzing::program as generated;
