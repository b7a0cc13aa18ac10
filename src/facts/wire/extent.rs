//! Where an expression stands and how long it is, as far as its parts tell: from the calls and functions in it, whose
//! places are known, and from the names and literals, whose texts are.
//!
//! These are guesses: they take one space around operators, none inside brackets, and no comments. What they miss is
//! stored; what they hit takes next to nothing.

use crate::facts::FileFacts;
use crate::facts::expr::{BinaryOperator, Expr, Literal, LogicalOperator, Property, UnaryOperator};
use crate::facts::ids::{ExprId, Name};

/// Levels of an expression that are looked into, so that a guess costs little.
const MAX_DEPTH: u32 = 5;

/// Parts of a literal that are looked at.
const MAX_PARTS: usize = 8;

/// What is known of an expression's place, in bytes of the source.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Extent {
    pub(super) start: Option<u32>,
    pub(super) end: Option<u32>,
    pub(super) length: Option<u32>,
}

impl Extent {
    fn long(length: u32) -> Self {
        Self {
            length: Some(length),
            ..Self::default()
        }
    }

    /// With the third of start, end and length where two are known.
    fn completed(self) -> Self {
        let Self { start, end, length } = self;
        Self {
            start: start.or_else(|| Some(end?.wrapping_sub(length?))),
            end: end.or_else(|| Some(start?.wrapping_add(length?))),
            length,
        }
    }

    /// After a word or an operator of this length.
    fn after(self, length: u32) -> Self {
        Self {
            start: self.start.map(|start| start.wrapping_sub(length)),
            end: self.end,
            length: self.length.map(|own| own.wrapping_add(length)),
        }
    }
}

/// Guesses over the facts as far as they are known: all names, expressions, bindings and heads of functions, and the spans of
/// calls below `known_calls`.
pub(super) struct Extents<'f> {
    pub(super) facts: &'f FileFacts,
    pub(super) known_calls: u32,
}

