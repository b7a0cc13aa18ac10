//! The fixtures: what their marks say and what leaklint says must be the same.
//!
//! A mark is a comment at the end of the line where the statement that acquires or grows begins:
//!
//! | mark | the line |
//! |---|---|
//! | `// leak: RULE` | must be reported |
//! | `// todo-leak: RULE` | should be reported and is not yet: the test fails once it is |
//! | `// todo-ok: RULE` | is reported and should not be: the test fails once it is not |
//!
//! Everything else must stay silent at default confidence, so `// ok: why` is for the reader only.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use leaklint::rules::RULES;

use crate::support::{Finding, default_leak_lines, file_name, folders, package_root, sources};

/// What a mark says about its line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    Leak,
    TodoLeak,
    TodoOk,
}

const KINDS: &[(&str, Kind)] = &[
    ("// leak: ", Kind::Leak),
    ("// todo-leak: ", Kind::TodoLeak),
    ("// todo-ok: ", Kind::TodoOk),
];

/// A line and a rule, wherever they come from. Lines count from 1.
type Spot = (PathBuf, usize, String);

#[test]
fn rule_fixtures_report_what_their_marks_say() {
    let files = sources(&package_root().join("fixtures/rules"));
    assert!(!files.is_empty());
    compare(files.iter().map(|file| (file.clone(), vec![file.clone()])));
}

#[test]
fn real_leaks_are_reported_before_their_fix_and_silent_after() {
    let shapes = folders(&package_root().join("fixtures/real"));
    assert!(shapes.len() >= 20, "{} shapes", shapes.len());
    for shape in &shapes {
        let (mut before, mut after) = (0, 0);
        for file in sources(shape) {
            let text = fs::read_to_string(&file).unwrap();
            assert!(
                text.starts_with("// After the shape of "),
                "{}: no origin",
                file.display()
            );
            let count = marks(&file).iter().filter(|(kind, _)| *kind != Kind::TodoOk).count();
            match file_name(&file).split('.').next() {
                Some("before") => before += count,
                Some("after") => after += count,
                _ => panic!("{}: neither before nor after", file.display()),
            }
        }
        assert!(
            before > 0 && after == 0,
            "{}: {before} marks before, {after} after",
            shape.display()
        );
    }
    let files = shapes.iter().flat_map(|shape| sources(shape));
    compare(files.map(|file| (file.clone(), vec![file])));
}

#[test]
fn projects_report_what_their_marks_say() {
    let projects = folders(&package_root().join("fixtures/projects"));
    assert!(!projects.is_empty());
    compare(projects.iter().map(|project| (project.clone(), sources(project))));
}

/// Lints each root, compares with the marks of its files, and shows every difference at once.
fn compare(runs: impl Iterator<Item = (PathBuf, Vec<PathBuf>)>) {
    let mut report = String::new();
    let mut wrong = 0;
    let mut lines = 0;
    for (root, files) in runs {
        let marked: Vec<(Kind, Spot)> = files.iter().flat_map(|file| marks(file)).collect();
        lines += marked.len();
        let found = default_leak_lines(&root);
        for difference in differences(&marked, &found) {
            wrong += 1;
            writeln!(report, "{difference}").unwrap();
        }
    }
    assert!(wrong == 0, "{wrong} differences ({lines} marks):\n{report}");
}

/// What does not agree, one line each, sorted by place.
fn differences(marked: &[(Kind, Spot)], found: &[Finding]) -> Vec<String> {
    let reported: BTreeSet<Spot> = found
        .iter()
        .map(|finding| (canonical(&finding.path), finding.line, finding.rule.clone()))
        .collect();
    let mut wrong = Vec::new();
    for (kind, spot) in marked {
        let is_reported = reported.contains(spot);
        let complaint = match kind {
            Kind::Leak if !is_reported => "missed",
            Kind::TodoLeak if is_reported => "works now, make it `leak`",
            Kind::TodoOk if !is_reported => "silent now, make it `ok`",
            Kind::Leak | Kind::TodoLeak | Kind::TodoOk => continue,
        };
        wrong.push((spot.clone(), complaint.to_owned()));
    }
    let expected: BTreeSet<&Spot> = marked.iter().map(|(_, spot)| spot).collect();
    for finding in found {
        let spot = (canonical(&finding.path), finding.line, finding.rule.clone());
        if !expected.contains(&spot) {
            wrong.push((spot, format!("false alarm ({})", finding.confidence)));
        }
    }
    wrong.sort();
    wrong.iter().map(|(spot, complaint)| show(spot, complaint)).collect()
}

fn show((path, line, rule): &Spot, complaint: &str) -> String {
    let text = fs::read_to_string(path).unwrap();
    let source = text.lines().nth(line - 1).unwrap_or_default().trim();
    let shown = path.strip_prefix(package_root()).unwrap_or(path).display();
    format!("  {shown}:{line}: {rule}: {complaint}\n      {source}")
}

/// The marks of a file.
fn marks(file: &Path) -> Vec<(Kind, Spot)> {
    let text = fs::read_to_string(file).unwrap();
    let path = canonical(file);
    let mut marks = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for (prefix, kind) in KINDS {
            let Some((_, rules)) = line.split_once(prefix) else {
                continue;
            };
            for rule in rules.split(',').map(str::trim) {
                let is_known = RULES.iter().any(|known| known.info.id == rule);
                assert!(is_known, "{}:{}: no rule `{rule}`", file.display(), index + 1);
                marks.push((*kind, (path.clone(), index + 1, rule.to_owned())));
            }
        }
    }
    marks
}

fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}
