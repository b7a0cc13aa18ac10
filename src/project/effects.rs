//! What a call does to control flow: whether it returns, which callbacks it runs, whether its promise may reject.
//!
//! The language's own functions (promises, arrays) are known here; everything a library does is catalogue data.

use smallvec::{SmallVec, smallvec};

use crate::catalog::effect::{Leaving, Runner, Runs};
use crate::catalog::index::Tables;
use crate::catalog::pattern::{Callee, name_matches};
use crate::facts::body::{FunctionKind, How, Op};
use crate::facts::expr::Expr;

use super::Project;
use super::calls::{Attribute, Tier};
use super::cfg::Strength;
use super::path::{CallRef, ExprRef, FnRef, Root, Step};

/// Functions calling functions that are looked into for what they throw.
pub(super) const MAX_THROW_DEPTH: u32 = 3;

/// How a call leaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Leaves {
    /// It always returns.
    Returns,
    Throws(Strength),
    Never,
}

/// The callbacks that belong to a call's own run.
pub enum Invoked {
    Nothing,
    /// Run before the call returns, once or again and again.
    Now {
        callbacks: SmallVec<[FnRef; 1]>,
        repeats: bool,
    },
    /// The executor of `new Promise`.
    Executor(FnRef),
    /// `.then`, `.catch`, `.finally` on the promise `of`.
    Handlers {
        handlers: Handlers,
        of: ExprRef,
    },
}

/// What a link of a promise chain does.
#[derive(Default)]
pub struct Handlers {
    pub fulfilled: Handler,
    pub rejected: Handler,
    pub finally: Handler,
}

/// A callback of a promise.
#[derive(Default)]
pub enum Handler {
    #[default]
    Absent,
    /// A value of which the project has no body: `.catch(next)`.
    Unknown,
    /// One of these.
    Known(SmallVec<[FnRef; 1]>),
}

impl Handler {
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The functions it is known to be one of.
    pub fn functions(&self) -> &[FnRef] {
        match self {
            Self::Absent | Self::Unknown => &[],
            Self::Known(functions) => functions,
        }
    }
}

/// Array methods that call their first argument at once, for each element.
const ITERATORS: &[&str] = &[
    "forEach",
    "map",
    "filter",
    "some",
    "every",
    "reduce",
    "reduceRight",
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "flatMap",
];

/// Methods of the language's own objects that neither throw nor call back.
const TOTAL_METHODS: &[&str] = &[
    "push",
    "pop",
    "shift",
    "unshift",
    "slice",
    "splice",
    "concat",
    "indexOf",
    "includes",
    "join",
    "keys",
    "values",
    "entries",
    "get",
    "set",
    "has",
    "add",
    "delete",
    "clear",
    "bind",
    "toString",
    "trim",
    "split",
    "startsWith",
    "endsWith",
    "toLowerCase",
    "toUpperCase",
    "replace",
    "padStart",
    "charCodeAt",
    "charAt",
    "substring",
    "substr",
    "hasOwnProperty",
    "emit",
    "then",
    "catch",
    "finally",
    "unref",
    "ref",
    "now",
    "next",
    "abort",
];

/// The language's own globals that always return.
const TOTAL_GLOBALS: &[&str] = &[
    "String",
    "Number",
    "Boolean",
    "Array",
    "Object",
    "Symbol",
    "parseInt",
    "parseFloat",
    "isNaN",
    "console",
    "Math",
    "Date",
    "Map",
    "Set",
    "WeakMap",
    "WeakSet",
    "WeakRef",
    "Error",
    "TypeError",
    "RangeError",
    "Promise",
    "AbortController",
];

