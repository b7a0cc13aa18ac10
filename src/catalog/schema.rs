//! Catalogue files as they are written: serde types, one for each table, with the spans that errors need.
//!
//! Nothing is interpreted here; `load` turns these into the model. The keys are documented in
//! `rules/catalog/README.md`.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::effect::{Identity, Leaving, Origin, Per, Repeat, Resource, Until};

pub(crate) type Text = Spanned<String>;

/// A catalogue file.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileSchema {
    pub catalog: HeaderSchema,
    #[serde(default, rename = "type")]
    pub types: BTreeMap<Text, TypeSchema>,
    #[serde(default, rename = "part")]
    pub parts: BTreeMap<Text, PartSchema>,
    #[serde(default, rename = "terminal")]
    pub terminals: BTreeMap<Text, Vec<String>>,
    #[serde(default)]
    pub recurring: BTreeMap<Text, Vec<String>>,
    #[serde(default)]
    pub parting: BTreeMap<Text, Vec<String>>,
    #[serde(default, rename = "acquire")]
    pub acquires: Vec<AcquireSchema>,
    #[serde(default)]
    pub runs: Vec<Spanned<RunsSchema>>,
    #[serde(default)]
    pub takes: Vec<TakesSchema>,
    #[serde(default, rename = "container")]
    pub containers: Vec<ContainerSchema>,
    #[serde(default)]
    pub grows: Vec<GrowsSchema>,
    #[serde(default)]
    pub safe: Vec<SafeSchema>,
    #[serde(default, rename = "alias")]
    pub aliases: Vec<AliasSchema>,
    #[serde(default, rename = "bag")]
    pub bags: Vec<BagSchema>,
    #[serde(default)]
    pub leaves: Vec<LeavesSchema>,
    #[serde(default, rename = "field")]
    pub fields: Vec<FieldSchema>,
    #[serde(default, rename = "lifecycle")]
    pub lifecycles: Vec<LifecycleSchema>,
    #[serde(default, rename = "example")]
    pub examples: Vec<ExampleSchema>,
}

