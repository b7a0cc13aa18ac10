//! Where the parts of a body's structures are: which `EndIf` belongs to which `If`. One pass over the operations.

use rustc_hash::FxHashMap;

use crate::facts::body::Op;
use crate::facts::ids::BindingId;

/// The parts of one structure, by the positions of their marks.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// The mark that ends it.
    pub end: usize,
    /// `Else` of an `If`, `LoopNext` of a loop, `Catch` of a `Try`.
    pub middle: Option<usize>,
    /// `Finally` of a `Try`.
    pub finally: Option<usize>,
    /// `LoopTest` or `LoopItem` of a loop.
    pub test: Option<usize>,
    /// Each `Case` of a `Switch`.
    pub cases: Vec<usize>,
}

/// The structures of one body, by the position of the operation that begins each.
#[derive(Debug, Default)]
pub struct Marks {
    parts: FxHashMap<usize, Parts>,
}

impl Marks {
    pub fn of(ops: &[Op]) -> Self {
        let mut parts: FxHashMap<usize, Parts> = FxHashMap::default();
        let mut open: Vec<usize> = Vec::new();
        let mut usings: Vec<(BindingId, usize)> = Vec::new();
        for (at, op) in ops.iter().enumerate() {
            match op {
                Op::If(_) | Op::Loop(_) | Op::Block(_) | Op::Switch { .. } | Op::Try => {
                    // A structure without an end (the facts are inconsistent) reaches to the last operation.
                    parts.insert(
                        at,
                        Parts {
                            end: ops.len() - 1,
                            ..Parts::default()
                        },
                    );
                    open.push(at);
                }
                Op::EndIf | Op::EndLoop(_) | Op::EndBlock(_) | Op::EndSwitch(_) | Op::EndTry => {
                    if let Some(parts) = open.pop().and_then(|begin| parts.get_mut(&begin)) {
                        parts.end = at;
                    }
                }
                // These may end outside the structure they begin in (the clause of a `switch`), so they are no part of the nesting.
                Op::Using { binding, .. } => {
                    parts.insert(
                        at,
                        Parts {
                            end: ops.len(),
                            ..Parts::default()
                        },
                    );
                    usings.push((*binding, at));
                }
                Op::EndUsing(binding) => {
                    if let Some(position) = usings.iter().rposition(|(each, _)| each == binding) {
                        let (_, begin) = usings.remove(position);
                        parts.entry(begin).or_default().end = at;
                    }
                }
                Op::Else
                | Op::LoopTest(_)
                | Op::LoopItem { .. }
                | Op::LoopNext(_)
                | Op::Case(_)
                | Op::Catch(_)
                | Op::Finally => {
                    if let Some(parts) = open.last().and_then(|begin| parts.get_mut(begin)) {
                        parts.add(at, op);
                    }
                }
                Op::Call(_) | Op::Assign { .. } | Op::Store { .. } | Op::Delete(_) | Op::Await(_) | Op::Yield(_) => {}
                Op::Return(_) | Op::Throw(_) | Op::Jsx(_) | Op::Break(_) | Op::Continue(_) => {}
            }
        }
        Self { parts }
    }

    /// The parts of the structure that begins at a position.
    pub fn at(&self, begin: usize) -> Parts {
        self.parts.get(&begin).cloned().unwrap_or_default()
    }
}

impl Parts {
    /// Notes a mark inside the structure, of the structure's own.
    fn add(&mut self, at: usize, op: &Op) {
        match op {
            Op::Else | Op::LoopNext(_) | Op::Catch(_) => self.middle = Some(at),
            Op::Finally => self.finally = Some(at),
            Op::LoopTest(_) | Op::LoopItem { .. } => self.test = Some(at),
            _ => self.cases.push(at),
        }
    }
}
