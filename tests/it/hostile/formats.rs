//! Files that are not what their names say, and dialects.

use super::LEAK;
use super::content::{Case, Expect};

pub fn cases() -> Vec<Case> {
    [strangers(), binaries(), dialects(), conflicts(), corners()].concat()
}

fn broken(name: &str, text: impl Into<Vec<u8>>) -> Case {
    Case::new(name, ".js", text, Expect::Problem("syntax", ""))
}

fn strangers() -> Vec<Case> {
    vec![
        broken("json", "{ \"name\": \"a\", \"version\": \"1\" }"),
        Case::new("json-array", ".js", "[1, 2, { \"a\": null }]", Expect::Clean),
        broken("html", "<!DOCTYPE html>\n<html><body></body></html>\n"),
        broken("css", ".a { color: red }\n"),
        broken("python", "def f():\n    return 1\n"),
        broken("shell", "#!/bin/sh\nif true; then echo 1; fi\n"),
        broken("markdown", "# Title\n\nText.\n"),
        broken("yaml", "a:\n  - b: c d\n"),
        broken("php", "<?php echo 1; ?>\n"),
        broken(
            "vue",
            "<template><a v-if=\"b\"/></template>\n<script>\nlet a = 1 2\n</script>\n",
        ),
        broken("template-language", "const a = {{ value }};\n"),
        broken("percent-template", "const a = <%= value %>;\n"),
        Case::new(
            "qt-translation",
            ".ts",
            "<?xml version=\"1.0\"?>\n<TS></TS>",
            Expect::Problem("skipped", "XML"),
        )
        .found(),
        Case::new(
            "qt-translation-by-name",
            ".ts",
            "<!DOCTYPE TS>\n<TS></TS>",
            Expect::Problem("syntax", ""),
        ),
        Case::new(
            "bundle",
            ".js",
            format!("// webpackBootstrap\n{LEAK}"),
            Expect::Problem("skipped", "webpack"),
        )
        .found(),
        Case::before_leak("bundle-by-name", ".js", "// webpackBootstrap"),
        Case::new("large-file-pointer", ".js", LFS_POINTER, Expect::Problem("syntax", "")),
        Case::new(
            "declarations",
            ".d.ts",
            "declare const a: 1;",
            Expect::Problem("skipped", "declaration"),
        ),
    ]
}

const LFS_POINTER: &str = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";

fn binaries() -> Vec<Case> {
    // Numbers that look random and are always the same.
    let noise = |seed: u32, length: usize| -> Vec<u8> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..length).map(|_| next()).collect()
    };
    let mut cases: Vec<Case> = (1..=6)
        .map(|seed| {
            let bytes = [&b"\x80"[..], &noise(seed, 1 << (2 * seed + 4))].concat();
            Case::new(
                format!("noise-{seed}"),
                ".js",
                bytes,
                Expect::Problem("not-text", "UTF-8"),
            )
        })
        .collect();
    // The same as ASCII: seldom a program.
    cases.extend((7..=12).map(|seed| {
        let ascii = noise(seed, 4096).into_iter().map(|byte| 0x20 + byte % 0x5f);
        let text: Vec<u8> = b"@ ".iter().copied().chain(ascii).collect();
        Case::new(
            format!("ascii-noise-{seed}"),
            ".js",
            text,
            Expect::Problem("syntax", ""),
        )
    }));
    let heads: [(&str, &[u8]); 8] = [
        ("png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0"),
        ("elf", b"\x7fELF\x02\x01\x01\0\xc3\x28"),
        ("wasm", b"\0asm\x01\0\0\0\xc3\x28"),
        ("zip", b"PK\x03\x04\x14\0\xc3\x28"),
        ("mach-o", b"\xcf\xfa\xed\xfe"),
        ("jpeg", b"\xff\xd8\xff\xe0"),
        ("transport-stream", b"G\x40\0\x10\0\0\xb0\x0d\0\x01\xc1"),
    ];
    cases.extend(heads.map(|(name, head)| {
        let bytes = [head, &[0x80], &noise(99, 2000)].concat();
        Case::new(name, ".ts", bytes, Expect::Problem("not-text", "UTF-8"))
    }));
    cases.push(Case::new(
        "nothing-but-nul",
        ".js",
        [0_u8; 4096],
        Expect::Problem("syntax", ""),
    ));
    cases
}

