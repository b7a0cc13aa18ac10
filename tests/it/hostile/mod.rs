//! Hostile inputs: nothing breaks the program, and nothing is passed over in silence.
//!
//! [`content`] holds what may stand in a file, [`places`] what may stand in a file system, [`process`] what may happen to
//! a process. A case stands between two good neighbours, and both must be reported whatever becomes of it. The program runs as
//! a process of its own, so that an abort fails one test with a name and not the tests.
//!
//! `cargo test hostile` takes the sizes that a debug build does in seconds. The large ones:
//!
//! ```sh
//! cargo test --release --test it hostile -- --ignored --nocapture
//! ```

mod batch;
mod chains;
mod content;
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
