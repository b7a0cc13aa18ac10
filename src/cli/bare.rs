//! `leaklint src` is `leaklint check src`: the command that is meant where none is named.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{CommandFactory, Parser};

use super::args::Arguments;

/// What `clap` answers by itself.
const OWN: [&str; 4] = ["-h", "--help", "-V", "--version"];

/// Reads the command line, the program's name first; prints and ends the process if it asks for help or is wrong.
pub fn arguments(given: impl IntoIterator<Item = OsString>) -> Arguments {
    Arguments::parse_from(with_command(given.into_iter().collect()))
}

/// The command line with `check` in it, if it names no command and begins with what `check` takes: an option or a path.
/// A word that is neither is left to `clap`, which knows the nearest command.
fn with_command(mut given: Vec<OsString>) -> Vec<OsString> {
    if given.get(1).is_some_and(|first| is_of_check(first)) {
        given.insert(1, "check".into());
    }
    given
}

fn is_of_check(first: &OsStr) -> bool {
    let text = first.to_string_lossy();
    if OWN.contains(&text.as_ref()) || Arguments::command().find_subcommand(first).is_some() {
        return false;
    }
    text.starts_with('-') || text.contains(['.', '/', '\\']) || Path::new(first).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_is_meant_where_no_command_is_named() {
        for (line, expected) in [
            ("leaklint", "leaklint"),
            ("leaklint src/a.ts", "leaklint check src/a.ts"),
            ("leaklint nowhere.js", "leaklint check nowhere.js"),
            ("leaklint src", "leaklint check src"),
            ("leaklint --format json src", "leaklint check --format json src"),
            ("leaklint -q", "leaklint check -q"),
            ("leaklint rules", "leaklint rules"),
            ("leaklint chek", "leaklint chek"),
            ("leaklint help", "leaklint help"),
            ("leaklint --help", "leaklint --help"),
            ("leaklint -V", "leaklint -V"),
        ] {
            let given = line.split(' ').map(OsString::from).collect();
            let words: Vec<_> = with_command(given)
                .into_iter()
                .map(|word| word.into_string().unwrap())
                .collect();
            assert_eq!(words.join(" "), expected);
        }
    }
}
