//! Conditions: which tests speak of the acquired thing, and which repeat the condition of the acquisition.

use crate::facts::body::Op;
use crate::facts::expr::{BinaryOperator, Expr, LogicalOperator, UnaryOperator};

use super::Project;
use super::path::{ExprRef, FnRef};

/// A test that has to have gone one way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Guard {
    pub test: ExprRef,
    pub taken: bool,
}

/// The tests around an operation in its own body, outermost first.
pub fn guards_of(project: &Project<'_>, function: FnRef, index: usize) -> Vec<Guard> {
    let mut open: Vec<Guard> = Vec::new();
    for op in &project.function(function).ops[..index] {
        match op {
            Op::If(test) => open.push(Guard {
                test: function.with(*test),
                taken: true,
            }),
            Op::Else => {
                if let Some(last) = open.last_mut() {
                    last.taken = false;
                }
            }
            Op::EndIf => {
                open.pop();
            }
            _ => {}
        }
    }
    open
}

/// Whether a test that went `taken` contradicts a fact about a value: `is_it` tells the value's expressions,
/// `truthy` what is known of it.
pub fn contradicts(
    project: &Project<'_>,
    test: ExprRef,
    taken: bool,
    truthy: bool,
    is_it: &dyn Fn(ExprRef) -> bool,
) -> bool {
    let with = |id| test.with(id);
    match project.expr(test) {
        Expr::Unary {
            operator: UnaryOperator::Not,
            of,
        } => contradicts(project, with(*of), !taken, truthy, is_it),
        Expr::Logical {
            operator: LogicalOperator::And,
            left,
            right,
        } => {
            taken
                && (contradicts(project, with(*left), true, truthy, is_it)
                    || contradicts(project, with(*right), true, truthy, is_it))
        }
        Expr::Logical {
            operator: LogicalOperator::Or,
            left,
            right,
        } => {
            !taken
                && (contradicts(project, with(*left), false, truthy, is_it)
                    || contradicts(project, with(*right), false, truthy, is_it))
        }
        Expr::Binary {
            operator: operator @ (BinaryOperator::Equal | BinaryOperator::NotEqual),
            left,
            right,
        } => {
            let (left, right) = (with(*left), with(*right));
            let other = if is_it(left) {
                right
            } else if is_it(right) {
                left
            } else {
                return false;
            };
            let other = project.path(other);
            if !other.is_nullish() {
                return false;
            }
            // `x == null` taken means `x` is absent.
            let absent = (*operator == BinaryOperator::Equal) == taken;
            absent == truthy
        }
        Expr::Binary {
            operator: BinaryOperator::InstanceOf,
            left,
            ..
        } => is_it(with(*left)) && taken && !truthy,
        Expr::Call(_) => is_it(test) && taken != truthy,
        _ => is_it(test) && taken != truthy,
    }
}

/// Whether a test that went `taken` cannot be after the guards of the acquisition held.
pub fn excluded(project: &Project<'_>, test: ExprRef, taken: bool, guards: &[Guard]) -> bool {
    guards.iter().any(|guard| {
        let (guard_test, guard_taken) = strip(project, guard.test, guard.taken);
        let (test, taken) = strip(project, test, taken);
        guard_test == test && guard_taken != taken && is_stable(project, test)
    })
}

/// A test without its negations.
fn strip(project: &Project<'_>, test: ExprRef, taken: bool) -> (ExprRef, bool) {
    match project.expr(test) {
        Expr::Unary {
            operator: UnaryOperator::Not,
            of,
        } => strip(project, test.with(*of), !taken),
        _ => (test, taken),
    }
}

/// Whether a test gives the same answer when it is asked again: it reads only names that are not assigned in between.
fn is_stable(project: &Project<'_>, test: ExprRef) -> bool {
    let facts = project.facts(test.file);
    match facts.expr(test.id) {
        Expr::Binding(binding) => facts.binding(*binding).reassigned == 0,
        Expr::Literal(_)
        | Expr::Param { .. }
        | Expr::This(_)
        | Expr::Global(_)
        | Expr::Import { .. }
        | Expr::Module(_) => true,
        Expr::Member { object, .. } => is_stable(project, test.with(*object)),
        Expr::Unary { of, .. } => is_stable(project, test.with(*of)),
        Expr::Binary { left, right, .. } | Expr::Logical { left, right, .. } => {
            is_stable(project, test.with(*left)) && is_stable(project, test.with(*right))
        }
        _ => false,
    }
}

