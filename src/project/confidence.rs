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

/// What a finding is worth with one more piece of evidence.
pub fn with(known: Confidence, more: Grade) -> Confidence {
    match known {
        Confidence::High => confidence(&[more]),
        Confidence::Medium => confidence(&[Grade::Second, more]),
        Confidence::Low => confidence(&[Grade::Third, more]),
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

    #[test]
    fn one_more_counts_as_if_it_had_been_there() {
        let all = [Grade::First, Grade::Second, Grade::Third];
        for (first, second) in all.into_iter().flat_map(|first| all.map(|second| (first, second))) {
            assert_eq!(with(confidence(&[first]), second), confidence(&[first, second]));
        }
    }
}
