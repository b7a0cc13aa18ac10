//! The one integration binary: every further file in `tests/` would link the parser again.

mod fixtures;
mod layers;
mod pages;
mod registry;
mod support;
mod vocabulary;
