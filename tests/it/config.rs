//! Configurations: every mistake with its place, what holds for which file, and the schema.

use std::fs;
use std::path::{Path, PathBuf};

use leaklint::config::discover::{Choice, Configurations};
use leaklint::config::mistake::Mistake;
use leaklint::config::options::Level;
use leaklint::config::schema::schema;
use leaklint::diagnostic::{Confidence, Severity};
use leaklint::driver::{self, CheckError, CheckOptions, Outcome, check};
use leaklint::overlay::Overlay;
use leaklint::source::SourceText;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::package_root;

/// One leak in a file of each sort.
const LEAK: &str = "const seen = new Map();
require('http').createServer((req, res) => {
  seen.set(req.url, 1);
});
";

fn tree(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn options(folder: &Path) -> CheckOptions {
    CheckOptions::new(vec![PathBuf::from(".")], folder.canonicalize().unwrap())
}

/// The files with findings, each with its severity.
fn found(outcome: &Outcome) -> Vec<(&str, Severity)> {
    let shown = |each: &leaklint::diagnostic::Diagnostic| {
        let file = &outcome.files[each.primary.place.file.index()];
        (file.shown(), each.severity)
    };
    outcome.diagnostics.iter().map(shown).collect()
}

fn names(options: &CheckOptions) -> Vec<String> {
    let outcome = check(options).unwrap();
    found(&outcome).iter().map(|(name, _)| (*name).to_owned()).collect()
}

fn mistakes(folder: &Path) -> Vec<Mistake> {
    match check(&options(folder)) {
        Err(CheckError::Configuration(mistakes)) => mistakes,
        other => panic!("no mistake: {other:?}"),
    }
}

/// `line:column what | message | help` of the only mistake in a configuration beside `a.js`.
fn said(text: &str) -> String {
    let folder = tree(&[
        ("a.js", LEAK),
        ("other/x.toml", "[catalog"),
        ("leaklint.json", text),
        (".git/HEAD", ""),
    ]);
    let all = mistakes(folder.path());
    let [mistake] = all.as_slice() else { panic!("{all:?}") };
    let source = SourceText::new(mistake.text.clone());
    let at = source.position(mistake.span.start as u32);
    let quoted = &mistake.text[mistake.span.clone()];
    let root = folder.path().canonicalize().unwrap();
    let message = mistake.message.replace(&root.display().to_string(), "ROOT");
    let help = mistake.help.clone().unwrap_or_default();
    format!("{}:{} {quoted} | {message} | {help}", at.line, at.column)
}

#[test]
fn every_mistake_is_shown_at_its_place() {
    let cases = [
        ("[]", "1:1 [] | a configuration is an object: `{ … }` | "),
        (
            r#"{ "overrides": [["a"]] }"#,
            "1:17 [\"a\"] | an exception is an object: `{ … }` | ",
        ),
        ("", "1:1  | it is empty; write `{}` | "),
        ("{\n  \"rules\": {", "2:12 { | unterminated object | "),
        (
            "{ \"tests\": [], \"tests\": [] }",
            "1:16 \"tests\" | the key `tests` is there twice | ",
        ),
        (
            "{\n  \"ruls\": {}\n}",
            "2:3 \"ruls\" | unknown key `ruls` | did you mean `rules`?",
        ),
        (
            r#"{ "rules": { "unremoved-listner": "off" } }"#,
            "1:14 \"unremoved-listner\" | unknown rule `unremoved-listner` | did you mean `unremoved-listener`?",
        ),
        (
            r#"{ "rules": { "unbounded-cache": "eror" } }"#,
            "1:33 \"eror\" | unknown word `eror` | did you mean `error`?",
        ),
        (
            r#"{ "rules": { "unbounded-cache": { "lvl": "warn" } } }"#,
            "1:35 \"lvl\" | unknown key `lvl` | did you mean `level`?",
        ),
        (
            r#"{ "rules": { "unbounded-cache": 2 } }"#,
            "1:33 2 | invalid type: integer `2`, expected a level or an object | ",
        ),
        (
            r#"{ "minConfidence": "certain" }"#,
            "1:20 \"certain\" | unknown word `certain` | known here: low, medium, high",
        ),
        (
            r#"{ "include": "src" }"#,
            "1:14 \"src\" | invalid type: string \"src\", expected a sequence | ",
        ),
        (
            r#"{ "exclude": ["a", "[z"] }"#,
            "1:20 \"[z\" | unclosed character class; missing ']' | ",
        ),
        (
            r#"{ "exclude": ["!src"] }"#,
            "1:15 \"!src\" | a pattern cannot be negated | say what to read in `include` and what not in `exclude`",
        ),
        (
            r#"{ "tests": ["../x"] }"#,
            "1:13 \"../x\" | a pattern is relative to its file and cannot leave its folder | ",
        ),
        (
            r#"{ "extends": "./gone.json" }"#,
            "1:14 \"./gone.json\" | there is no file `ROOT/gone.json` | ",
        ),
        (
            r#"{ "extends": ["../up.json"] }"#,
            "1:15 \"../up.json\" | `../up.json` is outside `ROOT` | ",
        ),
        (
            r#"{ "extends": ["leaklint.json"] }"#,
            "1:15 \"leaklint.json\" | `leaklint.json` extends this configuration itself | ",
        ),
        (
            r#"{ "catalog": ["own.toml"] }"#,
            "1:15 \"own.toml\" | there is no file `ROOT/own.toml` | ",
        ),
        (
            r#"{ "catalog": ["/etc/passwd"] }"#,
            "1:15 \"/etc/passwd\" | `/etc/passwd` is outside `ROOT` | ",
        ),
        (
            r#"{ "baseline": "../b.json" }"#,
            "1:15 \"../b.json\" | `../b.json` is outside `ROOT` | ",
        ),
        (
            r#"{ "overrides": [{ "files": ["a"] }, { "rules": {} }] }"#,
            "1:37 { \"rules\": {} } | missing field `files` | ",
        ),
        (
            r#"{ "overrides": [{ "files": ["a"], "rules": { "x": "off" } }] }"#,
            "1:46 \"x\" | unknown rule `x` | known here: client-per-request, mismatched-removal",
        ),
        (
            r#"{ "requireReasons": "yes" }"#,
            "1:21 \"yes\" | invalid type: string \"yes\", expected a boolean | ",
        ),
    ];
    let mut wrong = Vec::new();
    for (text, expected) in cases {
        let said = said(text);
        if !said.starts_with(expected) {
            wrong.push(format!("{text}\n  said:     {said}\n  expected: {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A configuration on `extends` that others cannot leave by a link, files that are no text, two in one folder, and a library
/// file with a mistake of its own.
#[test]
fn mistakes_that_are_not_in_the_text() {
    let folder = tree(&[("a.js", LEAK), ("leaklint.json", "{}"), ("leaklint.jsonc", "{}")]);
    assert!(
        mistakes(folder.path())[0]
            .message
            .starts_with("there is a second configuration")
    );
    let folder = tree(&[
        ("a.js", LEAK),
        ("leaklint.json", "{}"),
        ("package.json", r#"{ "leaklint": {} }"#),
    ]);
    assert!(mistakes(folder.path())[0].message.contains("`leaklint`"));
    let folder = tree(&[("a.js", LEAK)]);
    fs::write(folder.path().join("leaklint.json"), [b'{', 0xff, b'}']).unwrap();
    assert!(mistakes(folder.path())[0].message.contains("not UTF-8"));
    let library = "[catalog]\nlibrary = \"own\"\nsource = \"https://example.com\"\n\n[[aquire]]\n";
    let folder = tree(&[
        ("a.js", LEAK),
        ("own.toml", library),
        ("leaklint.json", r#"{ "catalog": ["own.toml"] }"#),
    ]);
    let mistake = &mistakes(folder.path())[0];
    assert!(
        mistake.path.ends_with("own.toml") && mistake.text == library,
        "{mistake:?}"
    );
    assert_eq!(mistake.help.as_deref(), Some("did you mean `acquire`?"));
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_out_of_the_repository() {
    let outside = tree(&[("base.json", "{}")]);
    let folder = tree(&[
        ("a.js", LEAK),
        (".git/HEAD", ""),
        ("leaklint.json", r#"{ "extends": "base.json" }"#),
    ]);
    std::os::unix::fs::symlink(outside.path().join("base.json"), folder.path().join("base.json")).unwrap();
    assert!(mistakes(folder.path())[0].message.contains("is outside"));
}

#[test]
fn levels_patterns_and_exceptions() {
    let folder = tree(&[
        ("a.js", LEAK),
        ("src/b.js", LEAK),
        ("src/old/c.js", LEAK),
        ("vendor/d.js", LEAK),
        ("gen/e.js", LEAK),
        (
            "leaklint.jsonc",
            r#"{
  // Comments and trailing commas are fine.
  "exclude": ["vendor", "gen/**"],
  "rules": { "unbounded-cache": "error" },
  "overrides": [
    { "files": ["src/**"], "rules": { "unbounded-cache": { "level": "warn" } } },
    { "files": ["src/old"], "rules": { "unbounded-cache": "off" } },
  ],
}"#,
        ),
    ]);
    let outcome = check(&options(folder.path())).unwrap();
    assert_eq!(
        found(&outcome),
        [("a.js", Severity::Error), ("src/b.js", Severity::Warning)]
    );
    assert_eq!(outcome.files.len(), 3, "what is left out is not read");

    let mut named = options(folder.path());
    named.paths = vec![PathBuf::from("vendor/d.js")];
    assert_eq!(names(&named), ["vendor/d.js"]);
    named.force_exclude = true;
    assert!(names(&named).is_empty());
    named.configuration = Choice::None;
    assert_eq!(names(&named), ["vendor/d.js"]);
    named.paths = vec![PathBuf::from(".")];
    assert_eq!(names(&named).len(), 5);
}

#[test]
fn confidence_is_the_rules_the_exceptions_or_the_command_lines() {
    let cases = [
        (r#"{ "minConfidence": "high" }"#, Confidence::High),
        (
            r#"{ "rules": { "unbounded-cache": { "minConfidence": "low" } } }"#,
            Confidence::Low,
        ),
        (
            r#"{ "minConfidence": "high", "overrides": [{ "files": ["a.js"], "minConfidence": "low" }] }"#,
            Confidence::Low,
        ),
    ];
    for (text, expected) in cases {
        let folder = tree(&[("a.js", LEAK), ("leaklint.json", text)]);
        let root = folder.path().canonicalize().unwrap();
        let settings = settings(&root, &[root.as_path()]);
        let of_file = settings.of(&root.join("a.js")).of_file(&root.join("a.js"));
        assert_eq!(of_file.threshold("unbounded-cache").0, expected, "{text}");
    }
}

fn settings(root: &Path, folders: &[&Path]) -> Configurations {
    let known: Vec<&str> = driver::rule_infos().iter().map(|rule| rule.id).collect();
    let overlay = Overlay::default();
    Configurations::find(&Choice::Nearest, folders.iter().copied(), root, &overlay, &known).unwrap()
}

#[test]
fn the_nearest_configuration_holds_with_what_it_extends() {
    let folder = tree(&[
        (".git/HEAD", ""),
        (
            "leaklint.json",
            r#"{ "rules": { "unbounded-cache": "error", "unclosed-handle": "off" } }"#,
        ),
        ("a.js", LEAK),
        (
            "packages/one/package.json",
            r#"{ "name": "one", "leaklint": { "extends": "../../leaklint.json", "rules": { "unbounded-cache": "warn" } } }"#,
        ),
        ("packages/one/src/b.js", LEAK),
        (
            "packages/two/leaklint.json",
            r#"{ "rules": { "unbounded-cache": "off" } }"#,
        ),
        ("packages/two/c.js", LEAK),
        (
            "packages/three/package.json",
            r#"{ "name": "three", "keywords": ["leaklint"] }"#,
        ),
        ("packages/three/d.js", LEAK),
    ]);
    let outcome = check(&options(folder.path())).unwrap();
    assert_eq!(
        found(&outcome),
        [
            ("a.js", Severity::Error),
            ("packages/one/src/b.js", Severity::Warning),
            ("packages/three/d.js", Severity::Error),
        ]
    );
    let root = folder.path().canonicalize().unwrap();
    let one = root.join("packages/one/src");
    let settings = settings(&root, &[&one]);
    let of_file = settings.of(&one.join("b.js")).of_file(&one.join("b.js"));
    let (level, origin) = of_file.rule("unclosed-handle").level.unwrap();
    assert_eq!(level, Level::Off);
    assert_eq!(origin.to_string(), root.join("leaklint.json").display().to_string());
}

#[test]
fn nothing_above_a_repository_counts() {
    let folder = tree(&[
        ("leaklint.json", r#"{ "rules": { "unbounded-cache": "off" } }"#),
        ("in/.git/HEAD", ""),
        ("in/a.js", LEAK),
        ("b.js", LEAK),
    ]);
    assert_eq!(names(&options(folder.path())), ["in/a.js"]);
}

/// A list of one's own takes the place of the default.
#[test]
fn tests_are_what_the_configuration_calls_tests() {
    let sources = [
        ("a.test.js", LEAK),
        ("b_TEST.js", LEAK),
        ("c.e2e-spec.js", LEAK),
        ("test/d.js", LEAK),
        ("e.test.d/f.js", LEAK),
    ];
    let folder = tree(&sources);
    assert_eq!(names(&options(folder.path())), ["e.test.d/f.js"]);
    fs::write(folder.path().join("leaklint.json"), r#"{ "tests": ["test/"] }"#).unwrap();
    assert_eq!(names(&options(folder.path())).len(), 4);
    fs::write(folder.path().join("leaklint.json"), r#"{ "tests": [] }"#).unwrap();
    assert_eq!(names(&options(folder.path())).len(), 5);
}

#[test]
fn own_libraries_are_described_in_the_same_form() {
    let library = "[catalog]\nlibrary = \"rentals\"\nsource = \"https://example.com/rentals\"\n
[type]\nDesk = { from = \"call rentals.open\" }\nKey = {}\n
[[acquire]]\ncall = \"Desk#rent\"\nresource = \"connection\"\nitem = { at = \"awaited\", type = \"Key\" }
ends = [{ call = \"Key#giveBack\", on = \"item\" }]\n
[[example]]\nrule = \"unreleased-connection\"\nleak = \"a\"\nok = \"b\"\n";
    let source = "import { open } from 'rentals';\nconst desk = open();
export async function visit(guest) {\n  const key = await desk.rent();\n  await guest.enter(key);\n  key.giveBack();\n}\n";
    let folder = tree(&[("a.js", source), ("lib/rentals.toml", library)]);
    assert!(names(&options(folder.path())).is_empty());
    fs::write(
        folder.path().join("leaklint.json"),
        r#"{ "catalog": ["lib/rentals.toml"] }"#,
    )
    .unwrap();
    assert_eq!(names(&options(folder.path())), ["a.js"]);
}

fn rule_words() -> Vec<(&'static str, &'static str)> {
    driver::rule_infos()
        .iter()
        .map(|rule| (rule.id, rule.summary))
        .collect()
}

#[test]
fn the_schema_is_the_committed_one() {
    let committed = fs::read_to_string(package_root().join("leaklint.schema.json")).unwrap();
    let made = serde_json::to_string_pretty(&schema(&rule_words())).unwrap() + "\n";
    assert!(
        committed == made,
        "write `leaklint config --schema` to leaklint.schema.json"
    );
}

/// What the schema takes the parser takes, and what the schema refuses the parser refuses.
#[test]
fn the_schema_and_the_parser_agree() {
    let validator = jsonschema::validator_for(&schema(&rule_words())).unwrap();
    let accepted = [
        json!({}),
        json!({ "$schema": "x", "include": ["src"], "exclude": [], "tests": [], "minConfidence": "low" }),
        json!({ "rules": { "unbounded-cache": "off", "unclosed-handle": { "level": "warn", "minConfidence": "high" } } }),
        json!({ "overrides": [{ "files": ["x"], "rules": { "unbounded-cache": "error" }, "minConfidence": "high" }] }),
        json!({ "requireReasons": false, "baseline": "b.json", "catalog": [], "extends": [] }),
    ];
    let refused = [
        json!([]),
        json!({ "rulez": {} }),
        json!({ "rules": { "nothing": "off" } }),
        json!({ "rules": { "unbounded-cache": "loud" } }),
        json!({ "rules": { "unbounded-cache": { "level": "warn", "x": 1 } } }),
        json!({ "rules": [] }),
        json!({ "minConfidence": 3 }),
        json!({ "include": [1] }),
        json!({ "extends": 1 }),
        json!({ "overrides": [{}] }),
        json!({ "overrides": [{ "files": ["x"], "rules": { "nothing": "off" } }] }),
        json!({ "requireReasons": "no" }),
    ];
    let parses = |value: &Value| {
        let folder = tree(&[("a.js", ""), ("leaklint.json", &value.to_string())]);
        check(&options(folder.path())).is_ok()
    };
    for (cases, is_fine) in [(&accepted[..], true), (&refused[..], false)] {
        for value in cases {
            assert_eq!(validator.is_valid(value), is_fine, "schema: {value}");
            assert_eq!(parses(value), is_fine, "parser: {value}");
        }
    }
}

/// The reference in the documentation is the schema in words.
#[test]
fn the_reference_is_the_schema() {
    let schema = schema(&rule_words());
    let mut rows = String::from("| key | what it says |\n|---|---|\n");
    for (key, property) in schema["properties"].as_object().unwrap() {
        let words = property["description"].as_str().unwrap().replace('\n', " ");
        let default = match &property["default"] {
            Value::Null => String::new(),
            value if *value == json!([]) || *value == json!({}) => String::new(),
            value => format!(" Default: `{value}`."),
        };
        rows.push_str(&format!("| `{key}` | {words}{default} |\n"));
    }
    let page = fs::read_to_string(package_root().join("docs/configuration.md")).unwrap();
    assert!(page.contains(&rows), "docs/configuration.md should hold:\n{rows}");
}
