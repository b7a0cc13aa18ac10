//! Facts as text, for `leaklint debug facts` and for snapshots. Nothing reads it back.
//!
//! A variable is written `name#id`, a call's result `$id`, a function `fn id`, a class `class id`; deep expressions are cut.

mod render;

use std::fmt::Write as _;

use super::body::{Call, Function, How, Op};
use super::ids::{BindingId, ExprId, FnId, Name};
use super::types::{TypeDecl, TypeDeclKind};
use super::{Class, Export, FileFacts, ImportKind, MemberKind, wire};
use render::Render;

/// Levels of structure beyond which lines are no longer indented.
const DEEPEST_INDENT: usize = 40;

/// The facts of a file, one item or operation a line.
pub fn dump(facts: &FileFacts) -> String {
    let mut dump = Dump {
        facts,
        render: Render { facts },
        out: String::new(),
    };
    dump.imports();
    dump.exports();
    dump.bindings();
    for decl in &facts.type_decls {
        dump.type_decl(decl);
    }
    for (id, class) in facts.classes.iter().enumerate() {
        dump.class(id, class);
    }
    for (id, function) in facts.functions.iter().enumerate() {
        dump.function(FnId(id as u32), function);
    }
    dump.out
}

/// How many bytes the facts take in their stored form.
pub fn size(facts: &FileFacts) -> usize {
    wire::write(facts).len()
}

struct Dump<'f> {
    facts: &'f FileFacts,
    render: Render<'f>,
    out: String,
}

