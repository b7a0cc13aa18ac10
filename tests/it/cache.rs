//! What is kept from run to run never changes what is found: every change that counts is noticed, whatever the cache holds.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, SystemTime};

use leaklint::cache::store::{MAX_BYTES, Store};
use leaklint::diagnostic::Confidence;
use leaklint::driver::{CheckOptions, Outcome, check};
use leaklint::timings::CacheUse;
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::support::package_root;

const HOUR: Duration = Duration::from_secs(3600);

/// A project in a folder of its own, its files old enough for their times to count, and a cache beside it.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let bench = Self {
            folder: TempDir::new().unwrap(),
        };
        let root = bench.root();
        for (path, text) in [
            (
                "package.json",
                r#"{ "name": "app", "private": true, "workspaces": ["packages/*"] }"#,
            ),
            (
                "tsconfig.json",
                r#"{ "compilerOptions": { "paths": { "@bus": ["./src/bus.ts"] } } }"#,
            ),
            ("packages/kit/package.json", r#"{ "name": "kit", "main": "index.ts" }"#),
            (
                "packages/kit/index.ts",
                "import { EventEmitter } from 'node:events';\nexport const kit = new EventEmitter();\n",
            ),
            (
                "src/bus.ts",
                "import { EventEmitter } from 'node:events';\nexport const bus = new EventEmitter();\n",
            ),
            (
                "src/server.ts",
                "import express from 'express';\nimport { bus } from '@bus';\nimport { kit } from 'kit';\nconst app = express();\n\
                 app.get('/', (req, res) => {\n  bus.on('change', () => res.write(req.url));\n  kit.on('change', () => res.write(req.url));\n});\n",
            ),
            ("src/wrong.ts", "if (\n"),
        ] {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        bench.grow_old();
        bench
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    fn grow_old(&self) {
        for entry in WalkDir::new(self.root()) {
            age(entry.unwrap().path());
        }
    }

    fn run(&self, with_cache: bool) -> Outcome {
        let mut options = CheckOptions::new(vec![self.root()], self.root());
        options.min_confidence = Some(Confidence::Low);
        options.cache = with_cache.then(|| Store::new(self.cache(), MAX_BYTES));
        check(&options).unwrap()
    }

    /// Runs with the cache, holds the answer against that of a run without, and says what the cache was to it.
    fn run_and_compare(&self) -> CacheUse {
        let (with, without) = (self.run(true), self.run(false));
        assert_eq!(said(&with), said(&without));
        with.timings.cache
    }
}

/// Lets a file be an hour older.
pub fn age(path: &Path) {
    let file = File::open(path).unwrap();
    file.set_modified(SystemTime::now() - HOUR).unwrap();
}

fn said(outcome: &Outcome) -> String {
    let files: Vec<_> = outcome
        .files
        .iter()
        .map(|file| (file.path(), file.shown(), file.is_context))
        .collect();
    format!(
        "{:?} {:?} {:?} {files:?}",
        outcome.diagnostics, outcome.problems, outcome.root
    )
}

#[test]
fn a_second_run_finds_the_same_without_reading() {
    let bench = Bench::new();
    assert_eq!(bench.run_and_compare(), CacheUse::Missed);
    assert_eq!(bench.run_and_compare(), CacheUse::Hit);
    let outcome = bench.run(true);
    assert_eq!(outcome.timings.files.files, 0);
    assert_eq!(outcome.diagnostics.len(), 2, "{:?}", outcome.diagnostics);
    assert_eq!(outcome.problems.len(), 1, "{:?}", outcome.problems);
}

#[test]
fn every_change_that_counts_is_noticed() {
    type Change = (&'static str, fn(&Path));
    let changes: [Change; 8] = [
        ("a file says something else", |root| {
            fs::write(root.join("src/bus.ts"), "export const bus = undefined as any;\n").unwrap();
        }),
        ("a file comes", |root| {
            fs::write(root.join("src/more.js"), "setInterval(() => {}, 1);\n").unwrap();
        }),
        ("a file goes", |root| fs::remove_file(root.join("src/bus.ts")).unwrap()),
        ("a file is mended", |root| {
            fs::write(root.join("src/wrong.ts"), "export {};\n").unwrap()
        }),
        ("aliases change", |root| {
            fs::write(root.join("tsconfig.json"), "{}").unwrap()
        }),
        ("nearer aliases come", |root| {
            fs::write(root.join("src/tsconfig.json"), "{}").unwrap()
        }),
        ("a package has another name", |root| {
            fs::write(
                root.join("packages/kit/package.json"),
                r#"{ "name": "tool", "main": "index.ts" }"#,
            )
            .unwrap();
        }),
        ("files are ignored", |root| {
            fs::write(root.join(".leaklintignore"), "packages\n").unwrap()
        }),
    ];
    for (name, change) in changes {
        let bench = Bench::new();
        bench.run(true);
        let before = said(&bench.run(true));
        change(&bench.root());
        let after = bench.run(true);
        assert_eq!(after.timings.cache, CacheUse::Missed, "{name}");
        assert_eq!(said(&after), said(&bench.run(false)), "{name}");
        assert_ne!(said(&after), before, "{name}: it was meant to count");
        bench.grow_old();
        bench.run(true);
        assert_eq!(bench.run_and_compare(), CacheUse::Hit, "{name}");
    }
}

#[test]
fn another_time_alone_is_no_change() {
    let bench = Bench::new();
    bench.run(true);
    let now = SystemTime::now();
    let file = File::open(bench.root().join("src/server.ts")).unwrap();
    file.set_modified(now).unwrap();
    assert_eq!(bench.run_and_compare(), CacheUse::Hit);
}

#[test]
fn an_entry_that_is_damaged_counts_as_none() {
    let bench = Bench::new();
    bench.run(true);
    let entries = WalkDir::new(bench.cache())
        .into_iter()
        .map(|entry| entry.unwrap().into_path());
    let entries: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|each| each == "entry"))
        .collect();
    assert_eq!(entries.len(), 1);
    let whole = fs::read(&entries[0]).unwrap();
    for damaged in [
        &whole[..whole.len() / 2],
        b"",
        &[0xff; 4096],
        &[whole.as_slice(), b"more"].concat(),
    ] {
        fs::write(&entries[0], damaged).unwrap();
        assert_eq!(bench.run_and_compare(), CacheUse::Missed);
        assert_eq!(bench.run_and_compare(), CacheUse::Hit);
    }
}

