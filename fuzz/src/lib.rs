//! What the fuzzers try, and what must hold of it: a module for each target, which the target and the test command share.

pub mod findings;
pub mod grammar;
pub mod messages;
pub mod outcome;
pub mod programs;
pub mod project;
pub mod texts;
