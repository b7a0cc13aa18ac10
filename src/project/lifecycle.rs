//! Lifecycles: what the catalogue's frameworks make, set up and tear down, and how often the bodies of their functions run.
//!
//! An owner is known by its base, its decorator, the call it is given to, its file or the hooks it has.
//! A function is a *scope* if it calls a hook: it runs for an instance, and so does every function that calls it.

use globset::{Glob, GlobMatcher};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::catalog::Catalog;
use crate::catalog::effect::{Lifecycle, OwnerPattern, Per};
use crate::catalog::index::Tables;
use crate::catalog::pattern::{Callee, Place, name_matches};
use crate::diagnostic::FileId;
use crate::facts::MemberKind;
use crate::facts::body::Op;
use crate::facts::expr::{Expr, Property};
use crate::facts::ids::{CallId, ExprId};

use super::Project;
use super::owner::OwnerKind;
use super::path::{At, CallRef, ExprRef, FnRef, OwnerId, Root};

/// Functions that call functions that call a hook, and are scopes like them.
const MAX_CALLERS: u32 = 4;

/// Functions around a base class that make a class of it: `Focusable(Draggable(Base))`.
const MAX_MIXINS: u32 = 4;

/// A lifecycle's position in the catalogue.
pub type LifecycleId = u32;

/// The owners and functions of which a lifecycle is known.
#[derive(Default)]
pub struct Lifecycles {
    owners: FxHashMap<OwnerId, LifecycleId>,
    scopes: FxHashMap<FnRef, LifecycleId>,
}

impl Lifecycles {
    /// The object literals that are owners: given to a call, exported from a file, or with hooks of one framework.
    pub fn literals(project: &Project<'_>) -> FxHashMap<ExprRef, LifecycleId> {
        let mut found = FxHashMap::default();
        for (expr, lifecycle) in given(project).into_iter().chain(exported(project)) {
            if project.catalog.lifecycles[lifecycle as usize].body.is_none()
                && let Root::Object(literal) = project.path(expr).root
                && matches!(project.expr(literal), Expr::Object(_))
            {
                found.entry(literal).or_insert(lifecycle);
            }
        }
        shaped(project, &mut found);
        found
    }

    /// Every owner and every scope, once owners and calls are known.
    pub fn find(project: &Project<'_>, literals: &FxHashMap<ExprRef, LifecycleId>) -> Self {
        let mut found = Lifecycles::default();
        for (id, owner) in project.owners.all() {
            let of_literal = match owner.kind {
                OwnerKind::Object(literal) => literals.get(&literal).copied(),
                OwnerKind::Class(_) | OwnerKind::Prototype(_) => None,
            };
            if let Some(lifecycle) = of_literal
                .or_else(|| by_class(project, id))
                .or_else(|| by_shape(project, id))
            {
                found.owners.insert(id, lifecycle);
            }
        }
        for (expr, lifecycle) in given(project).into_iter().chain(exported(project)) {
            if project.catalog.lifecycles[lifecycle as usize].body.is_some()
                && let Some(function) = project.path(expr).as_function()
            {
                found.scopes.entry(function).or_insert(lifecycle);
            }
        }
        found.add_callers_of_hooks(project);
        found
    }

    fn add_callers_of_hooks(&mut self, project: &Project<'_>) {
        let hooks = patterns(project.catalog).filter_map(|(id, pattern)| match pattern {
            OwnerPattern::ScopeCall(callee) => Some((callee, id)),
            _ => None,
        });
        let hooks = ByCallee::of(hooks);
        let scopes = &self.scopes;
        let of_files = project.each_file(|project, file| {
            let mut found: Vec<(FnRef, LifecycleId)> = Vec::new();
            for call in project.calls_of(file) {
                let function = project.calling(call);
                if !project.is_module(function)
                    && !scopes.contains_key(&function)
                    && found.iter().all(|(known, _)| *known != function)
                    && let Some(lifecycle) = first_match(project, call, &hooks)
                {
                    found.push((function, lifecycle));
                }
            }
            found
        });
        let mut open = Vec::new();
        for (function, lifecycle) in of_files.into_iter().flatten().flatten() {
            self.scopes.insert(function, lifecycle);
            open.push(function);
        }
        for _ in 0..MAX_CALLERS {
            let mut next = Vec::new();
            for function in open {
                let lifecycle = self.scopes[&function];
                for &call in project.graph.callers(function) {
                    let caller = project.calling(call);
                    if !project.is_module(caller) && !self.scopes.contains_key(&caller) {
                        self.scopes.insert(caller, lifecycle);
                        next.push(caller);
                    }
                }
            }
            open = next;
        }
    }
}

