//! `leaklint rules`: what is looked for, and at which level unless a configuration says another, in its word.

use serde_json::{Value, json};

use super::args::RulesArguments;
use super::values::ListFormat;
use super::{CLEAN, CliError, output};
use crate::config::options::Level;
use crate::driver;

pub(super) fn run(arguments: &RulesArguments) -> Result<i32, CliError> {
    let rules = driver::rule_infos();
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    output::to_stdout(|out| match arguments.format {
        ListFormat::Text => rules.iter().try_for_each(|rule| {
            writeln!(
                out,
                "{:width$}  {:5}  {}",
                rule.id,
                Level::from(rule.severity),
                rule.summary
            )
        }),
        ListFormat::Json => {
            let list: Vec<Value> = rules
                .iter()
                .map(|rule| json!({ "id": rule.id, "level": Level::from(rule.severity), "summary": rule.summary }))
                .collect();
            serde_json::to_writer_pretty(&mut *out, &list)?;
            writeln!(out)
        }
    })?;
    Ok(CLEAN)
}
