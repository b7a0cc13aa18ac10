//! JSX: elements with the values of their attributes; children are evaluated for what they do.

use swc_ecma_ast::{
    self as ast, JSXAttrName, JSXAttrOrSpread, JSXAttrValue, JSXElementChild, JSXElementName, JSXExpr, JSXObject,
};
use thin_vec::ThinVec;

use super::{Lowerer, guarded};
use crate::facts::body::{Op, Used};
use crate::facts::expr::{Expr, JsxAttribute, Literal, exactly};
use crate::facts::ids::ExprId;
use crate::parse::span_of;

impl Lowerer<'_> {
    pub(super) fn jsx(&mut self, element: &ast::JSXElement) -> ExprId {
        let tag = self.jsx_tag(&element.opening.name);
        let attributes = element.opening.attrs.iter();
        let attributes = exactly(attributes.map(|attribute| self.jsx_attribute(attribute)));
        self.jsx_children(&element.children);
        let value = self.push(Expr::Jsx { tag, attributes });
        self.op(Op::Jsx(value), span_of(element));
        value
    }

    /// `<>…</>`: an element whose tag is the empty string.
    pub(super) fn jsx_fragment(&mut self, fragment: &ast::JSXFragment) -> ExprId {
        let tag = self.string("");
        self.jsx_children(&fragment.children);
        let value = self.push(Expr::Jsx {
            tag,
            attributes: ThinVec::new(),
        });
        self.op(Op::Jsx(value), span_of(fragment));
        value
    }

    fn jsx_tag(&mut self, name: &JSXElementName) -> ExprId {
        match name {
            JSXElementName::Ident(ident) if ident.sym.starts_with(|first: char| first.is_ascii_lowercase()) => {
                self.string(&ident.sym)
            }
            JSXElementName::Ident(ident) => self.ident(ident),
            JSXElementName::JSXMemberExpr(member) => self.jsx_member(&member.obj, &member.prop),
            JSXElementName::JSXNamespacedName(name) => self.string(&format!("{}:{}", name.ns.sym, name.name.sym)),
        }
    }

    fn jsx_member(&mut self, object: &JSXObject, prop: &ast::IdentName) -> ExprId {
        let object = guarded(|| match object {
            JSXObject::JSXMemberExpr(member) => self.jsx_member(&member.obj, &member.prop),
            JSXObject::Ident(ident) if &*ident.sym == "this" => self.this(),
            JSXObject::Ident(ident) => self.ident(ident),
        });
        let name = self.name(&prop.sym);
        self.add(Expr::Member {
            object,
            name,
            optional: false,
        })
    }

    fn jsx_attribute(&mut self, attribute: &JSXAttrOrSpread) -> JsxAttribute {
        match attribute {
            JSXAttrOrSpread::SpreadElement(spread) => JsxAttribute {
                name: self.name(""),
                value: self.expr(&spread.expr, Used::Value),
            },
            JSXAttrOrSpread::JSXAttr(attribute) => {
                let name = match &attribute.name {
                    JSXAttrName::Ident(ident) => self.name(&ident.sym),
                    JSXAttrName::JSXNamespacedName(name) => self.name(&format!("{}:{}", name.ns.sym, name.name.sym)),
                };
                let value = match &attribute.value {
                    None => self.add(Expr::Literal(Literal::Bool(true))),
                    Some(JSXAttrValue::Str(text)) => self.string(&text.value.to_string_lossy()),
                    Some(JSXAttrValue::JSXExprContainer(container)) => match &container.expr {
                        JSXExpr::JSXEmptyExpr(_) => self.opaque(),
                        JSXExpr::Expr(value) => self.expr_named(value, name, Used::Value),
                    },
                    Some(JSXAttrValue::JSXElement(element)) => guarded(|| self.jsx(element)),
                    Some(JSXAttrValue::JSXFragment(fragment)) => guarded(|| self.jsx_fragment(fragment)),
                };
                JsxAttribute { name, value }
            }
        }
    }

    fn jsx_children(&mut self, children: &[JSXElementChild]) {
        for child in children {
            match child {
                JSXElementChild::JSXText(_) => {}
                JSXElementChild::JSXExprContainer(container) => {
                    if let JSXExpr::Expr(value) = &container.expr {
                        self.expr(value, Used::Value);
                    }
                }
                JSXElementChild::JSXSpreadChild(spread) => {
                    self.expr(&spread.expr, Used::Value);
                }
                JSXElementChild::JSXElement(element) => {
                    guarded(|| self.jsx(element));
                }
                JSXElementChild::JSXFragment(fragment) => {
                    guarded(|| self.jsx_fragment(fragment));
                }
            }
        }
    }
}
