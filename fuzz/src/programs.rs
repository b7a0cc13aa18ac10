//! Programs as people write them when they leak: each is one the parser takes, it is analysed, and what is said of it depends neither on
//! line ends nor on comments nor on the run.

use leaklint::driver::Outcome;

use super::grammar::Program;
use super::outcome::{holds, told};
use super::project::lint;

/// Tries one program.
///
/// # Panics
/// It does not hold.
pub fn hold(program: &Program) {
    let text = program.to_string();
    let outcome = lint(&[("m.ts", text.as_bytes())]).expect("sources make no run fail");
    assert!(outcome.problems.is_empty(), "{:?}\n{text}", outcome.problems);
    holds(&outcome);
    let other = text.replace('\n', "\r\n// a comment\r\n");
    let outcome_of_other = lint(&[("m.ts", other.as_bytes())]).expect("sources make no run fail");
    let rules = |of: &Outcome| of.diagnostics.iter().map(|each| each.rule).collect::<Vec<_>>();
    assert_eq!(rules(&outcome), rules(&outcome_of_other), "\n{text}");
    let again = lint(&[("m.ts", text.as_bytes())]).expect("sources make no run fail");
    assert_eq!(told(&outcome), told(&again));
}
