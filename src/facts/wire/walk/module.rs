//! The tables of imports and exports.

use super::Walk;
use crate::facts::ids::{ExprId, Name, Span};
use crate::facts::wire::coder::Way;
use crate::facts::wire::column::Column;
use crate::facts::{Export, FileFacts, Import, ImportKind};

const IMPORT_KINDS: [ImportKind; 4] = all_of!(ImportKind:
    Static,
    TypeOnly,
    Require,
    Dynamic,
);

/// One of each kind of export, in the order of their tags.
const EXPORTS: [Export; 3] = all_of!(Export:
    Local {
        name: Name(0),
        value: ExprId(0),
    },
    From {
        name: Name(0),
        module: Name(0),
        imported: Name(0),
    },
    Star { module: Name(0) },
);

impl<W: Way> Walk<'_, W> {
    pub(super) fn modules(&mut self, facts: &mut FileFacts) {
        self.last = super::Last::default();
        let blank = Import {
            module: Name(0),
            kind: ImportKind::Static,
            span: Span::default(),
        };
        self.list(Column::TableLength, &mut facts.imports, &blank);
        for import in &mut facts.imports {
            self.name(Column::ModuleName, &mut import.module);
            let kind = IMPORT_KINDS.iter().position(|&kind| kind == import.kind);
            let kind = kind.expect("every kind of import is listed") as u32;
            if let Some(&kind) = IMPORT_KINDS.get(self.symbol(Column::ImportKind, kind) as usize) {
                import.kind = kind;
            }
            self.span(Column::ImportStart, Column::ImportLength, &mut import.span);
        }
        self.list(Column::TableLength, &mut facts.exports, &EXPORTS[2]);
        for export in &mut facts.exports {
            self.variant(Column::ExportKind, export, &EXPORTS);
            match export {
                Export::Local { name, value } => {
                    self.name(Column::ExportName, name);
                    self.expr_near(Column::ExportValue, value);
                }
                Export::From { name, module, imported } => {
                    self.name(Column::ExportName, name);
                    self.name(Column::ExportName, module);
                    self.name(Column::ExportName, imported);
                }
                Export::Star { module } => self.name(Column::ExportName, module),
            }
        }
    }
}
