//! Object URLs: the document keeps what they name until they are revoked.

use crate::facts::body::Op;
use crate::facts::ids::FnId;

use super::super::acquisition::Acquisition;
use super::super::confidence::Grade;
use super::super::duty::{Engine, Release, To};
use super::super::elsewhere::Elsewhere;
use super::super::model::Missing;
use super::super::path::{Path, Root};
use super::super::repetition::Repeats;
use super::super::{Project, latch};
use super::Verdict;

impl Project<'_> {
    pub(super) fn judge_object_url(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let repeats = self.repeats_call(acquisition.call);
        if repeats == Repeats::Once || self.is_in_a_test(acquisition.function) {
            return None;
        }
        if self.is_one_for_the_page(acquisition) {
            return None;
        }
        let missing = match engine.release(self, acquisition) {
            Release::Always | Release::Escapes(To::Caller | To::Unknown) => return None,
            // Revoked where all goes well: what is skipped when something throws is one URL now and then.
            Release::Sometimes { .. } => return None,
            Release::Never | Release::Escapes(To::Owner) => match self.released_elsewhere(acquisition) {
                Elsewhere::Released(_) => return None,
                Elsewhere::Nothing => Missing::Never,
            },
        };
        // A page makes such a URL when somebody asks for it, by calls that markup or a framework makes.
        let is_asked_for = repeats == Repeats::Unknown;
        let (grade, why) = self.activation_repetition(repeats)?;
        let grade = if is_asked_for { Grade::Second } else { grade };
        Some(Verdict {
            missing,
            grades: vec![grade],
            holder: None,
            holder_name: String::new(),
            why,
            teardown: None,
            is_self_rearming: false,
        })
    }

    /// `if (!url) url = URL.createObjectURL(blob)`, where the module keeps the variable.
    fn is_one_for_the_page(&self, acquisition: &Acquisition<'_>) -> bool {
        let function = acquisition.function;
        let facts = self.facts(function.file);
        let made = Path::root(Root::Call(acquisition.call));
        let is_kept = self.function(function).ops.iter().any(|op| match *op {
            Op::Assign { to, value, .. } => {
                facts.binding(to).function == FnId(0) && self.path(function.with(value)) == made
            }
            _ => false,
        });
        let index = self.op_of(acquisition.call);
        is_kept && index.is_some_and(|index| latch::is_idempotent(self, function, index))
    }
}
