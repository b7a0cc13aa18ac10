//! Uses of containers other than by calls: stores, replacements, `delete`, tests of the size, returns.

use crate::facts::expr::{BinaryOperator, Expr, Literal, Property};

use super::container::{ContainerId, Kind, Named};
use super::container_use::{Form, Removed, Scan, Uses};
use super::latch;
use super::path::{ExprRef, Root};
use super::value::is_nullish;

impl Scan<'_, '_> {
    pub(super) fn store(&self, index: usize, to: ExprRef, value: ExprRef, uses: &mut Uses) {
        let project = self.project;
        let (object, key, name) = match *project.expr(to) {
            Expr::Member { object, name, .. } => (to.with(object), None, Some(name)),
            Expr::Element { object, key, .. } => (to.with(object), Some(to.with(key)), None),
            _ => return,
        };
        if let Some(key) = key
            && project.member(to).is_none()
        {
            let ids = self.named(object);
            if ids.is_empty() {
                return;
            }
            if is_nullish(project.expr(value)) {
                self.removal(uses, index, &ids, Removed::One(Some(key)));
            } else {
                let form = if self.is_next_index(key, &ids) {
                    Form::Element(value)
                } else {
                    Form::Keyed(key)
                };
                self.site(uses, index, (object, &ids), form, None);
            }
            return self.handed_on(to, value, uses);
        }
        if name.is_some_and(|name| project.facts(to.file).name(name) == "length") {
            let ids = self.named(object);
            self.removal(uses, index, &ids, Removed::All);
            return;
        }
        let ids = self.named(to);
        if let [id @ ContainerId::Global(_)] = ids[..]
            && matches!(project.expr(value), Expr::Logical { .. })
            && self.containers.get(id).is_some_and(|made| made.kind == Kind::Array)
        {
            // `window.queue = window.queue || []`: a script that comes later takes it over.
            uses.of.entry(id).or_default().escapes = true;
        }
        match ids.first() {
            Some(&id) if !self.is_first(id) => self.replaced(index, id, value, uses),
            Some(_) => {}
            None => {
                self.loose(uses, to);
                self.handed_on(to, value, uses);
            }
        }
    }

    /// A container that is stored somewhere else as well may be bounded from there.
    fn handed_on(&self, to: ExprRef, value: ExprRef, uses: &mut Uses) {
        if !matches!(
            self.project.expr(value),
            Expr::Binding(_) | Expr::Member { .. } | Expr::Import { .. }
        ) || self.project.is_module(self.function)
        {
            return;
        }
        let home = self.named(to);
        for id in self.named(value) {
            if !home.contains(&id) {
                uses.of.entry(id).or_default().escapes = true;
            }
        }
    }

    /// `list[list.length] = x`.
    fn is_next_index(&self, key: ExprRef, ids: &Named) -> bool {
        let Expr::Member { object, name, .. } = *self.project.expr(key) else {
            return false;
        };
        self.project.facts(key.file).name(name) == "length" && self.named(key.with(object)) == *ids
    }

    /// Whether this is where the container is made, not where a new one takes its place.
    fn is_first(&self, id: ContainerId) -> bool {
        let project = self.project;
        match id {
            ContainerId::Field(..) => project.is_constructor(self.function),
            ContainerId::Static(..) => {
                matches!(
                    project.function(self.function).kind,
                    crate::facts::body::FunctionKind::FieldInitializers
                ) || project.is_module_body(self.function)
            }
            ContainerId::Variable(_) | ContainerId::Literal(_) | ContainerId::Global(_) => {
                project.is_module_body(self.function)
            }
        }
    }

