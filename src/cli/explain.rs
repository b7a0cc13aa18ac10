//! `leaklint explain`: a rule's page, as it is written.

use super::args::ExplainArguments;
use super::{CLEAN, CliError, output, rule_info};

pub(super) fn run(arguments: &ExplainArguments) -> Result<i32, CliError> {
    let rule = rule_info(&arguments.rule)?;
    output::to_stdout(|out| writeln!(out, "{}", rule.page.trim_end()))?;
    Ok(CLEAN)
}
