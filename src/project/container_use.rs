//! What is done with containers: the lines that make them grow, those that take away, and where they go unseen.
//!
//! Nothing is judged here; a use that is not understood counts as an escape.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::Place;
use crate::facts::body::{How, Op};
use crate::facts::expr::{BinaryOperator, Expr, Literal, Property};

use super::Project;
use super::container::{ContainerId, Containers, Kind, Named};
use super::names::Sym;
use super::path::{CallRef, ExprRef, FnRef, Path, Root};
use super::value::is_nullish;

/// How a container takes more in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// `map.set(key, …)`, `object[key] = …`, `set.add(key)`: the same key again adds nothing.
    Keyed(ExprRef),
    /// `array.push(x)`.
    Element(ExprRef),
}

/// A line that makes a container grow.
#[derive(Clone, Debug)]
pub struct GrowthSite {
    pub container: ContainerId,
    /// The expression that names it here.
    pub named: ExprRef,
    pub form: Form,
    pub function: FnRef,
    pub index: usize,
    pub place: Place,
    /// The call that adds, where it is one.
    pub call: Option<CallRef>,
    /// The name may mean another container: `given || this.defaults`.
    pub is_may: bool,
}

/// A line that takes away.
#[derive(Clone, Copy, Debug)]
pub struct Removal {
    pub function: FnRef,
    pub index: usize,
    pub what: Removed,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Removed {
    /// One element, under this key where it has one.
    One(Option<ExprRef>),
    /// All of them: `clear()`, a new container in its place.
    All,
    /// A test of the size, behind which something else happens.
    Size,
}

/// What is known of one container.
#[derive(Default, Debug)]
pub struct ContainerUse {
    pub sites: Vec<GrowthSite>,
    pub removals: Vec<Removal>,
    /// It is handed to code that is not understood.
    pub escapes: bool,
    /// Functions that return it.
    pub returned: bool,
}

/// The uses of all containers.
#[derive(Default)]
pub struct Uses {
    pub of: FxHashMap<ContainerId, ContainerUse>,
    /// Names of fields that are emptied or handed on by code that does not show whose they are.
    pub loose: FxHashSet<Sym>,
}

/// Methods that take one element away.
const REMOVING: &[&str] = &["delete", "shift", "pop", "splice", "remove", "del", "evict", "take", "prune", "purgeStale", "invalidate"];
/// Methods that take all away.
const CLEARING: &[&str] = &["clear", "reset", "flushAll", "purge", "drain", "destroy", "deleteAll", "flush"];
/// Methods and globals that only read what they are given.
const READERS: &[&str] = &[
    "log", "info", "warn", "error", "debug", "trace", "keys", "values", "entries", "stringify", "from", "isArray", "freeze", "deepEqual", "inspect",
    "has", "concat", "includes", "json", "send", "isEmpty", "String", "Number", "Boolean", "structuredClone", "max", "min", "fromEntries", "equal",
    "strictEqual", "deepStrictEqual", "render", "getOwnPropertyNames", "hasOwn", "hasOwnProperty", "cloneDeep", "all", "allSettled", "isFrozen",
];

impl Project<'_> {
    /// Every line that grows, bounds or hands on a container.
    pub fn container_uses(&self, containers: &Containers) -> Uses {
        let mut uses = Uses::default();
        for function in self.functions() {
            let scan = Scan { project: self, containers, function };
            for (index, op) in self.function(function).ops.iter().enumerate() {
                match *op {
                    Op::Call(call) => scan.call(index, function.with(call), &mut uses),
                    Op::Store { to, value } => scan.store(index, function.with(to), function.with(value), &mut uses),
                    Op::Assign { to, value, declares } => {
                        let id = ContainerId::Variable(function.with(to));
                        if !declares && !self.is_module(function) && containers.get(id).is_some() {
                            scan.replaced(index, id, function.with(value), &mut uses);
                        }
                    }
                    Op::Delete(of) => scan.deleted(index, function.with(of), &mut uses),
                    Op::If(test) => scan.tested(index, function.with(test), 0, &mut uses),
                    Op::Return(Some(value)) => scan.returned(function.with(value), &mut uses),
                    _ => {}
                }
            }
        }
        uses
    }
}

