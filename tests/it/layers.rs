//! Which module may use which: the table of `ARCHITECTURE.md`, held against the code.
//!
//! A new edge is a design change: it is made here and there, and the commit says why.

use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::support::package_root;

/// A module and the paths below `crate::` that it may name.
/// The longest module that a file belongs to counts, so `facts::lower` is not `facts`.
const LAYERS: &[(&str, &[&str])] = &[
    ("panics", &[]),
    ("limits", &[]),
    ("source", &["facts::ids"]),
    ("spelling", &[]),
    ("overlay", &["source"]),
    ("diagnostic", &["facts::ids", "source"]),
    ("timings", &[]),
    ("markup", &["facts::ids"]),
    ("parse", &["source", "diagnostic", "facts::ids", "limits", "markup"]),
    ("cache", &["source"]),
    ("facts", &["source"]),
    ("facts::lower", &["facts", "source", "parse", "limits"]),
    ("catalog", &["source", "spelling", "facts::ids"]),
    (
        "project",
        &[
            "facts",
            "catalog",
            "source",
            "overlay",
            "diagnostic",
            "timings",
            "panics",
        ],
    ),
    ("rules", &["project", "catalog::effect", "diagnostic"]),
    ("fix", &["source", "parse::outline", "diagnostic", "facts::ids"]),
    ("git", &["source", "overlay", "walk"]),
    ("suppress", &["source", "spelling", "parse", "diagnostic", "facts::ids"]),
    ("baseline", &["source", "diagnostic"]),
    ("config", &["source", "spelling", "overlay", "diagnostic"]),
    ("walk", &["source", "overlay", "diagnostic", "markup"]),
    ("shard", &["source", "diagnostic"]),
    (
        "driver",
        &[
            "walk",
            "overlay",
            "config",
            "suppress",
            "baseline",
            "git",
            "shard",
            "parse",
            "facts",
            "catalog",
            "project",
            "rules",
            "source",
            "diagnostic",
            "timings",
            "limits",
            "panics",
            "cache",
            "fix",
        ],
    ),
    (
        "report",
        &[
            "diagnostic",
            "source",
            "facts::ids",
            "timings",
            "config::mistake",
            "baseline::key",
            "fix",
        ],
    ),
    (
        "lsp",
        &[
            "driver",
            "overlay",
            "suppress",
            "walk",
            "limits",
            "diagnostic",
            "source",
            "facts::ids",
            "fix",
        ],
    ),
    (
        "cli",
        &[
            "driver",
            "lsp",
            "report",
            "spelling",
            "timings",
            "config",
            "baseline",
            "git",
            "overlay",
            "suppress",
            "walk",
            "shard",
            "facts::dump",
            "project::debug",
            "project::story",
            "project::Project",
            "diagnostic",
            "source",
            "limits",
            "cache::store",
            "fix",
        ],
    ),
];

/// Modules that hold no layer: they only name the others.
const ROOTS: &[&str] = &["lib", "main"];

#[test]
fn modules_use_only_what_lies_below_them() {
    let mut wrong = Vec::new();
    for (file, module) in files() {
        if ROOTS.contains(&module.as_str()) {
            continue;
        }
        let Some((layer, allowed)) = layer_of(&module) else {
            wrong.push(format!("{}: no layer for `{module}`", file.display()));
            continue;
        };
        for (line, used) in uses(&file) {
            let own = is_within(&used, layer);
            if !own && !allowed.iter().any(|path| is_within(&used, path)) {
                wrong.push(format!(
                    "{}:{line}: `{layer}` may not use `crate::{used}`",
                    file.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_parsing_and_lowering_know_the_syntax_tree() {
    let mut wrong = Vec::new();
    for (file, module) in files() {
        if is_within(&module, "parse") || is_within(&module, "facts::lower") {
            continue;
        }
        for (number, line) in code_lines(&file) {
            if line.contains("swc_") {
                wrong.push(format!("{}:{number}: {}", file.display(), line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn layer_of(module: &str) -> Option<(&'static str, &'static [&'static str])> {
    LAYERS
        .iter()
        .filter(|(layer, _)| is_within(module, layer))
        .max_by_key(|(layer, _)| layer.len())
        .map(|(layer, allowed)| (*layer, *allowed))
}

/// Whether the path `inner` is `outer` or something in it.
fn is_within(inner: &str, outer: &str) -> bool {
    inner == outer || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with("::"))
}

/// The files of `src/` with the module path of each, such as `facts::lower::scopes`.
fn files() -> Vec<(PathBuf, String)> {
    let src = package_root().join("src");
    WalkDir::new(&src)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let relative = path.strip_prefix(&src).unwrap().with_extension("");
            let mut parts: Vec<&str> = relative.iter().map(|part| part.to_str().unwrap()).collect();
            if parts.last() == Some(&"mod") {
                parts.pop();
            }
            let module = parts.join("::");
            (path, module)
        })
        .collect()
}

/// The paths after `crate::` in a file's code, with the line, from 1. Of a group in braces, each member.
fn uses(file: &Path) -> Vec<(usize, String)> {
    let mut uses = Vec::new();
    for (number, line) in code_lines(file) {
        for (index, _) in line.match_indices("crate::") {
            let rest = &line[index + "crate::".len()..];
            if let Some(group) = rest.strip_prefix('{') {
                let members = group.split_once('}').map_or(group, |(members, _)| members);
                uses.extend(
                    members
                        .split(',')
                        .map(path_at)
                        .filter(|path| !path.is_empty())
                        .map(|path| (number, path)),
                );
            } else {
                uses.push((number, path_at(rest)));
            }
        }
    }
    uses
}

/// The path that `text` starts with: `facts::ids` of `facts::ids::{Span, Sym};`.
fn path_at(text: &str) -> String {
    let end = text
        .trim_start()
        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    let path = text.trim_start();
    end.map_or(path, |end| &path[..end]).trim_end_matches(':').to_owned()
}

/// The lines of a file that are neither comment nor unit test, with their numbers from 1.
pub fn code_lines(file: &Path) -> Vec<(usize, String)> {
    fs::read_to_string(file)
        .unwrap()
        .lines()
        .enumerate()
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(index, line)| (index + 1, line.to_owned()))
        .collect()
}

/// Every source file of the program.
pub fn source_files() -> Vec<PathBuf> {
    files().into_iter().map(|(file, _)| file).collect()
}
