//! Who outlives whom: how long the holder of an acquisition lives, seen from the line that acquires.

use crate::catalog::effect::{Lifetime, Per, Runs};
use crate::diagnostic::{Label, Place};
use crate::facts::body::{FunctionKind, How, Op};
use crate::facts::expr::{Expr, Property};
use crate::facts::ids::Span;

use super::Project;
use super::names::Sym;
use super::path::{BindingRef, ExprRef, FnRef, OwnerId, Path, Root, Step};
use super::typing::Ty;

/// How long a holder lives, compared with the activation in which a line runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Region {
    /// As long as the process.
    Process,
    /// Longer than the request or event the line works for (`req.socket`).
    Outlives,
    /// The owner itself: `this`.
    Owner(OwnerId),
    /// Something the owner made for itself: a cycle with it, no leak.
    Owned(OwnerId),
    /// Something that was given to the owner: lives at least as long as the owner.
    Injected(OwnerId, Option<Sym>),
    /// Something that was given to a function: lives at least as long as its activation.
    Given(FnRef),
    /// Made in this activation, or dies with the request or event.
    Activation,
    Unknown,
}

impl Project<'_> {
    /// How long the object lives that an expression names, for a line in `function`.
    pub fn region_of(&self, expr: ExprRef, function: FnRef) -> Region {
        if let Some(value) = self.just_stored(expr, expr, function) {
            return self.region_of(value, self.maker_or(value, function));
        }
        // A part of what was just made goes with it.
        if let Expr::Member { object, .. } = *self.expr(expr)
            && let Some(value) = self.just_stored(expr.with(object), expr, function)
            && matches!(self.path(value).root, Root::Call(_))
        {
            return self.region_of(value, self.maker_or(value, function));
        }
        if let Some(region) = self.field_region(expr, function) {
            return region;
        }
        let path = self.path(expr);
        match self.typed_region(expr) {
            // What mostly lives as long as the process dies here all the same if it was made here.
            Some(Region::Process) if self.is_made_in(&path, function, 0) => Region::Activation,
            Some(region) => region,
            None => self.path_region(&path, function),
        }
    }

    /// The function that makes a value, where it is another one than those around a line in `function`.
    fn maker_or(&self, value: ExprRef, function: FnRef) -> FnRef {
        match self.path(value).root {
            Root::Call(call) if !self.is_within(function, self.calling(call)) => self.calling(call),
            _ => function,
        }
    }

    /// Whether something is made by a call of the activation, or comes from what is.
    fn is_made_in(&self, path: &Path, function: FnRef, depth: u32) -> bool {
        let Root::Call(call) = path.root else { return false };
        let maker = self.calling(call);
        if self.is_module(maker) || depth > 3 {
            return false;
        }
        match self.receiver(call) {
            Some(of) if self.call(call).how == How::Call => match self.path(of).root {
                Root::Package(_) => self.activation_of(function) == maker,
                _ => self.is_made_in(&self.path(of), function, depth + 1),
            },
            _ => self.activation_of(function) == maker,
        }
    }

    /// Whether a function stands in a handler of requests or connections that stands in another function.
    fn is_in_handler_within(&self, function: FnRef, outer: FnRef) -> bool {
        self.around(function).take_while(|&each| each != outer).any(|each| {
            self.graph.passed(each).iter().any(|&(call, position)| {
                self.runs_of(call, position)
                    .iter()
                    .any(|(run, _)| matches!(run.per, Per::Request | Per::Connection))
            })
        })
    }

    /// What the object's type says of its life.
    fn typed_region(&self, expr: ExprRef) -> Option<Region> {
        // `const { socket } = req`: the variable is the part.
        if let Expr::Binding(binding) = *self.expr(expr)
            && let [only] = self.facts(expr.file).binding(binding).values[..]
            && matches!(self.expr(expr.with(only)), Expr::Member { .. })
        {
            return self.typed_region(expr.with(only));
        }
        // A part may outlive its whole: `req.socket`.
        if let Expr::Member { object, name, .. } = *self.expr(expr) {
            let name = self.facts(expr.file).name(name);
            for (ty, _) in self.types_of(expr.with(object)) {
                let Ty::Catalog(key) = ty else { continue };
                match self.catalog.part(key, name).and_then(|part| part.lifetime) {
                    Some(Lifetime::Outlives) => return Some(Region::Outlives),
                    Some(Lifetime::Process) => return Some(Region::Process),
                    Some(Lifetime::Request | Lifetime::Call) => return Some(Region::Activation),
                    _ => {}
                }
            }
        }
        for (ty, _) in self.types_of(expr) {
            let Ty::Catalog(key) = ty else { continue };
            match self.lifetime_of(key) {
                Some(Lifetime::Process) => return Some(Region::Process),
                Some(Lifetime::Request | Lifetime::Call | Lifetime::With(_)) => return Some(Region::Activation),
                _ => {}
            }
        }
        None
    }

    /// Whether an expression reads a property that the catalogue knows as a part of its object: `controller.signal`.
    fn is_known_part(&self, expr: ExprRef) -> bool {
        let Expr::Member { object, name, .. } = *self.expr(expr) else {
            return false;
        };
        let name = self.facts(expr.file).name(name);
        self.types_of(expr.with(object))
            .iter()
            .any(|&(ty, _)| matches!(ty, Ty::Catalog(key) if self.catalog.part(key, name).is_some_and(|part| !part.volatile)))
    }

    /// Whether a value's type is made to be handed to many who outlive nothing of it: an abort signal.
    pub fn is_made_to_be_shared(&self, expr: ExprRef) -> bool {
        self.types_of(expr)
            .iter()
            .any(|&(ty, _)| matches!(ty, Ty::Catalog(key) if self.lifetime_of(key) == Some(Lifetime::Outlives)))
    }

    fn lifetime_of(&self, key: crate::catalog::pattern::TypeKey) -> Option<Lifetime> {
        let ty = self.catalog.ty(key);
        ty.lifetime
            .or_else(|| ty.extends.iter().find_map(|&base| self.lifetime_of(base)))
    }

    /// Whether a field's only value is made in the object that a method gives for the fields: `data` of a component.
    fn is_made_for_the_fields(&self, owner: OwnerId, name: Sym) -> bool {
        let Some(lifecycle) = self.lifecycle_of(owner) else {
            return false;
        };
        let methods = lifecycle.state.iter().filter_map(|method| self.names.find(method));
        let mut methods = methods.filter_map(|method| self.owners.get(owner).methods.get(&method));
        self.owners.stores(owner, name, false).is_empty() && methods.any(|&method| self.makes_for_field(method, name))
    }

    /// Whether a method gives an object literal in which it makes the property's value with `new`.
    fn makes_for_field(&self, method: FnRef, name: Sym) -> bool {
        let makes = |value: ExprRef| match *self.expr(value) {
            Expr::Call(call) => self.call(value.with(call)).how == How::New,
            _ => false,
        };
        self.function(method).ops.iter().any(|op| {
            let Op::Return(Some(given)) = *op else { return false };
            let Root::Object(literal) = self.path(method.with(given)).root else {
                return false;
            };
            let Expr::Object(properties) = self.expr(literal) else {
                return false;
            };
            properties.iter().any(|property| match *property {
                Property::Field { name: field, value } => {
                    self.sym(literal.file, field) == name && makes(literal.with(value))
                }
                _ => false,
            })
        })
    }

    /// Whether a callback is given, as this parameter, what is there for others too.
    fn gives_what_is_kept(&self, run: &Runs, parameter: &Path) -> bool {
        let Root::Param(_, index) = parameter.root else {
            return false;
        };
        run.params.iter().any(|(_, params)| {
            let given = params.get(usize::from(index)).copied().flatten();
            given.is_some_and(|key| self.lifetime_of(key) == Some(Lifetime::Outlives))
        })
    }

    /// `this.field`, by what is stored in it.
    fn field_region(&self, expr: ExprRef, function: FnRef) -> Option<Region> {
        let Expr::Member { object, name, .. } = *self.expr(expr) else {
            return None;
        };
        let name = self.sym(expr.file, name);
        let object = expr.with(object);
        let Path {
            root: Root::Instance(owner),
            steps,
        } = self.path(object)
        else {
            // A field of a field lives as the outer one, unless its type says otherwise.
            return match self.field_region(object, function) {
                Some(Region::Injected(owner, field)) if self.typed_region(expr).is_none() => {
                    Some(Region::Injected(owner, field))
                }
                Some(Region::Owned(owner)) => Some(self.typed_region(expr).unwrap_or(if self.is_known_part(expr) {
                    Region::Owned(owner)
                } else {
                    Region::Unknown
                })),
                _ => None,
            };
        };
        if !steps.is_empty() {
            return None;
        }
        if self.decorated_lifetime(owner, name) == Some(Lifetime::Owner) {
            return Some(Region::Owned(owner));
        }
        if let Some(Region::Process) = self.typed_region(expr) {
            return Some(Region::Process);
        }
        if self.is_made_for_the_fields(owner, name) {
            return Some(Region::Owned(owner));
        }
        let mut result = None;
        let mut stored = false;
        for each in self.bases(owner) {
            for store in self.owners.stores(each, name, false) {
                // Made anew by the very call that uses it.
                if store.function == function && !self.is_constructor(function) && !self.path(store.value).is_nullish()
                {
                    return Some(Region::Activation);
                }
                stored = true;
                for value in self.possible(store.value) {
                    if value.is_nullish() {
                        continue;
                    }
                    let region = match value.root {
                        Root::Param(..) => Region::Injected(owner, Some(name)),
                        Root::Call(call) if self.given_class(call).is_some() => Region::Injected(owner, Some(name)),
                        Root::Call(call) if self.gives_what_is_shared(call) => Region::Injected(owner, Some(name)),
                        Root::Call(call) if self.call(call).how == How::New => Region::Owned(owner),
                        Root::Object(_) | Root::Function(_) => Region::Owned(owner),
                        Root::Global(_) | Root::Package(_) | Root::Static(_)
                            if value.is_root() || matches!(value.root, Root::Package(_)) =>
                        {
                            Region::Process
                        }
                        Root::Call(call) => self.made_region(call, owner),
                        Root::Instance(_) | Root::Choice(_) | Root::Variable(_) => continue,
                        _ => Region::Unknown,
                    };
                    result = Some(match result {
                        None => region,
                        Some(known) if known == region => known,
                        // Given by the caller or made here: it may be shared.
                        Some(Region::Injected(..)) | Some(Region::Owned(_))
                            if matches!(region, Region::Injected(..) | Region::Owned(_)) =>
                        {
                            Region::Unknown
                        }
                        Some(_) => Region::Unknown,
                    });
                }
            }
        }
        Some(
            result.unwrap_or(if stored || self.field_annotation(owner, name).is_none() {
                Region::Unknown
            } else {
                Region::Injected(owner, Some(name))
            }),
        )
    }

    /// Whether a function runs once, when its owner is made.
    pub fn is_constructor(&self, function: FnRef) -> bool {
        matches!(
            self.function(function).kind,
            FunctionKind::Constructor | FunctionKind::FieldInitializers
        ) || self.owners.made_by(function).is_some()
    }

    /// A field that holds what a call gave: owned if the call makes something, else unknown.
    fn made_region(&self, call: super::path::CallRef, owner: OwnerId) -> Region {
        let makes = self
            .types_of_path(&Path::root(Root::Call(call)))
            .iter()
            .any(|(ty, _)| matches!(ty, Ty::Catalog(_)));
        if makes { Region::Owned(owner) } else { Region::Unknown }
    }

    /// How long what a path names lives.
    pub fn path_region(&self, path: &Path, function: FnRef) -> Region {
        match path.root {
            Root::Global(_) | Root::Static(_) => Region::Process,
            Root::Package(_) => Region::Process,
            Root::Namespace(_) => Region::Process,
            Root::Instance(owner) if path.is_root() => Region::Owner(owner),
            Root::Instance(owner) => Region::Injected(owner, None),
            Root::Variable(binding) => {
                let fact = self.facts(binding.file).binding(binding.id);
                // `let child; function start() { child = spawn(…); child.on(…) }`: made anew by the very call that uses it.
                if self.is_assigned_around(binding, function) {
                    return Region::Activation;
                }
                if self.is_module_body(binding.with(fact.function)) {
                    return Region::Process;
                }
                let mut regions = fact
                    .values
                    .iter()
                    .map(|&value| self.path(binding.with(value)))
                    .filter(|value| !value.is_nullish())
                    .map(|value| match value.root {
                        Root::Variable(_) => Region::Unknown,
                        _ => self.path_region(&value, function),
                    });
                match regions.next() {
                    Some(first) if regions.all(|each| each == first) => first,
                    _ => Region::Unknown,
                }
            }
            Root::Call(call) if self.given_class(call).is_some() => match self.owner_around(self.calling(call)) {
                Some(owner) => Region::Injected(owner, None),
                None => Region::Unknown,
            },
            Root::Call(call) if self.gives_what_is_shared(call) => Region::Given(self.calling(call)),
            Root::Call(call) => {
                let maker = self.calling(call);
                if self.is_module_body(maker) {
                    // A part of a part may be another one by now: `socket.io.engine`.
                    return if path.steps.iter().filter(|step| matches!(step, Step::Field(_))).count() > 1 {
                        Region::Unknown
                    } else {
                        Region::Process
                    };
                }
                let makes =
                    self.call(call).how == How::New || !self.types_of_path(&Path::root(Root::Call(call))).is_empty();
                if makes && self.is_within(function, maker) && self.is_in_handler_within(function, maker) {
                    return Region::Outlives;
                }
                let same = self.is_within(function, maker) || self.is_within(maker, function);
                if makes && same {
                    Region::Activation
                } else {
                    Region::Unknown
                }
            }
            Root::Object(_) | Root::Function(_) => Region::Activation,
            Root::Param(of, _) | Root::Rest(of, _) => self.param_region(of, path),
            Root::This(of) => Region::Given(of),
            Root::Choice(_) => self.choice_region(path, function),
            Root::Opaque(_) => Region::Unknown,
            Root::Text(_) | Root::Number(_) | Root::Bool(_) | Root::Nullish => Region::Unknown,
        }
    }

    /// How long one of several values lives, if all live alike; an empty object stands in for a value that is not there.
    fn choice_region(&self, path: &Path, function: FnRef) -> Region {
        let is_stand_in = |value: &Path| {
            let is_empty = |literal| matches!(self.expr(literal), Expr::Object(properties) if properties.is_empty());
            value.is_nullish() || matches!(value.root, Root::Object(literal) if is_empty(literal))
        };
        let possible = self.possible_of(Path::root(path.root));
        let values = possible.iter().skip(1).filter(|value| !is_stand_in(value));
        let mut regions = values.map(|value| match value.root {
            Root::Choice(_) | Root::Variable(_) => Region::Unknown,
            _ => self.path_region(value, function),
        });
        match regions.next() {
            Some(first) if regions.all(|each| each == first) => first,
            _ => Region::Unknown,
        }
    }

    /// Whether a function around the line, but not the module, gives the variable what a call makes there.
    fn is_assigned_around(&self, variable: BindingRef, function: FnRef) -> bool {
        function.file == variable.file
            && self
                .around(function)
                .take_while(|&each| !self.is_module(each))
                .any(|each| {
                    self.function(each).ops.iter().any(|op| match *op {
                        Op::Assign { to, value, .. } if to == variable.id => {
                            matches!(self.path(each.with(value)).root, Root::Call(made) if self.calling(made) == each)
                        }
                        _ => false,
                    })
                })
    }

    fn param_region(&self, of: FnRef, path: &Path) -> Region {
        if let Some((owner, false)) = self.owners.of_function(of)
            && (self.function(of).kind == FunctionKind::Constructor || self.owners.get(owner).constructor == Some(of))
        {
            let field = self
                .owners
                .fields(owner)
                .find(|(_, stores)| stores.iter().any(|store| self.path(store.value) == *path))
                .map(|(name, _)| name);
            return Region::Injected(owner, field);
        }
        // What a callback is given lives for the request, connection or event, or is not known.
        for &(call, position) in self.graph.passed(of) {
            let runs = self.runs_of(call, position);
            // A socket that the agent gives to one request after the other.
            if path.is_root() && runs.iter().any(|(run, _)| self.gives_what_is_kept(run, path)) {
                return Region::Outlives;
            }
            if runs.iter().any(|(run, _)| {
                matches!(
                    run.per,
                    Per::Request | Per::Connection | Per::Message | Per::Event | Per::Item
                )
            }) {
                return if path.is_root() {
                    Region::Activation
                } else {
                    Region::Unknown
                };
            }
        }
        if path.steps.contains(&Step::Element) || !self.graph.passed(of).is_empty() {
            return Region::Unknown;
        }
        Region::Given(of)
    }

    /// What holds, in the user's words, and why it lives long.
    pub fn holder_label(&self, expr: ExprRef, region: &Region, at: Place) -> Label {
        let name = self.describe(expr);
        match region {
            Region::Process => match self.declared_at(expr) {
                Some(place) => Label::new(place, format!("`{name}` is made once and lives as long as the process")),
                None => Label::new(at, format!("`{name}` lives as long as the process")),
            },
            Region::Outlives => match self.declared_at(expr) {
                Some(place) if matches!(self.path(expr).root, Root::Call(_)) => {
                    Label::new(place, format!("`{name}` is made once for all of them"))
                }
                _ => Label::new(
                    at,
                    format!("`{name}` outlives the request: the connection is kept for further ones"),
                ),
            },
            Region::Owner(owner) => Label::new(
                self.owner_place(*owner),
                format!("`{name}` outlives each call of this method"),
            ),
            Region::Injected(owner, _) => {
                let class = self
                    .owners
                    .get(*owner)
                    .name
                    .map_or("this object", |name| self.text(name));
                Label::new(at, format!("`{name}` was given to `{class}` and may outlive it"))
            }
            Region::Given(_) => Label::new(at, format!("`{name}` belongs to the caller and outlives this call")),
            Region::Owned(owner) => Label::new(
                self.owner_place(*owner),
                format!("`{name}` outlives each call of this method"),
            ),
            Region::Activation | Region::Unknown => Label::new(at, format!("`{name}` holds it")),
        }
    }

    pub fn owner_place(&self, owner: OwnerId) -> Place {
        let owner = self.owners.get(owner);
        Place {
            file: owner.file,
            span: owner.head,
        }
    }

    /// Where a module-level variable is declared.
    pub fn declared_at(&self, expr: ExprRef) -> Option<Place> {
        let facts = self.facts(expr.file);
        match *self.expr(expr) {
            Expr::Binding(binding) => {
                let fact = facts.binding(binding);
                let imported = fact.values.first().map(|&value| self.path(expr.with(value)));
                if let Some(Path {
                    root: Root::Call(call),
                    steps,
                }) = imported
                    && steps.is_empty()
                    && call.file != expr.file
                {
                    return Some(Place {
                        file: call.file,
                        span: self.call(call).statement,
                    });
                }
                Some(Place {
                    file: expr.file,
                    span: fact.span,
                })
            }
            Expr::Member { object, .. } => self.declared_at(expr.with(object)),
            _ => None,
        }
    }

    /// An expression as the user wrote it, roughly: `this.pool`, `process.stdin`.
    pub fn describe(&self, expr: ExprRef) -> String {
        let facts = self.facts(expr.file);
        match facts.expr(expr.id) {
            Expr::Binding(binding) => facts.name(facts.binding(*binding).name).to_owned(),
            Expr::Global(name) => facts.name(*name).to_owned(),
            Expr::Import { name, .. } => facts.name(*name).to_owned(),
            Expr::This(_) => "this".to_owned(),
            Expr::Super(_) => "super".to_owned(),
            Expr::Member { object, name, .. } => format!("{}.{}", self.describe(expr.with(*object)), facts.name(*name)),
            Expr::Element { object, .. } => format!("{}[…]", self.describe(expr.with(*object))),
            Expr::Call(call) => {
                let call = facts.call(*call);
                let new = if call.how == How::New { "new " } else { "" };
                format!("{new}{}(…)", self.describe(expr.with(call.callee)))
            }
            Expr::Await(of) | Expr::Cast { value: of, .. } | Expr::Item(of) => self.describe(expr.with(*of)),
            Expr::Literal(crate::facts::expr::Literal::String(text)) => format!("'{}'", facts.name(*text)),
            _ => "…".to_owned(),
        }
    }

    /// A span cut to its first bytes, for labels of long expressions.
    pub fn short(span: Span) -> Span {
        Span::new(span.start, span.end.min(span.start + 200))
    }
}
