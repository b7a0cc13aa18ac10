//! How a promise's executor settles it: which ends of its body come after `reject(…)`.

use crate::facts::body::Op;

use super::super::path::{FnRef, Path};
use super::build::Builder;
use super::{EdgeKind, NodeId, Strength, What};

impl Builder<'_, '_> {
    /// Leads the ends of an executor's body, built from node `first` on, to where its promise goes: `end` as long as it
    /// is not rejected, `rejected` behind a call of `reject`, both where `reject` is handed to something that may call it later.
    pub(super) fn settle(&mut self, executor: FnRef, first: NodeId, end: NodeId, rejected: NodeId) {
        let resolve = self.project.param_path(executor, 0);
        let reject = self.project.param_path(executor, 1);
        let nodes: Vec<NodeId> = (first.0..self.next_id().0).map(NodeId).collect();
        let rejects: Vec<NodeId> = nodes
            .iter()
            .copied()
            .filter(|&node| self.is_call_of(node, &reject))
            .collect();
        let resolves: Vec<NodeId> = nodes
            .iter()
            .copied()
            .filter(|&node| self.is_call_of(node, &resolve))
            .collect();
        if !rejects.is_empty() {
            let stops = |node: NodeId| rejects.contains(&node) || resolves.contains(&node);
            let open = self.reach(&[first], first, stops);
            let kept = self.reach(&resolves, first, |_| false);
            let broken = self.reach(&rejects, first, |_| false);
            for &node in &nodes {
                let leaves = self.nodes[node.index()].edges.iter().any(|edge| edge.to == end);
                let at = (node.0 - first.0) as usize;
                if !leaves || !broken[at] {
                    continue;
                }
                if !kept[at] && (!open[at] || rejects.contains(&node)) {
                    self.nodes[node.index()].edges.retain(|edge| edge.to != end);
                }
                self.edge(node, rejected, EdgeKind::Reject(Strength::Strong));
            }
        }
        if self.is_handed_on(executor, &reject) {
            self.edge(end, rejected, EdgeKind::Reject(Strength::Strong));
        }
    }

    fn is_call_of(&self, node: NodeId, callee: &Path) -> bool {
        let What::Op { function, index } = self.nodes[node.index()].what else {
            return false;
        };
        match self.project.function(function).ops[index as usize] {
            Op::Call(call) => {
                self.project
                    .path(function.with(self.project.call(function.with(call)).callee))
                    == *callee
            }
            _ => false,
        }
    }

    /// The nodes from `first` on that control reaches from some of them, those included; it goes no further where it `stops`.
    fn reach(&self, from: &[NodeId], first: NodeId, stops: impl Fn(NodeId) -> bool) -> Vec<bool> {
        let mut seen = vec![false; (self.next_id().0 - first.0) as usize];
        let mut stack = from.to_vec();
        while let Some(node) = stack.pop() {
            if node < first || std::mem::replace(&mut seen[(node.0 - first.0) as usize], true) || stops(node) {
                continue;
            }
            stack.extend(self.nodes[node.index()].edges.iter().map(|edge| edge.to));
        }
        seen
    }

    /// Whether `reject` goes anywhere but into a call in the part of the executor that runs at once.
    fn is_handed_on(&self, executor: FnRef, reject: &Path) -> bool {
        let project = self.project;
        project.nested(executor).any(|function| {
            let is_later = !self.inlined.contains(&function);
            let is_reject = |value| project.path(function.with(value)) == *reject;
            project.function(function).ops.iter().any(|op| match *op {
                Op::Call(call) => {
                    let call = project.call(function.with(call));
                    is_later && is_reject(call.callee) || call.args.iter().any(|&arg| is_reject(arg))
                }
                Op::Store { value, .. } | Op::Assign { value, .. } => is_reject(value),
                _ => false,
            })
        })
    }
}
