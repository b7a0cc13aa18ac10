//! Listeners that lose a race against an event that comes again: `once("drain", resolve); once("error", reject)`.

use crate::facts::body::Op;

use super::super::Project;
use super::super::acquisition::Acquisition;
use super::super::path::{CallRef, Root};
use super::super::settle::SettleGroup;

impl Project<'_> {
    /// Whether a listener settles a promise that another listener on the same emitter settles, when an event comes that comes
    /// again and again: each time that one wins, this one stays. Of several that lose, the first speaks for all.
    pub(super) fn loses_a_race(&self, acquisition: &Acquisition<'_>) -> bool {
        let Some(group) = self.settle_group(acquisition.function) else {
            return false;
        };
        let beside = self.waiting_beside(acquisition, &group);
        let is_won = |&call: &CallRef| self.waits_for_recurring(call);
        let stays = |&call: &CallRef| self.acquisition(call).is_some();
        let first_loser = beside.iter().find(|call| !is_won(call) && stays(call));
        beside.iter().any(is_won) && first_loser == Some(&acquisition.call)
    }

    /// The calls, in order, that let an event of the acquisition's emitter settle the promise.
    fn waiting_beside(&self, acquisition: &Acquisition<'_>, group: &SettleGroup) -> Vec<CallRef> {
        let Some(emitter) = self.receiver(acquisition.call).map(|of| self.path(of)) else {
            return Vec::new();
        };
        let settles = |call: CallRef| {
            self.call(call).args.iter().any(|&arg| {
                let handlers = self.functions_in(call.with(arg));
                self.is_settler(group, &self.path(call.with(arg)))
                    || handlers.iter().any(|each| group.functions.contains(each))
            })
        };
        let ops = &self.function(acquisition.function).ops;
        let calls = ops.iter().filter_map(|op| match *op {
            Op::Call(call) => Some(acquisition.function.with(call)),
            _ => None,
        });
        calls
            .filter(|&call| self.receiver(call).is_some_and(|of| self.path(of) == emitter) && settles(call))
            .collect()
    }

    /// Whether a call listens for an event that comes again and again.
    pub(super) fn waits_for_recurring(&self, call: CallRef) -> bool {
        self.argument(call, 0).is_some_and(
            |event| matches!(self.path(event).root, Root::Text(event) if self.catalog.is_recurring(self.text(event))),
        )
    }
}
