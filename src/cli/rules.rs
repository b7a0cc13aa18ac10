//! `leaklint rules`: what is looked for.

use serde_json::{Value, json};

use super::args::{ListFormat, RulesArguments};
use super::{CLEAN, CliError, output};

pub(super) fn run(arguments: &RulesArguments) -> Result<i32, CliError> {
    let rules = crate::rules::infos();
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    output::to_stdout(|out| match arguments.format {
        ListFormat::Text => rules.iter().try_for_each(|rule| {
            writeln!(
                out,
                "{:width$}  {:7}  {}",
                rule.id,
                rule.severity.to_string(),
                rule.summary
            )
        }),
        ListFormat::Json => {
            let list: Vec<Value> = rules
                .iter()
                .map(|rule| json!({ "id": rule.id, "severity": rule.severity, "summary": rule.summary }))
                .collect();
            serde_json::to_writer_pretty(&mut *out, &list)?;
            writeln!(out)
        }
    })?;
    Ok(CLEAN)
}
