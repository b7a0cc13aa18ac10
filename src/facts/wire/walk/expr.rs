//! The table of expressions: most parts of one are the expressions just before it.

use thin_vec::ThinVec;

use super::Walk;
use crate::facts::FileFacts;
use crate::facts::expr::{BinaryOperator, Expr, JsxAttribute, Literal, LogicalOperator, Property, UnaryOperator};
use crate::facts::ids::{BindingId, CallId, ClassId, ExprId, FnId, Name, TypeId};
use crate::facts::wire::coder::Way;
use crate::facts::wire::column::Column;

const NAME: Name = Name(0);
const EXPR: ExprId = ExprId(0);
const FUNCTION: FnId = FnId(0);

/// One value of each variant, to be filled when it is read. Their order is the order of the tags.
pub(super) struct Blanks {
    exprs: Vec<Expr>,
    literals: [Literal; 7],
    properties: [Property; 5],
}

impl Blanks {
    pub(super) fn new() -> Self {
        Self {
            exprs: exprs(),
            literals: all_of!(Literal:
                String(NAME),
                Number(NAME),
                Bool(false),
                Null,
                Undefined,
                BigInt(NAME),
                Regex(NAME),
            ),
            properties: all_of!(Property:
                Field {
                    name: NAME,
                    value: EXPR,
                },
                Getter {
                    name: NAME,
                    function: FUNCTION,
                },
                Setter {
                    name: NAME,
                    function: FUNCTION,
                },
                Computed { key: EXPR, value: EXPR },
                Spread(EXPR),
            ),
        }
    }
}

fn exprs() -> Vec<Expr> {
    Vec::from(all_of!(Expr:
        Opaque,
        Literal(Literal::Null),
        Binding(BindingId(0)),
        Global(NAME),
        This(FUNCTION),
        Super(FUNCTION),
        Module(NAME),
        DynamicImport(NAME),
        Import {
            module: NAME,
            name: NAME,
        },
        Param {
            function: FUNCTION,
            index: 0,
        },
        RestParam {
            function: FUNCTION,
            index: 0,
        },
        Arguments(FUNCTION),
        Member {
            object: EXPR,
            name: NAME,
            optional: false,
        },
        Element {
            object: EXPR,
            key: EXPR,
            optional: false,
        },
        Item(EXPR),
        Index { of: EXPR, index: 0 },
        Key(EXPR),
        Rest(EXPR),
        Call(CallId(0)),
        Function(FUNCTION),
        Class(ClassId(0)),
        Object(ThinVec::new()),
        Array(ThinVec::new()),
        Spread(EXPR),
        Template(ThinVec::new()),
        Unary {
            operator: UnaryOperator::Not,
            of: EXPR,
        },
        Binary {
            operator: BinaryOperator::Equal,
            left: EXPR,
            right: EXPR,
        },
        Logical {
            operator: LogicalOperator::Or,
            left: EXPR,
            right: EXPR,
        },
        Conditional {
            test: EXPR,
            yes: EXPR,
            no: EXPR,
        },
        Await(EXPR),
        Yield(EXPR),
        Caught,
        Cast {
            value: EXPR,
            ty: TypeId(0),
        },
        Jsx {
            tag: EXPR,
            attributes: ThinVec::new(),
        },
    ))
}

const UNARY: [UnaryOperator; 5] = all_of!(UnaryOperator:
    Not,
    TypeOf,
    Void,
    Delete,
    Arithmetic,
);

const BINARY: [BinaryOperator; 15] = all_of!(BinaryOperator:
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Mask,
    Arithmetic,
    InstanceOf,
    In,
);

const LOGICAL: [LogicalOperator; 3] = all_of!(LogicalOperator:Or, And, Nullish);

/// Which kind of expression a name or a part belongs to: the context of its odds.
#[derive(Clone, Copy)]
enum Of {
    Global,
    Module,
    DynamicImport,
    This,
    Super,
    Arguments,
    Function,
    Param,
    Item,
    Index,
    Key,
    Rest,
    Spread,
    Unary,
    Left,
    Right,
    Test,
    Yes,
    No,
    Await,
    Yield,
    Cast,
    Tag,
}

