//! Containers that outlive the line that fills them: where they grow, and what bounds them.

use rustc_hash::FxHashMap;

use crate::catalog::effect::Origin;
use crate::diagnostic::Place;
use crate::facts::body::{How, Op};
use crate::facts::expr::{BinaryOperator, Expr};
use crate::facts::ids::{BindingId, FnId, Span};

use super::Project;
use super::names::Sym;
use super::path::{At, CallRef, ExprRef, FnRef, OwnerId, Root};

/// A container, by what names it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ContainerId {
    /// A variable of a module.
    Variable(At<BindingId>),
    /// A static field, or a field of an instance of which there is one.
    Field(OwnerId, Sym, bool),
    /// A property of the global object: `global.cache`.
    Global(Sym),
}

/// How a container takes more in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// `map.set(key, …)`, `object[key] = …`.
    Keyed(ExprRef),
    /// `array.push(x)`, `set.add(x)`.
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
}

/// What is known of one container.
#[derive(Default, Debug)]
pub struct ContainerUse {
    pub sites: Vec<GrowthSite>,
    /// Something removes from it, replaces it, or tests its size.
    pub is_bounded: bool,
    /// It is handed to code that is not seen.
    pub escapes: bool,
}

/// Methods that add, and which argument is what is added.
const KEYED: &[&str] = &["set"];
const ADDING: &[&str] = &["push", "unshift", "add"];
/// Methods that take away.
const REMOVING: &[&str] = &["delete", "clear", "shift", "pop", "splice", "remove", "reset", "prune", "evict", "drain", "del", "destroy"];

