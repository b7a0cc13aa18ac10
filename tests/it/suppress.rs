//! Suppressions: what each form covers, and what is wrong with one.

use std::fs;
use std::path::PathBuf;

use leaklint::driver::{CheckOptions, check};

/// A file of the given lines around one leak on a line of its own, and findings as `line rule: message`.
fn found_as(name: &str, text: &str, configuration: &str) -> Vec<String> {
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    fs::write(folder.path().join("leaklint.json"), configuration).unwrap();
    let options = CheckOptions::new(vec![PathBuf::from(".")], folder.path().canonicalize().unwrap());
    let outcome = check(&options).unwrap();
    let shown = |each: &leaklint::diagnostic::Diagnostic| {
        let file = &outcome.files[each.primary.place.file.index()];
        let line = file.source().position(each.primary.place.span.start).line;
        match each.rule {
            "invalid-suppression" | "unused-suppression" => format!("{line} {}: {}", each.rule, each.message),
            rule => format!("{line} {rule}"),
        }
    };
    outcome.diagnostics.iter().map(shown).collect()
}

fn found(text: &str) -> Vec<String> {
    found_as("a.jsx", text, "{}")
}

/// A handler whose body is `lines`; the first of them is line 3.
fn handler(lines: &str) -> String {
    format!("const seen = new Map();\nrequire('http').createServer((req, res) => {{\n{lines}\n}});\n")
}

#[test]
fn each_form_covers_what_it_says() {
    let covered = [
        "// leaklint-ignore-next-line unbounded-cache: shops are few\nseen.set(req.url, 1);",
        "//leaklint-ignore-next-line unbounded-cache:shops are few\nseen.set(req.url, 1);",
        "/* leaklint-ignore-next-line unbounded-cache: shops are few */\nseen.set(req.url, 1);",
        "/**\n * leaklint-ignore-next-line unbounded-cache: shops\n * are few\n */\nseen.set(req.url, 1);",
        "// leaklint-ignore-next-line unbounded-cache: few\n// another comment\n\nseen.set(req.url, 1);",
        "// leaklint-ignore-next-line unbounded-cache: few\nseen.set(\n  req.url,\n  { a: 1 },\n);",
        "seen.set(req.url, 1); // leaklint-ignore-line unbounded-cache: few",
        "seen.set(\n  req.url,\n  1,\n); // leaklint-ignore-line unbounded-cache: few",
        "seen.set(req.url, 1);\n// leaklint-ignore-file unbounded-cache: a fixture",
        "const view = <p>{/* leaklint-ignore-next-line unbounded-cache: few */}\n{seen.set(req.url, 1)}</p>;",
    ];
    for lines in covered {
        assert!(
            found(&handler(lines)).is_empty(),
            "{lines}\n{:?}",
            found(&handler(lines))
        );
    }
    assert_eq!(found(&handler("seen.set(req.url, 1);")), ["3 unbounded-cache"]);
}

#[test]
fn what_stands_elsewhere_is_not_covered() {
    let cases = [
        (
            "// leaklint-ignore-next-line unbounded-cache: few\nres.end();\nseen.set(req.url, 1);",
            vec![
                "3 unused-suppression: the suppression of `unbounded-cache` suppresses nothing",
                "5 unbounded-cache",
            ],
        ),
        (
            "// leaklint-ignore-line unbounded-cache: few\nseen.set(req.url, 1);",
            vec![
                "3 unused-suppression: the suppression of `unbounded-cache` suppresses nothing",
                "4 unbounded-cache",
            ],
        ),
        (
            "// leaklint-ignore-next-line unclosed-handle: few\nseen.set(req.url, 1);",
            vec![
                "3 unused-suppression: the suppression of `unclosed-handle` suppresses nothing",
                "4 unbounded-cache",
            ],
        ),
        (
            "const text = '// leaklint-ignore-file unbounded-cache: no comment';\nseen.set(req.url, 1);",
            vec!["4 unbounded-cache"],
        ),
        (
            "// One writes leaklint-ignore-file unbounded-cache: like this.\nseen.set(req.url, 1);",
            vec!["4 unbounded-cache"],
        ),
    ];
    for (lines, expected) in cases {
        assert_eq!(found(&handler(lines)), expected, "{lines}");
    }
}

#[test]
fn a_suppression_above_a_function_does_not_cover_its_body() {
    let text = "const seen = new Map();\n// leaklint-ignore-next-line unbounded-cache: the whole handler
require('http').createServer((req, res) => {\n  seen.set(req.url, 1);\n});\n";
    assert_eq!(found(text).len(), 2, "{:?}", found(text));
}

#[test]
fn mistakes_are_findings_at_their_place() {
    let cases = [
        (
            "// leaklint-ignore-next-line unbounded-cache\nseen.set(req.url, 1);",
            vec!["3 invalid-suppression: the suppression does not say why"],
        ),
        (
            "/* leaklint-ignore-next-line unbounded-cache: **/\nseen.set(req.url, 1);",
            vec!["3 invalid-suppression: the suppression does not say why"],
        ),
        (
            "// leaklint-ignore-next-line: why not\nseen.set(req.url, 1);",
            vec![
                "3 invalid-suppression: the suppression names no rule",
                "4 unbounded-cache",
            ],
        ),
        (
            "// leaklint-ignore-next-line unbound-cache: few\nseen.set(req.url, 1);",
            vec![
                "3 invalid-suppression: there is no rule `unbound-cache`",
                "4 unbounded-cache",
            ],
        ),
        (
            "// leaklint-ignore unbounded-cache: few\nseen.set(req.url, 1);",
            vec![
                "3 invalid-suppression: `leaklint-ignore` suppresses nothing",
                "4 unbounded-cache",
            ],
        ),
        (
            "// leaklint-ignore-next-line unbounded-cache, unclosed-handle: few\nseen.set(req.url, 1);",
            vec!["3 unused-suppression: the suppression of `unclosed-handle` suppresses nothing"],
        ),
    ];
    for (lines, expected) in cases {
        assert_eq!(found(&handler(lines)), expected, "{lines}");
    }
}

#[test]
fn the_configuration_decides_about_reasons_and_levels() {
    let bare = handler("// leaklint-ignore-next-line unbounded-cache\nseen.set(req.url, 1);");
    assert!(found_as("a.js", &bare, r#"{ "requireReasons": false }"#).is_empty());
    let idle = "// leaklint-ignore-file unbounded-cache: nothing is here\n";
    assert_eq!(found_as("a.js", idle, "{}").len(), 1);
    assert!(found_as("a.js", idle, r#"{ "rules": { "unused-suppression": "off" } }"#).is_empty());
    assert!(found_as("a.test.js", idle, "{}").is_empty(), "tests are not looked at");
}

/// What is found at low confidence is there: to suppress it is no mistake.
#[test]
fn a_suppression_of_what_is_not_shown_is_used() {
    let covered = handler("// leaklint-ignore-next-line unbounded-cache: few\nseen.set(req.url, 1);");
    assert!(found_as("a.js", &covered, r#"{ "rules": { "unbounded-cache": "off" } }"#).is_empty());
}
