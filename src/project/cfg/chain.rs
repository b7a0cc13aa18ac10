//! Callbacks that belong to a call's own run: executors, `forEach` and its kin, and the handlers of promise chains.
//!
//! A handler stands in the graph where its `.then` does, as if the promise settled at once. That is the order of things
//! where the chain is awaited or returned on the spot. A promise that is kept in a variable, handed on or dropped
//! rejects beside the main path, which goes on: its rejected ends lead behind the chain, and what waits for it later
//! throws there. Only if nothing follows do they end [`Exit::Unhandled`].

use smallvec::SmallVec;

use super::super::effects::{Handler, Handlers, Invoked};
use super::super::path::{CallRef, ExprRef, FnRef};
use super::build::Builder;
use super::jump::{Frame, Jump, Outlets};
use super::{EdgeKind, Exit, NodeId, Strength, What};

use crate::facts::expr::Expr;

/// Functions nested into each other's graphs.
const MAX_INLINE_DEPTH: usize = 7;

/// A promise on which nothing has waited yet.
pub(super) struct Pending {
    /// The ends of the paths on which it rejects.
    pub(super) rejected: SmallVec<[(NodeId, Strength); 2]>,
    /// Where control goes on at once, whatever becomes of the promise.
    pub(super) behind: NodeId,
}

impl Builder<'_, '_> {
    /// Adds the callbacks that a call runs; returns where control is behind it.
    pub(super) fn invoked(&mut self, call: CallRef, here: NodeId) -> NodeId {
        match self.project.invoked(call) {
            Invoked::Nothing => here,
            Invoked::Now { callbacks, repeats } => self.at_once(call, here, &callbacks, repeats),
            Invoked::Executor(executor) => self.executor(call, here, executor),
            Invoked::Handlers { handlers, of } => self.chain_link(call, here, of, &handlers),
        }
    }

    /// Callbacks that run before the call returns. What they throw comes out of the call; what an `async` one throws does not.
    fn at_once(&mut self, call: CallRef, here: NodeId, callbacks: &[FnRef], repeats: bool) -> NodeId {
        let [head, behind, thrown, rejected] = self.joins();
        self.edge(here, head, EdgeKind::Next);
        for &callback in callbacks {
            let end = self.node(What::Join);
            let thrown = if self.project.function(callback).is_async {
                rejected
            } else {
                thrown
            };
            self.inline(
                &[callback],
                call,
                head,
                Outlets {
                    end,
                    thrown,
                    rejected,
                    is_handler: false,
                },
            );
            self.edge(end, behind, EdgeKind::Next);
            if repeats {
                self.edge(end, head, EdgeKind::Next);
            }
        }
        if repeats || callbacks.is_empty() {
            self.edge(head, behind, EdgeKind::Next);
        }
        if self.if_entered(thrown).is_some() {
            self.throw(thrown, Strength::Strong);
        }
        self.wait(call, &[(rejected, Strength::Strong)], behind);
        behind
    }

    fn chain_link(&mut self, call: CallRef, here: NodeId, of: ExprRef, handlers: &Handlers) -> NodeId {
        let [head, fulfilled_end, thrown, behind] = self.joins();
        let mut incoming = self.take_pending(of).unwrap_or_else(|| {
            if let Some(strength) = self.project.rejects(of) {
                self.edge(here, head, EdgeKind::Reject(strength));
            }
            [(head, Strength::Strong)].into_iter().collect()
        });
        incoming.retain(|(node, _)| self.if_entered(*node).is_some());
        let is_handled = !handlers.rejected.is_absent() || !handlers.finally.is_absent();
        if incoming.is_empty() && is_handled {
            // Nothing is known to reject it, but somebody thought that something may.
            self.edge(here, head, EdgeKind::Reject(Strength::Weak));
            incoming.push((head, Strength::Weak));
        }
        let outlets = Outlets {
            end: behind,
            thrown,
            rejected: thrown,
            is_handler: true,
        };
        let on_fulfilled = if handlers.finally.is_absent() {
            &handlers.fulfilled
        } else {
            &handlers.finally
        };
        self.handle(
            on_fulfilled,
            call,
            here,
            Outlets {
                end: fulfilled_end,
                ..outlets
            },
        );
        self.edge(fulfilled_end, behind, EdgeKind::Next);
        let mut rejected: SmallVec<[(NodeId, Strength); 4]> = SmallVec::new();
        for (node, strength) in incoming {
            if !handlers.rejected.is_absent() {
                self.handle(&handlers.rejected, call, node, outlets);
            } else if !handlers.finally.is_absent() {
                let end = self.node(What::Join);
                self.handle(&handlers.finally, call, node, Outlets { end, ..outlets });
                rejected.push((end, strength));
            } else {
                rejected.push((node, strength));
            }
        }
        rejected.push((thrown, Strength::Strong));
        self.wait(call, &rejected, behind);
        behind
    }

    /// The executor of a promise runs at once; what it throws, and what it gives to `reject`, rejects the promise.
    fn executor(&mut self, call: CallRef, here: NodeId, executor: FnRef) -> NodeId {
        let [end, rejected, lost] = self.joins();
        let first = self.next_id();
        // An `async` executor's own promise is nobody's.
        let thrown = if self.project.function(executor).is_async {
            lost
        } else {
            rejected
        };
        self.inline(
            &[executor],
            call,
            here,
            Outlets {
                end,
                thrown,
                rejected: lost,
                is_handler: false,
            },
        );
        self.settle(executor, first, end, rejected);
        self.wait(call, &[(rejected, Strength::Strong)], end);
        if self.if_entered(lost).is_some() {
            self.dropped.push(Pending {
                rejected: [(lost, Strength::Strong)].into_iter().collect(),
                behind: end,
            });
        }
        end
    }

