//! A component in a file of markup as one module: its scripts, and a function for what runs for each instance.
//!
//! `import`s stay at the top. The rest of the scripts that run for each instance becomes the body of a function that is
//! exported as the default, with an element at its end for the functions that the markup names:
//!
//! ```text
//! <script setup>              import { ref } from "vue";
//! import { ref } from "vue";  export default function () {
//! const open = ref(false);      const open = ref(false);
//! function flip() {}            function flip() {}
//! </script>                     <p on:click={flip} />;
//! <p @click="flip" />         }
//! ```
//!
//! All positions are those of the file.

use swc_common::SyntaxContext;
use swc_ecma_ast as ast;
use swc_ecma_ast::{ModuleDecl, ModuleItem, Stmt};
use swc_ecma_visit::{Visit, VisitWith};

use crate::facts::ids::Span;
use crate::markup::{Document, Format, Handler, Runs, Script, scan};

use super::{ParseError, Source, parse_module, swc_span, syntaxes};

/// The tag of the element that is given the markup's handlers.
const ELEMENT: &str = "element";

/// Parses the scripts of a file of markup.
///
/// # Errors
/// The first error of the first script that does not parse. Handlers that do not are left out.
pub fn parse(text: &str, format: &Format) -> Result<ast::Program, ParseError> {
    let document = scan(text, format);
    let mut parts = Parts::default();
    for script in &document.scripts {
        let source = Source {
            text,
            range: script.code,
        };
        let module = parse_module(&syntaxes(&script.language), source)?;
        parts.add(script, module.body);
    }
    let has_setup = document.scripts.iter().any(|script| script.runs == Runs::Instance);
    if has_setup {
        parts.export_instance(text, &document);
    }
    Ok(ast::Program::Module(ast::Module {
        span: swc_span(Span::new(0, text.len() as u32)),
        body: parts.items,
        shebang: None,
    }))
}

/// The module in the making.
#[derive(Default)]
struct Parts {
    items: Vec<ModuleItem>,
    instance: Vec<Stmt>,
    /// Of the first script that runs for each instance.
    place: Option<(Span, Span)>,
}

impl Parts {
    fn add(&mut self, script: &Script, body: Vec<ModuleItem>) {
        let mut statements = Vec::new();
        for item in body {
            match item {
                ModuleItem::ModuleDecl(decl) if script.runs == Runs::Module => self.items.push(decl.into()),
                ModuleItem::ModuleDecl(decl) => match decl {
                    ModuleDecl::Import(_) | ModuleDecl::ExportAll(_) | ModuleDecl::TsImportEquals(_) => {
                        self.items.push(decl.into());
                    }
                    // What an instance exports, it shows or takes: `export let rows`.
                    ModuleDecl::ExportDecl(export) => statements.push(Stmt::Decl(export.decl)),
                    ModuleDecl::ExportNamed(_)
                    | ModuleDecl::ExportDefaultDecl(_)
                    | ModuleDecl::ExportDefaultExpr(_)
                    | ModuleDecl::TsExportAssignment(_)
                    | ModuleDecl::TsNamespaceExport(_) => {}
                },
                ModuleItem::Stmt(statement) => statements.push(statement),
            }
        }
        match script.runs {
            Runs::Module => self.items.extend(statements.into_iter().map(ModuleItem::Stmt)),
            Runs::Alone => self.items.push(ModuleItem::Stmt(Stmt::Block(ast::BlockStmt {
                span: swc_span(script.code),
                ctxt: SyntaxContext::empty(),
                stmts: statements,
            }))),
            Runs::Instance => {
                self.place.get_or_insert((script.tag, script.code));
                self.instance.extend(statements);
            }
        }
    }

    /// The function of what runs for each instance, exported in place of another default.
    fn export_instance(&mut self, text: &str, document: &Document) {
        let Some((tag, code)) = self.place else { return };
        for item in &mut self.items {
            if let ModuleItem::ModuleDecl(ModuleDecl::ExportDefaultExpr(export)) = item {
                let (span, expr) = (export.span, export.expr.clone());
                *item = ModuleItem::Stmt(Stmt::Expr(ast::ExprStmt { span, expr }));
            }
        }
        let handlers = document.handlers.iter();
        self.instance
            .extend(handlers.flat_map(|handler| element(text, handler)));
        let mut awaits = Awaits(false);
        self.instance.visit_with(&mut awaits);
        let function = ast::Function {
            span: swc_span(Span::new(tag.start, code.end)),
            body: Some(ast::FunctionBody {
                span: swc_span(code),
                stmts: std::mem::take(&mut self.instance),
            }),
            is_async: awaits.0,
            ..ast::Function::default()
        };
        let export = ast::ExportDefaultDecl {
            span: function.span,
            decl: ast::DefaultDecl::Fn(ast::FnExpr {
                ident: None,
                function: Box::new(function),
            }),
        };
        self.items.push(ModuleDecl::ExportDefaultDecl(export).into());
    }
}

/// An element with an attribute for each name that a handler's code mentions; its own code is not analysed.
fn element(text: &str, handler: &Handler) -> Option<Stmt> {
    let source = Source {
        text,
        range: handler.code,
    };
    let module = parse_module(&syntaxes("ts"), source).ok()?;
    let mut names = Names(Vec::new());
    module.visit_with(&mut names);
    let span = swc_span(handler.code);
    let attribute = |ident: ast::Ident| {
        ast::JSXAttrOrSpread::JSXAttr(ast::JSXAttr {
            span,
            name: ast::JSXAttrName::Ident(ast::IdentName {
                span,
                sym: handler.name.as_str().into(),
            }),
            value: Some(ast::JSXAttrValue::JSXExprContainer(ast::JSXExprContainer {
                span,
                expr: ast::JSXExpr::Expr(Box::new(ast::Expr::Ident(ident))),
            })),
        })
    };
    let opening = ast::JSXOpeningElement {
        name: ast::JSXElementName::Ident(ast::Ident::new_no_ctxt(ELEMENT.into(), span)),
        span,
        attrs: names.0.into_iter().map(attribute).collect(),
        self_closing: true,
        type_args: None,
    };
    let element = ast::JSXElement {
        span,
        opening,
        children: Vec::new(),
        closing: None,
    };
    let expr = Box::new(ast::Expr::JSXElement(Box::new(element)));
    Some(Stmt::Expr(ast::ExprStmt { span, expr }))
}

/// The variables that some code mentions: what of them is a function may be run by it.
struct Names(Vec<ast::Ident>);

impl Visit for Names {
    fn visit_expr(&mut self, expr: &ast::Expr) {
        match expr {
            ast::Expr::Ident(ident) => self.0.push(ident.clone()),
            _ => expr.visit_children_with(self),
        }
    }
}

/// Whether some code waits, functions in it left out.
struct Awaits(bool);

impl Visit for Awaits {
    fn visit_await_expr(&mut self, _: &ast::AwaitExpr) {
        self.0 = true;
    }

    fn visit_function(&mut self, _: &ast::Function) {}

    fn visit_arrow_expr(&mut self, _: &ast::ArrowExpr) {}

    fn visit_class(&mut self, _: &ast::Class) {}
}
