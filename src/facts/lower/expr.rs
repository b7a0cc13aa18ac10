//! Expressions: what each evaluates to, with its operations in evaluation order.

use smallvec::SmallVec;
use swc_ecma_ast::{self as ast, BinaryOp, Expr as Node, UnaryOp};

use super::{Lowerer, guarded};
use crate::facts::body::{Op, Used};
use crate::facts::expr::{BinaryOperator, Expr, Literal, LogicalOperator, UnaryOperator};
use crate::facts::ids::{ExprId, Name, Span};
use crate::parse::span_of;

impl Lowerer<'_> {
    /// Lowers an expression of whose value becomes `used`.
    pub(super) fn expr(&mut self, node: &Node, used: Used) -> ExprId {
        match node {
            Node::Ident(ident) => self.ident(ident),
            Node::Lit(literal) => self.literal(literal),
            Node::This(_) => self.this(),
            _ => guarded(|| self.compound(node, used)),
        }
    }

    /// Lowers a value that goes to a variable or property: a function or class without a name takes that one.
    pub(super) fn expr_named(&mut self, node: &Node, name: Name, used: Used) -> ExprId {
        match node {
            Node::Fn(function) => self.function_expr(function, Some(name)),
            Node::Arrow(arrow) => self.arrow(arrow, Some(name)),
            Node::Class(class) => self.class_expr(class, Some(name)),
            Node::Paren(inner) => guarded(|| self.expr_named(&inner.expr, name, used)),
            _ => self.expr(node, used),
        }
    }

    fn compound(&mut self, node: &Node, used: Used) -> ExprId {
        let span = span_of(node);
        match node {
            Node::Ident(ident) => self.ident(ident),
            Node::Lit(literal) => self.literal(literal),
            Node::This(_) => self.this(),
            Node::Array(array) => self.array(array),
            Node::Object(object) => self.object(object),
            Node::Fn(function) => self.function_expr(function, None),
            Node::Arrow(arrow) => self.arrow(arrow, None),
            Node::Class(class) => self.class_expr(class, None),
            Node::Unary(unary) => self.unary(unary, span),
            Node::Update(update) => self.update(update),
            Node::Bin(binary) => self.binary(binary, used),
            Node::Assign(assign) => self.assignment(assign),
            Node::Member(_)
            | Node::Call(_)
            | Node::OptChain(_)
            | Node::TsNonNull(_)
            | Node::Paren(_)
            | Node::TsInstantiation(_) => self.chain(node, used),
            Node::SuperProp(member) => self.super_prop(member).0,
            Node::Cond(conditional) => self.conditional(conditional, used),
            Node::New(new) => self.new_expr(new, used),
            Node::TaggedTpl(tagged) => self.tagged(tagged, used),
            Node::Seq(sequence) => self.sequence(sequence, used),
            Node::Tpl(template) => self.template(template),
            Node::Yield(give) => {
                let value = match &give.arg {
                    Some(arg) => self.expr(arg, Used::Value),
                    None => self.add(Expr::Literal(Literal::Undefined)),
                };
                self.op(Op::Yield(value), span);
                self.add(Expr::Yield(value))
            }
            Node::Await(wait) => {
                let used = if used == Used::Dropped {
                    Used::AwaitedDropped
                } else {
                    used
                };
                let value = self.expr(&wait.arg, used);
                self.op(Op::Await(value), span);
                self.add(Expr::Await(value))
            }
            Node::MetaProp(meta) => match meta.kind {
                ast::MetaPropKind::NewTarget => self.opaque(),
                ast::MetaPropKind::ImportMeta => {
                    let name = self.name("import.meta");
                    self.add(Expr::Global(name))
                }
            },
            Node::JSXElement(element) => self.jsx(element),
            Node::JSXFragment(fragment) => self.jsx_fragment(fragment),
            Node::TsTypeAssertion(cast) => self.cast(&cast.expr, &cast.type_ann, used),
            Node::TsAs(cast) => self.cast(&cast.expr, &cast.type_ann, used),
            Node::TsSatisfies(cast) => self.cast(&cast.expr, &cast.type_ann, used),
            Node::TsConstAssertion(cast) => self.expr(&cast.expr, used),
            Node::PrivateName(private) => {
                let name = self.private_name(private);
                self.add(Expr::Literal(Literal::String(name)))
            }
            Node::JSXMember(_) | Node::JSXNamespacedName(_) | Node::JSXEmpty(_) | Node::Invalid(_) => self.opaque(),
        }
    }

    fn cast(&mut self, value: &Node, ty: &ast::TsType, used: Used) -> ExprId {
        let value = self.expr(value, used);
        let ty = self.ty(ty);
        self.add(Expr::Cast { value, ty })
    }

    fn unary(&mut self, unary: &ast::UnaryExpr, span: Span) -> ExprId {
        let operator = match unary.op {
            UnaryOp::Delete => return self.delete(&unary.arg, span),
            UnaryOp::Void => {
                let of = self.expr(&unary.arg, Used::Dropped);
                if matches!(self.facts.exprs[of.index()], Expr::Literal(_)) {
                    return self.add(Expr::Literal(Literal::Undefined));
                }
                return self.add(Expr::Unary {
                    operator: UnaryOperator::Void,
                    of,
                });
            }
            UnaryOp::Bang => UnaryOperator::Not,
            UnaryOp::TypeOf => UnaryOperator::TypeOf,
            UnaryOp::Minus | UnaryOp::Plus | UnaryOp::Tilde => UnaryOperator::Arithmetic,
        };
        let of = self.expr(&unary.arg, Used::Value);
        self.add(Expr::Unary { operator, of })
    }

    fn sequence(&mut self, sequence: &ast::SeqExpr, used: Used) -> ExprId {
        let Some((last, first)) = sequence.exprs.split_last() else {
            return self.opaque();
        };
        for each in first {
            self.expr(each, Used::Dropped);
        }
        self.expr(last, used)
    }

    /// `a + b * c && d …`: a chain to the left of any length.
    fn binary(&mut self, binary: &ast::BinExpr, used: Used) -> ExprId {
        let mut chain: SmallVec<[(&ast::BinExpr, Used); 8]> = SmallVec::new();
        let (mut top, mut used) = (binary, used);
        let first = loop {
            chain.push((top, used));
            used = used_on_the_left(top.op, used);
            match &*top.left {
                Node::Bin(left) => top = left,
                left => break left,
            }
        };
        let mut left = self.expr(first, used);
        for (binary, used) in chain.into_iter().rev() {
            left = self.operation(binary, left, used);
        }
        left
    }

    fn operation(&mut self, binary: &ast::BinExpr, left: ExprId, used: Used) -> ExprId {
        match operator_of(binary.op) {
            Operator::Logical(operator) => {
                let test = self.test_for(operator, left);
                let right = self.only_if(test, span_of(binary), |this| this.expr(&binary.right, used));
                self.add(Expr::Logical { operator, left, right })
            }
            Operator::Binary(operator) => {
                let right = self.expr(&binary.right, Used::Value);
                self.add(Expr::Binary { operator, left, right })
            }
        }
    }

    /// `a ? b : c ? d : …`, a chain to the right of any length.
    fn conditional(&mut self, first: &ast::CondExpr, used: Used) -> ExprId {
        let mut open: SmallVec<[Open; 4]> = SmallVec::new();
        let mut conditional = first;
        let mut value = loop {
            let test = self.expr(&conditional.test, Used::Value);
            let span = span_of(conditional);
            let at_if = self.frame.ops.len();
            self.op(Op::If(test), span);
            let yes = self.expr(&conditional.cons, used);
            let at_else = self.frame.ops.len();
            self.op(Op::Else, span_of(&*conditional.alt));
            open.push(Open {
                test,
                yes,
                at_if,
                at_else,
                span,
            });
            match &*conditional.alt {
                Node::Cond(next) => conditional = next,
                last => break self.expr(last, used),
            }
        };
        for Open {
            test,
            yes,
            at_if,
            at_else,
            span,
        } in open.into_iter().rev()
        {
            if self.frame.ops.len() == at_else + 1 {
                self.unmark(at_else);
            }
            if self.frame.ops.len() == at_if + 1 {
                self.unmark(at_if);
            } else {
                self.op(Op::EndIf, span);
            }
            value = self.add(Expr::Conditional { test, yes, no: value });
        }
        value
    }
}