    /// Runs a handler from `from`.
    fn handle(&mut self, handler: &Handler, call: CallRef, from: NodeId, outlets: Outlets) {
        match handler {
            Handler::Absent => self.edge(from, outlets.end, EdgeKind::Next),
            Handler::Unknown => {
                self.edge(from, outlets.end, EdgeKind::Next);
                self.edge(from, outlets.thrown, EdgeKind::Throw(Strength::Weak));
            }
            Handler::Known(functions) => self.inline(functions, call, from, outlets),
        }
    }

    /// Builds the bodies of callbacks, one of which runs, in place.
    fn inline(&mut self, callbacks: &[FnRef], call: CallRef, from: NodeId, outlets: Outlets) {
        for &callback in callbacks {
            // Calling a generator runs nothing of it.
            if self.project.function(callback).is_generator
                || self.building.len() >= MAX_INLINE_DEPTH
                || self.building.contains(&callback)
            {
                self.edge(from, outlets.end, EdgeKind::Next);
                continue;
            }
            let enter = self.node(What::Enter {
                function: callback,
                call,
            });
            self.edge(from, enter, EdgeKind::Next);
            if !self.inlined.contains(&callback) {
                self.inlined.push(callback);
            }
            self.building.push(callback);
            self.frames.push(Frame::Inlined(outlets));
            let len = self.project.function(callback).ops.len();
            if let Some(end) = self.ops(callback, 0..len, Some(enter)) {
                self.edge(end, outlets.end, EdgeKind::Next);
            }
            self.frames.pop();
            self.building.pop();
        }
    }

    /// `await of` at `here`.
    pub(super) fn awaited(&mut self, of: ExprRef, here: NodeId) {
        match self.take_pending(of) {
            Some(rejected) => self.reject(&rejected, Jump::Throw),
            None => {
                if let Some(strength) = self.project.rejects(of) {
                    self.throw(here, strength);
                }
            }
        }
    }

    /// A promise that is returned rejects for whoever called.
    pub(super) fn returned(&mut self, value: ExprRef, here: NodeId) {
        if let Some(rejected) = self.take_pending(value) {
            return self.reject(&rejected, Jump::Reject);
        }
        let in_handler = self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Inlined(outlets) => Some(outlets.is_handler),
            _ => None,
        });
        let function = self.building.last().copied().expect("the root is being built");
        let strength = if in_handler == Some(true) {
            self.project.returned_rejects(value)
        } else if self.project.function(function).is_async {
            self.project.promise_rejects(value)
        } else {
            None
        };
        if let Some(strength) = strength {
            self.reject(&[(here, strength)], Jump::Reject);
        }
    }

    fn reject(&mut self, rejected: &[(NodeId, Strength)], jump: Jump) {
        for &(node, strength) in rejected {
            if self.if_entered(node).is_some() {
                let target = self.jump(jump, self.frames.len());
                self.edge(node, target, EdgeKind::Reject(strength));
            }
        }
    }

    /// Notes the promise that a call gives.
    fn wait(&mut self, call: CallRef, rejected: &[(NodeId, Strength)], behind: NodeId) {
        let rejected = rejected
            .iter()
            .copied()
            .filter(|(node, _)| self.if_entered(*node).is_some())
            .collect();
        // A finaliser is built once a way through it: the other copy's promise is another one.
        let other = self.pending.insert(call, Pending { rejected, behind });
        self.dropped.extend(other);
    }

    /// The rejected paths of the promise that an expression makes on the spot, if it is one of the graph's; they are then the caller's.
    fn take_pending(&mut self, of: ExprRef) -> Option<SmallVec<[(NodeId, Strength); 2]>> {
        match *self.project.expr(of) {
            Expr::Call(call) => self.pending.remove(&of.with(call)).map(|pending| pending.rejected),
            _ => None,
        }
    }

    /// Promises on which nothing waited where they were made.
    pub(super) fn drop_pending(&mut self) {
        let mut left: Vec<_> = self.pending.drain().collect();
        left.sort_by_key(|(call, _)| *call);
        let mut left: Vec<Pending> = left.into_iter().map(|(_, pending)| pending).collect();
        left.append(&mut self.dropped);
        for pending in left {
            let to = if self.is_last(pending.behind) {
                self.exit(Exit::Unhandled)
            } else {
                pending.behind
            };
            for (node, strength) in pending.rejected {
                self.edge(node, to, EdgeKind::Reject(strength));
            }
        }
    }

    /// Whether nothing happens from a node to the end of the body.
    fn is_last(&self, from: NodeId) -> bool {
        let mut at = from;
        for _ in 0..self.nodes.len() {
            let node = &self.nodes[at.index()];
            match (node.what, node.edges.as_slice()) {
                (What::Exit(exit), _) => return exit == Exit::Return,
                (What::Join, [only]) if only.kind == EdgeKind::Next => at = only.to,
                _ => return false,
            }
        }
        false
    }

    fn joins<const N: usize>(&mut self) -> [NodeId; N] {
        std::array::from_fn(|_| self.node(What::Join))
    }
}
