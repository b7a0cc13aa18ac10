//! Where keys and elements of containers come from: a fixed set, configuration, or the world outside.

use crate::catalog::effect::{Origin, Per};
use crate::facts::body::How;
use crate::facts::expr::{BinaryOperator, Expr};
use crate::facts::ids::FnId;

use super::Project;
use super::path::{ExprRef, FnRef, Path, Root, Step};
use super::typing::Ty;

/// Values that are followed from a key to where it comes from.
const MAX_DEPTH: u32 = 8;

impl Project<'_> {
    /// Where a value comes from, seen from a line in `function`.
    pub fn origin_of(&self, expr: ExprRef, function: FnRef) -> Origin {
        self.origin_within(expr, function, 0)
    }

    fn origin_within(&self, expr: ExprRef, function: FnRef, depth: u32) -> Origin {
        if depth > MAX_DEPTH {
            return Origin::Parameter;
        }
        let at = |id| expr.with(id);
        let go = |id| self.origin_within(at(id), function, depth + 1);
        match self.expr(expr) {
            Expr::Literal(_) | Expr::This(_) | Expr::Super(_) | Expr::Module(_) | Expr::Caught | Expr::Jsx { .. } => Origin::Finite,
            Expr::Class(_) => Origin::Class,
            Expr::Function(_) | Expr::Object(_) | Expr::Array(_) => Origin::PerCall,
            Expr::Template(parts) => parts.iter().map(|&part| go(part)).max().unwrap_or(Origin::Finite),
            Expr::Binary { operator, left, right } => match operator {
                BinaryOperator::Add | BinaryOperator::Arithmetic => go(*left).max(go(*right)),
                // `id % n` is one of n values, and a comparison one of two.
                _ => Origin::Finite,
            },
            Expr::Unary { of, .. } => go(*of).min(Origin::Parameter),
            Expr::Logical { left, right, .. } => go(*left).max(go(*right)),
            Expr::Conditional { yes, no, .. } => go(*yes).max(go(*no)),
            Expr::Await(of) | Expr::Spread(of) | Expr::Cast { value: of, .. } | Expr::Item(of) | Expr::Key(of) | Expr::Rest(of) | Expr::Index { of, .. } => {
                if self.is_fixed_collection(at(*of)) { Origin::Finite } else { go(*of) }
            }
            Expr::Member { object, name, .. } => {
                let name = self.facts(expr.file).name(*name);
                if let Some(origin) = self.part_origin(at(*object), name) {
                    return origin;
                }
                match self.path(expr).root {
                    Root::Text(_) | Root::Number(_) | Root::Bool(_) | Root::Nullish => Origin::Finite,
                    Root::Global(_) | Root::Package(_) | Root::Namespace(_) => Origin::Config,
                    Root::Static(_) => Origin::Finite,
                    _ if matches!(name, "length" | "size" | "constructor" | "prototype") => Origin::Class,
                    Root::Call(_) if depth > 2 => Origin::Parameter,
                    _ => go(*object),
                }
            }
            Expr::Element { object, .. } => go(*object),
            Expr::Global(_) | Expr::Import { .. } => Origin::Config,
            Expr::Binding(binding) => self.binding_origin(expr, *binding, function, depth),
            Expr::Param { function: of, index } => self.param_origin(expr.with(*of), *index, depth),
            Expr::RestParam { function: of, index } => self.param_origin(expr.with(*of), *index, depth),
            Expr::Arguments(of) => self.param_origin(expr.with(*of), 0, depth),
            Expr::Call(call) => self.call_origin(expr.with(*call), function, depth),
            Expr::DynamicImport(_) => Origin::Finite,
            Expr::Opaque | Expr::Yield(_) => Origin::Parameter,
        }
    }

    /// What the catalogue says of a property: `req.params` comes from the request, `req.route.path` is one of few.
    fn part_origin(&self, object: ExprRef, name: &str) -> Option<Origin> {
        self.types_of(object).iter().find_map(|&(ty, _)| match ty {
            Ty::Catalog(key) => self.catalog.part(key, name).and_then(|part| part.origin),
            Ty::Owner(_) => None,
        })
    }

    fn binding_origin(&self, expr: ExprRef, binding: crate::facts::ids::BindingId, function: FnRef, depth: u32) -> Origin {
        let fact = self.facts(expr.file).binding(binding);
        // A counter: `nextId++`.
        let counts = fact.reassigned > 0
            && fact.function != function.id
            && fact.values.iter().any(|&value| {
                matches!(self.expr(expr.with(value)), Expr::Binary { operator: BinaryOperator::Arithmetic | BinaryOperator::Add, left, .. }
                    if matches!(self.expr(expr.with(*left)), Expr::Binding(of) if *of == binding))
            });
        if counts {
            return Origin::PerCall;
        }
        if fact.function == FnId(0) && fact.reassigned == 0 {
            return Origin::Finite;
        }
        let values = fact.values.iter().take(4).map(|&value| self.origin_within(expr.with(value), function, depth + 1));
        values.max().unwrap_or(Origin::Parameter)
    }

    /// What a function is given: by who runs it, else by what its callers give.
    fn param_origin(&self, function: FnRef, index: u16, depth: u32) -> Origin {
        for (ty, _) in self.types_of_path(&Path::root(Root::Param(function, index))) {
            if let Ty::Catalog(key) = ty
                && self.catalog.ty(key).lifetime == Some(crate::catalog::effect::Lifetime::Request)
            {
                return Origin::External;
            }
        }
        for &(call, position) in self.graph.passed(function) {
            if let Some((run, _)) = self.runs_of(call, position).first() {
                return match run.per {
                    Per::Request | Per::Connection | Per::Message => Origin::External,
                    Per::Event | Per::Tick | Per::Item | Per::Once | Per::Instance | Per::Activation => Origin::Parameter,
                };
            }
            if matches!(self.invoked(call), super::effects::Invoked::Now { .. })
                && let Some(of) = self.receiver(call)
            {
                return if self.is_fixed_collection(of) { Origin::Finite } else { self.origin_within(of, self.calling(call), depth + 1) };
            }
        }
        if self.is_decorated(function) {
            return Origin::External;
        }
        let callers = self.graph.callers(function);
        if callers.is_empty() || depth > 4 {
            return Origin::Parameter;
        }
        let given = callers.iter().take(8).filter_map(|&call| self.argument(call, usize::from(index)).map(|arg| (arg, self.calling(call))));
        given.map(|(arg, caller)| self.origin_within(arg, caller, depth + 2)).max().unwrap_or(Origin::Parameter)
    }

    /// A method that a framework runs per request because of its decorator.
    fn is_decorated(&self, function: FnRef) -> bool {
        self.function(function).params.iter().any(|param| !param.decorators.is_empty()) && self.repeats(function).is_many()
    }

    fn call_origin(&self, call: super::path::CallRef, function: FnRef, depth: u32) -> Origin {
        let fact = self.call(call);
        if fact.how == How::New {
            return Origin::PerCall;
        }
        let name = self.callee_name(call).unwrap_or_default();
        let path = self.path(call.with(fact.callee));
        let of_global = |wanted: &str| matches!(path.root, Root::Global(global) if self.text(global) == wanted);
        if (of_global("Date") || of_global("performance")) && name == "now" || of_global("Math") && name == "random" {
            return Origin::PerCall;
        }
        if of_global("Symbol") {
            return if path.steps.contains(&Step::Awaited) || name == "for" { Origin::Finite } else { Origin::PerCall };
        }
        let args = fact.args.iter().map(|&arg| self.origin_within(call.with(arg), function, depth + 1)).max();
        let receiver = self.receiver(call).map(|of| self.origin_within(of, function, depth + 1)).filter(|origin| *origin > Origin::Config);
        match (args, receiver) {
            (Some(args), Some(receiver)) => args.max(receiver),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => Origin::Parameter,
        }
    }
}
