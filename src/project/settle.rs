//! Settle groups: callbacks that settle one promise must each release what the others hold.

use crate::catalog::effect::Resource;
use crate::facts::body::Op;

use super::Project;
use super::acquisition::Acquisition;
use super::duty::{Engine, Missed, Release};
use super::effects::Invoked;
use super::path::{CallRef, FnRef, Path, Root};
use super::value::Match;

/// Links of a promise chain that are followed.
const MAX_LINKS: usize = 16;

/// A promise executor and the ways its promise is settled.
pub struct SettleGroup {
    pub executor: FnRef,
    /// `resolve` and `reject`.
    pub settlers: Vec<Path>,
    /// Functions that settle in their own body.
    pub functions: Vec<FnRef>,
    /// Calls that are handed `resolve` or `reject` itself as a callback.
    pub direct: Vec<CallRef>,
}

impl Project<'_> {
    /// The settle group of the executor in which a function stands.
    pub fn settle_group(&self, function: FnRef) -> Option<SettleGroup> {
        let executor = self.around(function).find(|&each| self.is_executor(each))?;
        let settlers: Vec<Path> = (0..self.function(executor).params.len() as u16)
            .map(|index| self.param_path(executor, index))
            .collect();
        let mut group = SettleGroup {
            executor,
            settlers,
            functions: Vec::new(),
            direct: Vec::new(),
        };
        for each in self.nested(executor) {
            for op in &self.function(each).ops {
                let Op::Call(call) = *op else { continue };
                let call = each.with(call);
                if self.settles(&group, call) {
                    if !group.functions.contains(&each) {
                        group.functions.push(each);
                    }
                } else if self
                    .call(call)
                    .args
                    .iter()
                    .any(|&arg| self.is_settler(&group, &self.path(call.with(arg))))
                    && self.callees(call).is_empty()
                {
                    group.direct.push(call);
                }
            }
        }
        Some(group)
    }

    /// Whether a function is given to `new Promise`.
    pub fn is_executor(&self, function: FnRef) -> bool {
        self.function(function).argument_of.is_some_and(|(call, _)| matches!(self.invoked(function.with(call)), Invoked::Executor(executor) if executor == function))
    }

    /// Whether a call settles the group's promise.
    pub fn settles(&self, group: &SettleGroup, call: CallRef) -> bool {
        self.is_settler(group, &self.path(call.with(self.call(call).callee)))
    }

    /// Whether a path is the group's `resolve` or `reject`, or one of them bound.
    pub fn is_settler(&self, group: &SettleGroup, path: &Path) -> bool {
        let bound = match path.root {
            Root::Call(bind) if path.is_root() && self.callee_name(bind) == Some("bind") => {
                self.receiver(bind).map(|of| self.path(of))
            }
            _ => None,
        };
        group.settlers.contains(bound.as_ref().unwrap_or(path))
    }
}

impl Engine {
    /// Whether every way of settling the promise releases an acquisition made in its executor; `None` if nothing else settles it.
    pub fn release_on_settle(
        &mut self,
        project: &Project<'_>,
        acquisition: &Acquisition<'_>,
        group: &SettleGroup,
    ) -> Option<Release> {
        let own: Vec<FnRef> = project
            .call(acquisition.call)
            .args
            .iter()
            .flat_map(|&arg| project.functions_in(acquisition.call.with(arg)))
            .collect();
        let goes_when_fired = project.goes_when_fired(acquisition);
        let mut missed: Vec<Missed> = Vec::new();
        let mut is_released = false;
        let mut ways = 0;
        for &function in &group.functions {
            let is_own = own.iter().any(|&each| project.is_within(function, each))
                || project.is_only_called_by(function, &own, group.executor);
            if is_own && goes_when_fired || project.is_told_the_end(acquisition, function) {
                continue;
            }
            let mut outcome = self.release_when_settled(project, acquisition, group, function);
            // A handler of a promise may find it released by what runs before it.
            let activation = project.activation_of(function);
            if outcome == Release::Never && !project.is_within(acquisition.function, activation) {
                let before = self.release_when_settled(project, acquisition, group, activation);
                if before == Release::Always {
                    outcome = before;
                }
            }
            if project.is_within(acquisition.function, function) && outcome == Release::Always {
                // It settles before it acquires, or not at all after that.
                continue;
            }
            ways += 1;
            match outcome {
                Release::Always | Release::Escapes(_) => is_released = true,
                Release::Sometimes { missed: some, .. } => {
                    is_released = true;
                    missed.extend(some);
                }
                Release::Never if project.callers_release_first(acquisition, function) => {}
                Release::Never if project.released_down_the_chain(acquisition, function) => is_released = true,
                Release::Never => missed.extend(project.settle_point(group, function)),
            }
        }
        for &call in &group.direct {
            let is_own = call == acquisition.call;
            let inside_own = own.iter().any(|&each| project.is_within(project.calling(call), each));
            // Another timer that settles it, `if (late) setTimeout(reject, ms)`, is no work that ends.
            let is_timer = project
                .acquisition(call)
                .is_some_and(|other| other.resource() == acquisition.resource());
            if is_own || inside_own || is_timer {
                continue;
            }
            ways += 1;
            missed.extend(
                project
                    .op_of(call)
                    .map(|index| Missed::settled(project.calling(call), index as u32)),
            );
        }
        if ways == 0 {
            // Nothing else settles it: a delay, unless it runs against something else.
            let is_loser = acquisition.entry.self_ending && project.is_raced(group.executor);
            return is_loser.then_some(Release::Never);
        }
        missed.retain(|missed| !missed.opaque);
        Some(match (missed.is_empty(), is_released) {
            (true, _) => Release::Always,
            (false, true) => Release::Sometimes { missed, is_released },
            (false, false) => Release::Never,
        })
    }
}

