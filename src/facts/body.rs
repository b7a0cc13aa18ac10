//! Function bodies as structured operations in evaluation order, from which the project builds control flow graphs.

use serde::{Deserialize, Serialize};
use thin_vec::ThinVec;

use super::ids::{BindingId, CallId, ClassId, ExprId, Exprs, FnId, LabelId, Name, Span, TypeId};

/// A function-like body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// Its own name, else the variable, property or method it is assigned to.
    pub name: Option<Name>,
    pub kind: FunctionKind,
    pub is_async: bool,
    pub is_generator: bool,
    pub is_static: bool,
    /// The function around it; `None` for the module only.
    pub parent: Option<FnId>,
    /// The class whose member it is.
    pub class: Option<ClassId>,
    pub params: Vec<Param>,
    pub return_type: Option<TypeId>,
    pub ops: Vec<Op>,
    /// The span of each operation, as long as `ops`.
    pub spans: Vec<Span>,
    /// Variables of enclosing functions (not of the module) that this body or one nested in it reads or writes.
    pub captures: Vec<BindingId>,
    /// Uses `this` of a function around it (arrows only), itself or in a nested arrow.
    pub captures_this: bool,
    /// The call of whose arguments this function is a direct one, and which: `app.use(f)` gives `(call, 0)`.
    pub argument_of: Option<(CallId, u16)>,
    /// The whole function.
    pub span: Span,
    /// What a message points at: the name, or the function's head up to its body.
    pub head: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FunctionKind {
    Module,
    /// `function` declarations and expressions, and methods of object literals.
    Function,
    Arrow,
    Method,
    Constructor,
    Getter,
    Setter,
    /// All field initialisers and static blocks of one side of a class, in order.
    FieldInitializers,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// The variable of a plain parameter; `None` for a destructured one.
    pub binding: Option<BindingId>,
    pub annotation: Option<TypeId>,
    pub is_rest: bool,
    /// Has a default value or is marked `?`.
    pub is_optional: bool,
    pub decorators: ThinVec<ExprId>,
}

/// A call in any of its forms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    pub how: How,
    pub callee: ExprId,
    /// A spread argument is `Expr::Spread`.
    pub args: Exprs,
    /// `f?.()`, or a callee reached through `?.`: the call may not happen.
    pub optional: bool,
    pub used: Used,
    /// The function whose body makes the call.
    pub function: FnId,
    pub span: Span,
    /// The callee's last name, or its keyword: what a label points at when the call spans many lines.
    pub callee_span: Span,
    /// The statement the call stands in, cut before any function body or block.
    pub statement: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum How {
    Call,
    New,
    /// `super(…)`.
    Super,
    /// A tagged template; the arguments are the interpolated values.
    Tag,
}

/// What becomes of a call's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Used {
    /// An expression statement, `void f()`, or the unused part of a comma.
    Dropped,
    /// Awaited, and that dropped.
    AwaitedDropped,
    /// The object of a member or callee: `f().g`.
    Receiver,
    /// An argument of another call.
    Argument,
    Returned,
    /// Anything else: bound, stored, tested, part of an expression.
    Value,
}

/// One step of a body, or a mark of its structure. Marks nest properly.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Op {
    /// The call happens here; its callee and arguments have been evaluated.
    Call(CallId),
    /// A variable is declared with a value or assigned. Function declarations and imports have none: their value is there
    /// from the start. So have plain parameters; one that is destructured or has a default is declared at the start.
    Assign {
        to: BindingId,
        value: ExprId,
        declares: bool,
    },
    /// A place is written: `to` is an `Expr::Member` or `Expr::Element`, or the `Expr::Global` of an undeclared variable.
    Store {
        to: ExprId,
        value: ExprId,
    },
    /// `delete object.place`.
    Delete(ExprId),
    /// Waits for the value, which may reject.
    Await(ExprId),
    /// Hands a value out of a generator, which may never be resumed.
    Yield(ExprId),
    Return(Option<ExprId>),
    Throw(ExprId),
    /// A JSX element is made.
    Jsx(ExprId),
    /// `using x = value` (`await using` too): the value is disposed at the end of the enclosing block,
    /// marked by `EndUsing`, on every way out.
    Using {
        binding: BindingId,
        is_await: bool,
    },
    EndUsing(BindingId),
    /// `if`, `?:`, and the right side of `&&`, `||`, `??` where it has operations of its own.
    /// For `||` and `??` the test is `!left` (`left == null` for `??`).
    If(ExprId),
    Else,
    EndIf,
    /// A loop. What follows is its test or, after `LoopTest`/`LoopItem`, its body; `continue` goes to `LoopNext`,
    /// the back edge is `EndLoop`, `break` goes behind it.
    Loop(LabelId),
    /// Leaves the loop if the expression is false. Absent in `for (;;)`; behind `LoopNext` in `do … while`.
    LoopTest(ExprId),
    /// Takes the next item of an iterable, or leaves the loop. `is_await` for `for await`.
    LoopItem {
        of: ExprId,
        is_await: bool,
    },
    /// Where `continue` goes; the update of a `for` follows.
    LoopNext(LabelId),
    EndLoop(LabelId),
    /// A labelled block that is no loop.
    Block(LabelId),
    EndBlock(LabelId),
    Switch {
        label: LabelId,
        on: ExprId,
    },
    /// A case's test, `None` for `default`; what the tests do stands before the `Switch`. The body follows and falls through into the next case.
    Case(Option<ExprId>),
    EndSwitch(LabelId),
    Break(LabelId),
    Continue(LabelId),
    Try,
    /// The handler; absent in `try … finally`.
    Catch(Option<BindingId>),
    /// The finaliser; absent in `try … catch`.
    Finally,
    EndTry,
}