struct Scan<'p, 'a> {
    project: &'p Project<'a>,
    containers: &'p Containers,
    function: FnRef,
}

impl Scan<'_, '_> {
    fn named(&self, expr: ExprRef) -> Named {
        self.project.containers_in(self.containers, expr)
    }

    fn site(&self, uses: &mut Uses, index: usize, named: (ExprRef, &Named), form: Form, call: Option<CallRef>) {
        let (expr, ids) = named;
        let is_may = ids.len() > 1 || matches!(self.project.path(expr).root, Root::Choice(_));
        let span = match call {
            Some(call) => self.project.call(call).statement,
            None => self.project.function(self.function).spans[index],
        };
        let place = Place { file: self.function.file, span };
        for &container in ids {
            let site = GrowthSite { container, named: expr, form, function: self.function, index, place, call, is_may };
            uses.of.entry(container).or_default().sites.push(site);
        }
    }

    fn removal(&self, uses: &mut Uses, index: usize, ids: &Named, what: Removed) {
        for &id in ids {
            uses.of.entry(id).or_default().removals.push(Removal { function: self.function, index, what });
        }
    }

    /// An object whose type is not known loses something in a field that is named like a container's.
    fn loose(&self, uses: &mut Uses, object: ExprRef) {
        if let Some((_, name)) = self.project.member(object)
            && self.containers.is_field_name(name)
        {
            uses.loose.insert(name);
        }
    }

    fn call(&self, index: usize, call: CallRef, uses: &mut Uses) {
        let project = self.project;
        let fact = project.call(call);
        let name = project.callee_name(call).unwrap_or_default();
        if let Some(receiver) = project.receiver(call)
            && fact.how == How::Call
        {
            self.method(index, call, receiver, name, uses);
        }
        if matches!(name, "assign" | "defineProperty" | "defaults" | "merge" | "extend")
            && let [target, rest @ ..] = &fact.args[..]
        {
            self.assigned(index, call, call.with(*target), rest, name, uses);
            return;
        }
        if READERS.contains(&name) {
            return;
        }
        for (position, &arg) in fact.args.iter().enumerate() {
            self.argument(call, position, call.with(arg), uses);
        }
    }

    /// `cache.set(key, value)`, `cache.delete(key)`.
    fn method(&self, index: usize, call: CallRef, receiver: ExprRef, name: &str, uses: &mut Uses) {
        let project = self.project;
        let fact = project.call(call);
        let is_removing = REMOVING.contains(&name) || CLEARING.contains(&name);
        if !is_removing && !matches!(name, "set" | "add" | "put" | "push" | "unshift" | "call" | "apply") {
            return;
        }
        let ids = self.named(receiver);
        if ids.is_empty() {
            if is_removing {
                self.loose(uses, receiver);
            }
            return;
        }
        let kind = ids.iter().find_map(|&id| self.containers.get(id)).map(|made| made.kind);
        let Some(kind) = kind else { return };
        let form = match (kind, name, &fact.args[..]) {
            (Kind::Map | Kind::Library(_), "set" | "put", &[key, _, ..]) | (Kind::Set | Kind::Library(_), "add", &[key, ..]) => Some(Form::Keyed(call.with(key))),
            (Kind::Array, "push" | "unshift", &[element, ..]) => Some(Form::Element(call.with(element))),
            _ => None,
        };
        let inserts = name == "splice" && fact.args.get(1).is_some_and(|&count| matches!(project.path(call.with(count)).root, Root::Number(text) if project.text(text) == "0"));
        match form {
            Some(form) => self.site(uses, index, (receiver, &ids), form, Some(call)),
            None if inserts => {
                if let Some(&element) = fact.args.get(2) {
                    self.site(uses, index, (receiver, &ids), Form::Element(call.with(element)), Some(call));
                }
            }
            None if CLEARING.contains(&name) => self.removal(uses, index, &ids, Removed::All),
            None if REMOVING.contains(&name) => {
                let key = fact.args.first().map(|&key| call.with(key));
                self.removal(uses, index, &ids, Removed::One(key.filter(|_| name == "delete")));
            }
            None => {}
        }
    }

