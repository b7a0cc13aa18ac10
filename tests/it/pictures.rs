//! One finding of each rule as people see it: read the pictures when a message changes.

use std::path::PathBuf;

use leaklint::driver::{self, CheckOptions};
use leaklint::report::pretty::Style;
use leaklint::report::{Format, Report, write};
use leaklint::rules::RULES;

use crate::support::package_root;

const STYLE: Style = Style {
    color: false,
    width: 100,
    has_links: false,
};

fn picture(rule: &str) -> String {
    let path = PathBuf::from(format!("fixtures/pictures/{rule}.ts"));
    let mut options = CheckOptions::new(vec![path], package_root().to_path_buf());
    options.context = false;
    let outcome = driver::check(&options).unwrap();
    let rules: Vec<&str> = outcome.diagnostics.iter().map(|each| each.rule).collect();
    assert_eq!(rules, [rule], "one finding a picture");
    let report = Report {
        diagnostics: &outcome.diagnostics,
        files: &outcome.files,
        problems: &outcome.problems,
        rules: &[],
        root: &outcome.root,
        below_confidence: outcome.below_confidence,
        suppressed: 0,
        known: 0,
        gone: 0,
        older: 0,
        fixes: &[],
        pages: None,
    };
    let mut out = Vec::new();
    write(Format::Pretty(STYLE), &report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_finding_of_each_rule_as_it_is_printed() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| {
        for rule in RULES {
            insta::assert_snapshot!(format!("picture-{}", rule.info.id), picture(rule.info.id));
        }
    });
}

/// Messages are clauses: lower case, no full stop, no label said twice, none on the main label's spot.
#[test]
fn messages_read_well() {
    let options = CheckOptions {
        min_confidence: Some(leaklint::diagnostic::Confidence::Low),
        ..CheckOptions::new(vec![PathBuf::from("fixtures")], package_root().to_path_buf())
    };
    let outcome = driver::check(&options).unwrap();
    let mut wrong = Vec::new();
    for finding in &outcome.diagnostics {
        let labels = std::iter::once(&finding.primary).chain(&finding.evidence);
        let texts = labels.map(|label| &label.text).chain([&finding.message, &finding.help]);
        for text in texts {
            let first = text.chars().next();
            let is_clause = first.is_some_and(|first| first.is_lowercase() || first == '`') && !text.ends_with('.');
            if !is_clause || text.matches('`').count() % 2 != 0 || text.contains("``") {
                wrong.push(format!("{}: {text}", finding.rule));
            }
        }
        for (index, label) in finding.evidence.iter().enumerate() {
            if label.place == finding.primary.place || finding.evidence[..index].contains(label) {
                wrong.push(format!("{}: same spot: {}", finding.rule, label.text));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Links lead from the place to the file and from the rule to its page, and change nothing else.
#[test]
fn links_change_nothing_that_is_read() {
    let leaklint = |variables: &[(&str, &str)]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_leaklint"));
        let cache = tempfile::tempdir().unwrap();
        command
            .args(["check", "--no-context", "--quiet", "--cache-dir"])
            .arg(cache.path())
            .arg("fixtures/pictures/unremoved-listener.ts")
            .current_dir(package_root())
            .env_remove("FORCE_HYPERLINK")
            .env_remove("NO_COLOR")
            .envs(variables.iter().copied());
        let ran = command.output().unwrap();
        let page = cache.path().join("pages/unremoved-listener.md");
        (String::from_utf8(ran.stdout).unwrap(), page.is_file())
    };
    let (plain, has_page) = leaklint(&[]);
    assert!(!plain.contains('\u{1b}') && !has_page, "{plain:?}");
    let (linked, has_page) = leaklint(&[("FORCE_HYPERLINK", "1"), ("NO_COLOR", "1")]);
    assert!(has_page);
    let targets: Vec<&str> = linked
        .split("\u{1b}]8;;")
        .skip(1)
        .filter_map(|rest| rest.split_once("\u{1b}\\").map(|(url, _)| url))
        .filter(|url| !url.is_empty())
        .collect();
    assert!(targets[0].starts_with("file://") && targets[0].ends_with("/pages/unremoved-listener.md"));
    assert!(targets[1].ends_with("/fixtures/pictures/unremoved-listener.ts"));
    let mut read = linked.clone();
    for url in targets.iter().chain([&""]) {
        read = read.replace(&format!("\u{1b}]8;;{url}\u{1b}\\"), "");
    }
    assert_eq!(read, plain);
    for variables in [&[("FORCE_HYPERLINK", "0")], &[("TERM_PROGRAM", "WezTerm")]] {
        assert_eq!(leaklint(variables).0, plain, "{variables:?}");
    }
}