impl Project<'_> {
    /// All containers that outlive a call, with every line that grows or bounds them.
    pub fn containers(&self) -> FxHashMap<ContainerId, ContainerUse> {
        let mut found: FxHashMap<ContainerId, ContainerUse> = FxHashMap::default();
        for function in self.functions() {
            for (index, op) in self.function(function).ops.iter().enumerate() {
                match *op {
                    Op::Call(call) => self.call_use(function, index, function.with(call), &mut found),
                    Op::Store { to, value } => self.store_use(function, index, function.with(to), function.with(value), &mut found),
                    Op::Assign { to, value, declares: false } => self.assign_use(function, index, to, function.with(value), &mut found),
                    Op::Delete(of) => {
                        if let Expr::Member { object, .. } | Expr::Element { object, .. } = *self.expr(function.with(of))
                            && let Some(container) = self.container_of(function.with(object))
                        {
                            found.entry(container).or_default().is_bounded = true;
                        }
                    }
                    Op::If(test) | Op::LoopTest(test) => self.test_use(function.with(test), &mut found, 0),
                    Op::Return(Some(value)) => self.value_use(function.with(value), &mut found),
                    _ => {}
                }
            }
        }
        found
    }

    fn call_use(&self, function: FnRef, index: usize, call: CallRef, found: &mut FxHashMap<ContainerId, ContainerUse>) {
        let fact = self.call(call);
        let name = self.callee_name(call).unwrap_or_default();
        if let Some(receiver) = self.receiver(call)
            && fact.how == How::Call
            && let Some(container) = self.container_of(receiver)
        {
            let form = match fact.args[..] {
                [key, _, ..] if KEYED.contains(&name) => Some(Form::Keyed(call.with(key))),
                [element, ..] if ADDING.contains(&name) => Some(Form::Element(call.with(element))),
                _ => None,
            };
            let entry = found.entry(container).or_default();
            if let Some(form) = form {
                let place = Place { file: call.file, span: fact.statement };
                entry.sites.push(GrowthSite { container, named: receiver, form, function, index, place });
            } else if REMOVING.contains(&name) {
                entry.is_bounded = true;
            }
        }
        for &arg in &fact.args {
            let arg = call.with(arg);
            let inner = match *self.expr(arg) {
                Expr::Spread(_) => continue,
                _ => arg,
            };
            if let Some(container) = self.container_of(inner) {
                let total = matches!(name, "log" | "keys" | "values" | "entries" | "stringify" | "from" | "isArray" | "freeze" | "deepEqual" | "inspect" | "has");
                // `Reflect.deleteProperty(cache, key)`, `_.remove(list, …)`, `evict(cache)`: whoever gets it may bound it.
                if !total {
                    found.entry(container).or_default().escapes = true;
                }
            }
        }
    }

    fn store_use(&self, function: FnRef, index: usize, to: ExprRef, value: ExprRef, found: &mut FxHashMap<ContainerId, ContainerUse>) {
        self.value_use(value, found);
        match *self.expr(to) {
            Expr::Element { object, key, .. } => {
                let object = function.with(object);
                let Some(container) = self.container_of(object) else { return };
                if super::value::is_nullish(self.expr(value)) {
                    return;
                }
                let place = Place { file: to.file, span: self.function(function).spans[index] };
                let site = GrowthSite { container, named: object, form: Form::Keyed(function.with(key)), function, index, place };
                found.entry(container).or_default().sites.push(site);
            }
            Expr::Member { object, name, .. } => {
                let object = function.with(object);
                if self.facts(to.file).name(name) == "length"
                    && let Some(container) = self.container_of(object)
                {
                    found.entry(container).or_default().is_bounded = true;
                }
                // The field itself is given another container.
                if let Some(container) = self.container_of(to)
                    && !self.is_first_store(function)
                {
                    self.replaced(container, to, value, function, index, found);
                }
            }
            _ => {}
        }
    }

    fn assign_use(&self, function: FnRef, index: usize, to: BindingId, value: ExprRef, found: &mut FxHashMap<ContainerId, ContainerUse>) {
        let binding = function.with(to);
        if self.facts(function.file).binding(to).function != FnId(0) {
            return;
        }
        let container = ContainerId::Variable(binding);
        if self.is_module(function) && self.facts(function.file).binding(to).values.first() == Some(&value.id) {
            return;
        }
        self.replaced(container, value, value, function, index, found);
    }

    /// `list = [...list, x]` grows it; any other new value bounds it.
    fn replaced(&self, container: ContainerId, named: ExprRef, value: ExprRef, function: FnRef, index: usize, found: &mut FxHashMap<ContainerId, ContainerUse>) {
        let grows = match self.expr(value) {
            Expr::Array(elements) => {
                let spreads_itself = elements.iter().any(|&each| matches!(*self.expr(value.with(each)), Expr::Spread(of) if self.container_of(value.with(of)) == Some(container)));
                let added = elements.iter().find(|&&each| !matches!(self.expr(value.with(each)), Expr::Spread(_)));
                added.filter(|_| spreads_itself).map(|&added| Form::Element(value.with(added)))
            }
            _ => None,
        };
        let entry = found.entry(container).or_default();
        match grows {
            Some(form) => {
                let place = Place { file: value.file, span: self.function(function).spans[index] };
                entry.sites.push(GrowthSite { container, named, form, function, index, place });
            }
            None => entry.is_bounded = true,
        }
    }

    fn is_first_store(&self, function: FnRef) -> bool {
        matches!(
            self.function(function).kind,
            crate::facts::body::FunctionKind::FieldInitializers | crate::facts::body::FunctionKind::Constructor | crate::facts::body::FunctionKind::Module
        )
    }

    /// A container that is returned or stored can be bounded by who gets it.
    fn value_use(&self, value: ExprRef, found: &mut FxHashMap<ContainerId, ContainerUse>) {
        if let Some(container) = self.container_of(value)
            && !self.is_initial(value)
        {
            found.entry(container).or_default().escapes = true;
        }
    }

    fn is_initial(&self, value: ExprRef) -> bool {
        matches!(self.expr(value), Expr::Call(_) | Expr::Array(_) | Expr::Object(_))
    }

    /// A test of the size: `cache.size > MAX`, `Object.keys(cache).length > MAX`.
    fn test_use(&self, test: ExprRef, found: &mut FxHashMap<ContainerId, ContainerUse>, depth: u32) {
        if depth > 4 {
            return;
        }
        match *self.expr(test) {
            Expr::Binary { operator: BinaryOperator::Less | BinaryOperator::LessEqual | BinaryOperator::Greater | BinaryOperator::GreaterEqual, left, right } => {
                for side in [left, right] {
                    if let Expr::Member { object, name, .. } = *self.expr(test.with(side))
                        && matches!(self.facts(test.file).name(name), "size" | "length")
                        && let Some(container) = self.sized(test.with(object))
                    {
                        found.entry(container).or_default().is_bounded = true;
                    }
                }
            }
            Expr::Logical { left, right, .. } => {
                self.test_use(test.with(left), found, depth + 1);
                self.test_use(test.with(right), found, depth + 1);
            }
            Expr::Unary { of, .. } => self.test_use(test.with(of), found, depth + 1),
            _ => {}
        }
    }

    fn sized(&self, expr: ExprRef) -> Option<ContainerId> {
        if let Some(container) = self.container_of(expr) {
            return Some(container);
        }
        let Expr::Call(call) = *self.expr(expr) else { return None };
        matches!(self.callee_name(expr.with(call)), Some("keys" | "values" | "entries")).then(|| self.argument(expr.with(call), 0)).flatten().and_then(|arg| self.container_of(arg))
    }

    /// The long-lived container that an expression names.
    pub fn container_of(&self, expr: ExprRef) -> Option<ContainerId> {
        let id = self.container_name(expr, 0)?;
        self.is_growing_kind(id).then_some(id)
    }

    fn container_name(&self, expr: ExprRef, depth: u32) -> Option<ContainerId> {
        if depth > 6 {
            return None;
        }
        let facts = self.facts(expr.file);
        match *facts.expr(expr.id) {
            Expr::Binding(binding) => {
                let fact = facts.binding(binding);
                let at = expr.with(binding);
                match fact.values[..] {
                    // An alias of another container, or an import of one.
                    [only] if !matches!(facts.expr(only), Expr::Call(_) | Expr::Array(_) | Expr::Object(_)) => match self.container_name(expr.with(only), depth + 1) {
                        Some(found) => Some(found),
                        None => None,
                    },
                    _ => (fact.function == FnId(0)).then_some(ContainerId::Variable(at)),
                }
            }
            Expr::Import { .. } => self.exported_variable(expr, depth),
            Expr::Member { object, name, .. } => {
                let name = self.sym(expr.file, name);
                let object_path = self.path(expr.with(object));
                match object_path.root {
                    Root::Static(owner) if object_path.is_root() => Some(ContainerId::Field(owner, name, true)),
                    Root::Instance(owner) if object_path.is_root() && self.is_singleton(owner) => Some(ContainerId::Field(owner, name, false)),
                    Root::Global(global) if object_path.is_root() && self.is_host_object(expr.with(object), global) => Some(ContainerId::Global(name)),
                    Root::Namespace(_) => self.exported_variable(expr, depth),
                    _ => None,
                }
            }
            Expr::Cast { value, .. } => self.container_name(expr.with(value), depth + 1),
            Expr::Logical { left, .. } => self.container_name(expr.with(left), depth + 1),
            _ => None,
        }
    }

    /// `global.cache`, `globalThis.cache`, `window.cache`.
    fn is_host_object(&self, object: ExprRef, global: Sym) -> bool {
        matches!(self.expr(object), Expr::Global(_)) && matches!(self.text(global), "global" | "globalThis" | "window" | "self")
    }

    /// The variable behind an import.
    fn exported_variable(&self, expr: ExprRef, depth: u32) -> Option<ContainerId> {
        let (file, name) = match *self.expr(expr) {
            Expr::Import { module, name } => match self.links.target(expr.file, module)? {
                super::link::Target::File(file) => (file, self.sym(expr.file, name)),
                super::link::Target::Package(_) => return None,
            },
            Expr::Member { object, name, .. } => match self.path(expr.with(object)).root {
                Root::Namespace(file) => (file, self.sym(expr.file, name)),
                _ => return None,
            },
            _ => return None,
        };
        match self.links.export(file, name)? {
            super::link::ExportValue::Expr(value) => self.container_name(value, depth + 1),
            _ => None,
        }
    }

    /// An owner that is made once, by the module.
    pub fn is_singleton(&self, owner: OwnerId) -> bool {
        let made = self.graph.made(owner);
        made.len() == 1 && self.is_module(self.calling(made[0]))
    }

    /// Whether the container is of a kind that grows without bound: a `Map`, `Set`, array or plain object.
    fn is_growing_kind(&self, id: ContainerId) -> bool {
        let values: Vec<ExprRef> = match id {
            ContainerId::Variable(binding) => self.facts(binding.file).binding(binding.id).values.iter().map(|&value| binding.with(value)).collect(),
            ContainerId::Field(owner, name, is_static) => self.owners.stores(owner, name, is_static).iter().map(|store| store.value).collect(),
            ContainerId::Global(_) => return true,
        };
        let mut real = values.into_iter().filter(|&value| !super::value::is_nullish(self.expr(value))).peekable();
        real.peek().is_some() && real.any(|value| self.is_fresh_container(value))
    }

    /// `new Map()`, `new Set()`, `[]`, `{}`, `Object.create(null)`.
    fn is_fresh_container(&self, value: ExprRef) -> bool {
        match *self.expr(value) {
            Expr::Array(_) => true,
            Expr::Object(ref properties) => properties.iter().all(|property| !matches!(property, crate::facts::expr::Property::Getter { .. })),
            Expr::Cast { value: inner, .. } => self.is_fresh_container(value.with(inner)),
            Expr::Logical { left, right, .. } => self.is_fresh_container(value.with(left)) || self.is_fresh_container(value.with(right)),
            Expr::Call(call) => {
                let call = value.with(call);
                let path = self.path(call.with(self.call(call).callee));
                let global = match path.root {
                    Root::Global(name) => self.text(name),
                    _ => return false,
                };
                match self.call(call).how {
                    How::New => matches!(global, "Map" | "Set" | "Array" | "Object") && path.is_root(),
                    _ => global == "Object" && self.callee_name(call) == Some("create"),
                }
            }
            _ => false,
        }
    }

    /// Where the container is made, for a label.
    pub fn container_place(&self, id: ContainerId) -> Option<Place> {
        match id {
            ContainerId::Variable(binding) => Some(Place { file: binding.file, span: self.facts(binding.file).binding(binding.id).span }),
            ContainerId::Field(owner, name, is_static) => {
                self.owners.stores(owner, name, is_static).first().map(|store| Place { file: store.value.file, span: short_of(store.span) })
            }
            ContainerId::Global(_) => None,
        }
    }

    /// The container's kind in words: "a module-level `Map`".
    pub fn container_kind(&self, id: ContainerId) -> String {
        let value = match id {
            ContainerId::Variable(binding) => {
                let values = &self.facts(binding.file).binding(binding.id).values;
                values.iter().map(|&value| binding.with(value)).find(|&value| self.is_fresh_container(value))
            }
            ContainerId::Field(owner, name, is_static) => self.owners.stores(owner, name, is_static).iter().map(|store| store.value).find(|&value| self.is_fresh_container(value)),
            ContainerId::Global(_) => None,
        };
        let kind = value.map_or("container", |value| match *self.expr(value) {
            Expr::Array(_) => "array",
            Expr::Call(call) if self.call(value.with(call)).how == How::New => self.callee_name(value.with(call)).map_or("container", |name| match name {
                "Map" => "`Map`",
                "Set" => "`Set`",
                "Array" => "array",
                _ => "object",
            }),
            _ => "object",
        });
        match id {
            ContainerId::Variable(_) => format!("a module-level {kind}"),
            ContainerId::Field(_, _, true) => format!("a static {kind}"),
            ContainerId::Field(..) => format!("a {kind} of an object that is made once"),
            ContainerId::Global(_) => "a property of the global object".to_owned(),
        }
    }

    /// The origin of what a site adds: the key's for keyed containers, the element's otherwise.
    pub fn growth_origin(&self, site: &GrowthSite) -> Origin {
        match site.form {
            Form::Keyed(key) => self.origin_of(key, site.function),
            Form::Element(element) => {
                // A set holds each primitive once; an array holds every push.
                self.origin_of(element, site.function)
            }
        }
    }

    /// Whether others can reach the container: it is exported.
    pub fn is_exported_container(&self, id: ContainerId) -> bool {
        let ContainerId::Variable(binding) = id else { return false };
        self.links.own_exports(binding.file).any(|(_, value)| matches!(*self.expr(value), Expr::Binding(of) if of == binding.id))
    }
}

fn short_of(span: Span) -> Span {
    Span::new(span.start, span.end.min(span.start + 120))
}
