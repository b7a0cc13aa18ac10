//! Every command and snippet of the documentation is run.
//!
//! A block of commands without a mark is run here, line by line, in a small project that leaks. A block that something
//! else runs says so in a comment above it (`<!-- run by PATH -->`), and PATH names the page. What needs a host or a
//! program that cannot be had is marked `<!-- not run: why -->`; of these there may be a few, and they are counted.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::package_root;

/// Blocks that may be marked as not run.
const MAX_NOT_RUN: usize = 12;

/// Languages of blocks that show something and are no instruction.
const SHOWN: [&str; 6] = ["text", "ts", "tsx", "js", "jsx", ""];

/// The pages that hold instructions.
const PAGES: [&str; 13] = [
    "README.md",
    "docs/baseline.md",
    "docs/ci.md",
    "docs/configuration.md",
    "docs/editors.md",
    "docs/fixes.md",
    "docs/getting-started.md",
    "docs/how-it-decides.md",
    "docs/hooks.md",
    "docs/output.md",
    "docs/sharding.md",
    "docs/suppressions.md",
    "docs/upstream.md",
];

struct Block {
    page: &'static str,
    /// From 1.
    line: usize,
    language: String,
    text: String,
    mark: Mark,
}

enum Mark {
    None,
    RunBy(String),
    NotRun(String),
}

impl Block {
    fn place(&self) -> String {
        format!("{}:{}", self.page, self.line)
    }
}

fn text(path: &str) -> String {
    fs::read_to_string(package_root().join(path)).unwrap()
}

fn blocks() -> Vec<Block> {
    PAGES.iter().flat_map(|page| blocks_of(page)).collect()
}

fn blocks_of(page: &'static str) -> Vec<Block> {
    let text = text(page);
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_open = false;
    let mut above = "";
    for (index, line) in text.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(_) if is_open => is_open = false,
            Some(language) => {
                is_open = true;
                blocks.push(Block {
                    page,
                    line: index + 1,
                    language: language.split(' ').next().unwrap_or("").to_owned(),
                    text: String::new(),
                    mark: mark(above),
                });
            }
            None if is_open => {
                let block = blocks.last_mut().unwrap();
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => {}
        }
        above = line;
    }
    assert!(!is_open, "{page}: a block that does not end");
    blocks
}

fn mark(line: &str) -> Mark {
    let comment = line.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->"));
    match comment.and_then(|comment| comment.split_once("run by ").filter(|(before, _)| before.is_empty())) {
        Some((_, path)) => Mark::RunBy(path.to_owned()),
        None => match comment.and_then(|comment| comment.strip_prefix("not run: ")) {
            Some(reason) => Mark::NotRun(reason.to_owned()),
            None => Mark::None,
        },
    }
}

#[test]
fn few_blocks_are_not_run() {
    let blocks = blocks();
    let mut count = 0;
    for block in &blocks {
        if let Mark::NotRun(reason) = &block.mark {
            count += 1;
            println!("not run: {}: {reason}", block.place());
        }
    }
    println!("{count} of {} blocks are not run", blocks.len());
    assert!(
        count <= MAX_NOT_RUN,
        "{count} blocks are not run, more than {MAX_NOT_RUN}"
    );
}

#[test]
fn what_others_run_names_the_page() {
    let blocks = blocks();
    for block in &blocks {
        let Mark::RunBy(path) = &block.mark else {
            continue;
        };
        let runner = text(path);
        // A block may also be the very block of another page.
        let is_run = |page: &str| path == ".ci/run" || runner.contains(page);
        let twins = blocks.iter().filter(|other| other.text == block.text);
        assert!(
            twins.map(|twin| twin.page).any(is_run),
            "{}: {path} does not name the page",
            block.place()
        );
    }
}

#[test]
fn the_rest_is_run_here() {
    let mut run = 0;
    for block in blocks() {
        if !matches!(block.mark, Mark::None) || SHOWN.contains(&block.language.as_str()) {
            continue;
        }
        let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
        project(folder.path());
        match block.language.as_str() {
            "sh" => {
                for line in block.text.lines() {
                    run += 1;
                    assert_runs(&block.place(), line, folder.path());
                }
            }
            // A configuration.
            "jsonc" => {
                run += 1;
                fs::write(folder.path().join("leaklint.jsonc"), &block.text).unwrap();
                assert_runs(&block.place(), "leaklint config src/server.ts", folder.path());
            }
            other => panic!("{}: nothing runs `{other}`", block.place()),
        }
    }
    assert!(run > 5, "{run} commands");
}