impl Dump<'_> {
    fn line(&mut self, indent: usize, text: &str) {
        let width = indent.min(DEEPEST_INDENT) * 2;
        let _ = writeln!(self.out, "{:width$}{text}", "");
    }

    fn name(&self, name: Name) -> &str {
        self.facts.name(name)
    }

    fn expr(&self, id: ExprId) -> String {
        self.render.expr(id)
    }

    fn binding(&self, id: BindingId) -> String {
        self.render.binding(id)
    }

    fn imports(&mut self) {
        for import in &self.facts.imports {
            let kind = match import.kind {
                ImportKind::Static => "import",
                ImportKind::TypeOnly => "import type",
                ImportKind::Require => "require",
                ImportKind::Dynamic => "import()",
            };
            let text = format!("{kind} {:?}", self.name(import.module));
            self.line(0, &text);
        }
    }

    fn exports(&mut self) {
        for export in &self.facts.exports {
            let text = match export {
                Export::Local { name, value } => format!("export {} = {}", self.name(*name), self.expr(*value)),
                Export::From { name, module, imported } => {
                    let (name, imported) = (self.name(*name), self.name(*imported));
                    format!("export {name} = {imported} from {:?}", self.name(*module))
                }
                Export::Star { module } => format!("export * from {:?}", self.name(*module)),
            };
            self.line(0, &text);
        }
    }

    fn bindings(&mut self) {
        for (id, binding) in self.facts.bindings.iter().enumerate() {
            let kind = format!("{:?}", binding.kind).to_lowercase();
            let mut text = format!("{kind} {}", self.binding(BindingId(id as u32)));
            if let Some(ty) = binding.annotation {
                let _ = write!(text, ": {}", self.render.ty(ty));
            }
            let values: Vec<_> = binding.values.iter().map(|&value| self.expr(value)).collect();
            if !values.is_empty() {
                let _ = write!(text, " = {}", values.join(" | "));
            }
            let mut notes = Vec::new();
            if binding.function != FnId(0) {
                notes.push(format!("in fn {}", binding.function.0));
            }
            if binding.reassigned > 0 {
                notes.push(format!("reassigned {}", binding.reassigned));
            }
            if binding.in_loop {
                notes.push("per round".to_owned());
            }
            if !notes.is_empty() {
                let _ = write!(text, "  // {}", notes.join(", "));
            }
            self.line(0, &text);
        }
    }

    fn type_decl(&mut self, decl: &TypeDecl) {
        let name = self.binding(decl.binding);
        let text = match &decl.kind {
            TypeDeclKind::Interface { extends, members } => {
                let extends: Vec<_> = extends.iter().map(|&ty| self.render.ty(ty)).collect();
                let extends = if extends.is_empty() {
                    String::new()
                } else {
                    format!(" extends {}", extends.join(", "))
                };
                format!("interface {name}{extends} {}", self.render.type_members(members))
            }
            TypeDeclKind::Alias(ty) => format!("type {name} = {}", self.render.ty(*ty)),
            TypeDeclKind::Enum(names) => {
                let names: Vec<_> = names.iter().map(|&name| self.name(name)).collect();
                format!("enum {name} {{ {} }}", names.join(", "))
            }
        };
        self.line(0, &text);
    }

    fn class(&mut self, id: usize, class: &Class) {
        let mut text = format!("class {id} {}", class.name.map_or("", |name| self.name(name)));
        if class.is_abstract {
            text.push_str(" abstract");
        }
        if let Some(base) = class.base {
            let _ = write!(text, " extends {}", self.expr(base));
        }
        for &ty in &class.implements {
            let _ = write!(text, " implements {}", self.render.ty(ty));
        }
        text.push_str(&self.decorators(&class.decorators));
        if class.function != FnId(0) {
            let _ = write!(text, "  // in fn {}", class.function.0);
        }
        self.line(0, &text);
        for member in &class.members {
            let mut text = String::new();
            if member.is_static {
                text.push_str("static ");
            }
            if member.is_private {
                text.push_str("private ");
            }
            let name = self.name(member.name);
            let typed =
                |annotation: Option<_>| annotation.map_or(String::new(), |ty| format!(": {}", self.render.ty(ty)));
            let _ = match member.kind {
                MemberKind::Constructor(id) => write!(text, "constructor fn {}", id.0),
                MemberKind::Method(id) => write!(text, "{name}() fn {}", id.0),
                MemberKind::Getter(id) => write!(text, "get {name} fn {}", id.0),
                MemberKind::Setter(id) => write!(text, "set {name} fn {}", id.0),
                MemberKind::Field { annotation, init } => {
                    let init = init.map_or(String::new(), |init| format!(" = {}", self.expr(init)));
                    write!(text, "{name}{}{init}", typed(annotation))
                }
                MemberKind::ParameterProperty { annotation, param } => {
                    write!(text, "{name}{} = parameter {param}", typed(annotation))
                }
            };
            text.push_str(&self.decorators(&member.decorators));
            self.line(1, &text);
        }
    }

    fn decorators(&self, decorators: &[ExprId]) -> String {
        decorators
            .iter()
            .map(|&decorator| format!(" @{}", self.expr(decorator)))
            .collect()
    }

    fn function(&mut self, id: FnId, function: &Function) {
        let mut text = format!("fn {} {:?}", id.0, function.kind);
        for (holds, word) in [
            (function.is_static, "static"),
            (function.is_async, "async"),
            (function.is_generator, "generator"),
            (function.captures_this, "captures-this"),
        ] {
            if holds {
                let _ = write!(text, " {word}");
            }
        }
        if let Some(name) = function.name {
            let _ = write!(text, " {}", self.name(name));
        }
        if function.kind != super::body::FunctionKind::Module {
            let _ = write!(text, "({})", self.params(function));
        }
        if let Some(ty) = function.return_type {
            let _ = write!(text, ": {}", self.render.ty(ty));
        }
        let mut notes = Vec::new();
        if let Some(parent) = function.parent.filter(|&parent| parent != FnId(0)) {
            notes.push(format!("in fn {}", parent.0));
        }
        if let Some(class) = function.class {
            notes.push(format!("of class {}", class.0));
        }
        if let Some((call, position)) = function.argument_of {
            notes.push(format!("argument {position} of ${}", call.0));
        }
        if !function.captures.is_empty() {
            let captures: Vec<_> = function.captures.iter().map(|&binding| self.binding(binding)).collect();
            notes.push(format!("captures {}", captures.join(" ")));
        }
        if !notes.is_empty() {
            let _ = write!(text, "  // {}", notes.join(", "));
        }
        self.line(0, &text);
        self.ops(function);
    }

    fn params(&self, function: &Function) -> String {
        let params: Vec<_> = function
            .params
            .iter()
            .map(|param| {
                let rest = if param.is_rest { "..." } else { "" };
                let name = param.binding.map_or("{}".to_owned(), |binding| self.binding(binding));
                let optional = if param.is_optional { "?" } else { "" };
                let ty = param
                    .annotation
                    .map_or(String::new(), |ty| format!(": {}", self.render.ty(ty)));
                format!("{rest}{name}{optional}{ty}{}", self.decorators(&param.decorators))
            })
            .collect();
        params.join(", ")
    }

    fn ops(&mut self, function: &Function) {
        let mut indent = 1;
        for &op in &function.ops {
            let (text, before, after) = self.op(op);
            indent = (indent + after).saturating_sub(before);
            self.line(indent.saturating_sub(after), &text);
        }
    }

    /// An operation's text, by how much it goes back, and by how much what follows goes in.
    fn op(&self, op: Op) -> (String, usize, usize) {
        let plain = |text: String| (text, 0, 0);
        match op {
            Op::Call(id) => plain(format!("${} = {}", id.0, self.call(self.facts.call(id)))),
            Op::Assign { to, value, declares } => {
                let word = if declares { "let " } else { "" };
                plain(format!("{word}{} = {}", self.binding(to), self.expr(value)))
            }
            Op::Store { to, value } => plain(format!("{} = {}", self.expr(to), self.expr(value))),
            Op::Delete(of) => plain(format!("delete {}", self.expr(of))),
            Op::Await(of) => plain(format!("await {}", self.expr(of))),
            Op::Yield(of) => plain(format!("yield {}", self.expr(of))),
            Op::Return(None) => plain("return".to_owned()),
            Op::Return(Some(of)) => plain(format!("return {}", self.expr(of))),
            Op::Throw(of) => plain(format!("throw {}", self.expr(of))),
            Op::Jsx(of) => plain(format!("jsx {}", self.expr(of))),
            Op::Using { binding, is_await } => plain(format!(
                "{}using {}",
                if is_await { "await " } else { "" },
                self.binding(binding)
            )),
            Op::EndUsing(binding) => plain(format!("end using {}", self.binding(binding))),
            Op::If(test) => (format!("if {}", self.expr(test)), 0, 1),
            Op::Else => ("else".to_owned(), 1, 1),
            Op::EndIf => ("end if".to_owned(), 1, 0),
            Op::Loop(label) => (format!("loop L{}", label.0), 0, 1),
            Op::LoopTest(test) => plain(format!("test {}", self.expr(test))),
            Op::LoopItem { of, is_await } => plain(format!(
                "{}item of {}",
                if is_await { "await " } else { "" },
                self.expr(of)
            )),
            Op::LoopNext(label) => plain(format!("next L{}", label.0)),
            Op::EndLoop(label) => (format!("end loop L{}", label.0), 1, 0),
            Op::Block(label) => (format!("block L{}", label.0), 0, 1),
            Op::EndBlock(label) => (format!("end block L{}", label.0), 1, 0),
            Op::Switch { label, on } => (format!("switch L{} {}", label.0, self.expr(on)), 0, 2),
            Op::Case(None) => ("default".to_owned(), 1, 1),
            Op::Case(Some(test)) => (format!("case {}", self.expr(test)), 1, 1),
            Op::EndSwitch(label) => (format!("end switch L{}", label.0), 2, 0),
            Op::Break(label) => plain(format!("break L{}", label.0)),
            Op::Continue(label) => plain(format!("continue L{}", label.0)),
            Op::Try => ("try".to_owned(), 0, 1),
            Op::Catch(None) => ("catch".to_owned(), 1, 1),
            Op::Catch(Some(binding)) => (format!("catch {}", self.binding(binding)), 1, 1),
            Op::Finally => ("finally".to_owned(), 1, 1),
            Op::EndTry => ("end try".to_owned(), 1, 0),
        }
    }

    fn call(&self, call: &Call) -> String {
        let how = match call.how {
            How::Call | How::Super => "",
            How::New => "new ",
            How::Tag => "tag ",
        };
        let args: Vec<_> = call.args.iter().map(|&arg| self.expr(arg)).collect();
        let optional = if call.optional { "?." } else { "" };
        format!(
            "{how}{}{optional}({})  // {:?}",
            self.expr(call.callee),
            args.join(", "),
            call.used
        )
    }
}
