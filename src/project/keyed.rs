//! Which activation settles the key of a growing line: the line may come again and again, and write one entry.

use crate::facts::body::Op;
use crate::facts::expr::Expr;
use crate::facts::ids::{ExprId, Name};

use super::container_use::{Form, GrowthSite};
use super::growth::Judge;
use super::path::{ExprRef, FnRef};
use super::repetition::Repeats;

/// Parts of parts of a key that are looked at.
const MAX_KEY_DEPTH: u32 = 8;

impl Judge<'_, '_> {
    /// How often the key is settled, where functions around the line have all that it is made of:
    /// `socket.on('ready', () => { open[host] = socket; })` adds one entry for each `host`, however often the event comes.
    pub(super) fn repeats_of_key(&self, site: &GrowthSite) -> Option<Repeats> {
        let Form::Keyed(key) = site.form else { return None };
        let mut settled_in = None;
        let around = self.settles(key, site, &mut settled_in, 0).then_some(settled_in)??;
        // The call there that is handed the closure may stand in a loop.
        let project = self.project;
        let closure = project
            .around(site.function)
            .take_while(|&each| each != around)
            .last()?;
        let (call, _) = project.function(closure).argument_of?;
        Some(project.repeats_call(closure.with(call)))
    }

    /// Whether an expression is made of what functions around the line have, and of which the innermost is.
    fn settles(&self, expr: ExprRef, site: &GrowthSite, innermost: &mut Option<FnRef>, depth: u32) -> bool {
        let project = self.project;
        if depth > MAX_KEY_DEPTH {
            return false;
        }
        let mut of = |function: FnRef| {
            let is_around = function != site.function && project.is_within(site.function, function);
            if innermost.is_none_or(|known| project.is_within(function, known)) {
                *innermost = Some(function);
            }
            is_around && !project.is_module(function)
        };
        match *project.expr(expr) {
            Expr::Literal(_) => true,
            Expr::Param { function, .. } => of(expr.with(function)),
            Expr::Binding(binding) => {
                let fact = project.facts(expr.file).binding(binding);
                fact.reassigned == 0 && of(expr.with(fact.function))
            }
            Expr::Member { object, name, .. } => {
                !self.is_stored(expr.with(object), name) && self.settles(expr.with(object), site, innermost, depth + 1)
            }
            Expr::Binary { left, right, .. } => {
                self.settles(expr.with(left), site, innermost, depth + 1)
                    && self.settles(expr.with(right), site, innermost, depth + 1)
            }
            Expr::Template(ref parts) => parts
                .iter()
                .all(|&part| self.settles(expr.with(part), site, innermost, depth + 1)),
            _ => false,
        }
    }

    /// Whether the file stores something in that property of what the expression belongs to.
    fn is_stored(&self, object: ExprRef, property: Name) -> bool {
        let project = self.project;
        let facts = project.facts(object.file);
        let root = project.path(object).root;
        let is_it = |to: ExprId| match *facts.expr(to) {
            Expr::Member { object: of, name, .. } => name == property && project.path(object.with(of)).root == root,
            _ => false,
        };
        let mut ops = facts.functions.iter().flat_map(|function| &function.ops);
        ops.any(|op| matches!(*op, Op::Store { to, .. } if is_it(to)))
    }
}
