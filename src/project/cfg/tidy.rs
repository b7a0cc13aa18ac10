//! Takes out of a graph what says nothing: nodes that control cannot reach, and joins that only lead on.

use super::{EdgeKind, Graph, NodeId, What};

/// The same graph without idle nodes. Reachable operations, tests and exits stay as they are.
pub(super) fn tidied(mut graph: Graph) -> Graph {
    let targets = destinations(&graph);
    for node in &mut graph.nodes {
        for edge in &mut node.edges {
            edge.to = targets[edge.to.index()];
        }
        let mut kept = node.edges.clone();
        kept.clear();
        for &edge in &node.edges {
            if !kept.contains(&edge) {
                kept.push(edge);
            }
        }
        node.edges = kept;
    }
    let numbers = reachable(&graph);
    let mut nodes = Vec::new();
    for (node, number) in graph.nodes.into_iter().zip(&numbers) {
        if number.is_none() {
            continue;
        }
        let mut node = node;
        for edge in &mut node.edges {
            edge.to = numbers[edge.to.index()].expect("an edge of a reachable node leads to a reachable one");
        }
        nodes.push(node);
    }
    graph.nodes = nodes;
    graph
}

/// Where control is really going at each node: past the joins that have one plain way on.
fn destinations(graph: &Graph) -> Vec<NodeId> {
    let mut known: Vec<Option<NodeId>> = vec![None; graph.nodes.len()];
    let mut passed = Vec::new();
    for from in graph.ids() {
        let mut at = from;
        let end = loop {
            if let Some(end) = known[at.index()] {
                break end;
            }
            // Joins alone make no circle: every loop has its operation. Should one come up, it stays as it is.
            let is_circle = passed.len() > graph.nodes.len();
            let node = graph.node(at);
            match node.edges.as_slice() {
                [only] if node.what == What::Join && only.kind == EdgeKind::Next && !is_circle => {
                    passed.push(at);
                    at = only.to;
                }
                _ => break at,
            }
        };
        known[at.index()] = Some(end);
        for node in passed.drain(..) {
            known[node.index()] = Some(end);
        }
    }
    known
        .into_iter()
        .zip(graph.ids())
        .map(|(end, id)| end.unwrap_or(id))
        .collect()
}

/// The new number of each node that is reachable from the entry.
fn reachable(graph: &Graph) -> Vec<Option<NodeId>> {
    let mut seen = vec![false; graph.nodes.len()];
    let mut stack = vec![graph.entry];
    seen[graph.entry.index()] = true;
    while let Some(id) = stack.pop() {
        for edge in &graph.node(id).edges {
            if !std::mem::replace(&mut seen[edge.to.index()], true) {
                stack.push(edge.to);
            }
        }
    }
    let mut next = 0;
    let number = |is_seen: bool| {
        is_seen.then(|| {
            next += 1;
            NodeId(next - 1)
        })
    };
    seen.into_iter().map(number).collect()
}
