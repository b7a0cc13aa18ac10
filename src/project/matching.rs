//! How a call fits the catalogue: its patterns, its conditions, and where its values sit in a call.

use smallvec::{SmallVec, smallvec};

use crate::catalog::pattern::{Callee, Condition, ExportPath, Place, PlaceRoot, PlaceStep, Test, name_matches};
use crate::facts::body::{FunctionKind, How, Op};
use crate::facts::expr::{Expr, Literal, Property};

use super::Project;
use super::calls::Tier;
use super::path::{CallRef, ExprRef, FnRef, Path, Root, Step};
use super::typing::Ty;

impl Project<'_> {
    /// How a call fits a pattern of the catalogue, if it does.
    pub fn matches(&self, pattern: &Callee, call: CallRef) -> Option<Tier> {
        let fact = self.call(call);
        let callee = call.with(fact.callee);
        match pattern {
            Callee::Export(export) => {
                if fact.how == How::New {
                    return None;
                }
                self.export_tier(callee, export)
            }
            Callee::New(export) => {
                if fact.how != How::New {
                    return None;
                }
                let base = || self.export_tier(self.foreign_base(call)?, export);
                self.export_tier(callee, export).or_else(base)
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
                let is_called_so = name_matches(name, self.facts(call.file).name(called));
                (is_called_so && untyped() && self.callees(call).is_empty()).then_some(Tier::Shape)
            }
            Callee::PropertySet { .. } | Callee::ElementSet(_) | Callee::Attribute { .. } => None,
        }
    }

    fn method_tier(&self, found: Ty, tier: Tier, wanted: crate::catalog::pattern::TypeKey, name: &str) -> Option<Tier> {
        match found {
            Ty::Catalog(key) => self.catalog.is_a(key, wanted).then_some(tier),
            Ty::Owner(owner) => {
                let name = self.names.find(name);
                let bases = self.bases(owner);
                let is_overridden = |before: usize| {
                    bases.iter().take(before).any(|&each| {
                        let methods = &self.owners.get(each).methods;
                        name.and_then(|name| Some((name, *methods.get(&name)?)))
                            .is_some_and(|(name, method)| !self.passes_on(method, name))
                    })
                };
                self.catalog_bases(owner)
                    .into_iter()
                    .find(|&(key, _, before)| self.catalog.is_a(key, wanted) && !is_overridden(before))
                    .map(|(_, inherited, _)| tier.max(inherited))
            }
        }
    }

    /// The base outside the project of the class that a `new` makes.
    pub fn foreign_base(&self, call: CallRef) -> Option<ExprRef> {
        let owner = self.constructed(call)?;
        let last = *self.bases(owner).last()?;
        self.owners.get(last).base
    }

    /// Whether an expression names the export.
    pub fn is_export(&self, expr: ExprRef, export: &ExportPath) -> bool {
        self.export_tier(expr, export).is_some()
    }

    /// How an expression is known to name the export, if it does.
    fn export_tier(&self, expr: ExprRef, export: &ExportPath) -> Option<Tier> {
        let path = self.called_path(expr);
        match self.export_of(&path) {
            Some(path) => export.matches(&path).then_some(Tier::Resolved),
            None => {
                let own = self.own.of(&path);
                own.iter().any(|each| export.matches(each)).then_some(Tier::SelfPackage)
            }
        }
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

    /// Whether a function is the module or stands around its whole life: `(function () { … })()`, called where it is written,
    /// with the module, and by nobody else.
    pub fn is_module_body(&self, function: FnRef) -> bool {
        if self.is_module(function) {
            return true;
        }
        let [call] = *self.graph.callers(function) else {
            return false;
        };
        matches!(*self.expr(call.with(self.call(call).callee)), Expr::Function(id) if call.with(id) == function)
            && !self.function(function).is_generator
            && self.is_module_body(self.calling(call))
            && self
                .op_of(call)
                .is_some_and(|at| !self.is_in_loop(self.calling(call), at))
    }

    /// Whether an operation of a function stands in a loop of it.
    fn is_in_loop(&self, function: FnRef, at: usize) -> bool {
        let open = self.function(function).ops[..at].iter().map(|op| match op {
            Op::Loop(_) => 1,
            Op::EndLoop(_) => -1,
            _ => 0,
        });
        open.sum::<i32>() > 0
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
