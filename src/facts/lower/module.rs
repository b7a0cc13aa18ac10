//! ES module syntax: imports and exports.

use swc_ecma_ast::{
    self as ast, Decl, DefaultDecl, ExportSpecifier, ImportSpecifier, ModuleDecl, ModuleExportName, ModuleItem,
};

use super::Lowerer;
use crate::facts::body::{Op, Used};
use crate::facts::expr::Expr;
use crate::facts::ids::{BindingId, ExprId, Name};
use crate::facts::{Export, ImportKind};
use crate::parse::span_of;

impl Lowerer<'_> {
    /// The items of the file.
    pub(super) fn module_items(&mut self, items: &[ModuleItem]) {
        self.hoist_items(items);
        let mut exports = Vec::new();
        self.run_items(items, &mut exports);
        let exports = exports.into_iter().map(|(name, value)| Export::Local { name, value });
        self.facts.exports.extend(exports);
    }

    /// Items in order, then the disposal of what they declared with `using`. Adds what they export to `exports`.
    pub(super) fn run_items(&mut self, items: &[ModuleItem], exports: &mut Vec<(Name, ExprId)>) {
        let usings = self.frame.usings.len();
        for item in items {
            match item {
                ModuleItem::Stmt(stmt) => self.stmt(stmt),
                ModuleItem::ModuleDecl(decl) => self.module_decl(decl, exports),
            }
        }
        self.end_usings(usings, items.last().map_or(0, |item| span_of(item).end));
    }

    fn module_decl(&mut self, decl: &ModuleDecl, exports: &mut Vec<(Name, ExprId)>) {
        let span = span_of(decl);
        match decl {
            ModuleDecl::Import(import) => self.import_decl(import),
            ModuleDecl::ExportDecl(export) => {
                self.decl(&export.decl);
                self.export_decl(&export.decl, exports);
            }
            ModuleDecl::ExportNamed(named) => self.export_named(named, exports),
            ModuleDecl::ExportDefaultDecl(export) => {
                let name = self.name("default");
                if let Some(value) = self.default_decl(&export.decl) {
                    exports.push((name, value));
                }
            }
            ModuleDecl::ExportDefaultExpr(export) => {
                let name = self.name("default");
                let value = self.statement(span, |this| this.expr(&export.expr, Used::Value));
                exports.push((name, value));
            }
            ModuleDecl::ExportAll(all) => {
                let kind = if all.type_only {
                    ImportKind::TypeOnly
                } else {
                    ImportKind::Static
                };
                let module = self.import(&all.src.value.to_string_lossy(), kind, span);
                self.facts.exports.push(Export::Star { module });
            }
            ModuleDecl::TsImportEquals(import) => self.import_equals(import, exports),
            ModuleDecl::TsExportAssignment(export) => {
                let name = self.name("export=");
                let value = self.statement(span, |this| this.expr(&export.expr, Used::Value));
                exports.push((name, value));
            }
            ModuleDecl::TsNamespaceExport(_) => {}
        }
    }

    fn import_decl(&mut self, import: &ast::ImportDecl) {
        let kind = if import.type_only {
            ImportKind::TypeOnly
        } else {
            ImportKind::Static
        };
        let module = self.import(&import.src.value.to_string_lossy(), kind, span_of(import));
        for specifier in &import.specifiers {
            let (local, value) = match specifier {
                ImportSpecifier::Named(named) => {
                    let name = match &named.imported {
                        Some(imported) => self.export_name(imported),
                        None => self.name(&named.local.sym),
                    };
                    (&named.local, Expr::Import { module, name })
                }
                ImportSpecifier::Default(default) => (
                    &default.local,
                    Expr::Import {
                        module,
                        name: self.name("default"),
                    },
                ),
                ImportSpecifier::Namespace(namespace) => (&namespace.local, Expr::Module(module)),
            };
            let value = self.add(value);
            if let Some(binding) = self.declared(local) {
                self.add_value(binding, value, true);
            }
        }
    }

    /// `import x = require("x")` and `import x = A.B`.
    fn import_equals(&mut self, import: &ast::TsImportEqualsDecl, exports: &mut Vec<(Name, ExprId)>) {
        let value = match &import.module_ref {
            ast::TsModuleRef::TsExternalModuleRef(module) => {
                let kind = if import.is_type_only {
                    ImportKind::TypeOnly
                } else {
                    ImportKind::Static
                };
                let module = self.import(&module.expr.value.to_string_lossy(), kind, span_of(import));
                self.add(Expr::Module(module))
            }
            ast::TsModuleRef::TsEntityName(name) => self.entity(name, super::types::Position::Value),
        };
        let Some(binding) = self.declared(&import.id) else {
            return;
        };
        self.add_value(binding, value, true);
        if import.is_export {
            let name = self.name(&import.id.sym);
            let value = self.add(Expr::Binding(binding));
            exports.push((name, value));
        }
    }

    fn export_named(&mut self, named: &ast::NamedExport, exports: &mut Vec<(Name, ExprId)>) {
        let Some(source) = &named.src else {
            for specifier in &named.specifiers {
                if let ExportSpecifier::Named(specifier) = specifier {
                    self.export_local(specifier, exports);
                }
            }
            return;
        };
        let kind = if named.type_only {
            ImportKind::TypeOnly
        } else {
            ImportKind::Static
        };
        let module = self.import(&source.value.to_string_lossy(), kind, span_of(named));
        for specifier in &named.specifiers {
            let (name, imported) = match specifier {
                ExportSpecifier::Namespace(namespace) => (self.export_name(&namespace.name), self.name("*")),
                ExportSpecifier::Default(default) => (self.name(&default.exported.sym), self.name("default")),
                ExportSpecifier::Named(named) => {
                    let imported = self.export_name(&named.orig);
                    let name = named
                        .exported
                        .as_ref()
                        .map_or(imported, |exported| self.export_name(exported));
                    (name, imported)
                }
            };
            self.facts.exports.push(Export::From { name, module, imported });
        }
    }

    fn export_local(&mut self, specifier: &ast::ExportNamedSpecifier, exports: &mut Vec<(Name, ExprId)>) {
        let ModuleExportName::Ident(local) = &specifier.orig else {
            return;
        };
        let name = self.export_name(specifier.exported.as_ref().unwrap_or(&specifier.orig));
        // An exported name may be a type, a value or both.
        let value = if self.is_declared(&local.sym) {
            self.ident(local)
        } else {
            self.type_ident(local)
        };
        exports.push((name, value));
    }

    fn default_decl(&mut self, decl: &DefaultDecl) -> Option<ExprId> {
        match decl {
            DefaultDecl::Class(class) => match &class.ident {
                Some(ident) => {
                    self.class_decl(ident, &class.class, false, span_of(class));
                    Some(self.ident(ident))
                }
                None => Some(self.statement(span_of(class), |this| this.class_expr(class, None))),
            },
            DefaultDecl::Fn(function) => match &function.ident {
                Some(ident) => {
                    self.function_decl(ident, &function.function);
                    Some(self.ident(ident))
                }
                None if function.function.body.is_none() => None,
                None => Some(self.function_expr(function, None)),
            },
            DefaultDecl::TsInterfaceDecl(interface) => {
                self.interface(interface);
                Some(self.type_ident(&interface.id))
            }
        }
    }

    /// Adds every name that an exported declaration declares.
    fn export_decl(&mut self, decl: &Decl, exports: &mut Vec<(Name, ExprId)>) {
        match decl {
            Decl::Class(class) => self.export_binding(&class.ident, exports),
            Decl::Fn(function) => self.export_binding(&function.ident, exports),
            Decl::Var(var) => var
                .decls
                .iter()
                .for_each(|decl| self.export_pattern(&decl.name, exports)),
            Decl::Using(using) => using
                .decls
                .iter()
                .for_each(|decl| self.export_pattern(&decl.name, exports)),
            Decl::TsInterface(interface) => self.export_binding(&interface.id, exports),
            Decl::TsTypeAlias(alias) => self.export_binding(&alias.id, exports),
            Decl::TsEnum(decl) => self.export_binding(&decl.id, exports),
            Decl::TsModule(module) => {
                if let ast::TsModuleName::Ident(ident) = &module.id
                    && !module.global
                {
                    self.export_binding(ident, exports);
                }
            }
        }
    }

    fn export_pattern(&mut self, pattern: &ast::Pat, exports: &mut Vec<(Name, ExprId)>) {
        super::guarded(|| match pattern {
            ast::Pat::Ident(ident) => self.export_binding(&ident.id, exports),
            ast::Pat::Array(array) => {
                array
                    .elems
                    .iter()
                    .flatten()
                    .for_each(|each| self.export_pattern(each, exports));
            }
            ast::Pat::Rest(rest) => self.export_pattern(&rest.arg, exports),
            ast::Pat::Object(object) => {
                for prop in &object.props {
                    match prop {
                        ast::ObjectPatProp::KeyValue(prop) => self.export_pattern(&prop.value, exports),
                        ast::ObjectPatProp::Assign(prop) => self.export_binding(&prop.key.id, exports),
                        ast::ObjectPatProp::Rest(rest) => self.export_pattern(&rest.arg, exports),
                    }
                }
            }
            ast::Pat::Assign(assign) => self.export_pattern(&assign.left, exports),
            ast::Pat::Invalid(_) | ast::Pat::Expr(_) => {}
        });
    }

    /// Exports a name under itself; overloads and merged declarations once.
    fn export_binding(&mut self, ident: &ast::Ident, exports: &mut Vec<(Name, ExprId)>) {
        let name = self.name(&ident.sym);
        if let Some(binding) = self.declared(ident) {
            let value = self.add(Expr::Binding(binding));
            if exports.last() != Some(&(name, value)) {
                exports.push((name, value));
            }
        }
    }

    fn export_name(&mut self, name: &ModuleExportName) -> Name {
        match name {
            ModuleExportName::Ident(ident) => self.name(&ident.sym),
            ModuleExportName::Str(text) => self.name(&text.value.to_string_lossy()),
        }
    }

    /// The value that a name has from its declaration on.
    pub(super) fn assign_declared(&mut self, to: BindingId, value: ExprId, span: crate::facts::ids::Span) {
        self.add_value(to, value, true);
        self.op(
            Op::Assign {
                to,
                value,
                declares: true,
            },
            span,
        );
    }
}
