//! What is read beside the named paths, so that a finding does not depend on how much of a project was named.
//!
//! Named files and folders choose what is *reported*; the project around them is read as well, for who calls a function,
//! who releases what, who empties a container. The project of a path is, whatever the current folder is:
//!
//! - the workspace that the nearest `package.json` at or above the path is a member of, or its own folder;
//! - without a `package.json`, the folder with `.git`;
//! - without that, nothing beyond what was named.
//!
//! Nothing above a folder with `.git` counts, and neither the home folder nor the root of the file system is a project.

use std::env;
use std::path::{Path, PathBuf};

use crate::overlay::Overlay;
use crate::project::resolve::Workspace;

/// The folders of the projects around absolute paths: sorted, none inside another.
pub(super) fn project_folders(paths: &[PathBuf], overlay: &Overlay) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = paths.iter().filter_map(|path| project_folder(path, overlay)).collect();
    folders.sort_unstable();
    folders.dedup();
    let all = folders.clone();
    folders.retain(|folder| !all.iter().any(|other| other != folder && folder.starts_with(other)));
    folders
}

fn project_folder(path: &Path, overlay: &Overlay) -> Option<PathBuf> {
    let home = env::home_dir();
    let is_project = |folder: &Path| folder.parent().is_some() && home.as_deref() != Some(folder);
    let mut above: Vec<&Path> = path.ancestors().filter(|folder| folder.is_dir()).collect();
    let repository = above.iter().position(|folder| folder.join(".git").exists());
    if let Some(at) = repository {
        above.truncate(at + 1);
    }
    above.retain(|folder| is_project(folder));
    let package = above
        .iter()
        .position(|folder| overlay.is_file(&folder.join("package.json")));
    let Some(package) = package else {
        let repository = above.last().filter(|folder| folder.join(".git").exists());
        return repository.map(|folder| folder.to_path_buf());
    };
    let member = above[package];
    let workspace = above[package..]
        .iter()
        .find(|folder| Workspace::read(folder, overlay).is_some_and(|workspace| workspace.has(member)));
    Some(workspace.unwrap_or(&member).to_path_buf())
}
