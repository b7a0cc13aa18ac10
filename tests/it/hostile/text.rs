//! Encodings, ends of lines, characters that editors hide, lines without end.

use super::LEAK;
use super::content::{Case, Expect, Size};

pub fn cases(size: Size) -> Vec<Case> {
    [marks(), bytes(), line_ends(), characters(), long(size)].concat()
}

fn leak(name: &str, text: impl Into<Vec<u8>>) -> Case {
    Case::new(name, ".js", text, Expect::Finding)
}

fn no_text(name: &str, bytes: impl Into<Vec<u8>>, word: &'static str) -> Case {
    Case::new(name, ".js", bytes, Expect::Problem("not-text", word))
}

fn broken(name: &str, text: impl Into<Vec<u8>>) -> Case {
    Case::new(name, ".js", text, Expect::Problem("syntax", ""))
}

/// What stands at the beginning of a file.
fn marks() -> Vec<Case> {
    let utf16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(LEAK.encode_utf16());
        units.flat_map(order).collect()
    };
    vec![
        leak("byte-order-mark", format!("\u{feff}{LEAK}")),
        leak(
            "byte-order-mark-and-hashbang",
            format!("\u{feff}#!/usr/bin/env node\n{LEAK}"),
        ),
        leak("hashbang", format!("#!/usr/bin/env node\n{LEAK}")),
        leak("hashbang-and-return", format!("#!/usr/bin/env node\r{LEAK}")),
        leak("use-strict", format!("'use strict';\n{LEAK}")),
        leak("byte-order-mark-inside", format!("\u{feff}{LEAK}const a =\u{feff}1;")),
        broken("two-hashbangs", format!("#!a\n#!b\n{LEAK}")),
        no_text("utf-16-little", utf16(u16::to_le_bytes), "UTF-16 (little-endian"),
        no_text("utf-16-big", utf16(u16::to_be_bytes), "UTF-16 (big-endian"),
        no_text("utf-16-mark-alone", [0xff, 0xfe], "UTF-16"),
        Case::new("empty", ".js", "", Expect::Clean),
        Case::new("mark-alone", ".js", "\u{feff}", Expect::Clean),
        Case::new("hashbang-alone", ".js", "#!/usr/bin/env node", Expect::Clean),
        Case::new("comment-alone", ".js", "// nothing", Expect::Clean),
        Case::new("line-end-alone", ".js", "\n", Expect::Clean),
    ]
}

/// Bytes that are no UTF-8, in each place.
fn bytes() -> Vec<Case> {
    const INVALID: &[(&str, &[u8])] = &[
        ("latin-1", b"\xe9"),
        ("lone-continuation", b"\x80"),
        ("overlong-slash", b"\xc0\xaf"),
        ("overlong-nul", b"\xc0\x80"),
        ("surrogate", b"\xed\xa0\x80"),
        ("surrogate-pair", b"\xed\xa0\xbd\xed\xb8\x80"),
        ("beyond-unicode", b"\xf4\x90\x80\x80"),
        ("cut-off", b"\xf0\x9f\x98"),
        ("impossible-byte", b"\xff"),
        ("shift-jis", b"\x83\x65\x83\x58\x83\x67"),
        ("gb18030", b"\xc4\xe3\xba\xc3"),
    ];
    let mut cases = Vec::new();
    for (name, bytes) in INVALID {
        let around = |before: &str, after: &str| [before.as_bytes(), bytes, after.as_bytes()].concat();
        let word = "not UTF-8";
        let texts = [
            ("in-comment", around("// ", &format!("\n{LEAK}"))),
            ("in-string", around("const a = '", &format!("';\n{LEAK}"))),
            ("at-end", around(LEAK, "")),
        ];
        cases.extend(texts.map(|(place, text)| no_text(&format!("{name}-{place}"), text, word)));
    }
    cases
}

fn line_ends() -> Vec<Case> {
    let with = |end: &str| LEAK.replace('\n', end);
    vec![
        leak("crlf", with("\r\n")),
        leak("lone-cr", with("\r")),
        leak("mixed-ends", LEAK.replacen('\n', "\r\n", 1).replacen(";\n", ";\r", 1)),
        leak("line-separator", with("\u{2028}")),
        leak("paragraph-separator", with("\u{2029}")),
        leak("no-end", LEAK.trim_end()),
        leak("separators-in-string", format!("const a = '\u{2028}\u{2029}';\n{LEAK}")),
        leak("vertical-tab", with("\n\u{b}\u{c}")),
        leak("next-line-in-comment", format!("// \u{85}\n{LEAK}")),
        leak("next-line", with("\u{85}")),
    ]
}