    /// `list = [...list, x]` grows it, `map = { ...map }` does nothing to it; any other new value bounds it.
    pub(super) fn replaced(&self, index: usize, id: ContainerId, value: ExprRef, uses: &mut Uses) {
        let project = self.project;
        let itself: Named = [id].into_iter().collect();
        let is_itself = |expr: ExprRef| self.named(expr).contains(&id);
        match project.expr(value) {
            Expr::Array(elements) => {
                let spread = elements.iter().find_map(|&each| match *project.expr(value.with(each)) {
                    Expr::Spread(of) if is_itself(value.with(of)) => Some(value.with(of)),
                    _ => None,
                });
                let added = elements.iter().find(
                    |&&each| !matches!(*project.expr(value.with(each)), Expr::Spread(of) if is_itself(value.with(of))),
                );
                match (spread, added) {
                    (Some(named), Some(&added)) => {
                        return self.site(uses, index, (named, &itself), Form::Element(value.with(added)), None);
                    }
                    (Some(_), None) => return,
                    (None, _) => {}
                }
            }
            Expr::Object(properties) => {
                let spread = properties.iter().find_map(|property| match *property {
                    Property::Spread(of) if is_itself(value.with(of)) => Some(value.with(of)),
                    _ => None,
                });
                if let Some(named) = spread {
                    if let Some(key) = self.computed_key(value) {
                        self.site(uses, index, (named, &itself), Form::Keyed(key), None);
                    }
                    return;
                }
            }
            Expr::Call(call) => {
                let call = value.with(*call);
                if project.callee_name(call) == Some("concat")
                    && let (Some(receiver), Some(added)) = (project.receiver(call), project.argument(call, 0))
                    && is_itself(receiver)
                {
                    return self.site(uses, index, (receiver, &itself), Form::Element(added), None);
                }
            }
            // `cache = cache || {}` leaves it as it is.
            Expr::Logical { left, .. } if is_itself(value.with(*left)) => return,
            _ => {}
        }
        // `if (!this.cache) this.cache = new Map()` makes it.
        let is_lazy = !is_nullish(project.expr(value)) && latch::is_idempotent(project, self.function, index);
        if !is_lazy {
            self.removal(uses, index, &itself, Removed::All);
        }
    }

    pub(super) fn deleted(&self, index: usize, of: ExprRef, uses: &mut Uses) {
        let (object, key) = match *self.project.expr(of) {
            Expr::Member { object, .. } => (of.with(object), None),
            Expr::Element { object, key, .. } => (of.with(object), Some(of.with(key))),
            _ => return,
        };
        let ids = self.named(object);
        if ids.is_empty() {
            self.loose(uses, object);
        }
        self.removal(uses, index, &ids, Removed::One(key));
        // `delete this.cache` itself.
        let whole = self.named(of);
        self.removal(uses, index, &whole, Removed::All);
    }

    /// A test of the size: `cache.size > MAX`, `Object.keys(cache).length > MAX`.
    pub(super) fn tested(&self, index: usize, test: ExprRef, depth: u32, uses: &mut Uses) {
        let project = self.project;
        if depth > 4 {
            return;
        }
        match *project.expr(test) {
            Expr::Binary { operator, left, right } => {
                let (left, right) = (test.with(left), test.with(right));
                let is_limit = |other: ExprRef| match operator {
                    BinaryOperator::Less
                    | BinaryOperator::LessEqual
                    | BinaryOperator::Greater
                    | BinaryOperator::GreaterEqual => !self.is_small(other),
                    BinaryOperator::Equal | BinaryOperator::NotEqual => {
                        matches!(project.path(other).root, Root::Number(_)) && !self.is_small(other)
                    }
                    _ => false,
                };
                for (side, other) in [(left, right), (right, left)] {
                    if is_limit(other) {
                        let ids = self.sized(side);
                        self.removal(uses, index, &ids, Removed::Size);
                    }
                }
            }
            Expr::Logical { left, right, .. } => {
                self.tested(index, test.with(left), depth + 1, uses);
                self.tested(index, test.with(right), depth + 1, uses);
            }
            Expr::Unary { of, .. } => self.tested(index, test.with(of), depth + 1, uses),
            _ => {}
        }
    }

    /// Nothing or one: a test for emptiness, no limit.
    fn is_small(&self, expr: ExprRef) -> bool {
        matches!(self.project.expr(expr), Expr::Literal(Literal::Number(text)) if matches!(self.project.facts(expr.file).name(*text), "0" | "1"))
    }

    fn sized(&self, expr: ExprRef) -> Named {
        let project = self.project;
        let Expr::Member { object, name, .. } = *project.expr(expr) else {
            return Named::new();
        };
        if !matches!(project.facts(expr.file).name(name), "size" | "length" | "itemCount") {
            return Named::new();
        }
        let object = expr.with(object);
        if let Expr::Call(call) = *project.expr(object)
            && matches!(
                project.callee_name(object.with(call)),
                Some("keys" | "values" | "entries")
            )
            && let Some(arg) = project.argument(object.with(call), 0)
        {
            return self.named(arg);
        }
        self.named(object)
    }

    /// A container that is returned can be bounded by who gets it.
    pub(super) fn returned(&self, value: ExprRef, uses: &mut Uses) {
        match self.project.expr(value) {
            Expr::Object(properties) => {
                for property in properties {
                    if let Property::Field { value: each, .. } = *property {
                        self.returned(value.with(each), uses);
                    }
                }
            }
            Expr::Call(_) | Expr::Array(_) => {}
            _ => {
                for id in self.named(value) {
                    uses.of.entry(id).or_default().returned = true;
                }
            }
        }
    }
}
