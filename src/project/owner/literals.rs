//! Object literals that are owners: a framework makes instances of them, and calls their hooks.

use rustc_hash::FxHashMap;

use crate::catalog::effect::Lifecycle;
use crate::facts::body::FunctionKind;
use crate::facts::expr::{Expr, Literal, Property};
use crate::facts::ids::{ExprId, Span};

use super::super::Project;
use super::super::lifecycle::LifecycleId;
use super::super::path::{ExprRef, OwnerId};
use super::{Owner, OwnerKind, Owners};

impl Owners {
    /// These owners, and the object literals that a framework makes instances of.
    pub fn with_literals(mut self, project: &Project<'_>, literals: &FxHashMap<ExprRef, LifecycleId>) -> Self {
        let mut sorted: Vec<(ExprRef, LifecycleId)> = literals.iter().map(|(&literal, &id)| (literal, id)).collect();
        sorted.sort_unstable();
        for (literal, id) in sorted {
            self.add_literal(project, literal, &project.catalog.lifecycles[id as usize]);
        }
        self
    }

    fn add_literal(&mut self, project: &Project<'_>, literal: ExprRef, lifecycle: &Lifecycle) {
        let file = literal.file;
        let facts = project.facts(file);
        let id = OwnerId(self.list.len() as u32);
        let mut owner = Owner {
            file,
            name: None,
            kind: OwnerKind::Object(literal),
            constructor: None,
            base: None,
            methods: FxHashMap::default(),
            statics: FxHashMap::default(),
            getters: FxHashMap::default(),
            head: Span::default(),
            stores: FxHashMap::default(),
        };
        let is = |name, words: &[Box<str>]| words.iter().any(|word| **word == *facts.name(name));
        let properties = |of: ExprId| match facts.expr(of) {
            Expr::Object(properties) => properties.as_ref(),
            _ => &[],
        };
        let mut given: Vec<&Property> = properties(literal.id).iter().collect();
        for property in properties(literal.id) {
            let Property::Field { name, value } = *property else {
                continue;
            };
            if is(name, &lifecycle.members) {
                given.extend(properties(value));
            }
            if is(name, &lifecycle.bases) {
                let first = match facts.expr(value) {
                    Expr::Array(elements) => elements.first().copied(),
                    _ => Some(value),
                };
                owner.base = owner.base.or(first.map(|first| literal.with(first)));
            }
            if facts.name(name) == "name"
                && let Expr::Literal(Literal::String(text)) = facts.expr(value)
            {
                owner.name = Some(project.sym(file, *text));
            }
        }
        for property in given {
            let function = match *property {
                Property::Field { name, value } => match *facts.expr(value) {
                    Expr::Function(function) => {
                        owner
                            .methods
                            .entry(project.sym(file, name))
                            .or_insert(literal.with(function));
                        function
                    }
                    // A watcher: `{ handler() {}, immediate: true }`.
                    Expr::Object(_) => {
                        let functions = properties(value).iter().filter_map(|inner| match *inner {
                            Property::Field { value, .. } => match *facts.expr(value) {
                                Expr::Function(function) => Some(literal.with(function)),
                                _ => None,
                            },
                            _ => None,
                        });
                        let methods = functions.filter(|method| facts.function(method.id).kind != FunctionKind::Arrow);
                        self.functions.extend(methods.map(|method| (method, (id, false))));
                        continue;
                    }
                    _ => continue,
                },
                Property::Getter { function, .. } | Property::Setter { function, .. } => function,
                Property::Computed { .. } | Property::Spread(_) => continue,
            };
            let method = literal.with(function);
            if facts.function(function).kind != FunctionKind::Arrow {
                self.functions.insert(method, (id, false));
                self.objects.remove(&method);
            }
            if owner.head == Span::default() {
                owner.head = facts.function(function).head;
            }
        }
        self.add(owner);
        self.literals.insert(literal, id);
    }
}
