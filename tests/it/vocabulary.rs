//! Libraries are data: no library's, framework's or platform function's name stands in `src/`.

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
    "connectedCallback",
    "disconnectedCallback",
    "componentDidMount",
    "componentWillUnmount",
    "takeUntil",
];

/// Names that are words of English or of code too: wrong only as a string of their own.
const LITERALS: &[&str] = &[
    "express",
    "koa",
    "fastify",
    "hapi",
    "ws",
    "socket.io",
    "bull",
    "bullmq",
    "kafkajs",
    "amqplib",
    "pg",
    "mysql",
    "mysql2",
    "mongodb",
    "mongoose",
    "knex",
    "typeorm",
    "sequelize",
    "redis",
    "ioredis",
    "generic-pool",
    "async-mutex",
    "lru-cache",
    "signal-exit",
    "undici",
    "react",
    "vue",
    "svelte",
    "rxjs",
    "lit",
    "@angular/core",
    "@nestjs/common",
    "setInterval",
    "setTimeout",
    "clearInterval",
    "clearTimeout",
    "addEventListener",
    "removeEventListener",
    "removeListener",
    "addListener",
    "getConnection",
    "createQueryRunner",
    "EventEmitter",
];

/// The list of the built-in files names them.
const EXEMPT: &[&str] = &["src/catalog/builtin.rs"];

#[test]
fn no_library_is_named_in_the_code() {
    let mut wrong = Vec::new();
    for file in source_files() {
        let shown = file
            .strip_prefix(package_root())
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        if EXEMPT.contains(&shown.as_str()) {
            continue;
        }
        for (number, line) in code_lines(&file) {
            let word = FRAMEWORK_WORDS.iter().find(|word| line.contains(**word));
            let literal = LITERALS.iter().find(|name| line.contains(&format!("\"{name}\"")));
            if let Some(name) = word.or(literal) {
                wrong.push(format!("{shown}:{number}: `{name}` belongs into rules/catalog"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
