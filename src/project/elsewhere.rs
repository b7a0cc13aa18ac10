//! Releases outside the activation: in another method of the owner, in a closure beside it, in the module.

use std::rc::Rc;

use crate::catalog::effect::End;
use crate::catalog::pattern::Callee;
use crate::diagnostic::FileId;
use crate::facts::body::Op;
use crate::facts::expr::Expr;

use super::Project;
use super::acquisition::Acquisition;
use super::memo::Table;
use super::names::Sym;
use super::path::{CallRef, ExprRef, FnRef, OwnerId, Root};
use super::value::Match;
use super::words;

/// Functions that a teardown calls, and those that they call, which still belong to it.
const MAX_TEARDOWN_DEPTH: u32 = 4;

/// What the code around an activation does with what it acquired.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Elsewhere {
    /// These calls outside the activation release it, or may.
    Released(Vec<CallRef>),
    Nothing,
}

/// An owner, if there is one, and the file in which a function of it stands.
type Around = (Option<OwnerId>, FileId);

/// The scopes of releases that were asked for.
pub(super) type ReleaseScopes = Table<Around, Rc<[FnRef]>>;

/// The values that an operation stores, binds or returns.
fn carried_values(op: Op) -> Option<crate::facts::ids::ExprId> {
    match op {
        Op::Store { value, .. } | Op::Assign { value, .. } | Op::Return(Some(value)) => Some(value),
        _ => None,
    }
}

