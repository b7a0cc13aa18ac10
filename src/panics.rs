//! Panics as values: caught, kept off the terminal, and with the place where they happened.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// How many [`caught`] calls this thread is inside of.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `work`; a panic in it gives its message and place and prints nothing.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    install();
    DEPTH.set(DEPTH.get() + 1);
    // What `work` borrowed is not used after a panic: callers drop it or report the run as failed.
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    DEPTH.set(DEPTH.get() - 1);
    result.map_err(|payload| {
        let message = LAST.take().unwrap_or_else(|| "panic without a message".to_owned());
        // A payload whose own drop panics must not take the thread with it.
        std::mem::forget(payload);
        message
    })
}

/// Replaces the process's panic hook, once, by one that is quiet inside [`caught`] and as before elsewhere.
fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if DEPTH.get() == 0 {
                return before(info);
            }
            let message = info.payload_as_str().unwrap_or("panic without a message");
            let place = info
                .location()
                .map(|at| format!(" ({}:{})", file_name(at.file()), at.line()));
            LAST.replace(Some(format!("{message}{}", place.unwrap_or_default())));
        }));
    });
}

/// The last two parts of a source path: enough to find it, and nothing of the machine that built it.
fn file_name(path: &str) -> &str {
    let mut cuts = path.rmatch_indices(['/', '\\']);
    cuts.nth(1).map_or(path, |(at, _)| &path[at + 1..])
}
