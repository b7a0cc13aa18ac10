//! The walk over the tree that writes the outline down.

use swc_ecma_ast as ast;
use swc_ecma_visit::{Visit, VisitWith};

use super::super::span_of;
use super::shape::{argument, declared, kind, outlined};
use super::{Block, Bound, Call, Function, Outline, Statement, StatementKind};
use crate::facts::ids::Span;

pub(super) fn walk(program: &ast::Program) -> Outline {
    let mut walker = Walker {
        outline: Outline::default(),
        block: None,
        statement: None,
        function: None,
        bound: Bound::Other,
        is_awaited: false,
        owner: None,
    };
    program.visit_with(&mut walker);
    walker.outline
}

struct Walker {
    outline: Outline,
    block: Option<usize>,
    statement: Option<usize>,
    function: Option<usize>,
    /// What becomes of the expression that is visited next.
    bound: Bound,
    is_awaited: bool,
    /// The statement that the next block is a part of.
    owner: Option<usize>,
}

impl Walker {
    fn in_block(&mut self, span: Span, is_braced: bool, statements: &[ast::Stmt]) -> usize {
        let id = self.open_block(span, is_braced);
        let around = (self.block.replace(id), self.statement);
        statements.visit_with(self);
        (self.block, self.statement) = around;
        id
    }

    fn open_block(&mut self, span: Span, is_braced: bool) -> usize {
        self.outline.blocks.push(Block {
            span,
            statements: Vec::new(),
            is_braced,
            statement: self.owner.take(),
            function: self.function,
        });
        self.outline.blocks.len() - 1
    }

    /// Visits what makes up a function.
    fn in_function(&mut self, function: Function, body: Option<&ast::FunctionBody>, rest: impl FnOnce(&mut Self)) {
        self.outline.functions.push(function);
        let id = self.outline.functions.len() - 1;
        let around = (
            self.function.replace(id),
            self.block.take(),
            self.statement,
            self.owner.take(),
        );
        self.bound = Bound::Other;
        self.is_awaited = false;
        rest(self);
        if let Some(body) = body {
            let block = self.in_block(span_of(body), true, &body.stmts);
            self.outline.functions[id].body = Some(block);
        }
        (self.function, self.block, self.statement, self.owner) = around;
    }

    /// Visits a value, of which is known what becomes of it.
    fn value(&mut self, value: &ast::Expr, bound: Bound) {
        match value {
            ast::Expr::Paren(inner) => self.value(&inner.expr, bound),
            ast::Expr::TsAs(inner) => {
                self.value(&inner.expr, bound);
                inner.type_ann.visit_with(self);
            }
            ast::Expr::TsNonNull(inner) => self.value(&inner.expr, bound),
            ast::Expr::Await(inner) => {
                self.outline.waits.push(span_of(inner));
                self.is_awaited = true;
                self.awaited(&inner.arg, bound);
            }
            ast::Expr::Call(_) | ast::Expr::New(_) | ast::Expr::OptChain(_) => {
                self.bound = bound;
                value.visit_with(self);
            }
            ast::Expr::Assign(assign) if bound == Bound::Dropped && assign.op == ast::AssignOp::Assign => {
                let target = span_of(&assign.left);
                assign.left.visit_with(self);
                self.value(&assign.right, Bound::Assigned(target));
            }
            _ => value.visit_with(self),
        }
        self.bound = Bound::Other;
        self.is_awaited = false;
    }

    fn awaited(&mut self, value: &ast::Expr, bound: Bound) {
        match value {
            ast::Expr::Paren(inner) => self.awaited(&inner.expr, bound),
            ast::Expr::Call(_) | ast::Expr::New(_) | ast::Expr::OptChain(_) => {
                self.bound = bound;
                value.visit_with(self);
            }
            _ => {
                self.is_awaited = false;
                value.visit_with(self);
            }
        }
    }

