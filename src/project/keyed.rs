//! Which activation settles the key of a growing line: the line may come again and again, and write one entry.

use crate::facts::expr::Expr;

use super::container_use::{Form, GrowthSite};
use super::growth::Judge;
use super::path::{ExprRef, FnRef};

/// Parts of parts of a key that are looked at.
const MAX_KEY_DEPTH: u32 = 8;

impl Judge<'_, '_> {
    /// The function around the line in whose activation its key is settled: `socket.on('ready', () => { open[host] = socket; })`
    /// adds one entry for each `host`, however often the event comes.
    pub(super) fn keyed_by(&self, site: &GrowthSite) -> Option<FnRef> {
        let Form::Keyed(key) = site.form else { return None };
        let mut settled_in = None;
        self.settles(key, site, &mut settled_in, 0).then_some(settled_in)?
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
            Expr::Member { object, .. } => self.settles(expr.with(object), site, innermost, depth + 1),
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
}
