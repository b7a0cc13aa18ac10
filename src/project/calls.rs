//! What a call calls: functions of the project, entries of the catalogue, and where its values sit.

use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};

use crate::catalog::effect::{Identity, Runner};
use crate::catalog::pattern::{Callee, Condition, ExportPath, Place, PlaceRoot, PlaceStep, Test};
use crate::facts::body::{Call, FunctionKind, How, Op};
use crate::facts::expr::{Expr, Literal, Property};
use crate::facts::ids::{CallId, FnId};

use super::Project;
use super::path::{At, CallRef, ExprRef, FnRef, OwnerId, Path, Root, Step};
use super::typing::Ty;

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
    callers: FxHashMap<FnRef, Vec<CallRef>>,
    passed: FxHashMap<FnRef, Vec<(CallRef, u16)>>,
    made: FxHashMap<OwnerId, Vec<CallRef>>,
    /// Functions mentioned as a value other than as a callee or an argument: stored, returned, exported.
    mentioned: FxHashMap<FnRef, u32>,
}

impl CallGraph {
    pub fn build(project: &Project<'_>) -> Self {
        let mut graph = CallGraph::default();
        for file in project.file_ids() {
            let facts = project.facts(file);
            for index in 0..facts.calls.len() {
                let call = At::new(file, CallId(index as u32));
                for function in project.callees(call) {
                    graph.callers.entry(function).or_default().push(call);
                }
                if let Some(owner) = project.constructed(call) {
                    graph.made.entry(owner).or_default().push(call);
                }
                for (position, &arg) in project.call(call).args.iter().enumerate() {
                    let arg = call.with(arg);
                    let handlers = project
                        .functions_in(arg)
                        .into_iter()
                        .chain(project.handlers_in(call, arg));
                    for function in handlers {
                        graph.passed.entry(function).or_default().push((call, position as u16));
                    }
                }
            }
            for function in &facts.functions {
                for op in &function.ops {
                    let value = match *op {
                        Op::Store { value, .. } | Op::Return(Some(value)) => value,
                        _ => continue,
                    };
                    for function in project.functions_in(At::new(file, value)) {
                        *graph.mentioned.entry(function).or_default() += 1;
                    }
                }
            }
        }
        graph
    }

    pub fn callers(&self, function: FnRef) -> &[CallRef] {
        self.callers.get(&function).map_or(&[], Vec::as_slice)
    }

    /// Calls that are handed the function, and as which argument.
    pub fn passed(&self, function: FnRef) -> &[(CallRef, u16)] {
        self.passed.get(&function).map_or(&[], Vec::as_slice)
    }

    /// Every `new` of the owner.
    pub fn made(&self, owner: OwnerId) -> &[CallRef] {
        self.made.get(&owner).map_or(&[], Vec::as_slice)
    }

