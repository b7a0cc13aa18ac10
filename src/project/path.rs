//! Canonical access paths: what an expression names, after aliases, destructuring and imports are followed.

use smallvec::SmallVec;

use crate::diagnostic::FileId;
use crate::facts::ids::{BindingId, CallId, ClassId, ExprId, FnId};

use super::names::Sym;

/// An item of one file, named from anywhere in the project.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct At<T> {
    pub file: FileId,
    pub id: T,
}

impl<T> At<T> {
    pub fn new(file: FileId, id: T) -> Self {
        Self { file, id }
    }

    /// Another item of the same file.
    pub fn with<U>(&self, id: U) -> At<U> {
        At { file: self.file, id }
    }
}

pub type FnRef = At<FnId>;
pub type ExprRef = At<ExprId>;
pub type CallRef = At<CallId>;
pub type ClassRef = At<ClassId>;
pub type BindingRef = At<BindingId>;

/// A class, prototype function or object with methods: [`super::owner::Owners`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OwnerId(pub u32);

/// Steps of a path beyond which it is [`Root::Opaque`].
pub const MAX_STEPS: usize = 5;

/// What an expression names. Equal paths name the same thing in one activation of what they are rooted in.
#[derive(PartialEq, Eq, Hash, Debug)]
pub struct Path {
    pub root: Root,
    pub steps: SmallVec<[Step; 3]>,
}

impl Clone for Path {
    /// Paths are cloned more often than anything else: steps are copied at once, not one by one.
    #[inline]
    fn clone(&self) -> Self {
        Self {
            root: self.root,
            steps: SmallVec::from_slice(&self.steps),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Root {
    /// `process`, `setInterval`.
    Global(Sym),
    /// A module that is not part of the project.
    Package(Sym),
    /// All exports of a file of the project.
    Namespace(FileId),
    /// A variable that holds several values in its life, or none that is known.
    Variable(BindingRef),
    Param(FnRef, u16),
    Rest(FnRef, u16),
    /// `this` of a function of which no owner is known.
    This(FnRef),
    /// `this` of an owner's methods.
    Instance(OwnerId),
    /// The class itself: its static side.
    Static(OwnerId),
    /// What a call or `new` gives.
    Call(CallRef),
    Function(FnRef),
    /// An object or array literal.
    Object(ExprRef),
    Text(Sym),
    Number(Sym),
    Bool(bool),
    /// `null` or `undefined`.
    Nullish,
    /// One of several values: `a ?? b`, `c ? a : b`.
    Choice(ExprRef),
    Opaque(ExprRef),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Step {
    Field(Sym),
    /// Some element of a container: `a[i]`, the variable of `for … of`.
    Element,
    /// The n-th element of a tuple.
    Index(u16),
    Awaited,
    /// What is left over by a destructuring.
    Rest,
}

impl Path {
    pub fn root(root: Root) -> Self {
        Self {
            root,
            steps: SmallVec::new(),
        }
    }

    /// The path with one step more; `from` is the expression it belongs to, for paths that grow too long.
    pub fn step(mut self, step: Step, from: ExprRef) -> Self {
        if self.steps.len() >= MAX_STEPS {
            return Self::root(Root::Opaque(from));
        }
        self.steps.push(step);
        self
    }

    /// Whether the path is its root alone.
    pub fn is_root(&self) -> bool {
        self.steps.is_empty()
    }

    /// The function that the path is, if it is one.
    pub fn as_function(&self) -> Option<FnRef> {
        match self.root {
            Root::Function(function) if self.is_root() => Some(function),
            _ => None,
        }
    }

    pub fn is_nullish(&self) -> bool {
        self.root == Root::Nullish && self.is_root()
    }

    /// Whether the path says which thing it is, so that a differing path is a different thing.
    pub fn is_definite(&self) -> bool {
        match self.root {
            Root::Variable(_) | Root::Param(..) | Root::Rest(..) | Root::Choice(_) | Root::Opaque(_) => false,
            Root::Call(_) => true,
            _ => !self.steps.contains(&Step::Element),
        }
    }
}
