//! What a specifier names.

use std::fs;
use std::path::{Path, PathBuf};

use leaklint::overlay::Overlay;
use leaklint::project::resolve::{Resolved, Resolver};
use tempfile::TempDir;

struct Tree {
    folder: TempDir,
    files: Vec<PathBuf>,
    resolver: Resolver,
}

/// A tree on disk. Manifests are not part of the walked files.
fn tree(files: &[(&str, &str)]) -> Tree {
    let folder = TempDir::new().unwrap();
    let mut walked = Vec::new();
    for (path, text) in files {
        let disk = folder.path().join(path);
        fs::create_dir_all(disk.parent().unwrap()).unwrap();
        fs::write(disk, text).unwrap();
        if !path.ends_with(".json") {
            walked.push(PathBuf::from(path));
        }
    }
    walked.sort();
    let resolver = Resolver::new(folder.path(), &walked, &Overlay::default());
    Tree {
        folder,
        files: walked,
        resolver,
    }
}

impl Tree {
    /// The answer as text: a path, `package name|subpath`, `builtin name` or `?`.
    fn names(&self, from: &str, specifier: &str) -> String {
        match self.resolver.resolve(Path::new(from), specifier) {
            Resolved::File(index) => self.files[index].to_str().unwrap().to_owned(),
            Resolved::Package { name, subpath } => format!("package {name}|{subpath}"),
            Resolved::Builtin(name) => format!("builtin {name}"),
            Resolved::Unresolved => "?".to_owned(),
        }
    }
}

