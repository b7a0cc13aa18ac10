//! What a call does to control flow: whether it returns, which callbacks it runs, whether its promise may reject.
//!
//! The language's own functions (promises, arrays) are known here; everything a library does is catalogue data.

use smallvec::SmallVec;

use crate::catalog::effect::{Leaving, Runner, Runs};
use crate::facts::body::{FunctionKind, How, Op};
use crate::facts::expr::Expr;

use super::Project;
use super::calls::Tier;
use super::cfg::Strength;
use super::path::{CallRef, ExprRef, FnRef, Root, Step};

/// Functions calling functions that are looked into for what they throw.
const MAX_THROW_DEPTH: u32 = 3;

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
    Now { callbacks: SmallVec<[FnRef; 1]>, repeats: bool },
    /// The executor of `new Promise`.
    Executor(FnRef),
    /// `.then`, `.catch`, `.finally` on the promise `of`.
    Handlers { fulfilled: Option<FnRef>, rejected: Option<FnRef>, finally: Option<FnRef>, of: ExprRef },
}

/// Array methods that call their first argument at once, for each element.
const ITERATORS: &[&str] =
    &["forEach", "map", "filter", "some", "every", "reduce", "reduceRight", "find", "findIndex", "findLast", "flatMap"];

/// Methods of the language's own objects that neither throw nor call back.
const TOTAL_METHODS: &[&str] = &[
    "push", "pop", "shift", "unshift", "slice", "splice", "concat", "indexOf", "includes", "join", "keys", "values", "entries", "get", "set",
    "has", "add", "delete", "clear", "bind", "toString", "trim", "split", "startsWith", "endsWith", "toLowerCase", "toUpperCase", "replace",
    "padStart", "charCodeAt", "charAt", "substring", "substr", "hasOwnProperty", "on", "once", "off", "addListener", "removeListener",
    "removeAllListeners", "addEventListener", "removeEventListener", "emit", "then", "catch", "finally", "unref", "ref", "now", "next", "abort",
];

/// Globals that always return.
const TOTAL_GLOBALS: &[&str] = &[
    "setTimeout", "clearTimeout", "setInterval", "clearInterval", "setImmediate", "clearImmediate", "queueMicrotask", "String", "Number", "Boolean",
    "Array", "Object", "Symbol", "parseInt", "parseFloat", "isNaN", "console", "Math", "Date", "Map", "Set", "WeakMap", "WeakSet", "WeakRef",
    "Error", "TypeError", "RangeError", "Promise", "AbortController",
];

