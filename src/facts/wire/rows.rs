//! The rows of the three largest tables: flags share a byte, and what a flag says is absent takes none.
//!
//! The format is not self-describing: a row is a tuple whose flags, which come first, tell what follows.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, SeqAccess, Visitor};
use serde::ser::SerializeTuple;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::facts::body::{Call, Function, FunctionKind, How, Op, Param, Used};
use crate::facts::ids::{CallId, ClassId, ExprId, FnId, Name, Span, TypeId};
use crate::facts::{Binding, BindingKind};

/// More fields than any row has.
const MOST_FIELDS: usize = 16;

/// A table row in its compact form.
pub(super) trait Row: Sized {
    fn write<T: SerializeTuple>(&self, tuple: &mut T) -> Result<(), T::Error>;
    fn read<'de, A: SeqAccess<'de>>(fields: &mut Fields<A>) -> Result<Self, A::Error>;
}

/// The fields of a row that is being read.
pub(super) struct Fields<A>(A);

impl<'de, A: SeqAccess<'de>> Fields<A> {
    fn next<F: Deserialize<'de>>(&mut self) -> Result<F, A::Error> {
        self.0
            .next_element()?
            .ok_or_else(|| de::Error::custom("a row ends too early"))
    }

    /// A field that is there only if `present`.
    fn next_if<F: Deserialize<'de>>(&mut self, present: bool) -> Result<Option<F>, A::Error> {
        if present { self.next().map(Some) } else { Ok(None) }
    }
}

/// Serialises a table, for `#[serde(with = "rows")]`.
pub(super) fn serialize<R: Row, S: Serializer>(rows: &[R], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(rows.iter().map(Written))
}

/// Reads a table that [`serialize`] wrote.
pub(super) fn deserialize<'de, R: Row, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<R>, D::Error> {
    let rows: Vec<Read<R>> = Vec::deserialize(deserializer)?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

struct Written<'r, R>(&'r R);

impl<R: Row> Serialize for Written<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(MOST_FIELDS)?;
        self.0.write(&mut tuple)?;
        tuple.end()
    }
}

struct Read<R>(R);

impl<'de, R: Row> Deserialize<'de> for Read<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_tuple(MOST_FIELDS, RowVisitor(PhantomData))
            .map(Read)
    }
}

struct RowVisitor<R>(PhantomData<R>);

impl<'de, R: Row> Visitor<'de> for RowVisitor<R> {
    type Value = R;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row of facts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, fields: A) -> Result<R, A::Error> {
        R::read(&mut Fields(fields))
    }
}

/// Packs answers into the bits from `first` up.
fn bits(first: u32, answers: &[bool]) -> u32 {
    answers
        .iter()
        .zip(first..)
        .map(|(&answer, bit)| u32::from(answer) << bit)
        .sum()
}

fn has(flags: u32, bit: u32) -> bool {
    flags >> bit & 1 == 1
}

/// The variant that `tag` stands for.
fn variant<T: Copy, E: de::Error>(all: &[T], tag: u32) -> Result<T, E> {
    all.get(tag as usize)
        .copied()
        .ok_or_else(|| E::custom("an unknown kind"))
}

const HOWS: [How; 4] = [How::Call, How::New, How::Super, How::Tag];

const USES: [Used; 6] = [
    Used::Dropped,
    Used::AwaitedDropped,
    Used::Receiver,
    Used::Argument,
    Used::Returned,
    Used::Value,
];

/// The function of the call before made this one too: the distance is zero.
const SAME_FUNCTION: FnId = FnId(0);

impl Row for Call {
    fn write<T: SerializeTuple>(&self, tuple: &mut T) -> Result<(), T::Error> {
        let is_elsewhere = self.function != SAME_FUNCTION;
        let flags = self.how as u32 | (self.used as u32) << 2 | bits(5, &[self.optional, is_elsewhere]);
        tuple.serialize_element(&flags)?;
        tuple.serialize_element(&self.callee)?;
        tuple.serialize_element(&self.args)?;
        if is_elsewhere {
            tuple.serialize_element(&self.function)?;
        }
        tuple.serialize_element(&(self.span, self.callee_span, self.statement))
    }

    fn read<'de, A: SeqAccess<'de>>(fields: &mut Fields<A>) -> Result<Self, A::Error> {
        let flags: u32 = fields.next()?;
        let (callee, args): (ExprId, Vec<ExprId>) = (fields.next()?, fields.next()?);
        let function = fields.next_if(has(flags, 6))?.unwrap_or(SAME_FUNCTION);
        let (span, callee_span, statement): (Span, Span, Span) = fields.next()?;
        Ok(Call {
            how: variant(&HOWS, flags & 3)?,
            callee,
            args,
            optional: has(flags, 5),
            used: variant(&USES, flags >> 2 & 7)?,
            function,
            span,
            callee_span,
            statement,
        })
    }
}

const BINDING_KINDS: [BindingKind; 11] = [
    BindingKind::Const,
    BindingKind::Let,
    BindingKind::Var,
    BindingKind::Param,
    BindingKind::Function,
    BindingKind::Class,
    BindingKind::Import,
    BindingKind::Catch,
    BindingKind::Enum,
    BindingKind::Namespace,
    BindingKind::Type,
];