    pub fn is_mentioned(&self, function: FnRef) -> bool {
        self.mentioned.contains_key(&function)
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

    /// The last name of the callee, as the catalogue keeps it: `on` of `this.socket.on`, `setInterval`, the exported name
    /// of an import whatever it is called here, and nothing (`""`) for a default export.
    pub fn callee_name(&self, call: CallRef) -> Option<&str> {
        let facts = self.facts(call.file);
        let callee = call.with(self.call(call).callee);
        match *facts.expr(callee.id) {
            Expr::Member { name, .. } | Expr::Global(name) => Some(facts.name(name)),
            Expr::Binding(binding) => Some(match self.path(callee) {
                Path {
                    root: Root::Package(_),
                    steps,
                } => match steps.last() {
                    Some(Step::Field(name)) => self.text(*name),
                    _ => "",
                },
                _ => facts.name(facts.binding(binding).name),
            }),
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
                .filter_map(|&(ty, _)| match ty {
                    Ty::Owner(owner) => self.method(owner, name),
                    Ty::Catalog(_) => None,
                })
                .collect();
        }
        self.possible(callee).iter().filter_map(Path::as_function).collect()
    }

    /// The functions in an options object that the catalogue says the call runs: `app.route({ handler })`.
    fn handlers_in(&self, call: CallRef, arg: ExprRef) -> SmallVec<[FnRef; 1]> {
        let mut found = SmallVec::new();
        let (Expr::Object(_), Some(name)) = (self.expr(arg), self.callee_name(call)) else {
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

    /// The function values in an argument: itself, a `.bind()` of it, elements of an array literal.
    pub fn functions_in(&self, expr: ExprRef) -> SmallVec<[FnRef; 1]> {
        let mut found = SmallVec::new();
        self.collect_functions(expr, &mut found, 0);
        found
    }

    fn collect_functions(&self, expr: ExprRef, found: &mut SmallVec<[FnRef; 1]>, depth: u32) {
        if depth > 3 {
            return;
        }
        if let Expr::Array(elements) = self.expr(expr) {
            for &element in elements.iter() {
                self.collect_functions(expr.with(element), found, depth + 1);
            }
            return;
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
            Expr::Binding(_) | Expr::Import { .. } => self.path(callee).as_function()?,
            Expr::Member { object, .. } if !matches!(self.expr(call.with(object)), Expr::Call(_)) => {
                self.path(callee).as_function()?
            }
            _ => return None,
        };
        if self.function(function).is_async || self.function(function).is_generator {
            return None;
        }
        let mut result = None;
        for op in &self.function(function).ops {
            let Op::Return(Some(value)) = *op else { continue };
            let path = self.path(function.with(value));
            let lasting = match path.root {
                Root::Global(_) | Root::Package(_) | Root::Instance(_) | Root::Static(_) => true,
                Root::Variable(binding) => self.facts(binding.file).binding(binding.id).function == FnId(0),
                Root::Call(made) => made != call && self.call(made).function == FnId(0),
                _ => false,
            };
            if !lasting || result.as_ref().is_some_and(|known| *known != path) {
                return None;
            }
            result = Some(path);
        }
        result
    }

    /// How a call fits a pattern of the catalogue, if it does.
    pub fn matches(&self, pattern: &Callee, call: CallRef) -> Option<Tier> {
        let fact = self.call(call);
        let callee = call.with(fact.callee);
        match pattern {
            Callee::Export(export) => {
                (fact.how != How::New && self.is_export(callee, export)).then_some(Tier::Resolved)
            }
            Callee::New(export) => {
                let made =
                    fact.how == How::New && (self.is_export(callee, export) || self.extends_export(call, export));
                made.then_some(Tier::Resolved)
            }
            Callee::Method { ty, name } => {
                let Expr::Member {
                    object, name: called, ..
                } = *self.expr(callee)
                else {
                    return None;
                };
                if self.facts(call.file).name(called) != &**name {
                    return None;
                }
                self.types_of(call.with(object))
                    .iter()
                    .filter_map(|&(found, tier)| self.method_tier(found, tier, *ty, name))
                    .min()
            }
            Callee::Value(ty) => self
                .types_of(callee)
                .iter()
                .find(|(found, _)| matches!(found, Ty::Catalog(key) if self.catalog.is_a(*key, *ty)))
                .map(|&(_, tier)| tier),
            Callee::Shape { name } => {
                let Expr::Member {
                    object, name: called, ..
                } = *self.expr(callee)
                else {
                    return None;
                };
                let untyped = || {
                    !self
                        .types_of(call.with(object))
                        .iter()
                        .any(|(ty, _)| matches!(ty, Ty::Catalog(_)))
                };
                (self.facts(call.file).name(called) == &**name && untyped() && self.callees(call).is_empty())
                    .then_some(Tier::Shape)
            }
            Callee::PropertySet { .. } | Callee::ElementSet(_) | Callee::Attribute { .. } => None,
        }
    }

    fn method_tier(&self, found: Ty, tier: Tier, wanted: crate::catalog::pattern::TypeKey, name: &str) -> Option<Tier> {
        match found {
            Ty::Catalog(key) => self.catalog.is_a(key, wanted).then_some(tier),
            Ty::Owner(owner) => {
                let overridden = self
                    .names
                    .find(name)
                    .is_some_and(|name| self.method(owner, name).is_some());
                let inherited = self
                    .catalog_types(owner)
                    .into_iter()
                    .find(|&(key, _)| self.catalog.is_a(key, wanted));
                inherited
                    .filter(|_| !overridden)
                    .map(|(_, inherited)| tier.max(inherited))
            }
        }
    }

    /// Whether a `new` makes one of the project's own classes that extends the export.
    fn extends_export(&self, call: CallRef, export: &ExportPath) -> bool {
        self.foreign_base(call).is_some_and(|base| self.is_export(base, export))
    }

    /// The base outside the project of the class that a `new` makes.
    pub fn foreign_base(&self, call: CallRef) -> Option<ExprRef> {
        let owner = self.constructed(call)?;
        let last = *self.bases(owner).last()?;
        self.owners.get(last).base
    }

    /// Whether an expression names the export.
    pub fn is_export(&self, expr: ExprRef, export: &ExportPath) -> bool {
        self.export_of(&self.path(expr))
            .is_some_and(|path| export.matches(&path))
    }

    /// Whether all conditions of an entry hold for a call.
    pub fn holds(&self, conditions: &[Condition], call: CallRef) -> bool {
        conditions
            .iter()
            .all(|condition| self.test(&condition.at, &condition.test, call))
    }

    fn test(&self, place: &Place, test: &Test, call: CallRef) -> bool {
        let exprs = self.place_exprs(call, place);
        let any = |wanted: &dyn Fn(ExprRef) -> bool| exprs.iter().any(|&expr| wanted(expr));
        match test {
            Test::Not(inner) => !self.test(place, inner, call),
            Test::Absent => exprs.is_empty() || any(&|expr| self.path(expr).is_nullish()),
            Test::Present => !exprs.is_empty() && !any(&|expr| self.path(expr).is_nullish()),
            Test::Function => any(&|expr| self.is_function(expr)),
            Test::Object => any(&|expr| matches!(self.path(expr).root, Root::Object(_))),
            Test::Key => any(&|expr| self.is_key(expr)),
            Test::Literal(text) => any(&|expr| self.is_literal(expr, text)),
            Test::AnyOf(tests) => tests.iter().any(|each| self.test(place, each, call)),
        }
    }

    /// A function, or something that is not plainly anything else.
    fn is_function(&self, expr: ExprRef) -> bool {
        let path = self.path(expr);
        match path.root {
            Root::Text(_) | Root::Number(_) | Root::Bool(_) | Root::Nullish | Root::Object(_) => !path.is_root(),
            Root::Opaque(at) => !matches!(
                self.expr(at),
                Expr::Template(_) | Expr::Unary { .. } | Expr::Binary { .. }
            ),
            _ => true,
        }
    }

    /// A string, a template, or a constant that names something.
    fn is_key(&self, expr: ExprRef) -> bool {
        let path = self.path(expr);
        match path.root {
            Root::Text(_) => true,
            Root::Opaque(at) => matches!(self.expr(at), Expr::Template(_)),
            Root::Package(_) | Root::Object(_) | Root::Static(_) | Root::Namespace(_) => !path.is_root(),
            _ => false,
        }
    }

    fn is_literal(&self, expr: ExprRef, text: &str) -> bool {
        let path = self.path(expr);
        path.is_root()
            && match path.root {
                Root::Text(value) | Root::Number(value) => self.names.text(value) == text,
                Root::Bool(value) => text == if value { "true" } else { "false" },
                Root::Nullish => text == "null" || text == "undefined",
                _ => false,
            }
    }

    /// The expressions at a place of a call that stand in the source; places inside functions have none.
    pub fn place_exprs(&self, call: CallRef, place: &Place) -> SmallVec<[ExprRef; 2]> {
        let fact = self.call(call);
        let mut found: SmallVec<[ExprRef; 2]> = match place.root {
            PlaceRoot::Receiver => self.receiver(call).into_iter().collect(),
            PlaceRoot::Argument(index) => self.argument(call, usize::from(index)).into_iter().collect(),
            PlaceRoot::ArgumentsFrom(index) => fact
                .args
                .iter()
                .skip(usize::from(index))
                .map(|&arg| call.with(arg))
                .collect(),
            PlaceRoot::LastArgument => fact.args.last().map(|&arg| call.with(arg)).into_iter().collect(),
            PlaceRoot::Return | PlaceRoot::Value | PlaceRoot::ChainSource => SmallVec::new(),
        };
        for step in &place.steps {
            found = match step {
                PlaceStep::Property(name) => found
                    .iter()
                    .flat_map(|&expr| self.properties(expr, Some(name)))
                    .collect(),
                PlaceStep::AnyProperty => found.iter().flat_map(|&expr| self.properties(expr, None)).collect(),
                PlaceStep::Returned => found.iter().flat_map(|&expr| self.returns_of(expr)).collect(),
                PlaceStep::Index(index) => found
                    .iter()
                    .filter_map(|&expr| self.array_element(expr, usize::from(*index)))
                    .collect(),
                PlaceStep::Awaited | PlaceStep::Parameter(_) => SmallVec::new(),
            };
        }
        found
    }

    /// The values of an object literal's properties of that name, or of all.
    fn properties(&self, expr: ExprRef, wanted: Option<&str>) -> SmallVec<[ExprRef; 2]> {
        let Path {
            root: Root::Object(literal),
            steps,
        } = self.path(expr)
        else {
            return SmallVec::new();
        };
        let Expr::Object(properties) = self.expr(literal) else {
            return SmallVec::new();
        };
        if !steps.is_empty() {
            return SmallVec::new();
        }
        let facts = self.facts(literal.file);
        let named = |property: &Property| match property {
            Property::Field { name, value } if wanted.is_none_or(|wanted| facts.name(*name) == wanted) => {
                Some(literal.with(*value))
            }
            _ => None,
        };
        properties.iter().filter_map(named).collect()
    }

    fn array_element(&self, expr: ExprRef, index: usize) -> Option<ExprRef> {
        let Path {
            root: Root::Object(literal),
            ..
        } = self.path(expr)
        else {
            return None;
        };
        let Expr::Array(elements) = self.expr(literal) else {
            return None;
        };
        elements.get(index).map(|&element| literal.with(element))
    }

    /// What the function value returns.
    fn returns_of(&self, expr: ExprRef) -> SmallVec<[ExprRef; 2]> {
        let mut found = SmallVec::new();
        for function in self.functions_in(expr) {
            let returns = self.function(function).ops.iter().filter_map(|op| match *op {
                Op::Return(Some(value)) => Some(function.with(value)),
                _ => None,
            });
            found.extend(returns);
        }
        found
    }

    /// The paths at a place of a call, those inside callbacks and results included.
    pub fn place_paths(&self, call: CallRef, place: &Place) -> SmallVec<[Path; 2]> {
        let inside = place
            .steps
            .iter()
            .position(|step| matches!(step, PlaceStep::Parameter(_)));
        let mut paths: SmallVec<[Path; 2]> = match (place.root, inside) {
            (PlaceRoot::Return, _) => smallvec![Path::root(Root::Call(call))],
            (_, Some(at)) => {
                let head = Place {
                    root: place.root,
                    steps: place.steps[..at].to_vec(),
                };
                let PlaceStep::Parameter(index) = place.steps[at] else {
                    unreachable!("`inside` is a parameter step")
                };
                let functions = self
                    .place_exprs(call, &head)
                    .into_iter()
                    .flat_map(|expr| self.functions_in(expr));
                functions
                    .map(|function| self.param_path(function, u16::from(index)))
                    .collect()
            }
            (_, None) => {
                return self
                    .place_exprs(call, place)
                    .iter()
                    .map(|&expr| self.path(expr))
                    .collect();
            }
        };
        let rest = inside.map_or(0, |at| at + 1);
        let at = call.with(self.call(call).callee);
        for step in &place.steps[rest..] {
            let step = match step {
                PlaceStep::Awaited => Step::Awaited,
                PlaceStep::Index(index) => Step::Index(u16::from(*index)),
                PlaceStep::Property(name) => match self.names.find(name) {
                    Some(name) => Step::Field(name),
                    None => return SmallVec::new(),
                },
                PlaceStep::AnyProperty | PlaceStep::Parameter(_) | PlaceStep::Returned => return SmallVec::new(),
            };
            paths = paths.into_iter().map(|path| path.step(step, at)).collect();
        }
        paths
    }

    /// The path of a function's n-th parameter.
    pub fn param_path(&self, function: FnRef, index: u16) -> Path {
        Path::root(Root::Param(function, index))
    }

    /// Whether the function is the module's top level.
    pub fn is_module(&self, function: FnRef) -> bool {
        self.function(function).kind == FunctionKind::Module
    }

    /// A boolean literal.
    pub fn as_bool(&self, expr: ExprRef) -> Option<bool> {
        match self.expr(expr) {
            Expr::Literal(Literal::Bool(value)) => Some(*value),
            _ => match self.path(expr).root {
                Root::Bool(value) => Some(value),
                _ => None,
            },
        }
    }
}
