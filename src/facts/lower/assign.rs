//! Assignments, `++` and `--`, `delete`.

use swc_ecma_ast::{self as ast, AssignOp, AssignTarget, AssignTargetPat, Expr as Node, SimpleAssignTarget};

use super::pattern::Target;
use super::scope::Meaning;
use super::{Lowerer, guarded};
use crate::facts::body::{Op, Used};
use crate::facts::expr::{BinaryOperator, Expr, Literal, LogicalOperator, UnaryOperator};
use crate::facts::ids::{BindingId, ExprId, Name, Span};
use crate::parse::span_of;

/// Where a value is put.
#[derive(Clone, Copy)]
enum Place {
    Variable(BindingId),
    /// A member or element, or an undeclared variable.
    Stored(ExprId),
    /// Something that cannot be assigned, in a file with recovered errors.
    Nowhere,
}

impl Lowerer<'_> {
    pub(super) fn assignment(&mut self, assign: &ast::AssignExpr) -> ExprId {
        let span = span_of(assign);
        match &assign.left {
            AssignTarget::Simple(target) => self.assign_simple(assign, target, span),
            AssignTarget::Pat(pattern) => {
                let value = self.expr(&assign.right, Used::Value);
                match pattern {
                    AssignTargetPat::Array(array) => self.bind_array(array, value, Target::Assigns),
                    AssignTargetPat::Object(object) => self.bind_object(object, value, Target::Assigns),
                    AssignTargetPat::Invalid(_) => {}
                }
                value
            }
        }
    }

    fn assign_simple(&mut self, assign: &ast::AssignExpr, target: &SimpleAssignTarget, span: Span) -> ExprId {
        let (place, name) = self.simple_target(target);
        let right = |this: &mut Self| match name {
            Some(name) => this.expr_named(&assign.right, name, Used::Value),
            None => this.expr(&assign.right, Used::Value),
        };
        if assign.op == AssignOp::Assign {
            let value = right(self);
            self.put(place, value, span);
            return value;
        }
        let old = self.read(place);
        let logical = match assign.op {
            AssignOp::AndAssign => LogicalOperator::And,
            AssignOp::OrAssign => LogicalOperator::Or,
            AssignOp::NullishAssign => LogicalOperator::Nullish,
            operator => {
                let right = right(self);
                let operator = binary_of(operator);
                let value = self.add(Expr::Binary {
                    operator,
                    left: old,
                    right,
                });
                self.put(place, value, span);
                return value;
            }
        };
        let test = self.test_for(logical, old);
        let right = self.only_if(test, span, |this| {
            let value = right(this);
            this.put(place, value, span);
            value
        });
        self.add(Expr::Logical {
            operator: logical,
            left: old,
            right,
        })
    }

    /// The condition under which the right side of a logical operator is evaluated.
    pub(super) fn test_for(&mut self, operator: LogicalOperator, left: ExprId) -> ExprId {
        match operator {
            LogicalOperator::And => left,
            LogicalOperator::Or => self.add(Expr::Unary {
                operator: UnaryOperator::Not,
                of: left,
            }),
            LogicalOperator::Nullish => self.is_null(left),
        }
    }

    pub(super) fn update(&mut self, update: &ast::UpdateExpr) -> ExprId {
        let (place, _) = self.target(&update.arg);
        let left = self.read(place);
        let one = self.name("1");
        let right = self.add(Expr::Literal(Literal::Number(one)));
        let value = self.add(Expr::Binary {
            operator: BinaryOperator::Arithmetic,
            left,
            right,
        });
        self.put(place, value, span_of(update));
        if update.prefix { value } else { left }
    }

    pub(super) fn delete(&mut self, of: &Node, span: Span) -> ExprId {
        let of = self.expr(of, Used::Value);
        self.op(Op::Delete(of), span);
        self.add(Expr::Unary {
            operator: UnaryOperator::Delete,
            of,
        })
    }

    /// Puts a part of a destructured value where an expression says.
    pub(super) fn assign_place(&mut self, place: &Node, value: ExprId, span: Span) {
        match place {
            // `[a = 1] = …` and `[{ a }] = …` that the parser left as expressions.
            Node::Assign(assign) if assign.op == AssignOp::Assign => {
                let value = self.or_default(value, &assign.right, None);
                match &assign.left {
                    AssignTarget::Simple(target) => {
                        let (place, _) = self.simple_target(target);
                        self.put(place, value, span);
                    }
                    AssignTarget::Pat(AssignTargetPat::Array(array)) => self.bind_array(array, value, Target::Assigns),
                    AssignTarget::Pat(AssignTargetPat::Object(object)) => {
                        self.bind_object(object, value, Target::Assigns);
                    }
                    AssignTarget::Pat(AssignTargetPat::Invalid(_)) => {}
                }
            }
            _ => {
                let (place, _) = self.target(place);
                self.put(place, value, span);
            }
        }
    }

    fn simple_target(&mut self, target: &SimpleAssignTarget) -> (Place, Option<Name>) {
        match target {
            SimpleAssignTarget::Ident(ident) => self.ident_target(&ident.id),
            SimpleAssignTarget::Member(member) => {
                let (place, _) = self.member(member);
                self.stored(place)
            }
            SimpleAssignTarget::SuperProp(prop) => {
                let (place, _) = self.super_prop(prop);
                self.stored(place)
            }
            SimpleAssignTarget::Paren(paren) => self.target(&paren.expr),
            SimpleAssignTarget::TsAs(cast) => self.target(&cast.expr),
            SimpleAssignTarget::TsSatisfies(cast) => self.target(&cast.expr),
            SimpleAssignTarget::TsNonNull(cast) => self.target(&cast.expr),
            SimpleAssignTarget::TsTypeAssertion(cast) => self.target(&cast.expr),
            SimpleAssignTarget::TsInstantiation(cast) => self.target(&cast.expr),
            SimpleAssignTarget::OptChain(_) | SimpleAssignTarget::Invalid(_) => (Place::Nowhere, None),
        }
    }

    fn target(&mut self, node: &Node) -> (Place, Option<Name>) {
        guarded(|| match node {
            Node::Ident(ident) => self.ident_target(ident),
            Node::Paren(paren) => self.target(&paren.expr),
            Node::TsAs(cast) => self.target(&cast.expr),
            Node::TsSatisfies(cast) => self.target(&cast.expr),
            Node::TsNonNull(cast) => self.target(&cast.expr),
            Node::TsTypeAssertion(cast) => self.target(&cast.expr),
            _ => {
                let place = self.expr(node, Used::Value);
                self.stored(place)
            }
        })
    }

    fn ident_target(&mut self, ident: &ast::Ident) -> (Place, Option<Name>) {
        let name = self.name(&ident.sym);
        let place = match self.resolve(ident) {
            Some(Meaning::Binding(binding)) => Place::Variable(binding),
            Some(Meaning::EnumMember(_)) => Place::Nowhere,
            None => Place::Stored(self.add(Expr::Global(name))),
        };
        (place, Some(name))
    }

    fn stored(&self, place: ExprId) -> (Place, Option<Name>) {
        match &self.facts.exprs[place.index()] {
            Expr::Member { name, .. } => (Place::Stored(place), Some(*name)),
            Expr::Element { .. } => (Place::Stored(place), None),
            _ => (Place::Nowhere, None),
        }
    }

    fn read(&mut self, place: Place) -> ExprId {
        match place {
            Place::Variable(binding) => self.add(Expr::Binding(binding)),
            Place::Stored(place) => place,
            Place::Nowhere => self.opaque(),
        }
    }

    fn put(&mut self, place: Place, value: ExprId, span: Span) {
        match place {
            Place::Variable(to) => {
                self.add_value(to, value, false);
                self.op(
                    Op::Assign {
                        to,
                        value,
                        declares: false,
                    },
                    span,
                );
            }
            Place::Stored(to) => self.op(Op::Store { to, value }, span),
            Place::Nowhere => {}
        }
    }
}

/// The operator of a compound assignment that is not a logical one.
fn binary_of(operator: AssignOp) -> BinaryOperator {
    match operator {
        AssignOp::AddAssign => BinaryOperator::Add,
        AssignOp::SubAssign => BinaryOperator::Subtract,
        AssignOp::MulAssign => BinaryOperator::Multiply,
        AssignOp::DivAssign => BinaryOperator::Divide,
        AssignOp::ModAssign => BinaryOperator::Remainder,
        AssignOp::BitAndAssign => BinaryOperator::Mask,
        _ => BinaryOperator::Arithmetic,
    }
}
