//! Callbacks that hand the thing on when they run: `client.once('ready', () => resolve(client))`.

use crate::facts::body::{How, Op};

use super::super::effects::Invoked;
use super::super::path::{CallRef, FnRef, Root};
use super::run::Run;

impl Run<'_, '_, '_> {
    /// Whether a callback that is not part of the graph gives the thing to a settle call, to a callback of the caller or to
    /// something it makes: from then on somebody else has it. One that releases it too is followed instead.
    pub(super) fn hands_on(&self, call: CallRef, callback: FnRef) -> bool {
        let project = self.project;
        if !matches!(project.invoked(call), Invoked::Nothing) || self.mentions_release(callback) {
            return false;
        }
        let hands = |call: CallRef| {
            let fact = project.call(call);
            let callee = project.path(call.with(fact.callee));
            let is_given = matches!(callee.root, Root::Param(..)) && callee.is_root();
            (is_given || fact.how == How::New || project.is_local_settle(call))
                && fact
                    .args
                    .iter()
                    .any(|&arg| project.holds_item(&self.items, call.with(arg)))
        };
        project.nested(callback).any(|function| {
            let ops = project.function(function).ops.iter();
            ops.into_iter()
                .any(|op| matches!(*op, Op::Call(call) if hands(function.with(call))))
        })
    }
}
