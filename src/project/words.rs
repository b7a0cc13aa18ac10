//! Names that may silence: what a function is called says how often it is meant to run, never that it leaks.

/// Free functions that a program calls once, when it starts.
const SETUP: &[&str] = &[
    "init",
    "start",
    "setup",
    "register",
    "bootstrap",
    "main",
    "install",
    "configure",
];

/// Methods that end an owner's life; a name has to be one of them, not only begin with it.
const TEARDOWN: &[&str] = &[
    "close",
    "destroy",
    "end",
    "stop",
    "disconnect",
    "dispose",
    "asyncdispose",
    "shutdown",
    "terminate",
    "quit",
    "cleanup",
    "uninstall",
    "teardown",
    "finalize",
    "detach",
    "unmount",
    "deinit",
    "halt",
    "kill",
];

/// Words that speak of an end, or of giving something back.
const ENDING: &[&str] = &[
    "close",
    "destroy",
    "stop",
    "disconnect",
    "dispose",
    "shutdown",
    "terminate",
    "abort",
    "quit",
    "cancel",
    "cleanup",
    "clear",
    "release",
    "remove",
    "uninstall",
    "unsubscribe",
    "teardown",
    "finaliz",
    "detach",
    "unbind",
    "unmount",
    "unwatch",
    "unlisten",
    "reset",
    "exit",
    "kill",
    "free",
    "halt",
    "deactivate",
    "disable",
    "finish",
    "deinit",
    "uninit",
    "unregister",
    "unload",
];

/// Methods that end an owner's life for good; what they clear was not bounded before.
const END: &[&str] = &[
    "close",
    "destroy",
    "end",
    "stop",
    "disconnect",
    "dispose",
    "asyncdispose",
    "shutdown",
    "terminate",
    "quit",
    "teardown",
    "finalize",
    "unmount",
    "deactivate",
    "exit",
    "kill",
    "deinit",
];

/// Functions by which the parts of a program make themselves known.
const REGISTRATION: &[&str] = &[
    "register",
    "define",
    "use",
    "install",
    "extend",
    "declare",
    "provide",
    "configure",
    "on",
    "once",
    "subscribe",
    "plugin",
    "enable",
    "decorate",
    "init",
    "setup",
    "load",
    "import",
    "include",
    "inject",
    "implement",
    "override",
    "mock",
];

/// Functions that add one more to a list; under a key they may as well be caches.
const ADDITION: &[&str] = &["add", "create", "push", "insert", "enqueue"];

/// Parameters and properties that have few values, however often they come: the code base or the configuration names them.
const FEW: &[&str] = &[
    "type",
    "kind",
    "locale",
    "lang",
    "language",
    "level",
    "category",
    "event",
    "channel",
    "namespace",
    "tag",
    "schema",
    "model",
    "plugin",
    "component",
    "module",
    "extension",
    "ext",
    "mode",
    "env",
    "environment",
    "config",
    "selector",
    "source",
    "pattern",
    "message",
    "method",
    "status",
    "code",
    "flag",
    "feature",
    "role",
    "permission",
    "field",
    "column",
    "property",
    "prop",
    "attribute",
    "attr",
    "format",
    "encoding",
    "algorithm",
    "theme",
    "color",
    "unit",
    "currency",
    "timezone",
    "scope",
    "group",
    "section",
    "label",
    "icon",
    "style",
    "size",
    "version",
    "platform",
    "driver",
    "provider",
    "strategy",
    "adapter",
    "service",
    "class",
    "ctor",
    "constructor",
    "target",
    "definition",
    "template",
    "breakpoint",
    "queue",
    "topic",
    "package",
    "metric",
    "rule",
    "command",
    "action",
    "hook",
    "handler",
    "callback",
    "cb",
    "fn",
    "func",
    "function",
    "listener",
    "middleware",
    "device",
    "region",
    "bundle",
    "prefix",
    "suffix",
    "index",
    "position",
    "slot",
    "warning",
    "dialect",
    "factory",
    "layout",
    "route",
    "hash_function",
    "direction",
    "alias",
];

/// Whether a method is named for the final end of its owner's life: `close`, `_destroy`, `onShutdown`.
pub fn is_end(name: &str) -> bool {
    let bare = bare(name);
    END.iter().any(|word| starts_with_word(bare, word))
}

/// Whether a flag says that its object has come to its end: `socket.destroyed`.
pub fn says_gone(name: &str) -> bool {
    matches!(
        name,
        "destroyed" | "isDestroyed" | "closed" | "isClosed" | "disposed" | "isDisposed"
    )
}

/// Whether a function is named for what is done once per part of a program: `registerHandler`, `definePlugin`, `use`.
pub fn is_registration(name: &str) -> bool {
    let name = name.trim_start_matches(['_', '#', '$']);
    REGISTRATION.iter().any(|word| starts_with_word(name, word))
}

/// Whether a function is named for adding one more to a list.
pub fn is_addition(name: &str) -> bool {
    ADDITION.iter().any(|word| starts_with_word(name, word))
}