/// Whether a line is under a guard that makes it run once per life of a variable: `if (!started)`, `if (timer) return`.
pub fn is_idempotent(project: &Project<'_>, function: FnRef, index: usize) -> bool {
    let direct = guards_of(project, function, index).iter().any(|guard| {
        is_latch(project, function, guard.test, guard.taken) && !is_reopened(project, function, index, guard.test)
    });
    direct || early_return_latch(project, function, index)
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

/// Whether the same body sets the latch back behind the line, so that the next round gets through again.
fn is_reopened(project: &Project<'_>, function: FnRef, index: usize, test: ExprRef) -> bool {
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
fn early_return_latch(project: &Project<'_>, function: FnRef, index: usize) -> bool {
    let ops = &project.function(function).ops;
    let mut depth = 0_u32;
    let mut at = 0;
    while at < index {
        if let Op::If(test) = ops[at] {
            let leaves = matches!(ops.get(at + 1), Some(Op::Return(_) | Op::Throw(_)))
                || matches!(
                    (ops.get(at + 1), ops.get(at + 2)),
                    (Some(Op::Call(_)), Some(Op::Return(_) | Op::Throw(_)))
                );
            if depth == 0 && leaves && is_latch(project, function, function.with(test), false) {
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
fn is_latch(project: &Project<'_>, function: FnRef, test: ExprRef, taken: bool) -> bool {
    match project.expr(test) {
        Expr::Unary {
            operator: UnaryOperator::Not,
            of,
        } => is_latch(project, function, test.with(*of), !taken),
        Expr::Logical {
            operator: LogicalOperator::And,
            left,
            right,
        } if taken => {
            is_latch(project, function, test.with(*left), taken)
                || is_latch(project, function, test.with(*right), taken)
        }
        Expr::Logical {
            operator: LogicalOperator::Or,
            left,
            right,
        } if !taken => {
            is_latch(project, function, test.with(*left), taken)
                || is_latch(project, function, test.with(*right), taken)
        }
        Expr::Binary { operator, left, right } => {
            let (left, right) = (test.with(*left), test.with(*right));
            let absent =
                project.path(right).is_nullish() || project.as_bool(right) == Some(false) || is_zero(project, right);
            let present = project.as_bool(right) == Some(true);
            match operator {
                BinaryOperator::Equal => {
                    (absent && taken || present && !taken) && outlives_call(project, function, left)
                }
                BinaryOperator::NotEqual => {
                    (absent && !taken || present && taken) && outlives_call(project, function, left)
                }
                _ => false,
            }
        }
        Expr::Call(call) => {
            let call = test.with(*call);
            !taken
                && project.callee_name(call) == Some("has")
                && project
                    .receiver(call)
                    .is_some_and(|of| keeps_its_value(project, function, of) || is_declared_outside(project, function, of))
        }
        _ => !taken && outlives_call(project, function, test),
    }
}

fn is_zero(project: &Project<'_>, expr: ExprRef) -> bool {
    matches!(project.path(expr).root, super::path::Root::Number(text) if project.text(text) == "0")
}

/// Whether a variable or field keeps its value from call to call, and the function itself sets it.
fn outlives_call(project: &Project<'_>, function: FnRef, expr: ExprRef) -> bool {
    keeps_its_value(project, function, expr) && is_set_here(project, function, expr)
}

/// Whether the function, or one it stands in or calls first, writes the place: a latch closes behind whoever goes through.
fn is_set_here(project: &Project<'_>, function: FnRef, expr: ExprRef) -> bool {
    let facts = project.facts(expr.file);
    let member = match *facts.expr(expr.id) {
        Expr::Member { name, object, .. } if matches!(facts.name(name), "size" | "length") => {
            return keeps_its_value(project, function, expr.with(object));
        }
        Expr::Member { name, .. } => Some(name),
        Expr::Element { .. } => return true,
        _ => None,
    };
    let writes = |function: FnRef| {
        project.function(function).ops.iter().any(|op| match *op {
            Op::Assign { to, .. } => matches!(facts.expr(expr.id), Expr::Binding(binding) if *binding == to),
            Op::Store { to, .. } => match *facts.expr(to) {
                Expr::Member { name, .. } => member == Some(name),
                _ => false,
            },
            _ => false,
        })
    };
    function.file == expr.file && project.nested(function).any(writes)
}

/// `const known = new WeakSet()` of a function around, or of the module: it is filled, never assigned.
fn is_declared_outside(project: &Project<'_>, function: FnRef, expr: ExprRef) -> bool {
    let facts = project.facts(expr.file);
    match facts.expr(expr.id) {
        Expr::Binding(binding) => !project.is_within(expr.with(facts.binding(*binding).function), function),
        _ => false,
    }
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
