//! Object URLs: the document keeps what they name until they are revoked.

use super::super::Project;
use super::super::acquisition::Acquisition;
use super::super::confidence::Grade;
use super::super::duty::{Engine, Release, To};
use super::super::elsewhere::Elsewhere;
use super::super::model::Missing;
use super::super::repetition::Repeats;
use super::Verdict;

impl Project<'_> {
    pub(super) fn judge_object_url(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let repeats = self.repeats_call(acquisition.call);
        if repeats == Repeats::Once || self.is_in_a_test(acquisition.function) {
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
}
