//! The shape of an expression: what it reads, never when it runs (that is [`super::body::Op`]).

use serde::{Deserialize, Serialize};
use thin_vec::ThinVec;

use super::ids::{BindingId, CallId, ClassId, ExprId, FnId, Name, TypeId};

/// An expression. Parentheses, `!`, `as const` and the comma operator's dropped parts are gone; the value of an
/// assignment is its right side.
///
/// *Pure* shapes (all but `Call`, `Function`, `Class`, `Object`, `Array`, `Jsx`, `Opaque`) are shared: two occurrences of
/// `this.pool.size` in one function have the same id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Expr {
    /// Something that is not modelled, such as `new.target`.
    Opaque,
    Literal(Literal),
    Binding(BindingId),
    /// A name that no scope of the file declares: `process`, `setTimeout`, `window`.
    Global(Name),
    /// `this` of the given non-arrow function (the nearest around the expression; `FnId(0)` for the module's).
    This(FnId),
    /// `super` as the object of a member, in the given method.
    Super(FnId),
    /// The whole of a module: `require("x")`, `import * as x`.
    Module(Name),
    /// `import("x")`: a promise of the module.
    DynamicImport(Name),
    /// An imported binding; the name is `default` for a default import.
    Import {
        module: Name,
        name: Name,
    },
    /// The n-th parameter of a function, before any destructuring or default.
    Param {
        function: FnId,
        index: u16,
    },
    /// A rest parameter: the array of all arguments from the n-th on.
    RestParam {
        function: FnId,
        index: u16,
    },
    /// The array-like `arguments` of the function.
    Arguments(FnId),
    /// `object.name`, also `object["name"]` with a literal string, and a destructured `{ name }`.
    Member {
        object: ExprId,
        name: Name,
        optional: bool,
    },
    /// `object[key]` with any other key.
    Element {
        object: ExprId,
        key: ExprId,
        optional: bool,
    },
    /// Any one element of an iterable: the variable of a `for … of`.
    Item(ExprId),
    /// The n-th element of an iterable that is destructured: `const [a, b] = …`.
    Index {
        of: ExprId,
        index: u16,
    },
    /// Any one key of an object: the variable of a `for … in`.
    Key(ExprId),
    /// What a destructuring leaves over: `{ a, ...rest }`, `[a, ...rest]`.
    Rest(ExprId),
    /// The result of a call or `new`.
    Call(CallId),
    Function(FnId),
    Class(ClassId),
    Object(ThinVec<Property>),
    /// Elements in order; a hole is `Opaque`.
    Array(ThinVec<ExprId>),
    /// `...x` as an element or an argument.
    Spread(ExprId),
    /// The interpolated parts of a template literal with at least one.
    Template(ThinVec<ExprId>),
    Unary {
        operator: UnaryOperator,
        of: ExprId,
    },
    Binary {
        operator: BinaryOperator,
        left: ExprId,
        right: ExprId,
    },
    /// `left || right`, `left && right`, `left ?? right`, and a destructuring default (`Nullish`).
    Logical {
        operator: LogicalOperator,
        left: ExprId,
        right: ExprId,
    },
    /// `test ? yes : no`.
    Conditional {
        test: ExprId,
        yes: ExprId,
        no: ExprId,
    },
    Await(ExprId),
    /// What `yield` evaluates to.
    Yield(ExprId),
    /// The value of a `catch` parameter.
    Caught,
    /// `value as T`, `<T>value`, `value satisfies T`.
    Cast {
        value: ExprId,
        ty: TypeId,
    },
    /// `<Tag attribute={value} />`; the tag is a `Binding`, `Member`, `Global` or a literal string (`"div"`).
    Jsx {
        tag: ExprId,
        attributes: ThinVec<JsxAttribute>,
    },
}

const _: () = assert!(size_of::<Expr>() == 16, "there are more expressions than anything else");

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Literal {
    String(Name),
    /// A number as written in its shortest form.
    Number(Name),
    Bool(bool),
    Null,
    Undefined,
    BigInt(Name),
    /// The pattern of a regular expression.
    Regex(Name),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Property {
    /// `name: value`, `name`, `name() {}`, `"name": value`.
    Field {
        name: Name,
        value: ExprId,
    },
    Getter {
        name: Name,
        function: FnId,
    },
    Setter {
        name: Name,
        function: FnId,
    },
    /// `[key]: value`.
    Computed {
        key: ExprId,
        value: ExprId,
    },
    /// `...value`.
    Spread(ExprId),
}

/// Items in room of just their size.
pub(super) fn exactly<T, I: ExactSizeIterator<Item = T>>(
    items: impl IntoIterator<Item = T, IntoIter = I>,
) -> ThinVec<T> {
    let items = items.into_iter();
    let mut list = ThinVec::with_capacity(items.len());
    list.extend(items);
    list
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct JsxAttribute {
    /// The attribute's name; empty for a spread.
    pub name: Name,
    pub value: ExprId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum UnaryOperator {
    Not,
    TypeOf,
    Void,
    Delete,
    /// `-x`, `+x`, `~x`.
    Arithmetic,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BinaryOperator {
    /// `==` and `===`.
    Equal,
    /// `!=` and `!==`.
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    /// `+`, also of strings.
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    /// `&` of bits: at most as large as its smaller side.
    Mask,
    /// Every other arithmetic or bit operator.
    Arithmetic,
    InstanceOf,
    In,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LogicalOperator {
    Or,
    And,
    Nullish,
}
