//! Catalogue files into one [`Catalog`]: the built-in ones and a user's own go through here alike.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::compile::Compiler;
use super::effect::CatalogType;
use super::error::{CatalogError, Problem};
use super::index::Index;
use super::parse::Names;
use super::pattern::TypeKey;
use super::schema::FileSchema;
use super::{Catalog, Library};

/// Reads the files, each a name and its text, in order.
///
/// A file's stem is its library's name and qualifies its types. A later file takes the place of an earlier one of the
/// same stem, so a user can mend what is built in; one without a key switches it off.
///
/// # Errors
/// Every mistake that was found, each with its place. A file that is no TOML, or has an unknown key, reports one mistake.
pub fn load(files: &[(&str, &str)]) -> Result<Catalog, Vec<CatalogError>> {
    let mut errors = Vec::new();
    let mut parsed: Vec<ParsedFile> = Vec::new();
    for &(name, text) in files {
        match toml::from_str::<FileSchema>(text) {
            Ok(schema) => {
                let file = ParsedFile {
                    name,
                    text,
                    stem: stem(name),
                    schema,
                };
                match parsed.iter_mut().find(|earlier| earlier.stem == file.stem) {
                    Some(earlier) => *earlier = file,
                    None => parsed.push(file),
                }
            }
            Err(_) if text.parse::<toml::Table>().is_ok_and(|table| table.is_empty()) => {
                parsed = parsed
                    .into_iter()
                    .map(|earlier| earlier.or_silenced(stem(name)))
                    .collect();
            }
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                errors.push(CatalogError::new(name, text, span, Problem::from_toml(&error)));
            }
        }
    }
    let mut catalog = Catalog::default();
    let types = declare(&parsed, &mut catalog);
    let mut packages: Vec<Box<str>> = catalog
        .libraries
        .iter()
        .flat_map(|library| library.packages.clone())
        .collect();
    packages.sort();
    packages.dedup();
    for (library, file) in parsed.iter().enumerate() {
        let is_platform = catalog.libraries[library].packages.is_empty();
        let names = Names {
            library: file.stem,
            is_platform,
            packages: &packages,
            types: &types,
        };
        Compiler {
            names,
            library,
            file: file.name,
            text: file.text,
            catalog: &mut catalog,
            errors: &mut errors,
        }
        .file(&file.schema);
    }
    if errors.is_empty() {
        catalog.index = Index::of(&catalog);
        Ok(catalog)
    } else {
        Err(errors)
    }
}

/// A file whose TOML and keys are right.
struct ParsedFile<'a> {
    name: &'a str,
    text: &'a str,
    stem: &'a str,
    schema: FileSchema,
}

impl ParsedFile<'_> {
    /// Itself, without what it says if that is its stem.
    fn or_silenced(self, stem: &str) -> Self {
        match self.stem == stem {
            true => Self {
                schema: self.schema.silenced(),
                ..self
            },
            false => self,
        }
    }
}

/// `rules/catalog/pg.toml` → `pg`.
fn stem(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.strip_suffix(".toml").unwrap_or(file)
}

/// Gives every library its position and every type its key, so that files may name each other's types in any order.
fn declare(files: &[ParsedFile], catalog: &mut Catalog) -> FxHashMap<Box<str>, TypeKey> {
    let mut keys = FxHashMap::default();
    for (library, file) in files.iter().enumerate() {
        let header = &file.schema.catalog;
        let packages = header
            .library
            .0
            .iter()
            .map(|name| name.get_ref().as_str())
            .filter(|&name| name != "global");
        catalog.libraries.push(Library {
            name: file.stem.into(),
            packages: packages.map(Into::into).collect(),
            source: header.source.get_ref().as_str().into(),
        });
        for name in file.schema.types.keys() {
            let name: Box<str> = format!("{}.{}", file.stem, name.get_ref()).into();
            let key = u32::try_from(catalog.types.len()).expect("a catalogue has fewer types than fit in memory");
            keys.insert(name.clone(), TypeKey(key));
            catalog.types.push(empty_type(name, library));
        }
    }
    keys
}

fn empty_type(name: Box<str>, library: usize) -> CatalogType {
    CatalogType {
        name,
        library,
        constructors: Vec::new(),
        annotations: Vec::new(),
        injections: Vec::new(),
        factories: Vec::new(),
        values: Vec::new(),
        extends: Vec::new(),
        lifetime: None,
        cell: None,
        must: None,
        origin: None,
        shapes: Vec::new(),
    }
}

/// The place of a written thing, in bytes of its file.
pub(super) type Span = Range<usize>;
