//! What may stand in a file system, and what must be said of it: files here, configurations and ignore files in
//! [`super::place_configurations`].

/// What must be said of a thing.
#[derive(Clone, Copy, Debug)]
pub enum Expect {
    /// A leak is reported at this path, as JSON shows it.
    Found(&'static str),
    /// The path is named with a problem of this kind, whose message has this word.
    Problem(&'static str, &'static str, &'static str),
    /// A leak is reported in a file of this name, however deep.
    Deep(&'static str),
    /// Something, however deep, is named with a problem of this kind, whose message has this word.
    DeepProblem(&'static str, &'static str),
    /// There is nothing to say: it is no source.
    Nothing,
}
use Expect::{Deep, DeepProblem, Found, Nothing, Problem};

pub struct Case {
    pub name: &'static str,
    /// A shell script that makes the thing beside `a.js` and `z.js`.
    pub arrange: &'static str,
    /// Named after the folder, one a line.
    pub named: &'static str,
    pub expect: Expect,
    /// It changes how the whole run walks, and is linted by itself.
    pub is_alone: bool,
}

pub const fn found(name: &'static str, arrange: &'static str, expect: Expect) -> Case {
    named(name, arrange, "", expect)
}

pub const fn named(name: &'static str, arrange: &'static str, named: &'static str, expect: Expect) -> Case {
    Case {
        name,
        arrange,
        named,
        expect,
        is_alone: false,
    }
}

pub const fn alone(name: &'static str, arrange: &'static str, expect: Expect) -> Case {
    Case {
        is_alone: true,
        ..named(name, arrange, "", expect)
    }
}

pub const FILES: &[Case] = &[
    // What is no regular file.
    found(
        "pipe",
        "mkfifo m.js",
        Problem("m.js", "unreadable", "not a regular file"),
    ),
    named(
        "named-pipe",
        "mkfifo m.js",
        "m.js",
        Problem("m.js", "unreadable", "not a regular file"),
    ),
    named(
        "device",
        "ln -s /dev/zero m.js",
        "m.js",
        Problem("m.js", "unreadable", "not a regular file"),
    ),
    named(
        "endless-device",
        "ln -s /dev/urandom m.ts",
        "m.ts",
        Problem("m.ts", "unreadable", "not a regular file"),
    ),
    found(
        "folder-like-a-file",
        "mkdir m.js; cp a.js m.js/b.js",
        Found("m.js/b.js"),
    ),
    found("empty-folder-like-a-file", "mkdir m.js", Nothing),
    // Configuration and ignore files that are no regular files.
    found(
        "pipe-gitignore",
        "mkdir d; cp a.js d/b.js; mkfifo d/.gitignore",
        Found("d/b.js"),
    ),
    found(
        "pipe-gitignore-is-named",
        "mkdir d; cp a.js d/b.js; mkfifo d/.gitignore",
        Problem("d/.gitignore", "configuration", "regular"),
    ),
    alone(
        "pipe-gitignore-at-the-root",
        "mkfifo .gitignore",
        Problem(".gitignore", "configuration", "regular"),
    ),
    alone(
        "pipe-ignore",
        "mkfifo .ignore",
        Problem(".ignore", "configuration", "regular"),
    ),
    found(
        "pipe-leaklintignore",
        "mkdir d; cp a.js d/b.js; mkfifo d/.leaklintignore",
        Found("d/b.js"),
    ),
    found(
        "pipe-gitignore-below-another",
        "mkdir -p d/e; cp a.js d/e/b.js; mkfifo d/.gitignore d/e/.gitignore",
        Found("d/e/b.js"),
    ),
    found(
        "pipe-package",
        "mkdir d; cp a.js d/b.js; mkfifo d/package.json",
        Found("d/b.js"),
    ),
    found(
        "pipe-package-at-the-root",
        "mkfifo package.json",
        Problem("package.json", "configuration", "not a regular file"),
    ),
    found(
        "pipe-tsconfig",
        "mkdir d; cp a.js d/b.ts; mkfifo d/tsconfig.json",
        Found("d/b.ts"),
    ),
    found(
        "pipe-jsconfig",
        "mkdir d; cp a.js d/b.js; mkfifo d/jsconfig.json",
        Found("d/b.js"),
    ),
    found(
        "pipe-tsconfig-is-named",
        "mkdir d; cp a.js d/b.ts; echo 'import \"@/x\"' >>d/b.ts; mkfifo d/tsconfig.json",
        Problem("d/tsconfig.json", "configuration", "not a regular file"),
    ),
    found(
        "pipe-pnpm-workspace",
        "mkfifo pnpm-workspace.yaml",
        Problem("pnpm-workspace.yaml", "configuration", "not a regular file"),
    ),
    found(
        "pipe-lerna",
        "mkfifo lerna.json",
        Problem("lerna.json", "configuration", "not a regular file"),
    ),
    found("folder-gitignore", "mkdir .gitignore", Nothing),
    found(
        "folder-package",
        "mkdir package.json tsconfig.json",
        Problem("package.json", "configuration", "not a regular file"),
    ),
    found(
        "device-package",
        "ln -s /dev/zero package.json",
        Problem("package.json", "configuration", "not a regular file"),
    ),
    found(
        "pipe-that-tsconfig-extends",
        "mkfifo b.json; echo '{\"extends\":\"./b.json\"}' >tsconfig.json; cp a.js b.ts",
        Found("b.ts"),
    ),
    // Links.
    found(
        "link-to-a-file",
        "ln -s a.js m.js",
        Problem("m.js", "skipped", "symbolic link"),
    ),
    named(
        "named-link-to-a-file",
        "mkdir ../other.$$; cp a.js b.mjs; ln -s b.mjs m.js",
        "m.js",
        Found("m.js"),
    ),
    found(
        "link-to-itself",
        "ln -s m.js m.js",
        Problem("m.js", "skipped", "symbolic link"),
    ),
    found(
        "link-to-nothing",
        "ln -s nowhere m.js",
        Problem("m.js", "skipped", "symbolic link"),
    ),
    found(
        "link-to-the-folder-above",
        "mkdir d; cp a.js d/b.js; ln -s .. d/loop",
        Found("d/b.js"),
    ),
    found(
        "links-in-a-circle",
        "ln -s m.js n.js; ln -s n.js m.js",
        Problem("n.js", "skipped", "symbolic link"),
    ),
    found("link-to-the-root", "ln -s / m", Nothing),
    found(
        "link-to-a-device",
        "ln -s /dev/zero m.js",
        Problem("m.js", "skipped", "symbolic link"),
    ),
    found("hard-link", "ln a.js m.js", Found("m.js")),
    // Names.
    found(
        "name-of-invalid-bytes",
        "cp a.js \"$(printf 'm\\377.js')\"",
        Found("m\u{fffd}.js"),
    ),
    found(
        "names-that-differ-in-invalid-bytes",
        "cp a.js \"$(printf 'm\\377.js')\"; cp a.js \"$(printf 'm\\376.js')\"",
        Found("m\u{fffd}.js"),
    ),
    found(
        "folder-of-invalid-bytes",
        "d=\"$(printf 'd\\200')\"; mkdir \"$d\"; cp a.js \"$d/b.js\"",
        Found("d\u{fffd}/b.js"),
    ),
    found(
        "name-with-a-newline",
        "cp a.js \"$(printf 'm\\nn.js')\"",
        Found("m\nn.js"),
    ),
    found(
        "name-with-an-escape",
        "cp a.js \"$(printf 'm\\033[31m.js')\"",
        Found("m\u{1b}[31m.js"),
    ),
    found(
        "name-that-rings",
        "cp a.js \"$(printf 'm\\007\\010\\177.js')\"",
        Found("m\u{7}\u{8}\u{7f}.js"),
    ),
    found(
        "name-that-turns",
        "cp a.js \"$(printf 'm\\342\\200\\256sj.js')\"",
        Found("m\u{202e}sj.js"),
    ),
    found("name-like-a-command", "cp a.js '::error::m.js'", Found("::error::m.js")),
    found("name-like-an-option", "cp a.js ./--help.js", Found("--help.js")),
    found("name-with-a-space", "cp a.js 'm n.js'", Found("m n.js")),
    found("name-with-quotes", "cp a.js \"m'n\\\"o.js\"", Found("m'n\"o.js")),
    found("name-with-percent", "cp a.js 'm%20n.js'", Found("m%20n.js")),
    found("name-with-hash-and-question", "cp a.js 'm#n?o.js'", Found("m#n?o.js")),
    found("name-with-backslash", "cp a.js 'm\\n.js'", Found("m\\n.js")),
    found("name-with-colon", "cp a.js 'm:1:2: n.js'", Found("m:1:2: n.js")),
    found("name-with-glob", "cp a.js 'm[n]*{o}.js'", Found("m[n]*{o}.js")),
    found(
        "name-with-emoji",
        "cp a.js \"$(printf 'm\\360\\237\\230\\200.js')\"",
        Found("m\u{1f600}.js"),
    ),
    found("folder-with-dots", "mkdir ...; cp a.js .../b.js", Nothing),
    found("name-of-255-bytes", "cp a.js \"$(printf '%0252d' 0).js\"", Nothing),
    found("names-that-differ-in-case", "cp a.js A.js", Found("A.js")),
    found("extension-alone", "cp a.js .js", Nothing),
    // Depth and size.
    found(
        "two-thousand-folders",
        "p=$(printf 'd/%.0s' $(seq 2000)); mkdir -p $p; cp a.js $p/b.js",
        Deep("b.js"),
    ),
    found(
        "folders-beyond-the-longest-path",
        "n=$(printf '%0200d' 0); for i in $(seq 24); do mkdir $n && cd -P $n; done",
        DeepProblem("unreadable", "too long"),
    ),
    found(
        "sparse-file-of-5-gb",
        "truncate -s 5G m.js",
        Problem("m.js", "limit", "bytes"),
    ),
    named(
        "sparse-file-of-5-gb-by-name",
        "truncate -s 5G m.js",
        "m.js",
        Problem("m.js", "limit", "--limit bytes"),
    ),
    found(
        "file-over-the-limit",
        "truncate -s 34M m.js",
        Problem("m.js", "limit", "bytes"),
    ),
    found(
        "re-exports-in-all-directions",
        "for i in $(seq 0 149); do { for j in $(seq 30); do echo \"export * from './b$(((i * 7 + j * 13 + 1) % 150))';\"; done; echo \"import { c } from './b$(((i + 7) % 150))'; c.on('a', c);\"; } >b$i.mjs; done",
        Nothing,
    ),
    found("empty-files", "for i in $(seq 500); do : >e$i.js; done", Nothing),
    found(
        "many-folders",
        "for i in $(seq 500); do mkdir f$i; done; cp a.js f77/b.js",
        Found("f77/b.js"),
    ),
    // Arguments.
    named("named-twice", "cp a.js m.js", "m.js\n./m.js\nd/../m.js", Found("m.js")),
    named(
        "named-no-source",
        "echo >m.txt",
        "m.txt",
        Problem("m.txt", "skipped", "not a JavaScript"),
    ),
    named(
        "named-declarations",
        "echo >m.d.ts",
        "m.d.ts",
        Problem("m.d.ts", "skipped", "declaration"),
    ),
];
