//! Owners: classes, prototype functions and objects with methods, with what is stored in their fields.

mod literals;

use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};

use crate::diagnostic::FileId;
use crate::facts::MemberKind;
use crate::facts::body::{FunctionKind, Op};
use crate::facts::expr::{Expr, Property};
use crate::facts::ids::{ExprId, Span};

use super::Project;
use super::names::Sym;
use super::path::{At, ClassRef, ExprRef, FnRef, OwnerId, Root};
use super::value::is_nullish;

/// Base classes that are followed upward.
const MAX_BASES: u32 = 8;

/// Something with methods and fields of its own.
#[derive(Debug)]
pub struct Owner {
    pub file: FileId,
    pub name: Option<Sym>,
    pub kind: OwnerKind,
    pub constructor: Option<FnRef>,
    pub base: Option<ExprRef>,
    pub methods: FxHashMap<Sym, FnRef>,
    pub statics: FxHashMap<Sym, FnRef>,
    /// Of the instance.
    pub getters: FxHashMap<Sym, FnRef>,
    /// What a message points at: the class's or function's name.
    pub head: Span,
    stores: FxHashMap<(Sym, bool), Vec<FieldStore>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OwnerKind {
    Class(ClassRef),
    /// A function whose `prototype` is given methods.
    Prototype(FnRef),
    /// An object literal of which a framework makes instances.
    Object(ExprRef),
}

/// One assignment to a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldStore {
    pub function: FnRef,
    pub value: ExprRef,
    /// The whole assignment.
    pub span: Span,
}

/// All owners of the project.
#[derive(Default)]
pub struct Owners {
    list: Vec<Owner>,
    classes: FxHashMap<ClassRef, OwnerId>,
    functions: FxHashMap<FnRef, (OwnerId, bool)>,
    literals: FxHashMap<ExprRef, OwnerId>,
    /// Functions that are properties of an object literal.
    objects: FxHashMap<FnRef, ExprRef>,
    /// Functions that are stored into an object literal after it was made (`api.close = function () {}`); `None` if there
    /// are several under one name.
    added: FxHashMap<(ExprRef, Sym), Option<FnRef>>,
}

/// What is stored where, as a walk over all functions finds it.
#[derive(Default)]
pub struct Stores {
    fields: Vec<(OwnerId, (Sym, bool), FieldStore)>,
    methods: Vec<((ExprRef, Sym), Option<FnRef>)>,
}

impl Owners {
    pub fn get(&self, owner: OwnerId) -> &Owner {
        &self.list[owner.0 as usize]
    }

    pub fn all(&self) -> impl Iterator<Item = (OwnerId, &Owner)> {
        self.list
            .iter()
            .enumerate()
            .map(|(index, owner)| (OwnerId(index as u32), owner))
    }

    pub fn of_class(&self, class: ClassRef) -> OwnerId {
        self.classes[&class]
    }

    /// The owner whose method the function is, and whether it is on the static side.
    pub fn of_function(&self, function: FnRef) -> Option<(OwnerId, bool)> {
        self.functions.get(&function).copied()
    }

    /// The owner that a framework makes of an object literal.
    pub fn of_literal(&self, literal: ExprRef) -> Option<OwnerId> {
        self.literals.get(&literal).copied()
    }

    /// The owner that a constructor function makes.
    pub fn made_by(&self, constructor: FnRef) -> Option<OwnerId> {
        let (owner, _) = self.of_function(constructor)?;
        (self.get(owner).constructor == Some(constructor)).then_some(owner)
    }

    /// The object literal of which the function is a property.
    pub fn object_of(&self, function: FnRef) -> Option<ExprRef> {
        self.objects.get(&function).copied()
    }

    /// The one function that is stored into an object literal under a name.
    pub fn added_method(&self, literal: ExprRef, name: Sym) -> Option<FnRef> {
        self.added.get(&(literal, name)).copied().flatten()
    }

    /// Every assignment to a field of the owner itself.
    pub fn stores(&self, owner: OwnerId, field: Sym, is_static: bool) -> &[FieldStore] {
        self.get(owner)
            .stores
            .get(&(field, is_static))
            .map_or(&[], Vec::as_slice)
    }

    /// The names of all fields that are ever assigned.
    pub fn fields(&self, owner: OwnerId) -> impl Iterator<Item = (Sym, &[FieldStore])> {
        self.get(owner)
            .stores
            .iter()
            .filter(|((_, is_static), _)| !is_static)
            .map(|(&(name, _), stores)| (name, stores.as_slice()))
    }

