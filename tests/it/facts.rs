//! Facts of fixtures, by their text dump; their size; and inputs that try to break the lowering.

use std::path::{Path, PathBuf};
use std::thread;

use leaklint::facts::dump::{dump, size};
use leaklint::facts::ids::Span;
use leaklint::facts::lower::lower;
use leaklint::facts::{Export, FileFacts};

/// Stack of the threads that lower files, in bytes, as the driver gives it.
const STACK: usize = 256 << 20;

#[test]
fn fixtures() {
    for path in fixture_files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let facts = lower(&path, &text).unwrap_or_else(|error| panic!("{}: {error} {:?}", path.display(), error.span));
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(format!("facts-{name}"), dump(&facts)));
    }
}

#[test]
fn facts_survive_storage() {
    for path in fixture_files() {
        let facts = lower_file(&path);
        let stored = postcard::to_allocvec(&facts).unwrap();
        let back: FileFacts = postcard::from_bytes(&stored).unwrap();
        assert!(back == facts, "{}", path.display());
        assert_eq!(stored.len(), size(&facts));
    }
}

/// Bytes of stored facts to bytes of source that the small service in the fixtures may take. Names that are kept once weigh
/// most in small files: over whole repositories the ratio is mostly 0.45 to 0.7, in dense or minified code up to 0.9.
const GREATEST_RATIO: f64 = 0.75;

#[test]
fn facts_are_small() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/facts/service.ts");
    let text = std::fs::read_to_string(&path).unwrap();
    let ratio = size(&lower(&path, &text).unwrap()) as f64 / text.len() as f64;
    assert!(ratio < GREATEST_RATIO, "facts take {ratio:.3} of the source");
}

/// The places that messages point at: callee and statement of each call, head of each function.
#[test]
fn places() {
    let text = "\
app.get('/', async (req, res) => {
  const client = await pool
    .connect();
  if (client.ok()) { run(); }
});
const doubled = list.map((x) => x * two()).filter(keep);
for (const a of all()) handle(a);
new some.Thing(function named() {});
class A extends mixin(B) { field = make(); m() {} }
";
    let facts = lower(Path::new("places.js"), text).unwrap();
    let at = |span: Span| &text[span.start as usize..span.end as usize];
    let calls: Vec<_> = facts
        .calls
        .iter()
        .map(|call| (at(call.callee_span), at(call.statement)))
        .collect();
    let const_client = "const client = await pool\n    .connect();";
    let const_doubled = "const doubled = list.map((x) => x * two()).filter(keep);";
    assert_eq!(
        calls,
        [
            ("connect", const_client),
            ("ok", "if (client.ok())"),
            ("run", "run();"),
            ("get", "app.get('/', async (req, res) =>"),
            ("two", const_doubled),
            ("map", const_doubled),
            ("filter", const_doubled),
            ("all", "for (const a of all())"),
            ("handle", "handle(a);"),
            ("Thing", "new some.Thing(function named()"),
            ("mixin", "class A extends mixin(B)"),
            ("make", "field = make();"),
        ]
    );
    let heads: Vec<_> = facts.functions.iter().map(|function| at(function.head)).collect();
    assert_eq!(heads, ["", "async (req, res) =>", "(x) =>", "named", "m", "A"]);
}

fn fixture_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/facts");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn lower_file(path: &Path) -> FileFacts {
    lower(path, &std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Lowers a text on a thread with the driver's stack.
fn lower_hostile(what: &str, text: String) {
    let lowered = thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || lower(Path::new("hostile.js"), &text).map(|facts| dump(&facts).len()))
        .unwrap()
        .join()
        .unwrap();
    assert!(lowered.is_ok_and(|length| length > 0), "{what}");
}

fn nested(depth: usize, open: &str, inside: &str, close: &str) -> String {
    format!("{}{inside}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn deep_nesting() {
    for (open, inside, close) in [
        ("(", "1", ")"),
        ("[", "", "]"),
        ("x = {a:", "1", "}"),
        ("(function () {", "f();", "})();"),
        ("(() => ", "1", ")"),
        ("{", "f();", "}"),
        ("if (a) {", "f();", "}"),
        ("if (a) b(); else { ", "f();", "}"),
        ("for (const a of b) {", "f();", "}"),
        ("try {", "f();", "} finally {}"),
        ("f(", "1", ")"),
        ("a[", "1", "]"),
        ("`${", "a", "}`"),
        ("!", "a", ""),
        ("new ", "A", ""),
        ("await ", "a", ""),
        ("<a>", "", "</a>"),
        ("l: {", "f();", "}"),
        ("switch (a) { case 1: ", "f();", "}"),
        ("class A { m() {", "f();", "} }"),
        ("a = ", "1", ""),
        ("a => ", "1", ""),
    ] {
        lower_hostile(open, nested(2000, open, inside, close));
    }
}

#[test]
fn long_chains() {
    let count = 1_000_000;
    lower_hostile("+", format!("x = 1{}", "+1".repeat(count)));
    lower_hostile("&&", format!("x{}", "&& f()".repeat(count / 10)));
    lower_hostile("calls", format!("x{}", ".a()".repeat(count / 10)));
    lower_hostile("?:", format!("x = {}1", "a?b:".repeat(count / 10)));
    // The parser's time is quadratic in the length of such a chain.
    lower_hostile("else if", format!("{}f()", "if(a)b();else ".repeat(5_000)));
    lower_hostile("statements", "f();".repeat(count / 10));
    lower_hostile("pattern", format!("var {} = b", nested(2000, "[", "a", "]")));
}

#[test]
fn too_deep_is_an_error() {
    let text = nested(100_000, "[", "", "]");
    let error = lower(Path::new("deep.js"), &text).unwrap_err();
    assert_eq!(error.message, "brackets are nested deeper than 20000 levels");
    assert!(lower(Path::new("text.js"), &format!("x = '{}'", "[".repeat(100_000))).is_ok());
}

#[test]
fn byte_order_mark_counts() {
    let facts = lower(Path::new("bom.js"), "\u{feff}f();").unwrap();
    assert_eq!((facts.calls[0].span.start, facts.calls[0].span.end), (3, 6));
}

#[test]
fn errors_have_a_place() {
    let error = lower(Path::new("broken.ts"), "const = 1;").unwrap_err();
    assert_eq!((error.span.start, error.span.end), (6, 7));
    // A recovered error costs nothing.
    let facts = lower(Path::new("again.ts"), "let a; let a; export default a;").unwrap();
    assert!(matches!(facts.exports[..], [Export::Local { .. }]));
}
