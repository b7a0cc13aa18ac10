//! Lowering binds names as SWC's resolver does: the oracle that is too slow to use.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use leaklint::facts::ids::BindingId;
use leaklint::facts::lower::references;
use leaklint::limits::Limits;
use leaklint::parse::with_parsed;
use swc_common::{GLOBALS, Globals, Mark, SyntaxContext};
use swc_ecma_ast::{ExportNamedSpecifier, Ident, JSXClosingElement, JSXElementName, Program, TsType};
use swc_ecma_transforms_base::resolver;
use swc_ecma_visit::{Visit, VisitWith};
use walkdir::WalkDir;

use crate::hostile::generated;

/// How long the resolver may take for one file; it is exponential on classes that extend classes that extend classes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A difference that is the resolver's mistake.
struct Known {
    /// What it says, without the name.
    message: &'static str,
    /// Whether a file has it, given its text and the name.
    is_in: fn(&str, &str) -> bool,
}

/// The differences that are to stay. At most 20, each with its reason.
const KNOWN: &[Known] = &[
    // `declare global {}` augments the global scope; the resolver takes it for a namespace called `global`.
    Known {
        message: "is a variable, not global",
        is_in: augments_global,
    },
    Known {
        message: "was not seen",
        is_in: augments_global,
    },
    // `{ type T = … }` is scoped to its block; the resolver declares it in the function around the block.
    Known {
        message: "is the same variable as another",
        is_in: declares_type_twice,
    },
];

fn augments_global(text: &str, name: &str) -> bool {
    name == "global" && text.contains("declare global")
}

fn declares_type_twice(text: &str, name: &str) -> bool {
    text.matches(&format!("type {name} =")).count() > 1
}

/// What SWC's resolver makes of a file.
struct Oracle {
    unresolved: Mark,
    /// The offset of each identifier, its name and its context, `None` if it is global.
    found: HashMap<u32, (String, Option<SyntaxContext>)>,
    has_types: bool,
}

#[test]
fn fixtures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let summary = compare_folder(&folder);
    assert!(
        summary.files > 400 && summary.references > 12_000,
        "only {} references in {} files were compared",
        summary.references,
        summary.files
    );
    assert!(summary.differences.is_empty(), "{}", summary.first(60));
}

/// What the grammar of the fuzzers makes: every declaration in every nesting of functions, classes and blocks.
#[test]
fn programs_of_the_grammar() {
    let mut references = 0;
    for seed in 0..500 {
        let text = generated(seed).to_string();
        let (count, differences) = compare(Path::new("m.ts"), &text).expect("it parses");
        assert!(differences.is_empty(), "{differences:#?}\n{text}");
        references += count;
    }
    assert!(references > 20_000, "only {references} references were compared");
}

/// The same check over the folder that `LEAKLINT_ORACLE_DIR` names (an unpacked npm package), else over the fixtures.
#[test]
fn npm_package() {
    let Some(folder) = std::env::var_os("LEAKLINT_ORACLE_DIR").map(PathBuf::from) else {
        return fixtures();
    };
    let summary = compare_folder(&folder);
    println!("{} files, {} references", summary.files, summary.references);
    for path in &summary.skipped {
        println!("no verdict: {}", path.display());
    }
    assert!(summary.references > 0, "no references in {}", folder.display());
    assert!(
        summary.differences.is_empty(),
        "{} differences:\n{}",
        summary.differences.len(),
        summary.first(60)
    );
}

#[derive(Default)]
struct Summary {
    files: usize,
    references: usize,
    /// Files that do not parse, or on which the resolver took too long.
    skipped: Vec<PathBuf>,
    differences: Vec<String>,
}

impl Summary {
    fn first(&self, count: usize) -> String {
        self.differences[..self.differences.len().min(count)].join("\n")
    }
}

