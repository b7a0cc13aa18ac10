//! Type annotations and declarations, as far as they say where a value comes from.

use serde::{Deserialize, Serialize};

use super::ids::{BindingId, ExprId, Name, Span, TypeId};

/// A type as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TypeExpr {
    /// `Pool`, `pg.Pool`, `Promise<Client>`: the named thing (`Binding`, `Import`, `Member`, `Global`) and its arguments.
    Named {
        name: ExprId,
        args: Box<[TypeId]>,
    },
    Union(Box<[TypeId]>),
    Intersection(Box<[TypeId]>),
    Array(TypeId),
    Tuple(Box<[TypeId]>),
    Function(FunctionType),
    Object(Box<[TypeMember]>),
    /// `typeof value`.
    TypeOf(ExprId),
    /// A string, number or boolean literal type.
    Literal,
    /// `string`, `number`, `any`, `void`, …
    Keyword(Name),
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FunctionType {
    pub params: Box<[TypeId]>,
    pub result: TypeId,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TypeMember {
    /// Empty for a call signature; `[Symbol.dispose]` for that computed key.
    pub name: Name,
    pub ty: TypeId,
    pub is_method: bool,
    pub is_optional: bool,
}

/// `interface`, `type`, or `enum`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeDecl {
    pub binding: BindingId,
    pub kind: TypeDeclKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TypeDeclKind {
    Interface {
        extends: Vec<TypeId>,
        members: Vec<TypeMember>,
    },
    Alias(TypeId),
    /// The members' names. The enum's value is an `Expr::Object` of the same names.
    Enum(Vec<Name>),
}
