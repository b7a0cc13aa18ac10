//! How many findings there are of each rule, for people who plan before they mend.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Report;
use crate::diagnostic::Confidence;

/// Writes a line a rule: findings of high, medium and low confidence, and the files they are in. The most findings come first.
///
/// # Errors
/// The writer's.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut by_rule: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for diagnostic in report.diagnostics {
        let column = match diagnostic.confidence {
            Confidence::High => 0,
            Confidence::Medium => 1,
            Confidence::Low => 2,
        };
        by_rule.entry(diagnostic.rule).or_default()[column] += 1;
    }
    let mut rows: Vec<(&str, [usize; 3])> = by_rule.into_iter().collect();
    rows.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.iter().sum::<usize>()));
    writeln!(out, "    all    high  medium     low  rule")?;
    for (rule, counts) in rows {
        let all: usize = counts.iter().sum();
        writeln!(out, "{all:7} {:7} {:7} {:7}  {rule}", counts[0], counts[1], counts[2])?;
    }
    Ok(())
}