    fn add_call(&mut self, span: Span, callee: &ast::Expr, arguments: &[ast::ExprOrSpread]) {
        let receiver = match callee {
            ast::Expr::Member(member) => Some(outlined(&member.obj)),
            ast::Expr::OptChain(chain) => match &*chain.base {
                ast::OptChainBase::Member(member) => Some(outlined(&member.obj)),
                ast::OptChainBase::Call(_) => None,
            },
            _ => None,
        };
        let call = Call {
            span,
            callee: span_of(callee),
            receiver,
            arguments: arguments.iter().map(argument).collect(),
            is_awaited: std::mem::take(&mut self.is_awaited),
            bound: std::mem::replace(&mut self.bound, Bound::Other),
            statement: self.statement,
            function: self.function,
        };
        self.outline.calls.push(call);
    }
}

impl Visit for Walker {
    fn visit_program(&mut self, program: &ast::Program) {
        let id = self.open_block(span_of(program), false);
        self.block = Some(id);
        program.visit_children_with(self);
    }

    fn visit_stmt(&mut self, statement: &ast::Stmt) {
        let id = self.outline.statements.len();
        let block = self.block.take();
        self.outline.statements.push(Statement {
            span: span_of(statement),
            block,
            function: self.function,
            kind: kind(statement),
            declares: match statement {
                ast::Stmt::Decl(declaration) => declared(declaration),
                _ => Vec::new(),
            },
        });
        if let Some(block) = block {
            self.outline.blocks[block].statements.push(id);
        }
        let around = self.statement.replace(id);
        match statement {
            ast::Stmt::Expr(expression) => self.value(&expression.expr, Bound::Dropped),
            ast::Stmt::Return(returned) => {
                if let Some(value) = &returned.arg {
                    self.value(value, Bound::Returned);
                }
            }
            ast::Stmt::Try(tried) => {
                let part = |this: &mut Self, block: &ast::BlockStmt| {
                    this.owner = Some(id);
                    this.in_block(span_of(block), true, &block.stmts)
                };
                let block = part(self, &tried.block);
                if let Some(handler) = &tried.handler {
                    handler.param.visit_with(self);
                    part(self, &handler.body);
                }
                let finalizer = tried.finalizer.as_ref().map(|finalizer| part(self, finalizer));
                self.outline.statements[id].kind = StatementKind::Try { block, finalizer };
            }
            _ => {
                self.owner = Some(id);
                statement.visit_children_with(self);
                self.owner = None;
            }
        }
        self.statement = around;
        self.block = block;
    }

    fn visit_block_stmt(&mut self, block: &ast::BlockStmt) {
        let owner = self.statement;
        self.owner = owner;
        self.in_block(span_of(block), true, &block.stmts);
    }

    fn visit_function_body(&mut self, body: &ast::FunctionBody) {
        // Static blocks: functions visit their bodies themselves.
        self.in_block(span_of(body), true, &body.stmts);
    }

    fn visit_switch_case(&mut self, case: &ast::SwitchCase) {
        case.test.visit_with(self);
        self.owner = self.statement;
        self.in_block(span_of(case), false, &case.cons);
    }

    fn visit_var_declarator(&mut self, declarator: &ast::VarDeclarator) {
        declarator.name.visit_with(self);
        let Some(value) = &declarator.init else { return };
        let name = match &declarator.name {
            ast::Pat::Ident(ident) => Some(ident.id.sym.to_string()),
            _ => None,
        };
        // One of several in a declaration cannot be told apart from the others by statements.
        let is_alone = self.statement.is_some_and(|statement| {
            let statement = &self.outline.statements[statement];
            statement.kind == StatementKind::Variables && statement.declares.len() == 1
        });
        let bound = name.filter(|_| is_alone).map_or(Bound::Other, Bound::Declared);
        self.value(value, bound);
    }

    fn visit_class_prop(&mut self, property: &ast::ClassProp) {
        property.key.visit_with(self);
        property.decorators.visit_with(self);
        if let Some(value) = &property.value {
            let bound = match (&property.key, property.is_static) {
                (ast::PropName::Ident(name), false) => Bound::Field(span_of(name)),
                _ => Bound::Other,
            };
            let around = self.statement.take();
            self.value(value, bound);
            self.statement = around;
        }
    }