/// The first pattern that a call fits.
fn first_match(project: &Project<'_>, call: CallRef, patterns: &ByCallee<'_, LifecycleId>) -> Option<LifecycleId> {
    if !project.tables_of(call).contains(Tables::HOOKS) {
        return None;
    }
    let name = project.callee_name(call)?;
    let mut fitting = patterns.named(name);
    let (_, &id) = fitting.find(|(callee, _)| project.matches(callee, call).is_some())?;
    Some(id)
}

/// Callees with what each stands for, by name: every call of a project is looked up.
struct ByCallee<'c, T> {
    all: Vec<(&'c Callee, T)>,
    /// Positions of callees whose name has no `*`.
    exact: FxHashMap<&'c str, Vec<usize>>,
    /// Of the others.
    others: Vec<usize>,
}

impl<'c, T> ByCallee<'c, T> {
    fn of(callees: impl Iterator<Item = (&'c Callee, T)>) -> Self {
        let mut table = Self {
            all: callees.collect(),
            exact: FxHashMap::default(),
            others: Vec::new(),
        };
        for (position, (callee, _)) in table.all.iter().enumerate() {
            match callee.name().filter(|name| !name.contains('*')) {
                Some(name) => table.exact.entry(name).or_default().push(position),
                None => table.others.push(position),
            }
        }
        table
    }

    /// Those that a call of this name may be of, in their order.
    fn named(&self, name: &str) -> impl Iterator<Item = (&'c Callee, &T)> {
        let exact = self.exact.get(name).into_iter().flatten().copied();
        let others = self.others.iter().copied().filter(|&position| {
            let pattern = self.all[position].0.name();
            pattern.is_none_or(|pattern| name_matches(pattern, name))
        });
        let mut positions: SmallVec<[usize; 8]> = exact.chain(others).collect();
        positions.sort_unstable();
        positions.into_iter().map(|position| {
            let (callee, of) = &self.all[position];
            (*callee, of)
        })
    }
}

fn patterns(catalog: &Catalog) -> impl Iterator<Item = (LifecycleId, &OwnerPattern)> {
    let numbered = (0..).zip(&catalog.lifecycles);
    numbered.flat_map(|(id, lifecycle)| lifecycle.owners.iter().map(move |pattern| (id, pattern)))
}

/// What is given to a call that makes an owner of it: `defineComponent({ … })`.
fn given(project: &Project<'_>) -> Vec<(ExprRef, LifecycleId)> {
    let makers = patterns(project.catalog).filter_map(|(id, pattern)| match pattern {
        OwnerPattern::ObjectArgument { callee, at } => Some((callee, (id, at))),
        _ => None,
    });
    let makers = ByCallee::of(makers);
    let of_files = project.each_file(|project, file| {
        let mut found = Vec::new();
        for call in project.calls_of(file) {
            if !project.tables_of(call).contains(Tables::MAKERS) {
                continue;
            }
            let Some(name) = project.callee_name(call) else {
                continue;
            };
            for (callee, &(id, at)) in makers.named(name) {
                if project.matches(callee, call).is_some() {
                    found.extend(project.place_exprs(call, at).into_iter().map(|expr| (expr, id)));
                }
            }
        }
        found
    });
    of_files.into_iter().flatten().flatten().collect()
}

/// The default exports of files that hold one component each.
fn exported(project: &Project<'_>) -> Vec<(ExprRef, LifecycleId)> {
    let globs: Vec<(LifecycleId, GlobMatcher)> = patterns(project.catalog)
        .filter_map(|(id, pattern)| match pattern {
            OwnerPattern::FileDefault(glob) => Some((id, Glob::new(glob).ok()?.compile_matcher())),
            _ => None,
        })
        .collect();
    let mut found = Vec::new();
    for file in project.file_ids() {
        let name = project.file_path(file).file_name().unwrap_or_default();
        for (id, glob) in &globs {
            if glob.is_match(name) {
                found.extend(default_export(project, file).map(|value| (value, *id)));
            }
        }
    }
    found
}

fn default_export(project: &Project<'_>, file: FileId) -> Option<ExprRef> {
    let mut exports = project.links.own_exports(file);
    exports.find_map(|(name, value)| {
        name.is_some_and(|name| project.text(name) == "default")
            .then_some(value)
    })
}

/// Object literals with enough setups and teardowns of one framework.
fn shaped(project: &Project<'_>, found: &mut FxHashMap<ExprRef, LifecycleId>) {
    let shapes: Vec<(LifecycleId, u8, Vec<_>)> = patterns(project.catalog)
        .filter_map(|(id, pattern)| match pattern {
            OwnerPattern::ObjectShape(count) => {
                let lifecycle = &project.catalog.lifecycles[id as usize];
                let names = lifecycle.setup.iter().chain(&lifecycle.teardown);
                Some((id, *count, names.filter_map(|name| project.names.find(name)).collect()))
            }
            _ => None,
        })
        .collect();
    for file in project.file_ids() {
        for (index, expr) in project.facts(file).exprs.iter().enumerate() {
            let Expr::Object(properties) = expr else { continue };
            let has = |names: &[_]| {
                let methods = properties.iter().filter(|property| match property {
                    Property::Field { name, value } => {
                        matches!(project.facts(file).expr(*value), Expr::Function(_))
                            && names.contains(&project.sym(file, *name))
                    }
                    _ => false,
                });
                methods.count()
            };
            if let Some((id, ..)) = shapes
                .iter()
                .find(|(_, count, names)| has(names) >= usize::from(*count))
            {
                found.entry(At::new(file, ExprId(index as u32))).or_insert(*id);
            }
        }
    }
}

/// By its base or its decorator.
fn by_class(project: &Project<'_>, owner: OwnerId) -> Option<LifecycleId> {
    let chain = project.bases(owner);
    let mut bases: Vec<ExprRef> = chain.iter().filter_map(|&each| project.owners.get(each).base).collect();
    bases.extend(bases.clone().into_iter().flat_map(|base| mixed_in(project, base, 0)));
    let decorators = decorators(project, owner);
    let fits = |pattern: &OwnerPattern| match pattern {
        OwnerPattern::ClassExtends(export) => bases.iter().any(|&base| project.is_export(base, export)),
        OwnerPattern::ClassDecorator(export) => decorators.iter().any(|&each| project.is_export(each, export)),
        _ => false,
    };
    patterns(project.catalog)
        .find(|(_, pattern)| fits(pattern))
        .map(|(id, _)| id)
}

/// The classes that a base is made of: `Base` of `class extends Focusable(Draggable(Base))`.
fn mixed_in(project: &Project<'_>, base: ExprRef, depth: u32) -> Vec<ExprRef> {
    let Expr::Call(call) = *project.expr(base) else {
        return Vec::new();
    };
    if depth >= MAX_MIXINS {
        return Vec::new();
    }
    let given = project.call(base.with(call)).args.iter().map(|&arg| base.with(arg));
    given
        .flat_map(|arg| std::iter::once(arg).chain(mixed_in(project, arg, depth + 1)))
        .collect()
}

/// By a method that only one framework calls.
fn by_shape(project: &Project<'_>, owner: OwnerId) -> Option<LifecycleId> {
    let has = |name: &str| {
        project
            .names
            .find(name)
            .is_some_and(|name| project.method(owner, name).is_some())
    };
    let fits = |pattern: &OwnerPattern| matches!(pattern, OwnerPattern::ClassShape(method) if has(method));
    patterns(project.catalog)
        .find(|(_, pattern)| fits(pattern))
        .map(|(id, _)| id)
}

/// What a class is decorated with, without the calls' arguments.
fn decorators(project: &Project<'_>, owner: OwnerId) -> Vec<ExprRef> {
    let OwnerKind::Class(class) = project.owners.get(owner).kind else {
        return Vec::new();
    };
    let facts = project.facts(class.file);
    let named = |&decorator: &ExprId| match *facts.expr(decorator) {
        Expr::Call(call) => class.with(facts.call(call).callee),
        _ => class.with(decorator),
    };
    facts.class(class.id).decorators.iter().map(named).collect()
}

impl Project<'_> {
    /// The lifecycle of what a framework makes: a component, an element, a plug-in.
    pub fn lifecycle_of(&self, owner: OwnerId) -> Option<&Lifecycle> {
        let id = self.lifecycles.owners.get(&owner)?;
        Some(&self.catalog.lifecycles[*id as usize])
    }

