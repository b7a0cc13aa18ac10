//! What a project wants of leaklint: `leaklint.json`, `leaklint.jsonc` or the field `leaklint` of `package.json`.
//!
//! Data flows one way: a text is read as it is written ([`options`], [`read`]), becomes what it means ([`settings`]), and
//! the nearest configuration at or above a file says what holds for it ([`discover`]). Data only: a configuration
//! runs no code and reaches no network, and nothing outside the repository is read for it.

pub mod discover;
mod globs;
pub mod mistake;
pub mod options;
mod read;
pub mod schema;
pub mod settings;

/// Names of the files that hold nothing but a configuration, the first before the second.
pub const FILE_NAMES: [&str; 2] = ["leaklint.json", "leaklint.jsonc"];

/// The file that may hold one among other things, and in which field.
pub const PACKAGE_FILE: &str = "package.json";
pub const PACKAGE_FIELD: &str = "leaklint";

/// Files that are tests or demonstrations by their own name, or by that of a folder that is there for them. They are read,
/// because they say how code is used, but what they pile up is gone when they end: nothing in them is reported.
/// Letters count alike, large or small.
pub const DEFAULT_TESTS: [&str; 4] = [
    "**/*.{test,spec,e2e,e2e-spec}.*",
    "**/*{-,_}test.*",
    "**/{__tests__,__mocks__,test,tests,e2e,e2e-*,*-e2e}/**",
    "**/{example,examples,demo,demos,playground,playgrounds}/**",
];
