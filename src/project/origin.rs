//! Where keys and elements of containers come from: a fixed set, configuration, or the world outside.

use crate::catalog::effect::{Origin, Per};
use crate::facts::body::{FunctionKind, How, Op};
use crate::facts::expr::{BinaryOperator, Expr};
use crate::facts::ids::{FnId, TypeId};
use crate::facts::types::{TypeDeclKind, TypeExpr};

use super::Project;
use super::names::Sym;
use super::path::{At, BindingRef, ExprRef, FnRef, OwnerId, Path, Root, Step};
use super::typing::Ty;
use super::words;

/// Values that are followed from a key to where it comes from.
const MAX_DEPTH: u32 = 14;
/// Values beyond which callers are not asked any more.
const MAX_CALLER_DEPTH: u32 = 9;
/// Callers of a function beyond which its parameters are unknown.
const MAX_CALLERS: usize = 12;

impl Project<'_> {
    /// Where a value comes from, seen from a line in `function`.
    pub fn origin_of(&self, expr: ExprRef, function: FnRef) -> Origin {
        self.origin_within(expr, function, 0)
    }

    pub(super) fn origin_within(&self, expr: ExprRef, function: FnRef, depth: u32) -> Origin {
        if depth > MAX_DEPTH {
            return Origin::Parameter;
        }
        let at = |id| expr.with(id);
        let go = |id| self.origin_within(at(id), function, depth + 1);
        match self.expr(expr) {
            Expr::This(of) | Expr::Super(of) => self.this_origin(expr.with(*of)),
            Expr::Literal(_) | Expr::Module(_) | Expr::Caught | Expr::Jsx { .. } => Origin::Finite,
            Expr::Class(_) => Origin::Class,
            Expr::Function(_) | Expr::Object(_) | Expr::Array(_) => Origin::PerCall,
            Expr::Template(parts) => parts.iter().map(|&part| go(part)).max().unwrap_or(Origin::Finite),
            Expr::Binary { operator, left, right } => match operator {
                BinaryOperator::Add | BinaryOperator::Arithmetic => go(*left).max(go(*right)),
                // `id % n` is one of n values, and a comparison one of two.
                _ => Origin::Finite,
            },
            Expr::Unary { of, .. } => go(*of).min(Origin::Parameter),
            Expr::Logical { left, right, .. } => go(*left).max(go(*right)),
            Expr::Conditional { yes, no, .. } => go(*yes).max(go(*no)),
            Expr::Await(of) => self.awaited_origin(at(*of), go(*of)),
            Expr::Cast { value: of, .. } => go(*of),
            Expr::Spread(of) | Expr::Item(of) | Expr::Key(of) | Expr::Rest(of) | Expr::Index { of, .. } => {
                if self.is_fixed_collection(at(*of)) {
                    Origin::Finite
                } else {
                    self.contents_origin(at(*of), None, function, depth + 1)
                }
            }
            Expr::Member {
                object, name: member, ..
            } => {
                let name = self.facts(expr.file).name(*member);
                if let Some(origin) = self.part_origin(at(*object), name) {
                    return origin;
                }
                let path = self.path(expr);
                if let Some(origin) = self.field_origin(at(*object), self.sym(expr.file, *member), depth) {
                    return origin;
                }
                let origin = match path.root {
                    Root::Text(_) | Root::Number(_) | Root::Bool(_) | Root::Nullish => Origin::Finite,
                    Root::Global(_) | Root::Package(_) | Root::Namespace(_) => Origin::Config,
                    Root::Static(_) => Origin::Finite,
                    _ if matches!(name, "length" | "size" | "constructor" | "prototype") => Origin::Class,
                    Root::Call(_) if depth > 2 => Origin::Parameter,
                    _ => self.contents_origin(at(*object), Some(self.sym(expr.file, *member)), function, depth + 1),
                };
                // A name may silence: `entry.type` is one of few, wherever the entry comes from, unless that is outside.
                if origin == Origin::Parameter && (name == "name" || words::has_few_values(name)) {
                    Origin::Config
                } else {
                    origin
                }
            }
            Expr::Element { object, .. } => self.contents_origin(at(*object), None, function, depth + 1),
            Expr::Global(_) | Expr::Import { .. } => Origin::Config,
            Expr::Binding(binding) => self.binding_origin(expr, *binding, function, depth),
            Expr::Param { function: of, index } => self.param_origin(expr.with(*of), *index, depth),
            Expr::RestParam { function: of, index } => self.param_origin(expr.with(*of), *index, depth),
            Expr::Arguments(of) => self.param_origin(expr.with(*of), 0, depth),
            Expr::Call(call) => self.call_origin(expr.with(*call), function, depth),
            Expr::DynamicImport(_) => Origin::Finite,
            Expr::Opaque | Expr::Yield(_) => Origin::Parameter,
        }
    }

    /// What the catalogue says of a property: `req.params` comes from the request, `req.route.path` is one of few.
    fn part_origin(&self, object: ExprRef, name: &str) -> Option<Origin> {
        self.types_of(object).iter().find_map(|&(ty, _)| match ty {
            Ty::Catalog(key) => self.catalog.part(key, name).and_then(|part| part.origin),
            Ty::Owner(_) => None,
        })
    }

    /// `this`: new with each instance, unless there is just one.
    fn this_origin(&self, function: FnRef) -> Origin {
        match self.owners.of_function(function) {
            Some((owner, false)) if !self.is_made_once(owner) => Origin::PerCall,
            Some(_) | None => Origin::Finite,
        }
    }

    /// Whether the only `new` of an owner stands at a module's top level.
    fn is_made_once(&self, owner: OwnerId) -> bool {
        matches!(self.graph.made(owner), [only] if self.is_module(self.calling(*only)))
    }

    /// A field of `this`: a counter, or whatever was stored in it.
    fn field_origin(&self, object: ExprRef, name: Sym, depth: u32) -> Option<Origin> {
        let Path {
            root: Root::Instance(owner),
            steps,
        } = self.path(object)
        else {
            return None;
        };
        if !steps.is_empty() {
            return None;
        }
        Some(self.owner_field_origin(owner, name, depth))
    }

    /// A field of an owner's instances.
    pub(super) fn owner_field_origin(&self, owner: OwnerId, name: Sym, depth: u32) -> Origin {
        let stores = self.owners.stores(owner, name, false);
        let is_it = |expr: ExprRef| matches!(*self.expr(expr), Expr::Member { name: member, .. } if self.sym(expr.file, member) == name);
        let counts = stores.iter().any(|store| {
            matches!(*self.expr(store.value), Expr::Binary { operator: BinaryOperator::Arithmetic | BinaryOperator::Add, left, .. } if is_it(store.value.with(left)))
        });
        // One that goes down too, or begins anew, counts a depth.
        let only_counts = stores
            .iter()
            .filter(|store| {
                !self.is_constructor(store.function)
                    && self.function(store.function).kind != FunctionKind::FieldInitializers
            })
            .count()
            <= 1;
        if counts && only_counts {
            return Origin::PerCall;
        }
        if self.is_made_once(owner) {
            return Origin::Config;
        }
        let values = stores
            .iter()
            .take(3)
            .map(|store| self.origin_within(store.value, store.function, depth + 2));
        // What it was made with is a setting of the object, not a value per call.
        values.max().map_or(Origin::Parameter, |origin| {
            if origin == Origin::Parameter {
                Origin::Config
            } else {
                origin
            }
        })
    }

    fn binding_origin(
        &self,
        expr: ExprRef,
        binding: crate::facts::ids::BindingId,
        function: FnRef,
        depth: u32,
    ) -> Origin {
        let fact = self.facts(expr.file).binding(binding);
        if self.counts(expr.with(binding), function) {
            return Origin::PerCall;
        }
        if fact.function == FnId(0) && fact.reassigned == 0 {
            return Origin::Finite;
        }
        let values = fact
            .values
            .iter()
            .take(4)
            .map(|&value| self.origin_within(expr.with(value), function, depth + 1));
        values.max().unwrap_or(Origin::Parameter)
    }

    /// A counter that outlives the call: `nextId++`.
    pub(super) fn counts(&self, binding: BindingRef, function: FnRef) -> bool {
        let fact = self.facts(binding.file).binding(binding.id);
        fact.reassigned > 0
            && fact.function != function.id
            && fact.values.iter().any(|&value| {
                matches!(*self.expr(binding.with(value)), Expr::Binary { operator: BinaryOperator::Arithmetic | BinaryOperator::Add, left, .. }
                    if matches!(*self.expr(binding.with(left)), Expr::Binding(of) if of == binding.id))
            })
    }

    /// What a function is given: by who runs it, else by what its callers give.
    fn param_origin(&self, function: FnRef, index: u16, depth: u32) -> Origin {
        let declared = self.declared_origin(function, index);
        match self.given_origin(function, index, None, depth) {
            Origin::Parameter => declared.unwrap_or(Origin::Parameter),
            given => declared.filter(|declared| *declared == Origin::Finite).unwrap_or(given),
        }
    }

    /// What a parameter's type or name says of it: a union of literals, a class, a word such as `kind`.
    fn declared_origin(&self, function: FnRef, index: u16) -> Option<Origin> {
        let param = self.function(function).params.get(usize::from(index))?;
        let by_type = param
            .annotation
            .and_then(|annotation| self.type_origin(function.with(annotation), 0));
        let by_name = || {
            let facts = self.facts(function.file);
            param
                .binding
                .filter(|&binding| words::has_few_values(facts.name(facts.binding(binding).name)))
                .map(|_| Origin::Config)
        };
        by_type.or_else(by_name)
    }

    /// Where values of a type come from, if the type alone says so.
    fn type_origin(&self, annotation: At<TypeId>, depth: u32) -> Option<Origin> {
        if depth > 4 {
            return None;
        }
        let facts = self.facts(annotation.file);
        match facts.type_expr(annotation.id) {
            TypeExpr::Literal => Some(Origin::Finite),
            TypeExpr::Keyword(name) => {
                matches!(facts.name(*name), "boolean" | "null" | "undefined" | "void").then_some(Origin::Finite)
            }
            TypeExpr::Function(_) | TypeExpr::TypeOf(_) => Some(Origin::Class),
            TypeExpr::Union(parts) => {
                let parts: Option<Vec<Origin>> = parts
                    .iter()
                    .map(|&part| self.type_origin(annotation.with(part), depth + 1))
                    .collect();
                parts.and_then(|parts| parts.into_iter().max())
            }
            TypeExpr::Named { name, .. } => self.named_type_origin(annotation.with(*name), depth),
            _ => None,
        }
    }

    fn named_type_origin(&self, name: ExprRef, depth: u32) -> Option<Origin> {
        if let Expr::Global(global) = *self.expr(name) {
            let global = self.facts(name.file).name(global);
            return matches!(
                global,
                "Function" | "Class" | "Type" | "Constructor" | "ObjectConstructor"
            )
            .then_some(Origin::Class);
        }
        let path = self.path(name);
        let binding = match (path.root, self.expr(name)) {
            (Root::Variable(binding), _) => binding,
            (_, Expr::Binding(binding)) => name.with(*binding),
            _ => return None,
        };
        let facts = self.facts(binding.file);
        match facts
            .type_decls
            .iter()
            .find(|decl| decl.binding == binding.id)
            .map(|decl| &decl.kind)
        {
            Some(TypeDeclKind::Enum(_)) => Some(Origin::Finite),
            Some(TypeDeclKind::Alias(target)) => self.type_origin(binding.with(*target), depth + 1),
            // An interface that can be called or constructed.
            Some(TypeDeclKind::Interface { members, .. }) => members
                .iter()
                .any(|member| facts.name(member.name).is_empty())
                .then_some(Origin::Class),
            None => None,
        }
    }

    /// Whether a type is that of functions.
    pub fn is_function_type(&self, annotation: At<TypeId>, depth: u32) -> bool {
        self.type_origin(annotation, depth) == Some(Origin::Class)
    }

    /// What callers, or who runs the function, give it; or a part of that, by its name if it has one.
    pub(super) fn given_origin(&self, function: FnRef, index: u16, part: Option<Option<Sym>>, depth: u32) -> Origin {
        for (ty, _) in self.types_of_path(&Path::root(Root::Param(function, index))) {
            let Ty::Catalog(key) = ty else { continue };
            if let Some(origin) = self.catalog.ty(key).origin {
                return origin;
            }
            if self.catalog.ty(key).lifetime == Some(crate::catalog::effect::Lifetime::Request) {
                return Origin::External;
            }
        }
        for &(call, position) in self.graph.passed(function) {
            // What an entry says of this very event goes before what is true of all.
            let runs = self.runs_of(call, position);
            if let Some((run, _)) = runs.iter().find(|(run, _)| run.per != Per::Event).or(runs.first()) {
                return match run.per {
                    Per::Request | Per::Connection | Per::Message => Origin::External,
                    Per::Event | Per::Tick | Per::Item | Per::Once | Per::Test | Per::Instance | Per::Activation => {
                        Origin::Parameter
                    }
                };
            }
            if matches!(self.invoked(call), super::effects::Invoked::Now { .. })
                && let Some(of) = self.receiver(call)
            {
                return if self.is_fixed_collection(of) {
                    Origin::Finite
                } else {
                    self.contents_origin(of, None, self.calling(call), depth + 1)
                };
            }
        }
        if self.is_decorated(function) || self.run_by_its_file(function).is_some_and(|repeats| repeats.is_many()) {
            return Origin::External;
        }
        let callers = self.graph.callers(function);
        if callers.is_empty() || depth > MAX_CALLER_DEPTH {
            return Origin::Parameter;
        }
        if callers.len() > MAX_CALLERS || self.is_library(function.file) && self.is_exported(function) {
            return Origin::Parameter;
        }
        let given = callers
            .iter()
            .filter_map(|&call| self.argument(call, usize::from(index)).map(|arg| (arg, call)));
        given
            .map(|(arg, call)| match part {
                None => self.origin_within(arg, self.calling(call), depth + 2),
                Some(name) => self.contents_origin(arg, name, self.calling(call), depth + 2),
            })
            .max()
            .unwrap_or(Origin::Parameter)
    }

    /// What the project's own functions give, if that is one of few whatever they are given: `return hash % shards`.
    fn returned_origin(&self, call: super::path::CallRef, depth: u32) -> Option<Origin> {
        if depth > MAX_CALLER_DEPTH {
            return None;
        }
        let mut returned = None;
        for &callee in &self.callees(call) {
            for op in &self.function(callee).ops {
                if let Op::Return(Some(value)) = *op {
                    let origin = self.origin_within(callee.with(value), callee, depth + 2);
                    returned = returned.max(Some(origin));
                }
            }
        }
        returned.filter(|origin| *origin <= Origin::Config)
    }

    /// A method of a value, not of a module or of the platform: `name.slice(0, 3)`.
    fn is_called_on_a_value(&self, call: super::path::CallRef) -> bool {
        self.receiver(call).is_some_and(|of| {
            !matches!(
                self.path(of).root,
                Root::Global(_) | Root::Package(_) | Root::Namespace(_)
            )
        })
    }

    /// What a promise gives was looked up by what the call was given; a promise's own text is rare.
    pub(super) fn awaited_origin(&self, of: ExprRef, origin: Origin) -> Origin {
        match *self.expr(of) {
            Expr::Call(call) if self.catalogued_origin(of.with(call)).is_none() => of_a_lookup(origin),
            _ => origin,
        }
    }

    /// A method that a framework runs per request because of its decorator.
    fn is_decorated(&self, function: FnRef) -> bool {
        self.function(function)
            .params
            .iter()
            .any(|param| !param.decorators.is_empty())
            && self.repeats(function).is_many()
    }

    fn call_origin(&self, call: super::path::CallRef, function: FnRef, depth: u32) -> Origin {
        let fact = self.call(call);
        if fact.how == How::New {
            return Origin::PerCall;
        }
        let name = self.callee_name(call).unwrap_or_default();
        let path = self.path(call.with(fact.callee));
        let of_global = |wanted: &str| matches!(path.root, Root::Global(global) if self.text(global) == wanted);
        if (of_global("Date") || of_global("performance")) && name == "now" || of_global("Math") && name == "random" {
            return Origin::PerCall;
        }
        if matches!(
            name,
            "indexOf" | "includes" | "has" | "startsWith" | "endsWith" | "test" | "isArray" | "hasOwnProperty"
        ) {
            return Origin::Finite;
        }
        if of_global("Symbol") {
            return if path.steps.contains(&Step::Awaited) || name == "for" {
                Origin::Finite
            } else {
                Origin::PerCall
            };
        }
        if let Some(origin) = self.catalogued_origin(call) {
            return origin;
        }
        if let Some(origin) = self.returned_origin(call, depth) {
            return origin;
        }
        let args = fact
            .args
            .iter()
            .map(|&arg| self.contents_origin(call.with(arg), None, function, depth + 1))
            .max()
            // `text.charCodeAt(position++)`, `list.at(next)` look up: what they give is the receiver's.
            .map(|origin| {
                if self.is_called_on_a_value(call) {
                    of_a_lookup(origin)
                } else {
                    origin
                }
            });
        let receiver = self
            .receiver(call)
            .map(|of| self.contents_origin(of, None, function, depth + 1))
            .filter(|origin| *origin > Origin::Config);
        match (args, receiver) {
            (Some(args), Some(receiver)) => args.max(receiver),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => Origin::Parameter,
        }
    }
}

/// Where what is found comes from, by where what was looked for comes from: a counter finds what is there.
fn of_a_lookup(origin: Origin) -> Origin {
    if origin == Origin::PerCall {
        Origin::Parameter
    } else {
        origin
    }
}