    /// The lifecycle of a function that runs for an instance: a component, a hook, a composable.
    pub fn scope_of(&self, function: FnRef) -> Option<&Lifecycle> {
        let id = self.lifecycles.scopes.get(&function)?;
        Some(&self.catalog.lifecycles[*id as usize])
    }

    /// The nearest scope that a function is or stands in.
    pub fn scope_around(&self, function: FnRef) -> Option<(FnRef, &Lifecycle)> {
        self.around(function)
            .find_map(|each| Some((each, self.scope_of(each)?)))
    }

    /// Whether a call in a scope or an owner gives what outlives the instance: a context, an injected service.
    pub fn gives_what_is_shared(&self, call: CallRef) -> bool {
        let Some(name) = self.callee_name(call) else {
            return false;
        };
        let shared = self.catalog.lifecycles.iter().flat_map(|lifecycle| &lifecycle.shared);
        let mut named = shared.filter(|callee| callee.name() == Some(name));
        named.any(|callee| self.matches(callee, call).is_some())
    }

    /// The function of the effect that a line stands in: a callback that its framework runs again, its teardown first.
    pub fn effect_around(&self, function: FnRef) -> Option<FnRef> {
        let is_effect = |each: &FnRef| {
            let passed = self.graph.passed(*each).iter();
            let mut runs = passed.flat_map(|&(call, position)| self.runs_of(call, position));
            let mut attributes = self.graph.attributes(*each).iter();
            runs.any(|(run, _)| run.per == Per::Activation)
                || attributes.any(|&attribute| {
                    let run = self.runs_of_attribute(attribute);
                    run.is_some_and(|run| run.per == Per::Activation)
                })
        };
        self.around(function).find(is_effect)
    }

