//! What a finding is known by after lines moved: where it is by name, its rule, and its statement's first line.

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::source::CheckedFile;

/// Characters of a statement that count.
const SNIPPET: usize = 100;

/// A finding without its line. Two findings may have the same key; they are told apart by their order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// With `/` between the parts, relative to the folder of whoever stores it.
    pub path: String,
    pub rule: String,
    /// The classes and functions around it: `Server.start`.
    pub symbol: String,
    /// The first line of the statement without blanks.
    pub code: String,
}

impl Key {
    /// The key of a finding in `file`, which is stored under the name `path`.
    pub fn of(diagnostic: &Diagnostic, file: &CheckedFile, path: String) -> Self {
        let source = file.source();
        let line = source.slice(source.first_line_of(diagnostic.primary.place.span));
        Self {
            path,
            rule: diagnostic.rule.to_owned(),
            symbol: diagnostic.symbol.clone(),
            code: line
                .chars()
                .filter(|each| !each.is_whitespace())
                .take(SNIPPET)
                .collect(),
        }
    }

    /// A number for the key and its order among equals (from 0), in hexadecimal: FNV-1a over the parts, 64 bits.
    pub fn fingerprint(&self, order: usize) -> String {
        let order = order.to_string();
        let parts = [&self.path, &self.rule, &self.symbol, &self.code, &order];
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        for byte in parts.into_iter().flat_map(|part| part.bytes().chain([0])) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        format!("{hash:016x}")
    }
}
