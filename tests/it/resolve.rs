//! What a specifier names.

use std::fs;
use std::path::{Path, PathBuf};

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
    let resolver = Resolver::new(folder.path(), &walked);
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
    assert_eq!(
        package("broken/d.js").name.as_deref(),
        Some("app"),
        "a broken manifest is none"
    );
}
