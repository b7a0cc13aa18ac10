//! Relative specifiers that name a walked file outright, which most do: found without the resolver, by the same rules.

use std::path::{MAIN_SEPARATOR, Path};

use super::tree::FileTree;
use super::{EXTENSION_ALIASES, EXTENSIONS};

/// The file that `./pool`, `../pool.js` and their like mean in `folder`, as the resolver would find it before it looks for
/// folders and manifests; `None` for everything that it has to be asked about.
pub(super) fn beside(tree: &FileTree, folder: &Path, specifier: &str) -> Option<usize> {
    if MAIN_SEPARATOR != '/' {
        return None;
    }
    let mut path = joined(folder.to_str()?, specifier)?;
    let name = &path[path.rfind('/')? + 1..];
    let alias = EXTENSION_ALIASES
        .iter()
        .find(|(from, _)| name.len() > from.len() && name.ends_with(from));
    let (tried, stem) = match alias {
        Some((from, to)) => (*to, path.len() - from.len()),
        None => {
            if let Some(file) = tree.file(Path::new(&path)) {
                return Some(file);
            }
            (&EXTENSIONS[..], path.len())
        }
    };
    tried.iter().find_map(|extension| {
        path.truncate(stem);
        path.push_str(extension);
        tree.file(Path::new(&path))
    })
}

/// The path that a plain relative specifier stands for; `None` for one with anything unusual in it.
fn joined(folder: &str, specifier: &str) -> Option<String> {
    let is_unusual = |byte: u8| matches!(byte, b'?' | b'#' | b'\\' | b'%' | 0);
    if !specifier.starts_with("./") && !specifier.starts_with("../") || specifier.bytes().any(is_unusual) {
        return None;
    }
    let mut path = String::with_capacity(folder.len() + specifier.len() + ".tsx".len());
    path.push_str(folder.trim_end_matches('/'));
    let mut last = "";
    for part in specifier.split('/') {
        last = part;
        match part {
            "" => return None,
            "." => {}
            ".." => path.truncate(path.rfind('/')?),
            _ => {
                path.push('/');
                path.push_str(part);
            }
        }
    }
    // These are folders.
    (last != "." && last != "..").then_some(path)
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use oxc_resolver::ResolverGeneric;
    use proptest::prelude::*;

    use super::super::options;
    use super::super::tree::{FileTree, TreeFileSystem};
    use super::beside;
    use crate::overlay::Overlay;

    const NAMES: [&str; 6] = ["a", "a.b", "b", "index", ".a", "a.js"];
    const ENDS: [&str; 8] = [".ts", ".tsx", ".js", ".jsx", ".mjs", ".mts", ".cjs", ".d.ts"];
    const FOLDERS: [&str; 4] = ["", "a/", "b/", "a/b/"];

    proptest! {
        /// What is found without the resolver is what the resolver finds.
        #[test]
        fn nothing_is_found_that_the_resolver_would_not(
            files in proptest::collection::btree_set((0..4_usize, 0..6_usize, 0..8_usize), 1..12),
            from in 0..4_usize,
            up in 0..3_usize,
            to in 0..4_usize,
            name in 0..6_usize,
            end in 0..10_usize,
        ) {
            let path = |(folder, name, end): (usize, usize, usize)| {
                PathBuf::from(format!("{}{}{}", FOLDERS[folder], NAMES[name], ENDS[end]))
            };
            let files: Vec<PathBuf> = files.into_iter().map(path).collect();
            let root = Path::new("/project");
            let tree = Arc::new(FileTree::new(root, &files, &Overlay::default()));
            let resolver = ResolverGeneric::new_with_file_system(TreeFileSystem::new(Arc::clone(&tree)), options());
            let folder = root.join(FOLDERS[from].trim_end_matches('/'));
            let start = if up == 0 { "./".to_owned() } else { "../".repeat(up) };
            let end = ["", "/"].into_iter().chain(ENDS).nth(end).unwrap_or_default();
            let specifier = format!("{start}{}{}{end}", FOLDERS[to], NAMES[name]);
            if let Some(found) = beside(&tree, &folder, &specifier) {
                let resolved = resolver.resolve(&folder, &specifier).ok().and_then(|found| tree.file(found.path()));
                prop_assert_eq!(Some(found), resolved, "{} from {}", specifier, folder.display());
            }
        }
    }
}