    /// The calls that register a teardown, with the place of the function.
    fn hooks(&self) -> impl Iterator<Item = &(Callee, Place)> {
        self.catalog.lifecycles.iter().flat_map(|lifecycle| {
            let activations = lifecycle.activations.iter().flat_map(|activation| &activation.hooks);
            lifecycle.hooks.iter().chain(activations)
        })
    }

    /// Whether a call has its framework call what an argument gives when the instance ends.
    pub fn registers_for_the_end(&self, call: CallRef, arg: ExprRef) -> bool {
        let Some(name) = self.callee_name(call) else {
            return false;
        };
        let mut hooks = self.hooks().filter(|(hook, _)| hook.name() == Some(name));
        hooks.any(|(hook, place)| self.place_exprs(call, place).contains(&arg) && self.matches(hook, call).is_some())
    }

    /// Whether an effect has a teardown: it gives back what may be a function, or hands one to what registers it. What an
    /// `async` effect gives is a promise, which nobody calls.
    pub fn has_teardown(&self, effect: FnRef) -> bool {
        let registers = |call: CallRef| {
            let callee = self.path(call.with(self.call(call).callee));
            let given = self.argument(call, 0).map(|given| self.functions_in(given));
            let is_given = matches!(callee.root, Root::Param(of, _) if of == effect && callee.is_root());
            given.is_some_and(|given| !given.is_empty())
                && (is_given || self.hooks().any(|(hook, _)| self.matches(hook, call).is_some()))
        };
        self.function(effect).ops.iter().any(|op| match *op {
            Op::Return(Some(value)) => !self.function(effect).is_async && self.may_end(effect.with(value)),
            Op::Call(call) => registers(effect.with(call)),
            _ => false,
        })
    }