fn dialects() -> Vec<Case> {
    let leak = Case::before_leak;
    vec![
        leak(
            "flow-types",
            ".js",
            "// @flow\ntype A = {| +a: ?string |};\nfunction f(a: A): %checks { return !!a; }",
        ),
        leak(
            "flow-import",
            ".js",
            "// @flow\nimport type { A } from 'a';\nimport typeof B from 'b';\nexport type C = A;",
        ),
        leak(
            "flow-opaque",
            ".js",
            "// @flow\nopaque type A: string = string;\ndeclare var b: A;",
        ),
        leak(
            "typescript-in-js",
            ".js",
            "interface A { b: string }\nconst a: A = { b: '' } as A;",
        ),
        leak(
            "legacy-decorators",
            ".ts",
            "@a() class B { @c d = 1; @e() f(@g h: string) {} }",
        ),
        leak("decorators", ".js", "@a class B { @c accessor d = 1; @e f() {} }"),
        leak("decorators-before-export", ".mjs", "@a export class B {}"),
        leak("decorators-after-export", ".mjs", "export @a class B {}"),
        leak(
            "import-attributes",
            ".mjs",
            "import a from './a.json' with { type: 'json' };",
        ),
        leak(
            "import-assertions",
            ".mjs",
            "import a from './a.json' assert { type: 'json' };",
        ),
        leak("using", ".js", "{ using a = b(); }"),
        leak("await-using", ".mjs", "async function f() { await using a = b(); }"),
        leak("top-level-await", ".mjs", "await f();"),
        leak("top-level-return", ".cjs", "if (a) return;"),
        leak(
            "sloppy",
            ".cjs",
            "with (a) { b = 010; } var let_ = 1; delete x; function f(a, a) {}",
        ),
        leak("jsx-in-js", ".js", "const a = <b c={d}>{...e}</b>;"),
        leak("jsx-entities", ".jsx", "const a = <b>&nbsp;&#x1F600;&unknown;</b>;"),
        leak("jsx-namespace", ".jsx", "const a = <b:c d:e='f' />;"),
        leak("enum", ".ts", "const enum A { B = 1 << 2, C = `a`.length }"),
        leak(
            "namespaces",
            ".ts",
            "declare module 'a' { export = b; }\nnamespace A.B.C { export const d = 1 }",
        ),
        leak("import-equals", ".ts", "import a = require('a');\nimport b = A.B;"),
        leak(
            "abstract",
            ".ts",
            "abstract class A { abstract b(): void; declare c: string; private constructor() {} }",
        ),
        leak(
            "overloads",
            ".ts",
            "function f(a: string): void;\nfunction f(a: number): void;\nfunction f(a: any) {}",
        ),
        leak(
            "accessors",
            ".ts",
            "class A { accessor b = 1; static { this.b; } get #c() { return 1 } }",
        ),
        leak(
            "type-only",
            ".ts",
            "import { type A, type B as C } from 'a';\nexport type { A };\nexport type * from 'b';",
        ),
        leak(
            "regular-expressions",
            ".js",
            "/(?<a>b)(?<=c)[\\p{L}--[a-z]]/v.test(d); /[/]/g; a / b / c;",
        ),
        leak("regular-expression-that-explodes", ".js", "/^(a+)+$/.test(b);"),
        leak("private-in", ".js", "class A { #a; static is(b) { return #a in b; } }"),
        leak(
            "numeric",
            ".js",
            "const a = [0b1_0, 0o7, 0xFn, .5e-10, 1e309, 0.0000001];",
        ),
        leak(
            "async-iteration",
            ".js",
            "async function* f() { for await (const a of b) yield* c; }",
        ),
        leak(
            "optional-everything",
            ".js",
            "a?.b?.[c]?.(d)?.e`f`;".replace("`f`", "").as_str(),
        ),
        leak(
            "new-target",
            ".js",
            "function F() { new.target; import.meta; }"
                .replace(" import.meta;", "")
                .as_str(),
        ),
        leak(
            "keywords-as-names",
            ".js",
            "var async, of, get, set, from, as, type, let_, static_; async = of; ({ async, get, set, if: 1, class: 2 });",
        ),
        leak("html-close", ".cjs", "a\n--> b"),
    ]
}

