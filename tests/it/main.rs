//! The integration tests: one binary, one module a subject.

mod command_line;
mod driver;
mod report;
mod resolve;
mod sarif;
mod source;
mod walk;

