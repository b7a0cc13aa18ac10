//! What single expressions and statements look like, without what is around them.

use swc_ecma_ast as ast;
use swc_ecma_visit::{Visit, VisitWith};

use super::super::span_of;
use super::{Argument, ArgumentKind, StatementKind};

pub(super) fn argument(argument: &ast::ExprOrSpread) -> Argument {
    let outlined = outlined(&argument.expr);
    match argument.spread {
        Some(_) => Argument {
            kind: ArgumentKind::Other,
            ..outlined
        },
        None => outlined,
    }
}

pub(super) fn outlined(expr: &ast::Expr) -> Argument {
    let kind = if is_new_function(expr) {
        ArgumentKind::Function
    } else if is_plain(expr) {
        ArgumentKind::Plain
    } else {
        ArgumentKind::Other
    };
    Argument {
        span: span_of(expr),
        kind,
    }
}

fn is_new_function(expr: &ast::Expr) -> bool {
    match expr {
        ast::Expr::Arrow(_) | ast::Expr::Fn(_) => true,
        ast::Expr::Paren(inner) => is_new_function(&inner.expr),
        ast::Expr::Call(call) => match &call.callee {
            ast::Callee::Expr(callee) => match &**callee {
                ast::Expr::Member(member) => {
                    matches!(&member.prop, ast::MemberProp::Ident(name) if name.sym == "bind") && is_plain(&member.obj)
                }
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

fn is_plain(expr: &ast::Expr) -> bool {
    match expr {
        ast::Expr::Ident(_) | ast::Expr::This(_) | ast::Expr::Lit(_) => true,
        ast::Expr::Member(member) => !matches!(member.prop, ast::MemberProp::Computed(_)) && is_plain(&member.obj),
        ast::Expr::TsNonNull(inner) => is_plain(&inner.expr),
        ast::Expr::Object(object) => object.props.iter().all(|property| match property {
            ast::PropOrSpread::Prop(property) => match &**property {
                ast::Prop::KeyValue(pair) => is_plain(&pair.value),
                ast::Prop::Shorthand(_) => true,
                _ => false,
            },
            ast::PropOrSpread::Spread(_) => false,
        }),
        _ => false,
    }
}

/// The names that a pattern declares.
struct Declared(Vec<String>);

impl Visit for Declared {
    fn visit_binding_ident(&mut self, ident: &ast::BindingIdent) {
        self.0.push(ident.id.sym.to_string());
    }

    fn visit_assign_pat_prop(&mut self, property: &ast::AssignPatProp) {
        self.0.push(property.key.id.sym.to_string());
    }

    fn visit_expr(&mut self, _: &ast::Expr) {}
}

pub(super) fn declared(declaration: &ast::Decl) -> Vec<String> {
    match declaration {
        ast::Decl::Var(variables) => {
            let mut names = Declared(Vec::new());
            for each in &variables.decls {
                each.name.visit_with(&mut names);
            }
            names.0
        }
        ast::Decl::Using(variables) => {
            let mut names = Declared(Vec::new());
            for each in &variables.decls {
                each.name.visit_with(&mut names);
            }
            names.0
        }
        ast::Decl::Class(class) => vec![class.ident.sym.to_string()],
        ast::Decl::Fn(function) => vec![function.ident.sym.to_string()],
        _ => Vec::new(),
    }
}

pub(super) fn kind(statement: &ast::Stmt) -> StatementKind {
    match statement {
        ast::Stmt::Expr(_) => StatementKind::Expression,
        ast::Stmt::Decl(ast::Decl::Var(variables)) => match variables.decls.iter().all(|each| each.init.is_none()) {
            true => StatementKind::Empty,
            false => StatementKind::Variables,
        },
        ast::Stmt::Decl(ast::Decl::Using(_)) => StatementKind::Variables,
        ast::Stmt::Decl(_) => StatementKind::Declaration,
        ast::Stmt::Return(returned) => StatementKind::Return {
            value: returned.arg.as_deref().map(span_of),
        },
        _ => StatementKind::Other,
    }
}
