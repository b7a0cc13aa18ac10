//! Scopes and what names mean in them.
//!
//! Scopes nest strictly, so each name keeps a stack of what it means, and closing a scope takes its names off.

use smallvec::SmallVec;
use swc_ecma_ast as ast;

use super::Lowerer;
use crate::facts::expr::{Expr, Literal};
use crate::facts::ids::{BindingId, ExprId, Exprs, FnId, Name, Span, TypeId};
use crate::facts::{Binding, BindingKind};
use crate::parse::span_of;

/// What is visible at the current place.
#[derive(Default)]
pub(super) struct Scopes {
    /// What each name means, innermost last; indexed by [`Name`].
    visible: Vec<SmallVec<[Entry; 1]>>,
    /// The names that open scopes declare.
    declared: Vec<Name>,
    /// Where those of each open scope begin.
    open: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Entry {
    meaning: Meaning,
    /// How many scopes are open where it is declared.
    depth: u32,
    is_value: bool,
    is_type: bool,
}

/// What an identifier stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Binding(BindingId),
    /// A member of the enum inside whose braces the identifier stands.
    EnumMember(BindingId),
}

impl Scopes {
    pub(super) fn add_name(&mut self) {
        self.visible.push(SmallVec::new());
    }

    /// The state at the start of a file, in the same room.
    pub(super) fn clear(&mut self) {
        self.visible.clear();
        self.declared.clear();
        self.open.clear();
    }

    fn depth(&self) -> u32 {
        self.open.len() as u32
    }

    fn value(&self, name: Name) -> Option<Meaning> {
        self.visible[name.index()]
            .iter()
            .rev()
            .find(|entry| entry.is_value)
            .map(|entry| entry.meaning)
    }

    /// A type of that name, else any variable: `typeof`-like uses and names that a file only half declares.
    fn type_or_value(&self, name: Name) -> Option<Meaning> {
        let entries = &self.visible[name.index()];
        let found = entries.iter().rev().find(|entry| entry.is_type).or(entries.last());
        found.map(|entry| entry.meaning)
    }
}