impl Project<'_> {
    /// How a call leaves.
    pub fn leaves(&self, call: CallRef) -> Leaves {
        self.leaves_within(call, 0)
    }

    fn leaves_within(&self, call: CallRef, depth: u32) -> Leaves {
        if let Some(name) = self.callee_name(call) {
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
        if callees.is_empty() {
            return if self.is_total(call) { Leaves::Returns } else { Leaves::Throws(Strength::Weak) };
        }
        let strongest = callees.iter().filter_map(|&callee| self.throws(callee, depth)).max();
        strongest.map_or(Leaves::Returns, Leaves::Throws)
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

    /// What leaves a body by throwing: operations under no `try` with a handler.
    fn body_throws(&self, function: FnRef, depth: u32) -> Option<Strength> {
        let ops = &self.function(function).ops;
        let mut open: SmallVec<[bool; 4]> = SmallVec::new();
        let mut strongest = None;
        for (index, op) in ops.iter().enumerate() {
            let found = match op {
                Op::Try => {
                    open.push(has_handler(ops, index));
                    None
                }
                Op::Catch(_) | Op::Finally => {
                    if let Some(last) = open.last_mut() {
                        *last = false;
                    }
                    None
                }
                Op::EndTry => {
                    open.pop();
                    None
                }
                Op::Throw(_) => Some(Strength::Strong),
                Op::Await(of) => self.rejects_within(function.with(*of), depth + 1),
                Op::Call(call) => match self.leaves_within(function.with(*call), depth + 1) {
                    Leaves::Throws(strength) => Some(strength),
                    Leaves::Returns | Leaves::Never => None,
                },
                _ => None,
            };
            if !open.contains(&true) {
                strongest = strongest.max(found);
            }
        }
        strongest
    }

    /// How strongly awaiting a value throws.
    pub fn rejects(&self, of: ExprRef) -> Option<Strength> {
        self.rejects_within(of, 0)
    }

    fn rejects_within(&self, of: ExprRef, depth: u32) -> Option<Strength> {
        let Expr::Call(call) = *self.expr(of) else {
            return match self.expr(of) {
                Expr::Literal(_) | Expr::Object(_) | Expr::Array(_) | Expr::Template(_) => None,
                _ => Some(Strength::Strong),
            };
        };
        let call = of.with(call);
        if self.is_settled_promise(call) {
            return None;
        }
        if let Invoked::Executor(executor) = self.invoked(call) {
            return (self.function(executor).params.len() > 1).then_some(Strength::Strong);
        }
        if depth < MAX_THROW_DEPTH {
            let callees = self.callees(call);
            if !callees.is_empty() && callees.iter().all(|&callee| self.function(callee).is_async) {
                return callees.iter().filter_map(|&callee| self.body_throws(callee, depth + 1)).max();
            }
        }
        Some(Strength::Strong)
    }

    /// `Promise.resolve(value)` of nothing or a plain value.
    fn is_settled_promise(&self, call: CallRef) -> bool {
        let callee = self.path(call.with(self.call(call).callee));
        let is_promise = matches!(callee.root, Root::Global(name) if self.text(name) == "Promise");
        is_promise && self.callee_name(call) == Some("resolve") && self.argument(call, 0).is_none_or(|arg| !matches!(self.path(arg).root, Root::Call(_) | Root::Param(..)))
    }

    /// Calls of the language's own functions that always return, and logging.
    fn is_total(&self, call: CallRef) -> bool {
        let path = self.path(call.with(self.call(call).callee));
        match path.root {
            Root::Global(name) => TOTAL_GLOBALS.contains(&self.names.text(name)),
            _ => match path.steps.last() {
                Some(Step::Field(name)) => TOTAL_METHODS.contains(&self.names.text(*name)),
                _ => self.callee_name(call).is_some_and(|name| {
                    self.receiver(call).is_some() && TOTAL_METHODS.contains(&name)
                }),
            },
        }
    }

    /// The callbacks that belong to a call's own run.
    pub fn invoked(&self, call: CallRef) -> Invoked {
        let fact = self.call(call);
        let function = |index: usize| self.argument(call, index).and_then(|arg| self.functions_in(arg).first().copied());
        if fact.how == How::New {
            let path = self.path(call.with(fact.callee));
            let is_promise = matches!(path.root, Root::Global(name) if self.names.text(name) == "Promise") && path.is_root();
            return match function(0) {
                Some(executor) if is_promise => Invoked::Executor(executor),
                _ => Invoked::Nothing,
            };
        }
        let (Some(name), Some(of)) = (self.callee_name(call), self.receiver(call)) else { return Invoked::Nothing };
        match name {
            "then" if !fact.args.is_empty() => Invoked::Handlers { fulfilled: function(0), rejected: function(1), finally: None, of },
            "catch" if fact.args.len() == 1 => Invoked::Handlers { fulfilled: None, rejected: function(0), finally: None, of },
            "finally" if fact.args.len() == 1 => Invoked::Handlers { fulfilled: None, rejected: None, finally: function(0), of },
            _ if ITERATORS.contains(&name) => match function(0) {
                Some(callback) if self.types_of(of).is_empty() => Invoked::Now { callbacks: [callback].into_iter().collect(), repeats: true },
                _ => Invoked::Nothing,
            },
            _ => Invoked::Nothing,
        }
    }

    /// The catalogue's word on who runs the function in the n-th argument of a call.
    pub fn runs_of(&self, call: CallRef, position: u16) -> SmallVec<[(&Runs, Tier); 1]> {
        let Some(name) = self.callee_name(call) else { return SmallVec::new() };
        let argument = call.with(self.call(call).args[usize::from(position)]);
        let fits = self.catalog.runs_named(name).filter_map(|run| {
            let Runner::Callback { callee, at } = &run.who else { return None };
            let here = self.place_exprs(call, at).iter().any(|&expr| expr == argument || self.is_element_of(expr, argument) || self.is_property_of(argument, expr));
            let tier = (here && self.holds(&run.when, call)).then(|| self.matches(callee, call)).flatten()?;
            Some((run, tier))
        });
        fits.collect()
    }

    /// Whether an expression is an element of the array literal at another.
    fn is_element_of(&self, array: ExprRef, element: ExprRef) -> bool {
        matches!(self.expr(array), Expr::Array(elements) if elements.iter().any(|&each| array.with(each) == element))
            || matches!(self.path(array).root, Root::Object(literal) if matches!(self.expr(literal), Expr::Object(_)) && self.path(element).root == Root::Object(literal))
    }

    /// Whether the body is that of a function proper: it can be called, unlike a module's or a class's initialisers.
    pub fn is_callable(&self, function: FnRef) -> bool {
        !matches!(self.function(function).kind, FunctionKind::Module | FunctionKind::FieldInitializers)
    }
}

/// Whether the `try` at `index` has a `catch`.
fn has_handler(ops: &[Op], index: usize) -> bool {
    let mut depth = 0;
    for op in &ops[index + 1..] {
        match op {
            Op::Try => depth += 1,
            Op::Catch(_) if depth == 0 => return true,
            Op::EndTry if depth == 0 => return false,
            Op::EndTry => depth -= 1,
            _ => {}
        }
    }
    false
}
