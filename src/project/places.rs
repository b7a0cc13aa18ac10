//! Where the labels of a call point.

use crate::diagnostic::Place;
use crate::facts::body::How;
use crate::facts::ids::Span;

use super::Project;
use super::path::CallRef;

/// Bytes before a callee's last name that a label still underlines; more is a chain over several lines, mostly.
const MAX_RECEIVER: u32 = 60;

impl Project<'_> {
    /// The callee: `app.use` of `app.use(…)`, its last name alone where what stands before is long.
    pub fn callee_place(&self, call: CallRef) -> Place {
        let name = self.call(call).callee_span;
        let start = self.before_name(call).map_or(name.start, |before| before.start);
        self.place(call.file, Span::new(start, name.end))
    }

    /// What the callee's last name is a member of: `app` of `app.use(…)`; the last name where there is nothing, or where it is
    /// long.
    pub fn receiver_place(&self, call: CallRef) -> Place {
        let span = self.before_name(call).unwrap_or(self.call(call).callee_span);
        self.place(call.file, span)
    }

    /// What stands before the last name and its dot.
    fn before_name(&self, call: CallRef) -> Option<Span> {
        let fact = self.call(call);
        let length = fact.callee_span.start.checked_sub(fact.span.start + 1)?;
        let is_member = fact.how == How::Call && length > 0 && length <= MAX_RECEIVER;
        is_member.then(|| Span::new(fact.span.start, fact.span.start + length))
    }
}
