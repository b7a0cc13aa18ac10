//! What a run found, kept for the next one: if nothing that it read has changed, it would find the same.
//!
//! [`seen`] says what a path was when it was read and whether it still is that; [`store`] keeps entries as files. What an
//! entry is for, and what it holds, its user decides.

pub mod seen;
pub mod store;
