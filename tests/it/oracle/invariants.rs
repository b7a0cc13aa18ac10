//! What holds for every graph, whatever the program does when it runs.

use std::collections::BTreeSet;

use leaklint::diagnostic::FileId;
use leaklint::project::cfg::What;

use super::graphs::{StepGraph, graphs};
use super::program::Program;
use super::{programs, with_programs};

#[test]
fn graphs_of_generated_programs_are_whole() {
    let programs = programs();
    let wrong = with_programs(&programs, |project, outcome| {
        assert_eq!(outcome.files.len(), programs.len());
        let mut wrong = Vec::new();
        for (index, program) in programs.iter().enumerate() {
            assert_eq!(outcome.files[index].path().to_str(), Some(program.name.as_str()));
            let graphs = graphs(project, FileId(index as u32), program);
            let complaints = graphs
                .iter()
                .flat_map(complaints)
                .chain(missing_steps(program, &graphs))
                .chain(lost_finalisers(program, &graphs));
            wrong.extend(complaints.map(|complaint| format!("{}: {complaint}", program.name)));
        }
        wrong
    });
    assert!(wrong.is_empty(), "{} complaints\n{}", wrong.len(), wrong.join("\n"));
}

/// Edges that lead nowhere, nodes that lead nowhere, nodes that nothing leads to, and graphs without a way out.
fn complaints(graph: &StepGraph) -> Vec<String> {
    let mut found = Vec::new();
    let graph = &graph.graph;
    if graph.overflow {
        return vec!["the graph is too large".to_owned()];
    }
    let mut entered = vec![false; graph.nodes.len()];
    entered[graph.entry.index()] = true;
    let mut stack = vec![graph.entry];
    let mut has_exit = false;
    while let Some(id) = stack.pop() {
        let node = graph.node(id);
        let is_exit = matches!(node.what, What::Exit(_));
        has_exit |= is_exit;
        if is_exit != node.edges.is_empty() {
            found.push(format!("n{} {:?} has {} edges", id.0, node.what, node.edges.len()));
        }
        for edge in &node.edges {
            match entered.get_mut(edge.to.index()) {
                None => found.push(format!("n{} leads to n{}, which is not there", id.0, edge.to.0)),
                Some(entered) if !*entered => {
                    *entered = true;
                    stack.push(edge.to);
                }
                Some(_) => {}
            }
        }
    }
    if !has_exit {
        found.push("the entry reaches no exit".to_owned());
    }
    found.extend(
        entered
            .iter()
            .enumerate()
            .filter(|(_, entered)| !**entered)
            .map(|(id, _)| format!("n{id} cannot be reached")),
    );
    found
}

/// Steps that the graph of their activation does not have. The generator writes no dead code.
fn missing_steps(program: &Program, graphs: &[StepGraph]) -> Vec<String> {
    let known: Vec<BTreeSet<usize>> = graphs.iter().map(StepGraph::steps).collect();
    let is_missing = |&(number, lane): &(usize, usize)| !known[program.lanes[lane].activation].contains(&number);
    let steps = program
        .steps
        .iter()
        .enumerate()
        .map(|(number, step)| (number, step.lane));
    steps
        .filter(is_missing)
        .map(|(number, _)| format!("step {number} is not in the graph"))
        .collect()
}

/// Jumps that do not come to the handler or finaliser around them first.
fn lost_finalisers(program: &Program, graphs: &[StepGraph]) -> Vec<String> {
    let mut found = Vec::new();
    for &(jump, expected) in &program.detours {
        let graph = &graphs[program.lanes[program.steps[jump].lane].activation];
        for start in graph.graph.ids().filter(|&id| graph.step(id) == Some(jump)) {
            let silent = graph.silent(&BTreeSet::from([start]), &|_| true);
            let leaves = silent
                .iter()
                .any(|&id| matches!(graph.graph.node(id).what, What::Exit(_)));
            let next: BTreeSet<usize> = silent
                .iter()
                .flat_map(|&id| &graph.graph.node(id).edges)
                .filter_map(|edge| graph.step(edge.to))
                .collect();
            if leaves || next != BTreeSet::from([expected]) {
                found.push(format!(
                    "the jump behind step {jump} goes to {next:?} (or out: {leaves}) instead of {expected}"
                ));
            }
        }
    }
    found
}
