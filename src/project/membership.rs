//! What the tests around a line say of the key it adds: that it is one of a known set, or that it is there already.
//!
//! `if (!formats.includes(name)) return`, `if (name in handlers)`, `if (kind === 'day')`, `switch (kind) { case 'day': … }`.

use crate::catalog::effect::Origin;
use crate::facts::body::{How, Op};
use crate::facts::expr::{BinaryOperator, Expr, LogicalOperator, UnaryOperator};

use super::container_use::{Form, GrowthSite, Removed};
use super::growth::Judge;
use super::guard::Guard;
use super::path::{CallRef, ExprRef, Root};
use super::repetition::Repeats;

/// Parts of a key, and hops from name to name in it.
const MAX_DEPTH: u32 = 4;

/// What is known of a key where the line stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Admitted {
    /// Nothing.
    Any,
    /// It is one of a known set.
    Known,
    /// The container has an entry under it, which the line replaces.
    Present,
}

impl Judge<'_, '_> {
    /// What the tests before a line say of its key.
    pub(super) fn admitted(&self, site: &GrowthSite) -> Admitted {
        let (Form::Keyed(key) | Form::Element(key)) = site.form;
        let facts = self.conditions(site.function, site.index);
        if facts.iter().any(|guard| self.is_present(guard, key, site)) {
            return Admitted::Present;
        }
        if matches!(site.form, Form::Keyed(_)) && self.is_known(&facts, key, site, 0) {
            Admitted::Known
        } else {
            Admitted::Any
        }
    }

    /// The container has the key: `if (map.has(key))`, `const known = map.get(key); if (!known) return`.
    fn is_present(&self, guard: &Guard, key: ExprRef, site: &GrowthSite) -> bool {
        let Some((collection, asked)) = self.question(guard.test, guard.taken, 0) else {
            return false;
        };
        self.is_same(asked, key)
            && self
                .project
                .containers_in(self.containers, collection)
                .contains(&site.container)
    }

    /// Whether a key, or all of it that varies, was found to be one of a set.
    fn is_known(&self, facts: &[Guard], key: ExprRef, site: &GrowthSite, depth: u32) -> bool {
        if depth > MAX_DEPTH {
            return false;
        }
        let project = self.project;
        if facts
            .iter()
            .any(|guard| self.is_one_of_a_set(guard.test, guard.taken, key, site))
            || self.is_in_a_case(key, site)
        {
            return true;
        }
        let go = |id| self.is_known(facts, key.with(id), site, depth + 1);
        let is_small = |id| project.origin_of(key.with(id), site.function) <= Origin::Config;
        match project.expr(key) {
            Expr::Template(parts) => {
                parts.iter().any(|&part| go(part)) && parts.iter().all(|&part| is_small(part) || go(part))
            }
            Expr::Binary {
                operator: BinaryOperator::Add,
                left,
                right,
            } => (go(*left) || is_small(*left)) && (go(*right) || is_small(*right)) && (go(*left) || go(*right)),
            Expr::Cast { value, .. } | Expr::Await(value) => go(*value),
            // `name.toLowerCase()`, `normalize(name)`.
            Expr::Call(call) => {
                let call = key.with(*call);
                let fact = project.call(call);
                let mut from = project
                    .receiver(call)
                    .into_iter()
                    .filter(|&of| project.origin_of(of, site.function) > Origin::Config)
                    .chain(fact.args.iter().map(|&arg| call.with(arg)))
                    .peekable();
                fact.how == How::Call
                    && from.peek().is_some()
                    && from.all(|each| go(each.id) || project.origin_of(each, site.function) <= Origin::Config)
                    && project
                        .receiver(call)
                        .into_iter()
                        .chain(fact.args.iter().map(|&arg| call.with(arg)))
                        .any(|each| go(each.id))
            }
            Expr::Binding(binding) => {
                let fact = project.facts(key.file).binding(*binding);
                matches!(fact.values[..], [only] if !matches!(project.facts(key.file).expr(only), Expr::Param { .. }) && go(only))
            }
            _ => false,
        }
    }

    /// A test by which the key is one of a set that does not grow with it.
    fn is_one_of_a_set(&self, test: ExprRef, taken: bool, key: ExprRef, site: &GrowthSite) -> bool {
        let project = self.project;
        match *project.expr(test) {
            Expr::Binary {
                operator: operator @ (BinaryOperator::Equal | BinaryOperator::NotEqual),
                left,
                right,
            } if (operator == BinaryOperator::Equal) == taken => {
                let (left, right) = (test.with(left), test.with(right));
                let is_constant = |of: ExprRef| {
                    project.origin_of(of, site.function) <= Origin::Config && !project.path(of).is_nullish()
                };
                if self.is_same(left, key) && is_constant(right) || self.is_same(right, key) && is_constant(left) {
                    return true;
                }
            }
            // `kind === 'day' || kind === 'week'`
            Expr::Logical {
                operator: LogicalOperator::Or,
                left,
                right,
            } if taken => {
                return [left, right]
                    .iter()
                    .all(|&side| self.is_one_of_a_set(test.with(side), true, key, site));
            }
            _ => {}
        }
        let Some((collection, asked)) = self.question(test, taken, 0) else {
            return false;
        };
        self.is_same(asked, key) && self.is_closed(collection, site)
    }