impl Project<'_> {
    /// Whether code outside the activation may release the thing.
    pub fn released_elsewhere(&self, acquisition: &Acquisition<'_>) -> Elsewhere {
        let stored = self.stored_names(acquisition);
        let scope = self.release_scope(acquisition.function);
        let ends = &acquisition.entry.ends;
        let is_found_by_callee = stored.is_empty() && !ends.iter().any(|end| matches!(end, End::Invoke(_)));
        let calls = match is_found_by_callee {
            true => self.calls_that_may_end(&acquisition.entry, &scope),
            false => self.calls_in(&scope).collect(),
        };
        let releases = |call: &CallRef| {
            *call != acquisition.call
                && !self.is_in_misnamed_hook(self.calling(*call))
                && (self.releases(acquisition, *call) != Match::No
                    || self.releases_by_name(acquisition, &stored, *call))
        };
        let found: Vec<CallRef> = calls.into_iter().filter(releases).collect();
        debug_assert_eq!(
            found,
            self.calls_in(&scope).filter(releases).collect::<Vec<_>>(),
            "a release has a name that was not looked for"
        );
        if found.is_empty() {
            Elsewhere::Nothing
        } else {
            Elsewhere::Released(found)
        }
    }

    /// The calls of some functions, in the order of the functions and their operations.
    pub(super) fn calls_in(&self, functions: &[FnRef]) -> impl Iterator<Item = CallRef> {
        functions.iter().flat_map(|&function| {
            self.function(function).ops.iter().filter_map(move |op| match *op {
                Op::Call(call) => Some(function.with(call)),
                _ => None,
            })
        })
    }

    /// Every function in which a release of the acquisition could stand, sorted: the owner's and its relatives' methods, else
    /// the file's.
    pub(super) fn release_scope(&self, function: FnRef) -> Rc<[FnRef]> {
        let owner = self.owner_around(function);
        let key = (owner, function.file);
        if let Some(known) = self.memo.release_scopes.get(&key) {
            return known;
        }
        let scope: Rc<[FnRef]> = match owner {
            Some(owner) => self.owner_scope(owner, function).into(),
            None => self.nested(function.with(crate::facts::ids::FnId(0))).collect(),
        };
        self.memo.release_scopes.insert(key, Rc::clone(&scope));
        scope
    }

    fn owner_scope(&self, owner: OwnerId, function: FnRef) -> Vec<FnRef> {
        let mut scope: Vec<FnRef> = Vec::new();
        for each in self.relatives(owner) {
            let owner = self.owners.get(each);
            let methods = owner
                .methods
                .values()
                .chain(owner.statics.values())
                .chain(&owner.constructor)
                .copied();
            for method in methods {
                scope.extend(self.nested(method));
            }
            if let super::owner::OwnerKind::Class(class) = owner.kind {
                let facts = self.facts(class.file);
                let accessors = facts
                    .functions
                    .iter()
                    .enumerate()
                    .filter(|(_, each)| each.class == Some(class.id));
                scope.extend(accessors.map(|(index, _)| class.with(crate::facts::ids::FnId(index as u32))));
            }
        }
        // Closures beside the owner, in the same file.
        scope.extend(self.nested(function.with(crate::facts::ids::FnId(0))));
        scope.sort();
        scope.dedup();
        scope
    }

    /// The owner with its bases and subclasses.
    pub fn relatives(&self, owner: OwnerId) -> Vec<OwnerId> {
        let mut found = self.bases(owner).into_vec();
        found.extend(self.subclasses(owner));
        found
    }

    /// The names of fields and variables that the thing is stored in.
    fn stored_names(&self, acquisition: &Acquisition<'_>) -> Vec<Sym> {
        let mut found = Vec::new();
        if acquisition.items.is_empty() {
            return found;
        }
        for function in self.nested(self.outermost(acquisition.function)) {
            for op in &self.function(function).ops {
                if let Some(value) = carried_values(*op) {
                    self.property_names(&acquisition.items, function.with(value), &mut found);
                }
                match *op {
                    Op::Store { to, value } if self.holds_item(&acquisition.items, function.with(value)) => {
                        if let Expr::Member { name, .. } = *self.expr(function.with(to)) {
                            found.push(self.sym(function.file, name));
                        }
                        if let Expr::Element { object, .. } = *self.expr(function.with(to)) {
                            found.extend(self.last_name(function.with(object)));
                        }
                    }
                    Op::Assign { to, value, .. }
                        if self.outlives_activation(function, to, acquisition.function)
                            && self.holds_item(&acquisition.items, function.with(value)) =>
                    {
                        found.push(self.sym(function.file, self.facts(function.file).binding(to).name));
                    }
                    Op::Call(call) => {
                        let call = function.with(call);
                        let fills = self.puts_into(call);
                        if fills {
                            for &arg in &self.call(call).args {
                                self.property_names(&acquisition.items, call.with(arg), &mut found);
                            }
                        }
                        if fills
                            && self
                                .call(call)
                                .args
                                .iter()
                                .any(|&arg| self.holds_item(&acquisition.items, call.with(arg)))
                        {
                            found.extend(self.receiver(call).and_then(|of| self.last_name(of)));
                        }
                    }
                    _ => {}
                }
            }
        }
        found
    }

    /// The names of properties that hold the thing in an object literal: `{ id, timer: setTimeout(…) }`.
    fn property_names(&self, items: &[super::path::Path], value: ExprRef, found: &mut Vec<Sym>) {
        let Expr::Object(properties) = self.expr(value) else {
            return;
        };
        for property in properties {
            if let crate::facts::expr::Property::Field { name, value: held } = *property {
                let held = value.with(held);
                match self.expr(held) {
                    Expr::Object(_) => self.property_names(items, held, found),
                    _ if self.holds_item(items, held) => found.push(self.sym(value.file, name)),
                    _ => {}
                }
            }
        }
    }

    /// Whether a variable is declared outside an activation.
    fn outlives_activation(&self, function: FnRef, variable: crate::facts::ids::BindingId, activation: FnRef) -> bool {
        let declared = function.with(self.facts(function.file).binding(variable).function);
        !self.is_within(declared, activation)
    }

    /// The function around a function that stands in the module, itself if it does or is it.
    pub(super) fn outermost(&self, function: FnRef) -> FnRef {
        self.around(function)
            .take_while(|&each| !self.is_module(each))
            .last()
            .unwrap_or(function)
    }

    fn last_name(&self, expr: ExprRef) -> Option<Sym> {
        match *self.expr(expr) {
            Expr::Member { name, .. } => Some(self.sym(expr.file, name)),
            Expr::Binding(binding) => Some(self.sym(expr.file, self.facts(expr.file).binding(binding).name)),
            // `(this.all ??= []).push(…)`
            Expr::Logical { left, .. } => self.last_name(expr.with(left)),
            _ => None,
        }
    }

    /// A releasing call on something that is reached under a name the thing was stored in: another path to it, perhaps.
    fn releases_by_name(&self, acquisition: &Acquisition<'_>, stored: &[Sym], call: CallRef) -> bool {
        if stored.is_empty() || !self.may_share_fields(acquisition.function, self.calling(call)) {
            return false;
        }
        let mentions = |expr: ExprRef| self.mentions_name(expr, stored, 0) || self.may_be_field(expr, stored);
        let name = self.callee_name(call);
        let releasing = acquisition.entry.ends.iter().any(|end| match end {
            crate::catalog::effect::End::Call { callee, .. } => match callee {
                crate::catalog::pattern::Callee::Export(export) => export.members.last().map(|last| &**last) == name,
                crate::catalog::pattern::Callee::Method { name: method, .. }
                | crate::catalog::pattern::Callee::Shape { name: method } => Some(&**method) == name,
                _ => false,
            },
            crate::catalog::effect::End::Invoke(_) => mentions(call.with(self.call(call).callee)),
            _ => false,
        });
        if !releasing && self.call(call).how == crate::facts::body::How::Call {
            return self.helper_releases(acquisition, stored, call)
                || self.ends_a_list(acquisition, call, &mentions)
                || self.releases_each(acquisition, call, &mentions);
        }
        releasing
            && (self.receiver(call).is_some_and(mentions)
                || self.call(call).args.iter().any(|&arg| mentions(call.with(arg)))
                || mentions(call.with(self.call(call).callee)))
    }

    /// Whether a call named for an end is given the list that a subscription is kept in: `disposeAll(this.disposables)`.
    fn ends_a_list(&self, acquisition: &Acquisition<'_>, call: CallRef, mentions: &dyn Fn(ExprRef) -> bool) -> bool {
        acquisition.resource() == crate::catalog::effect::Resource::Subscription
            && self.callee_name(call).is_some_and(words::mentions_teardown)
            && self.call(call).args.iter().any(|&arg| mentions(call.with(arg)))
    }

    /// `this.timers.forEach(clearInterval)`: the releasing function itself is handed to a method of the list.
    fn releases_each(&self, acquisition: &Acquisition<'_>, call: CallRef, mentions: &dyn Fn(ExprRef) -> bool) -> bool {
        let is_release = |arg: ExprRef| {
            acquisition.entry.ends.iter().any(
                |end| matches!(end, End::Call { callee: Callee::Export(export), .. } if self.is_export(arg, export)),
            )
        };
        self.receiver(call).is_some_and(mentions) && self.call(call).args.iter().any(|&arg| is_release(call.with(arg)))
    }

    /// Whether a function of the project is given what is kept under one of the names, and releases that parameter.
    fn helper_releases(&self, acquisition: &Acquisition<'_>, stored: &[Sym], call: CallRef) -> bool {
        let given = (0..self.call(call).args.len()).filter(|&index| {
            self.argument(call, index)
                .is_some_and(|arg| self.mentions_name(arg, stored, 0))
        });
        given.into_iter().any(|index| {
            self.callees(call).into_iter().any(|callee| {
                let param = [self.param_path(callee, index as u16)];
                // What acquires for its caller clears the one before.
                !self.is_within(acquisition.origin.1, callee)
                    && self.nested(callee).any(|function| {
                        self.function(function).ops.iter().any(|op| {
                            matches!(*op, Op::Call(inner) if self.releases_items(acquisition, &param, function.with(inner)) != Match::No)
                        })
                    })
            })
        })
    }

    /// Whether `this[name]` may be a field of one of the names: any, but where `name` is one of a list of constants.
    fn may_be_field(&self, expr: ExprRef, names: &[Sym]) -> bool {
        let expr = match *self.expr(expr) {
            Expr::Cast { value, .. } => expr.with(value),
            _ => expr,
        };
        let Expr::Element { object, key, .. } = *self.expr(expr) else {
            return false;
        };
        if !matches!(self.path(expr.with(object)).root, Root::Instance(_) | Root::This(_)) {
            return false;
        }
        let key = self.path(expr.with(key));
        let Root::Object(list) = key.root else { return true };
        let Expr::Array(elements) = self.expr(list) else {
            return true;
        };
        elements
            .iter()
            .any(|&element| match self.path(list.with(element)).root {
                Root::Text(name) => names.contains(&name),
                _ => true,
            })
    }

    /// Whether two functions can mean the same field by the same name: unless they belong to unrelated owners.
    fn may_share_fields(&self, a: FnRef, b: FnRef) -> bool {
        match (self.owner_around(a), self.owner_around(b)) {
            (Some(a), Some(b)) => self.are_relatives(a, b),
            _ => true,
        }
    }

    /// Whether an expression is, or comes out of, something of one of the names.
    fn mentions_name(&self, expr: ExprRef, names: &[Sym], depth: u32) -> bool {
        if depth > 6 {
            return false;
        }
        match self.expr(expr) {
            Expr::Member { object, name, .. } => {
                names.contains(&self.sym(expr.file, *name)) || self.mentions_name(expr.with(*object), names, depth + 1)
            }
            Expr::Element { object, .. } => self.mentions_name(expr.with(*object), names, depth + 1),
            Expr::Binding(binding) => {
                let facts = self.facts(expr.file);
                let fact = facts.binding(*binding);
                names.contains(&self.sym(expr.file, fact.name))
                    || fact
                        .values
                        .iter()
                        .take(3)
                        .any(|&value| self.mentions_name(expr.with(value), names, depth + 1))
            }
            Expr::Item(of)
            | Expr::Index { of, .. }
            | Expr::Await(of)
            | Expr::Cast { value: of, .. }
            | Expr::Logical { left: of, .. } => self.mentions_name(expr.with(*of), names, depth + 1),
            Expr::Call(call) => {
                let call = expr.with(*call);
                let args = &self.call(call).args;
                self.receiver(call)
                    .is_some_and(|of| self.mentions_name(of, names, depth + 1))
                    || args
                        .iter()
                        .any(|&arg| self.mentions_name(call.with(arg), names, depth + 1))
            }
            Expr::Array(elements) => elements
                .iter()
                .any(|&element| self.mentions_name(expr.with(element), names, depth + 1)),
            Expr::Param { function, .. } => {
                // The element a `forEach` gives, or a library's `each(list, f)`.
                let function = expr.with(*function);
                self.graph.passed(function).iter().any(|&(call, position)| {
                    let args = self.call(call).args.iter().take(usize::from(position));
                    self.receiver(call)
                        .into_iter()
                        .chain(args.map(|&arg| call.with(arg)))
                        .any(|of| self.mentions_name(of, names, depth + 1))
                })
            }
            _ => false,
        }
    }

    /// The method that ends the owner's life, the owner's own or inherited.
    pub fn teardown_of(&self, owner: OwnerId) -> Option<FnRef> {
        self.teardowns_of(owner).first().copied()
    }

    /// The methods that end the owner's life by the name of one, sorted by it, the owner's own and inherited.
    pub fn teardowns_of(&self, owner: OwnerId) -> Vec<FnRef> {
        let mut found: Vec<(&str, FnRef)> = Vec::new();
        let is_end = |name: &str| words::is_teardown(name) || self.is_lifecycle_teardown(owner, name);
        for each in self.bases(owner) {
            let methods = &self.owners.get(each).methods;
            found.extend(
                methods
                    .iter()
                    .filter(|&(&name, _)| is_end(self.text(name)))
                    .map(|(&name, &method)| (self.text(name), method)),
            );
        }
        found.sort();
        found.into_iter().map(|(_, method)| method).collect()
    }

    /// Whether a releasing call belongs to the end of the owner (or module): it stands in a teardown or in what one calls, or in a
    /// callback of a terminal event.
    pub fn belongs_to_an_end(&self, call: CallRef) -> bool {
        let function = self.calling(call);
        let in_end = |function: FnRef| {
            self.function_name(function).is_some_and(words::mentions_teardown)
                || self
                    .graph
                    .passed(function)
                    .iter()
                    .any(|&(call, _)| self.waits_for_an_end(call))
        };
        self.around(function).any(in_end) || self.is_called_from(function, &in_end, 0)
    }

    /// Whether a releasing call may belong to the end: as [`Self::belongs_to_an_end`], or it stands in a closure that is handed
    /// to somebody who may run it then, in a function that goes on to the end, or in one that the end calls to take the thing back.
    pub fn may_belong_to_an_end(&self, call: CallRef) -> bool {
        let function = self.calling(call);
        self.belongs_to_an_end(call)
            || self.around(function).any(|each| self.is_handed_on(each))
            || self.function(function).ops.iter().any(|op| match *op {
                Op::Call(next) => self
                    .callees(function.with(next))
                    .into_iter()
                    .any(|callee| self.function_name(callee).is_some_and(words::is_teardown)),
                _ => false,
            })
    }

    /// Whether a closure is handed to code that may run it at any time, an end included: not to one that registers it for
    /// something else, or runs it as a part of the activation.
    fn is_handed_on(&self, closure: FnRef) -> bool {
        let Some((call, _)) = self.function(closure).argument_of else {
            return self.function(closure).parent.is_some_and(|parent| {
                let parent = closure.with(parent);
                self.function(parent).ops.iter().any(|op| {
                    matches!(*op, Op::Return(Some(value)) if self.path(parent.with(value)).as_function() == Some(closure))
                })
            });
        };
        let call = closure.with(call);
        let runs_here = !matches!(self.invoked(call), super::effects::Invoked::Nothing);
        !runs_here && self.acquisition(call).is_none() && !self.fires_surely(call)
    }

    fn is_called_from(&self, function: FnRef, wanted: &dyn Fn(FnRef) -> bool, depth: u32) -> bool {
        if depth >= MAX_TEARDOWN_DEPTH {
            return false;
        }
        let outer = self.outermost(function);
        let callers = [function, outer]
            .into_iter()
            .flat_map(|each| self.graph.callers(each).iter().copied());
        callers.map(|call| self.calling(call)).any(|caller| {
            caller != function && (self.around(caller).any(wanted) || self.is_called_from(caller, wanted, depth + 1))
        })
    }

    /// An exported function of the file that is named for the end of the module's work.
    pub fn module_teardown(&self, file: crate::diagnostic::FileId) -> Option<FnRef> {
        let exported = self
            .links
            .own_exports(file)
            .filter_map(|(_, value)| self.path(value).as_function());
        let mut ends: Vec<FnRef> = exported
            .filter(|&end| {
                end.file == file
                    && self
                        .function(end)
                        .name
                        .is_some_and(|name| words::is_teardown(self.facts(file).name(name)))
            })
            .collect();
        ends.sort();
        ends.first().copied()
    }

    /// The teardown in the object that a factory function returns: `return { close() { … } }`.
    pub fn factory_teardown(&self, function: FnRef) -> Option<FnRef> {
        let returned = self.function(function).ops.iter().filter_map(|op| match *op {
            Op::Return(Some(value)) => Some(function.with(value)),
            _ => None,
        });
        for value in returned {
            let path = self.path(value);
            let Root::Object(literal) = path.root else { continue };
            let Expr::Object(properties) = self.expr(literal) else {
                continue;
            };
            for property in properties {
                if let crate::facts::expr::Property::Field { name, value } = property
                    && words::is_teardown(self.facts(literal.file).name(*name))
                    && let Some(teardown) = self.path(literal.with(*value)).as_function()
                {
                    return Some(teardown);
                }
            }
        }
        None
    }
}
