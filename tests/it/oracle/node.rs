//! The programs as Node runs them: no path that the graph denies, no release missed that the engine promises.
//!
//! A promise is [`Release::Always`]: to say nothing because something is not known promises nothing; such misses are counted.
//!
//! Asynchronous callbacks that run while their activation goes on (a chain that is dropped or kept for later, an `async`
//! callback of an array) stand in the graph where they are handed over. Of their steps only the order among themselves
//! is checked, and that of the rest without them.

use std::fs;
use std::path::Path;
use std::process::Command;

use leaklint::catalog::effect::Resource;
use leaklint::diagnostic::{Confidence, FileId};
use leaklint::project::Project;
use leaklint::project::cfg::Exit;
use leaklint::project::duty::{Engine, Release};
use serde::Deserialize;

use super::graphs::{StepGraph, graphs};
use super::program::Program;
use super::{programs, with_programs};

/// Runs of one program.
const RUNS: usize = 64;

/// Reported misses of which some run must show one, in percent.
const MIN_CONFIRMED: usize = 90;

#[derive(Deserialize)]
struct Explored {
    exhausted: bool,
    runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    /// The steps, in the order of their execution.
    trace: Vec<usize>,
    outcome: Ending,
    acquired: bool,
    /// Something was acquired and is not released when nothing moves any more.
    unreleased: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Ending {
    Return,
    Throw,
    /// It waits for a promise that nobody settles.
    Pending,
}

/// What the analysis says of a program's acquisition.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    /// It is released on every way out.
    Promised,
    /// The analysis cannot tell: it is handed on, or something outside the activation releases it.
    Silent,
    Weak,
    Strong,
}

#[test]
fn what_node_does_the_graph_allows_and_what_is_promised_happens() {
    if std::env::var_os("LEAKLINT_NODE").is_none() {
        println!("left to .ci/e2e: it needs Node (set LEAKLINT_NODE=1 to run it here)");
        return;
    }
    let programs = programs();
    let (said, explored, wrong) = with_programs(&programs, |project, _| {
        let said = said(project, programs.len());
        let explored = explore(&programs, &said);
        let mut wrong = Vec::new();
        for (index, (program, explored)) in programs.iter().zip(&explored).enumerate() {
            let graphs = graphs(project, FileId(index as u32), program);
            let denied = explored.runs.iter().find_map(|run| denied(program, &graphs, run));
            wrong.extend(denied.map(|why| format!("{}: denied: {why}", program.name)));
            let missed = explored
                .runs
                .iter()
                .find(|run| said[index] == Said::Promised && is_missed(run));
            wrong.extend(missed.map(|run| format!("{}: promised, but not released by {:?}", program.name, run.trace)));
        }
        (said, explored, wrong)
    });
    keep(&programs);
    let claims: Vec<usize> = (0..programs.len())
        .filter(|&index| said[index] == Said::Strong && explored[index].runs.iter().any(|run| run.acquired))
        .collect();
    let unseen: Vec<&str> = claims
        .iter()
        .filter(|&&index| !explored[index].runs.iter().any(is_missed))
        .map(|&index| programs[index].name.as_str())
        .collect();
    let count = |is_it: &dyn Fn(usize) -> bool| (0..programs.len()).filter(|&index| is_it(index)).count();
    println!(
        "{} programs, {} with an acquisition that runs, {} runs, all possible ones of {}; {} promises, {} silent ({} of them miss), {} weak; {} strong misses, {} of them not seen {unseen:?}",
        programs.len(),
        count(&|index| explored[index].runs.iter().any(|run| run.acquired)),
        explored.iter().map(|explored| explored.runs.len()).sum::<usize>(),
        count(&|index| explored[index].exhausted),
        count(&|index| said[index] == Said::Promised),
        count(&|index| said[index] == Said::Silent),
        count(&|index| said[index] == Said::Silent && explored[index].runs.iter().any(is_missed)),
        count(&|index| said[index] == Said::Weak),
        claims.len(),
        unseen.len(),
    );
    assert!(wrong.is_empty(), "{} contradictions\n{}", wrong.len(), wrong.join("\n"));
    assert!(
        (claims.len() - unseen.len()) * 100 >= claims.len() * MIN_CONFIRMED,
        "{} of {} strong misses were not seen",
        unseen.len(),
        claims.len()
    );
}

/// What the rules say of each program.
fn said(project: &Project<'_>, count: usize) -> Vec<Said> {
    let mut said = vec![Said::Silent; count];
    let mut engine = Engine::default();
    for acquisition in project
        .acquisitions()
        .iter()
        .filter(|acquisition| acquisition.resource() == Resource::Connection)
    {
        if engine.release(project, acquisition) == Release::Always {
            said[acquisition.call.file.index()] = Said::Promised;
        }
    }
    for leak in project
        .model()
        .leaks
        .iter()
        .filter(|leak| leak.resource == Resource::Connection)
    {
        said[leak.place.file.index()] = if leak.confidence > Confidence::Low {
            Said::Strong
        } else {
            Said::Weak
        };
    }
    said
}

/// Writes the programs to a folder, for whoever looks into a contradiction.
fn keep(programs: &[Program]) {
    let Some(folder) = std::env::var_os("LEAKLINT_ORACLE_KEEP") else {
        return;
    };
    for program in programs {
        fs::write(Path::new(&folder).join(&program.name), &program.text).unwrap();
    }
}

/// Never settling is no way out.
fn is_missed(run: &Run) -> bool {
    run.unreleased && run.outcome != Ending::Pending
}

fn explore(programs: &[Program], said: &[Said]) -> Vec<Explored> {
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    let input = folder.path().join("programs.json");
    let harness = folder.path().join("harness.cjs");
    let sources: Vec<_> = programs
        .iter()
        .zip(said)
        .map(|(program, said)| serde_json::json!({ "source": program.text, "seek": *said == Said::Strong }))
        .collect();
    fs::write(
        &input,
        serde_json::json!({ "limit": RUNS, "programs": sources }).to_string(),
    )
    .unwrap();
    fs::write(&harness, include_str!("harness.cjs")).unwrap();
    let output = Command::new("node")
        .arg(&harness)
        .arg(&input)
        .output()
        .expect("node is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Why the graphs of a program do not allow a run.
fn denied(program: &Program, graphs: &[StepGraph], run: &Run) -> Option<String> {
    program
        .lanes
        .iter()
        .enumerate()
        .filter(|(_, lane)| !lane.is_repeated)
        .find_map(|(index, lane)| {
            let is_visible = |step: usize| program.steps[step].lane == index;
            let sequence: Vec<usize> = run.trace.iter().copied().filter(|&step| is_visible(step)).collect();
            let graph = &graphs[lane.activation];
            let first = program.activations[lane.activation];
            let is_root = lane.activation == 0 && !lane.is_beside;
            let exit = match run.outcome {
                Ending::Return if is_root => Some(Exit::Return),
                Ending::Throw if is_root => Some(Exit::Throw),
                _ => None,
            };
            let pieces: Vec<&[usize]> = if lane.is_beside {
                vec![&sequence]
            } else {
                activations(&sequence, first)
            };
            pieces
                .into_iter()
                .find_map(|piece| graph.refuses(piece, &is_visible, exit))
        })
}

/// The steps of each activation of a function, which begin with its first step.
fn activations(sequence: &[usize], first: usize) -> Vec<&[usize]> {
    let mut starts: Vec<usize> = (0..sequence.len()).filter(|&at| sequence[at] == first).collect();
    starts.push(sequence.len());
    starts.windows(2).map(|pair| &sequence[pair[0]..pair[1]]).collect()
}