impl Project<'_> {
    /// How a call leaves.
    pub fn leaves(&self, call: CallRef) -> Leaves {
        self.leaves_within(call, 0)
    }

    pub(super) fn leaves_within(&self, call: CallRef, depth: u32) -> Leaves {
        if self.tables_of(call).contains(Tables::LEAVES)
            && let Some(name) = self.callee_name(call)
        {
            for entry in self.catalog.leaves_named(name) {
                if self.matches(&entry.callee, call).is_some() {
                    return match entry.how {
                        Leaving::Total => Leaves::Returns,
                        Leaving::Throws => Leaves::Throws(Strength::Strong),
                        Leaving::Never => Leaves::Never,
                    };
                }
            }
        }
        let callees = self.callees(call);
        if !callees.is_empty() {
            let strongest = callees.iter().filter_map(|&callee| self.throws(callee, depth)).max();
            return strongest.map_or(Leaves::Returns, Leaves::Throws);
        }
        match self.invoked(call) {
            // What a callback throws is the graph's, or what is asked for below.
            Invoked::Now { callbacks, .. } if depth > 0 => {
                let strongest = callbacks
                    .iter()
                    .filter_map(|&callback| self.throws(callback, depth))
                    .max();
                strongest.map_or(Leaves::Throws(Strength::Weak), Leaves::Throws)
            }
            Invoked::Executor(_) => Leaves::Returns,
            _ if self.is_total(call) || self.settles_executor(call) => Leaves::Returns,
            _ => Leaves::Throws(Strength::Weak),
        }
    }

    /// Whether a call is of the `resolve` or `reject` that an executor is given.
    fn settles_executor(&self, call: CallRef) -> bool {
        let path = self.path(call.with(self.call(call).callee));
        matches!(path.root, Root::Param(function, 0 | 1) if path.is_root() && self.is_executor(function))
    }

    /// How strongly calling a function of the project throws, before it returns.
    fn throws(&self, function: FnRef, depth: u32) -> Option<Strength> {
        let fact = self.function(function);
        if fact.is_async || fact.is_generator {
            return None;
        }
        if depth >= MAX_THROW_DEPTH {
            return Some(Strength::Weak);
        }
        self.body_throws(function, depth)
    }

    /// What leaves a body by throwing, or by returning a promise that rejects where the body is `async`.
    pub(super) fn body_throws(&self, function: FnRef, depth: u32) -> Option<Strength> {
        // What is thrown in each open `try`, outermost first; the body itself is the first.
        let mut thrown: SmallVec<[Option<Strength>; 4]> = smallvec![None];
        let mut rejected = None;
        let fact = self.function(function);
        for op in &fact.ops {
            let found = match *op {
                Op::Try => {
                    thrown.push(None);
                    None
                }
                Op::Catch(_) => {
                    if let Some(tried) = thrown.last_mut() {
                        *tried = None;
                    }
                    None
                }
                Op::EndTry => thrown.pop().flatten(),
                Op::Throw(_) => Some(Strength::Strong),
                Op::Await(of) => self.rejects_within(function.with(of), depth + 1),
                Op::LoopItem { of, is_await } => self.iteration_throws_within(function.with(of), is_await, depth + 1),
                Op::Call(call) => match self.leaves_within(function.with(call), depth + 1) {
                    Leaves::Throws(strength) => Some(strength),
                    Leaves::Returns | Leaves::Never => None,
                },
                Op::Return(Some(value)) if fact.is_async => {
                    rejected = rejected.max(self.returned_rejects_within(function.with(value), depth + 1));
                    None
                }
                _ => None,
            };
            if let Some(innermost) = thrown.last_mut() {
                *innermost = (*innermost).max(found);
            }
        }
        thrown.into_iter().flatten().max().max(rejected)
    }

    /// Calls of the language's own functions that always return, and logging.
    fn is_total(&self, call: CallRef) -> bool {
        let path = self.path(call.with(self.call(call).callee));
        match path.root {
            Root::Global(name) => TOTAL_GLOBALS.contains(&self.names.text(name)),
            _ => match path.steps.last() {
                Some(Step::Field(name)) => TOTAL_METHODS.contains(&self.names.text(*name)),
                _ => self
                    .callee_name(call)
                    .is_some_and(|name| self.receiver(call).is_some() && TOTAL_METHODS.contains(&name)),
            },
        }
    }

    /// The callbacks that belong to a call's own run.
    pub fn invoked(&self, call: CallRef) -> Invoked {
        let fact = self.call(call);
        let function = |index: usize| {
            self.argument(call, index)
                .and_then(|arg| self.functions_in(arg).first().copied())
        };
        if fact.how == How::New {
            return match function(0) {
                Some(executor) if self.is_promise_class(call.with(fact.callee)) => Invoked::Executor(executor),
                _ => Invoked::Nothing,
            };
        }
        let (Some(name), Some(of)) = (self.callee_name(call), self.receiver(call)) else {
            return Invoked::Nothing;
        };
        let handler = |index: usize| match self.argument(call, index) {
            None => Handler::Absent,
            Some(arg) if self.path(arg).is_nullish() => Handler::Absent,
            Some(arg) => match self.functions_in(arg) {
                known if known.is_empty() => Handler::Unknown,
                known => Handler::Known(known),
            },
        };
        match name {
            "then" if !fact.args.is_empty() => Invoked::Handlers {
                handlers: Handlers {
                    fulfilled: handler(0),
                    rejected: handler(1),
                    ..Handlers::default()
                },
                of,
            },
            "catch" if fact.args.len() == 1 => Invoked::Handlers {
                handlers: Handlers {
                    rejected: handler(0),
                    ..Handlers::default()
                },
                of,
            },
            "finally" if fact.args.len() == 1 => Invoked::Handlers {
                handlers: Handlers {
                    finally: handler(0),
                    ..Handlers::default()
                },
                of,
            },
            _ if ITERATORS.contains(&name) => match function(0) {
                Some(callback) if self.types_of(of).is_empty() => Invoked::Now {
                    callbacks: [callback].into_iter().collect(),
                    repeats: true,
                },
                _ => Invoked::Nothing,
            },
            _ => Invoked::Nothing,
        }
    }

    /// The catalogue's word on who runs the function in the n-th argument of a call.
    pub fn runs_of(&self, call: CallRef, position: u16) -> SmallVec<[(&Runs, Tier); 1]> {
        if !self.tables_of(call).contains(Tables::RUNS) {
            return SmallVec::new();
        }
        let Some(name) = self.callee_name(call) else {
            return SmallVec::new();
        };
        let argument = call.with(self.call(call).args[usize::from(position)]);
        let fits = self.catalog.runs_named(name).filter_map(|run| {
            let Runner::Callback { callee, at } = &run.who else {
                return None;
            };
            let here = self.place_exprs(call, at).iter().any(|&expr| {
                expr == argument || self.is_element_of(expr, argument) || self.is_property_of(argument, expr)
            });
            let tier = (here && self.holds(&run.when, call))
                .then(|| self.matches(callee, call))
                .flatten()?;
            Some((run, tier))
        });
        fits.collect()
    }

    /// The catalogue's word on who runs the function that an element is given: `<button onClick={…}>`.
    pub fn runs_of_attribute(&self, attribute: Attribute) -> Option<&Runs> {
        let given = self.facts(attribute.place.file).name(attribute.name);
        self.catalog.runs_named(given).find(
            |run| matches!(&run.who, Runner::Callback { callee: Callee::Attribute { name }, .. } if name_matches(name, given)),
        )
    }

    /// Whether an expression is an element of the array literal at another.
    fn is_element_of(&self, array: ExprRef, element: ExprRef) -> bool {
        matches!(self.expr(array), Expr::Array(elements) if elements.iter().any(|&each| array.with(each) == element))
            || matches!(self.path(array).root, Root::Object(literal) if matches!(self.expr(literal), Expr::Object(_)) && self.path(element).root == Root::Object(literal))
    }

    /// Whether the body is that of a function proper: it can be called, unlike a module's or a class's initialisers.
    pub fn is_callable(&self, function: FnRef) -> bool {
        !matches!(
            self.function(function).kind,
            FunctionKind::Module | FunctionKind::FieldInitializers
        )
    }
}
