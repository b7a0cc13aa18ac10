//! What a call means: the compiled form of catalogue entries.

use serde::Deserialize;

use super::pattern::{Callee, Condition, ExportPath, Place, TypeKey};

/// The kind of thing acquired; it decides which rule reports the leak.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resource {
    Listener,
    Interval,
    Timeout,
    Connection,
    Handle,
    Client,
    Observer,
    Subscription,
    ObjectUrl,
    /// An entry of a map or set, held by the container.
    Entry,
}

impl Resource {
    /// What is acquired, in a word or two.
    pub fn noun(self) -> &'static str {
        match self {
            Resource::Listener => "listener",
            Resource::Interval => "interval",
            Resource::Timeout => "timeout",
            Resource::Connection => "connection",
            Resource::Handle => "handle",
            Resource::Client => "client",
            Resource::Observer => "observer",
            Resource::Subscription => "subscription",
            Resource::ObjectUrl => "object URL",
            Resource::Entry => "entry",
        }
    }

    /// Lives outside the heap (a socket, a lock, a file): losing the last reference does not give it back.
    pub fn is_external(self) -> bool {
        match self {
            Resource::Connection | Resource::Handle | Resource::Client | Resource::ObjectUrl => true,
            Resource::Listener
            | Resource::Interval
            | Resource::Timeout
            | Resource::Observer
            | Resource::Subscription
            | Resource::Entry => false,
        }
    }
}

/// How long a value lives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Lifetime {
    Process,
    Request,
    /// As long as the object that holds it.
    Owner,
    /// One call.
    Call,
    /// As long as the value of that type it came from.
    With(TypeKey),
    /// For a part: longer than the whole (`req.socket` outlives `req`).
    Outlives,
}

/// A type of the platform or a library.
#[derive(Clone, PartialEq, Debug)]
pub struct CatalogType {
    /// Qualified by the entry's file: `pg.Pool`.
    pub name: Box<str>,
    /// Position in [`super::Catalog::libraries`].
    pub library: usize,
    /// `new X()` makes one.
    pub constructors: Vec<ExportPath>,
    /// `: X` declares one.
    pub annotations: Vec<ExportPath>,
    /// A constructor parameter of that declared type or injection token receives one.
    pub injections: Vec<ExportPath>,
    /// Calls that give one.
    pub factories: Vec<Factory>,
    /// Globals and exports that are one: `global process`, `value node:cluster`.
    pub values: Vec<ExportPath>,
    pub extends: Vec<TypeKey>,
    pub lifetime: Option<Lifetime>,
    /// The property that is the variable itself, as `current` of a React ref.
    pub cell: Option<Box<str>>,
    /// The method that must be called on each value in the end.
    pub must: Option<Box<str>>,
    /// Where its values come from, as keys.
    pub origin: Option<Origin>,
    /// Structural shapes, as written after `shape `.
    pub shapes: Vec<Box<str>>,
}

/// A call that gives a value of a type: `call document.createElement`.
#[derive(Clone, PartialEq, Debug)]
pub struct Factory {
    pub callee: Callee,
    pub when: Vec<Condition>,
    /// Where in the call it is.
    pub at: Place,
}

/// A property of a type.
#[derive(Clone, PartialEq, Debug)]
pub struct Part {
    pub of: TypeKey,
    pub name: Box<str>,
    pub ty: Option<TypeKey>,
    pub lifetime: Option<Lifetime>,
    pub origin: Option<Origin>,
    /// Not the same object when it is read again.
    pub volatile: bool,
    /// Phases in which it is null.
    pub null_in: Vec<Box<str>>,
}

/// Where keys and elements of containers come from, from bounded to unbounded.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Constants, enums, a fixed set.
    Finite,
    /// Configuration and environment.
    Config,
    /// The identity of a class, type or function.
    Class,
    /// A parameter of which nothing is known.
    Parameter,
    /// Made afresh per call: an object, a counter, a clock, a random number.
    #[serde(alias = "time", alias = "counter", alias = "identity")]
    PerCall,
    /// From a request, message, URL or user.
    #[serde(alias = "request", alias = "user")]
    External,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repeat {
    /// Adding the same key again adds one more (EventEmitter).
    #[default]
    Adds,
    /// The same key again changes nothing (DOM, Set).
    NoOp,
    /// The new one takes the place of the old (`onx =`, `Map.set`).
    Replaces,
}

