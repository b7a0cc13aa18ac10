//! What a call calls: functions of the project, entries of the catalogue, and where its values sit.

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::{SmallVec, smallvec};

use crate::catalog::effect::{Identity, Runner};
use crate::catalog::index::Tables;
use crate::catalog::pattern::{PlaceRoot, PlaceStep};
use crate::diagnostic::{FileId, Place};
use crate::facts::body::{Call, How, Op};
use crate::facts::expr::{Expr, LogicalOperator, Property};
use crate::facts::ids::{CallId, FnId, Name};

use super::link::is_common_js_export;
use super::path::{At, CallRef, ExprRef, FnRef, OwnerId, Path, Root, Step};
use super::typing::Ty;
use super::{Project, latch};

/// How an operation is known to be what it is (`ANALYSIS`, tiers 1 to 5).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Tier {
    /// An import, a global, `new`, an annotation, a catalogued return type.
    Resolved,
    /// The package under analysis is the catalogued library.
    SelfPackage,
    /// The owner's own code performs the matching release.
    Witnessed,
    /// The shape of the call alone.
    Shape,
}

/// Who calls whom, and which functions are handed to which calls.
#[derive(Default)]
pub struct CallGraph {
    callers: FxHashMap<FnRef, SmallVec<[CallRef; 2]>>,
    passed: FxHashMap<FnRef, SmallVec<[(CallRef, u16); 1]>>,
    made: FxHashMap<OwnerId, SmallVec<[CallRef; 2]>>,
    attributes: FxHashMap<FnRef, Vec<Attribute>>,
    /// Functions mentioned as a value other than as a callee or an argument: stored, returned, exported.
    mentioned: FxHashSet<FnRef>,
}

/// An element of markup, `<button onClick={save}>`, that is given a function.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    pub name: Name,
    /// The element.
    pub place: Place,
}

impl CallGraph {
    pub fn build(project: &Project<'_>) -> Self {
        let mut graph = CallGraph::default();
        let edges = project.each_file(Edges::of_file);
        for edges in edges.into_iter().flatten() {
            graph.add(edges);
        }
        graph
    }

    fn add(&mut self, edges: Edges) {
        for (function, call) in edges.callers {
            self.callers.entry(function).or_default().push(call);
        }
        for (function, passed) in edges.passed {
            self.passed.entry(function).or_default().push(passed);
        }
        for (owner, call) in edges.made {
            self.made.entry(owner).or_default().push(call);
        }
        for (function, attribute) in edges.attributes {
            self.attributes.entry(function).or_default().push(attribute);
        }
        self.mentioned.extend(edges.mentioned);
    }
}

/// What one file adds to the call graph, in the order of its code.
#[derive(Default)]
struct Edges {
    callers: Vec<(FnRef, CallRef)>,
    passed: Vec<(FnRef, (CallRef, u16))>,
    made: Vec<(OwnerId, CallRef)>,
    attributes: Vec<(FnRef, Attribute)>,
    mentioned: Vec<FnRef>,
}

impl Edges {
    fn of_file(project: &Project<'_>, file: FileId) -> Self {
        let mut edges = Self::default();
        edges.add_file(project, file);
        edges
    }

    fn add_file(&mut self, project: &Project<'_>, file: FileId) {
        let facts = project.facts(file);
        for index in 0..facts.calls.len() {
            let call = At::new(file, CallId(index as u32));
            for function in project.callees(call) {
                self.callers.push((function, call));
            }
            if let Some(owner) = project.constructed(call) {
                self.made.push((owner, call));
            }
            for (position, &arg) in project.call(call).args.iter().enumerate() {
                let arg = call.with(arg);
                let handlers = project
                    .functions_in(arg)
                    .into_iter()
                    .chain(project.functions_made_by(arg))
                    .chain(project.handlers_in(call, arg));
                for function in handlers {
                    self.passed.push((function, (call, position as u16)));
                }
            }
        }
        for function in &facts.functions {
            for (op, &span) in function.ops.iter().zip(&function.spans) {
                let value = match *op {
                    Op::Jsx(element) => {
                        self.add_attributes(project, At::new(file, element), Place { file, span });
                        continue;
                    }
                    // Who imports it is seen.
                    Op::Store { to, .. } if is_common_js_export(facts, to) => continue,
                    Op::Store { value, .. } | Op::Return(Some(value)) => value,
                    _ => continue,
                };
                for function in project.functions_in(At::new(file, value)) {
                    self.mentioned.push(function);
                }
            }
        }
    }

    /// Functions given to attributes of an element of the document; what a component does with its own is its affair.
    fn add_attributes(&mut self, project: &Project<'_>, element: ExprRef, place: Place) {
        let Expr::Jsx { tag, attributes } = project.expr(element) else {
            return;
        };
        if !matches!(project.expr(element.with(*tag)), Expr::Literal(_)) {
            return;
        }
        for attribute in attributes.iter() {
            for function in project.functions_in(element.with(attribute.value)) {
                let name = attribute.name;
                self.attributes.push((function, Attribute { name, place }));
            }
        }
    }
}

