//! The compiler's way from written strings to patterns, noting each mistake at its string.

use toml::Spanned;

use super::compile::Compiler;
use super::error::{CatalogError, Problem};
use super::load::Span;
use super::parse::{expand, place, test};
use super::pattern::{Callee, Condition, ExportPath, Place, Test, TypeKey};
use super::schema::{Text, Texts, WhenSchema};

impl Compiler<'_> {
    pub fn error(&mut self, span: Span, problem: Problem) {
        self.errors.push(CatalogError::new(self.file, self.text, span, problem));
    }

    pub fn note<T>(&mut self, span: Span, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.error(span, problem)).ok()
    }

    pub fn alternatives(&mut self, span: Span, text: &str) -> Vec<String> {
        self.note(span, expand(text)).unwrap_or_default()
    }

    /// Each alternative of each text, read by `read`.
    pub fn each<T>(&mut self, texts: &Texts, read: impl Fn(&Self, &str) -> Result<T, Problem>) -> Vec<T> {
        let mut all = Vec::new();
        for text in &texts.0 {
            for one in self.alternatives(text.span(), text.get_ref()) {
                let value = read(self, &one);
                all.extend(self.note(text.span(), value));
            }
        }
        all
    }

    pub fn callees(&mut self, texts: &Texts) -> Vec<Callee> {
        self.each(texts, |compiler, text| compiler.names.callee(text))
    }

    pub fn exports(&mut self, texts: &Texts) -> Vec<ExportPath> {
        self.each(texts, |compiler, text| compiler.names.export(text))
    }

    pub fn places(&mut self, texts: &Texts) -> Vec<Place> {
        self.each(texts, |_, text| place(text))
    }

    pub fn words(&mut self, texts: &Texts) -> Vec<Box<str>> {
        self.each(texts, |_, text| Ok(text.into()))
    }

    pub fn place(&mut self, text: &Text) -> Option<Place> {
        let place = place(text.get_ref());
        self.note(text.span(), place)
    }

    pub fn export(&mut self, text: &Text) -> Option<ExportPath> {
        let export = self.names.export(text.get_ref());
        self.note(text.span(), export)
    }

    /// The type `name`, which is written in `text`.
    pub fn type_named(&mut self, text: &Text, name: &str) -> Option<TypeKey> {
        let ty = self.names.ty(name);
        self.note(text.span(), ty)
    }

    pub fn types_named(&mut self, text: &Text) -> Vec<TypeKey> {
        let names = self.alternatives(text.span(), text.get_ref());
        names.iter().filter_map(|name| self.type_named(text, name)).collect()
    }

    /// A pattern and a place behind it: `react.useEffect arg0`.
    pub fn callees_at(&mut self, texts: &Texts) -> Vec<(Callee, Place)> {
        self.each(texts, |compiler, text| {
            let (pattern, at) = text.rsplit_once(' ').ok_or_else(|| {
                Problem::new(format!("`{text}` names no place"))
                    .help("write the call and the function's place: `pkg.hook arg0`")
            })?;
            Ok((compiler.names.callee(pattern)?, place(at)?))
        })
    }

    pub fn conditions(&mut self, when: &WhenSchema) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for (at, tests) in when {
            let mut any: Vec<Test> = tests.0.iter().filter_map(|text| self.test(text)).collect();
            let test = if any.len() == 1 {
                any.pop()
            } else {
                Some(Test::AnyOf(any))
            };
            if let (Some(at), Some(test)) = (self.place(at), test) {
                conditions.push(Condition { at, test });
            }
        }
        conditions
    }

    fn test(&mut self, text: &Spanned<String>) -> Option<Test> {
        let test = test(text.get_ref());
        self.note(text.span(), test)
    }
}
