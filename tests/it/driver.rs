//! One bad file costs itself only: real hostile inputs beside an honest file.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use leaklint::diagnostic::ProblemKind;
use leaklint::driver::{CheckError, CheckOptions, Outcome, check};
use tempfile::TempDir;

/// Checks each file by name, and an honest one beside them.
fn checked(files: &[(&str, Vec<u8>)], budget: Duration) -> Outcome {
    let folder = TempDir::new().unwrap();
    let honest: (&str, Vec<u8>) = ("zz-honest.ts", b"export const one: number = 1;\n".to_vec());
    let mut paths = Vec::new();
    for (name, bytes) in files.iter().chain([&honest]) {
        fs::write(folder.path().join(name), bytes).unwrap();
        paths.push(PathBuf::from(name));
    }
    let mut options = CheckOptions::new(paths, folder.path().to_path_buf());
    options.file_timeout = budget;
    let outcome = check(&options).unwrap();
    assert!(
        outcome.files.iter().any(|file| file.shown() == "zz-honest.ts"),
        "{:?}",
        outcome.problems
    );
    outcome
}

fn kinds(outcome: &Outcome) -> Vec<(&str, ProblemKind)> {
    outcome
        .problems
        .iter()
        .map(|problem| (problem.path.as_str(), problem.kind))
        .collect()
}

/// Long enough for any honest input in a debug build on a busy machine.
const GENEROUS: Duration = Duration::from_secs(120);

#[test]
fn a_parser_that_hangs_is_given_up() {
    let files = [
        ("a.ts", "a<([b=".repeat(8).into_bytes()),
        ("b.ts", format!("{}x", "<any>(".repeat(26)).into_bytes()),
        ("c.ts", format!("{}x", "a?(b):c=>(".repeat(26)).into_bytes()),
    ];
    let begun = Instant::now();
    let outcome = checked(&files, Duration::from_secs(1));
    let kinds = kinds(&outcome);
    let given_up = kinds.iter().filter(|(_, kind)| *kind == ProblemKind::TimedOut).count();
    assert_eq!(kinds.len(), 3, "{kinds:?}");
    assert!(given_up >= 2, "{kinds:?}");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    assert!(
        outcome
            .problems
            .iter()
            .any(|problem| problem.message.contains("given up after 1 s"))
    );
}

#[test]
fn a_parser_that_panics_costs_its_file() {
    let outcome = checked(&[("p.jsx", b"const x = <a:b.c/>;\n".to_vec())], GENEROUS);
    assert_eq!(kinds(&outcome), [("p.jsx", ProblemKind::Internal)]);
    assert!(
        outcome.problems[0]
            .message
            .starts_with("leaklint failed on this file, please report: ")
    );
}

#[test]
fn deep_nesting_and_long_chains_do_not_overflow() {
    let parentheses = format!("{}1{}", "(".repeat(20_000), ")".repeat(20_000));
    let deeper = format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000));
    let chain = format!("x = 1{};", "+1".repeat(1_000_000));
    let files = [
        ("chain.js", chain.into_bytes()),
        ("deeper.js", deeper.into_bytes()),
        ("parentheses.js", parentheses.into_bytes()),
    ];
    let outcome = checked(&files, GENEROUS);
    assert_eq!(kinds(&outcome), [("deeper.js", ProblemKind::Limit)]);
    assert_eq!(outcome.files.len(), 3);
}

#[test]
fn what_is_no_source_gets_one_clear_line() {
    let files = [
        ("binary.js", b"\x00\x01\xfe\xff".to_vec()),
        ("broken.js", b"const ok = 1;\nfunction (\n".to_vec()),
        ("bytes.js", b"// caf\xe9\n".to_vec()),
        ("mark.js", b"\xef\xbb\xbfconst a = 1;\n".to_vec()),
        ("wide.js", b"\xff\xfec\0o\0".to_vec()),
    ];
    let outcome = checked(&files, GENEROUS);
    assert_eq!(
        kinds(&outcome),
        [
            ("binary.js", ProblemKind::NotText),
            ("broken.js", ProblemKind::Syntax),
            ("bytes.js", ProblemKind::NotText),
            ("wide.js", ProblemKind::NotText),
        ]
    );
    let broken = outcome.problems[1].place.unwrap();
    assert_eq!(broken.line, 2);
    assert!(
        outcome.problems[2].message.contains("0xe9 on line 1"),
        "{}",
        outcome.problems[2].message
    );
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_not_opened() {
    let folder = TempDir::new().unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(folder.path().join("p.js"))
        .status()
        .unwrap();
    assert!(made.success());
    let options = CheckOptions::new(vec![PathBuf::from("p.js")], folder.path().to_path_buf());
    assert_eq!(kinds(&check(&options).unwrap()), [("p.js", ProblemKind::Unreadable)]);
}

#[test]
fn generated_files_are_skipped_unless_named() {
    let folder = TempDir::new().unwrap();
    fs::write(
        folder.path().join("bundle.js"),
        format!("var a={};", "1+".repeat(5_000) + "1"),
    )
    .unwrap();
    let check = |path: &str| {
        check(&CheckOptions::new(
            vec![PathBuf::from(path)],
            folder.path().to_path_buf(),
        ))
        .unwrap()
    };
    assert_eq!(kinds(&check(".")), [("bundle.js", ProblemKind::Skipped)]);
    assert_eq!(check("bundle.js").files.len(), 1);
}

#[test]
fn many_files_keep_their_order_with_many_threads() {
    let folder = TempDir::new().unwrap();
    for index in 0..200 {
        fs::write(folder.path().join(format!("f{index:03}.js")), "export {};\n").unwrap();
    }
    let mut options = CheckOptions::new(vec![PathBuf::from(".")], folder.path().to_path_buf());
    options.threads = std::num::NonZeroUsize::new(8);
    options.file_timeout = GENEROUS;
    let names: Vec<String> = check(&options)
        .unwrap()
        .files
        .iter()
        .map(|file| file.shown().to_owned())
        .collect();
    let expected: Vec<String> = (0..200).map(|index| format!("f{index:03}.js")).collect();
    assert_eq!(names, expected);
}

#[test]
fn a_missing_path_is_no_outcome() {
    let folder = TempDir::new().unwrap();
    let result = check(&CheckOptions::new(
        vec![PathBuf::from("none.js")],
        folder.path().to_path_buf(),
    ));
    assert!(matches!(result, Err(CheckError::Walk(_))));
}
