//! Waits that are given up: an entry that only an answer takes out stays when a timer or a signal settles the promise instead.
//!
//! `pending.set(id, resolve); setTimeout(() => reject(new Error("late")), ms)`, and `pending.delete(id)` where answers arrive.

use crate::catalog::effect::Resource;
use crate::diagnostic::Label;
use crate::facts::body::Op;
use crate::facts::expr::{Expr, Property};

use super::container_use::{ContainerUse, Form, GrowthSite, Removal, Removed};
use super::growth::Judge;
use super::path::{ExprRef, FnRef, Root};
use super::settle::SettleGroup;

/// Calls between what gives up and what settles.
const MAX_DEPTH: u32 = 3;
/// Places that a finding names at most.
const MAX_NAMED: usize = 3;

impl Judge<'_, '_> {
    /// Where a wait is given up and its entry left behind; `None` if that is not so, or not sure.
    pub(super) fn abandoned(&self, usage: &ContainerUse, site: &GrowthSite) -> Option<Vec<Label>> {
        let project = self.project;
        let group = project.settle_group(site.function)?;
        let outer = project.outermost(group.executor);
        let Form::Keyed(key) = site.form else { return None };
        let is_elsewhere = |removal: &Removal| {
            let is_by_caller = || {
                let mut callers = project.graph.callers(outer).iter();
                callers.any(|&call| project.outermost(project.calling(call)) == project.outermost(removal.function))
            };
            matches!(removal.what, Removed::One(Some(_)))
                && project.outermost(removal.function) != outer
                && !is_by_caller()
        };
        let is_answered = usage
            .removals
            .iter()
            .filter(|removal| !self.is_only_at_the_end(removal))
            .all(is_elsewhere);
        if !is_answered || usage.removals.is_empty() || !self.keeps_settler(&group, site) {
            return None;
        }
        let given_up = project.nested(group.executor).filter(|&each| {
            project.gives_up(&group, each)
                && !usage
                    .removals
                    .iter()
                    .any(|removal| project.is_reached_from(removal.function, each))
                && !project.hands_on_key(each, key)
        });
        let labels: Vec<Label> = given_up
            .take(MAX_NAMED)
            .map(|each| {
                let place = project.place(each.file, project.function(each).head);
                Label::new(place, "this gives up the wait, and the entry stays")
            })
            .collect();
        (!labels.is_empty()).then_some(labels)
    }

    /// Whether what is added can settle the promise: it holds `resolve`, or a function that settles.
    fn keeps_settler(&self, group: &SettleGroup, site: &GrowthSite) -> bool {
        let project = self.project;
        let added = match site.call {
            Some(call) => project.argument(call, 1),
            None => match project.function(site.function).ops[site.index] {
                Op::Store { value, .. } => Some(site.function.with(value)),
                _ => None,
            },
        };
        added.is_some_and(|added| project.holds_settler(group, added, 0))
    }
}

impl super::Project<'_> {
    fn holds_settler(&self, group: &SettleGroup, value: ExprRef, depth: u32) -> bool {
        let path = self.path(value);
        let settles = |function: FnRef| self.nested(function).any(|each| self.leads_to_settling(group, each, 0));
        if self.is_settler(group, &path) || self.functions_in(value).into_iter().any(settles) {
            return true;
        }
        match path.root {
            Root::Object(literal) if depth < MAX_DEPTH => match self.expr(literal) {
                Expr::Object(properties) => properties.iter().any(|property| match *property {
                    Property::Field { value, .. } => self.holds_settler(group, literal.with(value), depth + 1),
                    _ => false,
                }),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a function is the callback of a timer, or of a signal that tells to stop, and settles the promise.
    fn gives_up(&self, group: &SettleGroup, function: FnRef) -> bool {
        let is_end = self.graph.passed(function).iter().any(|&(call, _)| {
            self.acquisition(call).is_some_and(|waiting| match waiting.resource() {
                Resource::Timeout => true,
                Resource::Listener => self.receiver(call).is_some_and(|of| self.is_made_to_be_shared(of)),
                _ => false,
            })
        });
        is_end && self.leads_to_settling(group, function, 0)
    }

    /// Whether a function settles the promise, itself or through what it calls.
    fn leads_to_settling(&self, group: &SettleGroup, function: FnRef, depth: u32) -> bool {
        group.functions.contains(&function)
            || depth < MAX_DEPTH
                && self.function(function).ops.iter().any(|op| match *op {
                    Op::Call(call) => self
                        .callees(function.with(call))
                        .into_iter()
                        .any(|callee| callee != function && self.leads_to_settling(group, callee, depth + 1)),
                    _ => false,
                })
    }

    /// Whether a function tells the key to code that is not in view, which may take the entry out.
    fn hands_on_key(&self, function: FnRef, key: ExprRef) -> bool {
        let key = self.path(key);
        self.nested(function).any(|each| {
            self.function(each).ops.iter().any(|op| match *op {
                Op::Call(call) => {
                    let call = each.with(call);
                    self.callees(call).is_empty()
                        && self.call(call).args.iter().any(|&arg| self.path(call.with(arg)) == key)
                }
                _ => false,
            })
        })
    }
}
