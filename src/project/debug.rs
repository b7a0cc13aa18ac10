//! What the analysis believes, as text: for the people who work on it, and for bug reports.

use std::fmt::Write;

use crate::diagnostic::FileId;
use crate::facts::body::Op;

use super::Project;
use super::cfg::{self, EdgeKind, What};
use super::duty::Engine;
use super::path::FnRef;

/// The control flow graphs of a file's functions.
pub fn cfg(project: &Project<'_>, file: FileId) -> String {
    let mut out = String::new();
    for function in project.functions().filter(|function| function.file == file) {
        let graph = cfg::build(project, function);
        let _ = writeln!(out, "fn {} {}", function.id.0, name_of(project, function));
        for id in graph.ids() {
            let node = graph.node(id);
            let edges: Vec<String> = node
                .edges
                .iter()
                .map(|edge| format!("{}n{}", edge_name(edge.kind), edge.to.0))
                .collect();
            let _ = writeln!(
                out,
                "  n{} {} -> {}",
                id.0,
                what_name(project, node.what),
                edges.join(", ")
            );
        }
    }
    out
}

/// The acquisitions of a file, where their holder lives, how often they run and how they are released.
pub fn duties(project: &Project<'_>, file: FileId) -> String {
    let mut out = String::new();
    let mut engine = Engine::default();
    for acquisition in project
        .acquisitions()
        .iter()
        .filter(|acquisition| acquisition.call.file == file)
    {
        let fact = project.call(acquisition.call);
        let _ = writeln!(
            out,
            "{}..{} {:?} `{}` ({:?})",
            fact.span.start,
            fact.span.end,
            acquisition.resource(),
            project.describe(acquisition.call.with(fact.callee)),
            acquisition.tier
        );
        if let Some(holder) = project.holder_expr(acquisition) {
            let _ = writeln!(
                out,
                "  holder `{}`: {:?}",
                project.describe(holder),
                project.region_of(holder, acquisition.function)
            );
        }
        let _ = writeln!(
            out,
            "  repeats: {}",
            repeats_name(&project.repeats_call(acquisition.call))
        );
        let _ = writeln!(out, "  release: {:?}", engine.release(project, acquisition));
        if let Some(group) = project.settle_group(acquisition.function) {
            let functions: Vec<u32> = group.functions.iter().map(|function| function.id.0).collect();
            let _ = writeln!(
                out,
                "  settled in {functions:?} and {} calls: {:?}",
                group.direct.len(),
                engine.release_on_settle(project, acquisition, &group)
            );
        }
        let _ = writeln!(out, "  elsewhere: {:?}", project.released_elsewhere(acquisition));
    }
    for (seen, is_bounded) in project
        .growing_lines()
        .into_iter()
        .filter(|(seen, _)| seen.site.place.file == file)
    {
        let _ = writeln!(
            out,
            "{}..{} grows {:?} ({:?}): lives {:?}, origin {:?}, repeats {}, bounded {}",
            seen.site.place.span.start,
            seen.site.place.span.end,
            seen.site.container,
            seen.made.kind,
            seen.life,
            seen.origin,
            repeats_name(&project.repeats_at(seen.site.function, seen.site.index)),
            is_bounded
        );
    }
    out
}

fn repeats_name(repeats: &super::repetition::Repeats) -> String {
    match repeats {
        super::repetition::Repeats::Many(why) => format!(
            "many: {}",
            why.iter()
                .map(|label| label.text.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        ),
        other => format!("{other:?}"),
    }
}

fn name_of<'p>(project: &'p Project<'_>, function: FnRef) -> &'p str {
    project.function_name(function).unwrap_or("(anonymous)")
}

fn edge_name(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Next => "",
        EdgeKind::Branch { taken: true, .. } => "true ",
        EdgeKind::Branch { taken: false, .. } => "false ",
        EdgeKind::Throw(cfg::Strength::Strong) => "throw ",
        EdgeKind::Throw(cfg::Strength::Weak) => "may-throw ",
        EdgeKind::Reject(cfg::Strength::Strong) => "reject ",
        EdgeKind::Reject(cfg::Strength::Weak) => "may-reject ",
    }
}

fn what_name(project: &Project<'_>, what: What) -> String {
    match what {
        What::Entry => "entry".to_owned(),
        What::Join => "join".to_owned(),
        What::Exit(exit) => format!("exit {exit:?}"),
        What::Dispose { .. } => "dispose".to_owned(),
        What::Enter { function, .. } => format!("enter fn {}", function.id.0),
        What::Op { function, index } => {
            let op = project.function(function).ops[index as usize];
            let text = match op {
                Op::Call(call) => format!(
                    "call {}",
                    project.describe(function.with(project.facts(function.file).call(call).callee))
                ),
                Op::Await(_) => "await".to_owned(),
                Op::Return(_) => "return".to_owned(),
                Op::Throw(_) => "throw".to_owned(),
                Op::Assign { to, .. } => format!(
                    "assign {}",
                    project
                        .facts(function.file)
                        .name(project.facts(function.file).binding(to).name)
                ),
                Op::Store { to, .. } => format!("store {}", project.describe(function.with(to))),
                other => format!("{other:?}").to_lowercase(),
            };
            let span = project.function(function).spans[index as usize];
            format!("{text} @{}", span.start)
        }
    }
}
