//! Ways out of a place, through what encloses it: loops, handlers, finalisers, inlined callbacks.

use rustc_hash::FxHashMap;

use crate::facts::ids::{BindingId, LabelId};

use super::super::path::FnRef;
use super::build::Builder;
use super::{EdgeKind, Exit, NodeId, Strength, What};

/// What encloses the current operation.
pub(super) enum Frame {
    Loop {
        label: LabelId,
        function: FnRef,
        end: NodeId,
        next: NodeId,
    },
    Block {
        label: LabelId,
        function: FnRef,
        end: NodeId,
    },
    /// Throws go to the handler.
    Catch { handler: NodeId },
    /// Every way out runs these operations first; one copy a destination.
    Finally {
        function: FnRef,
        ops: std::ops::Range<usize>,
        copies: FxHashMap<Jump, NodeId>,
    },
    Using {
        function: FnRef,
        binding: BindingId,
        copies: FxHashMap<Jump, NodeId>,
    },
    /// The body of a loop over a generator that may throw when the loop is left early, which closes the generator.
    Closing {
        label: LabelId,
        function: FnRef,
        strength: Strength,
        copies: FxHashMap<Jump, NodeId>,
    },
    /// The body of an inlined callback: where its `return` goes, what it throws, and a rejecting promise that it returns.
    Inlined(Outlets),
}

/// Where control goes behind an inlined callback.
#[derive(Clone, Copy)]
pub(super) struct Outlets {
    pub(super) end: NodeId,
    pub(super) thrown: NodeId,
    pub(super) rejected: NodeId,
    /// The callback is a handler of a promise, which waits for what it returns.
    pub(super) is_handler: bool,
}

/// A way out of the current place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Jump {
    Return,
    Throw,
    /// A promise is returned that rejects: no handler of this body sees it.
    Reject,
    /// The generator is never resumed.
    Abandon,
    Break(FnRef, LabelId),
    Continue(FnRef, LabelId),
}

impl Builder<'_, '_> {
    /// Adds an edge for something that throws at `from`.
    pub(super) fn throw(&mut self, from: NodeId, strength: Strength) {
        // Whoever wrote a handler around it expects it to throw.
        let strength = if self.has_handler() { Strength::Strong } else { strength };
        let target = self.jump(Jump::Throw, self.frames.len());
        self.edge(from, target, EdgeKind::Throw(strength));
    }

    /// Whether a `catch` of the same body is around the current place.
    fn has_handler(&self) -> bool {
        let nearest = self
            .frames
            .iter()
            .rev()
            .find(|frame| matches!(frame, Frame::Catch { .. } | Frame::Inlined { .. }));
        matches!(nearest, Some(Frame::Catch { .. }))
    }

    /// Leaves `from`, if control gets there.
    pub(super) fn go(&mut self, from: Option<NodeId>, jump: Jump) {
        if let Some(from) = from {
            let target = self.jump(jump, self.frames.len());
            self.edge(from, target, EdgeKind::Next);
        }
    }

    /// Where a jump out of the innermost `depth` frames goes, through the finalisers on its way.
    pub(super) fn jump(&mut self, jump: Jump, depth: usize) -> NodeId {
        for at in (0..depth).rev() {
            match &self.frames[at] {
                Frame::Loop {
                    label,
                    function,
                    end,
                    next,
                } => match jump {
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
                Frame::Inlined(outlets) => match jump {
                    Jump::Return => return outlets.end,
                    Jump::Throw => return outlets.thrown,
                    Jump::Reject => return outlets.rejected,
                    Jump::Abandon | Jump::Break(..) | Jump::Continue(..) => {}
                },
                // What is thrown already wins over what closing throws.
                Frame::Closing { .. } if jump == Jump::Throw => {}
                Frame::Closing { label, function, .. } if jump == Jump::Continue(*function, *label) => {}
                Frame::Finally { copies, .. } | Frame::Using { copies, .. } | Frame::Closing { copies, .. } => {
                    return match copies.get(&jump) {
                        Some(&copy) => copy,
                        None => self.copy_finaliser(jump, at),
                    };
                }
            }
        }
        self.exit(match jump {
            Jump::Return => Exit::Return,
            Jump::Throw | Jump::Reject => Exit::Throw,
            Jump::Abandon => Exit::Abandoned,
            // A jump whose target is not in the graph: the facts are inconsistent, so end quietly.
            Jump::Break(..) | Jump::Continue(..) => Exit::Return,
        })
    }

    /// Builds the finaliser at frame `at` for one way out, and goes on with that way from outside the frame.
    fn copy_finaliser(&mut self, jump: Jump, at: usize) -> NodeId {
        let start = self.node(What::Join);
        let inner: Vec<Frame> = self.frames.drain(at + 1..).collect();
        let mut frame = self.frames.pop().expect("the finaliser's frame is at this position");
        let end = match &mut frame {
            Frame::Finally { function, ops, copies } => {
                copies.insert(jump, start);
                self.ops(*function, ops.clone(), Some(start))
            }
            Frame::Using {
                function,
                binding,
                copies,
            } => {
                copies.insert(jump, start);
                self.then(
                    Some(start),
                    What::Dispose {
                        function: *function,
                        binding: *binding,
                    },
                )
            }
            Frame::Closing { strength, copies, .. } => {
                copies.insert(jump, start);
                self.throw(start, *strength);
                Some(start)
            }
            Frame::Loop { .. } | Frame::Block { .. } | Frame::Catch { .. } | Frame::Inlined(_) => Some(start),
        };
        if let Some(end) = end {
            let target = self.jump(jump, self.frames.len());
            let kind = if jump == Jump::Throw {
                EdgeKind::Throw(Strength::Strong)
            } else {
                EdgeKind::Next
            };
            self.edge(end, target, kind);
        }
        self.frames.push(frame);
        self.frames.extend(inner);
        start
    }
}
