//! What happens to a duty at one node: it is released, handed on, or surely released later.

use crate::catalog::effect::{End, Resource, Until};
use crate::facts::body::{How, Op};
use crate::facts::expr::Expr;

use super::super::cfg::{Exit, Strength, What};
use super::super::path::{CallRef, ExprRef, FnRef, Path, Root, Step};
use super::super::value::Match;

use super::run::Run;
use super::{Action, Missed, Release, To};

/// Helpers that are looked into for what they do with the thing.
const MAX_DEPTH: u32 = 4;

impl Run<'_, '_, '_> {
    pub(super) fn action(&mut self, what: What) -> Action {
        let project = self.project;
        match what {
            What::Op { function, index } => {
                let op = project.function(function).ops[index as usize];
                match op {
                    Op::Call(call) => self.call_action(function.with(call)),
                    Op::Assign { to, value, .. } => {
                        let outer = !project.is_within(
                            function.with(project.facts(function.file).binding(to).function),
                            self.root,
                        );
                        if outer && self.depth == 0 && self.carries(function.with(value)) {
                            Action::Escape(To::Owner)
                        } else {
                            Action::Nothing
                        }
                    }
                    Op::Await(of) if self.is_the_promise(function.with(of)) => Action::Confirm,
                    Op::Await(of) if self.is_of_failing(function.with(of)) => Action::Doubt,
                    Op::LoopItem { of, .. } if self.is_iterated(function.with(of)) => {
                        Action::Release(self.acquisition.call)
                    }
                    Op::Store { to, value } => self.store_action(function.with(to), function.with(value)),
                    Op::Return(Some(value)) | Op::Yield(value) => {
                        if self.carries(function.with(value)) && !project.is_async_effect(function) {
                            Action::Escape(To::Caller)
                        } else {
                            Action::Nothing
                        }
                    }
                    _ => Action::Nothing,
                }
            }
            What::Dispose { function, binding } => {
                let values = &project.facts(function.file).binding(binding).values;
                match values
                    .iter()
                    .any(|&value| project.is_one_of(&self.items, function.with(value)) != Match::No)
                {
                    true => Action::Release(self.acquisition.call),
                    false => Action::Nothing,
                }
            }
            What::Enter { function, call } => {
                // The callback is given the thing here.
                let given =
                    self.acquisition.at_entry && call == self.acquisition.call && function == self.acquisition.function;
                if given { Action::Acquire } else { Action::Nothing }
            }
            What::Entry | What::Join | What::Exit(_) => Action::Nothing,
        }
    }

    /// Whether an expression is the promise that the acquiring call gave, or one that activated the thing.
    pub(super) fn is_the_promise(&self, expr: ExprRef) -> bool {
        let path = self.project.path(expr);
        match path.root {
            Root::Call(call) if path.is_root() => call == self.acquisition.call || self.activates(call),
            // The promise of the item in a property: `getDocument(…).promise`.
            Root::Call(call) if call == self.acquisition.call => self.items.contains(&path.step(Step::Awaited, expr)),
            // `await (fast ? a() : open())`
            Root::Choice(_) if path.is_root() => {
                let acquiring = Path::root(Root::Call(self.acquisition.call));
                self.project.possible_of(path).contains(&acquiring)
            }
            _ => false,
        }
    }

    /// Whether an expression is the promise of a call on the thing that rejects only where the thing is gone.
    fn is_of_failing(&self, expr: ExprRef) -> bool {
        let path = self.project.path(expr);
        matches!(path.root, Root::Call(call) if path.is_root() && self.project.ends_by_failing(self.acquisition, &self.items, call))
    }

    /// Whether a call on the thing makes it hold what it was made for.
    fn activates(&self, call: CallRef) -> bool {
        self.project.activates(self.acquisition, &self.items, call)
    }

    /// Whether a loop over a value ends the thing: over itself, or over the part that whoever reads takes over.
    fn is_iterated(&self, of: ExprRef) -> bool {
        let project = self.project;
        let ends = &self.acquisition.entry.ends;
        ends.iter().any(|end| matches!(end, End::Iterate(_))) && project.is_one_of(&self.items, of) != Match::No
            || project.holds_part(self.acquisition, &self.items, of)
    }

    /// A store into something that lives on hands the thing over; into a local object it does not matter yet.
    pub(super) fn store_action(&self, to: ExprRef, value: ExprRef) -> Action {
        let project = self.project;
        if !self.carries(value) {
            return Action::Nothing;
        }
        let (Expr::Member { object, .. } | Expr::Element { object, .. }) = *project.expr(to) else {
            return Action::Nothing;
        };
        if project.is_one_of(&self.items, to.with(object)) != Match::No {
            return Action::Nothing;
        }
        Action::Escape(To::Owner)
    }

    /// Whether a value is the thing, contains it, or is a function that can release it.
    pub(super) fn carries(&self, value: ExprRef) -> bool {
        self.project.holds_item(&self.items, value)
            || self.project.holds_part(self.acquisition, &self.items, value)
            || self.is_disposer(value)
            || self
                .functions_within(value)
                .into_iter()
                .any(|function| self.mentions_release(function))
    }

    pub(super) fn is_disposer(&self, value: ExprRef) -> bool {
        let disposers = self.project.disposers(self.acquisition);
        self.project.is_one_of(&disposers, value) != Match::No
    }

    /// Functions that a value is or contains in an object or array literal.
    pub(super) fn functions_within(&self, value: ExprRef) -> Vec<FnRef> {
        let project = self.project;
        let mut found: Vec<FnRef> = project.functions_in(value).to_vec();
        if let Root::Object(literal) = project.path(value).root
            && let Expr::Object(properties) = project.expr(literal)
        {
            for property in properties {
                if let crate::facts::expr::Property::Field { value, .. } = property {
                    found.extend(project.functions_in(literal.with(*value)));
                }
            }
        }
        found
    }

    /// Whether a closure (or one in it) contains a call that releases the thing.
    pub(super) fn mentions_release(&self, closure: FnRef) -> bool {
        let project = self.project;
        project.nested(closure).any(|function| {
            project.function(function).ops.iter().any(|op| match *op {
                Op::Call(call) => {
                    project.releases_items(self.acquisition, &self.items, function.with(call)) != Match::No
                }
                _ => false,
            })
        })
    }

    pub(super) fn call_action(&mut self, call: CallRef) -> Action {
        let project = self.project;
        if call == self.acquisition.call {
            return match self.acquisition.at_entry {
                true => Action::Nothing,
                false if self.acquisition.entry.activated_by.is_empty() => Action::Acquire,
                false => Action::Make,
            };
        }
        if project.releases_items(self.acquisition, &self.items, call) != Match::No {
            return Action::Release(call);
        }
        if self.activates(call) {
            // What is called when it works may hand it on: `client.connect((error) => callback(error, client))`.
            return match self.through_arguments(call) {
                handed @ Action::Escape(_) => handed,
                _ => Action::Activate,
            };
        }
        if self.reads_part(call) {
            return Action::Release(call);
        }
        if project.is_bound_release(self.acquisition, call) {
            return Action::Escape(To::Unknown);
        }
        if matches!(project.invoked(call), super::super::effects::Invoked::Handlers { of, .. } if self.is_the_promise(of))
        {
            return Action::Confirm;
        }
        if matches!(project.invoked(call), super::super::effects::Invoked::Handlers { of, .. } if self.is_of_failing(of))
        {
            return Action::Doubt;
        }
        if self.group.is_some_and(|group| project.settles(group, call)) {
            return Action::Settle;
        }
        if let Some(action) = self.through_functions(call) {
            return action;
        }
        self.through_arguments(call)
    }

    /// Whether a call is made on, or given, the part of the thing that whoever reads takes over.
    fn reads_part(&self, call: CallRef) -> bool {
        let project = self.project;
        let is_part = |expr: ExprRef| project.holds_part(self.acquisition, &self.items, expr);
        project.receiver(call).is_some_and(is_part)
            || project.call(call).args.iter().any(|&arg| is_part(call.with(arg)))
    }

    /// A helper of the project that is given the thing, or a closure that sees it.
    pub(super) fn through_functions(&mut self, call: CallRef) -> Option<Action> {
        let project = self.project;
        if self.depth >= MAX_DEPTH {
            return None;
        }
        let root = self.root;
        for callee in project.callees(call) {
            let args = project.call(call).args.len();
            let given = (0..args).find(|&index| {
                project
                    .argument(call, index)
                    .is_some_and(|arg| project.is_one_of(&self.items, arg) != Match::No)
            });
            let items = match given {
                Some(index) if self.is_one_of_the_rest(callee, index) => return Some(Action::Escape(To::Unknown)),
                Some(index) => vec![project.param_path(callee, index as u16)],
                None if callee != root && self.sees_the_thing(callee) => self.items.clone(),
                None => continue,
            };
            let constructs = project.call(call).how == How::New;
            let mut run = Run {
                engine: self.engine,
                project,
                acquisition: self.acquisition,
                items,
                entry_live: true,
                root: self.root,
                depth: self.depth + 1,
                group: None,
                missed_later: Vec::new(),
            };
            let outcome = run.run(callee);
            let action = match outcome.judge() {
                Release::Always => Action::Release(call),
                Release::Sometimes { missed, .. } if missed.iter().all(|missed| missed.strength == Strength::Weak) => {
                    Action::Release(call)
                }
                Release::Sometimes { missed, .. } if missed.iter().all(|missed| missed.exit == Exit::Throw) => {
                    Action::ReleaseOnReturn
                }
                Release::Sometimes { .. } => Action::Arm { must: false },
                // It comes back in the result, perhaps in other clothes.
                Release::Escapes(To::Caller)
                    if !constructs && project.call(call).used != crate::facts::body::Used::Dropped =>
                {
                    Action::Escape(To::Unknown)
                }
                Release::Escapes(To::Caller) if !constructs => continue,
                Release::Never if !constructs && !given.is_some_and(|index| self.is_captured(callee, index)) => {
                    continue;
                }
                Release::Escapes(to) => Action::Escape(to),
                // A closure in the helper keeps it.
                Release::Never if given.is_some_and(|index| self.is_captured(callee, index)) => Action::Unknown,
                Release::Never => continue,
            };
            return Some(action);
        }
        None
    }

    /// Whether a helper takes its n-th argument in a list: what becomes of the list's elements is not followed.
    fn is_one_of_the_rest(&self, helper: FnRef, argument: usize) -> bool {
        let params = &self.project.function(helper).params;
        let is_rest = params.last().is_some_and(|last| last.is_rest) && argument + 1 >= params.len();
        is_rest && self.acquisition.resource() != Resource::Connection
    }

    /// Whether a closure in a helper captures its n-th parameter; a connection is used in closures as a matter of course.
    fn is_captured(&self, helper: FnRef, parameter: usize) -> bool {
        let project = self.project;
        if self.acquisition.resource() == Resource::Connection {
            return false;
        }
        let binding = project
            .function(helper)
            .params
            .get(parameter)
            .and_then(|param| param.binding);
        binding.is_some_and(|binding| {
            project.nested(helper).any(|closure| {
                project.activation_of(closure) != helper && project.function(closure).captures.contains(&binding)
            })
        })
    }

    /// Closures of the activation, and methods that reach the thing through a field, may release it.
    pub(super) fn sees_the_thing(&self, callee: FnRef) -> bool {
        self.mentions_release(callee) || self.calls_release(callee, 0)
    }

    pub(super) fn calls_release(&self, function: FnRef, depth: u32) -> bool {
        let project = self.project;
        depth < 2
            && project.function(function).ops.iter().any(|op| match *op {
                Op::Call(call) => project.callees(function.with(call)).into_iter().any(|callee| {
                    callee != function && (self.mentions_release(callee) || self.calls_release(callee, depth + 1))
                }),
                _ => false,
            })
    }

    /// What handing the thing, or a closure that sees it, to a call of which the project has no body does.
    pub(super) fn through_arguments(&mut self, call: CallRef) -> Action {
        let project = self.project;
        let known = !project.callees(call).is_empty();
        let mut action = Action::Nothing;
        for (position, &arg) in project.call(call).args.iter().enumerate() {
            let arg = call.with(arg);
            if project.holds_item(&self.items, arg) || self.is_disposer(arg) {
                if known && !project.call(call).args.is_empty() && project.is_one_of(&self.items, arg) != Match::No {
                    continue;
                }
                match self.handed_over(call, arg) {
                    // Borrowed: a callback beside it may release it.
                    Action::Nothing => continue,
                    handed => return handed,
                }
            }
            for callback in project.functions_in(arg) {
                if project.is_within(callback, self.root) && self.hands_on(call, callback) {
                    return Action::Escape(To::Unknown);
                }
                let releases = || self.mentions_release(callback) || self.calls_release(callback, 0);
                if project.is_within(callback, self.root) && releases() {
                    action = self.callback_action(call, position, callback, action);
                }
            }
        }
        action
    }

    pub(super) fn handed_over(&self, call: CallRef, arg: ExprRef) -> Action {
        let project = self.project;
        if project.leaves(call) == super::super::effects::Leaves::Returns
            && project.callees(call).is_empty()
            && project
                .receiver(call)
                .is_some_and(|of| matches!(project.expr(of), Expr::Global(_)))
        {
            // Printed or computed with, not kept.
            return Action::Nothing;
        }
        // `onDestroy(rows.subscribe(…))`: the framework calls it in the end.
        if project.registers_for_the_end(call, arg) {
            return Action::Escape(To::Unknown);
        }
        if let Some(name) = project.callee_name(call) {
            let taken = project
                .catalog
                .takes_named(name)
                .find(|takes| project.matches(&takes.callee, call).is_some());
            if let Some(takes) = taken {
                return match takes.until {
                    Until::Always | Until::Success | Until::Settled => Action::Escape(To::Unknown),
                };
            }
        }
        let callee = project.path(call.with(project.call(call).callee));
        let is_parameter = matches!(callee.root, Root::Param(..)) && callee.is_root();
        if is_parameter || project.is_local_settle(call) {
            return Action::Escape(To::Caller);
        }
        if project.call(call).how == How::New {
            return Action::Escape(To::Unknown);
        }
        // Added to a container or an owner's bag.
        if project.puts_into(call) {
            return Action::Escape(project.goes_with_its_list(call));
        }
        // The library's own calls borrow what they do not say they take.
        let entry = &self.acquisition.entry;
        if project.is_of_library(call, entry.library) || project.is_of_module(call, &entry.callee) {
            return Action::Nothing;
        }
        // The releasing function itself is handed over to be called.
        let is_callable = self
            .acquisition
            .entry
            .ends
            .iter()
            .any(|end| matches!(end, End::Invoke(_)));
        if is_callable && project.fires_surely(call) {
            return Action::Arm { must: true };
        }
        if self.is_disposer(arg) && project.is_one_of(&self.items, arg) == Match::No {
            return Action::Escape(To::Unknown);
        }
        Action::Unknown
    }

    /// A closure that releases the thing, handed to a call: it arms the release if it surely runs.
    pub(super) fn callback_action(&mut self, call: CallRef, position: usize, callback: FnRef, known: Action) -> Action {
        let project = self.project;
        match project.invoked(call) {
            super::super::effects::Invoked::Nothing => {}
            // Part of the graph: its own operations count.
            _ => return known,
        }
        if self.depth >= MAX_DEPTH || call == self.acquisition.call && self.acquisition.entry.self_ending {
            return Action::Arm { must: false };
        }
        let acquisition = self.acquisition;
        let mut run = Run {
            engine: self.engine,
            project,
            acquisition,
            items: self.items.clone(),
            entry_live: true,
            root: self.root,
            depth: self.depth + 1,
            group: None,
            missed_later: Vec::new(),
        };
        let outcome = run.run(callback).judge();
        let is_continuation = self.is_continuation(call, position);
        let must = match outcome {
            Release::Always => is_continuation || project.fires_surely(call),
            Release::Sometimes { missed, .. } => {
                let strong: Vec<Missed> = missed
                    .into_iter()
                    .filter(|missed| missed.strength == Strength::Strong && !missed.opaque)
                    .collect();
                let clean = strong.is_empty();
                if is_continuation {
                    self.missed_later.extend(strong);
                }
                is_continuation || clean && project.fires_surely(call)
            }
            Release::Never | Release::Escapes(_) => false,
        };
        Action::Arm { must }
    }

    /// The last argument of a call on the thing itself, or a callback that is told of errors: it is called once, when the
    /// work is done.
    pub(super) fn is_continuation(&self, call: CallRef, position: usize) -> bool {
        let project = self.project;
        // An event may come any number of times, or never.
        let is_listener = project
            .acquisition(call)
            .is_some_and(|found| found.resource() == crate::catalog::effect::Resource::Listener);
        let is_it = |expr| project.is_one_of(&self.items, expr) != Match::No;
        // `fs.fstat(fd, …)`: the library that gave the thing works on it.
        let works_on_it = || {
            let entry = &self.acquisition.entry;
            project.call(call).args.iter().any(|&arg| is_it(call.with(arg)))
                && (project.is_of_library(call, entry.library) || project.is_of_module(call, &entry.callee))
        };
        position + 1 == project.call(call).args.len()
            && !is_listener
            && (project.receiver(call).is_some_and(is_it) || works_on_it() || project.is_error_first(call, position))
    }
}