    /// `Object.assign(shared, { [key]: value })`.
    fn assigned(&self, index: usize, call: CallRef, target: ExprRef, sources: &[crate::facts::ids::ExprId], name: &str, uses: &mut Uses) {
        let ids = self.named(target);
        if ids.is_empty() {
            return;
        }
        if name == "defineProperty" {
            if let Some(&key) = sources.first() {
                self.site(uses, index, (target, &ids), Form::Keyed(call.with(key)), Some(call));
            }
            return;
        }
        for &source in sources {
            if let Some(key) = self.computed_key(call.with(source)) {
                self.site(uses, index, (target, &ids), Form::Keyed(key), Some(call));
                return;
            }
        }
    }

    /// The first computed key of an object literal.
    fn computed_key(&self, literal: ExprRef) -> Option<ExprRef> {
        let Expr::Object(properties) = self.project.expr(literal) else { return None };
        properties.iter().find_map(|property| match property {
            Property::Computed { key, .. } => Some(literal.with(*key)),
            _ => None,
        })
    }

    /// A container handed to a call: whoever gets it may bound it.
    fn argument(&self, call: CallRef, position: usize, arg: ExprRef, uses: &mut Uses) {
        let project = self.project;
        match project.expr(arg) {
            Expr::Object(properties) => {
                for property in properties {
                    if let Property::Field { value, .. } = *property {
                        self.argument(call, usize::MAX, arg.with(value), uses);
                    }
                }
                return;
            }
            Expr::Spread(_) | Expr::Array(_) | Expr::Call(_) => return,
            _ => {}
        }
        let ids = self.named(arg);
        if ids.is_empty() {
            self.loose(uses, arg);
            return;
        }
        if position != usize::MAX && self.only_reads(call, position) {
            return;
        }
        for &id in &ids {
            uses.of.entry(id).or_default().escapes = true;
        }
    }

    /// Whether a call leaves its argument as it is: a copy by the language, or a function of the project that only reads.
    fn only_reads(&self, call: CallRef, position: usize) -> bool {
        let project = self.project;
        let fact = project.call(call);
        let callee = project.path(call.with(fact.callee));
        if matches!(callee.root, Root::Global(name) if matches!(project.text(name), "Map" | "Set" | "Array" | "JSON" | "Object" | "Promise" | "console" | "Math")) {
            return true;
        }
        let callees = project.callees(call);
        !callees.is_empty() && callees.iter().all(|&callee| self.reads_parameter(callee, position))
    }

    /// Whether a function only reads its n-th parameter, as far as one look shows.
    fn reads_parameter(&self, function: FnRef, position: usize) -> bool {
        let project = self.project;
        let parameter = Path::root(Root::Param(function, position as u16));
        let is_it = |expr: ExprRef| matches!(project.expr(expr), Expr::Binding(_) | Expr::Param { .. }) && project.path(expr) == parameter;
        project.nested(function).all(|each| {
            project.function(each).ops.iter().all(|op| match *op {
                Op::Call(call) => {
                    let call = each.with(call);
                    let name = project.callee_name(call).unwrap_or_default();
                    let is_changed = project.receiver(call).is_some_and(is_it) && (REMOVING.contains(&name) || CLEARING.contains(&name));
                    let is_passed = !READERS.contains(&name) && project.call(call).args.iter().any(|&arg| is_it(call.with(arg)));
                    !is_changed && !is_passed
                }
                Op::Delete(of) => !matches!(*project.expr(each.with(of)), Expr::Member { object, .. } | Expr::Element { object, .. } if is_it(each.with(object))),
                Op::Store { value, .. } | Op::Return(Some(value)) => !is_it(each.with(value)),
                _ => true,
            })
        })
    }

