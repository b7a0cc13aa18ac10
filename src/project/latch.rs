//! Latches: tests that let a line run once in the life of a variable or field: `if (!started)`, `if (timer) return`.

use crate::facts::body::Op;
use crate::facts::expr::{BinaryOperator, Expr, LogicalOperator, UnaryOperator};

use super::Project;
use super::guard::{guards_of, strip};
use super::path::{At, CallRef, ExprRef, FnRef};

/// Calls of calls that are looked into for what closes a latch behind the line that makes them.
const MAX_CALLS: u32 = 3;

/// Whether a line is under a latch that its own function closes.
pub fn is_idempotent(project: &Project<'_>, function: FnRef, index: usize) -> bool {
    Latch::of(project, function).guards(index)
}

/// Whether a call is under a latch that the caller or what it calls closes: `if (!this.client) this.connect()`.
pub fn is_lazy_start(project: &Project<'_>, call: CallRef) -> bool {
    if let Some(known) = project.memo.lazy_starts.get(&call) {
        return known;
    }
    let starts = starts_lazily(project, call);
    project.memo.lazy_starts.insert(call, starts);
    starts
}

fn starts_lazily(project: &Project<'_>, call: CallRef) -> bool {
    let function = project.calling(call);
    let Some(index) = project.op_of(call) else {
        return false;
    };
    let mut latch = Latch::of(project, function);
    // Most calls are under no test at all, and who closes one is a long question.
    if !latch.has_tests(index) {
        return false;
    }
    latch.add_closers(call, 0);
    latch.guards(index)
}

/// The field of `this` whose absence lets a line run: `if (!this.timer) this.timer = …`.
pub fn latch_field(project: &Project<'_>, function: FnRef, index: usize) -> Option<super::names::Sym> {
    guards_of(project, function, index)
        .iter()
        .find_map(|guard| absent_field(project, guard.test, guard.taken))
}

fn absent_field(project: &Project<'_>, test: ExprRef, taken: bool) -> Option<super::names::Sym> {
    match *project.expr(test) {
        Expr::Unary {
            operator: UnaryOperator::Not,
            of,
        } => absent_field(project, test.with(of), !taken),
        Expr::Logical {
            operator: LogicalOperator::And,
            left,
            right,
        } if taken => {
            absent_field(project, test.with(left), true).or_else(|| absent_field(project, test.with(right), true))
        }
        Expr::Member { object, name, .. }
            if !taken
                && matches!(
                    project.path(test.with(object)).root,
                    super::path::Root::Instance(_) | super::path::Root::This(_)
                ) =>
        {
            Some(project.sym(test.file, name))
        }
        _ => None,
    }
}

/// The tests of one function, and who may close them.
struct Latch<'p, 'a> {
    project: &'p Project<'a>,
    function: FnRef,
    closers: Vec<FnRef>,
}

impl<'p, 'a> Latch<'p, 'a> {
    fn of(project: &'p Project<'a>, function: FnRef) -> Self {
        Self {
            project,
            function,
            closers: project.nested(function).collect(),
        }
    }

    /// What a call runs closes latches too.
    fn add_closers(&mut self, call: CallRef, depth: u32) {
        for callee in self.project.callees(call) {
            if self.closers.contains(&callee) {
                continue;
            }
            let nested: Vec<FnRef> = self.project.nested(callee).collect();
            self.closers.extend(&nested);
            if depth + 1 < MAX_CALLS {
                for each in nested {
                    for op in &self.project.function(each).ops {
                        if let Op::Call(call) = *op {
                            self.add_closers(each.with(call), depth + 1);
                        }
                    }
                }
            }
        }
    }

    /// Whether the line at `index` is under a test, or behind one that leaves.
    fn has_tests(&self, index: usize) -> bool {
        let ops = &self.project.function(self.function).ops;
        let leaves = |at: usize| matches!(ops[at], Op::If(_)) && Self::leaves(ops, at);
        !guards_of(self.project, self.function, index).is_empty() || (0..index).any(leaves)
    }

