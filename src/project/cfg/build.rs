//! Builds the graph from structured operations.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::facts::body::Op;
use crate::facts::ids::{BindingId, LabelId};

use super::super::Project;
use super::super::effects::Leaves;
use super::super::path::{CallRef, ExprRef, FnRef};
use super::{Edge, EdgeKind, Exit, Graph, MAX_NODES, Node, NodeId, Strength, What};

/// Functions nested into each other's graphs.
const MAX_INLINE_DEPTH: u32 = 6;

/// Builds the graph of a function's activation.
pub fn build(project: &Project<'_>, function: FnRef) -> Graph {
    let mut builder = Builder {
        project,
        nodes: Vec::new(),
        inlined: vec![function],
        frames: Vec::new(),
        exits: FxHashMap::default(),
        rejected: FxHashMap::default(),
        depth: 0,
        overflow: false,
    };
    let entry = builder.node(What::Entry);
    let body = project.function(function).ops.len();
    let end = builder.ops(function, 0..body, Some(entry));
    if let Some(end) = end {
        let exit = builder.jump(Jump::Exit(Exit::Return), builder.frames.len());
        builder.edge(end, exit, EdgeKind::Next);
    }
    builder.drop_rejected();
    Graph { function, nodes: builder.nodes, entry, inlined: builder.inlined, overflow: builder.overflow }
}

pub(super) struct Builder<'p, 'a> {
    pub(super) project: &'p Project<'a>,
    nodes: Vec<Node>,
    inlined: Vec<FnRef>,
    frames: Vec<Frame>,
    /// The one node of each way out of the activation.
    exits: FxHashMap<Exit, NodeId>,
    /// Paths on which the promise of a call in a chain is rejected.
    pub(super) rejected: FxHashMap<CallRef, Vec<(NodeId, Strength)>>,
    depth: u32,
    overflow: bool,
}

/// What encloses the current operation, innermost last.
enum Frame {
    Loop { label: LabelId, function: FnRef, end: NodeId, next: NodeId },
    Block { label: LabelId, function: FnRef, end: NodeId },
    /// Throws go to the handler.
    Catch { handler: NodeId },
    /// Every way out runs these operations first; one copy a destination.
    Finally { function: FnRef, ops: std::ops::Range<usize>, copies: FxHashMap<Jump, NodeId> },
    Using { function: FnRef, binding: BindingId, copies: FxHashMap<Jump, NodeId> },
    /// The body of an inlined callback: its `return` goes to `end`, what it throws to `thrown`.
    Inlined { end: NodeId, thrown: NodeId },
}

/// A way out of the current place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Jump {
    Exit(Exit),
    Break(FnRef, LabelId),
    Continue(FnRef, LabelId),
    Throw,
}

impl Builder<'_, '_> {
    pub(super) fn node(&mut self, what: What) -> NodeId {
        if self.nodes.len() >= MAX_NODES {
            self.overflow = true;
            return NodeId(0);
        }
        self.nodes.push(Node { what, edges: SmallVec::new() });
        NodeId(self.nodes.len() as u32 - 1)
    }

    pub(super) fn edge(&mut self, from: NodeId, to: NodeId, kind: EdgeKind) {
        let edge = Edge { to, kind };
        let edges = &mut self.nodes[from.index()].edges;
        if !edges.contains(&edge) {
            edges.push(edge);
        }
    }

    /// A new node after `from`, if control gets there.
    fn then(&mut self, from: Option<NodeId>, what: What) -> Option<NodeId> {
        let from = from?;
        let to = self.node(what);
        self.edge(from, to, EdgeKind::Next);
        Some(to)
    }

    /// Where a jump out of the innermost `depth` frames goes, through the finalisers on its way.
    fn jump(&mut self, jump: Jump, depth: usize) -> NodeId {
        let mut at = depth;
        while at > 0 {
            at -= 1;
            match &self.frames[at] {
                Frame::Loop { label, function, end, next } => match jump {
                    Jump::Break(of, wanted) if of == *function && wanted == *label => return *end,
                    Jump::Continue(of, wanted) if of == *function && wanted == *label => return *next,
                    _ => {}
                },
                Frame::Block { label, function, end } => {
                    if jump == Jump::Break(*function, *label) {
                        return *end;
                    }
                }
                Frame::Catch { handler } => {
                    if jump == Jump::Throw {
                        return *handler;
                    }
                }
                Frame::Inlined { end, thrown } => match jump {
                    Jump::Exit(Exit::Return) => return *end,
                    Jump::Throw | Jump::Exit(Exit::Throw) => return *thrown,
                    _ => {}
                },
                Frame::Finally { copies, .. } | Frame::Using { copies, .. } => {
                    if let Some(&copy) = copies.get(&jump) {
                        return copy;
                    }
                    return self.copy_finaliser(jump, at);
                }
            }
        }
        let exit = match jump {
            Jump::Exit(exit) => exit,
            Jump::Throw => Exit::Throw,
            // A jump whose target is not in the graph: the facts are inconsistent, so end quietly.
            Jump::Break(..) | Jump::Continue(..) => Exit::Return,
        };
        self.exit(exit)
    }