    /// The collection that a test asks for a key, and the key, if the answer was yes.
    fn question(&self, test: ExprRef, taken: bool, depth: u32) -> Option<(ExprRef, ExprRef)> {
        let project = self.project;
        if depth > MAX_DEPTH {
            return None;
        }
        match *project.expr(test) {
            Expr::Unary {
                operator: UnaryOperator::Not,
                of,
            } => self.question(test.with(of), !taken, depth + 1),
            Expr::Cast { value, .. } => self.question(test.with(value), taken, depth + 1),
            Expr::Binary { operator, left, right } => {
                let (left, right) = (test.with(left), test.with(right));
                match operator {
                    BinaryOperator::In if taken => Some((right, left)),
                    // `found !== undefined`, `list.indexOf(name) !== -1`
                    BinaryOperator::Equal | BinaryOperator::NotEqual => {
                        let is_absence = project.path(right).is_nullish() || self.is_minus_one(right);
                        let differs = (operator == BinaryOperator::NotEqual) == taken;
                        (is_absence && differs)
                            .then(|| self.question(left, true, depth + 1))
                            .flatten()
                    }
                    BinaryOperator::GreaterEqual | BinaryOperator::Greater if taken => {
                        matches!(project.expr(left), Expr::Call(_) | Expr::Binding(_))
                            .then(|| self.question(left, true, depth + 1))
                            .flatten()
                    }
                    _ => None,
                }
            }
            Expr::Element { object, key, .. } if taken => Some((test.with(object), test.with(key))),
            Expr::Member { object, .. } if taken => self.question(test.with(object), true, depth + 1),
            Expr::Call(call) if taken => {
                let call = test.with(call);
                self.asking_call(call).or_else(|| {
                    // `map.get(key)?.filter(…)` is there only if the entry is.
                    let receiver = project.receiver(call).filter(|_| project.call(call).optional)?;
                    self.question(receiver, true, depth + 1)
                })
            }
            Expr::Binding(binding) if taken => match project.facts(test.file).binding(binding).values[..] {
                [only] if !matches!(project.expr(test.with(only)), Expr::Param { .. }) => {
                    self.question(test.with(only), true, depth + 1)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `set.has(key)`, `list.includes(key)`, `Object.hasOwn(table, key)`, `list.find(each => each.name === key)`.
    fn asking_call(&self, call: CallRef) -> Option<(ExprRef, ExprRef)> {
        let project = self.project;
        let (first, second) = (project.argument(call, 0), project.argument(call, 1));
        match project.callee_name(call)? {
            "has" | "includes" | "hasOwnProperty" | "get" | "indexOf" => Some((project.receiver(call)?, first?)),
            "hasOwn" => Some((first?, second?)),
            // `Object.prototype.hasOwnProperty.call(table, key)`
            "call" => Some((first?, second?)),
            "find" | "some" | "findIndex" => Some((project.receiver(call)?, self.looked_for(first?)?)),
            _ => None,
        }
    }

    /// `each => each.name === key`: the side that is not of the callback's own.
    fn looked_for(&self, callback: ExprRef) -> Option<ExprRef> {
        let project = self.project;
        let function = *project.functions_in(callback).first()?;
        let returned = project.function(function).ops.iter().find_map(|op| match *op {
            Op::Return(Some(value)) => Some(function.with(value)),
            _ => None,
        })?;
        let (left, right) = match *project.expr(returned) {
            Expr::Binary {
                operator: BinaryOperator::Equal,
                left,
                right,
            } => (left, right),
            // `each => each.names.includes(key)`
            Expr::Call(call) => return self.asking_call(returned.with(call)).map(|(_, asked)| asked),
            _ => return None,
        };
        let is_own = |side: ExprRef| matches!(project.path(side).root, Root::Param(of, _) if of == function);
        let (left, right) = (returned.with(left), returned.with(right));
        match (is_own(left), is_own(right)) {
            (true, false) => Some(right),
            (false, true) => Some(left),
            _ => None,
        }
    }

    fn is_minus_one(&self, expr: ExprRef) -> bool {
        matches!(*self.project.expr(expr), Expr::Unary { operator: UnaryOperator::Arithmetic, of }
            if matches!(self.project.path(expr.with(of)).root, Root::Number(text) if self.project.text(text) == "1"))
    }

    fn is_same(&self, one: ExprRef, other: ExprRef) -> bool {
        if one == other {
            return true;
        }
        let (one, other) = (self.project.path(one), self.project.path(other));
        one == other && !matches!(one.root, Root::Opaque(_))
    }

    /// A collection that does not itself grow with what comes in: nothing fills it at run time and nothing is taken out.
    fn is_closed(&self, collection: ExprRef, site: &GrowthSite) -> bool {
        let project = self.project;
        let ids = project.containers_in(self.containers, collection);
        if ids.is_empty() {
            return project.origin_of(collection, site.function) <= Origin::Parameter;
        }
        ids.iter().all(|id| {
            *id != site.container
                && self.uses.of.get(id).is_none_or(|usage| {
                    let is_registered = |each: &GrowthSite| {
                        project.is_module(each.function)
                            || self.is_registration(each)
                            || project.repeats(each.function) == Repeats::Once
                    };
                    usage.sites.iter().all(is_registered)
                        && usage
                            .removals
                            .iter()
                            .all(|removal| !matches!(removal.what, Removed::One(_)))
                })
        })
    }

    /// `switch (kind) { case 'day': cache.set(kind, …) }`.
    fn is_in_a_case(&self, key: ExprRef, site: &GrowthSite) -> bool {
        let project = self.project;
        let mut open: Vec<(ExprRef, bool)> = Vec::new();
        for op in &project.function(site.function).ops[..site.index] {
            match *op {
                Op::Switch { on, .. } => open.push((site.function.with(on), false)),
                Op::Case(test) => {
                    if let Some(last) = open.last_mut() {
                        last.1 = test.is_some();
                    }
                }
                Op::EndSwitch(_) => {
                    open.pop();
                }
                _ => {}
            }
        }
        open.iter().any(|&(on, is_case)| is_case && self.is_same(on, key))
    }
}
