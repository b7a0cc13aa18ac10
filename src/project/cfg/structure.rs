//! Structured operations as graph: branches, loops, `switch`, `try`, `using`.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::facts::body::Op;
use crate::facts::ids::{BindingId, LabelId};

use super::super::path::{ExprRef, FnRef};
use super::build::Builder;
use super::jump::Frame;
use super::marks::Parts;
use super::{EdgeKind, NodeId, Strength, What};

impl Builder<'_, '_> {
    pub(super) fn branch(
        &mut self,
        function: FnRef,
        index: usize,
        test: ExprRef,
        current: Option<NodeId>,
    ) -> (usize, Option<NodeId>) {
        let Parts { middle, end, .. } = self.parts(function, index);
        let Some(here) = self.then(
            current,
            What::Op {
                function,
                index: index as u32,
            },
        ) else {
            return (end + 1, None);
        };
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

    pub(super) fn looping(
        &mut self,
        function: FnRef,
        index: usize,
        label: LabelId,
        current: Option<NodeId>,
    ) -> (usize, Option<NodeId>) {
        let Parts { middle, test, end, .. } = self.parts(function, index);
        let Some(head) = self.then(
            current,
            What::Op {
                function,
                index: index as u32,
            },
        ) else {
            return (end + 1, None);
        };
        let next_at = middle.unwrap_or(end);
        let next = self.node(What::Join);
        let behind = self.node(What::Join);
        self.frames.push(Frame::Loop {
            label,
            function,
            end: behind,
            next,
        });
        let closing = self.closing(function, test);
        let closes = closing.is_some();
        self.frames.extend(closing.map(|strength| Frame::Closing {
            label,
            function,
            strength,
            copies: FxHashMap::default(),
        }));
        let body = self.loop_part(function, index + 1..next_at, test, Some(head), behind);
        if let Some(body) = body {
            self.edge(body, next, EdgeKind::Next);
        }
        if closes {
            self.frames.pop();
        }
        let next = self.if_entered(next);
        let update = self.loop_part(function, (next_at + 1).min(end)..end, test, next, behind);
        if let Some(update) = update {
            self.edge(update, head, EdgeKind::Next);
        }
        self.frames.pop();
        (end + 1, self.if_entered(behind))
    }

    /// How strongly leaving a loop early throws, by the mark of what it goes over.
    fn closing(&self, function: FnRef, test: Option<usize>) -> Option<Strength> {
        match self.project.function(function).ops[test?] {
            Op::LoopItem { of, .. } => self.project.closing_throws(function.with(of)),
            _ => None,
        }
    }

    /// Operations of a loop up to its own test or item (which may leave it), and behind that.
    fn loop_part(
        &mut self,
        function: FnRef,
        range: Range<usize>,
        test: Option<usize>,
        mut current: Option<NodeId>,
        behind: NodeId,
    ) -> Option<NodeId> {
        let Some(split) = test.filter(|test| range.contains(test)) else {
            return self.ops(function, range, current);
        };
        current = self.ops(function, range.start..split, current);
        let here = self.then(
            current,
            What::Op {
                function,
                index: split as u32,
            },
        )?;
        let inside = self.node(What::Join);
        match self.project.function(function).ops[split] {
            Op::LoopTest(test) => {
                let test = function.with(test);
                self.edge(here, inside, EdgeKind::Branch { test, taken: true });
                if self.project.as_bool(test) != Some(true) {
                    self.edge(here, behind, EdgeKind::Branch { test, taken: false });
                }
            }
            Op::LoopItem { of, is_await } => {
                self.edge(here, inside, EdgeKind::Next);
                self.edge(here, behind, EdgeKind::Next);
                if let Some(strength) = self.project.iteration_throws(function.with(of), is_await) {
                    self.throw(here, strength);
                }
            }
            _ => unreachable!("the test of a loop is a test or an item"),
        }
        self.ops(function, split + 1..range.end, Some(inside))
    }

    pub(super) fn block(
        &mut self,
        function: FnRef,
        index: usize,
        label: LabelId,
        current: Option<NodeId>,
    ) -> (usize, Option<NodeId>) {
        let Parts { end, .. } = self.parts(function, index);
        let behind = self.node(What::Join);
        self.frames.push(Frame::Block {
            label,
            function,
            end: behind,
        });
        let last = self.ops(function, index + 1..end, current);
        self.frames.pop();
        if let Some(last) = last {
            self.edge(last, behind, EdgeKind::Next);
        }
        (end + 1, self.if_entered(behind))
    }

    pub(super) fn switch(
        &mut self,
        function: FnRef,
        index: usize,
        label: LabelId,
        current: Option<NodeId>,
    ) -> (usize, Option<NodeId>) {
        let Parts { cases, end, .. } = self.parts(function, index);
        let Some(head) = self.then(
            current,
            What::Op {
                function,
                index: index as u32,
            },
        ) else {
            return (end + 1, None);
        };
        let behind = self.node(What::Join);
        self.frames.push(Frame::Block {
            label,
            function,
            end: behind,
        });
        let mut fallen: Option<NodeId> = None;
        let mut has_default = false;
        for (nth, &case) in cases.iter().enumerate() {
            let start = self.node(What::Op {
                function,
                index: case as u32,
            });
            self.edge(head, start, EdgeKind::Next);
            if let Some(fallen) = fallen {
                self.edge(fallen, start, EdgeKind::Next);
            }
            has_default |= matches!(self.project.function(function).ops[case], Op::Case(None));
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
        (end + 1, self.if_entered(behind))
    }

    pub(super) fn trying(&mut self, function: FnRef, index: usize, current: Option<NodeId>) -> (usize, Option<NodeId>) {
        let Parts {
            middle: catch,
            finally,
            end,
            ..
        } = self.parts(function, index);
        let Some(current) = current else { return (end + 1, None) };
        if let Some(finally) = finally {
            self.frames.push(Frame::Finally {
                function,
                ops: finally + 1..end,
                copies: FxHashMap::default(),
            });
        }
        let body_end = catch.or(finally).unwrap_or(end);
        let after = match catch {
            Some(catch) => {
                let handler = self.node(What::Op {
                    function,
                    index: catch as u32,
                });
                self.frames.push(Frame::Catch { handler });
                let tried = self.ops(function, index + 1..body_end, Some(current));
                self.frames.pop();
                if self.if_entered(handler).is_none() {
                    // Nothing in there is known to throw, but reading a property of nothing does.
                    self.edge(current, handler, EdgeKind::Throw(Strength::Weak));
                }
                let caught = self.ops(function, catch + 1..finally.unwrap_or(end), Some(handler));
                self.join([tried, caught])
            }
            None => self.ops(function, index + 1..body_end, Some(current)),
        };
        let Some(finally) = finally else {
            return (end + 1, after);
        };
        self.frames.pop();
        (end + 1, self.ops(function, finally + 1..end, after))
    }

    /// `using x = value` with all up to the end of its block, where the value is disposed.
    pub(super) fn using(
        &mut self,
        function: FnRef,
        index: usize,
        end: usize,
        binding: BindingId,
        current: Option<NodeId>,
    ) -> (usize, Option<NodeId>) {
        let until = self.parts(function, index).end.min(end);
        let Some(here) = self.then(
            current,
            What::Op {
                function,
                index: index as u32,
            },
        ) else {
            return (until, None);
        };
        self.frames.push(Frame::Using {
            function,
            binding,
            copies: FxHashMap::default(),
        });
        let after = self.ops(function, index + 1..until, Some(here));
        self.frames.pop();
        (until, self.then(after, What::Dispose { function, binding }))
    }
}
