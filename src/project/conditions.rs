//! What stands before and around a line: tests that went one way, a loop up to a size, the last value of a name.

use crate::facts::body::Op;
use crate::facts::expr::{Expr, LogicalOperator, UnaryOperator};

use super::container_use::GrowthSite;
use super::growth::Judge;
use super::guard::Guard;
use super::path::{ExprRef, FnRef};

/// Callbacks around a line whose own guards count too.
const MAX_OUTWARD: usize = 3;
impl Judge<'_, '_> {
    /// The tests that have gone one way when the line runs: those around it, and those behind which the function ended
    /// otherwise; also those around the callback that it stands in.
    pub(super) fn conditions(&self, function: FnRef, index: usize) -> Vec<Guard> {
        let project = self.project;
        let mut found = Vec::new();
        let (mut function, mut index) = (function, index);
        for _ in 0..=MAX_OUTWARD {
            for guard in self.own_conditions(function, index) {
                self.split(guard, &mut found);
            }
            let Some((call, _)) = project.function(function).argument_of else {
                break;
            };
            let call = function.with(call);
            let Some(at) = project.op_of(call) else { break };
            (function, index) = (project.calling(call), at);
        }
        found
    }

    fn own_conditions(&self, function: FnRef, index: usize) -> Vec<Guard> {
        let ops = &self.project.function(function).ops;
        let mut open: Vec<Guard> = Vec::new();
        // Tests whose branch left, and how many were open around them.
        let mut passed: Vec<(Guard, usize)> = Vec::new();
        for (at, op) in ops[..index].iter().enumerate() {
            match *op {
                Op::If(test) => open.push(Guard {
                    test: function.with(test),
                    taken: true,
                }),
                Op::Else => {
                    passed.retain(|&(_, depth)| depth < open.len());
                    let depth = open.len().saturating_sub(1);
                    if let Some(guard) = open.last_mut() {
                        guard.taken = false;
                        if is_exit(&ops[at - 1]) {
                            passed.push((*guard, depth));
                        }
                    }
                }
                Op::EndIf => {
                    if let Some(guard) = open.pop() {
                        passed.retain(|&(_, depth)| depth <= open.len());
                        if at > 0 && is_exit(&ops[at - 1]) {
                            passed.push((
                                Guard {
                                    test: guard.test,
                                    taken: !guard.taken,
                                },
                                open.len(),
                            ));
                        }
                    }
                }
                _ => {}
            }
        }
        open.into_iter()
            .chain(passed.into_iter().map(|(guard, _)| guard))
            .collect()
    }

    /// `a && b` that held is both; `a || b` that failed is neither.
    fn split(&self, guard: Guard, found: &mut Vec<Guard>) {
        let test = guard.test;
        match *self.project.expr(test) {
            Expr::Unary {
                operator: UnaryOperator::Not,
                of,
            } => self.split(
                Guard {
                    test: test.with(of),
                    taken: !guard.taken,
                },
                found,
            ),
            Expr::Logical { operator, left, right }
                if (operator == LogicalOperator::And) == guard.taken && operator != LogicalOperator::Nullish =>
            {
                for side in [left, right] {
                    self.split(
                        Guard {
                            test: test.with(side),
                            taken: guard.taken,
                        },
                        found,
                    );
                }
            }
            _ => found.push(guard),
        }
    }

    /// `found = shared; if (many) { found = []; for (…) found.push(…) }`: the name means something else here.
    pub(super) fn is_rebound(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        let Expr::Binding(binding) = *project.expr(site.named) else {
            return false;
        };
        let mut depth = 0_usize;
        let mut last: Option<(ExprRef, usize)> = None;
        for op in &project.function(site.function).ops[..site.index] {
            match *op {
                Op::If(_) | Op::Loop(_) | Op::Try | Op::Switch { .. } => depth += 1,
                Op::EndIf | Op::EndLoop(_) | Op::EndTry | Op::EndSwitch(_) => {
                    depth = depth.saturating_sub(1);
                    if last.is_some_and(|(_, at)| at > depth) {
                        last = None;
                    }
                }
                Op::Else | Op::Case(_) | Op::Catch(_) | Op::Finally if last.is_some_and(|(_, at)| at >= depth) => {
                    last = None;
                }
                Op::Assign { to, value, .. } if to == binding => last = Some((site.function.with(value), depth)),
                _ => {}
            }
        }
        last.is_some_and(|(value, _)| {
            matches!(project.expr(value), Expr::Array(_) | Expr::Object(_))
                && !project.containers_in(self.containers, value).contains(&site.container)
        })
    }

    /// `while (spaces.length <= wanted) spaces.push(…)`: filled up to a size.
    pub(super) fn is_filled_to_a_size(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        let mut open: Vec<Option<ExprRef>> = Vec::new();
        for op in &project.function(site.function).ops[..site.index] {
            match *op {
                Op::Loop(_) => open.push(None),
                Op::LoopTest(test) => {
                    if let Some(last) = open.last_mut() {
                        *last = Some(site.function.with(test));
                    }
                }
                Op::EndLoop(_) => {
                    open.pop();
                }
                _ => {}
            }
        }
        let is_size = |expr: ExprRef| match *project.expr(expr) {
            Expr::Member { object, name, .. } => {
                matches!(project.facts(expr.file).name(name), "length" | "size")
                    && project
                        .containers_in(self.containers, expr.with(object))
                        .contains(&site.container)
            }
            _ => false,
        };
        open.into_iter().flatten().any(|test| match *project.expr(test) {
            Expr::Binary { left, right, .. } => is_size(test.with(left)) || is_size(test.with(right)),
            _ => false,
        })
    }
}

/// Whether an operation leaves the block it ends.
fn is_exit(op: &Op) -> bool {
    matches!(op, Op::Return(_) | Op::Throw(_) | Op::Continue(_) | Op::Break(_))
}
