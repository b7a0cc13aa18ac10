//! Names that may silence: what a function is called says how often it is meant to run, never that it leaks.

/// Free functions that a program calls once, when it starts.
const SETUP: &[&str] = &["init", "start", "setup", "register", "bootstrap", "main", "install", "configure"];

/// Methods that end an owner's life.
const TEARDOWN: &[&str] = &[
    "close", "destroy", "end", "stop", "disconnect", "dispose", "asyncdispose", "shutdown", "terminate", "abort", "quit", "cancel", "cleanup",
    "clear", "release", "remove", "uninstall", "unsubscribe", "teardown", "finalize", "detach", "unbind", "unmount", "unwatch", "unlisten", "reset",
    "exit", "kill", "free", "halt", "off", "deactivate", "disable", "finish", "deinit", "uninit", "unregister",
];

/// Whether a free function is named for set-up: `setupSignals`, `registerHandlers`, `main`.
pub fn is_setup(name: &str) -> bool {
    SETUP.iter().any(|word| starts_with_word(name, word))
}

/// Whether a method is named for the end of its owner's life: `close`, `onShutdown`, `_destroy`, `[Symbol.dispose]`.
pub fn is_teardown(name: &str) -> bool {
    let name = name.trim_start_matches(['_', '#', '$', '[']);
    let name = name.strip_prefix("Symbol.").unwrap_or(name);
    let name = ["on", "handle", "do", "before", "ng", "component", "will", "k", "async"].iter().fold(name, |name, prefix| match name.strip_prefix(prefix) {
        Some(rest) if rest.starts_with(|first: char| first.is_ascii_uppercase()) => rest,
        _ => name,
    });
    TEARDOWN.iter().any(|word| starts_with_word(name, word))
}

/// Whether a name speaks of an end anywhere: `handleSocketClose`, `ngOnDestroy`, `disconnectedCallback`. Enough to stay silent.
pub fn mentions_teardown(name: &str) -> bool {
    is_teardown(name) || {
        let lower = name.to_ascii_lowercase();
        TEARDOWN.iter().filter(|word| word.len() > 3).any(|word| lower.contains(word))
    }
}

/// Whether a name begins with a whole word, in camel case or snake case, whatever its first letter's case.
fn starts_with_word(name: &str, word: &str) -> bool {
    let Some(head) = name.get(..word.len()) else { return false };
    let rest = &name[word.len()..];
    head.eq_ignore_ascii_case(word) && !rest.starts_with(|next: char| next.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_only() {
        assert!(is_setup("setupSignals") && is_setup("main") && is_setup("start_server"));
        assert!(!is_setup("mainstream") && !is_setup("initial"));
        assert!(is_teardown("close") && is_teardown("onShutdown") && is_teardown("_destroy") && is_teardown("[Symbol.dispose]"));
        assert!(!is_teardown("closest") && !is_teardown("endpoint") && !is_teardown("send"));
    }
}