impl Lowerer<'_> {
    pub(super) fn open_scope(&mut self) {
        self.scopes.open.push(self.scopes.declared.len() as u32);
    }

    pub(super) fn close_scope(&mut self) {
        let Scopes {
            visible,
            declared,
            open,
        } = &mut self.scopes;
        let first = open.pop().unwrap_or_default() as usize;
        for name in declared.drain(first..) {
            visible[name.index()].pop();
        }
    }

    /// Lowers `inside` in a scope of its own.
    pub(super) fn scoped<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.open_scope();
        let value = inside(self);
        self.close_scope();
        value
    }

    /// Declares a name in the innermost scope. A second declaration of a name there is the same variable.
    pub(super) fn declare(&mut self, ident: &ast::Ident, kind: BindingKind) -> BindingId {
        let name = self.name(&ident.sym);
        self.declare_name(name, span_of(ident), kind)
    }

    fn declare_name(&mut self, name: Name, span: Span, kind: BindingKind) -> BindingId {
        let (is_value, is_type) = (is_value(kind), is_type(kind));
        let depth = self.scopes.depth();
        if let Some(entry) = self.scopes.visible[name.index()].last_mut()
            && entry.depth == depth
            && let Meaning::Binding(binding) = entry.meaning
        {
            if is_value && !entry.is_value {
                let known = &mut self.facts.bindings[binding.index()];
                (known.kind, known.span) = (kind, span);
            }
            entry.is_value |= is_value;
            entry.is_type |= is_type;
            return binding;
        }
        let binding = BindingId(self.facts.bindings.len() as u32);
        self.facts.bindings.push(Binding {
            name,
            kind,
            function: self.frame.id,
            span,
            values: Exprs::new(),
            reassigned: 0,
            annotation: None,
            in_loop: self.frame.loops > 0 && is_per_round(kind),
        });
        self.enter(name, Meaning::Binding(binding), is_value, is_type);
        binding
    }

    /// Makes the members of an enum visible by their bare names.
    pub(super) fn declare_enum_member(&mut self, name: Name, of: BindingId) {
        self.enter(name, Meaning::EnumMember(of), true, false);
    }

    fn enter(&mut self, name: Name, meaning: Meaning, is_value: bool, is_type: bool) {
        let depth = self.scopes.depth();
        self.scopes.visible[name.index()].push(Entry {
            meaning,
            depth,
            is_value,
            is_type,
        });
        if !self.scopes.open.is_empty() {
            self.scopes.declared.push(name);
        }
    }

    /// The variable that a declaration of `ident` at the current place declares.
    pub(super) fn declared(&mut self, ident: &ast::Ident) -> Option<BindingId> {
        let name = self.name(&ident.sym);
        let found = match self.scopes.visible[name.index()].last()?.meaning {
            Meaning::Binding(binding) => Some(binding),
            Meaning::EnumMember(_) => None,
        };
        self.record(ident, found, false);
        found
    }

    /// The type that a declaration of `ident` at the current place declares.
    pub(super) fn declared_type(&mut self, ident: &ast::Ident) -> Option<BindingId> {
        let name = self.name(&ident.sym);
        let found = match self.scopes.visible[name.index()].last()?.meaning {
            Meaning::Binding(binding) => Some(binding),
            Meaning::EnumMember(_) => None,
        };
        self.record(ident, found, true);
        found
    }

    /// Whether the name is visible as something that is neither a `var` nor a function.
    pub(super) fn is_lexical(&self, name: Name) -> bool {
        match self.scopes.value(name) {
            Some(Meaning::Binding(binding)) => match self.facts.bindings[binding.index()].kind {
                BindingKind::Const
                | BindingKind::Let
                | BindingKind::Param
                | BindingKind::Class
                | BindingKind::Import
                | BindingKind::Catch
                | BindingKind::Enum
                | BindingKind::Namespace => true,
                BindingKind::Var | BindingKind::Function | BindingKind::Type => false,
            },
            Some(Meaning::EnumMember(_)) => true,
            None => false,
        }
    }

    /// Whether a scope of the file declares a variable of that name that is visible here.
    pub(super) fn is_declared(&mut self, text: &str) -> bool {
        let name = self.name(text);
        self.scopes.value(name).is_some()
    }

    /// What an identifier in an expression refers to; notes the capture if it belongs to a function around this one.
    pub(super) fn resolve(&mut self, ident: &ast::Ident) -> Option<Meaning> {
        let name = self.name(&ident.sym);
        let found = self.scopes.value(name);
        match found {
            Some(Meaning::Binding(binding)) => {
                self.capture(binding);
                self.record(ident, Some(binding), false);
            }
            Some(Meaning::EnumMember(of)) => {
                self.capture(of);
                self.record(ident, None, false);
            }
            None => self.record(ident, None, false),
        }
        found
    }

    pub(super) fn ident(&mut self, ident: &ast::Ident) -> ExprId {
        let found = self.resolve(ident);
        self.meaning(found, &ident.sym)
    }

    /// What an identifier in a type refers to.
    pub(super) fn type_ident(&mut self, ident: &ast::Ident) -> ExprId {
        let name = self.name(&ident.sym);
        let found = self.scopes.type_or_value(name);
        let binding = match found {
            Some(Meaning::Binding(binding)) => Some(binding),
            Some(Meaning::EnumMember(_)) | None => None,
        };
        self.record(ident, binding, true);
        self.meaning(found, &ident.sym)
    }

    /// What an identifier behind `typeof` in a type refers to. Types run nowhere, so nothing is captured.
    pub(super) fn type_query_ident(&mut self, ident: &ast::Ident) -> ExprId {
        let name = self.name(&ident.sym);
        let Some(found) = self.scopes.value(name) else {
            return self.type_ident(ident);
        };
        let binding = match found {
            Meaning::Binding(binding) => Some(binding),
            Meaning::EnumMember(_) => None,
        };
        self.record(ident, binding, true);
        self.meaning(Some(found), &ident.sym)
    }

    fn meaning(&mut self, found: Option<Meaning>, text: &str) -> ExprId {
        match found {
            Some(Meaning::Binding(binding)) => self.add(Expr::Binding(binding)),
            Some(Meaning::EnumMember(of)) => {
                let object = self.add(Expr::Binding(of));
                let name = self.name(text);
                self.add(Expr::Member {
                    object,
                    name,
                    optional: false,
                })
            }
            None if text == "undefined" => self.add(Expr::Literal(Literal::Undefined)),
            None if text == "arguments" && self.frame.this != FnId(0) => self.add(Expr::Arguments(self.frame.this)),
            None => {
                let name = self.name(text);
                self.add(Expr::Global(name))
            }
        }
    }

    fn capture(&mut self, binding: BindingId) {
        let owner = self.facts.bindings[binding.index()].function;
        if owner == FnId(0) || owner == self.frame.id {
            return;
        }
        if !self.frame.captures.insert(binding) {
            return;
        }
        for frame in self.outer.iter_mut().rev() {
            if frame.id == owner || !frame.captures.insert(binding) {
                return;
            }
        }
    }

    /// `this` at the current place.
    pub(super) fn this(&mut self) -> ExprId {
        self.capture_this();
        self.add(Expr::This(self.frame.this))
    }

    /// Notes that the arrow functions around the current place use the `this` outside them.
    pub(super) fn capture_this(&mut self) {
        let this = self.frame.this;
        if self.frame.id == this || self.frame.captures_this {
            return;
        }
        self.frame.captures_this = true;
        for frame in self.outer.iter_mut().rev() {
            if frame.id == this || frame.captures_this {
                return;
            }
            frame.captures_this = true;
        }
    }

    /// Notes one more value of a variable.
    pub(super) fn add_value(&mut self, binding: BindingId, value: ExprId, declares: bool) {
        let binding = &mut self.facts.bindings[binding.index()];
        binding.values.push(value);
        if !declares {
            binding.reassigned = binding.reassigned.saturating_add(1);
        }
    }

    pub(super) fn annotate(&mut self, binding: BindingId, annotation: Option<TypeId>) {
        let binding = &mut self.facts.bindings[binding.index()];
        binding.annotation = binding.annotation.or(annotation);
    }
}

fn is_value(kind: BindingKind) -> bool {
    kind != BindingKind::Type
}

fn is_type(kind: BindingKind) -> bool {
    match kind {
        BindingKind::Class | BindingKind::Import | BindingKind::Enum | BindingKind::Namespace | BindingKind::Type => {
            true
        }
        BindingKind::Const
        | BindingKind::Let
        | BindingKind::Var
        | BindingKind::Param
        | BindingKind::Function
        | BindingKind::Catch => false,
    }
}

/// Whether each round of a loop has a variable of its own if its body declares one of this kind.
fn is_per_round(kind: BindingKind) -> bool {
    match kind {
        BindingKind::Const
        | BindingKind::Let
        | BindingKind::Function
        | BindingKind::Class
        | BindingKind::Catch
        | BindingKind::Enum => true,
        BindingKind::Var | BindingKind::Param | BindingKind::Import | BindingKind::Namespace | BindingKind::Type => {
            false
        }
    }
}