    /// The one value a field is given besides `null` and `undefined`.
    pub fn single_store(&self, project: &Project<'_>, owner: OwnerId, field: Sym, is_static: bool) -> Option<ExprRef> {
        let mut real = self
            .stores(owner, field, is_static)
            .iter()
            .filter(|store| !is_nullish(project.expr(store.value)));
        match (real.next(), real.next()) {
            (Some(only), None) => Some(only.value),
            _ => None,
        }
    }

    /// Finds classes, prototype functions and object literals, from the facts alone.
    pub fn collect(project: &Project<'_>) -> Self {
        let mut owners = Owners::default();
        for file in project.file_ids() {
            project.charged(file, || {
                owners.collect_classes(project, file);
                owners.collect_objects(project, file);
            });
        }
        for file in project.file_ids() {
            project.charged(file, || owners.collect_prototypes(project, file));
        }
        owners
    }

    fn add(&mut self, owner: Owner) -> OwnerId {
        self.list.push(owner);
        OwnerId(self.list.len() as u32 - 1)
    }

    fn collect_classes(&mut self, project: &Project<'_>, file: FileId) {
        for (index, class) in project.facts(file).classes.iter().enumerate() {
            let at = At::new(file, crate::facts::ids::ClassId(index as u32));
            let mut owner = Owner {
                file,
                name: class.name.map(|name| project.sym(file, name)),
                kind: OwnerKind::Class(at),
                constructor: None,
                base: class.base.map(|base| At::new(file, base)),
                methods: FxHashMap::default(),
                statics: FxHashMap::default(),
                getters: FxHashMap::default(),
                head: class.name_span,
                stores: FxHashMap::default(),
            };
            for member in &class.members {
                let name = project.sym(file, member.name);
                match member.kind {
                    MemberKind::Constructor(function) => owner.constructor = Some(At::new(file, function)),
                    MemberKind::Method(function) if member.is_static => {
                        owner.statics.insert(name, At::new(file, function));
                    }
                    MemberKind::Method(function) => {
                        owner.methods.insert(name, At::new(file, function));
                    }
                    MemberKind::Getter(function) if !member.is_static => {
                        owner.getters.insert(name, At::new(file, function));
                    }
                    MemberKind::Getter(_)
                    | MemberKind::Setter(_)
                    | MemberKind::Field { .. }
                    | MemberKind::ParameterProperty { .. } => {}
                }
            }
            let id = self.add(owner);
            self.classes.insert(at, id);
        }
        for (index, function) in project.facts(file).functions.iter().enumerate() {
            if let Some(class) = function.class
                && matches!(
                    function.kind,
                    FunctionKind::Method
                        | FunctionKind::Constructor
                        | FunctionKind::Getter
                        | FunctionKind::Setter
                        | FunctionKind::FieldInitializers
                )
            {
                let owner = self.classes[&At::new(file, class)];
                self.functions.insert(
                    At::new(file, crate::facts::ids::FnId(index as u32)),
                    (owner, function.is_static),
                );
            }
        }
    }

    fn collect_objects(&mut self, project: &Project<'_>, file: FileId) {
        let facts = project.facts(file);
        for (index, expr) in facts.exprs.iter().enumerate() {
            let Expr::Object(properties) = expr else { continue };
            let literal = At::new(file, ExprId(index as u32));
            for property in properties {
                let function = match property {
                    Property::Field { value, .. } => match facts.expr(*value) {
                        Expr::Function(function) if facts.function(*function).kind != FunctionKind::Arrow => *function,
                        _ => continue,
                    },
                    Property::Getter { function, .. } | Property::Setter { function, .. } => *function,
                    Property::Computed { .. } | Property::Spread(_) => continue,
                };
                self.objects.insert(At::new(file, function), literal);
            }
        }
    }

    /// `Foo.prototype.bar = function () {}`, `Foo.prototype = { … }`, `Object.assign(Foo.prototype, { … })`, `Foo.create = function () {}`.
    fn collect_prototypes(&mut self, project: &Project<'_>, file: FileId) {
        let facts = project.facts(file);
        for function in &facts.functions {
            for op in &function.ops {
                match *op {
                    Op::Store { to, value } => self.prototype_store(project, file, to, value),
                    Op::Call(call) => self.prototype_call(project, At::new(file, call)),
                    _ => {}
                }
            }
        }
    }

