//! `leaklint lsp`: serve an editor until it leaves.

use super::{CLEAN, CliError, current_dir};
use crate::driver;
use crate::lsp::{self, End};

/// What the protocol wants of a server whose client left without `shutdown`.
const ABRUPT: i32 = 1;

pub(super) fn run() -> Result<i32, CliError> {
    Ok(match lsp::run(current_dir()?, driver::rule_infos()) {
        End::Orderly => CLEAN,
        End::Abrupt => ABRUPT,
    })
}
