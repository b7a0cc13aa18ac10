//! Containers that may outlive the line that fills them: which there are, and which expressions name them.
//!
//! A container is known by its *home*: the variable, field or property that is given a fresh one. What grows or bounds
//! it is [`super::container_use`]; whether that is a leak is [`super::growth`].

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use crate::catalog::index::Tables;
use crate::diagnostic::Place;
use crate::facts::body::{How, Op};
use crate::facts::expr::{Expr, Property};
use crate::facts::ids::{BindingId, FnId, Span};

use super::Project;
use super::names::Sym;
use super::path::{At, CallRef, ExprRef, FnRef, OwnerId, Path, Root, Step};
use super::typing::Ty;

/// Object literals inside object literals that are looked into for containers.
const MAX_NESTING: u32 = 2;

/// A container, by its home.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ContainerId {
    Variable(At<BindingId>),
    /// A property of an object literal of a module, or an export without a name: the literal or call that makes it.
    Literal(ExprRef),
    /// A field of an instance.
    Field(OwnerId, Sym),
    Static(OwnerId, Sym),
    /// A property of the global object: `global.cache`.
    Global(Sym),
}

/// What sort of container it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Map,
    Set,
    Array,
    Object,
    /// One of a library that has no maximum, by its class's name.
    Library(Sym),
}

/// A container as it is made.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    pub kind: Kind,
    pub place: Place,
}

/// All containers of a project by their homes.
#[derive(Default)]
pub struct Containers {
    made: FxHashMap<ContainerId, Made>,
    /// The home of what a literal or call makes.
    homes: FxHashMap<Root, ContainerId>,
    /// Names of fields that are homes, so that nobody is asked for the type of an object in vain.
    fields: FxHashSet<Sym>,
    exported: FxHashSet<ContainerId>,
}

impl Containers {
    pub fn get(&self, id: ContainerId) -> Option<Made> {
        self.made.get(&id).copied()
    }

    /// Whether other files, seen or not, can reach it.
    pub fn is_exported(&self, id: ContainerId) -> bool {
        self.exported.contains(&id)
    }

    pub fn is_field_name(&self, name: Sym) -> bool {
        self.fields.contains(&name)
    }
}

/// Containers that an expression may name: one for sure, or some of several.
pub type Named = SmallVec<[ContainerId; 1]>;

