//! `leaklint cache`, and where the cache of a run is.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use super::args::{CacheCommand, CacheFolder, CheckArguments};
use super::{CLEAN, CliError, output, pages};
use crate::cache::store::{Holdings, MAX_BYTES, Store};

pub(super) fn run(command: &CacheCommand) -> Result<i32, CliError> {
    let (CacheCommand::Info(folder) | CacheCommand::Clean(folder)) = command;
    let store = store(folder).ok_or(CliError::NoCacheFolder)?;
    let shown = store.folder().display();
    let said = match command {
        CacheCommand::Info(_) => format!("{shown}: {}, {MAX_BYTES} at most", amount(store.holdings())),
        CacheCommand::Clean(_) => {
            let removed = pages::removed(&pages_in(&store))
                .and_then(|()| store.clean())
                .map_err(|source| CliError::Unremovable {
                    path: store.folder().to_path_buf(),
                    source,
                })?;
            format!("{shown}: removed {}", amount(removed))
        }
    };
    output::to_stdout(|out| writeln!(out, "{said}"))?;
    Ok(CLEAN)
}

/// The cache of `leaklint check`; none in CI unless it was asked for.
pub(super) fn store_of_check(arguments: &CheckArguments) -> Option<Store> {
    let is_wanted = arguments.cache.cache_dir.is_some() || !is_in_ci();
    (is_wanted && !arguments.no_cache)
        .then(|| store(&arguments.cache))
        .flatten()
}

/// Where the pages of the rules go that links of a terminal lead to.
pub(super) fn pages(arguments: &CheckArguments) -> Option<PathBuf> {
    store_of_check(arguments).map(|store| pages_in(&store))
}

fn pages_in(store: &Store) -> PathBuf {
    store.folder().join("pages")
}

fn store(folder: &CacheFolder) -> Option<Store> {
    let folder = match &folder.cache_dir {
        Some(folder) => env::current_dir().ok()?.join(folder),
        None => caches()?.join("leaklint"),
    };
    Some(Store::new(folder, MAX_BYTES))
}

/// The system's folder for what can be made again.
/// Source: <https://specifications.freedesktop.org/basedir-spec/latest/>.
fn caches() -> Option<PathBuf> {
    let named = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        return named("LOCALAPPDATA");
    }
    let of_home = match cfg!(target_os = "macos") {
        true => "Library/Caches",
        false => ".cache",
    };
    named("XDG_CACHE_HOME").or_else(|| Some(env::home_dir()?.join(of_home)))
}

/// Every service that builds sets `CI`.
fn is_in_ci() -> bool {
    let off = |value: &OsString| value.is_empty() || value == "0" || value == "false";
    env::var_os("CI").is_some_and(|value| !off(&value))
}

fn amount(holdings: Holdings) -> String {
    match holdings.entries {
        1 => format!("1 entry of {} bytes", holdings.bytes),
        entries => format!("{entries} entries of {} bytes", holdings.bytes),
    }
}