    /// Whether a body is left at once where the test at `at` holds.
    fn leaves(ops: &[Op], at: usize) -> bool {
        matches!(ops.get(at + 1), Some(Op::Return(_) | Op::Throw(_)))
            || matches!(
                (ops.get(at + 1), ops.get(at + 2)),
                (Some(Op::Call(_)), Some(Op::Return(_) | Op::Throw(_)))
            )
    }

    /// Whether the line at `index` runs only while a latch is open.
    fn guards(&self, index: usize) -> bool {
        let is_under = guards_of(self.project, self.function, index)
            .iter()
            .any(|guard| self.is_open(guard.test, guard.taken) && !self.is_reopened(index, guard.test));
        is_under || self.is_left_before(index)
    }

    /// Whether the same body sets the latch back behind the line, so that the next round gets through again.
    fn is_reopened(&self, index: usize, test: ExprRef) -> bool {
        let Latch { project, function, .. } = *self;
        let (test, _) = strip(project, test, true);
        let Expr::Binding(latch) = *project.expr(test) else {
            return false;
        };
        project.function(function).ops[index..].iter().any(|op| match *op {
            Op::Assign { to, value, .. } => {
                to == latch
                    && (project.as_bool(function.with(value)) == Some(false)
                        || project.path(function.with(value)).is_nullish())
            }
            _ => false,
        })
    }

    /// `if (latch) return` before the line, in the same body.
    fn is_left_before(&self, index: usize) -> bool {
        let Latch { project, function, .. } = *self;
        let ops = &project.function(function).ops;
        let mut depth = 0_u32;
        let mut at = 0;
        while at < index {
            if let Op::If(test) = ops[at] {
                if depth == 0 && Self::leaves(ops, at) && self.is_open(function.with(test), false) {
                    return true;
                }
                depth += 1;
            } else if ops[at] == Op::EndIf {
                depth = depth.saturating_sub(1);
            }
            at += 1;
        }
        false
    }

    /// A test of a variable or field that outlives the call, or of a container's membership or size, which has to be
    /// absent or zero for the line to run.
    fn is_open(&self, test: ExprRef, taken: bool) -> bool {
        let Latch { project, function, .. } = *self;
        match project.expr(test) {
            Expr::Unary {
                operator: UnaryOperator::Not,
                of,
            } => self.is_open(test.with(*of), !taken),
            Expr::Logical {
                operator: LogicalOperator::And,
                left,
                right,
            } if taken => self.is_open(test.with(*left), taken) || self.is_open(test.with(*right), taken),
            Expr::Logical {
                operator: LogicalOperator::Or,
                left,
                right,
            } if !taken => self.is_open(test.with(*left), taken) || self.is_open(test.with(*right), taken),
            // Any of several absences lets the line run: each has to end with it.
            Expr::Logical {
                operator: LogicalOperator::Or,
                left,
                right,
            } if taken => self.is_open(test.with(*left), taken) && self.is_open(test.with(*right), taken),
            Expr::Binary { operator, left, right } => {
                let (left, right) = (test.with(*left), test.with(*right));
                let absent = project.path(right).is_nullish()
                    || project.as_bool(right) == Some(false)
                    || is_zero(project, right);
                let present = project.as_bool(right) == Some(true);
                match operator {
                    BinaryOperator::Equal => (absent && taken || present && !taken) && self.closes(left),
                    BinaryOperator::NotEqual => (absent && !taken || present && taken) && self.closes(left),
                    _ => false,
                }
            }
            Expr::Call(call) => {
                let call = test.with(*call);
                !taken
                    && project.callee_name(call) == Some("has")
                    && project
                        .receiver(call)
                        .is_some_and(|of| keeps_its_value(project, function, of) || is_outer(project, function, of))
            }
            // `const known = cache.get(key); if (known) return known`
            Expr::Binding(binding) if !taken && reads_outer_container(project, function, test.with(*binding)) => true,
            _ => !taken && self.closes(test),
        }
    }

