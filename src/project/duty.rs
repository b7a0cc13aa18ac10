//! The engine: whether an acquired thing is given back on every way out of its activation.
//!
//! One duty at a time runs forward over the graph of its activation. The exits that it reaches while it is live are
//! the missed ones; the way there is the witness.

use rustc_hash::FxHashMap;

use crate::catalog::effect::{End, Resource, Until};
use crate::facts::body::{How, Op};
use crate::facts::expr::Expr;

use super::Project;
use super::acquisition::Acquisition;
use super::cfg::{self, Edge, EdgeKind, Exit, Graph, NodeId, Strength, What};
use super::guard::{self, Guard};
use super::path::{CallRef, ExprRef, FnRef, Path, Root};
use super::settle::SettleGroup;
use super::value::Match;

/// Helpers that are looked into for what they do with the thing.
const MAX_DEPTH: u32 = 4;

/// The state of a duty at a point of a path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum State {
    /// Not acquired yet, or not on this path.
    Absent,
    Live,
    /// Live, and the promise it was acquired for is settled.
    Settled,
    /// Something may release it: a helper on some path, an event that may come.
    Maybe,
    /// Released, or something surely releases it later.
    Released,
    /// Somebody else's now.
    Escaped,
}

/// A way out on which the release is missed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missed {
    pub exit: Exit,
    pub strength: Strength,
    /// Where control leaves: the operation that throws or returns.
    pub leaves: Option<(FnRef, u32)>,
    /// The way goes past a condition that guards the release and is not about the thing.
    pub opaque: bool,
}

/// Whether an acquired thing is given back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Release {
    Always,
    /// On some ways out, not on these.
    Sometimes {
        missed: Vec<Missed>,
        is_released: bool,
    },
    Never,
    Escapes(To),
}

/// Where a duty goes when it leaves its activation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum To {
    /// Returned, or given to the caller's callback.
    Caller,
    /// Stored in a field, a container or a variable that outlives the activation.
    Owner,
    Unknown,
}

/// What happens to a duty at a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Action {
    Nothing,
    Acquire,
    /// The promise of the acquisition is waited for: if it rejects, nothing was acquired.
    Confirm,
    Release(CallRef),
    /// May release it, or surely does later.
    Arm {
        must: bool,
    },
    Escape(To),
    /// Handed to a function of which nothing is known.
    Unknown,
    /// The promise of the settle group is settled.
    Settle,
}

impl Missed {
    /// A settling call before which the release is missed.
    pub fn settled(function: FnRef, index: u32) -> Self {
        Self {
            exit: Exit::Return,
            strength: Strength::Strong,
            leaves: Some((function, index)),
            opaque: false,
        }
    }
}

/// The outcome of a run, before it is judged.
#[derive(Default)]
struct Outcome {
    missed: Vec<Missed>,
    maybe: bool,
    escaped: Option<To>,
    /// A live duty was released, or armed to be.
    discharged: bool,
    unknown: bool,
    returns_released: bool,
}

/// Runs duties; remembers the graphs it built.
#[derive(Default)]
pub struct Engine {
    graphs: FxHashMap<FnRef, std::rc::Rc<Graph>>,
}

impl Engine {
    /// The graph of a function's activation, built once.
    pub fn graph(&mut self, project: &Project<'_>, function: FnRef) -> std::rc::Rc<Graph> {
        self.graphs
            .entry(function)
            .or_insert_with(|| std::rc::Rc::new(cfg::build(project, function)))
            .clone()
    }

    /// Whether the acquisition is released on the ways out of its activation.
    pub fn release(&mut self, project: &Project<'_>, acquisition: &Acquisition<'_>) -> Release {
        self.release_in(project, acquisition, project.activation_of(acquisition.function))
    }