fn compare_folder(folder: &Path) -> Summary {
    let mut summary = Summary::default();
    for entry in WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
    {
        let path = entry.into_path();
        let extension = path
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or_default();
        if !matches!(extension, "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts") || !path.is_file() {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        summary.files += 1;
        match compare_in_time(&path, &text) {
            Some((references, differences)) => {
                summary.references += references;
                summary.differences.extend(differences);
            }
            None => summary.skipped.push(path),
        }
    }
    summary
}

fn compare_in_time(path: &Path, text: &str) -> Option<(usize, Vec<String>)> {
    let (send, receive) = mpsc::channel();
    let (path, text) = (path.to_owned(), text.to_owned());
    thread::Builder::new()
        .stack_size(256 << 20)
        .spawn(move || {
            // The receiver is gone if this took too long.
            let _ = send.send(compare(&path, &text));
        })
        .expect("a thread can be started");
    receive.recv_timeout(PATIENCE).ok().flatten()
}

/// Two identifiers must be the same variable for both sides or for neither, and global for both or for neither.
fn compare(path: &Path, text: &str) -> Option<(usize, Vec<String>)> {
    let ours = references(path, text).ok()?;
    let oracle = oracle(path, text)?;
    let mut differences = Vec::new();
    let mut report = |at: u32, name: &str, message: &str| {
        if KNOWN
            .iter()
            .any(|known| known.message == message && (known.is_in)(text, name))
        {
            return;
        }
        let line = text[..at as usize].lines().count().max(1);
        differences.push(format!("{}:{line}: {name} {message}", path.display()));
    };
    let mut to_theirs: HashMap<BindingId, (&str, SyntaxContext)> = HashMap::new();
    let mut to_ours: HashMap<(&str, SyntaxContext), BindingId> = HashMap::new();
    let mut seen = HashSet::new();
    for reference in &ours {
        let at = reference.span.start;
        let Some((name, context)) = oracle.found.get(&at) else {
            report(at, &text[at as usize..reference.span.end as usize], "is no identifier");
            continue;
        };
        seen.insert(at);
        match (reference.binding, context) {
            (None, None) => {}
            (Some(_), None) => report(at, name, "is global, not a variable"),
            (None, Some(_)) => report(at, name, "is a variable, not global"),
            (Some(binding), Some(context)) => {
                let theirs = *to_theirs.entry(binding).or_insert((name, *context));
                let back = *to_ours.entry((name, *context)).or_insert(binding);
                if theirs != (name.as_str(), *context) {
                    report(at, name, "is not the variable it is taken for");
                } else if back != binding {
                    report(at, name, "is the same variable as another");
                }
            }
        }
    }
    // Types are lowered only where facts need them.
    if !oracle.has_types {
        for (&at, (name, _)) in &oracle.found {
            if !seen.contains(&at) {
                report(at, name, "was not seen");
            }
        }
    }
    Some((ours.len(), differences))
}

fn oracle(path: &Path, text: &str) -> Option<Oracle> {
    with_parsed(path, text, &Limits::DEFAULT, |program| {
        GLOBALS.set(&Globals::new(), || {
            let unresolved = Mark::new();
            let top_level = Mark::new();
            let mut program: Program = program.clone();
            // Files in JavaScript may have Flow's types.
            program.mutate(resolver(unresolved, top_level, true));
            let mut oracle = Oracle {
                unresolved,
                found: HashMap::new(),
                has_types: false,
            };
            program.visit_with(&mut oracle);
            oracle
        })
    })
    .ok()
}

impl Visit for Oracle {
    fn visit_ts_type(&mut self, ty: &TsType) {
        self.has_types = true;
        ty.visit_children_with(self);
    }

    fn visit_export_named_specifier(&mut self, specifier: &ExportNamedSpecifier) {
        specifier.orig.visit_with(self);
    }

    fn visit_jsx_closing_element(&mut self, _: &JSXClosingElement) {}

    fn visit_jsx_element_name(&mut self, name: &JSXElementName) {
        match name {
            JSXElementName::Ident(ident) if ident.sym.starts_with(|first: char| first.is_ascii_lowercase()) => {}
            _ => name.visit_children_with(self),
        }
    }

    fn visit_ident(&mut self, ident: &Ident) {
        // Labels and names of exports have none.
        if ident.ctxt == SyntaxContext::empty() {
            return;
        }
        let context = (ident.ctxt.outer() != self.unresolved).then_some(ident.ctxt);
        self.found.insert(ident.span.lo.0 - 1, (ident.sym.to_string(), context));
    }
}
