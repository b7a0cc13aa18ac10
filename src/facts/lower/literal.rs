//! Literals: constants, templates, arrays, objects, and the names of their keys.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;
use swc_ecma_ast::{self as ast, Expr as Node, Lit, Prop, PropName, PropOrSpread};

use super::{Lowerer, Many};
use crate::facts::body::{FunctionKind, Used};
use crate::facts::expr::{Expr, Literal, Property, exactly};
use crate::facts::ids::{ExprId, Name, Span};
use crate::parse::span_of;

/// The longest string kept as it is, in bytes; of a longer one (embedded data) the start and a hash are kept.
const LONGEST_STRING: usize = 40;

/// How much of a longer string is kept, in bytes.
const KEPT_OF_LONG_STRING: usize = 20;

impl Lowerer<'_> {
    pub(super) fn literal(&mut self, literal: &Lit) -> ExprId {
        let literal = match literal {
            Lit::Str(text) => return self.string(&text.value.to_string_lossy()),
            Lit::JSXText(text) => return self.string(&text.value.to_string_lossy()),
            Lit::Bool(value) => Literal::Bool(value.value),
            Lit::Null(_) => Literal::Null,
            Lit::Num(number) => Literal::Number(self.name(&number_text(number.value))),
            Lit::BigInt(number) => Literal::BigInt(self.name(&number.value.to_string())),
            Lit::Regex(regex) => Literal::Regex(self.name(&shortened(&regex.exp))),
        };
        self.add(Expr::Literal(literal))
    }

    pub(super) fn string(&mut self, text: &str) -> ExprId {
        let name = self.name(&shortened(text));
        self.add(Expr::Literal(Literal::String(name)))
    }

    pub(super) fn template(&mut self, template: &ast::Tpl) -> ExprId {
        if let Some(text) = template_text(template) {
            return self.string(&text);
        }
        let parts = template.exprs.iter().map(|part| self.expr(part, Used::Value));
        let parts = exactly(parts);
        self.add(Expr::Template(parts))
    }

    pub(super) fn array(&mut self, array: &ast::ArrayLit) -> ExprId {
        let elements = array.elems.iter().map(|element| match element {
            None => self.opaque(),
            Some(element) => {
                let value = self.expr(&element.expr, Used::Value);
                if element.spread.is_some() {
                    self.add(Expr::Spread(value))
                } else {
                    value
                }
            }
        });
        let elements = exactly(elements);
        self.push(Expr::Array(elements))
    }

    pub(super) fn object(&mut self, object: &ast::ObjectLit) -> ExprId {
        let properties: Many<_> = object
            .props
            .iter()
            .filter_map(|prop| match prop {
                PropOrSpread::Spread(spread) => Some(Property::Spread(self.expr(&spread.expr, Used::Value))),
                PropOrSpread::Prop(prop) => self.prop_of_object(prop),
            })
            .collect();
        self.push(Expr::Object(exactly(properties)))
    }

    fn prop_of_object(&mut self, prop: &Prop) -> Option<Property> {
        Some(match prop {
            Prop::Shorthand(ident) => {
                let value = self.ident(ident);
                Property::Field {
                    name: self.name(&ident.sym),
                    value,
                }
            }
            Prop::KeyValue(pair) => match self.property_name(&pair.key) {
                Ok(name) => Property::Field {
                    name,
                    value: self.expr_named(&pair.value, name, Used::Value),
                },
                Err(key) => {
                    let key = self.expr(key, Used::Value);
                    Property::Computed {
                        key,
                        value: self.expr(&pair.value, Used::Value),
                    }
                }
            },
            // `{ a = 1 }` outside a pattern: an error from which the parser recovered.
            Prop::Assign(_) => return None,
            Prop::Method(method) => {
                let head = span_of(&method.key);
                match self.property_name(&method.key) {
                    Ok(name) => {
                        let id = self.function(&method.function, None, Some(name), FunctionKind::Function, head);
                        Property::Field {
                            name,
                            value: self.add(Expr::Function(id)),
                        }
                    }
                    Err(key) => {
                        let key = self.expr(key, Used::Value);
                        let id = self.function(&method.function, None, None, FunctionKind::Function, head);
                        Property::Computed {
                            key,
                            value: self.add(Expr::Function(id)),
                        }
                    }
                }
            }
            Prop::Getter(getter) => {
                let name = self.accessor_name(&getter.key);
                let head = span_of(&getter.key);
                let function = self.function(&getter.function, None, Some(name), FunctionKind::Getter, head);
                Property::Getter { name, function }
            }
            Prop::Setter(setter) => {
                let name = self.accessor_name(&setter.key);
                let head = span_of(&setter.key);
                let function = self.function(&setter.function, None, Some(name), FunctionKind::Setter, head);
                Property::Setter { name, function }
            }
        })
    }

    /// The name of an accessor or class member: empty for a computed key, which is lowered.
    pub(super) fn accessor_name(&mut self, key: &PropName) -> Name {
        match self.property_name(key) {
            Ok(name) => name,
            Err(key) => {
                self.expr(key, Used::Value);
                self.name("")
            }
        }
    }

    /// The name of a key, or the expression that computes it.
    pub(super) fn property_name<'t>(&mut self, key: &'t PropName) -> Result<Name, &'t Node> {
        Ok(match key {
            PropName::Ident(ident) => self.name(&ident.sym),
            PropName::Str(text) => self.name(&text.value.to_string_lossy()),
            PropName::Num(number) => self.name(&number_text(number.value)),
            PropName::BigInt(number) => self.name(&number.value.to_string()),
            PropName::Computed(computed) => return self.key_name(&computed.expr).ok_or(&computed.expr),
        })
    }

    /// The name that `[key]` is the same as: of a literal string, and of `Symbol.dispose` and its like.
    pub(super) fn key_name(&mut self, key: &Node) -> Option<Name> {
        if let Some(text) = constant_text(key) {
            return Some(self.name(&text));
        }
        let Node::Member(member) = key else { return None };
        let (Node::Ident(object), ast::MemberProp::Ident(prop)) = (&*member.obj, &member.prop) else {
            return None;
        };
        if &*object.sym != "Symbol" || self.is_declared("Symbol") {
            return None;
        }
        self.record(object, None, false);
        Some(self.name(&format!("[Symbol.{}]", prop.sym)))
    }

    pub(super) fn private_name(&mut self, private: &ast::PrivateName) -> Name {
        self.name(&format!("#{}", private.name))
    }

    /// The span from `start` up to where a body begins, without trailing space.
    pub(super) fn trimmed(&self, start: u32, end: u32) -> Span {
        let text = self.text.get(start as usize..end as usize).unwrap_or_default();
        Span::new(start, start + text.trim_end().len() as u32)
    }
}

/// The text of a literal string or a template without parts.
pub(super) fn constant_text(node: &Node) -> Option<Cow<'_, str>> {
    match node {
        Node::Lit(Lit::Str(text)) => Some(text.value.to_string_lossy()),
        Node::Tpl(template) => template_text(template),
        _ => None,
    }
}

fn template_text(template: &ast::Tpl) -> Option<Cow<'_, str>> {
    match (&template.exprs[..], &template.quasis[..]) {
        ([], [only]) => Some(match &only.cooked {
            Some(cooked) => cooked.to_string_lossy(),
            None => Cow::Borrowed(&*only.raw),
        }),
        _ => None,
    }
}

fn number_text(value: f64) -> String {
    if value.abs() < 1e21 {
        format!("{value}")
    } else {
        format!("{value:e}")
    }
}

/// A string as facts keep it: whole, or if it is long, its start and a hash of it, so that unequal strings stay unequal.
fn shortened(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST_STRING {
        return Cow::Borrowed(text);
    }
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    let end = (0..=KEPT_OF_LONG_STRING)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0);
    Cow::Owned(format!("{}…{:012x}", &text[..end], hasher.finish() >> 16))
}
