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
            let left = contradicts(project, with(*left), taken, truthy, is_it);
            let right = contradicts(project, with(*right), taken, truthy, is_it);
            // True if both are, false if one of them is.
            if taken { left || right } else { left && right }
        }
        Expr::Logical {
            operator: LogicalOperator::Or,
            left,
            right,
        } => {
            let left = contradicts(project, with(*left), taken, truthy, is_it);
            let right = contradicts(project, with(*right), taken, truthy, is_it);
            if taken { left && right } else { left || right }
        }
        Expr::Binary {
            operator: operator @ (BinaryOperator::Equal | BinaryOperator::NotEqual),
            left,
            right,
        } => {
            let (left, right) = (with(*left), with(*right));
            // `typeof x === "string"` taken means `x` is none of the things that have to be given back.
            if let Expr::Unary {
                operator: UnaryOperator::TypeOf,
                of,
            } = *project.expr(left)
                && truthy
                && is_it(left.with(of))
                && let super::path::Root::Text(text) = project.path(right).root
            {
                let is_primitive = matches!(
                    project.text(text),
                    "string" | "number" | "boolean" | "undefined" | "symbol"
                );
                return is_primitive && (*operator == BinaryOperator::Equal) == taken;
            }
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
pub(super) fn strip(project: &Project<'_>, test: ExprRef, taken: bool) -> (ExprRef, bool) {
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
