//! `leaklint completions` and `leaklint man`: what shells and `man` are told of the command line, made from the arguments.

use std::fs;
use std::path::Path;

use clap::CommandFactory;

use super::args::{Arguments, CompletionsArguments, ManArguments};
use super::{CLEAN, CliError, output};

pub(super) fn completions(arguments: &CompletionsArguments) -> Result<i32, CliError> {
    let mut script = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "leaklint", &mut script);
    output::to_stdout(|out| out.write_all(&script))?;
    Ok(CLEAN)
}

pub(super) fn man(arguments: &ManArguments) -> Result<i32, CliError> {
    match &arguments.out {
        Some(folder) => write_pages(folder)?,
        None => output::to_stdout(|out| clap_mangen::Man::new(Arguments::command()).render(out))?,
    }
    Ok(CLEAN)
}

fn write_pages(folder: &Path) -> Result<(), CliError> {
    let written = fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(Arguments::command(), folder));
    written.map_err(|source| CliError::Unwritable {
        path: folder.to_path_buf(),
        source,
    })
}
