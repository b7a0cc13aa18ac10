//! The documents that are open in the editor.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lsp_types::{TextDocumentContentChangeEvent, Uri};

use super::protocol::{Unit, path_of};
use crate::facts::ids::Span;
use crate::limits::{Limit, Limits};
use crate::overlay::Overlay;
use crate::source::SourceText;
use crate::walk;

/// A document as the editor shows it.
pub(super) struct Document {
    /// As the client spells it.
    pub(super) uri: Uri,
    pub(super) version: i32,
    pub(super) text: SourceText,
}

impl Document {
    /// Why it is not worth a run, if it is not: it would be refused as a file is, and takes long to be handed on.
    pub(super) fn excess(&self) -> Option<String> {
        let limits = Limits::DEFAULT;
        (self.text.text().len() as u64 > limits.bytes).then(|| limits.exceeded(Limit::Bytes))
    }
}

/// Open documents that are files leaklint reads, by path.
#[derive(Default)]
pub(super) struct Documents(BTreeMap<PathBuf, Document>);

impl Documents {
    /// Takes a document in; gives whether it is one to lint.
    pub(super) fn open(&mut self, uri: Uri, version: i32, text: String) -> bool {
        let path = path_of(&uri).filter(|path| walk::is_source(path));
        let Some(path) = path else {
            return false;
        };
        let text = SourceText::new(text);
        self.0.insert(path, Document { uri, version, text });
        true
    }

    /// Applies edits in their order; gives whether there were any. Those of an older version than the document's came
    /// late, or twice, and no longer fit.
    pub(super) fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        unit: Unit,
    ) -> bool {
        let path = path_of(uri);
        let Some(document) = path.and_then(|path| self.0.get_mut(&path)) else {
            return false;
        };
        if version < document.version {
            return false;
        }
        document.version = version;
        for change in changes {
            document.text = SourceText::new(match change.range {
                None => change.text,
                Some(range) => {
                    let start = unit.offset(&document.text, range.start);
                    let end = unit.offset(&document.text, range.end);
                    // A range that ends before it begins is taken as written the wrong way round.
                    let span = Span::new(start.min(end), start.max(end));
                    spliced(document.text.text(), span, &change.text)
                }
            });
        }
        true
    }

    /// Gives whether it was open.
    pub(super) fn close(&mut self, uri: &Uri) -> bool {
        path_of(uri).is_some_and(|path| self.0.remove(&path).is_some())
    }

    pub(super) fn get(&self, path: &Path) -> Option<&Document> {
        self.0.get(path)
    }

    pub(super) fn named(&self, uri: &Uri) -> Option<(&Path, &Document)> {
        let (path, document) = self.0.get_key_value(&path_of(uri)?)?;
        Some((path, document))
    }

    /// Those that are worth a run.
    pub(super) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        let worth = self.0.iter().filter(|(_, document)| document.excess().is_none());
        worth.map(|(path, _)| path)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Path, &Document)> {
        self.0.iter().map(|(path, document)| (path.as_path(), document))
    }

    /// Their texts, in the place of the files. A file whose text is too large is not there at all.
    pub(super) fn overlay(&self) -> Overlay {
        let mut overlay = Overlay::default();
        for (path, document) in &self.0 {
            match document.excess() {
                None => overlay.insert(path.clone(), document.text.text().as_bytes()),
                Some(_) => overlay.hide(path.clone()),
            }
        }
        overlay
    }
}

fn spliced(text: &str, span: Span, with: &str) -> String {
    let (start, end) = (span.start as usize, span.end as usize);
    [&text[..start], with, &text[end..]].concat()
}
