//! The examples that users read are linted: every block of a rule's page and every example of the catalogue.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::support::{default_findings_in_text, file_name, file_stem, package_root};

/// A fenced block of a page: ```` ```ts leak ```` must report the page's rule, ```` ```ts ok ```` nothing.
struct Block {
    page: PathBuf,
    /// Of the opening fence, from 1.
    line: usize,
    extension: String,
    leaks: bool,
    text: String,
}

/// The part of a catalogue file that this test reads.
#[derive(Deserialize)]
struct CatalogFile {
    #[serde(default)]
    example: Vec<Example>,
}

#[derive(Deserialize)]
struct Example {
    leak: Option<String>,
    ok: Option<String>,
    near: Option<String>,
    rule: Option<String>,
    filename: Option<String>,
}

#[test]
fn examples_of_rule_pages_are_true() {
    let mut wrong = String::new();
    let mut pages = BTreeSet::new();
    for block in files("rules", "md").iter().flat_map(|page| blocks(page)) {
        let rule = file_stem(&block.page);
        pages.insert((rule.clone(), block.leaks));
        let name = format!("example.{}", block.extension);
        let expected = block.leaks.then_some(rule.as_str());
        let place = format!("{}:{}", file_name(&block.page), block.line);
        check(&place, &name, &block.text, expected, &mut wrong);
    }
    for page in files("rules", "md") {
        for leaks in [true, false] {
            let rule = file_stem(&page);
            assert!(
                pages.contains(&(rule.clone(), leaks)),
                "{rule}: no block of kind {}",
                kind(leaks)
            );
        }
    }
    assert!(wrong.is_empty(), "examples of pages that are not true:\n{wrong}");
}

#[test]
fn examples_of_the_catalogue_are_true() {
    let mut wrong = String::new();
    for file in files("rules/catalog", "toml") {
        let read: CatalogFile = toml::from_str(&fs::read_to_string(&file).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for (index, example) in read.example.iter().enumerate() {
            let name = example.filename.as_deref().unwrap_or("example.ts");
            let place = format!("{} example {}", file_name(&file), index + 1);
            if let Some(text) = &example.leak {
                let rule = example
                    .rule
                    .as_deref()
                    .unwrap_or_else(|| panic!("{place}: `leak` without `rule`"));
                check(&place, name, text, Some(rule), &mut wrong);
            }
            for text in example.ok.iter().chain(&example.near) {
                check(&place, name, text, None, &mut wrong);
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "examples of the catalogue that are not true:\n{wrong}"
    );
}

/// Adds a line to `wrong` if `text` does not report exactly the rule `expected`, or nothing.
fn check(place: &str, name: &str, text: &str, expected: Option<&str>, wrong: &mut String) {
    let found: BTreeSet<String> = default_findings_in_text(name, text)
        .into_iter()
        .map(|finding| finding.rule)
        .collect();
    let expected: BTreeSet<String> = expected.into_iter().map(str::to_owned).collect();
    if found != expected {
        writeln!(
            wrong,
            "  {place} ({}): expected {expected:?}, found {found:?}",
            kind(!expected.is_empty())
        )
        .unwrap();
    }
}

fn kind(leaks: bool) -> &'static str {
    if leaks { "leak" } else { "ok" }
}

fn blocks(page: &Path) -> Vec<Block> {
    let text = fs::read_to_string(page).unwrap();
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        if let Some(info) = line.strip_prefix("```") {
            if let Some(block) = open.take() {
                blocks.push(block);
            } else if let Some((extension, mark)) = info.split_once(' ') {
                assert!(
                    mark == "leak" || mark == "ok",
                    "{}:{}: `{mark}`",
                    page.display(),
                    index + 1
                );
                open = Some(Block {
                    page: page.to_path_buf(),
                    line: index + 1,
                    extension: extension.to_owned(),
                    leaks: mark == "leak",
                    text: String::new(),
                });
            } else {
                let is_code = ["js", "ts", "jsx", "tsx"].contains(&info);
                assert!(
                    !is_code,
                    "{}:{}: a code block is `leak` or `ok`",
                    page.display(),
                    index + 1
                );
            }
        } else if let Some(block) = &mut open {
            block.text.push_str(line);
            block.text.push('\n');
        }
    }
    blocks
}

/// The files of a folder with this extension, sorted, without its `README`.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(package_root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .filter(|path| file_stem(path) != "README")
        .collect();
    files.sort();
    files
}