/// What a merge leaves behind. The parser recovers from most of them: what is on both sides counts.
fn conflicts() -> Vec<Case> {
    let broken = |name: &str, text: String| Case::new(name, ".js", text, Expect::Spoken);
    vec![
        broken(
            "conflict",
            format!("<<<<<<< HEAD\nconst a = 1;\n=======\nconst a = 2;\n>>>>>>> b\n{LEAK}"),
        ),
        broken(
            "conflict-diff3",
            format!("<<<<<<< HEAD\na\n||||||| c\nb\n=======\nd\n>>>>>>> e\n{LEAK}"),
        ),
        broken(
            "conflict-in-function",
            format!("{LEAK}function f() {{\n<<<<<<< HEAD\n  a();\n=======\n}}\n>>>>>>> b\n"),
        ),
        Case::new(
            "conflict-ts",
            ".ts",
            format!("<<<<<<< HEAD\nlet a;\n=======\n>>>>>>> b\n{LEAK}"),
            Expect::Spoken,
        ),
        Case::new(
            "conflict-jsx",
            ".jsx",
            "const a = <b>\n<<<<<<< HEAD\n</b>;",
            Expect::Problem("syntax", ""),
        ),
    ]
}

/// Texts on which parsers have failed.
fn corners() -> Vec<Case> {
    let any = |name: &str, extension, text: &str| Case::new(name, extension, text, Expect::Problem("syntax", ""));
    vec![
        // The parser panics on it.
        Case::new(
            "member-of-namespace",
            ".jsx",
            "const x = <a:b.c/>;\n",
            Expect::Problem("internal", "parser"),
        ),
        Case::new("cut-string", ".js", "const a = 'b", Expect::Clean),
        any("cut-template", ".js", "const a = `b${c"),
        Case::new("cut-comment", ".js", "const a = 1; /* b", Expect::Clean),
        any("cut-regular-expression", ".js", "const a = /b"),
        any("cut-escape", ".js", "const a = '\\u{"),
        any("cut-class", ".js", "class A { b("),
        any("cut-element", ".jsx", "const a = <b c="),
        any("cut-type", ".ts", "let a: { b: (c: d) =>"),
        any("cut-arrow", ".ts", "const f = async <T,>(a: T"),
        Case::new("cut-surrogate", ".js", "const a = \\ud800;", Expect::Clean),
        any("huge-code-point", ".js", "const a = '\\u{110000}';"),
        any("quotes-of-all-kinds", ".js", "'\"`'\"`"),
        any("brackets-that-cross", ".js", "([)]"),
        any("brackets-that-close", ".js", &"}".repeat(10_000)),
        any("many-at-signs", ".js", &"@".repeat(10_000)),
        any("many-hashes", ".js", &"#".repeat(10_000)),
        any("many-backslashes", ".js", &"\\".repeat(10_000)),
        any("many-less-than", ".tsx", &"<".repeat(5_000)),
        any("many-less-than-ts", ".ts", &"<".repeat(5_000)),
        any("many-questions", ".ts", &"?".repeat(10_000)),
        any("many-arrows", ".ts", &"=>".repeat(10_000)),
        any("many-dots", ".js", &".".repeat(10_000)),
    ]
}
