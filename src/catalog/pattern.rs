//! What a catalogue entry names: exports, methods, properties, and the places of values in one call.

use serde::{Deserialize, Serialize};

/// A catalogued type: its position in [`super::Catalog::types`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct TypeKey(pub u32);

/// A thing that a package or the platform offers: `pg.Pool`, `node:fs.promises.open`, the global `setInterval`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ExportPath {
    /// The package as imported, without `node:`; `None` for a global.
    pub module: Option<Box<str>>,
    /// The members after it. Empty is the module itself and its default export alike: see [`ExportPath::canonical`].
    /// In the catalogue a member may have one `*`, which stands for any letters (`react.use*`, `fs.*Sync`).
    pub members: Vec<Box<str>>,
}

impl ExportPath {
    /// The form in which the catalogue keeps exports, so that every way to import a thing gives one path:
    ///
    /// - `node:fs` is `fs`, `mysql2/promise.js` is `mysql2/promise`;
    /// - a leading `default` goes: a CommonJS package is its own default export, so `pg.default.Pool` is `pg.Pool`, and
    ///   `express.default` (an `import`) is `express` (a `require`).
    pub fn canonical(mut self) -> ExportPath {
        let Some(module) = &self.module else {
            return self;
        };
        let bare = module.strip_prefix("node:").unwrap_or(module);
        let bare = if bare.contains('/') {
            bare.strip_suffix(".js").unwrap_or(bare)
        } else {
            bare
        };
        if bare.len() != module.len() {
            self.module = Some(bare.into());
        }
        let defaults = self.members.iter().take_while(|member| &***member == "default").count();
        self.members.drain(..defaults);
        self
    }

    /// The last member; empty for a module or its default export. Tables are looked up by it.
    pub fn last(&self) -> &str {
        self.members.last().map_or("", |member| member)
    }

    /// Whether this catalogue pattern means the canonical path `path`.
    pub fn matches(&self, path: &ExportPath) -> bool {
        if self.module != path.module || self.members.len() != path.members.len() {
            return false;
        }
        self.members
            .iter()
            .zip(&path.members)
            .all(|(pattern, member)| name_matches(pattern, member))
    }
}

/// Whether a name in the catalogue, which may have one `*` for any letters, means `name`.
pub fn name_matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end),
        None => pattern == name,
    }
}

/// What a call, `new` or store has to be for an entry to speak of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Callee {
    /// `pg.connect(…)`, `setInterval(…)`.
    Export(ExportPath),
    /// `new pg.Client(…)`, written `new pg.Client`.
    New(ExportPath),
    /// A method of a value of the type or of one that extends it: `Pool#connect`.
    Method { ty: TypeKey, name: Box<str> },
    /// Calling a value of the type itself: `Event(…)`.
    Value(TypeKey),
    /// A method of that name on *any* receiver, known by its shape alone: `*#createQueryRunner`.
    Shape { name: Box<str> },
    /// An assignment to a property: `Type.prop=`.
    PropertySet { ty: TypeKey, name: Box<str> },
    /// An assignment to an element: `Type[]=`.
    ElementSet(TypeKey),
    /// A function given to a JSX attribute, as `arg0` of a call: `jsx ref`.
    Attribute { name: Box<str> },
}

impl Callee {
    /// The name under which tables are looked up: the method's, the class's or the export's last member (empty for a
    /// default export), the property's. `None` for patterns that have no name: values of a type and element stores.
    pub fn name(&self) -> Option<&str> {
        match self {
            Callee::Export(path) | Callee::New(path) => Some(path.last()),
            Callee::Method { name, .. }
            | Callee::Shape { name }
            | Callee::PropertySet { name, .. }
            | Callee::Attribute { name } => Some(name),
            Callee::Value(_) | Callee::ElementSet(_) => None,
        }
    }
}

/// Where a value sits in one call.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Place {
    pub root: PlaceRoot,
    pub steps: Vec<PlaceStep>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PlaceRoot {
    /// The object whose method is called.
    Receiver,
    /// What the call returns.
    Return,
    /// The n-th argument.
    Argument(u8),
    /// Each argument from the n-th on, written `arg0..`.
    ArgumentsFrom(u8),
    LastArgument,
    /// The value assigned, for the store patterns.
    Value,
    /// Where the chain of calls that ends here began: the source of an RxJS pipe.
    ChainSource,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum PlaceStep {
    /// The fulfilment value of a promise: `ret.awaited`; `awaited` alone is short for it.
    Awaited,
    /// A property: `arg0.signal`.
    Property(Box<str>),
    /// Any property: `arg0.*`.
    AnyProperty,
    /// The n-th parameter of a function value: what a callback is given.
    Parameter(u8),
    /// What a function value returns: `arg0.ret`.
    Returned,
    /// The n-th element of a tuple: `ret.0`.
    Index(u8),
}

/// A condition on a call's arguments; all of an entry's must hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    pub at: Place,
    pub test: Test,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Test {
    Absent,
    Present,
    Function,
    Object,
    /// A string, template or constant: what names an event.
    Key,
    /// Exactly this literal, as it is written in JavaScript without quotes.
    Literal(Box<str>),
    /// The opposite; `not function` also holds where the argument is absent.
    Not(Box<Test>),
    /// One of these.
    AnyOf(Vec<Test>),
}
