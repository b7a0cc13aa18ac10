//! What a path may be: the values of a variable or field that has several, the branches of a choice.

use smallvec::SmallVec;

use crate::facts::expr::Expr;

use super::Project;
use super::effects::Invoked;
use super::path::{ExprRef, FnRef, Path, Root, Step};

/// Values that a variable or field is expanded into at most.
const MAX_VALUES: usize = 8;

impl Project<'_> {
    /// Every path an expression may name, the variables, fields and choices in it expanded once.
    pub fn possible(&self, expr: ExprRef) -> SmallVec<[Path; 2]> {
        let mut found = SmallVec::new();
        self.expand(self.path(expr), &mut found, 0);
        found
    }

    /// As [`Self::possible`], from a path.
    pub fn possible_of(&self, path: Path) -> SmallVec<[Path; 2]> {
        let mut found = SmallVec::new();
        self.expand(path, &mut found, 0);
        found
    }

    fn expand(&self, path: Path, found: &mut SmallVec<[Path; 2]>, depth: u32) {
        if found.len() >= MAX_VALUES || found.contains(&path) {
            return;
        }
        let parts: SmallVec<[ExprRef; 4]> = match (path.root, path.steps.as_slice()) {
            (Root::Variable(binding), []) => {
                let values = self.facts(binding.file).binding(binding.id).values.iter();
                return self.expand_parts(path, values.map(|&value| binding.with(value)), found, depth);
            }
            (Root::Choice(at), []) => match self.expr(at) {
                Expr::Logical { left, right, .. } => [at.with(*left), at.with(*right)].into_iter().collect(),
                Expr::Conditional { yes, no, .. } => [at.with(*yes), at.with(*no)].into_iter().collect(),
                _ => SmallVec::new(),
            },
            // `await (fast ? a() : b())`
            (Root::Choice(at), [Step::Awaited]) => {
                let parts = self.possible_of(Path::root(Root::Choice(at)));
                found.push(path);
                for part in parts {
                    let part = part.step(Step::Awaited, at);
                    if found.len() < MAX_VALUES && !found.contains(&part) {
                        found.push(part);
                    }
                }
                return;
            }
            (Root::Object(literal), [Step::Element]) => self.elements(literal),
            (Root::Param(function, 0), []) => self.given_elements(function),
            (Root::Instance(owner), &[Step::Field(name)]) => {
                let stores = self.owners.stores(owner, name, false).iter();
                return self.expand_parts(path, stores.map(|store| store.value), found, depth);
            }
            (Root::Static(owner), &[Step::Field(name)]) => {
                let stores = self.owners.stores(owner, name, true).iter();
                return self.expand_parts(path, stores.map(|store| store.value), found, depth);
            }
            _ => SmallVec::new(),
        };
        self.expand_parts(path, parts.into_iter(), found, depth);
    }

    /// Adds a path and what its parts may be, up to the cap: a variable may have many thousand values.
    fn expand_parts(
        &self,
        path: Path,
        parts: impl Iterator<Item = ExprRef>,
        found: &mut SmallVec<[Path; 2]>,
        depth: u32,
    ) {
        found.push(path);
        if depth >= 3 {
            return;
        }
        for part in parts {
            if found.len() >= MAX_VALUES {
                return;
            }
            let part = self.path(part);
            if !part.is_nullish() {
                self.expand(part, found, depth + 1);
            }
        }
    }

    fn elements(&self, literal: ExprRef) -> SmallVec<[ExprRef; 4]> {
        match self.expr(literal) {
            Expr::Array(elements) => elements.iter().map(|&element| literal.with(element)).collect(),
            _ => SmallVec::new(),
        }
    }

    /// What the callback of `[a, b].forEach(…)` is given.
    fn given_elements(&self, function: FnRef) -> SmallVec<[ExprRef; 4]> {
        let Some((call, 0)) = self.function(function).argument_of else {
            return SmallVec::new();
        };
        let call = function.with(call);
        match (self.invoked(call), self.receiver(call).map(|of| self.path(of))) {
            (
                Invoked::Now { repeats: true, .. },
                Some(Path {
                    root: Root::Object(literal),
                    steps,
                }),
            ) if steps.is_empty() => self.elements(literal),
            _ => SmallVec::new(),
        }
    }
}