    /// As [`Self::release`], over the activation of a function around the acquisition's.
    pub fn release_in(&mut self, project: &Project<'_>, acquisition: &Acquisition<'_>, root: FnRef) -> Release {
        let mut run = Run {
            engine: self,
            project,
            acquisition,
            items: acquisition.items.to_vec(),
            entry_live: acquisition.at_entry && root == acquisition.function,
            root,
            depth: 0,
            group: None,
            missed_later: Vec::new(),
        };
        let outcome = run.run(root);
        outcome.judge()
    }

    /// As [`Self::release`], for a callback that is entered while the duty is live and settles a promise: only ways on
    /// which it settles count.
    pub fn release_when_settled(
        &mut self,
        project: &Project<'_>,
        acquisition: &Acquisition<'_>,
        group: &SettleGroup,
        callback: FnRef,
    ) -> Release {
        // What stands around the acquisition is entered before it.
        let entry_live = !project.is_within(acquisition.function, callback);
        let mut run = Run {
            engine: self,
            project,
            acquisition,
            items: acquisition.items.to_vec(),
            entry_live,
            root: callback,
            depth: 1,
            group: Some(group),
            missed_later: Vec::new(),
        };
        run.run(callback).judge()
    }
}

impl Outcome {
    fn judge(self) -> Release {
        let released = self.discharged || self.returns_released;
        if self.missed.is_empty() {
            return match self.escaped {
                Some(to) if !released => Release::Escapes(to),
                _ if self.unknown && !released => Release::Escapes(To::Unknown),
                _ => Release::Always,
            };
        }
        if released {
            return Release::Sometimes {
                missed: self.missed,
                is_released: true,
            };
        }
        match self.escaped {
            // It is handed on where all goes well: the error path still owns it.
            Some(to @ (To::Owner | To::Unknown)) => Release::Escapes(to),
            Some(To::Caller) => Release::Sometimes {
                missed: self.missed,
                is_released: false,
            },
            None if self.unknown => Release::Escapes(To::Unknown),
            None if self.maybe => Release::Sometimes {
                missed: self
                    .missed
                    .into_iter()
                    .map(|missed| Missed { opaque: true, ..missed })
                    .collect(),
                is_released: false,
            },
            None => Release::Never,
        }
    }
}

impl Project<'_> {
    /// The outermost function whose graph contains a callback's body.
    pub fn activation_of(&self, function: FnRef) -> FnRef {
        let mut current = function;
        while let Some((call, _)) = self.function(current).argument_of {
            let call = current.with(call);
            let inlined = match self.invoked(call) {
                super::effects::Invoked::Now { .. } | super::effects::Invoked::Handlers { .. } => true,
                super::effects::Invoked::Executor(_) | super::effects::Invoked::Nothing => false,
            };
            match self.function(current).parent {
                Some(parent) if inlined => current = current.with(parent),
                _ => break,
            }
        }
        current
    }
}

struct Run<'r, 'p, 'a> {
    engine: &'r mut Engine,
    project: &'p Project<'a>,
    acquisition: &'r Acquisition<'r>,
    items: Vec<Path>,
    /// The duty is live where the function is entered.
    entry_live: bool,
    /// The activation that the duty belongs to.
    root: FnRef,
    depth: u32,
    /// Where set, only exits behind a settling call count.
    group: Option<&'r SettleGroup>,
    /// Ways out of continuations (callbacks that run once, when the work is done) that miss the release.
    missed_later: Vec<Missed>,
}

/// What a search goes over: a graph with what each node does, and what is known of its tests.
struct Terrain<'g> {
    graph: &'g Graph,
    /// What happens at each node.
    actions: Vec<Action>,
    /// The tests around the acquisition.
    guards: Vec<Guard>,
    /// What is truthy where nothing was acquired.
    absent: Vec<Path>,
    /// The tests around releases that are not about the thing.
    release_guards: Vec<Guard>,
}

/// A point of the search: a node, and the state in which it is entered.
type Point = (NodeId, State);

