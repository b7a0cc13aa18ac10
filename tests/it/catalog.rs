//! The catalogue: the built-in files load, and mistakes in a file are shown at their place.

use leaklint::catalog::builtin;
use leaklint::catalog::load::load;

#[test]
fn builtin_files_load() {
    if let Err(errors) = load(builtin::FILES) {
        let errors: Vec<String> = errors
            .iter()
            .map(|error| format!("{error} ({:?})", error.help))
            .collect();
        panic!("{}", errors.join("\n"));
    }
}