    fn store(&self, index: usize, to: ExprRef, value: ExprRef, uses: &mut Uses) {
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
                let form = if self.is_next_index(key, &ids) { Form::Element(value) } else { Form::Keyed(key) };
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
        if !matches!(self.project.expr(value), Expr::Binding(_) | Expr::Member { .. } | Expr::Import { .. }) || self.project.is_module(self.function) {
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
        let Expr::Member { object, name, .. } = *self.project.expr(key) else { return false };
        self.project.facts(key.file).name(name) == "length" && self.named(key.with(object)) == *ids
    }

    /// Whether this is where the container is made, not where a new one takes its place.
    fn is_first(&self, id: ContainerId) -> bool {
        let project = self.project;
        match id {
            ContainerId::Field(..) => project.is_constructor(self.function),
            ContainerId::Static(..) => matches!(project.function(self.function).kind, crate::facts::body::FunctionKind::FieldInitializers) || project.is_module(self.function),
            ContainerId::Variable(_) | ContainerId::Literal(_) | ContainerId::Global(_) => project.is_module(self.function),
        }
    }

    /// `list = [...list, x]` grows it, `map = { ...map }` does nothing to it; any other new value bounds it.
    fn replaced(&self, index: usize, id: ContainerId, value: ExprRef, uses: &mut Uses) {
        let project = self.project;
        let itself: Named = [id].into_iter().collect();
        let is_itself = |expr: ExprRef| self.named(expr).contains(&id);
        match project.expr(value) {
            Expr::Array(elements) => {
                let spread = elements.iter().find_map(|&each| match *project.expr(value.with(each)) {
                    Expr::Spread(of) if is_itself(value.with(of)) => Some(value.with(of)),
                    _ => None,
                });
                let added = elements.iter().find(|&&each| !matches!(*project.expr(value.with(each)), Expr::Spread(of) if is_itself(value.with(of))));
                match (spread, added) {
                    (Some(named), Some(&added)) => return self.site(uses, index, (named, &itself), Form::Element(value.with(added)), None),
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
        let is_lazy = super::guard::is_idempotent(project, self.function, index);
        if !is_lazy {
            self.removal(uses, index, &itself, Removed::All);
        }
    }

    fn deleted(&self, index: usize, of: ExprRef, uses: &mut Uses) {
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
    fn tested(&self, index: usize, test: ExprRef, depth: u32, uses: &mut Uses) {
        let project = self.project;
        if depth > 4 {
            return;
        }
        match *project.expr(test) {
            Expr::Binary { operator, left, right } => {
                let (left, right) = (test.with(left), test.with(right));
                let is_limit = |other: ExprRef| match operator {
                    BinaryOperator::Less | BinaryOperator::LessEqual | BinaryOperator::Greater | BinaryOperator::GreaterEqual => !self.is_small(other),
                    BinaryOperator::Equal | BinaryOperator::NotEqual => matches!(project.path(other).root, Root::Number(_)) && !self.is_small(other),
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
        let Expr::Member { object, name, .. } = *project.expr(expr) else { return Named::new() };
        if !matches!(project.facts(expr.file).name(name), "size" | "length" | "itemCount") {
            return Named::new();
        }
        let object = expr.with(object);
        if let Expr::Call(call) = *project.expr(object)
            && matches!(project.callee_name(object.with(call)), Some("keys" | "values" | "entries"))
            && let Some(arg) = project.argument(object.with(call), 0)
        {
            return self.named(arg);
        }
        self.named(object)
    }

    /// A container that is returned can be bounded by who gets it.
    fn returned(&self, value: ExprRef, uses: &mut Uses) {
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
