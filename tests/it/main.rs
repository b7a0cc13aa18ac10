//! The integration tests: one binary, because each further one would link the parser again.

mod bindings;
mod catalog;
mod command_line;
mod context;
mod driver;
mod facts;
mod fixtures;
mod hostile;
mod layers;
mod markup;
mod mutants;
mod oracle;
mod overlay;
mod pages;
mod pictures;
mod readme;
mod registry;
mod report;
mod resolve;
mod sarif;
mod shard;
mod source;
mod support;
mod timings;
mod vocabulary;
mod walk;
