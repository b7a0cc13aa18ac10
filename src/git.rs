//! What git knows: the content of its index, what changed since a commit. Asked of the `git` program, which honours the
//! environment that hooks run in (`GIT_INDEX_FILE`).
//!
//! Nothing that the repository configures is run: no external diff, no text conversion, no file system monitor.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use thiserror::Error;

use crate::overlay::Overlay;

/// Extensions of files that a run may read beside sources: manifests, configurations, catalogues.
const DATA: [&str; 5] = ["json", "jsonc", "yaml", "yml", "toml"];

/// Why git does not say.
#[derive(Debug, Error)]
pub enum GitError {
    #[error("cannot run `git`: {0}")]
    NotRun(std::io::Error),
    #[error("`git {command}` failed: {message}")]
    Failed { command: String, message: String },
}

/// A work tree.
#[derive(Clone, Debug)]
pub struct Repository {
    /// The top of the work tree, under the name by which `current_dir` is reached.
    top: PathBuf,
}

/// What changed between a commit and the work tree.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Lines that are new, from 1, of each file that changed and is there; absolute.
    pub lines: BTreeMap<PathBuf, Vec<RangeInclusive<u32>>>,
    /// The commit's tree in place of the work tree.
    pub before: Overlay,
    /// The commit, abbreviated.
    pub base: String,
}

impl Repository {
    /// The repository around a folder.
    ///
    /// # Errors
    /// There is none, or no `git`.
    pub fn around(folder: &Path) -> Result<Self, GitError> {
        let up = run(folder, &["rev-parse", "--show-cdup"])?;
        let up = String::from_utf8_lossy(&up);
        let levels = Path::new(up.trim()).components().count();
        let top = folder.ancestors().nth(levels).unwrap_or(folder);
        Ok(Self { top: top.to_path_buf() })
    }

    /// The top of the work tree.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// The staged files that are new or changed, absolute.
    pub fn staged(&self) -> Result<Vec<PathBuf>, GitError> {
        let arguments = [
            "diff",
            "--cached",
            "--name-only",
            "--no-renames",
            "--diff-filter=AM",
            "-z",
        ];
        self.paths(&arguments)
    }

    /// The index in place of the work tree: what is not staged is as it was, what is not tracked is not there.
    pub fn index(&self) -> Result<Overlay, GitError> {
        let mut overlay = Overlay::default();
        let changed = self.paths(&["diff-files", "--name-only", "--no-renames", "-z"])?;
        self.read_into(&mut overlay, "", &changed)?;
        self.untracked()?.into_iter().for_each(|path| overlay.hide(path));
        Ok(overlay)
    }

    /// What changed in the work tree, untracked files included, since its line of history left that of `revision`.
    pub fn changes_since(&self, revision: &str) -> Result<Changes, GitError> {
        let base = run(&self.top, &["merge-base", "--end-of-options", revision, "HEAD"])?;
        let base = String::from_utf8_lossy(&base).trim().to_owned();
        let mut changes = Changes {
            base: base.chars().take(10).collect(),
            ..Changes::default()
        };
        let of = |filter: &str| self.paths(&["diff", "--name-only", "--no-renames", "-z", filter, &base, "--"]);
        let (added, others) = (of("--diff-filter=A")?, of("--diff-filter=MDT")?);
        self.read_into(&mut changes.before, &base, &others)?;
        let untracked = self.untracked()?;
        for path in added.iter().chain(&untracked) {
            changes.before.hide(path.clone());
            changes.lines.insert(path.clone(), vec![1..=u32::MAX]);
        }
        for path in others.iter().filter(|path| path.is_file()) {
            let name = self.name(path);
            let diff = run(
                &self.top,
                &["diff", "-U0", "--no-renames", &base, "--", &format!(":(literal){name}")],
            )?;
            changes
                .lines
                .insert(path.clone(), added_lines(&String::from_utf8_lossy(&diff)));
        }
        Ok(changes)
    }

    fn untracked(&self) -> Result<Vec<PathBuf>, GitError> {
        self.paths(&["ls-files", "--others", "--exclude-standard", "-z"])
    }