/// A `?:` whose last part is still being lowered.
struct Open {
    test: ExprId,
    yes: ExprId,
    at_if: usize,
    at_else: usize,
    span: Span,
}

enum Operator {
    Logical(LogicalOperator),
    Binary(BinaryOperator),
}

/// What becomes of an operator's left side, given what becomes of its result.
fn used_on_the_left(operator: BinaryOp, used: Used) -> Used {
    match (operator, used) {
        (BinaryOp::LogicalOr | BinaryOp::NullishCoalescing, Used::Returned | Used::Argument | Used::Receiver) => used,
        _ => Used::Value,
    }
}

fn operator_of(operator: BinaryOp) -> Operator {
    Operator::Binary(match operator {
        BinaryOp::LogicalOr => return Operator::Logical(LogicalOperator::Or),
        BinaryOp::LogicalAnd => return Operator::Logical(LogicalOperator::And),
        BinaryOp::NullishCoalescing => return Operator::Logical(LogicalOperator::Nullish),
        BinaryOp::EqEq | BinaryOp::EqEqEq => BinaryOperator::Equal,
        BinaryOp::NotEq | BinaryOp::NotEqEq => BinaryOperator::NotEqual,
        BinaryOp::Lt => BinaryOperator::Less,
        BinaryOp::LtEq => BinaryOperator::LessEqual,
        BinaryOp::Gt => BinaryOperator::Greater,
        BinaryOp::GtEq => BinaryOperator::GreaterEqual,
        BinaryOp::Add => BinaryOperator::Add,
        BinaryOp::Sub => BinaryOperator::Subtract,
        BinaryOp::Mul => BinaryOperator::Multiply,
        BinaryOp::Div => BinaryOperator::Divide,
        BinaryOp::Mod => BinaryOperator::Remainder,
        BinaryOp::BitAnd => BinaryOperator::Mask,
        BinaryOp::InstanceOf => BinaryOperator::InstanceOf,
        BinaryOp::In => BinaryOperator::In,
        BinaryOp::LShift
        | BinaryOp::RShift
        | BinaryOp::ZeroFillRShift
        | BinaryOp::BitOr
        | BinaryOp::BitXor
        | BinaryOp::Exp => BinaryOperator::Arithmetic,
    })
}
