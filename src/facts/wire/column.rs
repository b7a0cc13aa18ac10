//! The kinds of numbers that facts consist of; each has odds of its own.

macro_rules! columns {
    ($($name:ident: $shape:expr,)*) => {
        /// One kind of number.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum Column { $($name,)* }

        /// The shape of each column, in the order of the enum.
        pub(super) const SHAPES: &[Shape] = &[$($shape,)*];
    };
}

/// How the numbers of a column are cut into bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// Mostly small, of any size.
    Number { contexts: usize },
    /// Below two to the power of `bits`.
    Symbol { bits: u32, contexts: usize },
}

/// A number whose odds depend on the number before it in its column.
const NUMBER: Shape = Shape::Number { contexts: 8 };

/// A number whose odds depend on the kind of operation it belongs to.
const OF_OP: Shape = Shape::Number { contexts: 32 };

/// A symbol whose odds depend on the symbol before it in its column.
const fn symbol(bits: u32) -> Shape {
    Shape::Symbol {
        bits,
        contexts: 1 << bits,
    }
}

const fn symbol_in(bits: u32, contexts: usize) -> Shape {
    Shape::Symbol { bits, contexts }
}

columns! {
    TableLength: NUMBER,
    // Bindings.
    BindingKind: symbol(5), BindingName: NUMBER, BindingFunction: NUMBER, BindingStart: NUMBER, BindingLength: NUMBER,
    BindingFlags: symbol(2), BindingReassigned: NUMBER, BindingType: NUMBER, ValueCount: NUMBER, Value: NUMBER,
    // The heads of functions.
    FunctionKind: symbol(3), FunctionFlags: symbol_in(7, 8), FunctionParent: NUMBER, FunctionName: NUMBER,
    FunctionStart: NUMBER, FunctionLength: NUMBER, HeadStart: NUMBER, HeadLength: Shape::Number { contexts: 8 },
    // Expressions.
    ExprKind: symbol(6), LiteralKind: symbol(3), LiteralName: NUMBER, LiteralBool: symbol(1), ExprBinding: NUMBER,
    ExprName: Shape::Number { contexts: 64 }, ExprFunction: Shape::Number { contexts: 64 }, ImportModule: NUMBER,
    ImportName: NUMBER, Position: NUMBER, MemberObject: NUMBER, MemberName: NUMBER, IsOptional: symbol(1),
    ElementObject: NUMBER, ElementKey: NUMBER, Part: Shape::Number { contexts: 64 }, Operator: symbol_in(4, 3),
    ExprCall: NUMBER, ExprClass: NUMBER, ItemCount: NUMBER, PropertyKind: symbol(3), PropertyName: NUMBER,
    PropertyValue: NUMBER, PropertyFunction: NUMBER, FirstItem: NUMBER, NextItem: NUMBER, CastType: NUMBER,
    AttributeName: NUMBER, AttributeValue: NUMBER,
    // Calls.
    CallFlags: symbol(6), ArgumentCount: NUMBER, LastArgument: NUMBER, Argument: NUMBER,
    Callee: Shape::Number { contexts: 2 }, CallStart: Shape::Number { contexts: 3 }, CalleeLength: NUMBER,
    CalleeEnd: Shape::Number { contexts: 2 }, CallEnd: Shape::Number { contexts: 4 }, SameStatement: symbol(1),
    StatementStart: Shape::Number { contexts: 2 }, StatementEnd: NUMBER, CallElsewhere: symbol(1), CallFunction: NUMBER,
    // The bodies of functions.
    FunctionClass: NUMBER, ReturnType: NUMBER, ParamCount: NUMBER, ParamFlags: symbol(6), ParamBinding: NUMBER,
    ParamType: NUMBER, DecoratorCount: NUMBER, Decorator: NUMBER, CaptureCount: NUMBER, FirstCapture: NUMBER,
    NextCapture: NUMBER, ArgumentOf: NUMBER, OpCount: NUMBER, OpKind: symbol(5), OpCall: NUMBER, OpCallFlag: symbol(1),
    OpBinding: OF_OP, AssignedValue: NUMBER, OtherValue: NUMBER, OpExpr: OF_OP, StoredPlace: NUMBER,
    OpFlag: Shape::Symbol { bits: 1, contexts: 32 }, Label: OF_OP,
    OpStart: OF_OP, OpStartGuessed: OF_OP, OpEnd: OF_OP, OpEndGuessed: OF_OP, OpLength: OF_OP,
    // Classes.
    ClassFlags: symbol(5), ClassName: NUMBER, ClassExpr: NUMBER, ClassType: NUMBER, ImplementsCount: NUMBER,
    ClassFunction: NUMBER, ClassStart: NUMBER, ClassLength: NUMBER, ClassNameStart: NUMBER, ClassNameLength: NUMBER,
    MemberCount: NUMBER, MemberKind: symbol(6), ClassMemberName: NUMBER, MemberFunction: NUMBER, MemberFlags: symbol(2),
    MemberSpan: symbol(1), MemberStart: NUMBER, MemberLength: NUMBER,
    // Types.
    TypeKind: symbol(4), TypeName: NUMBER, TypeCount: NUMBER, TypePart: NUMBER, Keyword: NUMBER, TypeMemberCount: NUMBER,
    TypeMemberName: NUMBER, TypeMemberFlags: symbol(2), TypeMemberType: NUMBER,
    DeclaredBinding: NUMBER, DeclarationKind: symbol(2), DeclarationStart: NUMBER, DeclarationLength: NUMBER,
    DeclarationCount: NUMBER, DeclarationType: NUMBER, EnumName: NUMBER,
    // Imports and exports.
    ModuleName: NUMBER, ImportKind: symbol(2), ImportStart: NUMBER, ImportLength: NUMBER,
    ExportKind: symbol(2), ExportName: NUMBER, ExportValue: NUMBER,
}
