//! Configurations and ignore files that are more, or less, than they should be.

use super::place_cases::Case;
use super::place_cases::Expect::{Found, Nothing, Problem};
use super::place_cases::{alone, found};

pub const CONFIGURATIONS: &[Case] = &[
    // Ignore files.
    found(
        "gitignore-with-a-bad-glob",
        "printf '[\\n{a\\n\\\\\\n' >.gitignore; cp a.js b.js",
        Found("b.js"),
    ),
    found(
        "gitignore-of-invalid-bytes",
        "printf '\\377\\n' >.gitignore; cp a.js b.js",
        Found("b.js"),
    ),
    found(
        "gitignore-of-one-long-line",
        "printf '%0100000d' 0 >.gitignore; cp a.js b.js",
        Found("b.js"),
    ),
    alone(
        "gitignore-that-explodes",
        "printf '**/%.0s' $(seq 60) >.gitignore; printf 'q\\n' >>.gitignore; mkdir -p a/a/a/a/a/a; cp a.js a/a/a/a/a/a/b.js",
        Found("a/a/a/a/a/a/b.js"),
    ),
    found(
        "gitignore-of-many-rules",
        "seq 20000 >.gitignore; cp a.js b.js",
        Found("b.js"),
    ),
    found(
        "ignored-file",
        "echo m.js >.gitignore; cp a.js m.js",
        Problem("m.js", "skipped", "ignored"),
    ),
    found(
        "ignored-folder",
        "echo d/ >.gitignore; mkdir d; cp a.js d/b.js",
        Problem("d", "skipped", "ignored"),
    ),
    found(
        "node-modules",
        "mkdir -p node_modules/p; cp a.js node_modules/p/b.js",
        Problem("node_modules", "skipped", "node_modules"),
    ),
    // Configuration.
    found(
        "package-that-is-no-json",
        "echo '{' >package.json",
        Problem("package.json", "configuration", "no valid JSON"),
    ),
    found(
        "package-without-fields",
        "echo '[]' >package.json",
        Problem("package.json", "configuration", "no fields"),
    ),
    found(
        "package-of-deep-json",
        "printf '[%.0s' $(seq 50000) >package.json",
        Problem("package.json", "configuration", "recursion limit"),
    ),
    found(
        "package-of-invalid-bytes",
        "printf '\\377' >package.json",
        Problem("package.json", "configuration", "no valid JSON"),
    ),
    found(
        "workspaces-that-explode",
        "echo '{\"workspaces\":[\"**/**/**/**/**/**/**/*\",\"{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}\"]}' >package.json; mkdir -p a/a/a/a/a; cp a.js a/a/a/a/a/b.js",
        Found("a/a/a/a/a/b.js"),
    ),
    found(
        "workspaces-outside",
        "echo '{\"workspaces\":[\"../*\",\"/etc\",\"../../..\"]}' >package.json",
        Nothing,
    ),
    found(
        "tsconfig-that-extends-itself",
        "echo '{\"extends\":\"./tsconfig.json\"}' >tsconfig.json; cp a.js b.ts",
        Found("b.ts"),
    ),
    found(
        "tsconfigs-in-a-circle",
        "echo '{\"extends\":\"./b.json\"}' >tsconfig.json; echo '{\"extends\":\"./tsconfig.json\"}' >b.json; cp a.js b.ts",
        Found("b.ts"),
    ),
    found(
        "tsconfig-that-extends-the-outside",
        "echo '{\"extends\":\"/etc/passwd\"}' >tsconfig.json; cp a.js b.ts",
        Found("b.ts"),
    ),
    found(
        "tsconfig-of-deep-json",
        "printf '{\"a\":%.0s' $(seq 50000) >tsconfig.json; cp a.js b.ts",
        Found("b.ts"),
    ),
    found(
        "tsconfig-with-a-path-that-explodes",
        "echo '{\"compilerOptions\":{\"baseUrl\":\"../../../../..\",\"paths\":{\"*\":[\"*\",\"*/*\"],\"**\":[\"/*\"]}}}' >tsconfig.json; cp a.js b.ts",
        Found("b.ts"),
    ),
    // Files that are nothing but large.
    found(
        "gitignore-of-5-gb",
        "mkdir d; cp a.js d/b.js; truncate -s 5G d/.gitignore",
        Problem("d/.gitignore", "configuration", "too large"),
    ),
    found(
        "large-gitignore-beside-a-file",
        "mkdir d; cp a.js d/b.js; truncate -s 5G d/.gitignore",
        Found("d/b.js"),
    ),
    found(
        "package-of-5-gb",
        "mkdir d; cp a.js d/b.js; truncate -s 5G d/package.json",
        Found("d/b.js"),
    ),
    found(
        "tsconfig-of-5-gb",
        "mkdir d; cp a.js d/b.ts; truncate -s 5G d/tsconfig.json",
        Found("d/b.ts"),
    ),
    found(
        "package-of-5-gb-is-named",
        "truncate -s 5G package.json",
        Problem("package.json", "configuration", "more than 33554432 bytes"),
    ),
    found(
        "workspace-of-5-gb",
        "truncate -s 5G pnpm-workspace.yaml lerna.json",
        Problem("pnpm-workspace.yaml", "configuration", "more than 33554432 bytes"),
    ),
    found(
        "pipe-for-excludes",
        "mkdir -p d/.git/info; cp a.js d/b.js; mkfifo d/.git/info/exclude",
        Problem("d/.git/info/exclude", "configuration", "regular"),
    ),
    found(
        "pipe-for-excludes-beside-a-file",
        "mkdir -p d/.git/info; cp a.js d/b.js; mkfifo d/.git/info/exclude",
        Found("d/b.js"),
    ),
    found(
        "pipe-for-git",
        "mkdir d; cp a.js d/b.js; mkfifo d/.git",
        Found("d/b.js"),
    ),
    // What leads to more and more.
    found(
        "tsconfigs-that-double",
        "for i in $(seq 40); do n=./c$((i + 1)).json; echo \"{\\\"extends\\\":[\\\"$n\\\",\\\"$n\\\"]}\" >c$i.json; done; echo '{}' >c41.json; cp c1.json tsconfig.json; cp a.js b.ts; echo 'import \"@/x\"' >>b.ts",
        Found("b.ts"),
    ),
    found(
        "tsconfig-that-refers-to-the-outside",
        "echo '{\"references\":[{\"path\":\"/dev/zero\"},{\"path\":\"/etc/passwd\"}]}' >tsconfig.json; cp a.js b.ts; echo 'import \"@/x\"' >>b.ts",
        Found("b.ts"),
    ),
    found(
        "tsconfig-that-extends-a-device",
        "echo '{\"extends\":\"/dev/zero\"}' >tsconfig.json; cp a.js b.ts; echo 'import \"@/x\"' >>b.ts",
        Found("b.ts"),
    ),
    found(
        "workspaces-of-many-stars",
        "s=$(printf '**/a/%.0s' $(seq 40)); echo \"{\\\"workspaces\\\":[\\\"$s*\\\"]}\" >package.json; p=$(printf 'a/%.0s' $(seq 30)); mkdir -p $p; cp a.js $p/b.js",
        Nothing,
    ),
];
