//! Callbacks that belong to a call's own run: executors, `forEach` and its kin, and the handlers of promise chains.

use super::super::effects::Invoked;
use super::super::path::{CallRef, ExprRef};
use super::build::Builder;
use super::{EdgeKind, NodeId, Strength, What};

use crate::facts::expr::Expr;

impl Builder<'_, '_> {
    /// Adds the callbacks that a call runs; returns where control is behind it.
    pub(super) fn invoked(&mut self, call: CallRef, here: NodeId) -> Option<NodeId> {
        match self.project.invoked(call) {
            Invoked::Nothing => Some(here),
            Invoked::Now { callbacks, repeats } => {
                let mut current = here;
                for callback in callbacks {
                    let thrown = self.thrown_out();
                    let skipped = self.node(What::Join);
                    if repeats {
                        self.edge(current, skipped, EdgeKind::Next);
                    }
                    if let Some(end) = self.inline(callback, call, current, EdgeKind::Next, thrown) {
                        self.edge(end, skipped, EdgeKind::Next);
                        if repeats {
                            self.edge(end, current, EdgeKind::Next);
                        }
                    }
                    current = skipped;
                }
                Some(current)
            }
            Invoked::Executor(executor) => {
                let rejected = self.node(What::Join);
                let end = self.inline(executor, call, here, EdgeKind::Next, rejected);
                self.rejected.entry(call).or_default().push((rejected, Strength::Strong));
                end
            }
            Invoked::Handlers { fulfilled, rejected, finally, of } => self.chain_link(call, here, fulfilled, rejected, finally, of),
        }
    }

    /// What a callback of a plain call throws comes out of the call.
    fn thrown_out(&mut self) -> NodeId {
        let thrown = self.node(What::Join);
        self.throw_out(thrown);
        thrown
    }

    fn chain_link(
        &mut self,
        call: CallRef,
        here: NodeId,
        fulfilled: Option<super::super::path::FnRef>,
        on_rejected: Option<super::super::path::FnRef>,
        finally: Option<super::super::path::FnRef>,
        of: ExprRef,
    ) -> Option<NodeId> {
        let incoming = match self.chain_end(of) {
            Some(incoming) => incoming,
            None => {
                let head = self.node(What::Join);
                let strength = self.project.rejects(of);
                if let Some(strength) = strength {
                    self.edge(here, head, EdgeKind::Reject(strength));
                    vec![(head, strength)]
                } else {
                    Vec::new()
                }
            }
        };
        let thrown = self.node(What::Join);
        let join = self.node(What::Join);
        let mut outgoing = vec![(thrown, Strength::Strong)];
        match fulfilled.or(finally) {
            Some(handler) => {
                if let Some(end) = self.inline(handler, call, here, EdgeKind::Next, thrown) {
                    self.edge(end, join, EdgeKind::Next);
                }
            }
            None => self.edge(here, join, EdgeKind::Next),
        }
        for (node, strength) in incoming {
            match (on_rejected, finally) {
                (Some(handler), _) => {
                    if let Some(end) = self.inline(handler, call, node, EdgeKind::Next, thrown) {
                        self.edge(end, join, EdgeKind::Next);
                    }
                }
                (None, Some(handler)) => {
                    if let Some(end) = self.inline(handler, call, node, EdgeKind::Next, thrown) {
                        outgoing.push((end, strength));
                    }
                }
                (None, None) => outgoing.push((node, strength)),
            }
        }
        self.rejected.insert(call, outgoing);
        Some(join)
    }

    /// The rejected paths of a chain whose last link is this expression, if it is one of the graph's; they are then the caller's.
    pub(super) fn chain_end(&mut self, of: ExprRef) -> Option<Vec<(NodeId, Strength)>> {
        let call = match *self.project.expr(of) {
            Expr::Call(call) => of.with(call),
            Expr::Binding(_) => match self.project.path(of) {
                path if path.is_root() => match path.root {
                    super::super::path::Root::Call(call) => call,
                    _ => return None,
                },
                _ => return None,
            },
            _ => return None,
        };
        self.rejected.remove(&call)
    }
}
