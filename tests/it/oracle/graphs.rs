//! The graphs of generated programs, in terms of their steps.

use std::collections::{BTreeMap, BTreeSet};

use leaklint::diagnostic::FileId;
use leaklint::facts::body::Op;
use leaklint::facts::expr::{Expr, Literal};
use leaklint::project::Project;
use leaklint::project::cfg::{self, Exit, Graph, NodeId, What};
use leaklint::project::path::{At, FnRef};

use super::program::Program;

/// The graph of one activation, with the step that each node is.
pub struct StepGraph {
    pub graph: Graph,
    steps: Vec<Option<usize>>,
}

/// The graphs of a program's activations, in their order.
pub fn graphs(project: &Project<'_>, file: FileId, program: &Program) -> Vec<StepGraph> {
    let owners = step_owners(project, file);
    program
        .activations
        .iter()
        .map(|first| {
            let function = *owners
                .get(first)
                .unwrap_or_else(|| panic!("{}: step {first} is nowhere", program.name));
            let graph = cfg::build(project, function);
            let steps = graph.ids().map(|id| step_of(project, graph.node(id).what)).collect();
            StepGraph { graph, steps }
        })
        .collect()
}

/// The function in whose own body each step stands.
fn step_owners(project: &Project<'_>, file: FileId) -> BTreeMap<usize, FnRef> {
    let mut owners = BTreeMap::new();
    for function in project.functions().filter(|function| function.file == file) {
        for index in 0..project.function(function).ops.len() as u32 {
            if let Some(step) = step_of(project, What::Op { function, index }) {
                owners.insert(step, function);
            }
        }
    }
    owners
}

/// The number of `step(number)`.
fn step_of(project: &Project<'_>, what: What) -> Option<usize> {
    let What::Op { function, index } = what else {
        return None;
    };
    let Op::Call(call) = project.function(function).ops[index as usize] else {
        return None;
    };
    let call = At::new(function.file, call);
    if project.callee_name(call) != Some("step") {
        return None;
    }
    let number = project.call(call).args.first()?;
    match project.expr(At::new(function.file, *number)) {
        Expr::Literal(Literal::Number(text)) => project.facts(function.file).name(*text).parse().ok(),
        _ => None,
    }
}

impl StepGraph {
    pub fn steps(&self) -> BTreeSet<usize> {
        self.steps.iter().flatten().copied().collect()
    }

    pub fn step(&self, node: NodeId) -> Option<usize> {
        self.steps[node.index()]
    }

    /// The nodes that control can be at without having come to another visible step, those of `from` included.
    pub fn silent(&self, from: &BTreeSet<NodeId>, is_visible: &dyn Fn(usize) -> bool) -> BTreeSet<NodeId> {
        let mut seen = from.clone();
        let mut stack: Vec<NodeId> = from.iter().copied().collect();
        while let Some(node) = stack.pop() {
            for edge in &self.graph.node(node).edges {
                let is_stop = self.step(edge.to).is_some_and(is_visible);
                if !is_stop && seen.insert(edge.to) {
                    stack.push(edge.to);
                }
            }
        }
        seen
    }

    /// The nodes of a step that control comes to next from some of `from`.
    pub fn next(&self, from: &BTreeSet<NodeId>, step: usize) -> BTreeSet<NodeId> {
        let edges = from.iter().flat_map(|&node| &self.graph.node(node).edges);
        edges
            .map(|edge| edge.to)
            .filter(|&to| self.step(to) == Some(step))
            .collect()
    }

    /// Why a sequence of visible steps is no path; `exit` is how it ends, where that is known.
    pub fn refuses(
        &self,
        sequence: &[usize],
        is_visible: &dyn Fn(usize) -> bool,
        exit: Option<Exit>,
    ) -> Option<String> {
        let mut at = self.silent(&BTreeSet::from([self.graph.entry]), is_visible);
        for (index, &step) in sequence.iter().enumerate() {
            let next = self.next(&at, step);
            if next.is_empty() {
                return Some(format!("step {step} cannot follow {:?}", &sequence[..index]));
            }
            at = self.silent(&next, is_visible);
        }
        let exit = exit?;
        let ends = at.iter().any(|&node| self.graph.node(node).what == What::Exit(exit));
        (!ends).then(|| format!("no way out by {exit:?} behind {sequence:?}"))
    }
}