    fn prototype_store(&mut self, project: &Project<'_>, file: FileId, to: ExprId, value: ExprId) {
        let facts = project.facts(file);
        let Expr::Member { object, name, .. } = *facts.expr(to) else {
            return;
        };
        if facts.name(name) == "prototype" {
            if let Some(constructor) = self.plain_function(project, At::new(file, object)) {
                self.prototype_object(project, constructor, At::new(file, value));
            }
            return;
        }
        let Expr::Member {
            object: constructor,
            name: prototype,
            ..
        } = *facts.expr(object)
        else {
            return;
        };
        if facts.name(prototype) != "prototype" {
            return;
        }
        let Some(constructor) = self.plain_function(project, At::new(file, constructor)) else {
            return;
        };
        let owner = self.prototype_owner(project, constructor);
        if let Expr::Function(method) = facts.expr(value) {
            let method = At::new(file, *method);
            self.list[owner.0 as usize]
                .methods
                .insert(project.sym(file, name), method);
            self.functions.insert(method, (owner, false));
            self.objects.remove(&method);
        }
    }

    /// `util.inherits(Foo, Base)` and `Object.assign(Foo.prototype, { … })`.
    fn prototype_call(&mut self, project: &Project<'_>, call: super::path::CallRef) {
        let facts = project.facts(call.file);
        let fact = facts.call(call.id);
        let Expr::Member { name, .. } = *facts.expr(fact.callee) else {
            return;
        };
        let [first, second, ..] = fact.args[..] else { return };
        match facts.name(name) {
            "inherits" => {
                if let Some(constructor) = self.plain_function(project, call.with(first)) {
                    let owner = self.prototype_owner(project, constructor);
                    self.list[owner.0 as usize].base.get_or_insert(call.with(second));
                }
            }
            "assign" | "extend" => {
                if let Expr::Member { object, name, .. } = *facts.expr(first)
                    && facts.name(name) == "prototype"
                    && let Some(constructor) = self.plain_function(project, call.with(object))
                {
                    self.prototype_object(project, constructor, call.with(second));
                }
            }
            _ => {}
        }
    }

    fn prototype_object(&mut self, project: &Project<'_>, constructor: FnRef, literal: ExprRef) {
        let owner = self.prototype_owner(project, constructor);
        let facts = project.facts(literal.file);
        let Expr::Object(properties) = facts.expr(literal.id) else {
            // `Foo.prototype = Object.create(Base.prototype)` or `new Base()`.
            if let Expr::Call(call) = *facts.expr(literal.id) {
                let call = facts.call(call);
                let base = match call.args.first().map(|&first| facts.expr(first)) {
                    Some(Expr::Member { object, name, .. }) if facts.name(*name) == "prototype" => Some(*object),
                    _ if call.how == crate::facts::body::How::New => Some(call.callee),
                    _ => None,
                };
                if let Some(base) = base {
                    self.list[owner.0 as usize].base.get_or_insert(literal.with(base));
                }
            }
            return;
        };
        for property in properties {
            if let Property::Field { name, value } = property
                && let Expr::Function(method) = facts.expr(*value)
            {
                let method = literal.with(*method);
                self.list[owner.0 as usize]
                    .methods
                    .insert(project.sym(literal.file, *name), method);
                self.functions.insert(method, (owner, false));
                self.objects.remove(&method);
            }
        }
    }

    fn plain_function(&self, project: &Project<'_>, expr: ExprRef) -> Option<FnRef> {
        let function = match project.expr(expr) {
            Expr::Binding(binding) => {
                let facts = project.facts(expr.file);
                facts
                    .binding(*binding)
                    .values
                    .iter()
                    .find_map(|&value| match facts.expr(value) {
                        Expr::Function(function) => Some(*function),
                        _ => None,
                    })?
            }
            Expr::Function(function) => *function,
            _ => return None,
        };
        Some(expr.with(function))
    }

    fn prototype_owner(&mut self, project: &Project<'_>, constructor: FnRef) -> OwnerId {
        if let Some((owner, _)) = self.of_function(constructor) {
            return owner;
        }
        let function = project.function(constructor);
        let owner = self.add(Owner {
            file: constructor.file,
            name: function.name.map(|name| project.sym(constructor.file, name)),
            kind: OwnerKind::Prototype(constructor),
            constructor: Some(constructor),
            base: None,
            methods: FxHashMap::default(),
            statics: FxHashMap::default(),
            getters: FxHashMap::default(),
            head: function.head,
            stores: FxHashMap::default(),
        });
        self.functions.insert(constructor, (owner, false));
        owner
    }