    fn exit(&mut self, exit: Exit) -> NodeId {
        if let Some(&known) = self.exits.get(&exit) {
            return known;
        }
        let node = self.node(What::Exit(exit));
        self.exits.insert(exit, node);
        node
    }

    /// Builds the finaliser at frame `at` for one way out, and goes on with that way from outside the frame.
    fn copy_finaliser(&mut self, jump: Jump, at: usize) -> NodeId {
        let start = self.node(What::Join);
        let inner: Vec<Frame> = self.frames.drain(at + 1..).collect();
        let frame = self.frames.pop().expect("the finaliser's frame is at this position");
        let end = match &frame {
            Frame::Finally { function, ops, .. } => self.ops(*function, ops.clone(), Some(start)),
            Frame::Using { function, binding, .. } => self.then(Some(start), What::Dispose { function: *function, binding: *binding }),
            _ => Some(start),
        };
        if let Some(end) = end {
            let target = self.jump(jump, self.frames.len());
            let kind = if jump == Jump::Throw { EdgeKind::Throw(Strength::Strong) } else { EdgeKind::Next };
            self.edge(end, target, kind);
        }
        let mut frame = frame;
        if let Frame::Finally { copies, .. } | Frame::Using { copies, .. } = &mut frame {
            copies.insert(jump, start);
        }
        self.frames.push(frame);
        self.frames.extend(inner);
        start
    }

    /// Adds an edge for something that throws at `from`.
    fn throw(&mut self, from: NodeId, strength: Strength) {
        // Whoever wrote a handler around it expects it to throw.
        let strength = if self.has_handler() { Strength::Strong } else { strength };
        let target = self.jump(Jump::Throw, self.frames.len());
        self.edge(from, target, EdgeKind::Throw(strength));
    }

    /// Whether a `catch` of the same body is around the current place.
    fn has_handler(&self) -> bool {
        let nearest = self.frames.iter().rev().find(|frame| matches!(frame, Frame::Catch { .. } | Frame::Inlined { .. }));
        matches!(nearest, Some(Frame::Catch { .. }))
    }

    fn go(&mut self, from: Option<NodeId>, jump: Jump) {
        if let Some(from) = from {
            let target = self.jump(jump, self.frames.len());
            self.edge(from, target, EdgeKind::Next);
        }
    }