impl Extents<'_> {
    pub(super) fn of(&self, expr: ExprId) -> Extent {
        self.at_depth(expr, MAX_DEPTH).completed()
    }

    fn at_depth(&self, expr: ExprId, depth: u32) -> Extent {
        let Some(depth) = depth.checked_sub(1) else {
            return Extent::default();
        };
        let facts = self.facts;
        let Some(shape) = facts.exprs.get(expr.index()) else {
            return Extent::default();
        };
        match shape {
            Expr::Call(call) if call.0 < self.known_calls => match facts.calls.get(call.index()) {
                Some(call) => Self::spanned(call.span.start, call.span.end),
                None => Extent::default(),
            },
            Expr::Function(function) => match facts.functions.get(function.index()) {
                Some(function) => Self::spanned(function.span.start, function.span.end),
                None => Extent::default(),
            },
            Expr::Literal(literal) => Extent::long(self.literal(literal)),
            Expr::Global(name) => Extent::long(self.text(*name)),
            Expr::Binding(binding) => match facts.bindings.get(binding.index()) {
                Some(binding) => Extent::long(self.text(binding.name)),
                None => Extent::default(),
            },
            Expr::This(_) => Extent::long(4),
            Expr::Super(_) => Extent::long(5),
            Expr::Member { object, name, optional } => {
                let tail = self.text(*name).wrapping_add(1 + u32::from(*optional));
                let object = self.at_depth(*object, depth);
                Extent {
                    start: object.start,
                    end: object.end.map(|end| end.wrapping_add(tail)),
                    length: object.length.map(|length| length.wrapping_add(tail)),
                }
            }
            Expr::Element { object, key, .. } => self.joined(*object, 1, *key, 1, depth),
            Expr::Await(of) | Expr::Yield(of) => self.at_depth(*of, depth).after(6),
            Expr::Spread(of) => self.at_depth(*of, depth).after(3),
            Expr::Unary { operator, of } => self.at_depth(*of, depth).after(match operator {
                UnaryOperator::Not | UnaryOperator::Arithmetic => 1,
                UnaryOperator::TypeOf | UnaryOperator::Delete => 7,
                UnaryOperator::Void => 5,
            }),
            Expr::Binary { operator, left, right } => self.joined(*left, width(*operator), *right, 0, depth),
            Expr::Logical { operator, left, right } => match operator {
                LogicalOperator::Or | LogicalOperator::And | LogicalOperator::Nullish => {
                    self.joined(*left, 4, *right, 0, depth)
                }
            },
            Expr::Conditional { test, no, .. } => Extent {
                start: self.at_depth(*test, depth).start,
                end: self.at_depth(*no, depth).end,
                length: None,
            },
            Expr::Cast { value, .. } => Extent {
                start: self.at_depth(*value, depth).start,
                ..Extent::default()
            },
            Expr::Object(properties) => self.object(properties, depth),
            Expr::Array(items) => self.array(items, depth),
            Expr::Opaque
            | Expr::Call(_)
            | Expr::Module(_)
            | Expr::DynamicImport(_)
            | Expr::Import { .. }
            | Expr::Param { .. }
            | Expr::RestParam { .. }
            | Expr::Arguments(_)
            | Expr::Item(_)
            | Expr::Index { .. }
            | Expr::Key(_)
            | Expr::Rest(_)
            | Expr::Class(_)
            | Expr::Template(_)
            | Expr::Caught
            | Expr::Jsx { .. } => Extent::default(),
        }
    }

    fn spanned(start: u32, end: u32) -> Extent {
        Extent {
            start: Some(start),
            end: Some(end),
            length: Some(end.wrapping_sub(start)),
        }
    }

    /// Two expressions with `between` bytes between them and `tail` bytes behind.
    fn joined(&self, left: ExprId, between: u32, right: ExprId, tail: u32, depth: u32) -> Extent {
        let (left, right) = (self.at_depth(left, depth), self.at_depth(right, depth));
        let over_right = right.length.map(|length| length.wrapping_add(between));
        let start = left
            .start
            .or_else(|| Some(right.start?.wrapping_sub(left.length?.wrapping_add(between))));
        let end = right.end.or_else(|| Some(left.end?.wrapping_add(over_right?)));
        Extent {
            start,
            end: end.map(|end| end.wrapping_add(tail)),
            length: left
                .length
                .and_then(|length| Some(length.wrapping_add(over_right?).wrapping_add(tail))),
        }
    }

    fn array(&self, items: &[ExprId], depth: u32) -> Extent {
        let (Some(first), Some(last)) = (items.first(), items.last()) else {
            return Extent::long(2);
        };
        let lengths = items.iter().take(MAX_PARTS + 1).enumerate().map(|(at, &item)| {
            let length = self.at_depth(item, depth).length?;
            (at < MAX_PARTS).then_some(length.wrapping_add(2))
        });
        Extent {
            start: self.at_depth(*first, depth).start.map(|start| start.wrapping_sub(1)),
            end: self.at_depth(*last, depth).end.map(|end| end.wrapping_add(1)),
            length: sum(lengths),
        }
        .completed()
    }

    fn object(&self, properties: &[Property], depth: u32) -> Extent {
        let (Some(first), Some(last)) = (properties.first(), properties.last()) else {
            return Extent::long(2);
        };
        let start = self.property(first, depth).start;
        let end = self.property(last, depth).end;
        let lengths = properties.iter().take(MAX_PARTS + 1).enumerate().map(|(at, property)| {
            let length = self.property(property, depth).length?;
            (at < MAX_PARTS).then_some(length.wrapping_add(2))
        });
        let length = sum(lengths);
        Extent {
            start: start.map(|start| start.wrapping_sub(2)),
            end: end.map(|end| end.wrapping_add(2)),
            length: length.map(|length| length.wrapping_add(2)),
        }
        .completed()
    }

    fn property(&self, property: &Property, depth: u32) -> Extent {
        match property {
            Property::Field { name, value } => {
                let is_short = match self.facts.exprs.get(value.index()) {
                    Some(Expr::Binding(binding)) => {
                        let binding = self.facts.bindings.get(binding.index());
                        binding.is_some_and(|binding| binding.name == *name)
                    }
                    _ => false,
                };
                let before = if is_short { 0 } else { self.text(*name).wrapping_add(2) };
                self.at_depth(*value, depth).after(before)
            }
            Property::Computed { key, value } => self.joined(*key, 3, *value, 0, depth).after(1),
            Property::Spread(value) => self.at_depth(*value, depth).after(3),
            Property::Getter { .. } | Property::Setter { .. } => Extent::default(),
        }
    }

    fn literal(&self, literal: &Literal) -> u32 {
        match literal {
            Literal::String(text) | Literal::Regex(text) => self.text(*text).wrapping_add(2),
            Literal::Number(text) => self.text(*text),
            Literal::BigInt(text) => self.text(*text).wrapping_add(1),
            Literal::Bool(value) => 5 - u32::from(*value),
            Literal::Null => 4,
            Literal::Undefined => 9,
        }
    }

    fn text(&self, name: Name) -> u32 {
        self.facts.names.get(name.index()).map_or(0, |text| text.len() as u32)
    }
}

/// The sum, if all are known. Lengths that were read from broken bytes may be of any size.
fn sum(mut lengths: impl Iterator<Item = Option<u32>>) -> Option<u32> {
    lengths.try_fold(0_u32, |sum, length| Some(sum.wrapping_add(length?)))
}

/// Bytes of an operator with a space on either side; strict equality is the usual one.
fn width(operator: BinaryOperator) -> u32 {
    match operator {
        BinaryOperator::Equal | BinaryOperator::NotEqual => 5,
        BinaryOperator::LessEqual | BinaryOperator::GreaterEqual | BinaryOperator::In => 4,
        BinaryOperator::InstanceOf => 12,
        BinaryOperator::Less
        | BinaryOperator::Greater
        | BinaryOperator::Add
        | BinaryOperator::Subtract
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Remainder
        | BinaryOperator::Mask
        | BinaryOperator::Arithmetic => 3,
    }
}