impl Project<'_> {
    /// Whether a function listens for the end of the very emitter the listener is on: both are gone then.
    fn is_told_the_end(&self, acquisition: &Acquisition<'_>, function: FnRef) -> bool {
        let Some(holder) = self.receiver(acquisition.call).map(|of| self.path(of)) else {
            return false;
        };
        acquisition.resource() == Resource::Listener
            && self.graph.passed(function).iter().any(|&(call, _)| {
                call != acquisition.call
                    && self.waits_for_an_end(call)
                    && self.receiver(call).is_some_and(|of| self.path(of) == holder)
            })
    }

    /// Whether a function that settles is a helper all of whose callers release before they call it.
    fn callers_release_first(&self, acquisition: &Acquisition<'_>, function: FnRef) -> bool {
        let callers = self.graph.callers(function);
        let releases = |call: CallRef| self.releases(acquisition, call) != Match::No;
        let leads_to_release = |call: CallRef| {
            releases(call)
                || self.callees(call).into_iter().any(|callee| {
                    let ops = &self.function(callee).ops;
                    ops.iter()
                        .any(|op| matches!(*op, Op::Call(inner) if releases(callee.with(inner))))
                })
        };
        !callers.is_empty()
            && self.graph.passed(function).is_empty()
            && !self.graph.is_mentioned(function)
            && callers.iter().all(|&call| {
                let caller = self.calling(call);
                let before = self.op_of(call).unwrap_or(0);
                self.function(caller).ops[..before]
                    .iter()
                    .any(|op| matches!(*op, Op::Call(earlier) if leads_to_release(caller.with(earlier))))
            })
    }

    /// Whether a function is a handler of a promise chain that releases further down, whatever became of it:
    /// `.then(resolve).finally(() => clearTimeout(timer))`.
    fn released_down_the_chain(&self, acquisition: &Acquisition<'_>, function: FnRef) -> bool {
        let [(link, _)] = *self.graph.passed(function) else {
            return false;
        };
        if !matches!(self.invoked(link), Invoked::Handlers { .. }) || !self.graph.callers(function).is_empty() {
            return false;
        }
        let around = self.calling(link);
        let releases = |function: &FnRef| {
            let ops = &self.function(*function).ops;
            ops.iter()
                .any(|op| matches!(*op, Op::Call(call) if self.releases(acquisition, function.with(call)) != Match::No))
        };
        let calls = self.function(around).ops.iter().filter_map(|op| match *op {
            Op::Call(call) => Some(around.with(call)),
            _ => None,
        });
        // A link stands behind the one that it is called on.
        let mut chain = vec![link];
        for call in calls {
            let Invoked::Handlers { handlers, of } = self.invoked(call) else {
                continue;
            };
            let Root::Call(before) = self.path(of).root else {
                continue;
            };
            if chain.contains(&before) && chain.len() < MAX_LINKS {
                if handlers.finally.functions().iter().any(releases) {
                    return true;
                }
                chain.push(call);
            }
        }
        false
    }

    /// Whether a function runs only when the callbacks of a timer do, or where the executor itself calls it.
    fn is_only_called_by(&self, function: FnRef, own: &[FnRef], executor: FnRef) -> bool {
        let callers = self.graph.callers(function);
        let is_own = |caller: FnRef| own.iter().any(|&each| self.is_within(caller, each));
        function != executor
            && callers.iter().any(|&call| is_own(self.calling(call)))
            && self.graph.passed(function).is_empty()
            && !self.graph.is_mentioned(function)
            && callers.iter().all(|&call| {
                let caller = self.calling(call);
                caller == executor || is_own(caller)
            })
    }

    /// The first operation in which a function settles.
    fn settle_point(&self, group: &SettleGroup, function: FnRef) -> Option<Missed> {
        let ops = &self.function(function).ops;
        let index = ops
            .iter()
            .position(|op| matches!(*op, Op::Call(call) if self.settles(group, function.with(call))))?;
        Some(Missed::settled(function, index as u32))
    }
}
