//! How sure a finding is: one truth table over graded evidence.

use crate::diagnostic::Confidence;

use super::calls::Tier;

/// How good one piece of the evidence is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Grade {
    /// Shown by the code.
    First,
    /// Follows by a rule that is nearly always right.
    Second,
    /// A guess; enough of it to speak only when asked.
    Third,
}

impl From<Tier> for Grade {
    fn from(tier: Tier) -> Self {
        match tier {
            Tier::Resolved | Tier::SelfPackage | Tier::Witnessed => Grade::First,
            Tier::Shape => Grade::Second,
        }
    }
}

/// High: everything of first grade. Medium: one thing of second grade. Low: anything weaker.
pub fn confidence(evidence: &[Grade]) -> Confidence {
    let count = |grade| evidence.iter().filter(|&&each| each == grade).count();
    match (count(Grade::Second), count(Grade::Third)) {
        (0, 0) => Confidence::High,
        (1, 0) => Confidence::Medium,
        _ => Confidence::Low,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table() {
        use Grade::{First, Second, Third};
        for (evidence, expected) in [
            (&[First, First, First][..], Confidence::High),
            (&[First, Second, First], Confidence::Medium),
            (&[Second, Second, First], Confidence::Low),
            (&[First, First, Third], Confidence::Low),
            (&[Second, Third], Confidence::Low),
            (&[], Confidence::High),
        ] {
            assert_eq!(confidence(evidence), expected, "{evidence:?}");
        }
    }
}