impl<W: Way> Walk<'_, W> {
    pub(super) fn expressions(&mut self, facts: &mut FileFacts) {
        self.list(Column::TableLength, &mut facts.exprs, &Expr::Opaque);
        self.results = Vec::new();
        for (at, expr) in facts.exprs.iter_mut().enumerate() {
            self.expr(expr, at as u32);
        }
    }

    fn expr(&mut self, expr: &mut Expr, at: u32) {
        let blanks = std::mem::take(&mut self.blanks.exprs);
        self.variant(Column::ExprKind, expr, &blanks);
        self.blanks.exprs = blanks;
        match expr {
            Expr::Opaque | Expr::Caught => {}
            Expr::Literal(literal) => self.literal(literal),
            Expr::Binding(binding) => self.binding(Column::ExprBinding, binding),
            Expr::Global(name) => self.name_in(Column::ExprName, Some(Of::Global as usize), name),
            Expr::Module(name) => self.name_in(Column::ExprName, Some(Of::Module as usize), name),
            Expr::DynamicImport(name) => self.name_in(Column::ExprName, Some(Of::DynamicImport as usize), name),
            Expr::This(function) => self.function_of(Of::This, function),
            Expr::Super(function) => self.function_of(Of::Super, function),
            Expr::Arguments(function) => self.function_of(Of::Arguments, function),
            Expr::Function(function) => self.function_of(Of::Function, function),
            Expr::Import { module, name } => {
                self.name(Column::ImportModule, module);
                self.name(Column::ImportName, name);
            }
            Expr::Param { function, index } | Expr::RestParam { function, index } => {
                self.function_of(Of::Param, function);
                // More parameters of the same function are likely.
                self.last.function = function.0;
                self.small(Column::Position, index);
            }
            Expr::Member { object, name, optional } => {
                self.below(Column::MemberObject, &mut object.0, at);
                self.name(Column::MemberName, name);
                self.flag(Column::IsOptional, optional);
            }
            Expr::Element { object, key, optional } => {
                self.below(Column::ElementObject, &mut object.0, at);
                self.below(Column::ElementKey, &mut key.0, at);
                self.flag(Column::IsOptional, optional);
            }
            Expr::Item(of) => self.part(Of::Item, of, at),
            Expr::Index { of, index } => {
                self.part(Of::Index, of, at);
                self.small(Column::Position, index);
            }
            Expr::Key(of) => self.part(Of::Key, of, at),
            Expr::Rest(of) => self.part(Of::Rest, of, at),
            Expr::Spread(of) => self.part(Of::Spread, of, at),
            Expr::Await(of) => self.part(Of::Await, of, at),
            Expr::Yield(of) => self.part(Of::Yield, of, at),
            Expr::Call(call) => {
                let guess = self.last.call;
                self.near(Column::ExprCall, &mut call.0, guess);
                self.last.call = call.0.wrapping_add(1);
                if call.index() == self.results.len() {
                    self.results.push(ExprId(at));
                }
            }
            Expr::Class(class) => {
                let guess = self.last.class;
                self.near(Column::ExprClass, &mut class.0, guess);
                self.last.class = class.0.wrapping_add(1);
            }
            Expr::Object(properties) => {
                self.thin(Column::ItemCount, properties, &Property::Spread(EXPR));
                for property in properties {
                    self.property(property, at);
                }
            }
            Expr::Array(items) | Expr::Template(items) => {
                self.thin(Column::ItemCount, items, &EXPR);
                let mut before = None;
                for item in items {
                    match before {
                        None => self.below(Column::FirstItem, &mut item.0, at),
                        Some(before) => self.near(Column::NextItem, &mut item.0, before),
                    }
                    before = Some(item.0);
                }
            }
            Expr::Unary { operator, of } => {
                self.operator(0, operator, &UNARY);
                self.part(Of::Unary, of, at);
            }
            Expr::Binary { operator, left, right } => {
                self.operator(1, operator, &BINARY);
                self.part(Of::Left, left, at);
                self.part(Of::Right, right, at);
            }
            Expr::Logical { operator, left, right } => {
                self.operator(2, operator, &LOGICAL);
                self.part(Of::Left, left, at);
                self.part(Of::Right, right, at);
            }
            Expr::Conditional { test, yes, no } => {
                self.part(Of::Test, test, at);
                self.part(Of::Yes, yes, at);
                self.part(Of::No, no, at);
            }
            Expr::Cast { value, ty } => {
                self.part(Of::Cast, value, at);
                self.ty(Column::CastType, ty);
            }
            Expr::Jsx { tag, attributes } => {
                self.part(Of::Tag, tag, at);
                let blank = JsxAttribute {
                    name: NAME,
                    value: EXPR,
                };
                self.thin(Column::ItemCount, attributes, &blank);
                for attribute in attributes {
                    self.name(Column::AttributeName, &mut attribute.name);
                    self.below(Column::AttributeValue, &mut attribute.value.0, at);
                }
            }
        }
    }

    fn literal(&mut self, literal: &mut Literal) {
        let blanks = self.blanks.literals.clone();
        self.variant(Column::LiteralKind, literal, &blanks);
        match literal {
            Literal::String(name) | Literal::Number(name) | Literal::BigInt(name) | Literal::Regex(name) => {
                self.name(Column::LiteralName, name);
            }
            Literal::Bool(value) => self.flag(Column::LiteralBool, value),
            Literal::Null | Literal::Undefined => {}
        }
    }

    fn property(&mut self, property: &mut Property, at: u32) {
        let blanks = self.blanks.properties.clone();
        self.variant(Column::PropertyKind, property, &blanks);
        match property {
            Property::Field { name, value } => {
                self.name(Column::PropertyName, name);
                self.below(Column::PropertyValue, &mut value.0, at);
            }
            Property::Getter { name, function } | Property::Setter { name, function } => {
                self.name(Column::PropertyName, name);
                self.function(Column::PropertyFunction, function);
            }
            Property::Computed { key, value } => {
                self.below(Column::PropertyValue, &mut key.0, at);
                self.below(Column::PropertyValue, &mut value.0, at);
            }
            Property::Spread(value) => self.below(Column::PropertyValue, &mut value.0, at),
        }
    }

    fn part(&mut self, of: Of, part: &mut ExprId, at: u32) {
        self.below_in(Column::Part, of as usize, &mut part.0, at);
    }

    fn function_of(&mut self, of: Of, function: &mut FnId) {
        let guess = self.last.function;
        self.near_in(Column::ExprFunction, of as usize, &mut function.0, guess);
        self.last.function = function.0.wrapping_add(1);
    }

    fn operator<T: Copy + PartialEq>(&mut self, context: usize, operator: &mut T, all: &[T]) {
        let tag = all.iter().position(|each| each == operator);
        let tag = tag.expect("every operator is listed") as u32;
        let tag = self.symbol_in(Column::Operator, context, tag);
        match all.get(tag as usize) {
            Some(read) => *operator = *read,
            None => self.is_broken = true,
        }
    }
}
