//! Takes out of a graph what says nothing: nodes that control cannot reach, and joins that only lead on.

use super::{EdgeKind, Graph, NodeId, What};

/// The same graph without idle nodes. Reachable operations, tests and exits stay as they are.
pub(super) fn tidied(mut graph: Graph) -> Graph {
    let targets: Vec<NodeId> = graph.ids().map(|id| destination(&graph, id)).collect();
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

/// Where control is really going at a node: past the joins that have one plain way on.
fn destination(graph: &Graph, from: NodeId) -> NodeId {
    let mut at = from;
    // Joins alone make no circle (every loop has its operation), but a bound costs nothing.
    for _ in 0..graph.nodes.len() {
        let node = graph.node(at);
        match node.edges.as_slice() {
            [only] if node.what == What::Join && only.kind == EdgeKind::Next => at = only.to,
            _ => break,
        }
    }
    at
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
