//! Expressions and types as text that looks like the source.

use super::super::FileFacts;
use super::super::expr::{BinaryOperator, Expr, Literal, LogicalOperator, Property, UnaryOperator};
use super::super::ids::{BindingId, ExprId, Name, TypeId};
use super::super::types::{TypeExpr, TypeMember};

/// Levels of an expression or type below which the text is cut.
const DEEPEST: usize = 24;

#[derive(Clone, Copy)]
pub(super) struct Render<'f> {
    pub(super) facts: &'f FileFacts,
}

impl Render<'_> {
    pub(super) fn expr(self, id: ExprId) -> String {
        self.expr_at(id, 0)
    }

    pub(super) fn binding(self, id: BindingId) -> String {
        format!("{}#{}", self.name(self.facts.binding(id).name), id.0)
    }

    pub(super) fn ty(self, id: TypeId) -> String {
        self.type_at(id, 0)
    }

    pub(super) fn type_members(self, members: &[TypeMember]) -> String {
        self.type_members_at(members, 0)
    }

    fn name(&self, name: Name) -> &str {
        self.facts.name(name)
    }

    fn expr_at(self, id: ExprId, depth: usize) -> String {
        if depth > DEEPEST {
            return "…".to_owned();
        }
        let sub = |id: ExprId| self.expr_at(id, depth + 1);
        // The operand of an operator, in parentheses if it is one itself.
        let operand = |id: ExprId| match self.facts.expr(id) {
            Expr::Binary { .. } | Expr::Logical { .. } | Expr::Conditional { .. } => format!("({})", sub(id)),
            _ => sub(id),
        };
        let list = |ids: &[ExprId]| ids.iter().map(|&id| sub(id)).collect::<Vec<_>>().join(", ");
        match self.facts.expr(id) {
            Expr::Opaque => "?".to_owned(),
            Expr::Literal(literal) => self.literal(literal),
            Expr::Binding(binding) => self.binding(*binding),
            Expr::Global(name) => self.name(*name).to_owned(),
            Expr::This(function) => format!("this@{}", function.0),
            Expr::Super(function) => format!("super@{}", function.0),
            Expr::Module(name) => format!("module({:?})", self.name(*name)),
            Expr::DynamicImport(name) => format!("import({:?})", self.name(*name)),
            Expr::Import { module, name } => format!("module({:?})[{}]", self.name(*module), self.name(*name)),
            Expr::Param { function, index } => format!("param@{}.{index}", function.0),
            Expr::RestParam { function, index } => format!("...param@{}.{index}", function.0),
            Expr::Arguments(function) => format!("arguments@{}", function.0),
            Expr::Member { object, name, optional } => {
                format!("{}{}.{}", operand(*object), question(*optional), self.name(*name))
            }
            Expr::Element { object, key, optional } => {
                let dot = if *optional { "?." } else { "" };
                format!("{}{dot}[{}]", operand(*object), sub(*key))
            }
            Expr::Item(of) => format!("item({})", sub(*of)),
            Expr::Index { of, index } => format!("{}<{index}>", operand(*of)),
            Expr::Key(of) => format!("key({})", sub(*of)),
            Expr::Rest(of) => format!("rest({})", sub(*of)),
            Expr::Call(call) => format!("${}", call.0),
            Expr::Function(function) => format!("fn {}", function.0),
            Expr::Class(class) => format!("class {}", class.0),
            Expr::Object(properties) => {
                let properties: Vec<_> = properties.iter().map(|each| self.property(each, depth)).collect();
                format!("{{ {} }}", properties.join(", "))
            }
            Expr::Array(elements) => format!("[{}]", list(elements)),
            Expr::Spread(of) => format!("...{}", operand(*of)),
            Expr::Template(parts) => {
                let parts: String = parts.iter().map(|&part| format!("${{{}}}", sub(part))).collect();
                format!("`{parts}`")
            }
            Expr::Unary { operator, of } => {
                let operator = match operator {
                    UnaryOperator::Not => "!",
                    UnaryOperator::TypeOf => "typeof ",
                    UnaryOperator::Void => "void ",
                    UnaryOperator::Delete => "delete ",
                    UnaryOperator::Arithmetic => "±",
                };
                format!("{operator}{}", operand(*of))
            }
            Expr::Binary { operator, left, right } => {
                format!("{} {} {}", operand(*left), binary(*operator), operand(*right))
            }
            Expr::Logical { operator, left, right } => {
                let operator = match operator {
                    LogicalOperator::Or => "||",
                    LogicalOperator::And => "&&",
                    LogicalOperator::Nullish => "??",
                };
                format!("{} {operator} {}", operand(*left), operand(*right))
            }
            Expr::Conditional { test, yes, no } => {
                format!("{} ? {} : {}", operand(*test), operand(*yes), operand(*no))
            }
            Expr::Await(of) => format!("await({})", sub(*of)),
            Expr::Yield(of) => format!("yield({})", sub(*of)),
            Expr::Caught => "caught".to_owned(),
            Expr::Cast { value, ty } => format!("({} as {})", sub(*value), self.type_at(*ty, depth + 1)),
            Expr::Jsx { tag, attributes } => {
                let attributes: String = attributes
                    .iter()
                    .map(|each| match self.name(each.name) {
                        "" => format!(" {{...{}}}", sub(each.value)),
                        name => format!(" {name}={{{}}}", sub(each.value)),
                    })
                    .collect();
                format!("<{}{attributes} />", sub(*tag))
            }
        }
    }

    fn literal(self, literal: &Literal) -> String {
        match literal {
            Literal::String(text) => format!("{:?}", self.name(*text)),
            Literal::Number(text) => self.name(*text).to_owned(),
            Literal::Bool(value) => value.to_string(),
            Literal::Null => "null".to_owned(),
            Literal::Undefined => "undefined".to_owned(),
            Literal::BigInt(text) => format!("{}n", self.name(*text)),
            Literal::Regex(text) => format!("/{}/", self.name(*text)),
        }
    }

    fn property(self, property: &Property, depth: usize) -> String {
        let sub = |id: ExprId| self.expr_at(id, depth + 1);
        match property {
            Property::Field { name, value } => format!("{}: {}", self.name(*name), sub(*value)),
            Property::Getter { name, function } => format!("get {}: fn {}", self.name(*name), function.0),
            Property::Setter { name, function } => format!("set {}: fn {}", self.name(*name), function.0),
            Property::Computed { key, value } => format!("[{}]: {}", sub(*key), sub(*value)),
            Property::Spread(value) => format!("...{}", sub(*value)),
        }
    }

    fn type_at(self, id: TypeId, depth: usize) -> String {
        if depth > DEEPEST {
            return "…".to_owned();
        }
        let sub = |id: TypeId| self.type_at(id, depth + 1);
        let join = |ids: &[TypeId], by: &str| ids.iter().map(|&id| sub(id)).collect::<Vec<_>>().join(by);
        match self.facts.type_expr(id) {
            TypeExpr::Named { name, args } if args.is_empty() => self.expr_at(*name, depth + 1),
            TypeExpr::Named { name, args } => format!("{}<{}>", self.expr_at(*name, depth + 1), join(args, ", ")),
            TypeExpr::Union(all) => format!("({})", join(all, " | ")),
            TypeExpr::Intersection(all) => format!("({})", join(all, " & ")),
            TypeExpr::Array(of) => format!("{}[]", sub(*of)),
            TypeExpr::Tuple(all) => format!("[{}]", join(all, ", ")),
            TypeExpr::Function(function) => {
                format!("(({}) => {})", join(&function.params, ", "), sub(function.result))
            }
            TypeExpr::Object(members) => self.type_members_at(members, depth + 1),
            TypeExpr::TypeOf(value) => format!("typeof {}", self.expr_at(*value, depth + 1)),
            TypeExpr::Literal => "literal".to_owned(),
            TypeExpr::Keyword(name) => self.name(*name).to_owned(),
            TypeExpr::Other => "other".to_owned(),
        }
    }

    fn type_members_at(self, members: &[TypeMember], depth: usize) -> String {
        let members: Vec<_> = members
            .iter()
            .map(|member| {
                let (name, ty) = (self.name(member.name), self.type_at(member.ty, depth + 1));
                let parens = if member.is_method { "()" } else { "" };
                format!("{name}{parens}{}: {ty}", question(member.is_optional))
            })
            .collect();
        format!("{{ {} }}", members.join("; "))
    }
}

fn question(is_optional: bool) -> &'static str {
    if is_optional { "?" } else { "" }
}

fn binary(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Equal => "==",
        BinaryOperator::NotEqual => "!=",
        BinaryOperator::Less => "<",
        BinaryOperator::LessEqual => "<=",
        BinaryOperator::Greater => ">",
        BinaryOperator::GreaterEqual => ">=",
        BinaryOperator::Add => "+",
        BinaryOperator::Subtract => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
        BinaryOperator::Remainder => "%",
        BinaryOperator::Mask => "&",
        BinaryOperator::Arithmetic => "±",
        BinaryOperator::InstanceOf => "instanceof",
        BinaryOperator::In => "in",
    }
}
