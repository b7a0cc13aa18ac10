//! What is done with containers: the lines that make them grow, those that take away, and where they go unseen.
//!
//! Nothing is judged here; a use that is not understood counts as an escape.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::Place;
use crate::facts::body::{How, Op};
use crate::facts::expr::{Expr, Property, UnaryOperator};

use super::Project;
use super::container::{ContainerId, Containers, Kind, Named};
use super::names::Sym;
use super::path::{CallRef, ExprRef, FnRef, Path, Root, Step};
use super::typing::Ty;

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

impl ContainerUse {
    fn add(&mut self, more: Self) {
        self.sites.extend(more.sites);
        self.removals.extend(more.removals);
        self.escapes |= more.escapes;
        self.returned |= more.returned;
    }
}

/// The uses of all containers.
#[derive(Default)]
pub struct Uses {
    pub of: FxHashMap<ContainerId, ContainerUse>,
    /// Names of fields that are emptied or handed on by code that does not show whose they are.
    pub loose: FxHashSet<Sym>,
}

/// Methods that take one element away.
const REMOVING: &[&str] = &[
    "delete",
    "shift",
    "pop",
    "splice",
    "remove",
    "del",
    "evict",
    "take",
    "prune",
    "purgeStale",
    "invalidate",
];
/// Methods that take all away.
const CLEARING: &[&str] = &[
    "clear",
    "reset",
    "flushAll",
    "purge",
    "drain",
    "destroy",
    "deleteAll",
    "flush",
];
/// Globals whose functions only read what they are given, or copy it.
const READING_GLOBALS: &[&str] = &[
    "Map",
    "Set",
    "Array",
    "JSON",
    "Object",
    "Promise",
    "console",
    "Math",
    "String",
    "Number",
    "Boolean",
    "structuredClone",
];
/// Functions of libraries, and methods of what comes from them, that only read what they are given.
const READERS: &[&str] = &[
    "log",
    "info",
    "warn",
    "error",
    "debug",
    "trace",
    "deepEqual",
    "inspect",
    "has",
    "concat",
    "includes",
    "json",
    "send",
    "isEmpty",
    "equal",
    "strictEqual",
    "deepStrictEqual",
    "render",
    "hasOwnProperty",
    "cloneDeep",
];

impl Project<'_> {
    /// Every line that grows, bounds or hands on a container.
    pub fn container_uses(&self, containers: &Containers) -> Uses {
        let of_files = self.each_file(|project, file| {
            let mut uses = Uses::default();
            for function in project.functions_of(file) {
                project.container_uses_of(function, containers, &mut uses);
            }
            uses
        });
        let mut all = Uses::default();
        for uses in of_files.into_iter().flatten() {
            for (container, more) in uses.of {
                all.of.entry(container).or_default().add(more);
            }
            all.loose.extend(uses.loose);
        }
        all
    }

    fn container_uses_of(&self, function: FnRef, containers: &Containers, uses: &mut Uses) {
        let scan = Scan {
            project: self,
            containers,
            function,
        };
        for (index, op) in self.function(function).ops.iter().enumerate() {
            match *op {
                Op::Call(call) => scan.call(index, function.with(call), uses),
                Op::Store { to, value } => scan.store(index, function.with(to), function.with(value), uses),
                Op::Assign { to, value, declares } => {
                    let id = ContainerId::Variable(function.with(to));
                    if !declares && !self.is_module(function) && containers.get(id).is_some() {
                        scan.replaced(index, id, function.with(value), uses);
                    }
                }
                Op::Delete(of) => scan.deleted(index, function.with(of), uses),
                Op::If(test) => scan.tested(index, function.with(test), 0, uses),
                Op::Return(Some(value)) => scan.returned(function.with(value), uses),
                _ => {}
            }
        }
    }
}

/// One function that is read for its uses; what it does by writing is `container_store`.
pub(super) struct Scan<'p, 'a> {
    pub(super) project: &'p Project<'a>,
    pub(super) containers: &'p Containers,
    pub(super) function: FnRef,
}

impl Scan<'_, '_> {
    pub(super) fn named(&self, expr: ExprRef) -> Named {
        self.project.containers_in(self.containers, expr)
    }

    pub(super) fn site(
        &self,
        uses: &mut Uses,
        index: usize,
        named: (ExprRef, &Named),
        form: Form,
        call: Option<CallRef>,
    ) {
        let (expr, ids) = named;
        let is_may = ids.len() > 1 || matches!(self.project.path(expr).root, Root::Choice(_));
        let span = match call {
            Some(call) => self.project.call(call).statement,
            None => self.project.function(self.function).spans[index],
        };
        let place = Place {
            file: self.function.file,
            span,
        };
        for &container in ids {
            let site = GrowthSite {
                container,
                named: expr,
                form,
                function: self.function,
                index,
                place,
                call,
                is_may,
            };
            uses.of.entry(container).or_default().sites.push(site);
        }
    }

    pub(super) fn removal(&self, uses: &mut Uses, index: usize, ids: &Named, what: Removed) {
        for &id in ids {
            uses.of.entry(id).or_default().removals.push(Removal {
                function: self.function,
                index,
                what,
            });
        }
    }

    /// An object whose type is not known loses something in a field that is named like a container's.
    pub(super) fn loose(&self, uses: &mut Uses, object: ExprRef) {
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
        if self.takes_no_container(call) {
            return;
        }
        if let (Some(name), [target, rest @ ..]) = (self.of_object(call), &fact.args[..])
            && matches!(name, "assign" | "defineProperty")
        {
            self.assigned(index, call, call.with(*target), rest, name, uses);
            return;
        }
        if self.is_reader(call) {
            return;
        }
        for (position, &arg) in fact.args.iter().enumerate() {
            self.argument(call, position, call.with(arg), uses);
        }
    }