impl FileSchema {
    /// The file of a library that is switched off: its names are known, because other files may use them, and nothing
    /// is said of any.
    pub(crate) fn silenced(self) -> FileSchema {
        FileSchema {
            catalog: self.catalog,
            types: self
                .types
                .into_keys()
                .map(|name| (name, TypeSchema::default()))
                .collect(),
            parts: BTreeMap::new(),
            terminals: BTreeMap::new(),
            recurring: BTreeMap::new(),
            parting: BTreeMap::new(),
            acquires: Vec::new(),
            runs: Vec::new(),
            takes: Vec::new(),
            containers: Vec::new(),
            grows: Vec::new(),
            safe: Vec::new(),
            aliases: Vec::new(),
            bags: Vec::new(),
            leaves: Vec::new(),
            fields: Vec::new(),
            lifecycles: Vec::new(),
            examples: Vec::new(),
        }
    }
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeaderSchema {
    pub library: Texts,
    pub source: Text,
}

#[derive(Deserialize, Default, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypeSchema {
    #[serde(default)]
    pub from: Texts,
    /// Of the calls in `from`.
    #[serde(default)]
    pub when: WhenSchema,
    #[serde(default)]
    pub extends: Texts,
    pub lifetime: Option<Text>,
    pub cell: Option<String>,
    pub must: Option<String>,
    pub origin: Option<Origin>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartSchema {
    #[serde(rename = "type")]
    pub ty: Option<Text>,
    pub lifetime: Option<Text>,
    pub origin: Option<Origin>,
    #[serde(default)]
    pub volatile: bool,
    #[serde(default)]
    pub null_in: Texts,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcquireSchema {
    pub call: Texts,
    #[serde(default)]
    pub when: WhenSchema,
    pub resource: Resource,
    pub item: Option<Spanned<TextOr<ItemSchema>>>,
    pub holder: Option<Text>,
    pub keeps: Option<Text>,
    #[serde(default)]
    pub key: Vec<Spanned<TextOr<FlagSchema>>>,
    #[serde(default)]
    pub repeat: Repeat,
    pub absent_if: Option<Text>,
    #[serde(default)]
    pub failure_holds: bool,
    #[serde(default)]
    pub self_ending: bool,
    #[serde(default)]
    pub lasting: bool,
    #[serde(default)]
    pub activated_by: Texts,
    #[serde(default)]
    pub witnessed: bool,
    pub finally: Option<Text>,
    pub ends: Spanned<Vec<Spanned<EndSchema>>>,
}

pub(crate) type WhenSchema = BTreeMap<Text, Texts>;

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemSchema {
    pub at: Text,
    #[serde(rename = "type")]
    pub ty: Option<Text>,
}

/// `{ of = "arg2", read = "capture", default = false }`.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlagSchema {
    pub of: Text,
    pub read: String,
    #[serde(default)]
    pub default: bool,
}

/// One ending: exactly one of `call`, `invoke`, `signal`, `once`, `added_to`, `iterate`, `read`, `fails`, `chain`, `source`, `completes`, and
/// the keys that go with it.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndSchema {
    pub call: Option<Texts>,
    #[serde(default)]
    pub when: WhenSchema,
    pub on: Option<Text>,
    pub item_at: Option<Text>,
    pub key: Option<Spanned<TextOrList>>,
    #[serde(default)]
    pub all: bool,
    pub args: Option<u8>,
    pub invoke: Option<Text>,
    pub signal: Option<Text>,
    pub once: Option<Text>,
    pub added_to: Option<Text>,
    pub iterate: Option<Text>,
    pub read: Option<Text>,
    pub fails: Option<Texts>,
    pub completes: Option<Texts>,
    pub chain: Option<Texts>,
    pub fires: Option<Text>,
    pub by: Option<Texts>,
    #[serde(default)]
    pub finite: bool,
    #[serde(default)]
    pub waits: bool,
    pub source: Option<Text>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunsSchema {
    pub call: Option<Texts>,
    pub callback: Option<Texts>,
    pub decorator: Option<Texts>,
    pub owner: Option<RunOwnerSchema>,
    pub file: Option<Text>,
    pub export: Option<Texts>,
    pub method: Option<Texts>,
    #[serde(rename = "type")]
    pub ty: Option<Texts>,
    #[serde(default)]
    pub when: WhenSchema,
    pub per: Per,
    pub params: Option<Spanned<Params>>,
    #[serde(default)]
    pub now: bool,
}

/// `owner = { is = "singleton", unless = { decorator = "@nestjs/common.Injectable", option = "arg0.scope" } }`.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunOwnerSchema {
    pub is: OwnerKind,
    pub unless: Option<Spanned<TextOr<UnlessSchema, UnlessSchema>>>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum OwnerKind {
    Singleton,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnlessSchema {
    pub decorator: Text,
    pub option: Text,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakesSchema {
    pub call: Texts,
    pub args: Texts,
    pub until: Until,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContainerSchema {
    pub from: Texts,
    #[serde(default)]
    pub when: WhenSchema,
    #[serde(default)]
    pub bounded_if: Texts,
    #[serde(default)]
    pub unbounded: bool,
    #[serde(default)]
    pub weak: bool,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrowsSchema {
    pub call: Texts,
    #[serde(default)]
    pub when: WhenSchema,
    #[serde(default)]
    pub keys: Texts,
    pub grows_per: Option<Per>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct SafeSchema {
    pub call: Texts,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct AliasSchema {
    pub call: Texts,
    pub same: Text,
    pub identity: Identity,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct BagSchema {
    #[serde(rename = "type")]
    pub ty: Text,
    pub add: Texts,
    pub drained_by: String,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeavesSchema {
    pub call: Texts,
    pub how: Leaving,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldSchema {
    pub decorator: Texts,
    pub lifetime: Text,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct LifecycleSchema {
    pub owner: Texts,
    #[serde(default)]
    pub setup: Texts,
    #[serde(default)]
    pub rerun: Texts,
    #[serde(default)]
    pub teardown: Texts,
    #[serde(default, rename = "super")]
    pub super_required: Texts,
    #[serde(default)]
    pub orphan: Texts,
    #[serde(default)]
    pub near: Texts,
    #[serde(default)]
    pub members: Texts,
    #[serde(default)]
    pub bases: Texts,
    #[serde(default)]
    pub state: Texts,
    pub body: Option<BodySchema>,
    #[serde(default)]
    pub hooks: Texts,
    #[serde(default)]
    pub shared: Texts,
    #[serde(default)]
    pub ambient: Texts,
    #[serde(default)]
    pub ambient_lost: Texts,
    #[serde(default)]
    pub public_rerun: bool,
    #[serde(default)]
    pub injects: bool,
    pub once_if: Option<OnceIfSchema>,
    #[serde(default, rename = "activation")]
    pub activations: Vec<ActivationSchema>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct BodySchema {
    pub per: Per,
    #[serde(default)]
    pub teardown: bool,
    #[serde(default)]
    pub server: bool,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct OnceIfSchema {
    pub option: String,
    pub value: String,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActivationSchema {
    pub call: Texts,
    pub setup: Text,
    #[serde(default)]
    pub teardown: Texts,
    #[serde(default)]
    pub hooks: Texts,
    #[serde(default)]
    pub null_teardown: bool,
    #[serde(default)]
    pub again: bool,
    pub phase: Option<String>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExampleSchema {
    pub rule: Text,
    pub leak: Text,
    pub ok: String,
    pub near: Option<Text>,
    pub filename: Option<String>,
}

/// A string or a list of strings.
#[derive(Debug, Default)]
pub(crate) struct Texts(pub Vec<Text>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Texts, D::Error> {
        let written = Spanned::<TextOr<Never, Text>>::deserialize(deserializer)?;
        let span = written.span();
        match written.into_inner() {
            TextOr::Text(text) => Ok(Texts(vec![Spanned::new(span, text)])),
            TextOr::List(list) => Ok(Texts(list)),
            TextOr::Table(never) => match never {},
        }
    }
}

/// A string or a list of strings and key parts.
pub(crate) type TextOrList = TextOr<Never, Spanned<TextOr<FlagSchema>>>;

/// Parameter types of a callback: `["Request", "_"]`, or a list for each arity: `{ "3" = [...], "4" = [...] }`.
pub(crate) type Params = TextOr<BTreeMap<Text, Vec<Text>>, Text>;

/// A string, a table, or a list: each use says with [`Never`] what it does not take.
#[derive(Debug)]
pub(crate) enum TextOr<Table, Element = Never> {
    Text(String),
    Table(Table),
    List(Vec<Element>),
}

/// A form that may not be written.
#[derive(Debug)]
pub(crate) enum Never {}

impl<'de> Deserialize<'de> for Never {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Never, D::Error> {
        Err(D::Error::custom("this form is not known here"))
    }
}

impl<'de, T: Deserialize<'de>, E: Deserialize<'de>> Deserialize<'de> for TextOr<T, E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrVisitor(PhantomData))
    }
}

struct TextOrVisitor<T, E>(PhantomData<(T, E)>);

impl<'de, T: Deserialize<'de>, E: Deserialize<'de>> Visitor<'de> for TextOrVisitor<T, E> {
    type Value = TextOr<T, E>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a string, or one of the other forms this key has")
    }

    fn visit_str<Er: Error>(self, text: &str) -> Result<Self::Value, Er> {
        Ok(TextOr::Text(text.to_string()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(TextOr::Table)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(seq)).map(TextOr::List)
    }
}
