//! Chains of members and calls (`a.b().c?.[d]()`), of any length, and the other forms of calls.

use smallvec::SmallVec;
use swc_ecma_ast::{self as ast, Callee, Expr as Node, MemberProp, OptChainBase};

use super::Lowerer;
use super::literal::constant_text;
use crate::facts::body::{Call, How, Op, Used};
use crate::facts::expr::Expr;
use crate::facts::ids::{CallId, ExprId, Exprs, Name, Span};
use crate::facts::{Import, ImportKind};
use crate::parse::span_of;

/// One step of a chain, from its end backwards.
enum Link<'t> {
    Member {
        prop: &'t MemberProp,
        optional: bool,
        in_chain: bool,
    },
    Call {
        args: &'t [ast::ExprOrSpread],
        span: Span,
        optional: bool,
        in_chain: bool,
    },
}

impl Lowerer<'_> {
    /// A member, a call or an optional chain: walks to its first object in a loop, then forward again.
    pub(super) fn chain(&mut self, node: &Node, used: Used) -> ExprId {
        let mut links: SmallVec<[Link<'_>; 8]> = SmallVec::new();
        let mut first = node;
        loop {
            first = match first {
                Node::Member(member) => {
                    links.push(Link::Member {
                        prop: &member.prop,
                        optional: false,
                        in_chain: false,
                    });
                    &member.obj
                }
                Node::Call(call) if !self.is_require(call) => {
                    let Callee::Expr(callee) = &call.callee else { break };
                    let span = span_of(call);
                    links.push(Link::Call {
                        args: &call.args,
                        span,
                        optional: false,
                        in_chain: false,
                    });
                    callee
                }
                Node::OptChain(chain) => match &*chain.base {
                    OptChainBase::Member(member) => {
                        links.push(Link::Member {
                            prop: &member.prop,
                            optional: chain.optional,
                            in_chain: true,
                        });
                        &member.obj
                    }
                    OptChainBase::Call(call) => {
                        let span = span_of(chain);
                        links.push(Link::Call {
                            args: &call.args,
                            span,
                            optional: chain.optional,
                            in_chain: true,
                        });
                        &call.callee
                    }
                },
                Node::TsNonNull(inner) => &inner.expr,
                Node::Paren(inner) => &inner.expr,
                Node::TsInstantiation(inner) => &inner.expr,
                _ => break,
            };
        }
        let used_first = if links.is_empty() { used } else { Used::Receiver };
        let mut value = match first {
            Node::Call(call) => self.special_call(call, used_first),
            _ => self.expr(first, used_first),
        };
        let mut last_name = self.head_of(first);
        // Whether the place so far was reached through a `?.` of the same chain.
        let mut maybe = false;
        for (left, link) in links.iter().enumerate().rev() {
            match *link {
                Link::Member {
                    prop,
                    optional,
                    in_chain,
                } => {
                    maybe = in_chain && (maybe || optional);
                    (value, last_name) = self.prop(value, prop, optional);
                }
                Link::Call {
                    args,
                    span,
                    optional,
                    in_chain,
                } => {
                    maybe = in_chain && (maybe || optional);
                    let used = if left == 0 { used } else { Used::Receiver };
                    let args = self.args(args);
                    let shape = Shape {
                        how: How::Call,
                        optional: maybe,
                        used,
                    };
                    value = self.call(shape, value, args, span, last_name);
                }
            }
        }
        value
    }

    /// `object.prop`, and the span of its name.
    pub(super) fn member(&mut self, member: &ast::MemberExpr) -> (ExprId, Span) {
        let object = self.expr(&member.obj, Used::Receiver);
        self.prop(object, &member.prop, false)
    }

    fn prop(&mut self, object: ExprId, prop: &MemberProp, optional: bool) -> (ExprId, Span) {
        let span = span_of(prop);
        match prop {
            MemberProp::Ident(ident) => {
                let name = self.name(&ident.sym);
                (self.add(Expr::Member { object, name, optional }), span)
            }
            MemberProp::PrivateName(private) => {
                let name = self.private_name(private);
                (self.add(Expr::Member { object, name, optional }), span)
            }
            MemberProp::Computed(computed) => (self.element(object, &computed.expr, optional), span),
        }
    }

    fn element(&mut self, object: ExprId, key: &Node, optional: bool) -> ExprId {
        match self.key_name(key) {
            Some(name) => self.add(Expr::Member { object, name, optional }),
            None => {
                let key = self.expr(key, Used::Value);
                self.add(Expr::Element { object, key, optional })
            }
        }
    }

    /// `super.prop`, and the span of its name.
    pub(super) fn super_prop(&mut self, member: &ast::SuperPropExpr) -> (ExprId, Span) {
        self.capture_this();
        let object = self.add(Expr::Super(self.frame.this));
        match &member.prop {
            ast::SuperProp::Ident(ident) => {
                let name = self.name(&ident.sym);
                (
                    self.add(Expr::Member {
                        object,
                        name,
                        optional: false,
                    }),
                    span_of(ident),
                )
            }
            ast::SuperProp::Computed(computed) => (self.element(object, &computed.expr, false), span_of(computed)),
        }
    }

    pub(super) fn args(&mut self, args: &[ast::ExprOrSpread]) -> Exprs {
        args.iter()
            .map(|arg| {
                if arg.spread.is_some() {
                    let value = self.expr(&arg.expr, Used::Value);
                    self.add(Expr::Spread(value))
                } else {
                    self.expr(&arg.expr, Used::Argument)
                }
            })
            .collect()
    }

    /// A call happens: its callee and arguments have been lowered.
    pub(super) fn call(&mut self, shape: Shape, callee: ExprId, args: Exprs, span: Span, callee_span: Span) -> ExprId {
        let id = CallId(self.facts.calls.len() as u32);
        for (position, &arg) in args.iter().enumerate() {
            if let Expr::Function(function) = self.facts.exprs[arg.index()]
                && let Ok(position) = u16::try_from(position)
            {
                self.facts.functions[function.index()].argument_of = Some((id, position));
            }
        }
        self.facts.calls.push(Call {
            how: shape.how,
            callee,
            args,
            optional: shape.optional,
            used: shape.used,
            function: self.frame.id,
            span,
            callee_span,
            statement: span,
        });
        self.frame.calls.push(id);
        self.op(Op::Call(id), span);
        self.push(Expr::Call(id))
    }

    pub(super) fn new_expr(&mut self, new: &ast::NewExpr, used: Used) -> ExprId {
        let callee = self.expr(&new.callee, Used::Receiver);
        let callee_span = self.last_name(&new.callee);
        let args = self.args(new.args.as_deref().unwrap_or_default());
        self.call(
            Shape {
                how: How::New,
                optional: false,
                used,
            },
            callee,
            args,
            span_of(new),
            callee_span,
        )
    }

    pub(super) fn tagged(&mut self, tagged: &ast::TaggedTpl, used: Used) -> ExprId {
        let callee = self.expr(&tagged.tag, Used::Receiver);
        let callee_span = self.last_name(&tagged.tag);
        let args = tagged
            .tpl
            .exprs
            .iter()
            .map(|part| self.expr(part, Used::Argument))
            .collect();
        self.call(
            Shape {
                how: How::Tag,
                optional: false,
                used,
            },
            callee,
            args,
            span_of(tagged),
            callee_span,
        )
    }

    /// `super(…)`, `import(…)`, `require("…")`.
    fn special_call(&mut self, call: &ast::CallExpr, used: Used) -> ExprId {
        let span = span_of(call);
        match &call.callee {
            Callee::Super(keyword) => {
                self.capture_this();
                let callee = self.add(Expr::Super(self.frame.this));
                let args = self.args(&call.args);
                let shape = Shape {
                    how: How::Super,
                    optional: false,
                    used,
                };
                let value = self.call(shape, callee, args, span, span_of(keyword));
                self.store_parameter_properties();
                value
            }
            Callee::Import(_) => match call.args.first().and_then(|arg| constant_text(&arg.expr)) {
                Some(text) => {
                    let module = self.import(&text, ImportKind::Dynamic, span);
                    self.add(Expr::DynamicImport(module))
                }
                None => {
                    self.args(&call.args);
                    self.opaque()
                }
            },
            // `require`: the chain ends at no other call of an expression.
            Callee::Expr(callee) => {
                if let Node::Ident(ident) = &**callee {
                    self.record(ident, None, false);
                }
                let text = call
                    .args
                    .first()
                    .and_then(|arg| constant_text(&arg.expr))
                    .unwrap_or_default();
                let module = self.import(&text, ImportKind::Require, span);
                self.add(Expr::Module(module))
            }
        }
    }

    /// Notes that the file names a module.
    pub(super) fn import(&mut self, module: &str, kind: ImportKind, span: Span) -> Name {
        let module = self.name(module);
        self.facts.imports.push(Import { module, kind, span });
        module
    }

    /// Whether a call is `require("…")` of the global `require`.
    fn is_require(&mut self, call: &ast::CallExpr) -> bool {
        let Callee::Expr(callee) = &call.callee else {
            return false;
        };
        let Node::Ident(ident) = &**callee else { return false };
        if &*ident.sym != "require" || call.args.len() != 1 || call.args[0].spread.is_some() {
            return false;
        }
        constant_text(&call.args[0].expr).is_some() && !self.is_declared("require")
    }

    /// The last name of a callee, or what stands for it.
    fn last_name(&self, callee: &Node) -> Span {
        match callee {
            Node::Member(member) => span_of(&member.prop),
            Node::OptChain(chain) => match &*chain.base {
                OptChainBase::Member(member) => span_of(&member.prop),
                OptChainBase::Call(_) => self.head_of(callee),
            },
            Node::Paren(inner) => self.last_name(&inner.expr),
            Node::TsNonNull(inner) => self.last_name(&inner.expr),
            Node::TsInstantiation(inner) => self.last_name(&inner.expr),
            _ => self.head_of(callee),
        }
    }

    /// What a label points at in an expression that starts a chain: all of it, cut at its first line and brace.
    fn head_of(&self, node: &Node) -> Span {
        let span = span_of(node);
        let text = self
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default();
        let end = text.find(['{', '\n']).unwrap_or(text.len());
        let head = text[..end]
            .trim_end()
            .len()
            .max(text.chars().next().map_or(0, char::len_utf8));
        Span::new(span.start, span.start + head as u32)
    }
}

/// What is known of a call besides its parts.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) how: How,
    pub(super) optional: bool,
    pub(super) used: Used,
}