    /// Whether a variable or field keeps its value from call to call, and the line that it lets through sets it.
    fn closes(&self, expr: ExprRef) -> bool {
        keeps_its_value(self.project, self.function, expr) && self.is_set(expr)
    }

    /// Whether who goes through writes the place: a latch closes behind them.
    fn is_set(&self, expr: ExprRef) -> bool {
        let project = self.project;
        let facts = project.facts(expr.file);
        match *facts.expr(expr.id) {
            Expr::Member { name, object, .. } if matches!(facts.name(name), "size" | "length") => {
                keeps_its_value(project, self.function, expr.with(object))
            }
            Expr::Member { name, object, .. } => {
                let name = project.sym(expr.file, name);
                let is_within_another = matches!(facts.expr(object), Expr::Member { .. });
                self.stores(name) || is_within_another && self.is_set(expr.with(object))
            }
            Expr::Element { .. } => true,
            Expr::Binding(binding) => self.ops().any(|(function, op)| {
                function.file == expr.file && matches!(*op, Op::Assign { to, .. } if to == binding)
            }),
            _ => false,
        }
    }

    /// Whether who goes through stores into a field of this name.
    fn stores(&self, field: super::names::Sym) -> bool {
        self.ops().any(|(function, op)| match *op {
            Op::Store { to, .. } => match *self.project.expr(function.with(to)) {
                Expr::Member { name, .. } => self.project.sym(function.file, name) == field,
                _ => false,
            },
            _ => false,
        })
    }

    fn ops(&self) -> impl Iterator<Item = (FnRef, &Op)> + '_ {
        self.closers
            .iter()
            .flat_map(|&function| self.project.function(function).ops.iter().map(move |op| (function, op)))
    }
}

/// Whether an expression is a variable of a function around this one, or of the module.
fn is_outer(project: &Project<'_>, function: FnRef, expr: ExprRef) -> bool {
    match *project.expr(expr) {
        Expr::Binding(binding) => project.facts(expr.file).binding(binding).function != function.id,
        _ => false,
    }
}

/// Whether a variable is what a container of a wider scope has under a key.
fn reads_outer_container(project: &Project<'_>, function: FnRef, binding: At<crate::facts::ids::BindingId>) -> bool {
    let facts = project.facts(binding.file);
    let fact = facts.binding(binding.id);
    fact.function == function.id
        && fact.reassigned == 0
        && fact.values.iter().any(|&value| match *facts.expr(value) {
            Expr::Call(call) => {
                let call = binding.with(call);
                project.callee_name(call) == Some("get")
                    && project
                        .receiver(call)
                        .is_some_and(|of| keeps_its_value(project, function, of) || is_outer(project, function, of))
            }
            Expr::Element { object, .. } => is_outer(project, function, binding.with(object)),
            _ => false,
        })
}

fn is_zero(project: &Project<'_>, expr: ExprRef) -> bool {
    matches!(project.path(expr).root, super::path::Root::Number(text) if project.text(text) == "0")
}

fn keeps_its_value(project: &Project<'_>, function: FnRef, expr: ExprRef) -> bool {
    let facts = project.facts(expr.file);
    match facts.expr(expr.id) {
        Expr::Binding(binding) => {
            let declared = facts.binding(*binding);
            declared.function != function.id && declared.reassigned > 0
        }
        Expr::Member { object, .. } | Expr::Element { object, .. } => match facts.expr(*object) {
            Expr::This(_) | Expr::Global(_) => true,
            Expr::Binding(binding) => {
                facts.binding(*binding).function != function.id
                    || !facts
                        .binding(*binding)
                        .values
                        .iter()
                        .any(|&value| matches!(facts.expr(value), Expr::Param { .. }))
            }
            _ => keeps_its_value(project, function, expr.with(*object)),
        },
        _ => false,
    }
}
