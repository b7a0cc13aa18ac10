//! Latches: tests that let a line run once in the life of a variable or field: `if (!started)`, `if (timer) return`.

use crate::catalog::effect::Origin;
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

/// As [`is_idempotent`], also where the latch is a question about a key of which there may be many: each gets its own.
pub fn is_idempotent_for_each_key(project: &Project<'_>, function: FnRef, index: usize) -> bool {
    let mut latch = Latch::of(project, function);
    latch.is_for_each_key = true;
    latch.guards(index)
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
    latch.add_closers(call);
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
    /// Once for each of many keys is enough.
    is_for_each_key: bool,
}

impl<'p, 'a> Latch<'p, 'a> {
    fn of(project: &'p Project<'a>, function: FnRef) -> Self {
        Self {
            project,
            function,
            closers: project.nested(function).collect(),
            is_for_each_key: false,
        }
    }

    /// What a call runs closes latches too.
    fn add_closers(&mut self, call: CallRef) {
        let mut level: Vec<CallRef> = vec![call];
        for _ in 0..MAX_CALLS {
            let mut next = Vec::new();
            for callee in level.into_iter().flat_map(|call| self.project.callees(call)) {
                if self.closers.contains(&callee) {
                    continue;
                }
                let before = self.closers.len();
                self.closers.extend(self.project.nested(callee));
                for &each in &self.closers[before..] {
                    next.extend(self.project.function(each).ops.iter().filter_map(|op| match *op {
                        Op::Call(call) => Some(each.with(call)),
                        _ => None,
                    }));
                }
            }
            level = next;
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

    /// Whether the same body sets the latch back behind the line, itself or in a function that it makes, so that the next
    /// round gets through again. The line's own callback may: it runs when the thing has come to its end.
    fn is_reopened(&self, index: usize, test: ExprRef) -> bool {
        let Latch { project, function, .. } = *self;
        let (test, _) = strip(project, test, true);
        let resets = |(each, op): (FnRef, &Op)| {
            let (is_it, value) = match (*op, project.expr(test)) {
                (Op::Assign { to, value, .. }, Expr::Binding(latch)) => (to == *latch, value),
                // Equal names of one file are one expression.
                (Op::Store { to, value }, Expr::Member { .. }) => (to == test.id, value),
                _ => return false,
            };
            let value = each.with(value);
            is_it && (project.as_bool(value) == Some(false) || project.path(value).is_nullish())
        };
        let ops = &project.function(function).ops;
        let own = match ops.get(index) {
            Some(Op::Call(call)) => Some(*call),
            _ => None,
        };
        let is_own_callback = |each: FnRef| {
            let mut around = project.around(each).take_while(|&outer| outer != function);
            around.any(|outer| project.function(outer).argument_of.map(|(call, _)| call) == own && own.is_some())
        };
        let closures = project
            .nested(function)
            .filter(|&each| each != function && !is_own_callback(each));
        ops[index..].iter().any(|op| resets((function, op)))
            || closures
                .flat_map(|each| project.function(each).ops.iter().map(move |op| (each, op)))
                .any(resets)
    }

    /// `if (latch) return` before the line, in the same body.
    fn is_left_before(&self, index: usize) -> bool {
        let Latch { project, function, .. } = *self;
        let ops = &project.function(function).ops;
        let mut depth = 0_u32;
        let mut at = 0;
        while at < index {
            if let Op::If(test) = ops[at] {
                let test = function.with(test);
                if depth == 0 && Self::leaves(ops, at) && self.is_open(test, false) && !self.is_reopened(index, test) {
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
        let project = self.project;
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
                !taken && project.callee_name(call) == Some("has") && self.lets_few_through(call)
            }
            // `const known = cache.get(key); if (known) return known`
            Expr::Binding(binding) if !taken && self.reads_what_it_fills(test.with(*binding)) => true,
            _ => !taken && self.closes(test),
        }
    }

    /// Whether a question about a key, `seen.has(key)`, lets a line run once for each of few keys: who goes through adds the
    /// key to the same container, and the keys do not come from outside.
    fn lets_few_through(&self, call: CallRef) -> bool {
        let project = self.project;
        let (Some(container), Some(key)) = (project.receiver(call), project.argument(call, 0)) else {
            return false;
        };
        self.is_filled(container) && self.are_few(key)
    }

    fn are_few(&self, key: ExprRef) -> bool {
        self.is_for_each_key || self.project.origin_of(key, self.function) < Origin::PerCall
    }

    /// Whether a container of a wider scope is given something by who goes through.
    fn is_filled(&self, container: ExprRef) -> bool {
        let Latch { project, function, .. } = *self;
        if !keeps_its_value(project, function, container) && !is_outer(project, function, container) {
            return false;
        }
        let field = |expr: ExprRef| match *project.expr(expr) {
            Expr::Member { name, .. } => Some(project.sym(expr.file, name)),
            _ => None,
        };
        let wanted = field(container);
        let is_it = |expr: ExprRef| expr == container || wanted.is_some() && field(expr) == wanted;
        self.ops().any(|(each, op)| match *op {
            Op::Call(call) => {
                let call = each.with(call);
                matches!(project.callee_name(call), Some("add" | "set")) && project.receiver(call).is_some_and(is_it)
            }
            Op::Store { to, .. } => match *project.expr(each.with(to)) {
                Expr::Element { object, .. } | Expr::Member { object, .. } => is_it(each.with(object)),
                _ => false,
            },
            _ => false,
        })
    }

    /// Whether a variable is what a container of a wider scope has under a key, which who goes through puts there.
    fn reads_what_it_fills(&self, binding: At<crate::facts::ids::BindingId>) -> bool {
        let Latch { project, function, .. } = *self;
        let facts = project.facts(binding.file);
        let fact = facts.binding(binding.id);
        fact.function == function.id
            && fact.reassigned == 0
            && fact.values.iter().any(|&value| match *facts.expr(value) {
                Expr::Call(call) => {
                    let call = binding.with(call);
                    project.callee_name(call) == Some("get") && self.lets_few_through(call)
                }
                Expr::Element { object, key, .. } => {
                    self.is_filled(binding.with(object)) && self.are_few(binding.with(key))
                }
                _ => false,
            })
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
