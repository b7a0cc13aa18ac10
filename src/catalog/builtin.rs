//! The catalogue that comes with the program.

use std::sync::LazyLock;

use super::Catalog;
use super::load::load;

/// Name and text of each built-in file; a test compares the list with the directory.
pub const FILES: &[(&str, &str)] = &[
    (
        "rules/catalog/intrinsics.toml",
        include_str!("../../rules/catalog/intrinsics.toml"),
    ),
    (
        "rules/catalog/node.toml",
        include_str!("../../rules/catalog/node.toml"),
    ),
    (
        "rules/catalog/timers.toml",
        include_str!("../../rules/catalog/timers.toml"),
    ),
    (
        "rules/catalog/web.toml",
        include_str!("../../rules/catalog/web.toml"),
    ),
];

/// The built-in catalogue, loaded once.
pub fn builtin() -> &'static Catalog {
    static BUILTIN: LazyLock<Catalog> =
        LazyLock::new(|| load(FILES).expect("the tests load the built-in catalogue"));
    &BUILTIN
}
