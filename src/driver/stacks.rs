//! Threads with stacks that are large enough for syntax and facts.

use std::io;

use super::{CheckError, CheckOptions, threads};
use crate::panics;

/// Stack of every thread that handles syntax or facts, in bytes: the first that the operating system gives. Where address
/// space is short, deep files get theirs one by one, or are refused.
pub(super) const STACK_SIZES: [usize; 3] = [256 << 20, 32 << 20, 4 << 20];

/// Threads beyond which the stages of a whole project gain nothing.
const MOST_THREADS: usize = 64;

/// Runs everything on threads with large stacks, whatever the environment asks for, so that facts are built into a project
/// and dropped there, and stages that share their work among threads have such stacks too.
pub(super) fn on_big_stack<T: Send>(
    options: &CheckOptions,
    run: impl FnOnce() -> Result<T, CheckError> + Send,
) -> Result<T, CheckError> {
    let count = threads(options).count.min(MOST_THREADS);
    let pool = first_given(&STACK_SIZES, |&stack_size| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(count)
            .stack_size(stack_size);
        pool.build().map_err(io::Error::other)
    });
    let done = pool.map_err(CheckError::Thread)?.install(|| panics::caught(run));
    done.map_err(|message| CheckError::Internal {
        stage: "running",
        message,
    })?
}

/// What the first size gives that can be had.
///
/// # Errors
/// Of the last size.
pub(super) fn first_given<T>(sizes: &[usize], mut try_with: impl FnMut(&usize) -> io::Result<T>) -> io::Result<T> {
    let (last, larger) = sizes.split_last().expect("there is a size");
    larger
        .iter()
        .find_map(|size| try_with(size).ok())
        .map_or_else(|| try_with(last), Ok)
}