    /// Whether no argument of a call can be a container, or hold one, by its shape alone.
    fn takes_no_container(&self, call: CallRef) -> bool {
        let facts = self.project.facts(call.file);
        let is_made_here = |arg: &Expr| matches!(arg, Expr::Spread(_) | Expr::Array(_) | Expr::Call(_));
        let args = facts.call(call.id).args.iter().map(|&arg| facts.expr(arg));
        args.enumerate()
            .all(|(position, arg)| Project::is_no_container(arg) || position > 0 && is_made_here(arg))
    }

    /// The name of a function of the global `Object`.
    fn of_object(&self, call: CallRef) -> Option<&str> {
        let project = self.project;
        let callee = project.path(call.with(project.call(call).callee));
        match (callee.root, &callee.steps[..]) {
            (Root::Global(object), [Step::Field(name)]) if project.text(object) == "Object" => {
                Some(project.text(*name))
            }
            _ => None,
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
            (Kind::Map | Kind::Library(_), "set" | "put", &[key, _, ..])
            | (Kind::Set | Kind::Library(_), "add", &[key, ..]) => Some(Form::Keyed(call.with(key))),
            (Kind::Array, "push" | "unshift", &[element, ..]) => Some(Form::Element(call.with(element))),
            _ => None,
        };
        let inserts = name == "splice"
            && fact.args.get(1).is_some_and(
                |&count| matches!(project.path(call.with(count)).root, Root::Number(text) if project.text(text) == "0"),
            );
        match form {
            Some(form) => self.site(uses, index, (receiver, &ids), form, Some(call)),
            None if inserts => {
                if let Some(&element) = fact.args.get(2) {
                    self.site(
                        uses,
                        index,
                        (receiver, &ids),
                        Form::Element(call.with(element)),
                        Some(call),
                    );
                }
            }
            // `splice(at, -1)` and `splice(at, 0)` take nothing out.
            None if name == "splice" && self.takes_none(call) => {}
            None if CLEARING.contains(&name) => self.removal(uses, index, &ids, Removed::All),
            None if REMOVING.contains(&name) => {
                let key = fact.args.first().map(|&key| call.with(key));
                self.removal(uses, index, &ids, Removed::One(key.filter(|_| name == "delete")));
            }
            None => {}
        }
    }

    /// Whether the number of elements to take out is zero or less.
    fn takes_none(&self, call: CallRef) -> bool {
        let project = self.project;
        project.argument(call, 1).is_some_and(|count| {
            matches!(project.path(count).root, Root::Number(text) if project.text(text) == "0")
                || matches!(*project.expr(count), Expr::Unary { operator: UnaryOperator::Arithmetic, of }
                    if matches!(project.path(count.with(of)).root, Root::Number(_)))
        })
    }

    /// `Object.assign(shared, { [key]: value })`.
    fn assigned(
        &self,
        index: usize,
        call: CallRef,
        target: ExprRef,
        sources: &[crate::facts::ids::ExprId],
        name: &str,
        uses: &mut Uses,
    ) {
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
    pub(super) fn computed_key(&self, literal: ExprRef) -> Option<ExprRef> {
        let Expr::Object(properties) = self.project.expr(literal) else {
            return None;
        };
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
        let callees = project.callees(call);
        !callees.is_empty() && callees.iter().all(|&callee| self.reads_parameter(callee, position))
    }

    /// Whether a call is of the language or of a library that the catalogue knows, and only reads what it is given.
    fn is_reader(&self, call: CallRef) -> bool {
        let project = self.project;
        let callee = project.path(call.with(project.call(call).callee));
        let reads = || project.callee_name(call).is_some_and(|name| READERS.contains(&name));
        match callee.root {
            Root::Global(name) => READING_GLOBALS.contains(&project.text(name)),
            Root::Package(module) => reads() && project.catalog.knows_module(project.text(module)),
            _ => {
                let is_known = |of: ExprRef| {
                    let types = project.types_of(of);
                    types.iter().any(|(ty, _)| matches!(ty, Ty::Catalog(_)))
                        || matches!(project.path(of).root, Root::Object(_))
                        || !self.named(of).is_empty()
                };
                reads() && project.receiver(call).is_some_and(is_known)
            }
        }
    }

    /// Whether a function only reads its n-th parameter, as far as one look shows.
    fn reads_parameter(&self, function: FnRef, position: usize) -> bool {
        let project = self.project;
        let parameter = Path::root(Root::Param(function, position as u16));
        let is_it = |expr: ExprRef| {
            matches!(project.expr(expr), Expr::Binding(_) | Expr::Param { .. }) && project.path(expr) == parameter
        };
        project.nested(function).all(|each| {
            project.function(each).ops.iter().all(|op| match *op {
                Op::Call(call) => {
                    let call = each.with(call);
                    let name = project.callee_name(call).unwrap_or_default();
                    let is_changed = project.receiver(call).is_some_and(is_it) && (REMOVING.contains(&name) || CLEARING.contains(&name));
                    let is_passed = !self.is_reader(call) && project.call(call).args.iter().any(|&arg| is_it(call.with(arg)));
                    !is_changed && !is_passed
                }
                Op::Delete(of) => !matches!(*project.expr(each.with(of)), Expr::Member { object, .. } | Expr::Element { object, .. } if is_it(each.with(object))),
                Op::Store { value, .. } | Op::Return(Some(value)) => !is_it(each.with(value)),
                _ => true,
            })
        })
    }
}
