//! What in the code shows that keys of unknown origin are many: the line's own words, never a name.
//!
//! Most keys that callers give are few: names of parts of the program. Where nothing shows that they are many they are no finding by default.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use crate::catalog::effect::{Origin, Resource};
use crate::diagnostic::FileId;
use crate::facts::body::{How, Op};
use crate::facts::expr::{BinaryOperator, Expr, Property};
use crate::facts::ids::{ExprId, FnId};

use super::Project;
use super::container::{ContainerId, Kind};
use super::container_use::{ContainerUse, Form, GrowthSite};
use super::growth::Judge;
use super::path::{At, ExprRef, Path, Root};
use super::words;

/// Steps from a stored value to the clock in it.
const MAX_DEPTH: u32 = 4;

impl Judge<'_, '_> {
    /// Whether something shows that keys of unknown origin are many.
    pub(super) fn has_many_keys(&self, usage: &ContainerUse, site: &GrowthSite) -> bool {
        self.stores_a_time(site)
            || self.stores_a_timeout(site)
            || self.stores_an_answer(site)
            || self.is_keyed_by_visited_objects(site)
            || self.ends_its_entries(usage, site)
    }

    /// A key from a counter, a clock or a random source: who numbers what comes expects that more comes.
    pub(super) fn is_numbered(&self, site: &GrowthSite) -> bool {
        match site.form {
            Form::Keyed(key) => self.is_generated(key, site, 0) && !self.is_registration(site),
            Form::Element(_) => false,
        }
    }

    /// Whether the function itself makes the key: `id = next++`, `${Date.now()}-${Math.random()}`, `randomUUID()`.
    pub(super) fn is_generated(&self, key: ExprRef, site: &GrowthSite, depth: u32) -> bool {
        let project = self.project;
        if depth > MAX_DEPTH {
            return false;
        }
        let go = |id| self.is_generated(key.with(id), site, depth + 1);
        match project.expr(key) {
            Expr::Template(parts) => parts.iter().any(|&part| go(part)),
            Expr::Binary {
                operator: BinaryOperator::Add | BinaryOperator::Arithmetic,
                left,
                right,
            } => go(*left) || go(*right),
            Expr::Cast { value, .. } => go(*value),
            Expr::Binding(binding) => {
                let fact = project.facts(key.file).binding(*binding);
                project.counts(key.with(*binding), site.function)
                    || fact.function != FnId(0) && matches!(fact.values[..], [only] if go(only))
            }
            Expr::Member { object, .. } => {
                matches!(project.expr(key.with(*object)), Expr::This(_))
                    && project.origin_of(key, site.function) == Origin::PerCall
            }
            Expr::Call(call) => {
                let call = key.with(*call);
                // `Math.random().toString(36)`
                let receiver = project.receiver(call).is_some_and(|of| go(of.id));
                let fact = project.call(call);
                receiver
                    || project.catalogued_origin(call) == Some(Origin::PerCall)
                    || fact.args.is_empty() && project.origin_of(key, site.function) == Origin::PerCall
                    || !matches!(
                        project.path(call.with(fact.callee)).root,
                        Root::Variable(_) | Root::Function(_)
                    ) && fact.args.iter().any(|&arg| go(arg))
            }
            _ => false,
        }
    }

    /// The value that is stored.
    fn stored(&self, site: &GrowthSite) -> Option<ExprRef> {
        match (site.form, site.call) {
            (Form::Element(_), _) => None,
            (Form::Keyed(_), Some(call)) => self.project.argument(call, 1),
            (Form::Keyed(_), None) => match self.project.function(site.function).ops[site.index] {
                Op::Store { value, .. } => Some(site.function.with(value)),
                _ => None,
            },
        }
    }

    /// `cache.set(host, { answer, expires: Date.now() + TTL })`: who writes down when an entry gets old expects others.
    fn stores_a_time(&self, site: &GrowthSite) -> bool {
        self.stored(site).is_some_and(|value| self.has_a_time(value, 0))
    }

    /// `delayed[session] = setTimeout(…)`: the entry is over when the timer fires, and stays.
    fn stores_a_timeout(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        let Some(Expr::Call(call)) = self.stored(site).map(|value| project.expr(value)) else {
            return false;
        };
        let call = site.function.with(*call);
        project.callee_name(call).is_some_and(|name| {
            project.catalog.acquires_named(name).any(|acquire| {
                acquire.resource == Resource::Timeout && project.matches(&acquire.callee, call).is_some()
            })
        })
    }