    /// Paths that a command lists, separated by NUL; only those that a run may read.
    fn paths(&self, arguments: &[&str]) -> Result<Vec<PathBuf>, GitError> {
        let listed = run(&self.top, arguments)?;
        let names = listed.split(|&byte| byte == 0).filter(|name| !name.is_empty());
        let mut paths: BTreeSet<PathBuf> = names.map(|name| self.top.join(path_of(name))).collect();
        paths.retain(|path| {
            let extension = path.extension().and_then(|extension| extension.to_str());
            extension.is_some_and(|extension| DATA.contains(&extension) || crate::walk::is_linted(path))
        });
        Ok(paths.into_iter().collect())
    }

    /// Puts the content that files have in a commit, or in the index if `tree` is empty, into the overlay. What is not there is hidden.
    fn read_into(&self, overlay: &mut Overlay, tree: &str, paths: &[PathBuf]) -> Result<(), GitError> {
        let failed = |message: String| GitError::Failed {
            command: "cat-file --batch".to_owned(),
            message,
        };
        let mut child = command(&self.top, &["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(GitError::NotRun)?;
        let (Some(mut to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed("no pipe".to_owned()));
        };
        // A name with a line end cannot be asked for this way; such a file keeps the work tree's content.
        let asked: Vec<&PathBuf> = paths.iter().filter(|path| !self.name(path).contains('\n')).collect();
        let request: String = asked
            .iter()
            .map(|path| format!("{tree}:{}\n", self.name(path)))
            .collect();
        // Both pipes are used at once: git stops reading when nobody reads its answers.
        let writer = thread::spawn(move || to.write_all(request.as_bytes()));
        let mut from = BufReader::new(from);
        for path in asked {
            let mut header = String::new();
            from.read_line(&mut header).map_err(|error| failed(error.to_string()))?;
            let mut words = header.trim_end().rsplit(' ');
            let (size, kind) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let Ok(size) = size.parse::<usize>() else {
                // `missing`, or a folder of that name now.
                overlay.hide(path.clone());
                continue;
            };
            let mut content = vec![0; size + 1];
            from.read_exact(&mut content)
                .map_err(|error| failed(error.to_string()))?;
            content.pop();
            match kind {
                "blob" => overlay.insert(path.clone(), content),
                _ => overlay.hide(path.clone()),
            }
        }
        drop(from);
        let _ = writer.join();
        let _ = child.wait();
        Ok(())
    }

    /// A path as git names it.
    fn name(&self, path: &Path) -> String {
        crate::source::slashed(path.strip_prefix(&self.top).unwrap_or(path))
    }
}

/// The lines that the hunks of a diff without context add.
fn added_lines(diff: &str) -> Vec<RangeInclusive<u32>> {
    let hunk = |line: &str| {
        let new = line
            .strip_prefix("@@ ")?
            .split(' ')
            .find_map(|part| part.strip_prefix('+'))?;
        let (start, count) = new.split_once(',').unwrap_or((new, "1"));
        let (start, count): (u32, u32) = (start.parse().ok()?, count.parse().ok()?);
        (count > 0).then(|| start..=start + count - 1)
    };
    diff.lines().filter_map(hunk).collect()
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .args(["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"]);
    command.arg(arguments[0]);
    if arguments[0] == "diff" {
        command.args(["--no-ext-diff", "--no-textconv", "--no-color"]);
    }
    command.args(&arguments[1..]);
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
    let output = command(folder, arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(GitError::NotRun)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let message = String::from_utf8_lossy(&output.stderr);
    let message = message
        .lines()
        .next()
        .unwrap_or_default()
        .trim_start_matches("fatal: ")
        .to_owned();
    Err(GitError::Failed {
        command: arguments[0].to_owned(),
        message: if message.is_empty() {
            format!("{}", output.status)
        } else {
            message
        },
    })
}

#[cfg(unix)]
fn path_of(name: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(name))
}

#[cfg(not(unix))]
fn path_of(name: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(name).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_without_context() {
        let diff =
            "--- a/x\n+++ b/x\n@@ -1,0 +2,3 @@ f()\n+a\n+b\n+c\n@@ -9 +13 @@\n-x\n+y\n@@ -20,2 +23,0 @@\n-x\n-y\n";
        assert_eq!(added_lines(diff), [2..=4, 13..=13]);
    }
}
