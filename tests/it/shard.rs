//! Facts stored in parts and joined: the findings of one plain run, byte for byte, or a clear error.

use std::fs;
use std::path::{Path, PathBuf};

use leaklint::diagnostic::Confidence;
use leaklint::driver::{self, CheckError, CheckOptions, Outcome};
use leaklint::report::pretty::Style;
use leaklint::report::{Format, Report, summary, write};
use leaklint::shard::{Part, Shard, ShardError, Stamp};
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::support::package_root;

/// Folders of the package that hold most shapes of findings.
const FOLDERS: [&str; 4] = ["rules", "real", "projects", "pictures"];

fn copy(from: &Path, to: &Path) {
    for entry in WalkDir::new(from) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.path().is_dir() {
            fs::create_dir_all(target).unwrap();
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The fixtures in a folder of their own, with files that cannot be analysed beside them.
pub fn checkout() -> TempDir {
    checkout_of(&FOLDERS)
}

/// The same with these folders of fixtures only.
pub fn checkout_of(folders: &[&str]) -> TempDir {
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    for name in folders {
        copy(&package_root().join("fixtures").join(name), &folder.path().join(name));
    }
    fs::write(folder.path().join("broken.js"), "const = 1;").unwrap();
    fs::write(folder.path().join("latin1.js"), b"// \xe9\n").unwrap();
    fs::write(folder.path().join("small.min.js"), "f()").unwrap();
    fs::write(folder.path().join("long.js"), format!("f({});", "1,".repeat(4000))).unwrap();
    folder
}

/// A small project whose findings need two files.
fn small() -> TempDir {
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    let files = [
        ("package.json", r#"{ "name": "small", "private": true }"#),
        ("a/seen.js", "exports.seen = [];\n"),
        (
            "b/server.js",
            "const app = require('express')();\nconst { seen } = require('../a/seen');\napp.use((req, res, next) => {\n  seen.push(req.url);\n  process.on('exit', () => console.log(req.url));\n  next();\n});\n",
        ),
    ];
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn options(folder: &Path, paths: &[&str]) -> CheckOptions {
    let mut options = CheckOptions::new(paths.iter().map(PathBuf::from).collect(), folder.to_path_buf());
    options.min_confidence = Some(Confidence::Low);
    options
}

/// Makes a part in `folder` and stores it in `into`.
pub fn store(folder: &Path, paths: &[&str], part: &str, into: &Path) -> PathBuf {
    let shard = driver::facts(&options(folder, paths), part.parse().unwrap()).unwrap();
    let name = format!("{}-{}.facts", paths.join("+"), part).replace('/', "-");
    let path = into.join(name);
    fs::write(&path, driver::stored(&shard)).unwrap();
    path
}

fn joined(folder: &Path, facts: &[PathBuf]) -> Result<Outcome, CheckError> {
    let mut options = options(folder, &["."]);
    options.facts = facts.to_vec();
    driver::check(&options)
}

/// What a run prints, in every format.
pub fn printed(outcome: &Outcome) -> Vec<String> {
    let rules = leaklint::rules::infos();
    let report = Report {
        diagnostics: &outcome.diagnostics,
        files: &outcome.files,
        problems: &outcome.problems,
        rules: &rules,
        root: &outcome.root,
        below_confidence: outcome.below_confidence,
        suppressed: 0,
        known: 0,
        gone: 0,
        older: 0,
        fixes: &[],
        pages: None,
    };
    let style = Style {
        color: false,
        width: 100,
        has_links: false,
    };
    let formats = [Format::Pretty(style), Format::Concise, Format::Json, Format::Sarif];
    let mut texts: Vec<String> = formats
        .into_iter()
        .map(|format| {
            let mut out = Vec::new();
            write(format, &report, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        })
        .collect();
    let mut out = Vec::new();
    summary::write(&report, true, &mut out).unwrap();
    texts.push(String::from_utf8(out).unwrap());
    texts
}

fn error_of(result: Result<Outcome, CheckError>) -> String {
    match result {
        Err(error @ CheckError::Shard(_)) => error.to_string(),
        Err(error) => panic!("another error: {error}"),
        Ok(_) => panic!("no error"),
    }
}

#[test]
fn parts_from_other_folders_join_to_the_findings_of_one_run() {
    let here = checkout();
    let plain = driver::check(&options(here.path(), &["."])).unwrap();
    assert!(plain.diagnostics.len() > 100, "{}", plain.diagnostics.len());
    assert!(plain.problems.len() >= 4, "{:?}", plain.problems);
    let expected = printed(&plain);
    let store_in = TempDir::new().unwrap();
    let mut facts: Vec<PathBuf> = (1..=3)
        .map(|index| {
            let elsewhere = checkout();
            store(elsewhere.path(), &["."], &format!("{index}/3"), store_in.path())
        })
        .collect();
    for _ in 0..2 {
        assert!(printed(&joined(here.path(), &facts).unwrap()) == expected, "{facts:?}");
        facts.reverse();
    }
    // The whole in one part, and a run a folder.
    let whole = store(here.path(), &["."], "1/1", store_in.path());
    assert!(printed(&joined(here.path(), &[whole]).unwrap()) == expected);
    let rest = ["broken.js", "latin1.js", "long.js", "small.min.js"];
    let by_folder = driver::check(&options(here.path(), &[&FOLDERS[..], &rest[..]].concat())).unwrap();
    let mut facts = vec![store(here.path(), &rest, "1/1", store_in.path())];
    for name in FOLDERS {
        facts.push(store(here.path(), &[name], "2/2", store_in.path()));
        facts.push(store(here.path(), &[name], "1/2", store_in.path()));
    }
    assert!(printed(&joined(here.path(), &facts).unwrap()) == printed(&by_folder));
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    let folder = small();
    let at = folder.path();
    let out = TempDir::new().unwrap();
    let parts: Vec<PathBuf> = (1..=3)
        .map(|index| store(at, &["."], &format!("{index}/3"), out.path()))
        .collect();
    let all = joined(at, &parts).unwrap();
    assert_eq!(all.diagnostics.len(), 2, "{:?}", all.diagnostics);
    let error = |facts: &[PathBuf]| error_of(joined(at, facts)).replace(&*out.path().to_string_lossy(), "OUT");

    assert_eq!(error(&parts[..2]), "part 3/3 of `.` is missing");
    assert_eq!(error(&parts[1..2]), "parts 1/3, 3/3 of `.` are missing");
    let again = out.path().join("again.facts");
    fs::copy(&parts[0], &again).unwrap();
    let twice = [parts.clone(), vec![again.clone()]].concat();
    assert_eq!(
        error(&twice),
        "`OUT/.-1-3.facts` and `OUT/again.facts` are both part 1/3 of `.`"
    );
    let other_split = store(at, &["."], "1/2", out.path());
    assert_eq!(
        error(&[parts[0].clone(), other_split]),
        "of `.` there is 1/3 in `OUT/.-1-3.facts`, but 1/2 in `OUT/.-1-2.facts`"
    );
    let inside = store(at, &["a"], "1/1", out.path());
    let overlap = error(&[&parts[..], &[inside]].concat());
    assert!(overlap.starts_with("`a/seen.js` is in both `OUT/"), "{overlap}");
    assert_eq!(
        error(&[out.path().join("nowhere")]),
        "cannot read `OUT/nowhere`: No such file or directory (os error 2)"
    );

    let other = small();
    fs::write(other.path().join("more.js"), "f();\n").unwrap();
    let of_other = store(other.path(), &["."], "2/3", &other.path().join("b"));
    let mixed = [parts[0].clone(), of_other, parts[2].clone()];
    assert!(
        error(&mixed).contains("are parts of different sets of files"),
        "{}",
        error(&mixed)
    );
}

#[test]
fn files_of_facts_that_are_foreign_or_damaged_are_refused() {
    let folder = small();
    let at = folder.path();
    let facts = store(at, &["."], "1/1", at);
    let bytes = fs::read(&facts).unwrap();
    let error_with = |bytes: &[u8]| {
        fs::write(&facts, bytes).unwrap();
        error_of(joined(at, std::slice::from_ref(&facts))).replace(&*at.to_string_lossy(), "AT")
    };
    assert_eq!(error_with(b"const a = 1;\n"), "`AT/.-1-1.facts` is not a file of facts");
    assert_eq!(error_with(b""), "`AT/.-1-1.facts` is not a file of facts");
    for end in [17, 20, 60, bytes.len() / 2, bytes.len() - 1] {
        assert_eq!(
            error_with(&bytes[..end]),
            "`AT/.-1-1.facts` is damaged: make it again",
            "{end}"
        );
    }
    for at_byte in [bytes.len() / 2, bytes.len() - 1] {
        let mut changed = bytes.clone();
        changed[at_byte] ^= 4;
        assert_eq!(error_with(&changed), "`AT/.-1-1.facts` is damaged: make it again");
    }
    let shard = driver::facts(&options(at, &["."]), Part::WHOLE).unwrap();
    let foreign = shard.to_bytes(&Stamp::of_catalog(["another catalogue"].into_iter()));
    let error = error_with(&foreign);
    assert!(
        error.contains("was made by leaklint") && error.contains("with the same leaklint"),
        "{error}"
    );
    assert!(matches!(
        Shard::read(at, &facts, &Stamp::of_catalog(["another catalogue"].into_iter())),
        Ok(read) if read == shard
    ));
}

#[test]
fn what_changed_since_is_noticed() {
    let folder = small();
    let at = folder.path();
    let facts = [store(at, &["."], "1/1", at)];
    let changed = |path: &str, text: &str| {
        let before = fs::read(at.join(path)).unwrap();
        fs::write(at.join(path), text).unwrap();
        let error = error_of(joined(at, &facts));
        fs::write(at.join(path), before).unwrap();
        error
    };
    let message =
        |path: &str| format!("`{path}` is not as it was when its facts were made: join them in the same checkout");
    assert_eq!(changed("a/seen.js", "// Another length.\n"), message("a/seen.js"));
    let server = fs::read_to_string(at.join("b/server.js")).unwrap();
    assert_eq!(
        changed("b/server.js", &server.replace("exit", "EXIT")),
        message("b/server.js")
    );
    assert_eq!(
        changed("package.json", r#"{ "name": "other" }"#),
        message("package.json")
    );
    fs::remove_file(at.join("a/seen.js")).unwrap();
    assert_eq!(error_of(joined(at, &facts)), message("a/seen.js"));
}

#[test]
fn paths_outside_the_folder_have_no_facts() {
    let folder = small();
    let result = driver::facts(&options(&folder.path().join("a"), &["../b"]), Part::WHOLE);
    assert!(matches!(result, Err(CheckError::Outside)), "{result:?}");
}

#[test]
fn every_file_is_in_one_part() {
    let parts: Vec<Part> = (1..=7).map(|index| format!("{index}/7").parse().unwrap()).collect();
    let mut counts = [0; 7];
    for number in 0..700 {
        let path = format!("packages/p{}/src/file-{number}.ts", number % 13);
        let holding: Vec<usize> = (0..7).filter(|&index| parts[index].holds(&path)).collect();
        assert_eq!(holding.len(), 1);
        counts[holding[0]] += 1;
    }
    assert!(counts.iter().all(|&count| count > 60), "{counts:?}");
    for wrong in ["0/3", "4/3", "3", "a/b", "1/0", "-1/2", "1/2/3"] {
        assert!(wrong.parse::<Part>().is_err(), "{wrong}");
    }
    assert!(matches!(
        Shard::read(
            Path::new("/"),
            Path::new("nowhere"),
            &Stamp::of_catalog(std::iter::empty())
        ),
        Err(ShardError::Unreadable { .. })
    ));
}