    /// Every assignment to a field of an owner, from inside its methods and the closures in them.
    ///
    /// Needs the owners themselves, so it runs as a second step.
    pub fn collect_stores(project: &Project<'_>) -> Stores {
        let of_files = project.each_file(|project, file| {
            let mut found = Stores::default();
            found.add_file(project, file);
            found
        });
        let mut all = Stores::default();
        for found in of_files.into_iter().flatten() {
            all.fields.extend(found.fields);
            all.methods.extend(found.methods);
        }
        all
    }

    pub fn add_stores(&mut self, stores: Stores) {
        for (owner, key, store) in stores.fields {
            self.list[owner.0 as usize].stores.entry(key).or_default().push(store);
        }
        for (key, method) in stores.methods {
            let known = self.added.entry(key).or_insert(method);
            if *known != method {
                *known = None;
            }
        }
    }
}

impl Stores {
    fn add_file(&mut self, project: &Project<'_>, file: FileId) {
        let facts = project.facts(file);
        for (index, function) in facts.functions.iter().enumerate() {
            for (op, &span) in function.ops.iter().zip(&function.spans) {
                let Op::Store { to, value } = *op else { continue };
                let Expr::Member { object, name, .. } = *facts.expr(to) else {
                    continue;
                };
                let path = project.path(At::new(file, object));
                let owner = match path.root {
                    Root::Instance(owner) if path.is_root() => (owner, false),
                    Root::Static(owner) if path.is_root() => (owner, true),
                    Root::Object(literal) if path.is_root() => {
                        let method = match *facts.expr(value) {
                            Expr::Function(method) => Some(At::new(file, method)),
                            _ => None,
                        };
                        self.methods.push(((literal, project.sym(file, name)), method));
                        continue;
                    }
                    _ => continue,
                };
                let store = FieldStore {
                    function: At::new(file, crate::facts::ids::FnId(index as u32)),
                    value: At::new(file, value),
                    span,
                };
                self.fields.push((owner.0, (project.sym(file, name), owner.1), store));
            }
        }
    }
}

impl Project<'_> {
    /// The method of that name, the owner's own or a base's.
    pub fn method(&self, owner: OwnerId, name: Sym) -> Option<FnRef> {
        self.bases(owner)
            .into_iter()
            .find_map(|each| self.owners.get(each).methods.get(&name).copied())
    }

    /// The getter of that name, the owner's own or a base's.
    pub fn getter(&self, owner: OwnerId, name: Sym) -> Option<FnRef> {
        self.bases(owner)
            .into_iter()
            .find_map(|each| self.owners.get(each).getters.get(&name).copied())
    }

    /// What a function returns, if it has one `return` with a value.
    pub fn only_return(&self, function: FnRef) -> Option<ExprRef> {
        let mut returned = self.function(function).ops.iter().filter_map(|op| match *op {
            Op::Return(Some(value)) => Some(function.with(value)),
            _ => None,
        });
        match (returned.next(), returned.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// The owner and the bases of it that are part of the project, nearest first.
    pub fn bases(&self, owner: OwnerId) -> SmallVec<[OwnerId; 4]> {
        if let Some(chain) = self.hierarchy.chain(owner) {
            return chain.into();
        }
        let mut chain: SmallVec<[OwnerId; 4]> = smallvec![owner];
        let mut current = owner;
        for _ in 0..MAX_BASES {
            let Some(base) = self.owners.get(current).base else {
                break;
            };
            let path = self.path(base);
            let next = match path.root {
                Root::Static(next) if path.is_root() => next,
                Root::Function(function) if path.is_root() => match self.owners.made_by(function) {
                    Some(next) => next,
                    None => break,
                },
                Root::Object(literal) if path.is_root() => match self.owners.of_literal(literal) {
                    Some(next) => next,
                    None => break,
                },
                // `const Layer = Evented.extend({ … })`.
                Root::Call(call) if path.is_root() => {
                    let given = self.argument(call, 0).map(|given| self.path(given).root);
                    match given {
                        Some(Root::Object(literal)) if self.owners.of_literal(literal).is_some() => {
                            self.owners.of_literal(literal).expect("it was just found")
                        }
                        _ => break,
                    }
                }
                _ => break,
            };
            if chain.contains(&next) {
                break;
            }
            chain.push(next);
            current = next;
        }
        chain
    }

    /// Owners of the project that have this one among their bases.
    pub fn subclasses(&self, owner: OwnerId) -> &[OwnerId] {
        self.hierarchy.heirs(owner)
    }

    /// Whether one of the two is the other or extends it.
    pub fn are_relatives(&self, a: OwnerId, b: OwnerId) -> bool {
        self.bases(a).contains(&b) || self.bases(b).contains(&a)
    }
}
