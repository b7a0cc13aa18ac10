//! Builds the graph from structured operations.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::facts::body::Op;

use super::super::Project;
use super::super::effects::Leaves;
use super::super::path::{CallRef, FnRef};
use super::chain::Pending;
use super::jump::{Frame, Jump};
use super::marks::{Marks, Parts};
use super::{Edge, EdgeKind, Exit, Graph, Node, NodeId, Strength, What, tidy};

/// Builds the graph of a function's activation.
pub fn build(project: &Project<'_>, function: FnRef) -> Graph {
    let mut builder = Builder {
        project,
        nodes: Vec::new(),
        entered: Vec::new(),
        inlined: vec![function],
        building: vec![function],
        frames: Vec::new(),
        exits: FxHashMap::default(),
        marks: FxHashMap::default(),
        pending: FxHashMap::default(),
        dropped: Vec::new(),
        overflow: false,
    };
    let entry = builder.node(What::Entry);
    let body = project.function(function).ops.len();
    let end = builder.ops(function, 0..body, Some(entry));
    builder.go(end, Jump::Return);
    builder.drop_pending();
    let graph = Graph {
        function,
        nodes: builder.nodes,
        entry,
        inlined: builder.inlined,
        overflow: builder.overflow,
    };
    if graph.overflow { graph } else { tidy::tidied(graph) }
}

pub(super) struct Builder<'p, 'a> {
    pub(super) project: &'p Project<'a>,
    pub(super) nodes: Vec<Node>,
    /// Whether some edge leads to the node; as long as `nodes`.
    entered: Vec<bool>,
    pub(super) inlined: Vec<FnRef>,
    /// The functions whose bodies are being built, outermost first.
    pub(super) building: Vec<FnRef>,
    /// What encloses the current operation, innermost last.
    pub(super) frames: Vec<Frame>,
    /// The one node of each way out of the activation.
    exits: FxHashMap<Exit, NodeId>,
    marks: FxHashMap<FnRef, Marks>,
    /// Promises of calls in the graph on which nothing has waited yet.
    pub(super) pending: FxHashMap<CallRef, Pending>,
    /// Promises that nothing can wait for.
    pub(super) dropped: Vec<Pending>,
    overflow: bool,
}

impl Builder<'_, '_> {
    pub(super) fn node(&mut self, what: What) -> NodeId {
        if self.nodes.len() >= self.project.meter.max_nodes() {
            self.project.meter.note_large_graph(self.inlined[0].file);
            self.overflow = true;
            return NodeId(0);
        }
        self.nodes.push(Node {
            what,
            edges: SmallVec::new(),
        });
        self.entered.push(false);
        NodeId(self.nodes.len() as u32 - 1)
    }

    pub(super) fn edge(&mut self, from: NodeId, to: NodeId, kind: EdgeKind) {
        let edge = Edge { to, kind };
        let edges = &mut self.nodes[from.index()].edges;
        if !edges.contains(&edge) {
            edges.push(edge);
        }
        self.entered[to.index()] = true;
    }

    /// The id that the next node will have.
    pub(super) fn next_id(&self) -> NodeId {
        NodeId(self.nodes.len() as u32)
    }

    /// The node, if some edge leads there.
    pub(super) fn if_entered(&self, node: NodeId) -> Option<NodeId> {
        self.entered[node.index()].then_some(node)
    }

    /// A new node after `from`, if control gets there.
    pub(super) fn then(&mut self, from: Option<NodeId>, what: What) -> Option<NodeId> {
        let from = from?;
        let to = self.node(what);
        self.edge(from, to, EdgeKind::Next);
        Some(to)
    }

    pub(super) fn exit(&mut self, exit: Exit) -> NodeId {
        if let Some(&known) = self.exits.get(&exit) {
            return known;
        }
        let node = self.node(What::Exit(exit));
        self.exits.insert(exit, node);
        node
    }

    pub(super) fn parts(&mut self, function: FnRef, begin: usize) -> Parts {
        let project = self.project;
        self.marks
            .entry(function)
            .or_insert_with(|| Marks::of(&project.function(function).ops))
            .at(begin)
    }

    /// Builds a range of operations; returns where control is behind it, if it gets there.
    pub(super) fn ops(
        &mut self,
        function: FnRef,
        range: std::ops::Range<usize>,
        mut current: Option<NodeId>,
    ) -> Option<NodeId> {
        let mut index = range.start;
        while index < range.end {
            if self.overflow {
                return None;
            }
            let (next, after) = stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || {
                self.op(function, index, range.end, current)
            });
            index = next;
            current = after;
        }
        current
    }

    /// Builds the operation at `index` with all it encloses; returns the index behind it.
    fn op(&mut self, function: FnRef, index: usize, end: usize, current: Option<NodeId>) -> (usize, Option<NodeId>) {
        let ops = &self.project.function(function).ops;
        let op = ops[index];
        let what = What::Op {
            function,
            index: index as u32,
        };
        match op {
            Op::If(test) => return self.branch(function, index, function.with(test), current),
            Op::Loop(label) => return self.looping(function, index, label, current),
            Op::Block(label) => return self.block(function, index, label, current),
            Op::Switch { label, .. } => return self.switch(function, index, label, current),
            Op::Try => return self.trying(function, index, current),
            Op::Using { binding, .. } => return self.using(function, index, end, binding, current),
            _ => {}
        }
        let Some(here) = self.then(current, what) else {
            return (index + 1, None);
        };
        let after = match op {
            Op::Call(call) => self.call(function.with(call), here),
            Op::Await(of) => {
                self.awaited(function.with(of), here);
                Some(here)
            }
            Op::Yield(_) => {
                self.go(Some(here), Jump::Abandon);
                Some(here)
            }
            Op::Return(value) => {
                if let Some(value) = value {
                    self.returned(function.with(value), here);
                }
                self.go(Some(here), Jump::Return);
                None
            }
            Op::Throw(_) => {
                self.throw(here, Strength::Strong);
                None
            }
            Op::Break(label) => {
                self.go(Some(here), Jump::Break(function, label));
                None
            }
            Op::Continue(label) => {
                self.go(Some(here), Jump::Continue(function, label));
                None
            }
            Op::Assign { .. } | Op::Store { .. } | Op::Delete(_) | Op::Jsx(_) | Op::EndUsing(_) => Some(here),
            // Marks of a structure that is handled as a whole where it begins.
            Op::Else
            | Op::EndIf
            | Op::LoopTest(_)
            | Op::LoopItem { .. }
            | Op::LoopNext(_)
            | Op::EndLoop(_)
            | Op::EndBlock(_)
            | Op::Case(_)
            | Op::EndSwitch(_)
            | Op::Catch(_)
            | Op::Finally
            | Op::EndTry => Some(here),
            Op::If(_) | Op::Loop(_) | Op::Block(_) | Op::Switch { .. } | Op::Try | Op::Using { .. } => {
                unreachable!("handled above")
            }
        };
        (index + 1, after)
    }

    fn call(&mut self, call: CallRef, here: NodeId) -> Option<NodeId> {
        let leaves = self.project.leaves(call);
        match leaves {
            Leaves::Never => return None,
            Leaves::Throws(strength) => self.throw(here, strength),
            Leaves::Returns => {}
        }
        Some(self.invoked(call, here))
    }
}
