//! One duty's run: a search over the graph for the exits that it reaches while it is live.

use rustc_hash::FxHashMap;

use crate::facts::body::Op;
use crate::facts::expr::Expr;

use super::super::acquisition::Acquisition;
use super::super::cfg::{Edge, EdgeKind, Exit, Graph, NodeId, Strength, What};
use super::super::guard::Guard;
use super::super::path::{ExprRef, FnRef, Path, Root, Step};
use super::super::settle::SettleGroup;
use super::super::value::Match;
use super::super::{Project, guard, words};

use super::{Action, Engine, Missed, Outcome, State};

pub(super) struct Run<'r, 'p, 'a> {
    pub(super) engine: &'r mut Engine,
    pub(super) project: &'p Project<'a>,
    pub(super) acquisition: &'r Acquisition<'r>,
    pub(super) items: Vec<Path>,
    /// The duty is live where the function is entered.
    pub(super) entry_live: bool,
    /// The activation that the duty belongs to.
    pub(super) root: FnRef,
    pub(super) depth: u32,
    /// Where set, only exits behind a settling call count.
    pub(super) group: Option<&'r SettleGroup>,
    /// Ways out of continuations (callbacks that run once, when the work is done) that miss the release.
    pub(super) missed_later: Vec<Missed>,
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
    pub(super) fn run(&mut self, function: FnRef) -> Outcome {
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
        if outcome.discharged && !outcome.released_here {
            self.weaken(&mut outcome.missed);
        }
        outcome.missed.append(&mut self.missed_later);
        outcome
    }

    /// What is kept until some later event is meant to outlive the activation: that a call throws between is no oversight.
    fn weaken(&self, missed: &mut [Missed]) {
        for each in missed {
            let by_call = each.leaves.is_some_and(|(function, index)| {
                matches!(self.project.function(function).ops[index as usize], Op::Call(_))
            });
            if by_call && each.exit == Exit::Throw {
                each.strength = Strength::Weak;
            }
        }
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
                    State::Live | State::Opening | State::Maybe if self.group.is_some() => {}
                    State::Live | State::Opening | State::Maybe | State::Settled => {
                        let found = self.missed(terrain, &came, point, exit, limit);
                        if !self.ends_the_process(&found) {
                            missed.push(found);
                        }
                    }
                    State::Released => outcome.returns_released = true,
                    State::Absent | State::Idle | State::Escaped => {}
                }
                continue;
            }
            let action = actions[id.index()];
            // A loop comes back to the line, and what it took the last time is lost.
            if let (Action::Acquire, State::Live, What::Op { function, index }, true) =
                (action, state, node.what, self.acquisition.resource().is_external())
            {
                missed.push(Missed {
                    exit: Exit::Return,
                    strength: limit,
                    leaves: Some((function, index)),
                    opaque: false,
                    again: true,
                });
            }
            let after = self.apply(action, state, outcome);
            for edge in &node.edges {
                let next = match edge.kind {
                    EdgeKind::Throw(strength) | EdgeKind::Reject(strength) if strength < limit => continue,
                    // Acquiring that throws acquires nothing; releasing that throws has released.
                    EdgeKind::Throw(_) | EdgeKind::Reject(_)
                        if matches!(
                            action,
                            Action::Acquire | Action::Make | Action::Activate | Action::ReleaseOnReturn
                        ) =>
                    {
                        state
                    }
                    EdgeKind::Throw(_) | EdgeKind::Reject(_) if action == Action::Confirm => self.refused(state),
                    EdgeKind::Throw(_) | EdgeKind::Reject(_) if action == Action::Doubt => State::Absent,
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
            (Action::Make, _) => State::Idle,
            (Action::Activate, State::Idle) => State::Opening,
            (Action::Activate, state) => state,
            (Action::Confirm, State::Opening) => State::Live,
            (Action::Unknown, state) => {
                outcome.unknown |= matches!(state, State::Live | State::Opening);
                state
            }
            (Action::Nothing | Action::Confirm | Action::Doubt, state) => state,
            (Action::Settle, State::Live | State::Opening) => State::Settled,
            (Action::Settle, state) => state,
            (_, State::Absent) => State::Absent,
            (Action::Release(_) | Action::ReleaseOnReturn | Action::Arm { must: true }, _) => {
                outcome.discharged = true;
                outcome.released_here |= !matches!(action, Action::Arm { .. });
                State::Released
            }
            (Action::Arm { must: false }, State::Live | State::Opening) => {
                outcome.maybe = true;
                State::Maybe
            }
            (Action::Escape(to), State::Idle | State::Opening | State::Live | State::Maybe | State::Settled) => {
                outcome.escaped.get_or_insert(to);
                State::Escaped
            }
            (Action::Arm { .. } | Action::Escape(_), state) => state,
        }
    }

    /// The state where the promise of the acquisition, or of the activation, rejected.
    fn refused(&self, state: State) -> State {
        match state {
            State::Opening => State::Idle,
            _ if self.acquisition.entry.activated_by.is_empty() => State::Absent,
            // An activation of what was active already.
            _ => state,
        }
    }

    /// The state behind a test, `None` if a live duty cannot get there.
    fn through(&self, test: ExprRef, taken: bool, state: State, guards: &[Guard], absent: &[Path]) -> Option<State> {
        if matches!(state, State::Absent | State::Released | State::Escaped) {
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
        let says_it_is_gone = |expr: ExprRef| self.says_it_is_gone(expr);
        if guard::contradicts(project, test, taken, false, &says_it_is_gone) {
            return None;
        }
        if self.is_released_where(test, taken) {
            return None;
        }
        if taken && self.is_exhausted(test) {
            return Some(State::Absent);
        }
        (!guard::excluded(project, test, taken, guards)).then_some(state)
    }

    /// `if (!socket.destroyed) socket.off(…)`: nothing is left to be given back where the thing, or what holds it, is gone.
    fn says_it_is_gone(&self, test: ExprRef) -> bool {
        let project = self.project;
        let Expr::Member { object, name, .. } = *project.expr(test) else {
            return false;
        };
        let object = test.with(object);
        let holder = project.receiver(self.acquisition.call);
        words::says_gone(project.facts(test.file).name(name))
            && (project.is_one_of(&self.items, object) != Match::No
                || holder.is_some_and(|holder| project.path(holder) == project.path(object)))
    }

    /// `const { done } = await reader.read(); if (done) …`: what was read to its end holds nothing.
    fn is_exhausted(&self, test: ExprRef) -> bool {
        let project = self.project;
        let path = project.path(test);
        match (path.root, path.steps.as_slice()) {
            (Root::Call(call), [Step::Awaited, Step::Field(name)]) => {
                project.text(*name) == "done" && project.ends_by_failing(self.acquisition, &self.items, call)
            }
            _ => false,
        }
    }

    /// `(error) => { if (error) throw error }`: what a callback of Node throws of what it is told, nobody catches.
    fn ends_the_process(&self, missed: &Missed) -> bool {
        let project = self.project;
        let Some((function, index)) = missed.leaves.filter(|_| missed.exit == Exit::Throw) else {
            return false;
        };
        let fact = project.function(function);
        let Op::Throw(thrown) = fact.ops[index as usize] else {
            return false;
        };
        fact.argument_of.is_some()
            && !fact.is_async
            && !project.is_executor(function)
            && project.path(function.with(thrown)) == project.param_path(function, 0)
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
            again: false,
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
            let (Action::Release(_) | Action::ReleaseOnReturn | Action::Arm { .. }, What::Op { function, index }) =
                (actions[id.index()], graph.node(id).what)
            else {
                continue;
            };
            for guard in guard::guards_of(self.project, function, index as usize) {
                let is_known = acquisition.contains(&guard) || found.contains(&guard);
                // Whether the work ended at once or gave a promise: it ends either way.
                if !is_known && !self.project.asks_for_a_promise(guard.test) {
                    found.push(guard);
                }
            }
        }
        found
    }
}