    fn visit_private_prop(&mut self, property: &ast::PrivateProp) {
        if let Some(value) = &property.value {
            let bound = match property.is_static {
                false => Bound::Field(span_of(&property.key)),
                true => Bound::Other,
            };
            let around = self.statement.take();
            self.value(value, bound);
            self.statement = around;
        }
    }

    fn visit_function(&mut self, function: &ast::Function) {
        let made = Function {
            span: span_of(function),
            body: None,
            value: None,
            is_async: function.is_async,
            is_generator: function.is_generator,
            is_arrow: false,
        };
        self.in_function(made, function.body.as_ref(), |this| function.params.visit_with(this));
    }

    fn visit_constructor(&mut self, constructor: &ast::Constructor) {
        let made = Function {
            span: span_of(constructor),
            body: None,
            value: None,
            is_async: false,
            is_generator: false,
            is_arrow: false,
        };
        let body = constructor.body.as_ref();
        self.in_function(made, body, |this| constructor.params.visit_with(this));
    }

    fn visit_arrow_expr(&mut self, arrow: &ast::ArrowExpr) {
        let made = Function {
            span: span_of(arrow),
            body: None,
            value: match &*arrow.body {
                ast::ArrowFunctionBody::FunctionBody(_) => None,
                ast::ArrowFunctionBody::Expr(value) => Some(span_of(&**value)),
            },
            is_async: arrow.is_async,
            is_generator: false,
            is_arrow: true,
        };
        let (body, value) = match &*arrow.body {
            ast::ArrowFunctionBody::FunctionBody(body) => (Some(body), None),
            ast::ArrowFunctionBody::Expr(value) => (None, Some(value)),
        };
        self.in_function(made, body, |this| {
            arrow.params.visit_with(this);
            if let Some(value) = value {
                this.value(value, Bound::Returned);
            }
        });
    }

    fn visit_call_expr(&mut self, call: &ast::CallExpr) {
        match &call.callee {
            ast::Callee::Expr(callee) => self.add_call(span_of(call), callee, &call.args),
            ast::Callee::Super(_) | ast::Callee::Import(_) => {
                self.is_awaited = false;
                self.bound = Bound::Other;
            }
        }
        call.visit_children_with(self);
    }

    fn visit_new_expr(&mut self, call: &ast::NewExpr) {
        self.add_call(span_of(call), &call.callee, call.args.as_deref().unwrap_or_default());
        call.visit_children_with(self);
    }

    fn visit_opt_chain_expr(&mut self, chain: &ast::OptChainExpr) {
        match &*chain.base {
            ast::OptChainBase::Call(call) => {
                self.add_call(span_of(chain), &call.callee, &call.args);
                call.visit_children_with(self);
            }
            ast::OptChainBase::Member(member) => {
                self.is_awaited = false;
                self.bound = Bound::Other;
                member.visit_with(self);
            }
        }
    }

    fn visit_await_expr(&mut self, awaited: &ast::AwaitExpr) {
        self.outline.waits.push(span_of(awaited));
        self.is_awaited = true;
        self.awaited(&awaited.arg, Bound::Other);
        self.is_awaited = false;
    }

    fn visit_yield_expr(&mut self, yielded: &ast::YieldExpr) {
        self.outline.waits.push(span_of(yielded));
        yielded.visit_children_with(self);
    }

    fn visit_for_of_stmt(&mut self, looped: &ast::ForOfStmt) {
        if looped.is_await {
            self.outline.waits.push(span_of(looped));
        }
        looped.visit_children_with(self);
    }

    fn visit_tpl(&mut self, template: &ast::Tpl) {
        self.outline.literals.extend(template.quasis.iter().map(span_of));
        template.visit_children_with(self);
    }

    fn visit_str(&mut self, text: &ast::Str) {
        self.outline.literals.push(span_of(text));
    }

    fn visit_jsx_text(&mut self, text: &ast::JSXText) {
        self.outline.literals.push(span_of(text));
    }

    fn visit_ident(&mut self, ident: &ast::Ident) {
        self.outline.names.push((span_of(ident), ident.sym.to_string()));
    }
}
