//! The small identifiers that facts use to name each other within one file.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($repr:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub struct $name(pub $repr);

        impl $name {
            /// The position of this id's item in its table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// An interned string of one file: [`super::FileFacts::names`].
    Name(u32);
    /// A declared variable, parameter, function, class, import, enum or type name.
    BindingId(u32);
    /// A function-like body; `FnId(0)` is the module's top level.
    FnId(u32);
    /// A class, in class syntax.
    ClassId(u32);
    /// A call, `new`, tagged template or `super(…)`.
    CallId(u32);
    /// An expression's shape; equal pure expressions share one id.
    ExprId(u32);
    /// A type annotation.
    TypeId(u32);
    /// A loop, `switch` or labelled block, unique within its function; `break` and `continue` name it.
    LabelId(u16);
}

/// A few expressions, without room elsewhere while they are four at most.
pub type Exprs = SmallVec<[ExprId; 4]>;

/// A half-open range of byte offsets into the file's UTF-8 text (from 0).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    pub fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// Whether `other` lies wholly inside this span.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}
