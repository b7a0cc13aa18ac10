//! How often a line runs in the life of one object, and with how many different listeners.

use crate::catalog::effect::{End, Per, Repeat};
use crate::diagnostic::FileId;
use crate::facts::body::{FunctionKind, How, Op, Used};
use crate::facts::expr::Expr;
use crate::facts::ids::FnId;

use super::super::Project;
use super::super::acquisition::Acquisition;
use super::super::calls::Tier;
use super::super::confidence::Grade;
use super::super::effects::Invoked;
use super::super::path::{ExprRef, FnRef, OwnerId, Path, Root};
use super::super::region::Region;
use super::super::repetition::Repeats;
use super::super::value::Match;
use super::super::{latch, words};

/// Methods that call methods of the same object, which are followed upward.
const MAX_DEPTH: usize = 6;

/// Functions between the component of the whole program and what it begins, and callers of each of them.
const MAX_BEGINNERS: usize = 3;
const MAX_CALLERS: usize = 16;

impl Project<'_> {
    /// Whether everything in view that calls a method does so once in the object's life: where it is made, or right after.
    pub(super) fn is_once_per_instance(&self, function: FnRef) -> bool {
        self.is_once_within(function, &mut Vec::new())
    }

    fn is_once_within(&self, function: FnRef, seen: &mut Vec<FnRef>) -> bool {
        if self.is_constructor(function) {
            return true;
        }
        if seen.contains(&function) || seen.len() >= MAX_DEPTH {
            return false;
        }
        seen.push(function);
        let is_method = self.owners.of_function(function).is_some();
        let callers = self.graph.callers(function);
        let passed = self.graph.passed(function);
        let result = if callers.is_empty() && passed.is_empty() {
            // A closure that nothing in view calls belongs to the function around it.
            let parent = self.function(function).parent.map(|parent| function.with(parent));
            !is_method && parent.is_some_and(|parent| !self.is_module(parent) && self.is_once_within(parent, seen))
        } else {
            callers.iter().all(|&call| {
                let caller = self.calling(call);
                match self.receiver(call).map(|of| (of, self.path(of))) {
                    Some((_, path)) if matches!(path.root, Root::Instance(_) | Root::This(_)) && path.is_root() => {
                        self.is_once_within(caller, seen)
                    }
                    // Made by the caller itself, or for the caller in a field that holds one.
                    Some((of, _)) => matches!(self.region_of(of, caller), Region::Activation),
                    None if is_method => self.call(call).how == How::Super && self.is_once_within(caller, seen),
                    None => self.is_once_within(caller, seen),
                }
            }) && passed.iter().all(|&(call, position)| {
                let runs_once = self.runs_of(call, position).iter().all(|(run, _)| run.per == Per::Once);
                let is_part = !matches!(self.invoked(call), Invoked::Now { repeats: true, .. });
                runs_once && is_part && self.is_once_within(self.calling(call), seen)
            })
        };
        seen.pop();
        result
    }

    /// Whether the listener is gone, or of no more effect, when it has run once: `once`, `{ once: true }`, an event that comes once.
    pub(in super::super) fn goes_when_fired(&self, acquisition: &Acquisition<'_>) -> bool {
        let call = acquisition.call;
        let by_option = acquisition.entry.ends.iter().any(|end| match end {
            End::Once(place) => self
                .place_exprs(call, place)
                .iter()
                .any(|&flag| self.as_bool(flag) == Some(true)),
            _ => false,
        });
        let comes_once = || {
            if self.argument(call, 1).is_none() {
                return false;
            }
            let runs = self.runs_of(call, 1);
            let best = runs.iter().map(|&(_, tier)| tier).min();
            runs.iter()
                .any(|&(run, tier)| Some(tier) == best && run.per == Per::Once)
        };
        acquisition.entry.self_ending || by_option || comes_once()
    }

    /// Whether the listener settles a promise for which nobody waits in the end: one that is raced with others, or, where
    /// the line comes again, one that only some of its function's ways out wait for.
    pub(super) fn may_be_left(&self, acquisition: &Acquisition<'_>, repeats: &Repeats) -> bool {
        let Some(executor) = self.around(acquisition.function).find(|&each| self.is_executor(each)) else {
            return false;
        };
        let Some((promise, _)) = self.function(executor).argument_of else {
            return false;
        };
        let promise = executor.with(promise);
        let maker = self.calling(promise);
        let is_it = |expr: ExprRef| self.path(expr) == Path::root(Root::Call(promise));
        let ops = &self.function(maker).ops;
        let is_raced = ops.iter().any(|op| match *op {
            Op::Call(call) => self.is_race(maker.with(call)) && self.is_racer(maker.with(call), promise),
            _ => false,
        });
        let is_waited_for = || {
            self.call(promise).used == Used::Argument
                || ops.iter().any(|op| match *op {
                    Op::Await(of) | Op::Return(Some(of)) => is_it(maker.with(of)),
                    _ => false,
                })
        };
        is_raced || repeats.is_seen() && !is_waited_for()
    }

    /// Whether the listener takes itself off, itself or by what it calls: it stays until its event has come, whoever returns before.
    pub(super) fn removes_itself(&self, acquisition: &Acquisition<'_>) -> bool {
        self.call(acquisition.call)
            .args
            .iter()
            .flat_map(|&arg| self.functions_in(acquisition.call.with(arg)))
            .any(|handler| self.removes_within(acquisition, handler, 0))
    }

    fn removes_within(&self, acquisition: &Acquisition<'_>, function: FnRef, depth: u32) -> bool {
        self.nested(function).any(|each| {
            self.function(each).ops.iter().any(|op| match *op {
                Op::Call(call) => {
                    let call = each.with(call);
                    // Also by a variable that is given its function later.
                    self.releases(acquisition, call) != Match::No
                        || depth < 2
                            && self
                                .functions_in(call.with(self.call(call).callee))
                                .iter()
                                .any(|&callee| self.removes_within(acquisition, callee, depth + 1))
                }
                _ => false,
            })
        })
    }

    /// `onChange(callback) { this.emitter.on('change', callback) }`: the listener is the caller's, and so is the duty.
    pub(super) fn registers_for_the_caller(&self, acquisition: &Acquisition<'_>, is_shared: bool) -> bool {
        let handler = acquisition
            .entry
            .keeps
            .as_ref()
            .and_then(|place| self.place_exprs(acquisition.call, place).first().copied());
        let Some(path) = handler.map(|handler| self.path(handler)) else {
            return false;
        };
        let function = acquisition.function;
        let is_given = |path: &Path| path.is_root() && matches!(path.root, Root::Param(of, _) if of == function);
        // `(event) => callback(event.data)` is the caller's as well, where it goes with the object; on what outlives
        // all objects nobody can take it off again.
        let calls_what_is_given = |handler: FnRef| {
            self.function(handler).ops.iter().any(|op| match *op {
                Op::Call(call) => is_given(&self.path(handler.with(self.call(handler.with(call)).callee))),
                _ => false,
            })
        };
        let is_the_callers = is_given(&path)
            || !is_shared
                && path
                    .as_function()
                    .is_some_and(|handler| self.is_within(handler, function) && calls_what_is_given(handler));
        let receiver = self.receiver(acquisition.call).map(|of| self.path(of));
        let name = self.callee_name(acquisition.call);
        is_the_callers
            && self.graph.passed(function).is_empty()
            && !self.is_executor(function)
            && self.function(function).ops.iter().all(|op| match *op {
                Op::Call(call) => {
                    let call = function.with(call);
                    self.callee_name(call) == name && self.receiver(call).map(|of| self.path(of)) == receiver
                }
                _ => true,
            })
    }

    /// Whether the listener goes on to somebody who can take it off: it is returned, or kept where the file also removes.
    pub(super) fn hands_on_the_listener(&self, acquisition: &Acquisition<'_>) -> bool {
        let handler = acquisition
            .entry
            .keeps
            .as_ref()
            .and_then(|place| self.place_exprs(acquisition.call, place).first().copied());
        let Some(handler) = handler
            .map(|handler| self.path(handler))
            .filter(|path| path.as_function().is_some())
        else {
            return false;
        };
        let is_it = |expr: ExprRef| self.path(expr) == handler;
        let is_returned = |function: FnRef| {
            let ops = &self.function(function).ops;
            ops.iter()
                .any(|op| matches!(*op, Op::Return(Some(value)) if is_it(function.with(value))))
        };
        let is_kept = |function: FnRef| {
            self.function(function).ops.iter().any(|op| match *op {
                // `this.listeners[name] = listener`; what a field holds is known by the field's name.
                Op::Store { to, value } => {
                    matches!(self.expr(function.with(to)), Expr::Element { .. }) && is_it(function.with(value))
                }
                Op::Call(call) => {
                    let call = function.with(call);
                    self.puts_into(call) && self.call(call).args.iter().any(|&arg| is_it(call.with(arg)))
                }
                _ => false,
            })
        };
        let removes = || {
            self.nested(acquisition.function.with(FnId(0))).any(|function| {
                self.function(function).ops.iter().any(|op| match *op {
                    Op::Call(call) => {
                        let name = self.callee_name(function.with(call));
                        acquisition.entry.ends.iter().any(|end| match end {
                            End::Call { callee, .. } => callee.name().is_some() && callee.name() == name,
                            _ => false,
                        })
                    }
                    _ => false,
                })
            })
        };
        is_returned(acquisition.function) || is_kept(acquisition.function) && removes()
    }

    /// Whether the code around the line ends the holder itself: `stream.destroy()`.
    pub(super) fn ends_holder_here(&self, function: FnRef, holder: ExprRef) -> bool {
        let held = self.path(holder);
        let outer = self.around(function).take_while(|&each| !self.is_module(each)).last();
        outer.is_some_and(|outer| {
            self.nested(outer).any(|each| {
                self.function(each).ops.iter().any(|op| match *op {
                    Op::Call(call) => {
                        let call = each.with(call);
                        self.callee_name(call).is_some_and(words::is_final)
                            && self.receiver(call).is_some_and(|of| self.path(of) == held)
                    }
                    _ => false,
                })
            })
        })
    }

    /// Whether somebody uses what the call gives: on emitters of no known type that may be what takes the listener off.
    pub(super) fn gives_a_disposer(&self, acquisition: &Acquisition<'_>) -> bool {
        let function = acquisition.function;
        acquisition.tier == Tier::Shape
            && match self.call(acquisition.call).used {
                Used::Dropped | Used::AwaitedDropped | Used::Receiver => false,
                // `socket.on('join', () => bus.on(…))`: nobody waits for what a handler returns.
                Used::Returned => !self.graph.passed(function).iter().any(|&(call, position)| {
                    self.runs_of(call, position)
                        .iter()
                        .any(|(run, _)| run.per != Per::Activation)
                }),
                Used::Argument | Used::Value => true,
            }
    }

    /// How sure it is that a line of a component's function leaves something behind: an effect with a teardown misses
    /// this one, but nothing says how many components there are whose effect has none, and what has no teardown at all
    /// may be the program's one.
    pub(super) fn activation_grade(&self, function: FnRef) -> Grade {
        if let Some(effect) = self.effect_around(function) {
            return if self.has_teardown(effect) {
                Grade::First
            } else {
                Grade::Second
            };
        }
        match self.scope_around(function) {
            Some((scope, lifecycle)) => match &lifecycle.body {
                Some(body) if body.has_teardown && !self.registers_teardown(scope, lifecycle) => Grade::Third,
                Some(_) => Grade::Second,
                None => Grade::First,
            },
            None => Grade::First,
        }
    }

    /// Whether everything in view makes one of an owner in the life of the program: behind a guard, at import, at start-up.
    pub(in super::super) fn is_one_of_its_kind(&self, owner: OwnerId) -> bool {
        let name = self.owners.get(owner).name;
        if self.is_one_per_process(owner) || name.is_some_and(|name| words::is_whole_program(self.text(name))) {
            return true;
        }
        let all = std::iter::once(owner).chain(self.subclasses(owner).iter().copied());
        let mut made: Vec<_> = all.flat_map(|each| self.graph.made(each).iter().copied()).collect();
        made.retain(|call| !self.is_test(call.file));
        !made.is_empty()
            && made.iter().all(|&call| {
                let maker = self.calling(call);
                let Some(index) = self.op_of(call) else { return false };
                self.is_module(maker)
                    || self.repeats_at(maker, index) == Repeats::Once
                    || latch::is_idempotent(self, maker, index)
                        && self.owners.of_function(maker).is_none_or(|(_, is_static)| is_static)
            })
    }

    /// Whether a function belongs to a component that is named for the whole program, by itself or by its file: there is one.
    pub(super) fn is_in_the_whole_program(&self, function: FnRef) -> bool {
        let owner = self.owner_around(function);
        let of_owner = owner.and_then(|owner| self.owners.get(owner).name);
        let of_scope = self.scope_around(function).map(|(scope, _)| scope);
        let names = [
            of_owner.map(|name| self.text(name)),
            of_scope.and_then(|scope| self.function_name(scope)),
        ];
        // `MainApp` of `app.jsx`.
        let is_named_in_its_file = |name: &str| name.ends_with("App") && self.is_named_for_the_program(function.file);
        names
            .into_iter()
            .flatten()
            .any(|name| words::is_whole_program(name) || is_named_in_its_file(name))
            || self.is_named_for_the_program(function.file)
                && (of_scope.is_some_and(|scope| self.function_name(scope).is_none())
                    || owner.is_some_and(|owner| self.is_what_its_file_exports(owner)))
    }

    /// Whether a function is called nowhere but where the component of the whole program is set up: once.
    pub(super) fn is_begun_by_the_program(&self, function: FnRef) -> bool {
        self.is_begun_within(function, 0)
    }

    fn is_begun_within(&self, function: FnRef, depth: usize) -> bool {
        let callers = self.graph.callers(function);
        let is_followed = depth < MAX_BEGINNERS && callers.len() <= MAX_CALLERS;
        let mut callers = callers.iter().filter(|call| !self.is_test(call.file)).peekable();
        is_followed
            && self.graph.passed(function).is_empty()
            && self.graph.attributes(function).is_empty()
            && callers.peek().is_some()
            && callers.all(|&call| {
                let caller = self.calling(call);
                self.is_body_of_an_instance(caller) && self.is_in_the_whole_program(caller)
                    || self.is_begun_within(caller, depth + 1)
            })
    }

    fn is_named_for_the_program(&self, file: FileId) -> bool {
        let stem = self.file_path(file).file_stem().and_then(|stem| stem.to_str());
        stem.is_some_and(words::is_whole_program)
    }

    /// Whether an owner is the object that its file is there for: `export default { mounted() {} }`.
    fn is_what_its_file_exports(&self, owner: OwnerId) -> bool {
        let mut exports = self.links.own_exports(self.owners.get(owner).file);
        exports.any(|(name, value)| {
            let is_default = name.is_some_and(|name| self.text(name) == "default");
            let literal = match self.path(value).root {
                Root::Object(literal) => self.owners.of_literal(literal),
                _ => None,
            };
            is_default && literal == Some(owner)
        })
    }

    /// Whether a function stands in an effect that depends on nothing: it runs once in its component's life.
    pub(super) fn is_run_once_in_a_life(&self, function: FnRef) -> bool {
        let effect = self.effect_around(function).and_then(|effect| {
            let (call, _) = self.function(effect).argument_of?;
            Some(effect.with(call))
        });
        effect.is_some_and(|call| match self.argument(call, 1).map(|on| self.path(on).root) {
            Some(Root::Object(list)) => matches!(self.expr(list), Expr::Array(elements) if elements.is_empty()),
            Some(_) => false,
            None => true,
        })
    }

    /// Whether a function is the body of a component or composable that a framework runs once for each instance.
    pub(super) fn is_body_of_an_instance(&self, function: FnRef) -> bool {
        let body = self.scope_of(function).and_then(|lifecycle| lifecycle.body.as_ref());
        body.is_some_and(|body| body.per == Per::Instance)
    }

    /// How often another listener is added: a target that ignores what it has holds one however often the line runs, if the
    /// function is the same each time.
    pub(super) fn repeats_anew(&self, acquisition: &Acquisition<'_>, repeats: Repeats) -> Repeats {
        if acquisition.entry.repeat != Repeat::NoOp || acquisition.origin.0 != acquisition.call {
            return repeats;
        }
        let Some(handler) = acquisition
            .entry
            .keeps
            .as_ref()
            .and_then(|place| self.place_exprs(acquisition.call, place).first().copied())
        else {
            return repeats;
        };
        let path = self.path(handler);
        match path.root {
            Root::Function(of) if path.is_root() => {
                let Some(maker) = self.function(of).parent.map(|parent| of.with(parent)) else {
                    return repeats;
                };
                match self.owners.of_function(of) {
                    Some((owner, false)) if self.function(of).kind != FunctionKind::Arrow => {
                        self.per_instance_of(owner, repeats)
                    }
                    _ if self.is_module(maker) => Repeats::Once,
                    _ if maker == acquisition.function || self.is_within(maker, acquisition.function) => repeats,
                    _ => self.repeats(maker),
                }
            }
            Root::Instance(owner) if path.steps.len() == 1 => self.per_instance_of(owner, repeats),
            Root::Package(_) | Root::Static(_) => Repeats::Once,
            Root::Variable(binding) => {
                let declared = binding.with(self.facts(binding.file).binding(binding.id).function);
                if self.facts(binding.file).binding(binding.id).reassigned > 0 || declared == acquisition.function {
                    repeats
                } else if self.is_module(declared) {
                    Repeats::Once
                } else {
                    self.repeats(declared)
                }
            }
            _ => repeats,
        }
    }

    /// One for each object, as often as objects are made.
    fn per_instance_of(&self, owner: OwnerId, repeats: Repeats) -> Repeats {
        match repeats {
            Repeats::Once => Repeats::Once,
            Repeats::Unknown | Repeats::PerOwner(_) | Repeats::PerCall(_) | Repeats::Often(_) | Repeats::Many(_) => {
                match self.constructor(owner) {
                    Some(constructor) => self.repeats(constructor),
                    None => Repeats::PerOwner(owner),
                }
            }
        }
    }
}
