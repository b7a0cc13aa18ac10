//! A configuration as it is written: everything may be left out, nothing is checked against the rules or the disk.
//!
//! The doc comments of the fields are the reference for users: the schema and `docs/configuration.md` carry them.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::diagnostic::{Confidence, Severity};

/// Configuration of leaklint, a linter that finds resource and memory leaks.
#[derive(Clone, Default, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schemars(title = "leaklint")]
pub struct Options {
    /// Where this schema is, for editors.
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    /// Configurations that this one builds on, relative to this file and inside the repository. What is written here wins;
    /// later ones win over earlier ones. Patterns in them are relative to the file that they stand in.
    #[serde(deserialize_with = "strings")]
    #[schemars(with = "Option<Strings>")]
    pub extends: Option<Vec<String>>,
    /// Patterns of the files to read, relative to this file. Default: all.
    pub include: Option<Vec<String>>,
    /// Patterns of files and folders that are not read at all, relative to this file. They say nothing about the rest of the
    /// project either. A file that is named on the command line is checked all the same, unless `--force-exclude` is given.
    pub exclude: Option<Vec<String>>,
    /// Patterns of the files that are tests or demonstrations. They are read for what they say about other files, but nothing in
    /// them is reported.
    /// An empty list makes them files like others, but for files that export nothing and hand functions to a test runner,
    /// and those that load one and that only tests load: these are tests whatever they are called.
    #[schemars(default = "default_tests")]
    pub tests: Option<Vec<String>>,
    /// What each rule is worth: `off`, `warn`, `error`, or an object.
    pub rules: BTreeMap<String, RuleOptions>,
    /// Findings of at least this confidence are reported. `--min-confidence` wins over it.
    #[schemars(default = "default_confidence")]
    pub min_confidence: Option<ConfidenceWord>,
    /// Files that describe your own libraries in the form of `rules/catalog/README.md`, relative to this file. A file named as
    /// a built-in one takes its place; an empty one switches that library off.
    pub catalog: Option<Vec<String>>,
    /// Whether a suppression must say why: `// leaklint-ignore-next-line RULE: reason`.
    #[schemars(default = "default_true")]
    pub require_reasons: Option<bool>,
    /// The file of known findings that are not reported, relative to this file. Default: `leaklint-baseline.json` beside
    /// this file, if it is there. `leaklint baseline create` writes it.
    pub baseline: Option<String>,
    /// Exceptions for some files. Later ones win.
    pub overrides: Vec<Override>,
}

/// What holds for some files only.
#[derive(Clone, Default, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Override {
    /// Patterns of the files, relative to the configuration.
    pub files: Vec<String>,
    /// What each rule is worth there.
    #[serde(default)]
    pub rules: BTreeMap<String, RuleOptions>,
    /// Findings of at least this confidence are reported there.
    pub min_confidence: Option<ConfidenceWord>,
}

/// How bad a rule's findings are here, or that they are not wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Off,
    Warn,
    Error,
}

impl Level {
    /// `None` if the rule is not wanted.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Level::Off => None,
            Level::Warn => Some(Severity::Warning),
            Level::Error => Some(Severity::Error),
        }
    }
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Warning => Level::Warn,
            Severity::Error => Level::Error,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The word that is written.
        self.serialize(f)
    }
}

/// A confidence, as it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConfidenceWord {
    Low,
    Medium,
    High,
}

impl From<ConfidenceWord> for Confidence {
    fn from(word: ConfidenceWord) -> Self {
        match word {
            ConfidenceWord::Low => Confidence::Low,
            ConfidenceWord::Medium => Confidence::Medium,
            ConfidenceWord::High => Confidence::High,
        }
    }
}

/// What is written for one rule.
#[derive(Clone, Copy, Default, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RuleObject {
    /// How bad its findings are. Default: as the rule says.
    pub level: Option<Level>,
    /// Findings of the rule are reported from this confidence on.
    pub min_confidence: Option<ConfidenceWord>,
}

/// A level alone, or an object.
#[derive(Clone, Copy, Default, PartialEq, Debug, JsonSchema)]
#[schemars(with = "RuleForm")]
pub struct RuleOptions(pub RuleObject);

/// What [`RuleOptions`] may look like, for the schema: an untagged enum's errors would say nothing.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "it is a shape, never a value")]
enum RuleForm {
    Level(Level),
    Object(RuleObject),
}

impl<'de> Deserialize<'de> for RuleOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = RuleOptions;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a level or an object")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                let level = Level::deserialize(text.into_deserializer())?;
                Ok(RuleOptions(RuleObject {
                    level: Some(level),
                    min_confidence: None,
                }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                RuleObject::deserialize(MapAccessDeserializer::new(map)).map(RuleOptions)
            }
        }
        deserializer.deserialize_any(Form)
    }
}

/// What a list of one may look like, for the schema.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "it is a shape, never a value")]
enum Strings {
    One(String),
    Many(Vec<String>),
}

/// A text, or a list of them.
fn strings<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    struct Form;
    impl<'de> Visitor<'de> for Form {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text or a list of texts")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(vec![text.to_owned()])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(list))
        }
    }
    deserializer.deserialize_any(Form).map(Some)
}

fn default_tests() -> Vec<&'static str> {
    super::DEFAULT_TESTS.to_vec()
}

fn default_confidence() -> ConfidenceWord {
    ConfidenceWord::Medium
}

fn default_true() -> bool {
    true
}
