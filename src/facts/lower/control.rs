//! Statements that steer: branches, loops, `switch`, `try`, labels.

use swc_ecma_ast::{self as ast, ForHead, Stmt, VarDeclOrExpr};

use super::Lowerer;
use super::frame::{Target, TargetKind};
use super::pattern;
use crate::facts::BindingKind;
use crate::facts::body::{Op, Used};
use crate::facts::expr::Expr;
use crate::facts::ids::{ExprId, LabelId, Span};
use crate::parse::span_of;

impl Lowerer<'_> {
    /// `if` with its `else if`s, a chain of any length.
    pub(super) fn branches(&mut self, first: &ast::IfStmt) {
        let mut branch = first;
        let mut open = Vec::new();
        loop {
            let span = span_of(branch);
            let head = Span::new(span.start, span_of(&*branch.cons).start);
            let test = self.statement(head, |this| this.expr(&branch.test, Used::Value));
            self.op(Op::If(test), head);
            open.push(span);
            self.stmt(&branch.cons);
            let Some(alt) = &branch.alt else { break };
            self.op(Op::Else, Span::new(span_of(&**alt).start, span_of(&**alt).start));
            match &**alt {
                Stmt::If(next) => branch = next,
                last => {
                    self.stmt(last);
                    break;
                }
            }
        }
        for span in open.into_iter().rev() {
            self.op(Op::EndIf, Span::new(span.end, span.end));
        }
    }

    pub(super) fn while_loop(&mut self, each: &ast::WhileStmt) {
        let span = span_of(each);
        let head = Span::new(span.start, span_of(&*each.body).start);
        let label = self.begin_loop(head);
        let test = self.statement(head, |this| this.expr(&each.test, Used::Value));
        self.op(Op::LoopTest(test), span_of(&*each.test));
        self.stmt(&each.body);
        self.op(Op::LoopNext(label), Span::new(span.end, span.end));
        self.end_loop(label, span);
    }

    pub(super) fn do_loop(&mut self, each: &ast::DoWhileStmt) {
        let span = span_of(each);
        let body = span_of(&*each.body);
        let label = self.begin_loop(Span::new(span.start, body.start));
        self.stmt(&each.body);
        let tail = Span::new(
            body.end.max(span_of(&*each.test).start.saturating_sub(7)).min(span.end),
            span.end,
        );
        self.op(Op::LoopNext(label), tail);
        let test = self.statement(tail, |this| this.expr(&each.test, Used::Value));
        self.op(Op::LoopTest(test), span_of(&*each.test));
        self.end_loop(label, span);
    }

    pub(super) fn for_loop(&mut self, each: &ast::ForStmt) {
        let span = span_of(each);
        let head = Span::new(span.start, span_of(&*each.body).start);
        self.scoped(|this| {
            // The head's variables are new in each round.
            this.frame.loops += 1;
            if let Some(VarDeclOrExpr::VarDecl(var)) = &each.init {
                this.hoist_head(var);
            }
            this.frame.loops -= 1;
            match &each.init {
                Some(VarDeclOrExpr::VarDecl(var)) => {
                    for decl in &var.decls {
                        this.statement(head, |this| this.declarator(decl, span_of(decl)));
                    }
                }
                Some(VarDeclOrExpr::Expr(expr)) => this.statement(head, |this| this.dropped(expr)),
                None => {}
            }
            let label = this.begin_loop(head);
            if let Some(test) = &each.test {
                let value = this.statement(head, |this| this.expr(test, Used::Value));
                this.op(Op::LoopTest(value), span_of(&**test));
            }
            this.stmt(&each.body);
            this.op(Op::LoopNext(label), Span::new(span.end, span.end));
            if let Some(update) = &each.update {
                this.statement(head, |this| this.dropped(update));
            }
            this.end_loop(label, span);
        });
    }

    pub(super) fn for_in(&mut self, each: &ast::ForInStmt) {
        self.for_each(span_of(each), &each.left, &each.right, &each.body, Each::Key);
    }

    pub(super) fn for_of(&mut self, each: &ast::ForOfStmt) {
        let what = if each.is_await { Each::Awaited } else { Each::Item };
        self.for_each(span_of(each), &each.left, &each.right, &each.body, what);
    }

    fn for_each(&mut self, span: Span, left: &ForHead, right: &ast::Expr, body: &Stmt, what: Each) {
        let head = Span::new(span.start, span_of(body).start);
        self.scoped(|this| {
            this.frame.loops += 1;
            match left {
                ForHead::VarDecl(var) => this.hoist_head(var),
                ForHead::UsingDecl(using) => this.declare_all(&using.decls, BindingKind::Const),
                ForHead::Pat(_) => {}
            }
            this.frame.loops -= 1;
            let of = this.statement(head, |this| this.expr(right, Used::Value));
            let label = this.begin_loop(head);
            this.op(
                Op::LoopItem {
                    of,
                    is_await: what == Each::Awaited,
                },
                head,
            );
            let item = this.add(match what {
                Each::Key => Expr::Key(of),
                Each::Item | Each::Awaited => Expr::Item(of),
            });
            let usings = this.frame.usings.len();
            this.statement(head, |this| this.bind_head(left, item));
            this.stmt(body);
            this.end_usings(usings, span.end);
            this.op(Op::LoopNext(label), Span::new(span.end, span.end));
            this.end_loop(label, span);
        });
    }

    fn hoist_head(&mut self, var: &ast::VarDecl) {
        match var.kind {
            ast::VarDeclKind::Var => {}
            ast::VarDeclKind::Let => self.declare_all(&var.decls, BindingKind::Let),
            ast::VarDeclKind::Const => self.declare_all(&var.decls, BindingKind::Const),
        }
    }

    fn bind_head(&mut self, left: &ForHead, item: ExprId) {
        match left {
            ForHead::VarDecl(var) => {
                for decl in &var.decls {
                    self.bind(&decl.name, item, pattern::Target::Declares, span_of(decl));
                }
            }
            ForHead::UsingDecl(using) => {
                for decl in &using.decls {
                    self.bind(&decl.name, item, pattern::Target::Declares, span_of(decl));
                    self.begin_using(&decl.name, using.is_await, span_of(decl));
                }
            }
            ForHead::Pat(target) => self.bind(target, item, pattern::Target::Assigns, span_of(&**target)),
        }
    }

    /// The tests of the cases are evaluated before the mark, as if all were tried.
    pub(super) fn switch(&mut self, switch: &ast::SwitchStmt) {
        let span = span_of(switch);
        let after = span_of(&*switch.discriminant).end as usize;
        let brace = self
            .text
            .get(after..)
            .and_then(|rest| rest.find('{'))
            .map_or(span.end, |at| (after + at) as u32);
        let head = Span::new(span.start, brace);
        let on = self.statement(head, |this| this.expr(&switch.discriminant, Used::Value));
        self.cut(brace);
        self.scoped(|this| {
            for case in &switch.cases {
                this.hoist_block(&case.cons, true);
            }
            let tests: Vec<_> = switch
                .cases
                .iter()
                .map(|case| {
                    let test = case.test.as_ref()?;
                    Some(this.statement(span_of(&**test), |this| this.expr(test, Used::Value)))
                })
                .collect();
            let label = this.begin_target(TargetKind::Switch);
            this.op(Op::Switch { label, on }, head);
            let usings = this.frame.usings.len();
            for (case, test) in switch.cases.iter().zip(tests) {
                this.op(Op::Case(test), Span::new(span_of(case).start, span_of(case).start));
                for stmt in &case.cons {
                    this.stmt(stmt);
                }
            }
            this.frame.targets.pop();
            this.op(Op::EndSwitch(label), Span::new(span.end, span.end));
            this.end_usings(usings, span.end);
        });
    }

    pub(super) fn attempt(&mut self, attempt: &ast::TryStmt) {
        let span = span_of(attempt);
        let at = |offset| Span::new(offset, offset);
        self.op(Op::Try, Span::new(span.start, span_of(&attempt.block).start));
        self.block(&attempt.block);
        if let Some(handler) = &attempt.handler {
            self.handler(handler);
        }
        if let Some(finalizer) = &attempt.finalizer {
            self.op(Op::Finally, at(span_of(finalizer).start));
            self.block(finalizer);
        }
        self.op(Op::EndTry, at(span.end));
    }

    fn handler(&mut self, handler: &ast::CatchClause) {
        let head = Span::new(span_of(handler).start, span_of(&handler.body).start);
        self.scoped(|this| {
            if let Some(param) = &handler.param {
                this.declare_pattern(param, BindingKind::Catch);
            }
            // `catch (e) { let e }` is an error, so the parameter and the body share a scope.
            this.hoist_block(&handler.body.stmts, true);
            match &handler.param {
                Some(ast::Pat::Ident(ident)) => {
                    let binding = this.declared(&ident.id);
                    if let Some(binding) = binding {
                        let value = this.add(Expr::Caught);
                        this.add_value(binding, value, true);
                    }
                    this.op(Op::Catch(binding), head);
                }
                Some(param) => {
                    this.op(Op::Catch(None), head);
                    let value = this.add(Expr::Caught);
                    this.statement(head, |this| this.bind(param, value, pattern::Target::Declares, head));
                }
                None => this.op(Op::Catch(None), head),
            }
            this.run(&handler.body.stmts);
        });
    }

    /// A statement that is no loop: a block to leave if it has a label.
    pub(super) fn labelled_block(&mut self, span: Span, inside: impl FnOnce(&mut Self)) {
        if self.frame.pending_labels.is_empty() {
            return inside(self);
        }
        let label = self.begin_target(TargetKind::Block);
        self.op(Op::Block(label), Span::new(span.start, span.start));
        inside(self);
        self.frame.targets.pop();
        self.op(Op::EndBlock(label), Span::new(span.end, span.end));
    }

    pub(super) fn leave(&mut self, name: Option<&ast::Ident>, span: Span) {
        let name = name.map(|name| self.name(&name.sym));
        let found = self.frame.targets.iter().rev().find(|target| match name {
            Some(name) => target.names.contains(&name),
            None => target.kind != TargetKind::Block,
        });
        if let Some(label) = found.map(|target| target.label) {
            self.op(Op::Break(label), span);
        }
        self.frame.pending_labels.clear();
    }

    pub(super) fn next(&mut self, name: Option<&ast::Ident>, span: Span) {
        let name = name.map(|name| self.name(&name.sym));
        let found = self
            .frame
            .targets
            .iter()
            .rev()
            .find(|target| target.kind == TargetKind::Loop && name.is_none_or(|name| target.names.contains(&name)));
        if let Some(label) = found.map(|target| target.label) {
            self.op(Op::Continue(label), span);
        }
        self.frame.pending_labels.clear();
    }

    fn begin_target(&mut self, kind: TargetKind) -> LabelId {
        let label = self.fresh_label();
        let names = std::mem::take(&mut self.frame.pending_labels);
        self.frame.targets.push(Target { label, names, kind });
        label
    }

    fn begin_loop(&mut self, head: Span) -> LabelId {
        let label = self.begin_target(TargetKind::Loop);
        self.frame.loops += 1;
        self.op(Op::Loop(label), head);
        label
    }

    fn end_loop(&mut self, label: LabelId, span: Span) {
        self.frame.targets.pop();
        self.frame.loops -= 1;
        self.op(Op::EndLoop(label), Span::new(span.end, span.end));
    }
}

/// What a loop over a value takes from it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Each {
    Key,
    Item,
    Awaited,
}