    /// Builds a range of operations; returns where control is behind it, if it gets there.
    fn ops(&mut self, function: FnRef, range: std::ops::Range<usize>, mut current: Option<NodeId>) -> Option<NodeId> {
        let mut index = range.start;
        while index < range.end {
            if self.overflow {
                return None;
            }
            let (next, after) = stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || self.op(function, index, range.end, current));
            index = next;
            current = after;
        }
        current
    }

    /// Builds the operation at `index` with all it encloses; returns the index behind it.
    fn op(&mut self, function: FnRef, index: usize, end: usize, current: Option<NodeId>) -> (usize, Option<NodeId>) {
        let ops = &self.project.function(function).ops;
        let op = ops[index];
        let what = What::Op { function, index: index as u32 };
        match op {
            Op::If(test) => return self.branch(function, index, function.with(test), current),
            Op::Loop(label) => return self.looping(function, index, label, current),
            Op::Block(label) => return self.block(function, index, label, current),
            Op::Switch { label, .. } => return self.switch(function, index, label, current),
            Op::Try => return self.trying(function, index, current),
            Op::Using { binding, .. } => {
                let Some(here) = self.then(current, what) else { return (self.using_end(function, index, end, binding), None) };
                return self.using(function, index, end, binding, here);
            }
            _ => {}
        }
        let Some(here) = self.then(current, what) else { return (index + 1, None) };
        let after = match op {
            Op::Call(call) => self.call(function.with(call), here),
            Op::Await(of) => self.awaited(function.with(of), here),
            Op::Yield(_) => {
                let abandoned = self.jump(Jump::Exit(Exit::Abandoned), self.frames.len());
                self.edge(here, abandoned, EdgeKind::Next);
                Some(here)
            }
            Op::Return(value) => {
                if let Some(value) = value {
                    self.returned_chain(function.with(value));
                }
                self.go(Some(here), Jump::Exit(Exit::Return));
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
            Op::Else | Op::EndIf | Op::LoopTest(_) | Op::LoopItem { .. } | Op::LoopNext(_) | Op::EndLoop(_) | Op::EndBlock(_) | Op::Case(_) | Op::EndSwitch(_) | Op::Catch(_) | Op::Finally | Op::EndTry => Some(here),
            Op::If(_) | Op::Loop(_) | Op::Block(_) | Op::Switch { .. } | Op::Try | Op::Using { .. } => unreachable!("handled above"),
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
        self.invoked(call, here)
    }

    fn awaited(&mut self, of: ExprRef, here: NodeId) -> Option<NodeId> {
        match self.chain_end(of) {
            Some(rejected) => {
                for (node, strength) in rejected {
                    self.throw_from(node, strength);
                }
            }
            None => {
                if let Some(strength) = self.project.rejects(of) {
                    self.throw(here, strength);
                }
            }
        }
        Some(here)
    }

    /// What arrives at `node` is thrown on from the current place.
    pub(super) fn throw_out(&mut self, node: NodeId) {
        self.throw(node, Strength::Strong);
    }

    fn throw_from(&mut self, node: NodeId, strength: Strength) {
        let target = self.jump(Jump::Throw, self.frames.len());
        self.edge(node, target, EdgeKind::Reject(strength));
    }

    /// A chain that is returned rejects for the caller.
    fn returned_chain(&mut self, value: ExprRef) {
        if let Some(rejected) = self.chain_end(value) {
            for (node, strength) in rejected {
                let target = self.jump(Jump::Exit(Exit::Throw), self.frames.len());
                self.edge(node, target, EdgeKind::Reject(strength));
            }
        }
    }

    /// Chains that nobody awaited or returned: their rejection ends the path unhandled.
    fn drop_rejected(&mut self) {
        let mut left: Vec<_> = self.rejected.drain().collect();
        left.sort_by_key(|(call, _)| *call);
        for (_, nodes) in left {
            for (node, strength) in nodes {
                let target = self.exit(Exit::Unhandled);
                self.edge(node, target, EdgeKind::Reject(strength));
            }
        }
    }

    /// Builds a callback's body in place; `thrown` is where what it throws goes.
    pub(super) fn inline(&mut self, callback: FnRef, call: CallRef, from: NodeId, kind: EdgeKind, thrown: NodeId) -> Option<NodeId> {
        let join = self.node(What::Join);
        if self.depth >= MAX_INLINE_DEPTH || self.frames_inline(callback) {
            self.edge(from, join, kind);
            return Some(join);
        }
        let enter = self.node(What::Enter { function: callback, call });
        self.edge(from, enter, kind);
        if !self.inlined.contains(&callback) {
            self.inlined.push(callback);
        }
        self.depth += 1;
        self.frames.push(Frame::Inlined { end: join, thrown });
        let len = self.project.function(callback).ops.len();
        let end = self.ops(callback, 0..len, Some(enter));
        if let Some(end) = end {
            self.edge(end, join, EdgeKind::Next);
        }
        self.frames.pop();
        self.depth -= 1;
        Some(join)
    }

    /// Whether the callback is being built already.
    fn frames_inline(&self, callback: FnRef) -> bool {
        self.depth > 0 && self.inlined.iter().filter(|&&each| each == callback).count() > 1
    }

    fn branch(&mut self, function: FnRef, index: usize, test: ExprRef, current: Option<NodeId>) -> (usize, Option<NodeId>) {
        let (middle, end) = if_parts(&self.project.function(function).ops, index);
        let Some(here) = self.then(current, What::Op { function, index: index as u32 }) else { return (end + 1, None) };
        let yes = self.node(What::Join);
        self.edge(here, yes, EdgeKind::Branch { test, taken: true });
        let no = self.node(What::Join);
        self.edge(here, no, EdgeKind::Branch { test, taken: false });
        let yes = self.ops(function, index + 1..middle.unwrap_or(end), Some(yes));
        let no = match middle {
            Some(middle) => self.ops(function, middle + 1..end, Some(no)),
            None => Some(no),
        };
        (end + 1, self.join([yes, no]))
    }

    fn join(&mut self, ends: [Option<NodeId>; 2]) -> Option<NodeId> {
        if ends == [None, None] {
            return None;
        }
        let join = self.node(What::Join);
        for end in ends.into_iter().flatten() {
            self.edge(end, join, EdgeKind::Next);
        }
        Some(join)
    }

    fn looping(&mut self, function: FnRef, index: usize, label: LabelId, current: Option<NodeId>) -> (usize, Option<NodeId>) {
        let ops = &self.project.function(function).ops;
        let end = matching(ops, index, |op| matches!(op, Op::EndLoop(each) if *each == label));
        let Some(head) = self.then(current, What::Op { function, index: index as u32 }) else { return (end + 1, None) };
        let next_at = (index..end).find(|&at| matches!(ops[at], Op::LoopNext(each) if each == label)).unwrap_or(end);
        let next = self.node(What::Join);
        let behind = self.node(What::Join);
        self.frames.push(Frame::Loop { label, function, end: behind, next });
        let body = self.loop_part(function, index + 1..next_at, Some(head), behind);
        if let Some(body) = body {
            self.edge(body, next, EdgeKind::Next);
        }
        let update = self.loop_part(function, (next_at + 1).min(end)..end, Some(next), behind);
        if let Some(update) = update {
            self.edge(update, head, EdgeKind::Next);
        }
        self.frames.pop();
        let reachable = self.nodes.iter().any(|node| node.edges.iter().any(|edge| edge.to == behind));
        (end + 1, reachable.then_some(behind))
    }

    /// Operations of a loop up to its own test or item (which may leave it), and behind that.
    fn loop_part(&mut self, function: FnRef, range: std::ops::Range<usize>, mut current: Option<NodeId>, behind: NodeId) -> Option<NodeId> {
        let ops = &self.project.function(function).ops;
        let split = own_test(ops, range.clone());
        let Some(split) = split else { return self.ops(function, range, current) };
        current = self.ops(function, range.start..split, current);
        let here = self.then(current, What::Op { function, index: split as u32 })?;
        let inside = self.node(What::Join);
        match ops[split] {
            Op::LoopTest(test) => {
                let test = function.with(test);
                self.edge(here, inside, EdgeKind::Branch { test, taken: true });
                if self.project.as_bool(test) != Some(true) {
                    self.edge(here, behind, EdgeKind::Branch { test, taken: false });
                }
            }
            Op::LoopItem { is_await, .. } => {
                self.edge(here, inside, EdgeKind::Next);
                self.edge(here, behind, EdgeKind::Next);
                if is_await {
                    self.throw(here, Strength::Strong);
                }
            }
            _ => unreachable!("`own_test` finds a test or an item"),
        }
        self.ops(function, split + 1..range.end, Some(inside))
    }

    fn block(&mut self, function: FnRef, index: usize, label: LabelId, current: Option<NodeId>) -> (usize, Option<NodeId>) {
        let ops = &self.project.function(function).ops;
        let end = matching(ops, index, |op| matches!(op, Op::EndBlock(each) if *each == label));
        let behind = self.node(What::Join);
        self.frames.push(Frame::Block { label, function, end: behind });
        let last = self.ops(function, index + 1..end, current);
        self.frames.pop();
        if let Some(last) = last {
            self.edge(last, behind, EdgeKind::Next);
        }
        let reachable = current.is_some();
        (end + 1, reachable.then_some(behind))
    }

    fn switch(&mut self, function: FnRef, index: usize, label: LabelId, current: Option<NodeId>) -> (usize, Option<NodeId>) {
        let ops = &self.project.function(function).ops;
        let end = matching(ops, index, |op| matches!(op, Op::EndSwitch(each) if *each == label));
        let Some(head) = self.then(current, What::Op { function, index: index as u32 }) else { return (end + 1, None) };
        let behind = self.node(What::Join);
        let cases = own_cases(ops, index + 1..end);
        self.frames.push(Frame::Block { label, function, end: behind });
        let mut fallen: Option<NodeId> = None;
        let mut has_default = false;
        for (nth, &case) in cases.iter().enumerate() {
            let start = self.node(What::Op { function, index: case as u32 });
            self.edge(head, start, EdgeKind::Next);
            if let Some(fallen) = fallen {
                self.edge(fallen, start, EdgeKind::Next);
            }
            has_default |= matches!(ops[case], Op::Case(None));
            let until = cases.get(nth + 1).copied().unwrap_or(end);
            fallen = self.ops(function, case + 1..until, Some(start));
        }
        self.frames.pop();
        if let Some(fallen) = fallen {
            self.edge(fallen, behind, EdgeKind::Next);
        }
        if !has_default {
            self.edge(head, behind, EdgeKind::Next);
        }
        let reachable = self.nodes.iter().any(|node| node.edges.iter().any(|edge| edge.to == behind));
        (end + 1, reachable.then_some(behind))
    }

    fn trying(&mut self, function: FnRef, index: usize, current: Option<NodeId>) -> (usize, Option<NodeId>) {
        let (catch, finally, end) = try_parts(&self.project.function(function).ops, index);
        let Some(current) = current else { return (end + 1, None) };
        if let Some(finally) = finally {
            self.frames.push(Frame::Finally { function, ops: finally + 1..end, copies: FxHashMap::default() });
        }
        let body_end = catch.or(finally).unwrap_or(end);
        let after = match catch {
            Some(catch) => {
                let handler = self.node(What::Op { function, index: catch as u32 });
                self.frames.push(Frame::Catch { handler });
                let tried = self.ops(function, index + 1..body_end, Some(current));
                self.frames.pop();
                let caught = self.ops(function, catch + 1..finally.unwrap_or(end), Some(handler));
                self.join([tried, caught])
            }
            None => self.ops(function, index + 1..body_end, Some(current)),
        };
        let Some(finally) = finally else { return (end + 1, after) };
        self.frames.pop();
        let after = match after {
            Some(after) => self.ops(function, finally + 1..end, Some(after)),
            None => None,
        };
        (end + 1, after)
    }

    fn using_end(&self, function: FnRef, index: usize, end: usize, binding: BindingId) -> usize {
        let ops = &self.project.function(function).ops;
        (index..end).find(|&at| ops[at] == Op::EndUsing(binding)).unwrap_or(end)
    }

    fn using(&mut self, function: FnRef, index: usize, end: usize, binding: BindingId, here: NodeId) -> (usize, Option<NodeId>) {
        let until = self.using_end(function, index, end, binding);
        self.frames.push(Frame::Using { function, binding, copies: FxHashMap::default() });
        let after = self.ops(function, index + 1..until, Some(here));
        self.frames.pop();
        (until, self.then(after, What::Dispose { function, binding }))
    }
}

/// The position of the mark that ends the structure beginning at `index`.
fn matching(ops: &[Op], index: usize, is_end: impl Fn(&Op) -> bool) -> usize {
    (index + 1..ops.len()).find(|&at| is_end(&ops[at])).unwrap_or(ops.len() - 1)
}

/// `Else` (if there is one) and `EndIf` of the `If` at `index`.
pub(super) fn if_parts(ops: &[Op], index: usize) -> (Option<usize>, usize) {
    let (mut depth, mut middle) = (0, None);
    for (at, op) in ops.iter().enumerate().skip(index + 1) {
        match op {
            Op::If(_) => depth += 1,
            Op::Else if depth == 0 => middle = Some(at),
            Op::EndIf if depth == 0 => return (middle, at),
            Op::EndIf => depth -= 1,
            _ => {}
        }
    }
    (middle, ops.len() - 1)
}

/// `Catch`, `Finally` and `EndTry` of the `Try` at `index`.
fn try_parts(ops: &[Op], index: usize) -> (Option<usize>, Option<usize>, usize) {
    let (mut depth, mut catch, mut finally) = (0, None, None);
    for (at, op) in ops.iter().enumerate().skip(index + 1) {
        match op {
            Op::Try => depth += 1,
            Op::Catch(_) if depth == 0 => catch = Some(at),
            Op::Finally if depth == 0 => finally = Some(at),
            Op::EndTry if depth == 0 => return (catch, finally, at),
            Op::EndTry => depth -= 1,
            _ => {}
        }
    }
    (catch, finally, ops.len() - 1)
}

/// The loop's own test or item in a range, not that of a loop inside it.
fn own_test(ops: &[Op], range: std::ops::Range<usize>) -> Option<usize> {
    let mut depth = 0;
    for at in range {
        match ops[at] {
            Op::Loop(_) => depth += 1,
            Op::EndLoop(_) => depth -= 1,
            Op::LoopTest(_) | Op::LoopItem { .. } if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

/// The switch's own cases in a range.
fn own_cases(ops: &[Op], range: std::ops::Range<usize>) -> Vec<usize> {
    let (mut depth, mut cases) = (0, Vec::new());
    for at in range {
        match ops[at] {
            Op::Switch { .. } => depth += 1,
            Op::EndSwitch(_) => depth -= 1,
            Op::Case(_) if depth == 0 => cases.push(at),
            _ => {}
        }
    }
    cases
}
