//! Text to options, with the place of each mistake.
//!
//! `jsonc-parser` says where things stand, `serde` what they should be, and `serde_path_to_error` joins the two.

use std::ops::Range;
use std::path::{Path, PathBuf};

use jsonc_parser::ast::{ObjectProp, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use rustc_hash::FxHashSet;
use serde_path_to_error::Segment;

use super::mistake::Mistake;
use super::options::Options;
use super::{PACKAGE_FIELD, PACKAGE_FILE};
use crate::spelling::{Unknown, advice};

/// A configuration with the text it was read from.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) path: PathBuf,
    text: String,
    /// Where in the text the configuration stands: empty, or the field of a `package.json`.
    prefix: Vec<Step>,
    pub(super) options: Options,
}

/// From a value to one in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Step::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Step::Index(index)
    }
}

/// JSON with comments and trailing commas, and nothing else that JSON has not.
const DIALECT: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Reads a configuration; `None` for a `package.json` that holds none, or that is no JSON.
///
/// # Errors
/// The first thing that is not as it should be.
pub(super) fn read(path: &Path, text: String) -> Result<Option<Document>, Mistake> {
    let is_package = path.file_name().is_some_and(|name| name == PACKAGE_FILE);
    if is_package && !text.contains(PACKAGE_FIELD) {
        return Ok(None);
    }
    let prefix = if is_package {
        vec![Step::from(PACKAGE_FIELD)]
    } else {
        Vec::new()
    };
    let mut document = Document {
        path: path.to_path_buf(),
        text,
        prefix,
        options: Options::default(),
    };
    let root = match parse_to_ast(&document.text, &CollectOptions::default(), &DIALECT) {
        Ok(parsed) => parsed.value,
        Err(_) if is_package => return Ok(None),
        Err(error) => {
            let range = error.range();
            let message = lower_case(&error.kind().to_string());
            return Err(document.mistake(range.start..range.end, message, None));
        }
    };
    let Some(root) = root else {
        return Err(document.mistake(0..0, "it is empty; write `{}`".to_owned(), None));
    };
    let Some((value, _)) = found(&root, &document.prefix) else {
        return Ok(None);
    };
    if let Some((odd, what)) = no_object(value) {
        let range = odd.range();
        let message = format!("{what} is an object: `{{ … }}`");
        return Err(document.mistake(range.start..range.end, message, None));
    }
    if let Some(twice) = repeated(value) {
        let range = twice.name.range();
        let message = format!("the key `{}` is there twice", twice.name.as_str());
        return Err(document.mistake(range.start..range.end, message, None));
    }
    let json: serde_json::Value = value.clone().into();
    match serde_path_to_error::deserialize(json) {
        Ok(options) => document.options = options,
        Err(error) => return Err(document.of_serde(&error)),
    }
    Ok(Some(document))
}

impl Document {
    /// A mistake about the value at `steps`, or about its key.
    pub(super) fn at(&self, steps: &[Step], part: Part, message: String, help: Option<String>) -> Mistake {
        let all: Vec<Step> = self.prefix.iter().chain(steps).cloned().collect();
        let parsed = parse_to_ast(&self.text, &CollectOptions::default(), &DIALECT);
        let root = parsed.ok().and_then(|parsed| parsed.value);
        let span = root.as_ref().and_then(|root| {
            // A list of one may be written without brackets.
            let without_index = &all[..all.len().saturating_sub(1)];
            let (value, property) = found(root, &all).or_else(|| found(root, without_index))?;
            Some(match (part, property) {
                (Part::Key, Some(property)) => property.name.range(),
                _ => value.range(),
            })
        });
        let span = span.map_or(0..0, |range| range.start..range.end);
        self.mistake(span, message, help)
    }

    fn of_serde(&self, error: &serde_path_to_error::Error<serde_json::Error>) -> Mistake {
        let steps: Vec<Step> = error
            .path()
            .iter()
            .filter_map(|segment| match segment {
                Segment::Seq { index } => Some(Step::Index(*index)),
                Segment::Map { key } => Some(Step::Key(key.clone())),
                Segment::Enum { .. } | Segment::Unknown => None,
            })
            .collect();
        let text = error.inner().to_string();
        match Unknown::of(&text) {
            Some(unknown) => {
                let (noun, part) = if unknown.is_key {
                    ("key", Part::Key)
                } else {
                    ("word", Part::Value)
                };
                let help = advice(unknown.name, &unknown.known);
                self.at(&steps, part, format!("unknown {noun} `{}`", unknown.name), Some(help))
            }
            None => self.at(&steps, Part::Value, text, None),
        }
    }

    fn mistake(&self, span: Range<usize>, message: String, help: Option<String>) -> Mistake {
        Mistake {
            path: self.path.clone(),
            text: self.text.clone(),
            span,
            message,
            help,
        }
    }
}

/// What of a property a mistake is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    Key,
    Value,
}

/// The value at the end of the steps, with the property that holds it. The last of equal keys counts.
fn found<'v, 'a>(root: &'v Value<'a>, steps: &[Step]) -> Option<(&'v Value<'a>, Option<&'v ObjectProp<'a>>)> {
    let mut at = (root, None);
    for step in steps {
        at = match (step, at.0) {
            (Step::Key(key), Value::Object(object)) => {
                let property = object
                    .properties
                    .iter()
                    .rfind(|property| property.name.as_str() == key)?;
                (&property.value, Some(property))
            }
            (Step::Index(index), Value::Array(array)) => (array.elements.get(*index)?, None),
            _ => return None,
        };
    }
    Some(at)
}

/// What must be an object and is none; `serde` would take a list for one, field by field.
fn no_object<'v, 'a>(value: &'v Value<'a>) -> Option<(&'v Value<'a>, &'static str)> {
    let Value::Object(object) = value else {
        return Some((value, "a configuration"));
    };
    let overrides = object.get("overrides").and_then(|property| property.value.as_array());
    let elements = overrides.into_iter().flat_map(|array| &array.elements);
    let odd = elements.into_iter().find(|element| element.as_object().is_none());
    odd.map(|odd| (odd, "an exception"))
}

/// A key that an object of the configuration has twice: of one of them nobody would know that it does nothing.
fn repeated<'v, 'a>(value: &'v Value<'a>) -> Option<&'v ObjectProp<'a>> {
    match value {
        Value::Object(object) => {
            let mut seen = FxHashSet::default();
            let second = object.properties.iter().find(|each| !seen.insert(each.name.as_str()));
            let deeper = || object.properties.iter().find_map(|property| repeated(&property.value));
            second.or_else(deeper)
        }
        Value::Array(array) => array.elements.iter().find_map(repeated),
        _ => None,
    }
}

fn lower_case(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(char::to_lowercase).into_iter().flatten();
    first.chain(characters).collect()
}