impl Project<'_> {
    /// Finds every container that has a home.
    pub fn find_containers(&self) -> Containers {
        // What a file makes has its home in that file's code, so that files know nothing of each other here.
        let of_files = self.each_file(|project, file| {
            let mut found = Containers::default();
            for function in project.functions_of(file) {
                project.find_containers_of(function, &mut found);
            }
            found
        });
        let mut all = Containers::default();
        for found in of_files.into_iter().flatten() {
            for (home, made) in found.made {
                all.made.entry(home).or_insert(made);
            }
            all.homes.extend(found.homes);
            all.fields.extend(found.fields);
        }
        let exported = self.each_file(|project, file| {
            let values = project.links.own_exports(file);
            let named = values.flat_map(|(_, value)| project.containers_in(&all, value));
            named.collect::<Vec<_>>()
        });
        all.exported.extend(exported.into_iter().flatten().flatten());
        all
    }

    fn find_containers_of(&self, function: FnRef, found: &mut Containers) {
        let fact = self.function(function);
        for (op, &span) in fact.ops.iter().zip(&fact.spans) {
            let place = Place {
                file: function.file,
                span,
            };
            match *op {
                Op::Assign { to, value, .. } => {
                    let value = function.with(value);
                    let declared = Place {
                        file: function.file,
                        span: self.facts(function.file).binding(to).span,
                    };
                    self.settle_in(ContainerId::Variable(function.with(to)), value, declared, found);
                    if self.is_module(function) {
                        self.properties_of(value, place, found, 0);
                    }
                }
                Op::Store { to, value } => {
                    let (to, value) = (function.with(to), function.with(value));
                    if let Some(home) = self.home(to, value, function) {
                        self.settle_in(home, value, place, found);
                    }
                    if self.is_module(function) {
                        self.properties_of(value, place, found, 0);
                    }
                }
                _ => {}
            }
        }
    }

    /// What a place that is written is the home of.
    fn home(&self, to: ExprRef, value: ExprRef, function: FnRef) -> Option<ContainerId> {
        if let Expr::Global(name) = *self.expr(to) {
            return Some(ContainerId::Global(self.sym(to.file, name)));
        }
        let (object, name) = self.member(to)?;
        let path = self.path(object);
        match path.root {
            Root::Instance(owner) if path.is_root() => Some(ContainerId::Field(owner, name)),
            Root::Static(owner) if path.is_root() => Some(ContainerId::Static(owner, name)),
            Root::Global(_) if path.is_root() && self.is_host_object(object) => Some(ContainerId::Global(name)),
            _ if self.is_module(function) => Some(ContainerId::Literal(value)),
            _ => None,
        }
    }

    /// The object and name of a member; a constant symbol as its key is a name: `this[kSockets]`.
    pub fn member(&self, expr: ExprRef) -> Option<(ExprRef, Sym)> {
        match *self.expr(expr) {
            Expr::Member { object, name, .. } => Some((expr.with(object), self.sym(expr.file, name))),
            Expr::Element { object, key, .. } => {
                let facts = self.facts(expr.file);
                let name = match *facts.expr(key) {
                    Expr::Binding(binding)
                        if facts.binding(binding).function == FnId(0) && facts.binding(binding).reassigned == 0 =>
                    {
                        facts.binding(binding).name
                    }
                    Expr::Import { name, .. } => name,
                    _ => return None,
                };
                let path = self.path(expr.with(key));
                let is_symbol = match path.root {
                    // `Symbol('cache')`, `Symbol.for('cache')`
                    Root::Call(call) => {
                        let callee = self.path(call.with(self.call(call).callee));
                        path.is_root() && matches!(callee.root, Root::Global(name) if self.text(name) == "Symbol")
                    }
                    Root::Package(_) => !path.is_root(),
                    _ => false,
                };
                is_symbol.then(|| (expr.with(object), self.sym(expr.file, name)))
            }
            _ => None,
        }
    }

    /// Notes that a home is given what an expression makes, if it makes a container.
    fn settle_in(&self, home: ContainerId, value: ExprRef, place: Place, found: &mut Containers) {
        let Some((root, kind)) = self.fresh(value, 0) else {
            return;
        };
        let known = *found.homes.entry(root).or_insert(home);
        // `const names = {}; this.names = names` has one home, the variable, unless that is the call's own.
        let (ContainerId::Variable(variable), false) = (known, known == home) else {
            self.note(home, Made { kind, place }, found);
            return;
        };
        if self.facts(variable.file).binding(variable.id).function != FnId(0) {
            found.homes.insert(root, home);
            self.note(home, Made { kind, place }, found);
        }
    }

    fn note(&self, home: ContainerId, made: Made, found: &mut Containers) {
        if let ContainerId::Field(_, name) | ContainerId::Static(_, name) = home {
            found.fields.insert(name);
        }
        found.made.entry(home).or_insert(made);
    }

    /// The containers in the properties of a module's object literal.
    fn properties_of(&self, literal: ExprRef, place: Place, found: &mut Containers, depth: u32) {
        let Expr::Object(properties) = self.expr(literal) else {
            return;
        };
        for property in properties {
            let Property::Field { value, .. } = *property else {
                continue;
            };
            let value = literal.with(value);
            self.settle_in(ContainerId::Literal(value), value, place, found);
            if depth < MAX_NESTING {
                self.properties_of(value, place, found, depth + 1);
            }
        }
    }

    /// What an expression makes anew, and of what kind it is.
    fn fresh(&self, value: ExprRef, depth: u32) -> Option<(Root, Kind)> {
        if depth > 3 {
            return None;
        }
        let go = |id| self.fresh(value.with(id), depth + 1);
        match *self.expr(value) {
            Expr::Array(_) => Some((Root::Object(value), Kind::Array)),
            Expr::Object(ref properties) => {
                let is_plain = properties
                    .iter()
                    .all(|property| !matches!(property, Property::Getter { .. } | Property::Setter { .. }));
                is_plain.then_some((Root::Object(value), Kind::Object))
            }
            Expr::Cast { value: inner, .. } => go(inner),
            Expr::Logical { left, right, .. } => go(right).or_else(|| go(left)),
            Expr::Conditional { yes, no, .. } => go(yes).or_else(|| go(no)),
            Expr::Call(call) => self
                .fresh_call(value.with(call))
                .map(|kind| (Root::Call(value.with(call)), kind)),
            // A local name for what was just made.
            Expr::Binding(binding) => match self.facts(value.file).binding(binding).values[..] {
                [only]
                    if matches!(
                        self.expr(value.with(only)),
                        Expr::Call(_) | Expr::Array(_) | Expr::Object(_) | Expr::Cast { .. }
                    ) =>
                {
                    go(only)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `new Map()`, `Object.create(null)`, `new LRUCache({ ttl })`.
    fn fresh_call(&self, call: CallRef) -> Option<Kind> {
        let fact = self.call(call);
        let path = self.path(call.with(fact.callee));
        match (path.root, fact.how) {
            (Root::Global(name), How::New) if path.is_root() => match self.text(name) {
                "Map" => Some(Kind::Map),
                "Set" => Some(Kind::Set),
                "Array" => Some(Kind::Array),
                "Object" => Some(Kind::Object),
                _ => None,
            },
            (Root::Global(name), How::Call)
                if self.text(name) == "Object" && self.callee_name(call) == Some("create") =>
            {
                Some(Kind::Object)
            }
            (Root::Package(_), _) => self.library_container(call),
            _ => None,
        }
    }

    /// A library's container, unless it bounds itself.
    fn library_container(&self, call: CallRef) -> Option<Kind> {
        if !self.tables_of(call).contains(Tables::CONTAINERS) {
            return None;
        }
        let name = self.callee_name(call)?;
        let entry = self
            .catalog
            .containers_named(name)
            .find(|entry| self.matches(&entry.from, call).is_some() && self.holds(&entry.when, call))?;
        let is_bounded =
            entry.weak || !entry.unbounded && (entry.bounded_if.is_empty() || self.has_bound(call, &entry.bounded_if));
        let named = entry
            .from
            .name()
            .and_then(|name| self.names.find(name))
            .or_else(|| self.callee_text(call));
        (!is_bounded).then_some(Kind::Library(named?))
    }

    /// Whether an option that bounds is given, or the options cannot be seen.
    fn has_bound(&self, call: CallRef, places: &[crate::catalog::pattern::Place]) -> bool {
        let is_hidden = self.call(call).args.iter().any(|&arg| {
            let path = self.path(call.with(arg));
            match path.root {
                Root::Object(literal) if path.is_root() => {
                    matches!(self.expr(literal), Expr::Object(properties) if properties.iter().any(|property| matches!(property, Property::Spread(_))))
                }
                Root::Text(_) | Root::Number(_) | Root::Nullish => false,
                _ => true,
            }
        });
        is_hidden || places.iter().any(|place| !self.place_exprs(call, place).is_empty())
    }

    /// The name by which a call's callee is written.
    fn callee_text(&self, call: CallRef) -> Option<Sym> {
        let facts = self.facts(call.file);
        match *facts.expr(self.call(call).callee) {
            Expr::Binding(binding) => Some(self.sym(call.file, facts.binding(binding).name)),
            Expr::Member { name, .. } => Some(self.sym(call.file, name)),
            _ => None,
        }
    }

    /// The containers that an expression may name.
    pub fn containers_in(&self, containers: &Containers, expr: ExprRef) -> Named {
        let mut named = Named::new();
        if Self::is_no_container(self.expr(expr)) {
            return named;
        }
        for path in self.possible(expr) {
            if let Some(id) = self.container_at(containers, &path)
                && !named.contains(&id)
            {
                named.push(id);
            }
        }
        if named.is_empty() {
            named.extend(self.container_field(containers, expr));
        }
        named
    }

    /// Whether an expression of this shape never names a container.
    pub(super) fn is_no_container(expr: &Expr) -> bool {
        matches!(
            expr,
            Expr::Literal(_)
                | Expr::Template(_)
                | Expr::Binary { .. }
                | Expr::Unary { .. }
                | Expr::Function(_)
                | Expr::Class(_)
                | Expr::Opaque
        )
    }

    fn container_at(&self, containers: &Containers, path: &Path) -> Option<ContainerId> {
        let id = match (path.root, path.steps.as_slice()) {
            (root @ (Root::Object(_) | Root::Call(_)), []) => return containers.homes.get(&root).copied(),
            (Root::Variable(binding), []) => ContainerId::Variable(binding),
            (Root::Global(name), []) => ContainerId::Global(name),
            (Root::Instance(owner), [Step::Field(name)]) => return self.field_home(containers, owner, *name),
            (Root::Static(owner), [Step::Field(name)]) => ContainerId::Static(owner, *name),
            _ => return None,
        };
        containers.made.contains_key(&id).then_some(id)
    }

    /// A field by the type of the object it belongs to, or under a symbol.
    fn container_field(&self, containers: &Containers, expr: ExprRef) -> Option<ContainerId> {
        let (object, name) = self.member(expr)?;
        if !containers.fields.contains(&name) {
            return None;
        }
        let path = self.path(object);
        match path.root {
            Root::Instance(owner) if path.is_root() => return self.field_home(containers, owner, name),
            Root::Static(owner) if path.is_root() => return Some(ContainerId::Static(owner, name)),
            _ => {}
        }
        self.types_of(object).iter().find_map(|&(ty, _)| match ty {
            Ty::Owner(owner) => self.field_home(containers, owner, name),
            Ty::Catalog(_) => None,
        })
    }

    /// The field of an owner, or of the base that makes it.
    fn field_home(&self, containers: &Containers, owner: OwnerId, name: Sym) -> Option<ContainerId> {
        if !containers.fields.contains(&name) {
            return None;
        }
        self.bases(owner)
            .into_iter()
            .map(|each| ContainerId::Field(each, name))
            .find(|id| containers.made.contains_key(id))
    }

    /// `global`, `globalThis`, `window`, `self`.
    fn is_host_object(&self, object: ExprRef) -> bool {
        matches!(*self.expr(object), Expr::Global(name) if matches!(self.facts(object.file).name(name), "global" | "globalThis" | "window" | "self"))
    }

    /// The container in words: "a module-level `Map`".
    pub fn container_words(&self, id: ContainerId, kind: Kind) -> String {
        let kind = match kind {
            Kind::Map => "`Map`".to_owned(),
            Kind::Set => "`Set`".to_owned(),
            Kind::Array => "array".to_owned(),
            Kind::Object => "object".to_owned(),
            Kind::Library(name) => format!("`{}` without a maximum", self.text(name)),
        };
        match id {
            ContainerId::Variable(binding) if self.facts(binding.file).binding(binding.id).function != FnId(0) => {
                format!("the {kind} of a function that runs once")
            }
            ContainerId::Variable(_) | ContainerId::Literal(_) => format!("a module-level {kind}"),
            ContainerId::Static(..) => format!("a static {kind}"),
            ContainerId::Field(..) => format!("the {kind} of an object"),
            ContainerId::Global(_) => format!("a global {kind}"),
        }
    }

    /// Where a container is made, cut to one line's worth.
    pub fn container_place(made: Made) -> Place {
        let span = made.place.span;
        Place {
            file: made.place.file,
            span: Span::new(span.start, span.end.min(span.start + 120)),
        }
    }
}
