//! leaklint finds the JavaScript and TypeScript code that makes a process grow until it dies.
//!
//! Data flows one way:
//!
//! ```text
//! paths ─► walk ─► parse ─► facts ──(all files)──► project ◄── catalog (rules/catalog/*.toml)
//!                                                     ▼
//!                                   rules: Project ─► Vec<Diagnostic> ─► report
//! ```
//!
//! The modules in reading order:

mod panics;
pub mod limits;
pub mod spelling;
pub mod source;
pub mod overlay;
pub mod diagnostic;
pub mod timings;
pub mod markup;
pub mod parse;
pub mod facts;
pub mod catalog;
pub mod project;
pub mod rules;
pub mod suppress;
pub mod baseline;
pub mod config;
pub mod walk;
pub mod git;
pub mod fix;
pub mod shard;
pub mod cache;
pub mod driver;
pub mod report;
pub mod lsp;
pub mod cli;