    fn has_a_time(&self, value: ExprRef, depth: u32) -> bool {
        let project = self.project;
        if depth > MAX_DEPTH {
            return false;
        }
        let go = |id| self.has_a_time(value.with(id), depth + 1);
        match project.expr(value) {
            Expr::Object(properties) => properties.iter().any(|property| match *property {
                Property::Field { value, .. } => go(value),
                _ => false,
            }),
            Expr::Cast { value, .. } => go(*value),
            Expr::Binary { left, right, .. } => go(*left) || go(*right),
            Expr::Binding(binding) => {
                let fact = project.facts(value.file).binding(*binding);
                fact.function != FnId(0) && matches!(fact.values[..], [only] if go(only))
            }
            Expr::Call(call) => {
                let call = value.with(*call);
                let fact = project.call(call);
                let path = project.path(call.with(fact.callee));
                let is_global =
                    |wanted: &str| matches!(path.root, Root::Global(global) if project.text(global) == wanted);
                is_global("Date") && (fact.how == How::New || project.callee_name(call) == Some("now"))
                    || is_global("performance") && project.callee_name(call) == Some("now")
            }
            _ => false,
        }
    }

    /// `cache.set(path, routes.includes(path))`: who remembers also that a key is not in a set is asked for keys outside it.
    fn stores_an_answer(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        let (Form::Keyed(key), Some(stored)) = (site.form, self.stored(site)) else {
            return false;
        };
        let answer = match *project.expr(stored) {
            Expr::Binding(binding) => match project.facts(stored.file).binding(binding).values[..] {
                [only] => stored.with(only),
                _ => return false,
            },
            _ => stored,
        };
        let Expr::Call(call) = *project.expr(answer) else {
            return false;
        };
        let call = answer.with(call);
        matches!(project.callee_name(call), Some("includes" | "has"))
            && project
                .argument(call, 0)
                .is_some_and(|asked| project.path(asked) == project.path(key) || asked == key)
    }

    /// A `Map` or `Set` of objects that are handed to a function in a table, one visit each: nodes of a document.
    fn is_keyed_by_visited_objects(&self, site: &GrowthSite) -> bool {
        let kind = self.containers.get(site.container).map(|made| made.kind);
        let (Form::Keyed(key) | Form::Element(key)) = site.form;
        matches!(kind, Some(Kind::Map | Kind::Set))
            && self.is_taken_apart(key, site)
            && self.serves_a_table(site.function, 0)
    }

    /// Whether a property of the value, not of text, is read where the line stands.
    fn is_taken_apart(&self, key: ExprRef, site: &GrowthSite) -> bool {
        let project = self.project;
        let path = project.path(key);
        matches!(path.root, Root::Param(..))
            && site.function.file == key.file
            && project.taken_apart(key.file).contains(&path)
    }

    /// The end of the owner ends each entry: it closes pools, sockets, sessions, one under each key.
    fn ends_its_entries(&self, usage: &ContainerUse, site: &GrowthSite) -> bool {
        let project = self.project;
        if !matches!(site.container, ContainerId::Field(..)) {
            return false;
        }
        usage
            .removals
            .iter()
            .filter(|removal| self.lives.is_at_the_end(removal.function))
            .any(|removal| {
                project.nested(removal.function).any(|each| {
                    project.function(each).ops.iter().any(|op| match *op {
                        Op::Call(call) => {
                            let call = each.with(call);
                            project.callee_name(call).is_some_and(words::is_final)
                                && project
                                    .receiver(call)
                                    .is_some_and(|of| self.is_entry(of, site.container))
                        }
                        _ => false,
                    })
                })
            })
    }

    /// `for (const pool of this.pools.values())`.
    fn is_entry(&self, expr: ExprRef, id: ContainerId) -> bool {
        let project = self.project;
        let item = match *project.expr(expr) {
            Expr::Binding(binding) => match project.facts(expr.file).binding(binding).values[..] {
                [only] => expr.with(only),
                _ => return false,
            },
            _ => expr,
        };
        let (Expr::Item(of) | Expr::Index { of, .. }) = *project.expr(item) else {
            return false;
        };
        let of = match *project.expr(item.with(of)) {
            Expr::Item(of) => item.with(of),
            _ => item.with(of),
        };
        let named = match *project.expr(of) {
            Expr::Call(call) => project.receiver(of.with(call)),
            _ => Some(of),
        };
        named.is_some_and(|named| project.containers_in(self.containers, named).contains(&id))
    }
}

impl Project<'_> {
    /// Everything of parameters that a file reads a property of, other than a length, and does not call.
    fn taken_apart(&self, file: FileId) -> Rc<FxHashSet<Path>> {
        if let Some(known) = self.memo.taken_apart.get(&file) {
            return known;
        }
        let facts = self.facts(file);
        let called: FxHashSet<ExprId> = facts.calls.iter().map(|call| call.callee).collect();
        let read = (0..facts.exprs.len() as u32)
            .map(ExprId)
            .filter_map(|id| match *facts.expr(id) {
                Expr::Member { object, name, .. } if !called.contains(&id) && facts.name(name) != "length" => {
                    Some(self.path(At::new(file, object)))
                }
                _ => None,
            });
        let taken: FxHashSet<Path> = read.filter(|path| matches!(path.root, Root::Param(..))).collect();
        let taken = Rc::new(taken);
        if self.memo.is_settled() {
            self.memo.taken_apart.insert(file, Rc::clone(&taken));
        }
        taken
    }
}
