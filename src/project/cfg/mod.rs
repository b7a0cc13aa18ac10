//! The control flow graph of one activation: a function's body with the callbacks that belong to its run.
//!
//! Every operation is a node. Edges say why control takes them: in order, because a test went one way, because
//! something threw (and how likely that is). A `finally` is copied for each way through it, so that a path knows where
//! it came from. Callbacks that run during the call (an executor, `forEach`) and the handlers of promise chains are
//! part of the graph; callbacks that run later are not, but the nodes that hand them over are.
//!
//! What the graph does not say: a read of a property throws nothing, an optional call (`f?.()`) happens, the tests of a
//! `switch` are all evaluated, a generator is not thrown into, and disposing at the end of `using` throws nothing.

mod build;
mod chain;
mod jump;
mod marks;
mod settle;
mod structure;
mod tidy;

use smallvec::SmallVec;

use crate::facts::ids::{BindingId, Span};

use super::path::{CallRef, ExprRef, FnRef};

pub use build::build;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub u32);

impl NodeId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// How likely a call or operation leaves by throwing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Strength {
    /// Any call of which nothing is known.
    Weak,
    /// `throw`, an `await` that may reject, a call that validates.
    Strong,
}

/// Why control takes an edge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EdgeKind {
    Next,
    /// The test went this way.
    Branch {
        test: ExprRef,
        taken: bool,
    },
    Throw(Strength),
    /// A promise rejected: control goes to its handlers, or to where it is awaited.
    Reject(Strength),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Edge {
    pub to: NodeId,
    pub kind: EdgeKind,
}

/// How control leaves the activation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Exit {
    /// The end of the body, or `return`.
    Return,
    Throw,
    /// A promise chain that nobody awaits rejects at its end, and nothing follows it.
    Unhandled,
    /// A generator is never resumed.
    Abandoned,
}

/// What happens at a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    Entry,
    /// Joins paths; nothing happens.
    Join,
    /// An operation of a function's body, by its position.
    Op {
        function: FnRef,
        index: u32,
    },
    /// The end of a `using` scope disposes the variable's value.
    Dispose {
        function: FnRef,
        binding: BindingId,
    },
    /// A callback of the call that runs at most once has been entered (its parameters have their values).
    Enter {
        function: FnRef,
        call: CallRef,
    },
    Exit(Exit),
}

#[derive(Clone, Debug)]
pub struct Node {
    pub what: What,
    pub edges: SmallVec<[Edge; 2]>,
}

/// A control flow graph.
#[derive(Clone, Debug)]
pub struct Graph {
    /// The function whose activation this is.
    pub function: FnRef,
    pub nodes: Vec<Node>,
    pub entry: NodeId,
    /// Functions whose bodies are part of the graph, the root first.
    pub inlined: Vec<FnRef>,
    /// The graph grew over the allowance; it must not be used.
    pub overflow: bool,
}

impl Graph {
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }
}

/// The span of what happens at a node, for labels.
pub fn span_of(project: &super::Project<'_>, what: What) -> Option<(crate::diagnostic::FileId, Span)> {
    match what {
        What::Op { function, index } => Some((function.file, project.function(function).spans[index as usize])),
        What::Enter { function, .. } => Some((function.file, project.function(function).head)),
        What::Entry | What::Join | What::Dispose { .. } | What::Exit(_) => None,
    }
}