    /// Whether a value may be a teardown: a function, an object with methods, or what is not known.
    fn may_end(&self, value: ExprRef) -> bool {
        let is_plain = |expr: ExprRef| {
            matches!(
                self.expr(expr),
                Expr::Literal(_)
                    | Expr::Template(_)
                    | Expr::Unary { .. }
                    | Expr::Binary { .. }
                    | Expr::Array(_)
                    | Expr::Jsx { .. }
            )
        };
        let paths = self.possible(value);
        let mut ways = paths.iter().filter(|path| !matches!(path.root, Root::Choice(_)));
        ways.any(|path| match path.root {
            Root::Text(_) | Root::Number(_) | Root::Bool(_) | Root::Nullish => !path.is_root(),
            Root::Opaque(at) | Root::Object(at) => !is_plain(at),
            _ => true,
        })
    }

    /// Whether an effect gives a promise: what that brings is called by nobody.
    pub fn is_async_effect(&self, function: FnRef) -> bool {
        self.function(function).is_async && self.effect_around(function) == Some(function)
    }

    /// Whether a framework may run a method many times in the life of one object.
    pub fn is_run_again(&self, method: FnRef) -> bool {
        let Some((owner, false)) = self.owners.of_function(method) else {
            return false;
        };
        let (Some(lifecycle), Some(name)) = (self.lifecycle_of(owner), self.function_name(method)) else {
            return false;
        };
        lifecycle.rerun.iter().any(|each| **each == *name)
            || self.is_setter_with(method, |decorator| {
                lifecycle
                    .rerun_setters
                    .iter()
                    .any(|export| self.is_export(decorator, export))
            })
    }

    /// Whether a method is a setter with one of the decorators, on itself or on its getter.
    fn is_setter_with(&self, method: FnRef, is_wanted: impl Fn(ExprRef) -> bool) -> bool {
        let Some(class) = self.function(method).class else {
            return false;
        };
        let facts = self.facts(method.file);
        let members = &facts.class(class).members;
        let setter = members
            .iter()
            .find(|member| matches!(member.kind, MemberKind::Setter(id) if id == method.id));
        setter.is_some_and(|setter| {
            let same = members.iter().filter(|member| member.name == setter.name);
            same.flat_map(|member| &member.decorators).any(|&decorator| {
                is_wanted(match *facts.expr(decorator) {
                    Expr::Call(call) => method.with(facts.call(call).callee),
                    _ => method.with(decorator),
                })
            })
        })
    }

    /// Whether a method ends an owner's life because its framework calls it then.
    pub fn is_lifecycle_teardown(&self, owner: OwnerId, name: &str) -> bool {
        self.lifecycle_of(owner)
            .is_some_and(|lifecycle| lifecycle.teardown.iter().any(|each| **each == *name))
    }

    /// Whether a function stands in a method that is named like a hook and never called: a slip of the pen.
    pub fn is_in_misnamed_hook(&self, function: FnRef) -> bool {
        let Some(lifecycle) = self.owner_around(function).and_then(|owner| self.lifecycle_of(owner)) else {
            return false;
        };
        let mut names = self.around(function).filter_map(|each| self.function_name(each));
        !lifecycle.near.is_empty() && names.any(|name| lifecycle.near.iter().any(|near| **near == *name))
    }

    /// Whether a scope registers something for its end: `onBeforeUnmount(stop)`.
    pub fn registers_teardown(&self, scope: FnRef, lifecycle: &Lifecycle) -> bool {
        let within = |function: FnRef| self.is_within(function, scope);
        let facts = self.facts(scope.file);
        (0..facts.calls.len()).any(|index| {
            let call = scope.with(CallId(index as u32));
            within(self.calling(call))
                && lifecycle
                    .hooks
                    .iter()
                    .any(|(callee, _)| self.matches(callee, call).is_some())
        })
    }
}