impl Row for Binding {
    fn write<T: SerializeTuple>(&self, tuple: &mut T) -> Result<(), T::Error> {
        let only_value = match self.values[..] {
            [only] => Some(only),
            _ => None,
        };
        let answers = [
            self.in_loop,
            only_value.is_some(),
            self.annotation.is_some() || self.reassigned > 0,
        ];
        tuple.serialize_element(&(self.kind as u32 | bits(4, &answers)))?;
        tuple.serialize_element(&(self.name, self.function, self.span))?;
        match only_value {
            Some(value) => tuple.serialize_element(&value)?,
            None => tuple.serialize_element(&self.values)?,
        }
        if answers[2] {
            tuple.serialize_element(&(self.annotation, self.reassigned))?;
        }
        Ok(())
    }

    fn read<'de, A: SeqAccess<'de>>(fields: &mut Fields<A>) -> Result<Self, A::Error> {
        let flags: u32 = fields.next()?;
        let (name, function, span): (Name, FnId, Span) = fields.next()?;
        let values = if has(flags, 5) {
            vec![fields.next()?]
        } else {
            fields.next()?
        };
        let (annotation, reassigned): (Option<TypeId>, u16) = fields.next_if(has(flags, 6))?.unwrap_or_default();
        let kind = variant(&BINDING_KINDS, flags & 15)?;
        Ok(Binding {
            name,
            kind,
            function,
            span,
            values,
            reassigned,
            annotation,
            in_loop: has(flags, 4),
        })
    }
}

const FUNCTION_KINDS: [FunctionKind; 8] = [
    FunctionKind::Module,
    FunctionKind::Function,
    FunctionKind::Arrow,
    FunctionKind::Method,
    FunctionKind::Constructor,
    FunctionKind::Getter,
    FunctionKind::Setter,
    FunctionKind::FieldInitializers,
];

impl Row for Function {
    fn write<T: SerializeTuple>(&self, tuple: &mut T) -> Result<(), T::Error> {
        let has_call_spans = !calls_stand_at_their_spans(self);
        let is_rare = self.class.is_some() || self.return_type.is_some() || has_call_spans;
        let answers = [
            self.name.is_some(),
            !self.params.is_empty(),
            !self.captures.is_empty(),
            self.argument_of.is_some(),
            // Two bytes from here on.
            is_rare,
            self.is_async,
            self.is_generator,
            self.is_static,
            self.captures_this,
        ];
        tuple.serialize_element(&(self.kind as u32 | bits(3, &answers)))?;
        if let Some(name) = self.name {
            tuple.serialize_element(&name)?;
        }
        if !self.params.is_empty() {
            tuple.serialize_element(&self.params)?;
        }
        if !self.captures.is_empty() {
            tuple.serialize_element(&self.captures)?;
        }
        if let Some(argument_of) = self.argument_of {
            tuple.serialize_element(&argument_of)?;
        }
        if is_rare {
            tuple.serialize_element(&(self.class, self.return_type, has_call_spans))?;
        }
        // No function is its own parent, so that none takes no more than a number.
        tuple.serialize_element(&self.parent.map_or(0, |parent| parent.0.wrapping_add(1)))?;
        tuple.serialize_element(&(self.span, self.head))?;
        tuple.serialize_element(&self.ops)?;
        if has_call_spans {
            return tuple.serialize_element(&self.spans);
        }
        let spans: Vec<Span> = self
            .ops
            .iter()
            .zip(&self.spans)
            .filter(|(op, _)| !is_call(op))
            .map(|(_, &span)| span)
            .collect();
        tuple.serialize_element(&spans)
    }

    fn read<'de, A: SeqAccess<'de>>(fields: &mut Fields<A>) -> Result<Self, A::Error> {
        let flags: u32 = fields.next()?;
        let name: Option<Name> = fields.next_if(has(flags, 3))?;
        let params: Option<Vec<Param>> = fields.next_if(has(flags, 4))?;
        let captures = fields.next_if(has(flags, 5))?;
        let argument_of: Option<(CallId, u16)> = fields.next_if(has(flags, 6))?;
        let rare: Option<(Option<ClassId>, Option<TypeId>, bool)> = fields.next_if(has(flags, 7))?;
        let (class, return_type, has_call_spans) = rare.unwrap_or_default();
        let parent: u32 = fields.next()?;
        let (span, head): (Span, Span) = fields.next()?;
        let ops: Vec<Op> = fields.next()?;
        let written: Vec<Span> = fields.next()?;
        let spans = if has_call_spans {
            written
        } else {
            let mut written = written.into_iter();
            ops.iter()
                .map(|op| {
                    if is_call(op) {
                        Span::default()
                    } else {
                        written.next().unwrap_or_default()
                    }
                })
                .collect()
        };
        Ok(Function {
            name,
            kind: variant(&FUNCTION_KINDS, flags & 7)?,
            is_async: has(flags, 8),
            is_generator: has(flags, 9),
            is_static: has(flags, 10),
            parent: (parent > 0).then(|| FnId(parent.wrapping_sub(1))),
            class,
            params: params.unwrap_or_default(),
            return_type,
            ops,
            spans,
            captures: captures.unwrap_or_default(),
            captures_this: has(flags, 11),
            argument_of,
            span,
            head,
        })
    }
}

/// Whether each call's operation has the call's own span (a distance of nothing), so that it need not be written.
fn calls_stand_at_their_spans(function: &Function) -> bool {
    function.spans.len() == function.ops.len()
        && function
            .ops
            .iter()
            .zip(&function.spans)
            .all(|(op, &span)| !is_call(op) || span == Span::default())
}

fn is_call(op: &Op) -> bool {
    matches!(op, Op::Call(_))
}