#[test]
fn relative_specifiers_find_files() {
    let tree = tree(&[
        ("src/a.ts", ""),
        ("src/b.js", ""),
        ("src/c.tsx", ""),
        ("src/m.mts", ""),
        ("src/dir/index.ts", ""),
        ("src/pack/package.json", r#"{ "main": "./lib/entry.js" }"#),
        ("src/pack/lib/entry.js", ""),
        ("top.js", ""),
    ]);
    for (specifier, expected) in [
        ("./b", "src/b.js"),
        ("./b.js", "src/b.js"),
        ("./a", "src/a.ts"),
        ("./a.js", "src/a.ts"),
        ("./c.js", "src/c.tsx"),
        ("./c.jsx", "src/c.tsx"),
        ("./m.mjs", "src/m.mts"),
        ("./dir", "src/dir/index.ts"),
        ("./dir/", "src/dir/index.ts"),
        ("./dir/index.js", "src/dir/index.ts"),
        ("./pack", "src/pack/lib/entry.js"),
        ("../top", "top.js"),
        ("./b.js?worker", "src/b.js"),
        ("./none", "?"),
        ("./none.js", "?"),
        ("../../outside", "?"),
        ("#internal", "?"),
        (".", "?"),
    ] {
        assert_eq!(tree.names("src/a.ts", specifier), expected, "{specifier}");
        assert_eq!(
            tree.names("src/b.js", specifier),
            expected,
            "{specifier}, the second time"
        );
    }
    assert_eq!(tree.names("src/dir/index.ts", ".."), "?");
    assert_eq!(tree.names("src/dir/index.ts", "."), "src/dir/index.ts");
}

#[test]
fn bare_specifiers_are_packages_without_node_modules() {
    let tree = tree(&[("a.js", ""), ("package.json", r#"{ "name": "app" }"#)]);
    for (specifier, expected) in [
        ("pg", "package pg|"),
        ("pg/lib/client", "package pg|lib/client"),
        ("@nestjs/common", "package @nestjs/common|"),
        ("@scope/p/sub/path", "package @scope/p|sub/path"),
        ("lodash.debounce", "package lodash.debounce|"),
        ("npm:pg", "package pg|"),
        ("bun:sqlite", "package bun:sqlite|"),
        ("node:fs", "builtin fs"),
        ("fs", "builtin fs"),
        ("fs/promises", "builtin fs/promises"),
        ("events", "builtin events"),
        ("@/db", "?"),
        ("~/db", "?"),
        ("https://example.com/x.js", "?"),
        ("data:text/javascript,0", "?"),
        ("blob:x", "?"),
        ("", "?"),
        ("a b", "?"),
    ] {
        assert_eq!(tree.names("a.js", specifier), expected, "{specifier:?}");
    }
}

#[test]
fn node_modules_on_disk_changes_nothing() {
    let tree = tree(&[
        ("a.js", ""),
        ("node_modules/pg/package.json", r#"{ "name": "pg", "main": "x.js" }"#),
    ]);
    assert_eq!(tree.names("a.js", "pg"), "package pg|");
}

#[test]
fn workspace_packages_lead_to_their_source() {
    let tree = tree(&[
        ("apps/web/a.ts", ""),
        (
            "packages/plain/package.json",
            r#"{ "name": "@org/plain", "main": "./src/main.ts" }"#,
        ),
        ("packages/plain/src/main.ts", ""),
        ("packages/plain/extra.ts", ""),
        (
            "packages/built/package.json",
            r#"{ "name": "@org/built", "main": "./dist/index.js" }"#,
        ),
        ("packages/built/src/index.ts", ""),
        (
            "packages/mapped/package.json",
            r#"{ "name": "@org/mapped", "exports": {
                ".": { "types": "./dist/index.d.ts", "default": "./dist/index.js" },
                "./db": "./src/db.ts", "./parts/*": "./dist/parts/*.js" } }"#,
        ),
        ("packages/mapped/src/index.ts", ""),
        ("packages/mapped/src/db.ts", ""),
        ("packages/mapped/src/parts/one.ts", ""),
        ("packages/mapped/src/hidden.ts", ""),
        ("packages/bare/package.json", r#"{ "name": "bare" }"#),
        ("packages/bare/src/index.ts", ""),
        ("one/package.json", r#"{ "name": "twice" }"#),
        ("one/index.js", ""),
        ("two/package.json", r#"{ "name": "twice" }"#),
        ("two/index.js", ""),
    ]);
    for (specifier, expected) in [
        ("@org/plain", "packages/plain/src/main.ts"),
        ("@org/plain/extra", "packages/plain/extra.ts"),
        ("@org/built", "packages/built/src/index.ts"),
        ("@org/mapped", "packages/mapped/src/index.ts"),
        ("@org/mapped/db", "packages/mapped/src/db.ts"),
        ("@org/mapped/parts/one", "packages/mapped/src/parts/one.ts"),
        ("@org/mapped/hidden", "package @org/mapped|hidden"),
        ("bare", "packages/bare/src/index.ts"),
        ("twice", "package twice|"),
    ] {
        assert_eq!(tree.names("apps/web/a.ts", specifier), expected, "{specifier}");
    }
}

#[test]
fn internal_imports_go_through_the_manifest() {
    let tree = tree(&[
        (
            "package.json",
            r##"{ "name": "app", "imports": { "#db": "./src/db.js", "#lib/*": "./src/lib/*.js" } }"##,
        ),
        ("src/a.js", ""),
        ("src/db.js", ""),
        ("src/lib/x.js", ""),
    ]);
    assert_eq!(tree.names("src/a.js", "#db"), "src/db.js");
    assert_eq!(tree.names("src/a.js", "#lib/x"), "src/lib/x.js");
    assert_eq!(tree.names("src/a.js", "#lib/none"), "?");
}

#[test]
fn the_nearest_manifest_owns_a_file() {
    let tree = tree(&[
        (
            "package.json",
            r#"{ "name": "app", "main": "x", "scripts": { "start": "node ." } }"#,
        ),
        ("src/a.js", ""),
        (
            "lib/package.json",
            r#"{ "name": "kit", "exports": "./x.js", "dependencies": { "pg": "1" }, "peerDependencies": { "ws": "8" } }"#,
        ),
        ("lib/deep/b.js", ""),
        (
            "tool/package.json",
            r#"{ "name": "tool", "main": "x.js", "bin": "x.js" }"#,
        ),
        ("tool/c.js", ""),
        (
            "shown/package.json",
            r#"{ "name": "shown", "main": "x.js", "files": ["dist"], "scripts": { "start": "vite" } }"#,
        ),
        ("shown/e.js", ""),
        (
            "hosted/package.json",
            r#"{ "name": "hosted", "main": "x.js", "engines": { "node": "20", "editor": "^1.90.0" } }"#,
        ),
        ("hosted/f.js", ""),
        ("broken/package.json", "{"),
        ("broken/d.js", ""),
    ]);
    let package = |file: &str| tree.resolver.package_of(Path::new(file)).unwrap();
    let app = package("src/a.js");
    assert_eq!((app.name.as_deref(), app.is_library), (Some("app"), false));
    let kit = package("lib/deep/b.js");
    assert_eq!((kit.name.as_deref(), kit.is_library), (Some("kit"), true));
    assert!(kit.dependencies.contains("pg") && kit.dependencies.contains("ws"));
    assert_eq!(kit.root, tree.folder.path().join("lib"));
    assert!(!package("tool/c.js").is_library);
    assert!(package("shown/e.js").is_library, "the script starts what shows it");
    assert!(!package("hosted/f.js").is_library, "another program runs it");
    assert_eq!(
        package("broken/d.js").name.as_deref(),
        Some("app"),
        "a broken manifest is none"
    );
}

/// `{ from, specifier, expected }` over one tree.
fn expect(files: &[(&str, &str)], answers: &[(&str, &str, &str)]) -> Tree {
    let tree = tree(files);
    for (from, specifier, expected) in answers {
        assert_eq!(tree.names(from, specifier), *expected, "{specifier} in {from}");
    }
    tree
}

#[test]
fn tsconfig_paths_name_files() {
    let config = r#"{
        // comments and trailing commas are allowed
        "compilerOptions": { "baseUrl": "./src", "paths": {
            "@/*": ["*"], "@lib/*/x": ["lib/*/exact", "lib/*"], "@lib/*": ["./nowhere/*", "lib/*"], "one": ["single"], "pg": ["pg-types"],
        }, },
    }"#;
    let tree = expect(
        &[
            ("tsconfig.json", config),
            ("package.json", r#"{ "dependencies": { "redis": "4" } }"#),
            ("src/a.ts", ""),
            ("src/db/index.ts", ""),
            ("src/lib/b.tsx", ""),
            ("src/lib/c/exact.ts", ""),
            ("src/single.ts", ""),
            ("src/redis.ts", ""),
            ("src/events.ts", ""),
            ("src/plain.ts", ""),
            ("top.ts", ""),
        ],
        &[
            ("src/a.ts", "@/db", "src/db/index.ts"),
            ("src/a.ts", "@/db/index.js", "src/db/index.ts"),
            ("src/a.ts", "@lib/b", "src/lib/b.tsx"),
            ("src/a.ts", "@lib/c/x", "src/lib/c/exact.ts"),
            ("src/a.ts", "one", "src/single.ts"),
            ("src/a.ts", "plain", "src/plain.ts"),
            ("top.ts", "@/nothing", "?"),
            // What is installed is not what `baseUrl` happens to hold, nor is Node's own.
            ("src/a.ts", "redis", "package redis|"),
            ("src/a.ts", "events", "builtin events"),
            ("src/a.ts", "pg", "package pg|"),
        ],
    );
    assert_eq!(tree.resolver.problems(), []);
}

#[test]
fn tsconfig_extends_through_files_packages_and_arrays() {
    let paths = |to: &str| format!(r#"{{ "compilerOptions": {{ "paths": {{ "~/*": ["{to}/*"] }} }} }}"#);
    let tree = expect(
        &[
            ("package.json", r#"{ "workspaces": ["packages/*", "config/*"] }"#),
            ("config/ts/package.json", r#"{ "name": "@org/ts" }"#),
            (
                "config/ts/base.json",
                r#"{ "compilerOptions": { "paths": { "~/*": ["${configDir}/code/*"] } } }"#,
            ),
            ("packages/a/tsconfig.json", r#"{ "extends": "@org/ts/base.json" }"#),
            ("packages/a/code/x.ts", ""),
            (
                "packages/b/tsconfig.json",
                r#"{ "extends": ["./one", "./two.json", "not-installed/tsconfig.json", "./absent"] }"#,
            ),
            ("packages/b/one.json", &paths("one")),
            ("packages/b/two.json", &paths("two")),
            ("packages/b/one/x.ts", ""),
            ("packages/b/two/x.ts", ""),
            ("packages/c/tsconfig.json", r#"{ "extends": "installed" }"#),
            (
                "packages/c/node_modules/installed/package.json",
                r#"{ "tsconfig": "./strict.json" }"#,
            ),
            ("packages/c/node_modules/installed/strict.json", &paths("../../src")),
            ("packages/c/src/x.ts", ""),
            ("packages/d/jsconfig.json", &paths("lib")),
            ("packages/d/lib/x.js", ""),
            ("packages/d/lib/deep/y.js", ""),
            (
                "packages/e/tsconfig.json",
                r#"{ "files": [], "references": [{ "path": "./tsconfig.app.json" }, { "path": "./node" }] }"#,
            ),
            (
                "packages/e/tsconfig.app.json",
                r#"{ "include": ["src/**/*"], "compilerOptions": { "paths": { "~/*": ["./src/*"] } } }"#,
            ),
            ("packages/e/node/tsconfig.json", &paths(".")),
            ("packages/e/src/x.ts", ""),
            ("packages/e/node/y.ts", ""),
        ],
        &[
            ("packages/a/code/x.ts", "~/x", "packages/a/code/x.ts"),
            ("packages/b/one/x.ts", "~/x", "packages/b/two/x.ts"),
            ("packages/c/src/x.ts", "~/x", "packages/c/src/x.ts"),
            ("packages/d/lib/deep/y.js", "~/x", "packages/d/lib/x.js"),
            ("packages/e/src/x.ts", "~/x", "packages/e/src/x.ts"),
            ("packages/e/src/x.ts", "~/y", "?"),
            ("packages/e/node/y.ts", "~/y", "packages/e/node/y.ts"),
        ],
    );
    assert_eq!(tree.resolver.problems(), []);
}

#[cfg(unix)]
#[test]
fn a_bad_tsconfig_is_a_note_and_never_a_hang() {
    let tree = tree(&[
        ("syntax/tsconfig.json", "{ \"compilerOptions\": "),
        ("syntax/a.ts", ""),
        (
            "kind/tsconfig.json",
            r#"{ "compilerOptions": { "paths": { "@/*": "src/*" } } }"#,
        ),
        ("kind/a.ts", ""),
        (
            "circle/tsconfig.json",
            r#"{ "extends": "./other.json", "compilerOptions": { "paths": { "@/*": ["./*"] } } }"#,
        ),
        ("circle/other.json", r#"{ "extends": "./tsconfig.json" }"#),
        ("circle/a.ts", ""),
        ("itself/tsconfig.json", r#"{ "extends": "./tsconfig.json" }"#),
        ("itself/a.ts", ""),
        ("empty/tsconfig.json", ""),
        ("empty/a.ts", ""),
        ("pipe/a.ts", ""),
        ("deep/a.ts", ""),
    ]);
    let root = tree.folder.path();
    let made = std::process::Command::new("mkfifo")
        .arg(root.join("pipe/tsconfig.json"))
        .status()
        .unwrap();
    assert!(made.success());
    fs::write(root.join("deep/tsconfig.json"), "[".repeat(100_000)).unwrap();
    for folder in ["syntax", "kind", "itself", "empty", "pipe", "deep"] {
        assert_eq!(tree.names(&format!("{folder}/a.ts"), "@/a"), "?");
        assert_eq!(tree.names(&format!("{folder}/a.ts"), "./a"), format!("{folder}/a.ts"));
    }
    assert_eq!(tree.names("circle/a.ts", "@/a"), "circle/a.ts");
    let problems = tree.resolver.problems();
    let said: Vec<(String, &str)> = problems
        .iter()
        .map(|problem| {
            let path = problem.path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            (path, problem.message.split(" at line ").next().unwrap())
        })
        .collect();
    assert_eq!(said.len(), 6, "{said:#?}");
    let message = |file: &str| said.iter().find(|(path, _)| path == file).unwrap().1;
    assert!(message("syntax/tsconfig.json").contains("no valid configuration: EOF"));
    assert!(message("kind/tsconfig.json").contains("no valid configuration: invalid type"));
    assert!(message("circle/other.json").contains("go in a circle"));
    assert!(message("itself/tsconfig.json").contains("go in a circle"));
    assert!(message("pipe/tsconfig.json").contains("not a regular file"));
    assert!(message("deep/tsconfig.json").contains("no valid configuration"));
}

#[test]
fn workspaces_tell_packages_of_one_name_apart() {
    for (file, text) in [
        ("package.json", r#"{ "workspaces": ["packages/*"] }"#),
        (
            "package.json",
            r#"{ "workspaces": { "packages": ["./packages/*/", "!packages/old"] } }"#,
        ),
        (
            "pnpm-workspace.yaml",
            "packages:\n  # ours\n  - 'packages/**' # all\n  - \"!**/old\"\n\ncatalog:\n  - x\n",
        ),
        ("pnpm-workspace.yaml", "packages: [\"packages/*\"]\n"),
        ("lerna.json", r#"{ "packages": ["packages/*"] }"#),
    ] {
        expect(
            &[
                (file, text),
                (
                    "packages/kit/package.json",
                    r#"{ "name": "kit", "main": "./dist/cjs/index.js" }"#,
                ),
                ("packages/kit/source/index.ts", ""),
                ("examples/kit/package.json", r#"{ "name": "kit" }"#),
                ("examples/kit/index.js", ""),
                ("app.js", ""),
            ],
            &[("app.js", "kit", "packages/kit/source/index.ts")],
        );
    }
}

#[test]
fn dependencies_may_be_folders_or_have_another_name() {
    expect(
        &[
            (
                "app/package.json",
                r#"{ "dependencies": { "kit": "file:../old/kit", "pg8": "npm:pg@^8.1", "own": "npm:@org/redis@4" } }"#,
            ),
            ("app/a.js", ""),
            (
                "old/kit/package.json",
                r#"{ "name": "kit", "exports": { ".": "./main.js", "./*": "./parts/*.js" } }"#,
            ),
            ("old/kit/main.js", ""),
            ("old/kit/parts/p.js", ""),
            ("new/kit/package.json", r#"{ "name": "kit" }"#),
            ("new/kit/index.js", ""),
        ],
        &[
            ("app/a.js", "kit", "old/kit/main.js"),
            ("app/a.js", "kit/p", "old/kit/parts/p.js"),
            ("app/a.js", "pg8", "package pg|"),
            ("app/a.js", "pg8/lib/x", "package pg|lib/x"),
            ("app/a.js", "own", "package @org/redis|"),
            ("new/kit/index.js", "kit", "package kit|"),
        ],
    );
}
