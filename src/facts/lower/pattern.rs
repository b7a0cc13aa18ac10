//! Destructuring: each name of a pattern is bound to a place in the value that is taken apart.

use swc_ecma_ast::{self as ast, ObjectPatProp, Pat};

use super::scope::Meaning;
use super::{Lowerer, guarded};
use crate::facts::body::{Op, Used};
use crate::facts::expr::{BinaryOperator, Expr, Literal, LogicalOperator};
use crate::facts::ids::{ExprId, Name, Span};
use crate::parse::span_of;

/// What a pattern does with its names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// `const { a } = …`, parameters, `catch ({ a })`, `for (const a of …)`.
    Declares,
    /// `({ a } = …)`, `for (a of …)`.
    Assigns,
}

impl Lowerer<'_> {
    /// Binds every name of `pattern` to its part of `value`.
    pub(super) fn bind(&mut self, pattern: &Pat, value: ExprId, target: Target, span: Span) {
        guarded(|| match pattern {
            Pat::Ident(ident) => self.bind_ident(ident, value, target, span),
            Pat::Array(array) => self.bind_array(array, value, target),
            Pat::Object(object) => self.bind_object(object, value, target),
            Pat::Rest(rest) => {
                let value = self.add(Expr::Rest(value));
                self.bind(&rest.arg, value, target, span);
            }
            Pat::Assign(assign) => {
                let name = self.pattern_name(&assign.left);
                let value = self.or_default(value, &assign.right, name);
                self.bind(&assign.left, value, target, span);
            }
            Pat::Expr(place) => self.assign_place(place, value, span),
            Pat::Invalid(_) => {}
        });
    }

    pub(super) fn bind_array(&mut self, array: &ast::ArrayPat, value: ExprId, target: Target) {
        for (index, element) in array.elems.iter().enumerate() {
            let Some(element) = element else { continue };
            let part = match element {
                Pat::Rest(_) => value,
                _ => {
                    let index = u16::try_from(index).unwrap_or(u16::MAX);
                    self.add(Expr::Index { of: value, index })
                }
            };
            self.bind(element, part, target, span_of(element));
        }
    }

    pub(super) fn bind_object(&mut self, object: &ast::ObjectPat, value: ExprId, target: Target) {
        for prop in &object.props {
            match prop {
                ObjectPatProp::KeyValue(prop) => {
                    let part = self.property(value, &prop.key);
                    self.bind(&prop.value, part, target, span_of(prop));
                }
                ObjectPatProp::Assign(prop) => {
                    let name = self.name(&prop.key.id.sym);
                    let part = self.add(Expr::Member {
                        object: value,
                        name,
                        optional: false,
                    });
                    let part = match &prop.value {
                        Some(default) => self.or_default(part, default, Some(name)),
                        None => part,
                    };
                    self.bind_ident(&prop.key, part, target, span_of(prop));
                }
                ObjectPatProp::Rest(rest) => {
                    let part = self.add(Expr::Rest(value));
                    self.bind(&rest.arg, part, target, span_of(rest));
                }
            }
        }
    }

    fn bind_ident(&mut self, ident: &ast::BindingIdent, value: ExprId, target: Target, span: Span) {
        let declares = target == Target::Declares;
        let binding = if declares {
            self.declared(&ident.id)
        } else {
            match self.resolve(&ident.id) {
                Some(Meaning::Binding(binding)) => Some(binding),
                Some(Meaning::EnumMember(_)) => None,
                None => return self.assign_global(&ident.id, value, span),
            }
        };
        let Some(to) = binding else { return };
        let annotation = self.annotation(ident.type_ann.as_deref());
        self.annotate(to, annotation);
        self.add_value(to, value, declares);
        self.op(Op::Assign { to, value, declares }, span);
    }

    fn assign_global(&mut self, ident: &ast::Ident, value: ExprId, span: Span) {
        let name = self.name(&ident.sym);
        let to = self.add(Expr::Global(name));
        self.op(Op::Store { to, value }, span);
    }

    /// The place `object[key]` for a key as it stands in an object literal or pattern.
    fn property(&mut self, object: ExprId, key: &ast::PropName) -> ExprId {
        match self.property_name(key) {
            Ok(name) => self.add(Expr::Member {
                object,
                name,
                optional: false,
            }),
            Err(computed) => {
                let key = self.expr(computed, Used::Value);
                self.add(Expr::Element {
                    object,
                    key,
                    optional: false,
                })
            }
        }
    }

    /// `value`, or `default` in its absence.
    pub(super) fn or_default(&mut self, value: ExprId, default: &ast::Expr, name: Option<Name>) -> ExprId {
        let test = self.is_null(value);
        let right = self.only_if(test, span_of(default), |this| match name {
            Some(name) => this.expr_named(default, name, Used::Value),
            None => this.expr(default, Used::Value),
        });
        self.add(Expr::Logical {
            operator: LogicalOperator::Nullish,
            left: value,
            right,
        })
    }

    /// The test `value == null`.
    pub(super) fn is_null(&mut self, value: ExprId) -> ExprId {
        let right = self.add(Expr::Literal(Literal::Null));
        self.add(Expr::Binary {
            operator: BinaryOperator::Equal,
            left: value,
            right,
        })
    }

    fn pattern_name(&mut self, pattern: &Pat) -> Option<Name> {
        match pattern {
            Pat::Ident(ident) => Some(self.name(&ident.id.sym)),
            Pat::Array(_) | Pat::Rest(_) | Pat::Object(_) | Pat::Assign(_) | Pat::Invalid(_) | Pat::Expr(_) => None,
        }
    }
}