/// Who keeps the acquired thing alive.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Holder {
    At(Place),
    /// The runtime itself: the timer heap, the process.
    Process,
    /// The value of a global or an export, whatever the call says: `'document'` given to Angular's `Renderer2.listen`.
    Value(ExportPath),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    pub at: Place,
    pub ty: Option<TypeKey>,
}

/// One component of an acquisition's key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyPart {
    pub at: Place,
    /// Reads an option as a flag: `{ of = "arg2", read = "capture", bool = true, default = false }`
    /// (`arg2` itself, when it is a boolean, is the flag).
    pub flag: Option<Flag>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flag {
    pub property: Box<str>,
    pub default: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Acquire {
    pub library: usize,
    pub callee: Callee,
    pub when: Vec<Condition>,
    pub resource: Resource,
    /// The thing to be given back; absent for listeners, which are found by key.
    pub item: Option<Item>,
    pub holder: Holder,
    /// What stays alive through the holder.
    pub keeps: Option<Place>,
    pub key: Vec<KeyPart>,
    pub repeat: Repeat,
    /// Nothing was acquired on the branch where this is truthy (an error-first callback's error).
    pub absent_if: Option<Place>,
    /// Acquiring fails by rejecting or throwing, and then holds nothing (the default); `false` if a failed call still holds.
    pub failure_holds: bool,
    /// Ends by itself when its callback has run (`setTimeout`, `once`).
    pub self_ending: bool,
    /// Meant to work on by itself (a watcher, a worker, a pool): that it is never ended is a leak only where it is made again and again.
    pub lasting: bool,
    /// Made, it holds nothing until one of these is called on it; empty if it holds from the start.
    pub activated_by: Vec<Callee>,
    /// Too common a name to be evidence by itself: it counts only beside a call that is meant to end it.
    pub witnessed: bool,
    pub ends: Vec<End>,
    /// The ending that is right whatever happened, if one is.
    pub finally: Option<Finally>,
}

/// An ending that may stand in a `finally`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finally {
    /// The name of what is called; `None` if it is the item.
    pub name: Option<Box<str>>,
    /// It gives a promise.
    pub is_awaited: bool,
}

/// A way to give back what was acquired.
#[derive(Clone, PartialEq, Debug)]
pub enum End {
    /// A call or store (`x.onmessage = null` is no call, but an assignment pattern) in which every bound place holds the bound part of the acquisition.
    Call {
        callee: Callee,
        when: Vec<Condition>,
        /// What must be equal. Fewer parts than the key: a wider removal; none at all: it ends everything of this kind
        /// (`mongoose.disconnect()`).
        binds: Vec<Bind>,
        /// The exact number of arguments, where it matters (`removeAllListeners()`).
        arguments: Option<u8>,
    },
    /// Calling the value at this place of the acquisition releases it: a returned disposer, `done()`.
    Invoke(Place),
    /// An `AbortSignal` at this place: released when its controller aborts.
    Signal(Place),
    /// A flag at this place that makes it end when it fires: a release only if the event is terminal.
    Once(Place),
    /// The bag at this place takes it over.
    AddedTo(Place),
    /// Iterating the value to its end or leaving the loop.
    Iterate(Place),
    /// This property of the item is used: whoever is given it, or calls it, takes over.
    Read(Box<str>),
    /// A call on the item that fails says that the item is gone already.
    Fails(Callee),
    /// An operator in the chain the call's receiver is built from: `takeUntil(n)` in an RxJS pipe.
    Chain {
        operator: Callee,
        when: Vec<Condition>,
        how: ChainEnd,
    },
    /// The chain's source is of this type, which ends by itself.
    FiniteSource(TypeKey),
    /// This call on the chain's source ends it for all who subscribed.
    Completes(Callee),
}

/// What an operator does to the chain it stands in.
#[derive(Clone, PartialEq, Debug)]
pub enum ChainEnd {
    /// Ends it by itself.
    Finite,
    /// Ends it when the notifier among its arguments fires, by one of these calls.
    Fires { notifier: Place, by: Vec<Callee> },
    /// Gives its value when its source has ended. It ends nothing, but nobody waits for what does not come: a source of
    /// which nothing is known ends.
    Waits,
}

/// One equality between a releasing call and the acquisition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bind {
    /// In the releasing call.
    pub here: KeyPart,
    /// In the acquisition.
    pub there: There,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum There {
    /// The acquired item.
    Item,
    /// The n-th part of the key.
    Key(u8),
    /// The receiver of the acquiring call.
    Receiver,
}

