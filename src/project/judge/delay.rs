//! How long a timeout waits, as far as the code says: constants, products of constants, defaults, what callers pass.
//!
//! What no constant bounds is unknown.

use crate::facts::expr::{BinaryOperator, Expr, Property};

use super::super::Project;
use super::super::path::{CallRef, ExprRef, FnRef, Root, Step};

/// Steps from value to value that are followed.
const MAX_DEPTH: u32 = 8;
/// Callers whose arguments are compared.
const MAX_CALLERS: usize = 16;

/// Whether a default stands for the parameter or option that it is the default of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Defaults {
    Count,
    SayNothing,
}

/// A search for how long something is.
struct Search<'p, 'a> {
    project: &'p Project<'a>,
    defaults: Defaults,
}

impl Project<'_> {
    /// The longest time in milliseconds that the code shows an expression to be; `None` where it does not.
    pub(super) fn milliseconds(&self, expr: ExprRef, defaults: Defaults) -> Option<f64> {
        let search = Search {
            project: self,
            defaults,
        };
        search.of(expr, 0)
    }
}

impl Search<'_, '_> {
    fn of(&self, expr: ExprRef, depth: u32) -> Option<f64> {
        if depth >= MAX_DEPTH {
            return None;
        }
        let next = |id| self.of(expr.with(id), depth + 1);
        match *self.project.expr(expr) {
            Expr::Binary { operator, left, right } => match operator {
                BinaryOperator::Multiply => Some(next(left)? * next(right)?),
                BinaryOperator::Divide => Some(next(left)? / next(right)?),
                BinaryOperator::Add => Some(next(left)? + next(right)?),
                // What is taken away makes it shorter, however much it is.
                BinaryOperator::Subtract => next(left),
                _ => None,
            },
            // The left side is what a caller or a configuration may say, the right side what it is without one;
            // no time at all means that there is no timeout then.
            Expr::Logical { left, right, .. } => match (next(left), next(right)) {
                (Some(left), Some(right)) => Some(left.max(right)),
                (_, Some(right)) if self.defaults == Defaults::Count && right > 0.0 => Some(right),
                _ => None,
            },
            Expr::Conditional { yes, no, .. } => Some(next(yes)?.max(next(no)?)),
            Expr::Cast { value, .. } => next(value),
            _ => self.of_path(expr, depth),
        }
    }

    /// `ms("5 seconds")`, by the forms of that package: <https://github.com/vercel/ms#examples>.
    fn of_words(&self, call: CallRef) -> Option<f64> {
        let project = self.project;
        let callee = project.path(call.with(project.call(call).callee));
        let Root::Package(package) = callee.root else {
            return None;
        };
        let Root::Text(text) = project.path(project.argument(call, 0)?).root else {
            return None;
        };
        if project.text(package) != "ms" {
            return None;
        }
        let text = project.text(text).trim();
        let unit_at = text
            .find(|letter: char| letter.is_ascii_alphabetic())
            .unwrap_or(text.len());
        let (count, unit) = text.split_at(unit_at);
        let unit = match unit {
            "" | "ms" | "msec" | "msecs" | "millisecond" | "milliseconds" => 1.0,
            "s" | "sec" | "secs" | "second" | "seconds" => 1000.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60_000.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000.0,
            "d" | "day" | "days" => 86_400_000.0,
            _ => return None,
        };
        Some(count.trim().parse::<f64>().ok()? * unit)
    }

    fn of_path(&self, expr: ExprRef, depth: u32) -> Option<f64> {
        let project = self.project;
        let path = project.path(expr);
        match path.root {
            Root::Number(text) if path.is_root() => project.text(text).replace('_', "").parse().ok(),
            Root::Call(call) if path.is_root() => self.of_words(call),
            Root::Param(function, index) if path.is_root() => self.passed(function, index, depth),
            Root::Variable(variable) if path.is_root() => {
                let values = &project.facts(variable.file).binding(variable.id).values;
                self.longest(values.iter().map(|&value| variable.with(value)), depth)
            }
            Root::Opaque(at) | Root::Choice(at) if path.is_root() && at != expr => self.of(at, depth + 1),
            // An option of a parameter that is an object with defaults: `options = { wait: 1500 }`.
            Root::Choice(at) if self.defaults == Defaults::Count => {
                let ([Step::Field(field)], Expr::Logical { right, .. }) = (path.steps.as_slice(), project.expr(at))
                else {
                    return None;
                };
                let Root::Object(literal) = project.path(at.with(*right)).root else {
                    return None;
                };
                let Expr::Object(properties) = project.expr(literal) else {
                    return None;
                };
                let value = properties.iter().find_map(|property| match *property {
                    Property::Field { name, value } if project.sym(literal.file, name) == *field => Some(value),
                    _ => None,
                });
                self.of(literal.with(value?), depth + 1)
            }
            Root::Call(call) if path.is_root() => {
                let args = (0..project.call(call).args.len()).filter_map(|index| project.argument(call, index));
                let callee = project.path(call.with(project.call(call).callee));
                let is_math = matches!(callee.root, Root::Global(name) if project.text(name) == "Math");
                match project.callee_name(call).filter(|_| is_math) {
                    Some("min") => args.filter_map(|arg| self.of(arg, depth + 1)).reduce(f64::min),
                    Some("max") => self.longest(args, depth),
                    _ => None,
                }
            }
            Root::Instance(owner) => {
                let [Step::Field(field)] = path.steps.as_slice() else {
                    return None;
                };
                let stores = project.owners.stores(owner, *field, false);
                self.longest(stores.iter().map(|store| store.value), depth)
            }
            _ => None,
        }
    }

    /// The longest of what callers in view pass for a parameter.
    fn passed(&self, function: FnRef, index: u16, depth: u32) -> Option<f64> {
        let callers = self.project.graph.callers(function);
        if callers.len() > MAX_CALLERS {
            return None;
        }
        let passed: Vec<ExprRef> = callers
            .iter()
            .filter_map(|&call| self.project.argument(call, usize::from(index)))
            .collect();
        // What nobody passes is no time.
        let is_never_passed = passed.is_empty()
            && !callers.is_empty()
            && callers
                .iter()
                .all(|&call| self.project.call(call).args.len() <= usize::from(index));
        if is_never_passed {
            return Some(0.0);
        }
        self.longest(passed.into_iter(), depth)
    }

    /// The longest of several, if all are known and there is one.
    fn longest(&self, exprs: impl Iterator<Item = ExprRef>, depth: u32) -> Option<f64> {
        let mut longest: Option<f64> = None;
        for expr in exprs {
            let one = self.of(expr, depth + 1)?;
            longest = Some(longest.map_or(one, |known| known.max(one)));
        }
        longest
    }
}