impl Run<'_, '_, '_> {
    fn run(&mut self, function: FnRef) -> Outcome {
        let graph = self.engine.graph(self.project, function);
        let mut outcome = Outcome::default();
        if graph.overflow {
            outcome.unknown = true;
            return outcome;
        }
        let guards = self.acquisition_guards();
        let absent = self.acquisition.absent_if(self.project).to_vec();
        let actions: Vec<Action> = graph.ids().map(|id| self.action(graph.node(id).what)).collect();
        let release_guards = self.release_guards(&graph, &actions, &guards);
        let terrain = Terrain {
            graph: &graph,
            actions,
            guards,
            absent,
            release_guards,
        };
        // First without the unlikely throws, then with them: what only they reach is a weak miss.
        for limit in [Strength::Strong, Strength::Weak] {
            let found = self.search(&terrain, limit, &mut outcome);
            for missed in found {
                if !outcome
                    .missed
                    .iter()
                    .any(|known| known.leaves == missed.leaves && known.exit == missed.exit)
                {
                    outcome.missed.push(missed);
                }
            }
        }
        outcome.missed.append(&mut self.missed_later);
        outcome
    }

    fn search(&self, terrain: &Terrain<'_>, limit: Strength, outcome: &mut Outcome) -> Vec<Missed> {
        let Terrain {
            graph,
            actions,
            guards,
            absent,
            ..
        } = terrain;
        let start: Point = (graph.entry, if self.entry_live { State::Live } else { State::Absent });
        let mut came: FxHashMap<Point, Option<(Point, Edge)>> = FxHashMap::default();
        let mut queue = std::collections::VecDeque::from([start]);
        came.insert(start, None);
        let mut missed = Vec::new();
        while let Some(point @ (id, state)) = queue.pop_front() {
            let node = graph.node(id);
            if let What::Exit(exit) = node.what {
                match state {
                    State::Live | State::Maybe if self.group.is_some() => {}
                    State::Live | State::Maybe | State::Settled => {
                        missed.push(self.missed(terrain, &came, point, exit, limit))
                    }
                    State::Released => outcome.returns_released = true,
                    State::Absent | State::Escaped => {}
                }
                continue;
            }
            let after = self.apply(actions[id.index()], state, outcome);
            for edge in &node.edges {
                let next = match edge.kind {
                    EdgeKind::Throw(strength) | EdgeKind::Reject(strength) if strength < limit => continue,
                    // Acquiring that throws acquires nothing; releasing that throws has released.
                    EdgeKind::Throw(_) | EdgeKind::Reject(_) if actions[id.index()] == Action::Acquire => state,
                    EdgeKind::Throw(_) | EdgeKind::Reject(_) if actions[id.index()] == Action::Confirm => State::Absent,
                    EdgeKind::Branch { test, taken } if after != State::Absent => {
                        match self.through(test, taken, after, guards, absent) {
                            Some(state) => state,
                            None => continue,
                        }
                    }
                    _ => after,
                };
                let next = (edge.to, next);
                if let std::collections::hash_map::Entry::Vacant(vacant) = came.entry(next) {
                    vacant.insert(Some((point, *edge)));
                    queue.push_back(next);
                }
            }
        }
        missed
    }

    fn apply(&self, action: Action, state: State, outcome: &mut Outcome) -> State {
        match (action, state) {
            (Action::Acquire, _) => State::Live,
            (Action::Unknown, state) => {
                outcome.unknown |= state == State::Live;
                state
            }
            (Action::Nothing | Action::Confirm, state) => state,
            (Action::Settle, State::Live) => State::Settled,
            (Action::Settle, state) => state,
            (_, State::Absent) => State::Absent,
            (Action::Release(_) | Action::Arm { must: true }, _) => {
                outcome.discharged = true;
                State::Released
            }
            (Action::Arm { must: false }, State::Live) => {
                outcome.maybe = true;
                State::Maybe
            }
            (Action::Escape(to), State::Live | State::Maybe | State::Settled) => {
                outcome.escaped.get_or_insert(to);
                State::Escaped
            }
            (Action::Arm { .. } | Action::Escape(_), state) => state,
        }
    }

    /// The state behind a test, `None` if a live duty cannot get there.
    fn through(&self, test: ExprRef, taken: bool, state: State, guards: &[Guard], absent: &[Path]) -> Option<State> {
        if !matches!(state, State::Live | State::Maybe | State::Settled) {
            return Some(state);
        }
        let project = self.project;
        let is_item = |expr: ExprRef| project.is_one_of(&self.items, expr) != Match::No;
        if guard::contradicts(project, test, taken, true, &is_item) {
            return None;
        }
        let is_error = |expr: ExprRef| absent.contains(&project.path(expr));
        if guard::contradicts(project, test, taken, false, &is_error) {
            return None;
        }
        (!guard::excluded(project, test, taken, guards)).then_some(state)
    }

    fn missed(
        &self,
        terrain: &Terrain<'_>,
        came: &FxHashMap<Point, Option<(Point, Edge)>>,
        at: Point,
        exit: Exit,
        limit: Strength,
    ) -> Missed {
        let mut leaves = None;
        let mut opaque = at.1 == State::Maybe;
        let mut point = at;
        let mut first_throw = None;
        while let Some(Some((before, edge))) = came.get(&point) {
            if matches!(before.1, State::Absent) && matches!(point.1, State::Absent) {
                break;
            }
            if let What::Op { function, index } = terrain.graph.node(before.0).what {
                let op = self.project.function(function).ops[index as usize];
                match edge.kind {
                    EdgeKind::Throw(_) | EdgeKind::Reject(_) => first_throw = Some((function, index)),
                    EdgeKind::Branch { test, taken } => {
                        opaque |= terrain
                            .release_guards
                            .iter()
                            .any(|guard| guard.test == test && guard.taken != taken);
                    }
                    EdgeKind::Next => {
                        let settles = point.1 == State::Settled && before.1 != State::Settled;
                        if settles {
                            leaves = Some((function, index));
                            first_throw = None;
                        } else if leaves.is_none() && matches!(op, Op::Return(_) | Op::Throw(_) | Op::Yield(_)) {
                            leaves = Some((function, index));
                        }
                    }
                }
            }
            point = *before;
        }
        Missed {
            exit,
            strength: limit,
            leaves: first_throw.or(leaves),
            opaque,
        }
    }

    /// The conditions under which the acquisition runs.
    fn acquisition_guards(&self) -> Vec<Guard> {
        match self.project.op_of(self.acquisition.call) {
            Some(index) => guard::guards_of(self.project, self.project.calling(self.acquisition.call), index),
            None => Vec::new(),
        }
    }

    /// The conditions around releases that are not around the acquisition and do not speak of the thing.
    fn release_guards(&self, graph: &Graph, actions: &[Action], acquisition: &[Guard]) -> Vec<Guard> {
        let mut found = Vec::new();
        for id in graph.ids() {
            let (Action::Release(_) | Action::Arm { .. }, What::Op { function, index }) =
                (actions[id.index()], graph.node(id).what)
            else {
                continue;
            };
            for guard in guard::guards_of(self.project, function, index as usize) {
                if !acquisition.contains(&guard) && !found.contains(&guard) {
                    found.push(guard);
                }
            }
        }
        found
    }

    fn action(&mut self, what: What) -> Action {
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
                    Op::Store { to, value } => self.store_action(function.with(to), function.with(value)),
                    Op::Return(Some(value)) | Op::Yield(value) => {
                        if self.carries(function.with(value)) {
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

    /// Whether an expression is the promise that the acquiring call gave.
    fn is_the_promise(&self, expr: ExprRef) -> bool {
        self.project.path(expr) == Path::root(Root::Call(self.acquisition.call))
    }

    /// A store into something that lives on hands the thing over; into a local object it does not matter yet.
    fn store_action(&self, to: ExprRef, value: ExprRef) -> Action {
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
    fn carries(&self, value: ExprRef) -> bool {
        self.project.holds_item(&self.items, value)
            || self.is_disposer(value)
            || self
                .functions_within(value)
                .into_iter()
                .any(|function| self.mentions_release(function))
    }

    fn is_disposer(&self, value: ExprRef) -> bool {
        let disposers = self.project.disposers(self.acquisition);
        self.project.is_one_of(&disposers, value) != Match::No
    }

    /// Functions that a value is or contains in an object or array literal.
    fn functions_within(&self, value: ExprRef) -> Vec<FnRef> {
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
    fn mentions_release(&self, closure: FnRef) -> bool {
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

    fn call_action(&mut self, call: CallRef) -> Action {
        let project = self.project;
        if call == self.acquisition.call {
            return if self.acquisition.at_entry {
                Action::Nothing
            } else {
                Action::Acquire
            };
        }
        if project.releases_items(self.acquisition, &self.items, call) != Match::No {
            return Action::Release(call);
        }
        if matches!(project.invoked(call), super::effects::Invoked::Handlers { of, .. } if self.is_the_promise(of)) {
            return Action::Confirm;
        }
        if self.group.is_some_and(|group| project.settles(group, call)) {
            return Action::Settle;
        }
        if let Some(action) = self.through_functions(call) {
            return action;
        }
        self.through_arguments(call)
    }

    /// A helper of the project that is given the thing, or a closure that sees it.
    fn through_functions(&mut self, call: CallRef) -> Option<Action> {
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
                Release::Sometimes { missed, .. }
                    if missed
                        .iter()
                        .all(|missed| missed.strength == Strength::Weak || missed.exit == Exit::Throw) =>
                {
                    Action::Release(call)
                }
                Release::Sometimes { .. } => Action::Arm { must: false },
                // It comes back in the result, perhaps in other clothes.
                Release::Escapes(To::Caller)
                    if !constructs && project.call(call).used != crate::facts::body::Used::Dropped =>
                {
                    Action::Escape(To::Unknown)
                }
                Release::Escapes(To::Caller) | Release::Never if !constructs => continue,
                Release::Escapes(to) => Action::Escape(to),
                Release::Never => continue,
            };
            return Some(action);
        }
        None
    }

    /// Closures of the activation, and methods that reach the thing through a field, may release it.
    fn sees_the_thing(&self, callee: FnRef) -> bool {
        self.mentions_release(callee) || self.calls_release(callee, 0)
    }

    fn calls_release(&self, function: FnRef, depth: u32) -> bool {
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
    fn through_arguments(&mut self, call: CallRef) -> Action {
        let project = self.project;
        let known = !project.callees(call).is_empty();
        let mut action = Action::Nothing;
        for (position, &arg) in project.call(call).args.iter().enumerate() {
            let arg = call.with(arg);
            if project.holds_item(&self.items, arg) || self.is_disposer(arg) {
                if known && !project.call(call).args.is_empty() && project.is_one_of(&self.items, arg) != Match::No {
                    continue;
                }
                return self.handed_over(call, arg);
            }
            for callback in project.functions_in(arg) {
                if project.is_within(callback, self.root) && self.mentions_release(callback) {
                    action = self.callback_action(call, position, callback, action);
                }
            }
        }
        action
    }

    fn handed_over(&self, call: CallRef, arg: ExprRef) -> Action {
        let project = self.project;
        if project.leaves(call) == super::effects::Leaves::Returns
            && project.callees(call).is_empty()
            && project
                .receiver(call)
                .is_some_and(|of| matches!(project.expr(of), Expr::Global(_)))
        {
            // Printed or computed with, not kept.
            return Action::Nothing;
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
        if matches!(project.callee_name(call), Some("push" | "add" | "set" | "unshift"))
            && project.receiver(call).is_some()
        {
            return Action::Escape(To::Owner);
        }
        // The library's own calls borrow what they do not say they take.
        if project.is_of_library(call, self.acquisition.entry.library) {
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
    fn callback_action(&mut self, call: CallRef, position: usize, callback: FnRef, known: Action) -> Action {
        let project = self.project;
        match project.invoked(call) {
            super::effects::Invoked::Nothing => {}
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

    /// The last argument of a call on the thing itself, or an error-first callback: it is called once, when the work is done.
    fn is_continuation(&self, call: CallRef, position: usize) -> bool {
        let project = self.project;
        position + 1 == project.call(call).args.len()
            && (project
                .receiver(call)
                .is_some_and(|of| project.is_one_of(&self.items, of) != Match::No)
                || project.is_error_first(call, position))
    }
}

impl Project<'_> {
    /// Whether a call settles the promise or callback that the activation was made for: `resolve(x)`, `cb(null, x)`.
    pub fn is_local_settle(&self, call: CallRef) -> bool {
        let callee = self.path(call.with(self.call(call).callee));
        match callee.root {
            Root::Param(function, _) if callee.is_root() => {
                self.function(function).argument_of.is_some() || self.function(function).params.len() > 1
            }
            _ => false,
        }
    }

    /// Whether a call is one of a library's own, by the package its callee comes from.
    pub fn is_of_library(&self, call: CallRef, library: usize) -> bool {
        let mut at = call;
        for _ in 0..8 {
            let path = self.path(at.with(self.call(at).callee));
            match path.root {
                Root::Package(module) => {
                    let packages = &self.catalog.libraries[library].packages;
                    let module = self.text(module);
                    return packages.iter().any(|package| {
                        module == &**package
                            || module
                                .strip_prefix(&**package)
                                .is_some_and(|rest| rest.starts_with('/'))
                    });
                }
                Root::Call(inner) if inner != at => at = inner,
                _ => return false,
            }
        }
        false
    }

    /// Whether a callback's first parameter is an error: the call fires it once, when its work is done.
    pub fn is_error_first(&self, call: CallRef, position: usize) -> bool {
        let Some(arg) = self.argument(call, position) else {
            return false;
        };
        self.functions_in(arg).into_iter().any(|callback| {
            let facts = self.facts(callback.file);
            let first = self.function(callback).params.first().and_then(|param| param.binding);
            first.is_some_and(|first| {
                matches!(
                    facts.name(facts.binding(first).name),
                    "err" | "error" | "e" | "_err" | "er"
                )
            })
        })
    }

    /// Whether a registered callback surely fires before what it waits on is garbage: terminal events, timers.
    pub fn fires_surely(&self, call: CallRef) -> bool {
        let is_timeout = self.callee_name(call).is_some_and(|name| {
            self.catalog
                .acquires_named(name)
                .any(|entry| entry.resource == Resource::Timeout && self.matches(&entry.callee, call).is_some())
        });
        is_timeout || self.waits_for_an_end(call)
    }

    /// Whether a call registers a listener for an event that ends its emitter's life.
    pub fn waits_for_an_end(&self, call: CallRef) -> bool {
        let Some(name) = self.callee_name(call) else {
            return false;
        };
        for entry in self.catalog.acquires_named(name) {
            if self.matches(&entry.callee, call).is_none() || !self.holds(&entry.when, call) {
                continue;
            }
            if entry.resource == Resource::Listener
                && let Some(event) = entry.key.get(1).and_then(|part| self.key_expr(call, part))
                && let Root::Text(event) = self.path(event).root
            {
                let event = self.text(event);
                let typed = self.receiver(call).map(|of| self.types_of(of)).unwrap_or_default();
                let terminal = typed.iter().any(|&(ty, _)| match ty {
                    super::typing::Ty::Catalog(key) => self.catalog.is_terminal(key, event),
                    super::typing::Ty::Owner(owner) => self
                        .catalog_types(owner)
                        .iter()
                        .any(|&(key, _)| self.catalog.is_terminal(key, event)),
                });
                return terminal
                    || matches!(
                        event,
                        "close" | "finish" | "end" | "exit" | "abort" | "disposed" | "disconnect" | "disconnected"
                    );
            }
        }
        false
    }
}
