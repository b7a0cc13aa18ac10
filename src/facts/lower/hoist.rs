//! What a scope declares, collected from its statements before they are lowered.
//!
//! A function's `var`s are found by one walk over its statements, nested blocks included, nested functions not; what a
//! block declares, from its direct statements. Each statement is seen twice at most.

use swc_ecma_ast::{self as ast, Decl, ForHead, ModuleDecl, ModuleItem, Pat, Stmt, VarDeclKind, VarDeclOrExpr};

use super::{Lowerer, guarded};
use crate::facts::BindingKind;
use crate::parse::span_of;

impl Lowerer<'_> {
    /// Declares what a function body of these statements declares.
    pub(super) fn hoist_body(&mut self, stmts: &[Stmt]) {
        self.hoist_block(stmts, false);
        for stmt in stmts {
            self.hoist_vars(stmt, false);
        }
    }

    /// Declares what a module, or a namespace that is not the file's only one, declares.
    pub(super) fn hoist_items(&mut self, items: &[ModuleItem]) {
        for item in items {
            match item {
                ModuleItem::Stmt(stmt) => self.hoist_lexical(stmt, false),
                ModuleItem::ModuleDecl(decl) => self.hoist_module_decl(decl),
            }
        }
        for item in items {
            match item {
                ModuleItem::Stmt(stmt) => self.hoist_vars(stmt, false),
                ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => self.hoist_var_decl(&export.decl),
                ModuleItem::ModuleDecl(_) => {}
            }
        }
    }

    /// Declares what a block of these statements declares.
    pub(super) fn hoist_block(&mut self, stmts: &[Stmt], in_block: bool) {
        for stmt in stmts {
            self.hoist_lexical(stmt, in_block);
        }
    }

    fn hoist_module_decl(&mut self, decl: &ModuleDecl) {
        match decl {
            ModuleDecl::Import(import) => {
                for specifier in &import.specifiers {
                    let (local, only_type) = match specifier {
                        ast::ImportSpecifier::Named(named) => (&named.local, named.is_type_only),
                        ast::ImportSpecifier::Default(default) => (&default.local, false),
                        ast::ImportSpecifier::Namespace(namespace) => (&namespace.local, false),
                    };
                    let is_type = only_type || import.type_only;
                    self.declare(
                        local,
                        if is_type {
                            BindingKind::Type
                        } else {
                            BindingKind::Import
                        },
                    );
                }
            }
            ModuleDecl::TsImportEquals(import) => {
                let kind = if import.is_type_only {
                    BindingKind::Type
                } else {
                    BindingKind::Import
                };
                self.declare(&import.id, kind);
            }
            ModuleDecl::ExportDecl(export) => self.hoist_decl(&export.decl),
            ModuleDecl::ExportDefaultDecl(export) => match &export.decl {
                ast::DefaultDecl::Class(class) => {
                    if let Some(ident) = &class.ident {
                        self.declare(ident, BindingKind::Class);
                    }
                }
                ast::DefaultDecl::Fn(function) => {
                    if let Some(ident) = &function.ident {
                        self.declare(ident, BindingKind::Function);
                    }
                }
                ast::DefaultDecl::TsInterfaceDecl(interface) => {
                    self.declare(&interface.id, BindingKind::Type);
                }
            },
            ModuleDecl::ExportNamed(_)
            | ModuleDecl::ExportDefaultExpr(_)
            | ModuleDecl::ExportAll(_)
            | ModuleDecl::TsExportAssignment(_)
            | ModuleDecl::TsNamespaceExport(_) => {}
        }
    }

    fn hoist_lexical(&mut self, stmt: &Stmt, in_block: bool) {
        match stmt {
            // Declared in the function around the block already.
            Stmt::Decl(Decl::Fn(function)) if in_block && self.hoisted.contains(&span_of(&function.ident).start) => {}
            Stmt::Decl(decl) => self.hoist_decl(decl),
            Stmt::Labeled(labeled) => guarded(|| self.hoist_lexical(&labeled.body, in_block)),
            _ => {}
        }
    }

    /// Declares what a declaration declares in its own block.
    fn hoist_decl(&mut self, decl: &Decl) {
        match decl {
            Decl::Class(class) => {
                self.declare(&class.ident, BindingKind::Class);
            }
            Decl::Fn(function) => {
                self.declare(&function.ident, BindingKind::Function);
            }
            Decl::Var(var) => match var.kind {
                VarDeclKind::Var => {}
                VarDeclKind::Let => self.declare_all(&var.decls, BindingKind::Let),
                VarDeclKind::Const => self.declare_all(&var.decls, BindingKind::Const),
            },
            Decl::Using(using) => self.declare_all(&using.decls, BindingKind::Const),
            Decl::TsInterface(interface) => {
                self.declare(&interface.id, BindingKind::Type);
            }
            Decl::TsTypeAlias(alias) => {
                self.declare(&alias.id, BindingKind::Type);
            }
            Decl::TsEnum(decl) => {
                self.declare(&decl.id, BindingKind::Enum);
            }
            Decl::TsModule(module) => {
                if let ast::TsModuleName::Ident(ident) = &module.id
                    && !module.global
                {
                    self.declare(ident, BindingKind::Namespace);
                }
            }
        }
    }

    pub(super) fn declare_all(&mut self, decls: &[ast::VarDeclarator], kind: BindingKind) {
        for decl in decls {
            self.declare_pattern(&decl.name, kind);
        }
    }

    /// Declares every name that a pattern binds.
    pub(super) fn declare_pattern(&mut self, pattern: &Pat, kind: BindingKind) {
        guarded(|| match pattern {
            Pat::Ident(ident) => {
                self.declare(&ident.id, kind);
            }
            Pat::Array(array) => array
                .elems
                .iter()
                .flatten()
                .for_each(|each| self.declare_pattern(each, kind)),
            Pat::Rest(rest) => self.declare_pattern(&rest.arg, kind),
            Pat::Object(object) => {
                for prop in &object.props {
                    match prop {
                        ast::ObjectPatProp::KeyValue(prop) => self.declare_pattern(&prop.value, kind),
                        ast::ObjectPatProp::Assign(prop) => {
                            self.declare(&prop.key.id, kind);
                        }
                        ast::ObjectPatProp::Rest(rest) => self.declare_pattern(&rest.arg, kind),
                    }
                }
            }
            Pat::Assign(assign) => self.declare_pattern(&assign.left, kind),
            Pat::Invalid(_) | Pat::Expr(_) => {}
        });
    }

    fn hoist_var_decl(&mut self, decl: &Decl) {
        if let Decl::Var(var) = decl
            && var.kind == VarDeclKind::Var
        {
            self.declare_all(&var.decls, BindingKind::Var);
        }
    }

    /// Declares the `var`s of a statement, and in sloppy mode the functions in its blocks.
    fn hoist_vars(&mut self, stmt: &Stmt, in_block: bool) {
        guarded(|| match stmt {
            Stmt::Decl(Decl::Fn(function)) => {
                let name = self.name(&function.ident.sym);
                if in_block && !self.strict && !self.is_lexical(name) {
                    self.hoisted.insert(span_of(&function.ident).start);
                    self.declare(&function.ident, BindingKind::Function);
                }
            }
            Stmt::Decl(decl) => self.hoist_var_decl(decl),
            Stmt::Block(block) => self.hoist_all(&block.stmts),
            Stmt::With(with) => self.hoist_vars(&with.body, true),
            Stmt::Labeled(labeled) => self.hoist_vars(&labeled.body, in_block),
            Stmt::If(_) => self.hoist_if(stmt),
            Stmt::Switch(switch) => switch.cases.iter().for_each(|case| self.hoist_all(&case.cons)),
            Stmt::Try(attempt) => {
                self.hoist_all(&attempt.block.stmts);
                if let Some(handler) = &attempt.handler {
                    self.hoist_all(&handler.body.stmts);
                }
                if let Some(finalizer) = &attempt.finalizer {
                    self.hoist_all(&finalizer.stmts);
                }
            }
            Stmt::While(each) => self.hoist_vars(&each.body, true),
            Stmt::DoWhile(each) => self.hoist_vars(&each.body, true),
            Stmt::For(each) => {
                if let Some(VarDeclOrExpr::VarDecl(var)) = &each.init
                    && var.kind == VarDeclKind::Var
                {
                    self.declare_all(&var.decls, BindingKind::Var);
                }
                self.hoist_vars(&each.body, true);
            }
            Stmt::ForIn(each) => {
                self.hoist_for_head(&each.left);
                self.hoist_vars(&each.body, true);
            }
            Stmt::ForOf(each) => {
                self.hoist_for_head(&each.left);
                self.hoist_vars(&each.body, true);
            }
            Stmt::Empty(_)
            | Stmt::Debugger(_)
            | Stmt::Return(_)
            | Stmt::Break(_)
            | Stmt::Continue(_)
            | Stmt::Throw(_)
            | Stmt::Expr(_) => {}
        });
    }

    /// Walks an `else if` chain of any length.
    fn hoist_if(&mut self, mut stmt: &Stmt) {
        while let Stmt::If(branch) = stmt {
            self.hoist_vars(&branch.cons, true);
            let Some(alt) = &branch.alt else { return };
            stmt = alt;
        }
        self.hoist_vars(stmt, true);
    }

    fn hoist_all(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            self.hoist_vars(stmt, true);
        }
    }

    fn hoist_for_head(&mut self, head: &ForHead) {
        if let ForHead::VarDecl(var) = head
            && var.kind == VarDeclKind::Var
        {
            self.declare_all(&var.decls, BindingKind::Var);
        }
    }
}
