//! The catalogue that comes with the program.

use std::sync::LazyLock;

use super::Catalog;
use super::load::load;

/// Name and text of each built-in file; a test compares the list with the directory.
pub const FILES: &[(&str, &str)] = &[];

/// The built-in catalogue, loaded once.
pub fn builtin() -> &'static Catalog {
    static BUILTIN: LazyLock<Catalog> =
        LazyLock::new(|| load(FILES).expect("the tests load the built-in catalogue"));
    &BUILTIN
}