impl CallGraph {
    /// The attributes of elements that are given the function.
    pub fn attributes(&self, function: FnRef) -> &[Attribute] {
        self.attributes.get(&function).map_or(&[], Vec::as_slice)
    }

    pub fn callers(&self, function: FnRef) -> &[CallRef] {
        self.callers.get(&function).map_or(&[], SmallVec::as_slice)
    }

    /// Calls that are handed the function, and as which argument.
    pub fn passed(&self, function: FnRef) -> &[(CallRef, u16)] {
        self.passed.get(&function).map_or(&[], SmallVec::as_slice)
    }

    /// Every `new` of the owner.
    pub fn made(&self, owner: OwnerId) -> &[CallRef] {
        self.made.get(&owner).map_or(&[], SmallVec::as_slice)
    }

    pub fn is_mentioned(&self, function: FnRef) -> bool {
        self.mentioned.contains(&function)
    }
}

impl Project<'_> {
    pub fn call(&self, call: CallRef) -> &Call {
        self.facts(call.file).call(call.id)
    }

    /// The function whose body makes the call.
    pub fn calling(&self, call: CallRef) -> FnRef {
        call.with(self.call(call).function)
    }

    /// The object whose method is called.
    pub fn receiver(&self, call: CallRef) -> Option<ExprRef> {
        match *self.expr(call.with(self.call(call).callee)) {
            Expr::Member { object, .. } | Expr::Element { object, .. } => Some(call.with(object)),
            _ => None,
        }
    }

    /// The n-th argument, unless a spread stands before it.
    pub fn argument(&self, call: CallRef, index: usize) -> Option<ExprRef> {
        let args = &self.call(call).args;
        let spread = args
            .iter()
            .take(index + 1)
            .any(|&arg| matches!(self.expr(call.with(arg)), Expr::Spread(_)));
        (!spread).then(|| args.get(index).map(|&arg| call.with(arg))).flatten()
    }

    /// The functions of the project that a call may run: never by a bare method name.
    pub fn callees(&self, call: CallRef) -> SmallVec<[FnRef; 2]> {
        let fact = self.call(call);
        let callee = call.with(fact.callee);
        if fact.how == How::New {
            return self
                .constructed(call)
                .and_then(|owner| self.constructor(owner))
                .into_iter()
                .collect();
        }
        if fact.how == How::Super {
            let owner = self.owner_around(call.with(fact.function));
            let base = owner.and_then(|owner| self.bases(owner).get(1).copied());
            return base.and_then(|base| self.constructor(base)).into_iter().collect();
        }
        if let Expr::Member { object, name, .. } = *self.expr(callee) {
            let name = self.sym(call.file, name);
            if let Expr::Super(_) = self.expr(call.with(object))
                && let Some(owner) = self.owner_around(call.with(fact.function))
            {
                let chain = self.bases(owner);
                return chain
                    .iter()
                    .skip(1)
                    .find_map(|&base| self.owners.get(base).methods.get(&name).copied())
                    .into_iter()
                    .collect();
            }
            if let Some(function) = self.path(callee).as_function() {
                return smallvec![function];
            }
            let typed = self.types_of(call.with(object));
            return typed
                .iter()
                .flat_map(|&(ty, _)| match ty {
                    Ty::Owner(owner) => self.methods_behind(owner, name),
                    Ty::Catalog(_) => SmallVec::new(),
                })
                .collect();
        }
        self.possible(callee).iter().filter_map(Path::as_function).collect()
    }

    /// The method that a value of the owner's type has: its own, or those of the few classes behind an abstract one.
    fn methods_behind(&self, owner: OwnerId, name: super::names::Sym) -> SmallVec<[FnRef; 2]> {
        if let Some(method) = self.method(owner, name) {
            return smallvec![method];
        }
        let behind = self.implementers.of_class(owner).iter();
        behind.filter_map(|&each| self.method(each, name)).collect()
    }

    /// The functions that a call in place of a function returns: `router.use(authenticate(options))`.
    fn functions_made_by(&self, arg: ExprRef) -> SmallVec<[FnRef; 1]> {
        if self.is_itself(arg) {
            return SmallVec::new();
        }
        let Path {
            root: Root::Call(call),
            steps,
        } = self.path(arg)
        else {
            return SmallVec::new();
        };
        if !steps.is_empty() || self.call(call).how != How::Call {
            return SmallVec::new();
        }
        let mut found = SmallVec::new();
        for maker in self.callees(call) {
            for op in &self.function(maker).ops {
                let Op::Return(Some(value)) = *op else { continue };
                found.extend(self.path(maker.with(value)).as_function());
            }
        }
        found
    }

    /// The functions in an options object that the catalogue says the call runs: `app.route({ handler })`.
    fn handlers_in(&self, call: CallRef, arg: ExprRef) -> SmallVec<[FnRef; 1]> {
        let mut found = SmallVec::new();
        if !matches!(self.expr(arg), Expr::Object(_)) || !self.tables_of(call).contains(Tables::RUNS) {
            return found;
        }
        let Some(name) = self.callee_name(call) else {
            return found;
        };
        for run in self.catalog.runs_named(name) {
            let Runner::Callback { callee, at } = &run.who else {
                continue;
            };
            let below = at.steps.iter().any(|step| matches!(step, PlaceStep::Property(_)));
            if below && self.holds(&run.when, call) && self.matches(callee, call).is_some() {
                found.extend(
                    self.place_exprs(call, at)
                        .into_iter()
                        .filter(|&expr| self.is_property_of(arg, expr))
                        .flat_map(|expr| self.functions_in(expr)),
                );
            }
        }
        found
    }

    /// Whether an expression is the value of a property of an object literal.
    pub fn is_property_of(&self, object: ExprRef, value: ExprRef) -> bool {
        matches!(self.expr(object), Expr::Object(properties) if properties.iter().any(|property| matches!(property, Property::Field { value: each, .. } if object.with(*each) == value)))
    }

    /// The constructor that `new` runs: the owner's own or a base's.
    pub fn constructor(&self, owner: OwnerId) -> Option<FnRef> {
        self.bases(owner)
            .into_iter()
            .find_map(|each| self.owners.get(each).constructor)
    }

    /// The owner whose method the function is, or in one of whose methods it stands.
    pub fn owner_around(&self, function: FnRef) -> Option<OwnerId> {
        let mut current = Some(function);
        while let Some(each) = current {
            if let Some((owner, _)) = self.owners.of_function(each) {
                return Some(owner);
            }
            current = self.function(each).parent.map(|parent| each.with(parent));
        }
        None
    }

    /// The owner that a `new` makes.
    pub fn constructed(&self, call: CallRef) -> Option<OwnerId> {
        let fact = self.call(call);
        if fact.how != How::New {
            return None;
        }
        let path = self.path(call.with(fact.callee));
        match path.root {
            Root::Static(owner) if path.is_root() => Some(owner),
            Root::Function(function) if path.is_root() => self.owners.made_by(function),
            _ => None,
        }
    }

    /// Whether a call may put what it is given into a container, by its method's name: a name may silence.
    pub fn puts_into(&self, call: CallRef) -> bool {
        matches!(self.callee_name(call), Some("push" | "add" | "set" | "unshift")) && self.receiver(call).is_some()
    }

    /// The function values in an argument: itself, a `.bind()` of it, elements of an array literal.
    pub fn functions_in(&self, expr: ExprRef) -> SmallVec<[FnRef; 1]> {
        let mut found = SmallVec::new();
        self.collect_functions(expr, &mut found, 0);
        found
    }

    /// Whether an expression names nothing but itself.
    fn is_itself(&self, expr: ExprRef) -> bool {
        matches!(
            self.expr(expr),
            Expr::Literal(_)
                | Expr::Template(_)
                | Expr::Unary { .. }
                | Expr::Binary { .. }
                | Expr::Object(_)
                | Expr::Array(_)
                | Expr::Function(_)
                | Expr::Class(_)
                | Expr::This(_)
                | Expr::Jsx { .. }
                | Expr::Opaque
        )
    }

    fn collect_functions(&self, expr: ExprRef, found: &mut SmallVec<[FnRef; 1]>, depth: u32) {
        if depth > 3 {
            return;
        }
        match self.expr(expr) {
            Expr::Array(elements) => {
                for &element in elements.iter() {
                    self.collect_functions(expr.with(element), found, depth + 1);
                }
                return;
            }
            Expr::Function(function) => return found.push(expr.with(*function)),
            // Most arguments: no function, whatever they name.
            Expr::Literal(_)
            | Expr::Template(_)
            | Expr::Unary { .. }
            | Expr::Binary { .. }
            | Expr::Object(_)
            | Expr::Class(_)
            | Expr::This(_)
            | Expr::Jsx { .. }
            | Expr::Opaque => return,
            _ => {}
        }
        for path in self.possible(expr) {
            match path.root {
                Root::Function(function) if path.is_root() => found.push(function),
                Root::Call(call) if path.is_root() => found.extend(self.bound_function(call)),
                _ => {}
            }
        }
    }

    /// `f` of `f.bind(…)`.
    pub fn bound_function(&self, call: CallRef) -> Option<FnRef> {
        if self.callee_name(call) != Some("bind") {
            return None;
        }
        self.path(self.receiver(call)?).as_function()
    }

    /// The expression that a call's result is in other clothes (`emitter.on()` returns the emitter).
    pub fn alias_of(&self, call: CallRef) -> Option<ExprRef> {
        if !self.tables_of(call).contains(Tables::ALIASES) {
            return None;
        }
        let name = self.callee_name(call)?;
        let alias = self
            .catalog
            .aliases_named(name)
            .find(|alias| self.matches(&alias.callee, call).is_some())?;
        match (alias.identity, alias.same.root, alias.same.steps.as_slice()) {
            (Identity::Stable | Identity::StablePerOwner, PlaceRoot::Receiver, []) => self.receiver(call),
            (Identity::Stable | Identity::StablePerOwner, PlaceRoot::Argument(index), []) => {
                self.argument(call, usize::from(index))
            }
            _ => None,
        }
    }

    /// What a function of the project returns, if that is one thing that outlives the call: a module's variable, a field, a global.
    pub fn returned_constant(&self, call: CallRef) -> Option<Path> {
        if self.call(call).how != How::Call {
            return None;
        }
        let callee = call.with(self.call(call).callee);
        let function = match *self.expr(callee) {
            Expr::Binding(_) | Expr::Import { .. } | Expr::Module(_) => self.path(callee).as_function()?,
            Expr::Member { object, .. } if !matches!(self.expr(call.with(object)), Expr::Call(_)) => {
                self.path(callee).as_function()?
            }
            _ => return None,
        };
        let fact = self.function(function);
        if fact.is_generator {
            return None;
        }
        let mut result = None;
        for op in &fact.ops {
            let Op::Return(Some(value)) = *op else { continue };
            let value = function.with(value);
            let path = match self.kept_variable(function, value) {
                Some(kept) => kept,
                None if fact.is_async => return None,
                None => self.path(value),
            };
            let lasting = match path.root {
                Root::Global(_) | Root::Package(_) | Root::Instance(_) | Root::Static(_) => true,
                Root::Variable(binding) => self.facts(binding.file).binding(binding.id).function == FnId(0),
                Root::Call(made) => {
                    made != call && (self.call(made).function == FnId(0) || self.gives_what_is_shared(made))
                }
                _ => false,
            };
            if !lasting || result.as_ref().is_some_and(|known| *known != path) {
                return None;
            }
            result = Some(path);
        }
        result
    }

    /// The variable of a module, or the static field, that keeps what a function made when it was first called:
    /// `pool` of `pool ??= new Pool()`.
    fn kept_variable(&self, of: FnRef, value: ExprRef) -> Option<Path> {
        let kept = match *self.expr(value) {
            Expr::Logical {
                operator: LogicalOperator::Or | LogicalOperator::Nullish,
                left,
                right,
            } => {
                let left = value.with(left);
                if self.keeps(left).contains(&right) {
                    left
                } else {
                    return None;
                }
            }
            Expr::Cast { value: inner, .. } => return self.kept_variable(of, value.with(inner)),
            _ => value,
        };
        let made_later = match self.path(kept).root {
            Root::Call(made) if self.call(made).function != FnId(0) => {
                kept != value || self.keeps_what_it_makes(made, of)
            }
            _ => false,
        };
        match *self.expr(kept) {
            Expr::Binding(binding) if made_later && self.facts(kept.file).binding(binding).function == FnId(0) => {
                Some(Path::root(Root::Variable(kept.with(binding))))
            }
            Expr::Member { object, name, .. } if made_later => {
                let object = self.path(kept.with(object));
                let is_static = matches!(object.root, Root::Static(_)) && object.is_root();
                is_static.then(|| object.step(Step::Field(self.sym(kept.file, name)), kept))
            }
            _ => None,
        }
    }

    /// Whether what the function `of` gives is not made anew by each call of it.
    fn keeps_what_it_makes(&self, made: CallRef, of: FnRef) -> bool {
        let maker = self.calling(made);
        let guarded = |index| latch::is_idempotent_for_each_key(self, maker, index);
        !self.is_within(maker, of) || self.op_of(made).is_some_and(guarded)
    }

    /// The values that a variable or static field of the same file is given.
    fn keeps(&self, kept: ExprRef) -> SmallVec<[crate::facts::ids::ExprId; 4]> {
        match *self.expr(kept) {
            Expr::Binding(binding) => self.facts(kept.file).binding(binding).values.iter().copied().collect(),
            Expr::Member { object, name, .. } => match self.path(kept.with(object)).root {
                Root::Static(owner) => {
                    let stores = self.owners.stores(owner, self.sym(kept.file, name), true).iter();
                    stores.map(|store| store.value.id).collect()
                }
                _ => SmallVec::new(),
            },
            _ => SmallVec::new(),
        }
    }
}
