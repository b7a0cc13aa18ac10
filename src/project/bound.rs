//! Whether what a line adds to a container is taken out again while the container lives.

use crate::diagnostic::Label;
use crate::facts::body::{FunctionKind, Op};
use crate::facts::expr::Expr;

use super::confidence::Grade;
use super::container::ContainerId;
use super::container_use::{ContainerUse, Form, GrowthSite, Removal, Removed};
use super::growth::Judge;
use super::guard;
use super::path::{FnRef, Step};
use super::words;

/// Whether what is added is taken away in time.
pub(super) enum Bound {
    Bounded,
    /// Nothing takes it away while the container lives; how sure that is.
    Unbounded(Grade),
    /// The line's own activation takes it away, if it gets there.
    ByTheLine,
    /// An answer takes it away, and who gives up waiting for one does not: there.
    Abandoned(Vec<Label>),
}

impl Judge<'_, '_> {
    pub(super) fn bound(&self, usage: &ContainerUse, site: &GrowthSite) -> Bound {
        let project = self.project;
        let is_alias = site.is_may && self.is_given_or_own(site);
        if usage.escapes && !is_alias || self.is_loose(site.container) {
            return Bound::Bounded;
        }
        let real: Vec<&Removal> = usage
            .removals
            .iter()
            .filter(|removal| !self.is_only_at_the_end(removal))
            .collect();
        if real.is_empty() {
            // The author empties a module's container when the program ends: whether that is all is not sure.
            let is_field = matches!(site.container, ContainerId::Field(..));
            return Bound::Unbounded(if usage.removals.is_empty() || is_field {
                Grade::First
            } else {
                Grade::Second
            });
        }
        if self.promises_removal(site)
            && real
                .iter()
                .all(|removal| removal.what == Removed::All && self.is_uncalled(removal.function))
        {
            return Bound::Unbounded(Grade::First);
        }
        let activation = project.activation_of(site.function);
        let by_the_line = real.iter().all(|removal| {
            matches!(removal.what, Removed::One(Some(_))) && project.is_within(removal.function, activation)
        });
        if !by_the_line {
            return self.abandoned(usage, site).map_or(Bound::Bounded, Bound::Abandoned);
        }
        if real.iter().any(|removal| self.is_in_an_event(removal, activation)) {
            return Bound::Bounded;
        }
        if real.iter().all(|removal| self.is_only_on_failure(removal)) {
            return Bound::Unbounded(Grade::First);
        }
        let comes_after = real.iter().any(|removal| {
            removal.function != site.function || removal.index > site.index && !self.excludes(site, removal)
        });
        if comes_after && site.call.is_some() {
            Bound::ByTheLine
        } else {
            Bound::Bounded
        }
    }

    /// `setTimeout(() => cache.delete(key), TTL)`, `socket.on('close', () => sockets.delete(socket))`: the entry has an end
    /// of its own, which is not that of the line.
    fn is_in_an_event(&self, removal: &Removal, activation: FnRef) -> bool {
        let project = self.project;
        project
            .around(removal.function)
            .take_while(|&each| each != activation)
            .any(|each| match project.function(each).argument_of {
                Some((call, position)) => !project.runs_of(each.with(call), position).is_empty(),
                // `new TransformStream({ flush() { … } })`: whoever has the object calls it.
                None => project.graph.callers(each).is_empty() && project.owners.object_of(each).is_some(),
            })
    }

    /// `catch (error) { cache.delete(key); throw error; }`: what succeeds stays.
    fn is_only_on_failure(&self, removal: &Removal) -> bool {
        let project = self.project;
        let mut open: Vec<bool> = Vec::new();
        for op in &project.function(removal.function).ops[..removal.index] {
            match op {
                Op::Try => open.push(false),
                Op::Catch(_) | Op::Finally => {
                    if let Some(last) = open.last_mut() {
                        *last = matches!(op, Op::Catch(_));
                    }
                }
                Op::EndTry => {
                    open.pop();
                }
                _ => {}
            }
        }
        let is_handler = project
            .function(removal.function)
            .argument_of
            .is_some_and(|(call, position)| {
                let name = project.callee_name(removal.function.with(call));
                name == Some("catch") || name == Some("then") && position == 1
            });
        open.contains(&true) || is_handler
    }

    /// Whether a removal stands in the other branch of a test around the line.
    fn excludes(&self, site: &GrowthSite, removal: &Removal) -> bool {
        let around = guard::guards_of(self.project, site.function, site.index);
        guard::guards_of(self.project, removal.function, removal.index)
            .iter()
            .any(|each| {
                around
                    .iter()
                    .any(|guard| guard.test == each.test && guard.taken != each.taken)
            })
    }

    /// Somebody empties a field of that name, of an object whose type is not known.
    fn is_loose(&self, id: ContainerId) -> bool {
        matches!(id, ContainerId::Field(_, name) | ContainerId::Static(_, name) if self.uses.loose.contains(&name))
    }

    /// A removal of everything when an object or the program ends.
    pub(super) fn is_only_at_the_end(&self, removal: &Removal) -> bool {
        let is_whole = match removal.what {
            Removed::All => true,
            // `for (const key of map.keys()) map.delete(key)`; one that is named (`delete(this)`, `delete(id)`) is its own end.
            // A loop that takes out some, under a test, is a sweep.
            Removed::One(Some(key)) => {
                guard::guards_of(self.project, removal.function, removal.index).is_empty()
                    && (self.project.path(key).steps.contains(&Step::Element)
                        || matches!(
                            self.project.expr(key),
                            Expr::Item(_) | Expr::Key(_) | Expr::Index { .. }
                        ))
            }
            Removed::One(None) | Removed::Size => false,
        };
        is_whole && self.lives.is_at_the_end(removal.function)
    }

    fn is_uncalled(&self, function: FnRef) -> bool {
        let project = self.project;
        let outer = project.outermost(function);
        project.graph.callers(outer).is_empty()
    }

    /// The function that adds gives back a function that removes something, but not this.
    pub(super) fn promises_removal(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        if !matches!(site.container, ContainerId::Field(..)) {
            return false;
        }
        project.function(site.function).ops.iter().any(|op| match *op {
            Op::Return(Some(value)) => project.functions_in(site.function.with(value)).into_iter().any(|returned| {
                project.is_within(returned, site.function)
                    && project.nested(returned).any(|each| {
                        project.function(each).ops.iter().any(|op| matches!(*op, Op::Call(call) if project.callee_name(each.with(call)).is_some_and(words::mentions_teardown)))
                    })
            }),
            _ => false,
        })
    }

    /// A cache by key in an object that empties it when it is closed: it is meant to live on, and only grows until then.
    pub(super) fn is_cleared_memo(&self, usage: &ContainerUse, site: &GrowthSite) -> bool {
        let Form::Keyed(_) = site.form else { return false };
        let is_cleared = usage.removals.iter().any(|removal| self.is_only_at_the_end(removal));
        is_cleared
            && self.is_asked_before(site)
            && self.project.function(site.function).kind != FunctionKind::Constructor
    }
}