/// Whether a container or class is called a registry: what a program is made of is in it, once each.
pub fn is_registry(name: &str) -> bool {
    ["registry", "registered", "registrations"]
        .iter()
        .any(|word| ends_with_word(name, word) || starts_with_word(name.trim_start_matches(['_', '#', '$']), word))
}

/// Whether a name's last word says that it has few values: `kind`, `eventType`, `locale`.
pub fn has_few_values(name: &str) -> bool {
    let bare = ["Name", "_name"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(name);
    FEW.iter().any(|word| ends_with_word(bare, word))
}

/// Whether a free function is named for set-up: `setupSignals`, `registerHandlers`, `main`.
pub fn is_setup(name: &str) -> bool {
    SETUP.iter().any(|word| starts_with_word(name, word))
}

/// Methods that put an object to work, or tell it what has happened: mostly once in its life.
const ONCE_PER_OBJECT: &[&str] = &[
    "on", "handle", "create", "make", "build", "render", "attach", "mount", "bind", "listen", "connect", "open", "run",
];

/// Whether a method is named for what is done once in an object's life: `render`, `attachTo`, `onOpen`.
pub fn is_once_per_object(name: &str) -> bool {
    let name = name.trim_start_matches(['_', '#', '$']);
    ONCE_PER_OBJECT.iter().any(|word| starts_with_word(name, word))
        || SETUP.iter().any(|word| ends_with_word(name, word))
}

/// Whether a method is the end of its owner's life by its name: `close`, `onShutdown`, `_destroy`, `[Symbol.dispose]`.
pub fn is_teardown(name: &str) -> bool {
    let name = bare(name);
    TEARDOWN.iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// Whether a method ends its owner for good, and is no half of a pair like `start` and `stop`: `dispose`, `destroy`.
pub fn is_end_of_life(name: &str) -> bool {
    let name = bare(name);
    ["destroy", "dispose", "asyncDispose"]
        .iter()
        .any(|word| name.eq_ignore_ascii_case(word))
}

/// Methods after which an emitter or handle is of no more use, its listeners included.
const FINAL: &[&str] = &[
    "close",
    "destroy",
    "end",
    "terminate",
    "disconnect",
    "dispose",
    "kill",
    "shutdown",
    "quit",
    "stop",
    "abort",
    "removeAllListeners",
];

/// Whether a method ends what it is called on.
pub fn is_final(name: &str) -> bool {
    FINAL.contains(&name)
}

/// Whether a name speaks of an end anywhere: `handleSocketClose`, `ngOnDestroy`. Enough to stay silent.
pub fn mentions_teardown(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    is_teardown(name) || ENDING.iter().any(|word| lower.contains(word))
}

/// Whether a class is called the whole program, of which there is one: `App`, `AppRootComponent`, `ShopAppComponent`,
/// `MainWindow`.
pub fn is_whole_program(name: &str) -> bool {
    let bare = name.strip_suffix("Component").unwrap_or(name);
    matches!(bare, "App" | "app" | "Root" | "Main" | "Shell" | "AppRoot" | "AppShell")
        || matches!(
            bare,
            "MainScreen" | "MainWindow" | "MainView" | "MainPage" | "MainLayout"
        )
        || bare != name && ends_with_word(bare, "app")
}

/// A method's name without its signs and the prefix that says who calls it.
fn bare(name: &str) -> &str {
    let name = name.trim_start_matches(['_', '#', '$', '[']).trim_end_matches(']');
    let name = name.strip_prefix("Symbol.").unwrap_or(name);
    ["on", "handle", "do", "before", "will", "k", "async"]
        .iter()
        .fold(name, |name, prefix| match name.strip_prefix(prefix) {
            Some(rest) if rest.starts_with(|first: char| first.is_ascii_uppercase()) => rest,
            _ => name,
        })
}

/// Whether a name ends with a whole word, in camel case or snake case, its plural not counted.
fn ends_with_word(name: &str, word: &str) -> bool {
    let Some(at) = name.len().checked_sub(word.len()) else {
        return false;
    };
    let Some(tail) = name.get(at..) else { return false };
    let before = name[..at].chars().next_back();
    tail.eq_ignore_ascii_case(word)
        && (before.is_none_or(|before| !before.is_ascii_alphanumeric())
            || tail.starts_with(|first: char| first.is_ascii_uppercase()))
}

/// Whether a name begins with a whole word, in camel case or snake case, whatever its first letter's case.
fn starts_with_word(name: &str, word: &str) -> bool {
    let Some(head) = name.get(..word.len()) else {
        return false;
    };
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
        assert!(
            is_teardown("close")
                && is_teardown("onShutdown")
                && is_teardown("_destroy")
                && is_teardown("[Symbol.dispose]")
        );
        assert!(!is_teardown("closest") && !is_teardown("closeWindow") && !is_teardown("send"));
        assert!(mentions_teardown("handleSocketClose") && !mentions_teardown("open"));
    }
}
