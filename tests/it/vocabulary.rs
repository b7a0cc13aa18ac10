//! Libraries are data: no package's or framework's name stands in `src/`, and of the platform's only what is listed here.
//!
//! Comments may name examples. The names in the `library` of a catalogue file are read from there,
//! so a new file is covered at once.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::layers::{code_lines, source_files};
use crate::support::package_root;

/// Names that only frameworks have, wherever in a line they stand.
const FRAMEWORK_WORDS: &[&str] = &[
    "useEffect",
    "useLayoutEffect",
    "ngOnDestroy",
    "ngOnInit",
    "onUnmounted",
    "onBeforeUnmount",
    "onScopeDispose",
    "connectedCallback",
    "disconnectedCallback",
    "componentDidMount",
    "componentWillUnmount",
    "onModuleDestroy",
    "onApplicationShutdown",
    "takeUntil",
    "useState",
    "useSyncExternalStore",
    "componentDidUpdate",
    "createReactClass",
    "defineComponent",
    "beforeDestroy",
    "beforeUnmount",
    "watchEffect",
    "ngAfterViewInit",
    "ngOnChanges",
    "DestroyRef",
    "providedIn",
    "firstUpdated",
    "hostDisconnected",
    "onCleanup",
    "createEffect",
    "onRemove",
    "onBeforeDetach",
    "defineStore",
];

/// Packages without a file of their own in the catalogue.
const PACKAGES: &[&str] = &[
    "react",
    "vue",
    "svelte",
    "rxjs",
    "jquery",
    "@angular/core",
    "@nestjs/common",
];

/// Methods that one library or platform module has, not the language: their meaning is catalogue data.
const METHODS: &[&str] = &[
    "getConnection",
    "createQueryRunner",
    "beginTransaction",
    "startSession",
    "createServer",
    "createPool",
    "runExclusive",
    "disconnectAll",
    "observe",
    "createObjectURL",
    "revokeObjectURL",
    "requestAnimationFrame",
    "cancelAnimationFrame",
    "EventEmitter",
    "uncaughtException",
    "unhandledRejection",
    "SIGTERM",
    "SIGINT",
];

/// Words of the platform that the code may name, and why it cannot do without.
const ALLOWED: &[(&str, &str)] = &[
    (
        "on",
        "a name for registering: `on(name, f)` may silence and never accuses",
    ),
    ("once", "as `on`"),
    (
        "removeListener",
        "the word for a release that the catalogue does not name",
    ),
    (
        "removeAllListeners",
        "the event protocol: it ends every listener of the object",
    ),
    (
        "clearTimeout",
        "the word for a release that the catalogue does not name",
    ),
    ("clearInterval", "as `clearTimeout`"),
    ("AbortController", "the language's host: making one does not throw"),
    (
        "close",
        "an event, or a method, that says an end: it may silence and never accuses",
    ),
    ("finish", "as `close`"),
    ("end", "as `close`"),
    ("exit", "as `close`"),
    ("abort", "as `close`"),
    ("disconnect", "as `close`"),
];

/// Words of the platform's protocols: they stand in the code only if [`ALLOWED`] says why.
const PLATFORM: &[&str] = &[
    "on",
    "once",
    "off",
    "addListener",
    "removeListener",
    "removeAllListeners",
    "prependListener",
    "prependOnceListener",
    "addEventListener",
    "removeEventListener",
    "dispatchEvent",
    "setTimeout",
    "setInterval",
    "setImmediate",
    "clearTimeout",
    "clearInterval",
    "clearImmediate",
    "queueMicrotask",
    "requestIdleCallback",
    "AbortController",
    "AbortSignal",
    "MutationObserver",
    "IntersectionObserver",
    "close",
    "finish",
    "end",
    "exit",
    "abort",
    "disconnect",
];

/// The list of the built-in files names them; formats of files are called by their extensions.
const EXEMPT: &[&str] = &["src/catalog/builtin.rs", "src/markup.rs"];

#[test]
fn no_library_is_named_in_the_code() {
    let packages = packages();
    let mut wrong = Vec::new();
    for_each_line(|place, line| {
        let word = FRAMEWORK_WORDS.iter().copied().find(|word| line.contains(word));
        let mut literals = packages.iter().map(String::as_str).chain(METHODS.iter().copied());
        let literal = literals.find(|name| is_literal_in(name, line));
        if let Some(name) = word.or(literal) {
            wrong.push(format!("{place}: `{name}` belongs into rules/catalog"));
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_platform_is_named_only_for_a_reason() {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for_each_line(|place, line| {
        for word in PLATFORM.iter().filter(|word| is_literal_in(word, line)) {
            seen.insert(*word);
            if !ALLOWED.iter().any(|(allowed, _)| allowed == word) {
                wrong.push(format!("{place}: `{word}` belongs into rules/catalog"));
            }
        }
    });
    for (word, reason) in ALLOWED {
        assert!(!reason.is_empty() && PLATFORM.contains(word), "{word}");
        if !seen.contains(word) {
            wrong.push(format!("`{word}` is allowed and no longer named: take it off the list"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn is_literal_in(name: &str, line: &str) -> bool {
    line.contains(&format!("\"{name}\""))
}

/// Every line of code outside the exempt files, with its place.
fn for_each_line(mut look: impl FnMut(&str, &str)) {
    for file in source_files() {
        let relative = file.strip_prefix(package_root()).unwrap();
        let shown = relative.to_str().unwrap().replace('\\', "/");
        if !EXEMPT.contains(&shown.as_str()) {
            for (number, line) in code_lines(&file) {
                look(&format!("{shown}:{number}"), &line);
            }
        }
    }
}

/// The npm names that the catalogue knows. `node:` modules and `global` are the platform's own.
fn packages() -> BTreeSet<String> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Names {
        One(String),
        Many(Vec<String>),
    }
    #[derive(Deserialize)]
    struct Catalog {
        library: Names,
    }
    #[derive(Deserialize)]
    struct File {
        catalog: Catalog,
    }
    let mut packages: BTreeSet<String> = PACKAGES.iter().map(|&name| name.to_owned()).collect();
    for entry in std::fs::read_dir(package_root().join("rules/catalog")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let file: File = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        match file.catalog.library {
            Names::One(name) => packages.insert(name),
            Names::Many(names) => {
                packages.extend(names);
                true
            }
        };
    }
    packages.retain(|name| name != "global" && !NODE_MODULES.contains(&name.trim_start_matches("node:")));
    packages
}

/// Words too common to tell: names of Node's modules, and packages named by a word that the language has too.
const NODE_MODULES: &[&str] = &[
    "events",
    "process",
    "timers",
    "http",
    "https",
    "http2",
    "net",
    "tls",
    "fs",
    "stream",
    "cluster",
    "worker_threads",
    "child_process",
    "dgram",
    "dns",
    "readline",
    "repl",
    "timers/promises",
    "fs/promises",
    "next",
    "level",
];
