//! What expressions name: canonical paths, possible values, and whether two expressions are the same thing.
//!
//! Variables and fields that are given one value in their life (besides `null` and `undefined`) *are* that value, so
//! `this.timer` in `stop()` is the very `setInterval(…)` of `start()`.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::facts::expr::{Expr, Literal, LogicalOperator, Property};

use super::Project;
use super::link::Target;
use super::path::{At, ExprRef, OwnerId, Path, Root, Step};

/// Hops from name to name that are followed before an expression counts as opaque.
const MAX_HOPS: u32 = 24;

/// Properties of an object literal up to which each is looked at.
const FEW_PROPERTIES: usize = 16;

/// Whether two expressions are the same thing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Match {
    No,
    May,
    Must,
}

impl Project<'_> {
    /// What an expression names.
    pub fn path(&self, expr: ExprRef) -> Path {
        match self.expr(expr) {
            Expr::Binding(_)
            | Expr::Import { .. }
            | Expr::Member { .. }
            | Expr::Element { .. }
            | Expr::Item(_)
            | Expr::Index { .. }
            | Expr::Call(_)
            | Expr::Param { .. }
            | Expr::Logical { .. }
            | Expr::Conditional { .. }
            | Expr::Await(_) => {
                if let Some(known) = self.memo.paths.get(&expr) {
                    return known;
                }
                let path = self.path_within(expr, 0);
                // What depends on an answer that is not there yet is no answer.
                if self.memo.is_settled() {
                    self.memo.paths.insert(expr, path.clone());
                }
                path
            }
            _ => self.path_within(expr, 0),
        }
    }

    fn path_within(&self, at: ExprRef, hops: u32) -> Path {
        if hops > MAX_HOPS {
            return Path::root(Root::Opaque(at));
        }
        let facts = self.facts(at.file);
        let hops = hops + 1;
        match facts.expr(at.id) {
            Expr::Binding(binding) => self.binding_path(at.with(*binding), hops),
            Expr::Global(name) => self.global_path(self.sym(at.file, *name), at),
            Expr::This(function) => self.this_path(at.with(*function)),
            Expr::Super(function) => self.this_path(at.with(*function)),
            Expr::Module(module) => self.module_path(at, *module, hops),
            Expr::DynamicImport(module) => self.namespace_path(at, *module),
            Expr::Import { module, name } => {
                let module = self.namespace_path(at, *module);
                self.field(module, self.sym(at.file, *name), at, hops)
            }
            Expr::Param { function, index } => match self.fulfilled_with(at.with(*function), *index) {
                Some(promise) => awaited(self.path_within(promise, hops), at),
                None => Path::root(Root::Param(at.with(*function), *index)),
            },
            Expr::RestParam { function, index } => Path::root(Root::Rest(at.with(*function), *index)),
            Expr::Member { object, name, .. } => {
                let object = self.path_within(at.with(*object), hops);
                self.field(object, self.sym(at.file, *name), at, hops)
            }
            Expr::Element { object, key, .. } => {
                let object = self.path_within(at.with(*object), hops);
                match self.path_within(at.with(*key), hops).root {
                    Root::Text(name) => self.field(object, name, at, hops),
                    _ => object.step(Step::Element, at),
                }
            }
            Expr::Item(of) => match self.single_element(at.with(*of), hops) {
                Some(element) => element,
                None => self.path_within(at.with(*of), hops).step(Step::Element, at),
            },
            Expr::Index { of, index } => match self.literal_element(at.with(*of), usize::from(*index), hops) {
                Some(element) => element,
                None => self.path_within(at.with(*of), hops).step(Step::Index(*index), at),
            },
            Expr::Rest(of) => self.path_within(at.with(*of), hops).step(Step::Rest, at),
            Expr::Call(call) => self.call_path(at.with(*call), hops),
            Expr::Function(function) => Path::root(Root::Function(at.with(*function))),
            Expr::Class(class) => Path::root(Root::Static(self.owners.of_class(at.with(*class)))),
            Expr::Object(_) | Expr::Array(_) => Path::root(Root::Object(at)),
            Expr::Literal(literal) => Path::root(self.literal_root(at, literal)),
            Expr::Logical { operator, left, right } => {
                self.logical_path(at, *operator, at.with(*left), at.with(*right), hops)
            }
            Expr::Conditional { yes, no, .. } => {
                let (yes, no) = (
                    self.path_within(at.with(*yes), hops),
                    self.path_within(at.with(*no), hops),
                );
                if yes == no || no.is_nullish() {
                    yes
                } else if yes.is_nullish() {
                    no
                } else {
                    Path::root(Root::Choice(at))
                }
            }
            Expr::Await(of) => awaited(self.path_within(at.with(*of), hops), at),
            Expr::Cast { value, .. } => self.path_within(at.with(*value), hops),
            Expr::Spread(of) => self.path_within(at.with(*of), hops).step(Step::Element, at),
            Expr::Opaque
            | Expr::Arguments(_)
            | Expr::Key(_)
            | Expr::Template(_)
            | Expr::Unary { .. }
            | Expr::Binary { .. }
            | Expr::Yield(_)
            | Expr::Caught
            | Expr::Jsx { .. } => Path::root(Root::Opaque(at)),
        }
    }

    /// The promise whose value the parameter of a `.then` handler is.
    fn fulfilled_with(&self, function: super::path::FnRef, index: u16) -> Option<ExprRef> {
        let (call, 0) = self.function(function).argument_of? else {
            return None;
        };
        let call = function.with(call);
        (index == 0 && self.callee_name(call) == Some("then"))
            .then(|| self.receiver(call))
            .flatten()
    }

    fn literal_root(&self, at: ExprRef, literal: &Literal) -> Root {
        match literal {
            Literal::String(text) => Root::Text(self.sym(at.file, *text)),
            Literal::Number(text) | Literal::BigInt(text) => Root::Number(self.sym(at.file, *text)),
            Literal::Bool(value) => Root::Bool(*value),
            Literal::Null | Literal::Undefined => Root::Nullish,
            Literal::Regex(_) => Root::Opaque(at),
        }
    }

    fn binding_path(&self, binding: super::path::BindingRef, hops: u32) -> Path {
        let facts = self.facts(binding.file);
        let mut real = facts
            .binding(binding.id)
            .values
            .iter()
            .filter(|&&value| !is_nullish(facts.expr(value)));
        match (real.next(), real.next()) {
            (Some(&only), None) => self.path_within(binding.with(only), hops),
            _ => Path::root(Root::Variable(binding)),
        }
    }

    fn global_path(&self, name: super::names::Sym, at: ExprRef) -> Path {
        match self.names.text(name) {
            "undefined" => Path::root(Root::Nullish),
            "NaN" | "Infinity" => Path::root(Root::Opaque(at)),
            _ => Path::root(Root::Global(name)),
        }
    }

    fn this_path(&self, function: super::path::FnRef) -> Path {
        match self.owners.of_function(function) {
            Some((owner, false)) => Path::root(Root::Instance(owner)),
            Some((owner, true)) => Path::root(Root::Static(owner)),
            None => match self.owners.object_of(function) {
                Some(object) => Path::root(Root::Object(object)),
                None => Path::root(Root::This(function)),
            },
        }
    }

    /// All exports of a module.
    fn namespace_path(&self, at: ExprRef, module: crate::facts::ids::Name) -> Path {
        Path::root(match self.links.target(at.file, module) {
            Some(Target::File(file)) => Root::Namespace(file),
            Some(Target::Package(name)) => Root::Package(name),
            None => Root::Package(self.sym(at.file, module)),
        })
    }

    /// What `require` gives: the value of `module.exports`, unless that is an object of exports.
    fn module_path(&self, at: ExprRef, module: crate::facts::ids::Name, hops: u32) -> Path {
        let namespace = self.namespace_path(at, module);
        let Root::Namespace(file) = namespace.root else {
            return namespace;
        };
        match self.links.whole(file).filter(|&whole| !self.is_export_list(whole)) {
            Some(whole) => self.path_within(whole, hops),
            None => namespace,
        }
    }

    /// `{ pool, close() {} }`: an object literal that is not a variable, so that only its properties are ever meant.
    fn is_export_list(&self, whole: ExprRef) -> bool {
        matches!(self.expr(whole), Expr::Object(_))
    }

    /// What `module.exports.name = value` adds to a `module.exports` that is itself a function, class or object.
    fn added_export(&self, object: &Path, name: super::names::Sym, hops: u32) -> Option<super::link::ExportValue> {
        // `module.exports` may be made of its own members: no answer is better than a long one.
        if hops > MAX_HOPS / 4 {
            return None;
        }
        let file = match object.root {
            Root::Function(function) => function.file,
            Root::Static(owner) => self.owners.get(owner).file,
            Root::Call(call) => call.file,
            Root::Object(literal) => literal.file,
            _ => return None,
        };
        let whole = self.links.whole(file)?;
        let value = self.links.export(file, name)?;
        // The cheap questions come first: few files have both.
        (self.path_within(whole, hops + 1) == *object).then_some(value)
    }

    /// `given` of `given || {}`: what has no members names none.
    fn given_or_nothing(&self, choice: ExprRef) -> Option<ExprRef> {
        let Expr::Logical { operator, left, right } = *self.expr(choice) else {
            return None;
        };
        let is_empty = matches!(self.expr(choice.with(right)), Expr::Object(properties) if properties.is_empty());
        (is_empty && operator != LogicalOperator::And).then(|| choice.with(left))
    }

    /// The path of `object.name`.
    fn field(&self, object: Path, name: super::names::Sym, at: ExprRef, hops: u32) -> Path {
        if hops > MAX_HOPS {
            return Path::root(Root::Opaque(at));
        }
        if object.is_root() {
            match object.root {
                Root::Global(global) if self.is_global_object(global) => return Path::root(Root::Global(name)),
                Root::Namespace(file) => {
                    if let Some(value) = self.links.export(file, name) {
                        return self.export_path(value, at, hops);
                    }
                    // `import { on } from "./bus"` where `module.exports = new Bus()`.
                    if let Some(whole) = self.links.whole(file) {
                        let whole = self.path_within(whole, hops + 1);
                        return self.field(whole, name, at, hops + 1);
                    }
                }
                Root::Object(literal) => {
                    if let Some(value) = self.literal_field(literal, name) {
                        return self.path_within(value, hops + 1);
                    }
                    if let Some(method) = self.owners.added_method(literal, name) {
                        return Path::root(Root::Function(method));
                    }
                }
                Root::Instance(owner) => return self.owner_field(owner, name, object, at, hops),
                Root::Static(owner) => {
                    if let Some(method) = self.owners.get(owner).statics.get(&name) {
                        return Path::root(Root::Function(*method));
                    }
                    if let Some(value) = self.owners.single_store(self, owner, name, true) {
                        return self.path_within(value, hops + 1);
                    }
                }
                Root::Package(_) if self.names.text(name) == "default" => return object,
                Root::Choice(choice) => {
                    if let Some(given) = self.given_or_nothing(choice) {
                        let given = self.path_within(given, hops + 1);
                        return self.field(given, name, at, hops + 1);
                    }
                }
                _ => {}
            }
            if let Some(value) = self.added_export(&object, name, hops) {
                return self.export_path(value, at, hops);
            }
        }
        object.step(Step::Field(name), at)
    }

    /// What an export names.
    pub fn export_path(&self, value: super::link::ExportValue, at: ExprRef, hops: u32) -> Path {
        match value {
            super::link::ExportValue::Expr(expr) => self.path_within(expr, hops + 1),
            super::link::ExportValue::Namespace(file) => Path::root(Root::Namespace(file)),
            super::link::ExportValue::Package(module, member) => {
                let module = Path::root(Root::Package(module));
                match member {
                    Some(member) => module.step(Step::Field(member), at),
                    None => module,
                }
            }
        }
    }

    fn owner_field(&self, owner: OwnerId, name: super::names::Sym, object: Path, at: ExprRef, hops: u32) -> Path {
        if let Some(method) = self.method(owner, name) {
            return Path::root(Root::Function(method));
        }
        if let Some(value) = self.getter(owner, name).and_then(|getter| self.only_return(getter)) {
            return self.path_within(value, hops + 1);
        }
        if let Some(value) = self.owners.single_store(self, owner, name, false) {
            return self.path_within(value, hops + 1);
        }
        // What a base stores is the same field.
        let stored = |each: &OwnerId| !self.owners.stores(*each, name, false).is_empty();
        match self.bases(owner).into_iter().rfind(stored) {
            Some(base) if base != owner => match self.owners.single_store(self, base, name, false) {
                Some(value) if !stored(&owner) => self.path_within(value, hops + 1),
                _ => Path::root(Root::Instance(base)).step(Step::Field(name), at),
            },
            _ => object.step(Step::Field(name), at),
        }
    }

    /// The value of a field of an object literal that nothing else can have replaced before it.
    fn literal_field(&self, literal: ExprRef, name: super::names::Sym) -> Option<ExprRef> {
        let Expr::Object(properties) = self.expr(literal) else {
            return None;
        };
        if properties.len() > FEW_PROPERTIES {
            return self.fields_of_literal(literal, properties).get(&name).copied();
        }
        properties.iter().rev().find_map(|property| match property {
            Property::Field { name: field, value } if self.sym(literal.file, *field) == name => {
                Some(literal.with(*value))
            }
            _ => None,
        })
    }

    /// The values of all fields of a literal, where a look at each property for each question would take too long.
    fn fields_of_literal(
        &self,
        literal: ExprRef,
        properties: &[Property],
    ) -> Rc<FxHashMap<super::names::Sym, ExprRef>> {
        if let Some(known) = self.memo.literal_fields.get(&literal) {
            return known;
        }
        let fields = properties.iter().filter_map(|property| match property {
            Property::Field { name, value } => Some((self.sym(literal.file, *name), literal.with(*value))),
            _ => None,
        });
        // Of two fields of one name the last is kept.
        let fields: Rc<FxHashMap<_, _>> = Rc::new(fields.collect());
        self.memo.literal_fields.insert(literal, Rc::clone(&fields));
        fields
    }

    fn literal_element(&self, array: ExprRef, index: usize, hops: u32) -> Option<Path> {
        let Path {
            root: Root::Object(literal),
            steps,
        } = self.path_within(array, hops)
        else {
            return None;
        };
        let Expr::Array(elements) = self.expr(literal) else {
            return None;
        };
        let spread_before = elements
            .iter()
            .take(index + 1)
            .any(|&each| matches!(self.expr(literal.with(each)), Expr::Spread(_)));
        (steps.is_empty() && !spread_before && index < elements.len())
            .then(|| self.path_within(literal.with(elements[index]), hops))
    }

    /// The element of an array literal that has just one.
    fn single_element(&self, array: ExprRef, hops: u32) -> Option<Path> {
        let Path {
            root: Root::Object(literal),
            steps,
        } = self.path_within(array, hops)
        else {
            return None;
        };
        let Expr::Array(elements) = self.expr(literal) else {
            return None;
        };
        (steps.is_empty() && elements.len() == 1)
            .then(|| self.literal_element(array, 0, hops))
            .flatten()
    }

    /// What a call gives: usually itself, but some give back what they were given, or what outlives them.
    ///
    /// A call that is asked about while its own answer is worked out is itself.
    fn call_path(&self, call: super::path::CallRef, hops: u32) -> Path {
        let itself = Path::root(Root::Call(call));
        if let Some(known) = self.memo.call_paths.get(&call) {
            return known;
        }
        self.memo.call_paths.insert(call, itself.clone());
        self.memo.open();
        let path = match self.alias_of(call).or_else(|| self.promise_of(call)) {
            Some(same) => self.path_within(same, hops),
            None => self.returned_constant(call).unwrap_or(itself),
        };
        self.memo.close();
        self.memo.call_paths.insert(call, path.clone());
        path
    }

    /// `value` of `Promise.resolve(value)`.
    fn promise_of(&self, call: super::path::CallRef) -> Option<ExprRef> {
        let Expr::Member { object, name, .. } = *self.expr(call.with(self.call(call).callee)) else {
            return None;
        };
        let is_promise = matches!(*self.expr(call.with(object)), Expr::Global(global) if self.facts(call.file).name(global) == "Promise");
        (is_promise && self.facts(call.file).name(name) == "resolve")
            .then(|| self.argument(call, 0))
            .flatten()
    }

    fn logical_path(&self, at: ExprRef, operator: LogicalOperator, left: ExprRef, right: ExprRef, hops: u32) -> Path {
        let right_path = self.path_within(right, hops);
        match operator {
            LogicalOperator::And => right_path,
            LogicalOperator::Or | LogicalOperator::Nullish => {
                let left_path = self.path_within(left, hops);
                if right_path.is_nullish() || left_path == right_path {
                    left_path
                } else if left_path.is_nullish() {
                    right_path
                } else {
                    Path::root(Root::Choice(at))
                }
            }
        }
    }

    /// Whether two expressions name the same thing.
    pub fn same(&self, a: ExprRef, b: ExprRef) -> Match {
        self.same_path(&self.path(a), &self.path(b))
    }

    pub fn same_path(&self, a: &Path, b: &Path) -> Match {
        if a == b {
            return match a.root {
                Root::Opaque(_) => Match::May,
                _ if a.steps.contains(&Step::Element) => Match::May,
                _ => Match::Must,
            };
        }
        let (some, others) = (self.possible_of(a.clone()), self.possible_of(b.clone()));
        if some.iter().any(|each| others.contains(each)) {
            return Match::May;
        }
        let unknown = |paths: &[Path]| {
            paths
                .iter()
                .any(|path| !path.is_definite() && !self.is_settler_path(path))
        };
        if unknown(&some) || unknown(&others) {
            Match::May
        } else {
            Match::No
        }
    }

    /// `resolve` or `reject` of an executor: nobody else has them.
    fn is_settler_path(&self, path: &Path) -> bool {
        matches!(path.root, Root::Param(function, _) if path.is_root() && self.is_executor(function))
    }

    /// `window`, `globalThis`, `self`, `global`: their members are the globals.
    pub(super) fn is_global_object(&self, name: super::names::Sym) -> bool {
        matches!(self.names.text(name), "window" | "globalThis" | "self" | "global")
    }

    /// The expression of a file, by its place.
    pub fn expr(&self, at: ExprRef) -> &Expr {
        self.facts(at.file).expr(at.id)
    }

    /// Shorthand for an expression's place.
    pub fn at<T>(&self, file: crate::diagnostic::FileId, id: T) -> At<T> {
        At::new(file, id)
    }
}

/// What a promise of something is fulfilled with; a module is itself.
fn awaited(of: Path, at: ExprRef) -> Path {
    match of.root {
        Root::Package(_) | Root::Namespace(_) | Root::Instance(_) | Root::Function(_) if of.is_root() => of,
        _ => of.step(Step::Awaited, at),
    }
}

/// Whether an expression is literally `null` or `undefined`.
pub fn is_nullish(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(Literal::Null | Literal::Undefined))
}
