//! The integration tests: one binary, because each further one would link the parser again.

mod catalog;
mod facts;
mod fixtures;
mod layers;
mod pages;
mod registry;
mod support;
mod vocabulary;