fn characters() -> Vec<Case> {
    vec![
        leak("nul-in-string", format!("const a = '\0';\n{LEAK}")),
        leak("nul-in-comment", format!("// \0\n{LEAK}")),
        broken("nul-in-code", format!("\0\n{LEAK}")),
        leak("escape-in-string", format!("const a = '\u{1b}[31m';\n{LEAK}")),
        leak("bell-in-comment", format!("// \u{7}\n{LEAK}")),
        leak("delete-in-string", format!("const a = '\u{7f}\u{9b}';\n{LEAK}")),
        leak("right-to-left-override", format!("// \u{202e}}}\n{LEAK}")),
        leak("isolates", format!("const a = '\u{2066}a\u{2069}';\n{LEAK}")),
        leak("tags", format!("const a = '\u{e0041}\u{e007f}';\n{LEAK}")),
        leak(
            "astral-before",
            LEAK.replace("  process", "  /* \u{1f600}\u{1f468}\u{200d}\u{1f469} */ process"),
        ),
        leak(
            "combining-before",
            LEAK.replace("  process", &format!("  /* a{} */ process", "\u{301}".repeat(500))),
        ),
        leak("astral-identifier", format!("const \u{20bb7} = 1;\n{LEAK}")),
        leak("escaped-identifier", LEAK.replace("app", "\\u0061pp")),
        leak("escaped-identifier-in-braces", LEAK.replace("app", "\\u{61}pp")),
        leak(
            "zero-width-joiner-identifier",
            LEAK.replace("response", "r\u{200d}esponse"),
        ),
        leak("lone-surrogate-escape", format!("const a = '\\ud800';\n{LEAK}")),
        leak("lone-surrogate-key", format!("const a = {{ '\\udfff': 1 }};\n{LEAK}")),
        leak("lone-surrogate-event", LEAK.replace("'message'", "'\\ud83d'")),
        leak("lone-surrogate-template", format!("const a = `\\ud83d`;\n{LEAK}")),
        leak(
            "lone-surrogate-module",
            format!("const a = require('\\ud83d');\n{LEAK}"),
        ),
        leak(
            "odd-spaces",
            LEAK.replace(' ', "\u{3000}")
                .replace("const\u{3000}app", "const\u{a0}app"),
        ),
        leak("event-with-newline", LEAK.replace("'message'", "'a\\nb\\u001b[2J'")),
        leak("event-with-command", LEAK.replace("'message'", "'::error::x'")),
        leak("html-comment", format!("<!-- a\n{LEAK}--> b\n")),
        leak("zero-width-space", format!("const\u{200b}a = 1;\n{LEAK}")),
        broken("curly-quotes", format!("const a = \u{201c}b\u{201d};\n{LEAK}")),
        broken("non-characters", format!("\u{fffe}\u{ffff}\n{LEAK}")),
        broken("private-use", format!("\u{e000}\n{LEAK}")),
        broken("replacement-character", format!("\u{fffd}\n{LEAK}")),
    ]
}

/// Lines and words without end, before a leak on the same line.
fn long(size: Size) -> Vec<Case> {
    let large = match size {
        Size::Usual => 300_000,
        Size::Large => 10_000_000,
    };
    let one_line = LEAK.replace('\n', " ");
    let mut cases = Vec::new();
    for length in [70_000, large] {
        let long = |character: &str| character.repeat(length / character.len());
        let texts = [
            ("comment", format!("/*{}*/{one_line}", long("a"))),
            ("astral-comment", format!("/*{}*/{one_line}", long("\u{1f600}"))),
            ("spaces", format!("{}{one_line}", long(" "))),
            ("tabs", format!("{}{one_line}", long("\t"))),
            ("string", format!("const s='{}';{one_line}", long("a"))),
            ("template", format!("const s=`{}`;{one_line}", long("a"))),
            ("regular-expression", format!("const s=/{}/;{one_line}", long("a"))),
            (
                "class-of-regular-expression",
                format!("const s=/[{}]/;{one_line}", long("(")),
            ),
            ("string-of-brackets", format!("const s='{}';{one_line}", long("([{"))),
            ("comment-of-quotes", format!("/*{}*/{one_line}", long("'\"`"))),
            ("name", format!("const {}=1;{one_line}", long("a"))),
            ("escaped-name", format!("const {}=1;{one_line}", long("\\u0061"))),
            ("number", format!("const n={};{one_line}", long("1"))),
            ("big-integer", format!("const n={}n;{one_line}", long("1"))),
            ("fraction", format!("const n=0.{};{one_line}", long("1"))),
            ("digits-with-separators", format!("const n=1{};{one_line}", long("_1"))),
            ("event", one_line.replace("message", &long("m"))),
            ("handler", one_line.replace("response", &long("r"))),
            ("after", format!("{one_line}/*{}*/", long("a"))),
            ("hashbang", format!("#!{}\n{LEAK}", long("a"))),
        ];
        let named = |(name, text): (&str, String)| {
            let mut case = leak(&format!("long-{name}-{length}"), text);
            // Brackets that are none are told from others in strings only, and there up to a number.
            let is_over = match name {
                "class-of-regular-expression" => true,
                "string-of-brackets" => length > 200_000,
                _ => false,
            };
            if is_over {
                case.expect = Expect::Problem("limit", "nesting");
            }
            case
        };
        cases.extend(texts.map(named));
    }
    // Nobody reads what tools packed into one line, unless he names it.
    let packed = format!("{one_line}{}", "f();".repeat(5_000));
    cases.push(Case::new("packed", ".js", packed.clone(), Expect::Problem("skipped", "minified")).found());
    cases.push(
        Case::new(
            "packed-by-name",
            ".min.js",
            LEAK,
            Expect::Problem("skipped", "minified"),
        )
        .found(),
    );
    cases.push(leak("packed-and-named", packed));
    cases
}
