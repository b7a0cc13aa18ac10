//! The manifests of a folder, each read once: what they say, and which are there and say nothing.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::tsconfig::ConfigProblem;
use crate::overlay::Overlay;

/// What `package.json`, `lerna.json` and `pnpm-workspace.yaml` of a folder say, as far as they are there.
#[derive(Default)]
pub(super) struct Manifests {
    pub(super) package: Option<Value>,
    pub(super) lerna: Option<Value>,
    pub(super) pnpm: Option<String>,
    /// Those that are there and cannot be used.
    pub(super) problems: Vec<ConfigProblem>,
}

impl Manifests {
    pub(super) fn read(folder: &Path, overlay: &Overlay) -> Self {
        let mut manifests = Self::default();
        manifests.package = manifests.used(folder.join("package.json"), overlay, json);
        manifests.lerna = manifests.used(folder.join("lerna.json"), overlay, json);
        let text = |bytes: &[u8]| Ok(String::from_utf8_lossy(bytes).into_owned());
        manifests.pnpm = manifests.used(folder.join("pnpm-workspace.yaml"), overlay, text);
        manifests
    }

    /// What a manifest says; one that cannot be used counts as none, and is noted.
    fn used<T>(&mut self, path: PathBuf, overlay: &Overlay, parse: impl Fn(&[u8]) -> Result<T, String>) -> Option<T> {
        let said = match overlay.read_configuration(&path) {
            Ok(bytes) => parse(&bytes),
            Err(error) if is_absence(&error) => return None,
            Err(error) => Err(error.to_string()),
        };
        said.map_err(|reason| {
            let message = format!("it counts as none: {reason}");
            self.problems.push(ConfigProblem { path, message });
        })
        .ok()
    }
}

/// Whether an error says that there is no such file: in no folder, or in a file where a folder should be.
fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn json(bytes: &[u8]) -> Result<Value, String> {
    let json: Value = serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
        .map_err(|error| format!("no valid JSON: {error}"))?;
    if json.is_object() {
        Ok(json)
    } else {
        Err("it has no fields".to_owned())
    }
}
