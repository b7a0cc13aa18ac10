//! Statements without control flow of their own: declarations, expressions, returns, blocks.

use swc_ecma_ast::{self as ast, Decl, Expr as Node, Pat, Stmt};

use super::pattern::Target;
use super::{Lowerer, guarded};
use crate::facts::body::{FunctionKind, Op, Used};
use crate::facts::expr::Expr;
use crate::facts::ids::{ExprId, Span};
use crate::parse::span_of;

impl Lowerer<'_> {
    pub(super) fn program(&mut self, program: &ast::Program) {
        let whole = Span::new(0, self.text.len() as u32);
        self.open_function(super::frame::Head::new(FunctionKind::Module, whole, Span::new(0, 0)));
        self.open_scope();
        match program {
            ast::Program::Module(module) => {
                self.strict = true;
                self.module_items(&module.body);
            }
            ast::Program::Script(script) => {
                self.strict = is_strict(&script.body);
                self.body(&script.body);
            }
        }
        self.close_scope();
        self.close_module();
    }

    /// The statements of a function body, in a scope that is already open.
    pub(super) fn body(&mut self, stmts: &[Stmt]) {
        self.hoist_body(stmts);
        self.run(stmts);
    }

    pub(super) fn block(&mut self, block: &ast::BlockStmt) {
        self.cut(span_of(block).start);
        self.scoped(|this| {
            this.hoist_block(&block.stmts, true);
            this.run(&block.stmts);
        });
    }

    /// Statements in order, then the disposal of what they declared with `using`.
    pub(super) fn run(&mut self, stmts: &[Stmt]) {
        let usings = self.frame.usings.len();
        for stmt in stmts {
            self.stmt(stmt);
        }
        let end = stmts.last().map_or(0, |stmt| span_of(stmt).end);
        self.end_usings(usings, end);
    }

    /// Disposes, last first, of what was declared with `using` since `first`.
    pub(super) fn end_usings(&mut self, first: usize, at: u32) {
        while self.frame.usings.len() > first {
            if let Some(binding) = self.frame.usings.pop() {
                self.op(Op::EndUsing(binding), Span::new(at, at));
            }
        }
    }

    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        guarded(|| self.unguarded_stmt(stmt));
    }

    fn unguarded_stmt(&mut self, stmt: &Stmt) {
        let span = span_of(stmt);
        match stmt {
            Stmt::Block(block) => self.labelled_block(span, |this| this.block(block)),
            Stmt::Empty(_) | Stmt::Debugger(_) => self.frame.pending_labels.clear(),
            Stmt::Expr(expr) => self.labelled_block(span, |this| {
                this.statement(span, |this| this.dropped(&expr.expr));
            }),
            Stmt::Decl(decl) => {
                self.frame.pending_labels.clear();
                self.decl(decl);
            }
            Stmt::With(with) => self.labelled_block(span, |this| {
                let head = Span::new(span.start, span_of(&*with.body).start);
                this.statement(head, |this| this.expr(&with.obj, Used::Value));
                this.stmt(&with.body);
            }),
            Stmt::Return(back) => {
                self.frame.pending_labels.clear();
                self.statement(span, |this| {
                    let value = back.arg.as_ref().map(|arg| this.expr(arg, Used::Returned));
                    this.op(Op::Return(value), span);
                });
            }
            Stmt::Throw(throw) => {
                self.frame.pending_labels.clear();
                self.statement(span, |this| {
                    let value = this.expr(&throw.arg, Used::Value);
                    this.op(Op::Throw(value), span);
                });
            }
            Stmt::Labeled(labeled) => {
                let name = self.name(&labeled.label.sym);
                self.frame.pending_labels.push(name);
                self.stmt(&labeled.body);
            }
            Stmt::Break(leave) => self.leave(leave.label.as_ref(), span),
            Stmt::Continue(next) => self.next(next.label.as_ref(), span),
            Stmt::If(branch) => self.labelled_block(span, |this| this.branches(branch)),
            Stmt::Switch(switch) => self.switch(switch),
            Stmt::Try(attempt) => self.labelled_block(span, |this| this.attempt(attempt)),
            Stmt::While(each) => self.while_loop(each),
            Stmt::DoWhile(each) => self.do_loop(each),
            Stmt::For(each) => self.for_loop(each),
            Stmt::ForIn(each) => self.for_in(each),
            Stmt::ForOf(each) => self.for_of(each),
        }
    }

    /// An expression whose value nobody takes.
    pub(super) fn dropped(&mut self, expr: &Node) {
        self.expr(expr, Used::Dropped);
    }

    pub(super) fn decl(&mut self, decl: &Decl) {
        let span = span_of(decl);
        match decl {
            Decl::Class(class) => self.class_decl(&class.ident, &class.class, class.declare, span),
            Decl::Fn(function) => self.function_decl(&function.ident, &function.function),
            Decl::Var(var) => self.var(&var.decls, span),
            Decl::Using(using) => {
                for decl in &using.decls {
                    self.statement(span, |this| this.declarator(decl, span_of(decl)));
                    self.begin_using(&decl.name, using.is_await, span);
                }
            }
            Decl::TsInterface(interface) => self.interface(interface),
            Decl::TsTypeAlias(alias) => self.alias(alias),
            Decl::TsEnum(decl) => self.enumeration(decl),
            Decl::TsModule(module) => self.namespace(module),
        }
    }

    pub(super) fn class_decl(&mut self, ident: &ast::Ident, class: &ast::Class, ambient: bool, span: Span) {
        let ambient = ambient || self.ambient;
        let binding = self.declared(ident);
        let id = self.statement(span, |this| this.class(class, Some(ident), None, ambient));
        let value = self.add(Expr::Class(id));
        match binding {
            Some(binding) if ambient => self.add_value(binding, value, true),
            Some(binding) => self.assign_declared(binding, value, span),
            None => {}
        }
    }

    fn var(&mut self, decls: &[ast::VarDeclarator], span: Span) {
        for decl in decls {
            // A declaration of one variable starts with its keyword; of several, each has a statement of its own.
            let own = span_of(decl);
            let statement = if decls.len() == 1 { span } else { own };
            self.statement(statement, |this| this.declarator(decl, own));
        }
    }

    pub(super) fn declarator(&mut self, decl: &ast::VarDeclarator, span: Span) {
        let value = decl.init.as_ref().map(|init| self.named_value(init, &decl.name));
        match (value, &decl.name) {
            (Some(value), pattern) => self.bind(pattern, value, Target::Declares, span),
            (None, Pat::Ident(ident)) => {
                let binding = self.declared(&ident.id);
                let annotation = self.annotation(ident.type_ann.as_deref());
                if let Some(binding) = binding {
                    self.annotate(binding, annotation);
                }
            }
            (None, pattern) => {
                let value = self.opaque();
                self.bind(pattern, value, Target::Declares, span);
            }
        }
    }

    /// A value that is about to be bound to `pattern`, whose name a function without one takes.
    fn named_value(&mut self, value: &Node, pattern: &Pat) -> ExprId {
        match pattern {
            Pat::Ident(ident) => {
                let name = self.name(&ident.id.sym);
                self.expr_named(value, name, Used::Value)
            }
            _ => self.expr(value, Used::Value),
        }
    }

    pub(super) fn begin_using(&mut self, pattern: &Pat, is_await: bool, span: Span) {
        if let Pat::Ident(ident) = pattern
            && let Some(binding) = self.declared(&ident.id)
        {
            self.op(Op::Using { binding, is_await }, span);
            self.frame.usings.push(binding);
        }
    }

    /// A function declaration: its name has the value from the start of its block, so no operation marks it.
    pub(super) fn function_decl(&mut self, ident: &ast::Ident, function: &ast::Function) {
        let binding = self.declared(ident);
        if function.body.is_none() {
            return;
        }
        let name = self.name(&ident.sym);
        let id = self.function(function, None, Some(name), FunctionKind::Function, span_of(ident));
        let value = self.add(Expr::Function(id));
        if let Some(binding) = binding {
            self.add_value(binding, value, true);
        }
    }
}

/// Whether a body begins with `"use strict"`.
pub(super) fn is_strict(stmts: &[Stmt]) -> bool {
    stmts.first().is_some_and(|stmt| match stmt {
        Stmt::Expr(expr) => {
            matches!(&*expr.expr, Node::Lit(ast::Lit::Str(text)) if text.value.as_str() == Some("use strict"))
        }
        _ => false,
    })
}