/// The comments of the example are understood, and each suppresses what it says.
#[test]
fn the_suppressions_that_are_shown_suppress() {
    let example = blocks_of("docs/suppressions.md")
        .into_iter()
        .find(|block| block.language == "js");
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    let text = example.unwrap().text;
    fs::write(folder.path().join("server.js"), &text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_leaklint"))
        .args(["check", "--no-cache", "--format", "concise"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert!(text.matches("leaklint-ignore-").count() >= 3);
}

/// A file that a page names is in the repository.
#[test]
fn files_that_pages_name_are_there() {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(package_root())
        .output()
        .unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let files: Vec<&str> = listed.lines().collect();
    assert!(!files.is_empty(), "git lists no file");
    let is_there = |name: &str| {
        let (end, folder) = (format!("/{name}"), format!("{}/", name.trim_end_matches('/')));
        files
            .iter()
            .any(|file| *file == name || file.ends_with(&end) || file.starts_with(&folder))
    };
    let mut missing = Vec::new();
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "ecosystem/README.md"] {
        let text = text(page);
        for name in text.split('`').skip(1).step_by(2) {
            let is_plain = name
                .chars()
                .all(|each| each.is_ascii_alphanumeric() || "._-/".contains(each));
            let is_file = name.ends_with(".rs")
                || ["src/", "tests/", "docs/", ".ci/"]
                    .iter()
                    .any(|at| name.starts_with(at));
            if is_plain && is_file && !is_there(name) {
                missing.push(format!("{page}: {name}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// A project with a leak in `src/server.ts`.
fn project(folder: &Path) {
    fs::create_dir(folder.join("src")).unwrap();
    fs::write(folder.join("package.json"), "{}").unwrap();
    let leak = package_root().join("fixtures/pictures/unremoved-listener.ts");
    fs::copy(leak, folder.join("src/server.ts")).unwrap();
}

fn assert_runs(place: &str, line: &str, folder: &Path) {
    let program = Path::new(env!("CARGO_BIN_EXE_leaklint")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("sh")
        .args(["-c", &line.replace("npx leaklint", "leaklint")])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", program.display()))
        .output()
        .unwrap();
    // Findings are expected; a command that leaklint does not understand ends with 2.
    let is_fine = matches!(output.status.code(), Some(0 | 1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(is_fine, "{place}: `{line}` ends with {}: {said}", output.status);
}

/// What of a page stands in its blocks of a language.
fn shown<'b>(blocks: &'b [Block], language: &str) -> Vec<&'b str> {
    let of_language = blocks.iter().filter(|block| block.language == language);
    of_language.map(|block| block.text.as_str()).collect()
}

/// The page's library, as it is described there, in a project that uses it.
#[test]
fn the_described_library_is_judged_and_mended() {
    let blocks = blocks_of("docs/catalogue.md");
    let (toml, json) = (shown(&blocks, "toml"), shown(&blocks, "json"));
    let described: toml::Table = toml::from_str(toml[0]).unwrap();
    let example = &described["example"][0];
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("package.json", "{}");
    write("tickets.toml", toml[0]);
    write("leaklint.json", json[0]);
    write("leak.js", example["leak"].as_str().unwrap());
    write("ok.js", example["ok"].as_str().unwrap());
    let leaklint = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
        command.args(arguments).current_dir(folder.path()).output().unwrap()
    };
    let ran = leaklint(&["check", "--format", "concise", "--no-cache"]);
    let said = String::from_utf8(ran.stdout).unwrap();
    assert!(said.starts_with("leak.js:6:") && said.lines().count() == 1, "{said}");
    assert_eq!(leaklint(&["check", "--fix", "--no-cache"]).status.code(), Some(0));
    let [leak, ok] = ["leak.js", "ok.js"].map(|name| fs::read_to_string(folder.path().join(name)).unwrap());
    assert_eq!(leak, ok);
}
