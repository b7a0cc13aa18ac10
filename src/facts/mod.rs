//! What one file says, lowered into owned, compact, serialisable data.
//!
//! Facts are a pure function of the file's text: nothing about another file, a library or a rule is
//! known here, and no SWC type leaves [`lower`].

pub mod body;
pub mod dump;
pub mod expr;
pub mod ids;
pub mod lower;
pub mod texts;
pub mod types;
pub mod wire;

use serde::{Deserialize, Serialize};
use thin_vec::ThinVec;

use body::{Call, Function};
use expr::Expr;
use ids::{BindingId, CallId, ClassId, ExprId, Exprs, FnId, Name, Span, TypeId};
use texts::Texts;
use types::{TypeDecl, TypeExpr};

/// Everything the later stages know about one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileFacts {
    /// Interned strings; [`Name`] indexes them. `Name(0)` is the empty string.
    pub names: Texts,
    /// Function-like bodies; the first is the module's top level.
    pub functions: Vec<Function>,
    pub classes: Vec<Class>,
    pub bindings: Vec<Binding>,
    /// Expression shapes. Pure shapes (see [`Expr`]) are shared: equal id means equal expression.
    pub exprs: Vec<Expr>,
    pub calls: Vec<Call>,
    /// Type annotations.
    pub types: Vec<TypeExpr>,
    /// Interfaces, type aliases and enums.
    pub type_decls: Vec<TypeDecl>,
    /// Static imports of modules for their effect or their bindings, re-exports included, in source order.
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
}

/// A module named by this file, so that the project can resolve it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// The specifier as written: `./db`, `pg`, `node:fs`.
    pub module: Name,
    /// `import type`, or a `require`/`import()` inside a function.
    pub kind: ImportKind,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImportKind {
    /// `import … from`, `export … from`, `import x = require()`.
    Static,
    /// `import type`.
    TypeOnly,
    /// `require("…")`.
    Require,
    /// `import("…")`.
    Dynamic,
}

/// An ES module export. CommonJS exports are ordinary stores to `module.exports`; the project reads them there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Export {
    /// `export const name`, `export { value as name }`, `export default value` (named `default`), `export = value` (named `export=`).
    Local { name: Name, value: ExprId },
    /// `export { imported as name } from "module"`; `imported` is `*` for `export * as name`.
    From { name: Name, module: Name, imported: Name },
    /// `export * from "module"`.
    Star { module: Name },
}

/// A declared name. Every reference to it is `Expr::Binding` of this id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Binding {
    pub name: Name,
    pub kind: BindingKind,
    /// The function whose scope (or a block of it) declares the name.
    pub function: FnId,
    /// Where the name is declared.
    pub span: Span,
    /// Every value that is ever assigned, the initial one included, in source order.
    ///
    /// A parameter's is `Expr::Param`; a function's `Expr::Function`; an import's `Expr::Import` or `Expr::Module`;
    /// a destructured name's is the member of what is destructured; a default value makes it a
    /// `Expr::Logical` (`Nullish`) of both.
    pub values: Exprs,
    /// How many of `values` come from an assignment after the declaration (`x = …`, `x++`, `for (x of …)`).
    pub reassigned: u16,
    pub annotation: Option<TypeId>,
    /// Declared inside a loop's body, so that each round has a variable of its own.
    pub in_loop: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BindingKind {
    Const,
    Let,
    Var,
    Param,
    Function,
    Class,
    Import,
    Catch,
    Enum,
    Namespace,
    /// Interface, type alias, type parameter, `import type`.
    Type,
}

/// A class in class syntax. Prototype classes and factory closures are recognised by the project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Class {
    pub name: Option<Name>,
    pub base: Option<ExprId>,
    pub implements: Vec<TypeId>,
    pub members: Vec<Member>,
    /// Each decorator: a call (`@Get("/")`) or a bare value (`@Injectable`).
    pub decorators: ThinVec<ExprId>,
    /// The function in which the class is declared.
    pub function: FnId,
    pub is_abstract: bool,
    pub span: Span,
    /// The name, or the `class` keyword of an anonymous one.
    pub name_span: Span,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The name; `#name` for private ones; `[Symbol.dispose]` for that computed key; empty for any other computed key.
    pub name: Name,
    pub kind: MemberKind,
    pub is_static: bool,
    /// `private`, `protected` or `#name`.
    pub is_private: bool,
    pub decorators: ThinVec<ExprId>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum MemberKind {
    Constructor(FnId),
    Method(FnId),
    Getter(FnId),
    Setter(FnId),
    /// A field with its annotation and its initial value. The initialiser runs in a function of kind
    /// `FieldInitializers` of its own (one for the instance, one for the static side), which stores to `this`.
    Field {
        annotation: Option<TypeId>,
        init: Option<ExprId>,
    },
    /// A constructor parameter that is a field (`constructor(private pool: Pool)`): the parameter's position.
    ParameterProperty {
        annotation: Option<TypeId>,
        param: u16,
    },
}

impl FileFacts {
    /// Moves everything into room of just its size; the room that it grew in stays.
    fn packed(&mut self) -> Self {
        for class in &mut self.classes {
            class.members.shrink_to_fit();
        }
        Self {
            names: std::mem::take(&mut self.names),
            functions: packed(&mut self.functions),
            classes: packed(&mut self.classes),
            bindings: packed(&mut self.bindings),
            exprs: packed(&mut self.exprs),
            calls: packed(&mut self.calls),
            types: packed(&mut self.types),
            type_decls: packed(&mut self.type_decls),
            imports: packed(&mut self.imports),
            exports: packed(&mut self.exports),
        }
    }

    /// The text of an interned name.
    pub fn name(&self, name: Name) -> &str {
        self.names.get(name.index()).expect("a name is one of its file's")
    }

    /// The id of a string, if the file mentions it as a name.
    pub fn find_name(&self, text: &str) -> Option<Name> {
        self.names
            .iter()
            .position(|each| each == text)
            .map(|at| Name(at as u32))
    }

    pub fn function(&self, id: FnId) -> &Function {
        &self.functions[id.index()]
    }

    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[id.index()]
    }

    pub fn binding(&self, id: BindingId) -> &Binding {
        &self.bindings[id.index()]
    }

    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.index()]
    }

    pub fn call(&self, id: CallId) -> &Call {
        &self.calls[id.index()]
    }

    pub fn type_expr(&self, id: TypeId) -> &TypeExpr {
        &self.types[id.index()]
    }
}

/// The items of a list in a new one of just their size.
fn packed<T>(items: &mut Vec<T>) -> Vec<T> {
    let mut list = Vec::with_capacity(items.len());
    list.append(items);
    list
}