#[test]
fn runs_at_the_same_time_do_not_disturb_each_other() {
    let bench = Bench::new();
    let expected = said(&bench.run(false));
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                for _ in 0..4 {
                    assert_eq!(said(&bench.run(true)), expected);
                }
            });
        }
    });
    assert_eq!(bench.run_and_compare(), CacheUse::Hit);
}

#[test]
fn a_run_that_is_killed_leaves_nothing_that_misleads() {
    let bench = Bench::new();
    for milliseconds in [0, 2, 5, 10, 20, 40, 80] {
        let mut run = Command::new(env!("CARGO_BIN_EXE_leaklint"))
            .args(["check", ".", "--cache-dir"])
            .arg(bench.cache())
            .current_dir(bench.root())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(milliseconds));
        // It may be done by now.
        let _ = run.kill();
        run.wait().unwrap();
        bench.run_and_compare();
    }
    assert_eq!(bench.run_and_compare(), CacheUse::Hit);
}

#[test]
fn what_a_busy_machine_gave_up_is_not_kept() {
    let bench = Bench::new();
    // The parser takes minutes for it.
    let endless = bench.root().join("endless.ts");
    fs::write(&endless, format!("{}x", "<any>(".repeat(40))).unwrap();
    age(&endless);
    age(&bench.root());
    let mut options = CheckOptions::new(vec![bench.root()], bench.root());
    options.cache = Some(Store::new(bench.cache(), MAX_BYTES));
    options.file_timeout = Duration::from_secs(1);
    for _ in 0..2 {
        let outcome = check(&options).unwrap();
        assert_eq!(outcome.timings.cache, CacheUse::Missed);
        assert!(outcome.problems.iter().any(|problem| problem.path == "endless.ts"));
    }
    // A limit that is counted is the same another time.
    fs::write(&endless, "(".repeat(30_000)).unwrap();
    age(&endless);
    check(&options).unwrap();
    assert_eq!(check(&options).unwrap().timings.cache, CacheUse::Hit);
}

#[test]
fn fixtures_say_the_same_from_the_cache() {
    let cache = TempDir::new().unwrap();
    for folder in ["fixtures/projects", "fixtures/rules"] {
        let root = package_root().join(folder);
        let mut options = CheckOptions::new(vec![root.clone()], root);
        options.context = false;
        options.min_confidence = Some(Confidence::Low);
        let plain = check(&options).unwrap();
        options.cache = Some(Store::new(cache.path().to_path_buf(), MAX_BYTES));
        let (first, second) = (check(&options).unwrap(), check(&options).unwrap());
        assert_eq!(said(&first), said(&plain));
        assert_eq!(said(&second), said(&plain));
    }
}
