//! What each stage costs, over the files of `fixtures/` as one project: `cargo bench`.
//!
//! They are small next to a repository, so a figure says whether a change made a stage faster, not how long a run takes: that
//! is `benches/versus`. Bytes a second are those of the sources.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use divan::Bencher;
use divan::counter::BytesCount;
use leaklint::catalog::builtin::builtin;
use leaklint::facts::FileFacts;
use leaklint::facts::lower::lower;
use leaklint::facts::wire;
use leaklint::limits::Limits;
use leaklint::overlay::Overlay;
use leaklint::parse::is_parsed;
use leaklint::project::meter::Allowance;
use leaklint::project::resolve::Resolver;
use leaklint::project::{Project, SourceFile};
use leaklint::rules;
use leaklint::timings::Laps;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

/// A file that parses, with its facts.
struct Input {
    /// Relative to the root.
    path: PathBuf,
    text: String,
    facts: Arc<FileFacts>,
}

static ROOT: LazyLock<PathBuf> = LazyLock::new(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"));

static INPUTS: LazyLock<Vec<Input>> = LazyLock::new(|| {
    let files = walkdir::WalkDir::new(&*ROOT).sort_by_file_name().into_iter();
    let files = files.filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    let is_source = |path: &Path| {
        let kind = path.extension().and_then(|kind| kind.to_str());
        matches!(kind, Some("js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts"))
    };
    let inputs = files.filter(|entry| is_source(entry.path())).filter_map(|entry| {
        let text = fs::read_to_string(entry.path()).ok()?;
        let facts = Arc::new(lower(entry.path(), &text).ok()?);
        let path = entry.path().strip_prefix(&*ROOT).ok()?.to_path_buf();
        Some(Input { path, text, facts })
    });
    inputs.collect()
});

/// The bytes of all sources.
fn bytes() -> BytesCount {
    BytesCount::new(INPUTS.iter().map(|input| input.text.len()).sum::<usize>())
}

#[divan::bench]
fn reading(bencher: Bencher) {
    let paths: Vec<PathBuf> = INPUTS.iter().map(|input| ROOT.join(&input.path)).collect();
    let read = || {
        paths
            .iter()
            .map(|path| fs::read(path).map_or(0, |text| text.len()))
            .sum::<usize>()
    };
    bencher.counter(bytes()).bench_local(read);
}

#[divan::bench]
fn parsing(bencher: Bencher) {
    let parse = || {
        INPUTS
            .iter()
            .filter(|input| is_parsed(&input.path, &input.text))
            .count()
    };
    bencher.counter(bytes()).bench_local(parse);
}

#[divan::bench]
fn parsing_and_lowering(bencher: Bencher) {
    let lowered = || {
        for input in &*INPUTS {
            let _ = black_box(lower(&input.path, &input.text));
        }
    };
    bencher.counter(bytes()).bench_local(lowered);
}

/// Stored facts, as shards hold them.
#[divan::bench]
fn reading_facts_back(bencher: Bencher) {
    let stored: Vec<Vec<u8>> = INPUTS.iter().map(|input| wire::write(&input.facts)).collect();
    let read = || {
        for facts in &stored {
            let _ = black_box(wire::read(facts));
        }
    };
    bencher.counter(bytes()).bench_local(read);
}

#[divan::bench]
fn linking(bencher: Bencher) {
    bencher.counter(bytes()).bench_local(linked);
}

#[divan::bench]
fn judging(bencher: Bencher) {
    let judge = |mut project: Project<'static>| {
        project.judge(&mut Laps::default());
        project
    };
    bencher.counter(bytes()).with_inputs(linked).bench_local_values(judge);
}

#[divan::bench]
fn rules(bencher: Bencher) {
    let mut project = linked();
    project.judge(&mut Laps::default());
    bencher.counter(bytes()).bench_local(|| rules::run(&project).len());
}

/// All files joined, as one project.
fn linked() -> Project<'static> {
    let paths: Vec<PathBuf> = INPUTS.iter().map(|input| input.path.clone()).collect();
    let resolver = Resolver::new(&ROOT, &paths, &Overlay::default());
    let files = INPUTS.iter().map(|input| SourceFile {
        path: input.path.clone(),
        facts: Arc::clone(&input.facts),
        is_test: false,
    });
    let allowance = Allowance {
        steps: Limits::DEFAULT.steps,
        time: Duration::from_secs(60),
        nodes: usize::try_from(Limits::DEFAULT.nodes).unwrap_or(usize::MAX),
    };
    Project::link(files.collect(), builtin(), &resolver, allowance, &mut Laps::default())
}