/// How often, and on whose behalf, a callback runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    Once,
    Instance,
    Activation,
    Request,
    Connection,
    Message,
    Event,
    Tick,
    Item,
    /// Once, by a test runner.
    Test,
}

/// Which functions a framework calls, and how often.
#[derive(Clone, PartialEq, Debug)]
pub struct Runs {
    pub library: usize,
    pub who: Runner,
    pub when: Vec<Condition>,
    pub per: Per,
    /// Types of the callback's parameters by its arity (`None`: any arity).
    pub params: Vec<(Option<u8>, Vec<Option<TypeKey>>)>,
    /// The callback runs before the call returns.
    pub now: bool,
    /// For decorated methods: how many instances of the class there are.
    pub owner: Option<RunOwner>,
}

/// The class of a decorated method has one instance for the process …
#[derive(Clone, PartialEq, Debug)]
pub struct RunOwner {
    /// … unless the class carries one of these decorators with the option beside it.
    pub unless: Vec<(ExportPath, Place)>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Runner {
    /// The function at this place of such a call. Functions in arrays count too.
    Callback { callee: Callee, at: Place },
    /// A method with this decorator.
    Decorated(ExportPath),
    /// An export of a file that matches the glob, below a package that depends on the library.
    FileExport { glob: Box<str>, export: Vec<Box<str>> },
    /// A method of a value of that declared type, or of a class that implements it:
    /// `const route: RouteOptions = { handler(req, reply) {} }`, `class Log implements NestMiddleware { use() {} }`.
    Method { ty: TypeKey, name: Box<str> },
    /// A function of that declared type, wherever it is registered: `export const list: RequestHandler = …`.
    Typed(TypeKey),
}

/// Ownership passed on by argument.
#[derive(Clone, PartialEq, Debug)]
pub struct Takes {
    pub library: usize,
    pub callee: Callee,
    pub at: Place,
    pub until: Until,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Until {
    Always,
    Settled,
    Success,
}

/// A container of a library: what makes one, and when it is bounded.
#[derive(Clone, PartialEq, Debug)]
pub struct Container {
    pub library: usize,
    pub from: Callee,
    pub when: Vec<Condition>,
    /// Bounded if one of these is present; always bounded if the list is empty and `unbounded` is false.
    pub bounded_if: Vec<Place>,
    /// Never bounded by itself (`new Map`).
    pub unbounded: bool,
    /// Holds its keys weakly (`WeakMap`).
    pub weak: bool,
}

/// A call that grows a container that is not visible as one.
#[derive(Clone, PartialEq, Debug)]
pub struct Grows {
    pub library: usize,
    pub callee: Callee,
    pub when: Vec<Condition>,
    pub keys: Vec<Place>,
    /// The growth happens this often although its line runs once.
    pub per: Option<Per>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Alias {
    pub library: usize,
    pub callee: Callee,
    /// The return value is this place in other clothes.
    pub same: Place,
    pub identity: Identity,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// A new function on each call (`fn.bind()`, `debounce(fn)`).
    Fresh,
    /// The same object back (`emitter.on()` returns the emitter).
    Stable,
    /// The same for the owner's life.
    StablePerOwner,
    /// Another one that lives on that one: a view of a stream.
    Derived,
    /// An instance of the class at that place, which somebody else made and keeps: dependency injection by a call.
    Given,
}

/// What fields with a decorator hold: a framework gives them their value.
#[derive(Clone, PartialEq, Debug)]
pub struct DecoratedField {
    pub decorator: ExportPath,
    pub lifetime: Lifetime,
}

/// An owner's container whose elements a teardown disposes.
#[derive(Clone, PartialEq, Debug)]
pub struct Bag {
    pub library: usize,
    pub ty: TypeKey,
    pub add: Vec<Box<str>>,
    /// `None`: drained by the owner's teardown; else the method that drains it.
    pub drained_by: Option<Box<str>>,
}

/// Events of emitters that have something in common: they end it, they come again and again.
#[derive(Clone, PartialEq, Debug)]
pub struct Events {
    /// `None`: emitters of no known type.
    pub ty: Option<TypeKey>,
    pub events: Vec<Box<str>>,
}

impl Events {
    pub fn has(&self, event: &str) -> bool {
        self.events.iter().any(|each| **each == *event)
    }
}

/// How a call may leave, where it differs from an unknown call (which may throw, weakly).
#[derive(Clone, PartialEq, Debug)]
pub struct Leaves {
    pub library: usize,
    pub callee: Callee,
    pub how: Leaving,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leaving {
    /// Never throws: logging, arithmetic.
    Total,
    /// Throws on bad input as part of its purpose: `JSON.parse`.
    Throws,
    /// Never returns: `process.exit`.
    Never,
}

/// An owner with activations: the frameworks.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Lifecycle {
    pub library: usize,
    pub owners: Vec<OwnerPattern>,
    /// Names of methods or properties that set up.
    pub setup: Vec<Box<str>>,
    /// Names that may run many times between setup and teardown.
    pub rerun: Vec<Box<str>>,
    pub teardown: Vec<Box<str>>,
    /// An override of these must call the base's.
    pub super_required: Vec<Box<str>>,
    /// Names that may run with no teardown after them.
    pub orphan: Vec<Box<str>>,
    /// Misspelled hooks, never called.
    pub near: Vec<Box<str>>,
    /// Names of the object properties in which methods live (`methods`).
    pub members: Vec<Box<str>>,
    /// Names of the object properties that add members of other objects (`mixins`).
    pub bases: Vec<Box<str>>,
    /// Names of methods that give an object whose properties become the owner's fields (`data`).
    pub state: Vec<Box<str>>,
    /// The body of the owner function itself, for owners that are functions.
    pub body: Option<OwnerBody>,
    /// Calls that register a teardown, and the place of the function.
    pub hooks: Vec<(Callee, Place)>,
    /// Calls that give what others have too, and what outlives the owner: a context, an injected service.
    pub shared: Vec<Callee>,
    /// Calls that release by themselves with the owner.
    pub ambient: Vec<Callee>,
    /// Where they no longer do.
    pub ambient_lost: Vec<AmbientLoss>,
    /// Any public method may run many times (templates call them).
    pub public_rerun: bool,
    /// The framework fills the constructor's parameters with what others have too.
    pub injects: bool,
    /// Setters with these decorators may run many times.
    pub rerun_setters: Vec<ExportPath>,
    pub activations: Vec<Activation>,
    /// One instance for the process if this decorator option has this value; the value `absent`: if it is not given.
    pub once_if: Option<(Box<str>, Box<str>)>,
}

/// A place where no owner is current any more.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AmbientLoss {
    AfterAwait,
    AsyncCallback,
    Event,
}

#[derive(Clone, PartialEq, Debug)]
pub enum OwnerPattern {
    ClassExtends(ExportPath),
    ClassDecorator(ExportPath),
    /// A class that has a method of this name.
    ClassShape(Box<str>),
    /// An object literal given to a call.
    ObjectArgument {
        callee: Callee,
        at: Place,
    },
    /// The function that calls one of these.
    ScopeCall(Callee),
    /// The default export of files that match.
    FileDefault(Box<str>),
    /// An object literal with at least this many of the setup and teardown names.
    ObjectShape(u8),
}

#[derive(Clone, PartialEq, Debug)]
pub struct OwnerBody {
    pub per: Per,
    /// The body's acquisitions can be ended by the registered hooks; otherwise nothing ends them.
    pub has_teardown: bool,
    /// Also runs where no teardown follows (on a server).
    pub server: bool,
}

/// A setup callback with its own teardown: an effect.
#[derive(Clone, PartialEq, Debug)]
pub struct Activation {
    pub callee: Callee,
    /// The setup function.
    pub setup: Place,
    /// Functions that tear down, as places of the call: `arg0.ret`.
    pub teardown: Vec<Place>,
    /// Calls inside the setup that register a teardown, and the place of the function.
    pub hooks: Vec<(Callee, Place)>,
    /// The setup function itself is called with `null` to tear down (a React ref).
    pub null_teardown: bool,
    /// Runs again (its teardown first).
    pub again: bool,
    /// The phase its teardown runs in, which [`Part::null_in`] may name.
    pub phase: Option<Box<str>>,
}

/// A small program that leaks and its mended twin; the tests run both.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    pub library: usize,
    /// The rule that reports `leak`; it says nothing about `ok`.
    pub rule: Box<str>,
    pub leak: Box<str>,
    pub ok: Box<str>,
    /// A program that is close to a leak in shape and holds nothing too long; nothing is said of it either.
    pub near: Option<Box<str>>,
    /// The path under which the program is linted, where it matters.
    pub filename: Option<Box<str>>,
}
