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
    /// The members after it. `default` is the default export; an empty list is the module itself (`module.exports`).
    pub members: Vec<Box<str>>,
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
    Not(Box<Test>),
}
