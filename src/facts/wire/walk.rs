//! The one walk over facts: it says in which order they are stored and from what each number is measured.
//!
//! Writing and reading take the same steps, so they cannot disagree: each step codes the number that is there, or puts there
//! the one that was read. What an earlier step implies is not stored: where calls and operations stand is guessed from
//! what they are made of (`extent`), and only the difference is kept.

/// One value of each variant of an enum, in the order of their tags. A variant that is missing does not compile, so whoever looks
/// for that of a value finds one.
macro_rules! all_of {
    ($of:ident: $($variant:ident $(($($part:expr),*))? $({ $($field:ident: $value:expr),* $(,)? })?),* $(,)?) => {{
        const _: fn(&$of) = |value| match value {
            $($of::$variant { .. } => {})*
        };
        [$($of::$variant $(($($part),*))? $({ $($field: $value),* })?),*]
    }};
}

mod call;
mod class;
mod expr;
mod function;
mod module;
mod op;
mod types;

use std::mem;

use thin_vec::ThinVec;

use super::coder::Way;
use super::column::Column;
use super::model::Model;
use crate::facts::FileFacts;
use crate::facts::expr::exactly;
use crate::facts::ids::{BindingId, ExprId, Exprs, FnId, Name, Span, TypeId};
use crate::facts::texts::Texts;

use expr::Blanks;

/// Items that one byte can stand for at most: an item takes a bit or more, and the surest costs a 1,400th of a byte. More
/// are a sign of broken bytes.
const MOST_ITEMS_PER_BYTE: usize = 2048;

pub(super) struct Walk<'m, W> {
    way: W,
    model: &'m mut Model,
    /// Items of lists that may still be read.
    budget: usize,
    is_broken: bool,
    blanks: Blanks,
    /// Names that occurred so far: they are numbered in the order in which they first occur.
    names: u32,
    /// The new number of each name, by the old one; for [`super::number_names`].
    renamed: Vec<Option<Name>>,
    /// Calls whose spans are known.
    known_calls: u32,
    /// The expression that is each call's result.
    results: Vec<ExprId>,
    last: Last,
}

/// From where the next number of each kind is measured.
#[derive(Default)]
struct Last {
    binding: u32,
    expr: u32,
    function: u32,
    class: u32,
    call: u32,
    ty: u32,
    offset: u32,
}

impl<'m, W: Way> Walk<'m, W> {
    /// A walk over facts that take `bytes` bytes.
    pub(super) fn new(way: W, model: &'m mut Model, bytes: usize) -> Self {
        model.restart();
        Self {
            way,
            model,
            budget: (bytes + 8).saturating_mul(MOST_ITEMS_PER_BYTE),
            is_broken: false,
            blanks: Blanks::new(),
            names: 1,
            renamed: Vec::new(),
            known_calls: 0,
            results: Vec::new(),
            last: Last::default(),
        }
    }

    /// The way, after the walk; `None` if what was read cannot be facts.
    pub(super) fn finish(self) -> Option<W> {
        (!self.is_broken).then_some(self.way)
    }

    /// The new number of each name that occurred.
    pub(super) fn into_renamed(self) -> Vec<Option<Name>> {
        self.renamed
    }

    /// Walks over everything.
    pub(super) fn facts(&mut self, facts: &mut FileFacts) {
        if W::LOOKS {
            self.renamed = vec![None; facts.names.len()];
            if let Some(empty) = self.renamed.first_mut() {
                *empty = Some(Name(0));
            }
        }
        self.texts(&mut facts.names);
        // Each may use what those before it gave.
        let tables: &[fn(&mut Self, &mut FileFacts)] = match W::LOOKS {
            // Calls and bodies mention no name.
            true => &[
                Self::expressions,
                Self::bindings,
                Self::heads,
                Self::classes,
                Self::types,
                Self::modules,
            ],
            false => &[
                Self::expressions,
                Self::bindings,
                Self::heads,
                Self::calls,
                Self::bodies,
                Self::classes,
                Self::types,
                Self::modules,
            ],
        };
        for table in tables {
            if !self.is_broken {
                table(self, facts);
            }
        }
    }

    /// Codes a number in place.
    fn number(&mut self, column: Column, value: &mut u32) {
        *value = self.model.number(&mut self.way, column, *value);
    }

    fn number_in(&mut self, column: Column, context: usize, value: &mut u32) {
        *value = self.model.number_in(&mut self.way, column, context, *value);
    }

    fn small(&mut self, column: Column, value: &mut u16) {
        *value = self.model.number(&mut self.way, column, u32::from(*value)) as u16;
    }

    fn symbol(&mut self, column: Column, value: u32) -> u32 {
        self.model.symbol(&mut self.way, column, value)
    }

    fn symbol_in(&mut self, column: Column, context: usize, value: u32) -> u32 {
        self.model.symbol_in(&mut self.way, column, context, value)
    }

    /// Codes yes or no in place.
    fn flag(&mut self, column: Column, value: &mut bool) {
        *value = self.symbol(column, u32::from(*value)) == 1;
    }

    fn flag_in(&mut self, column: Column, context: usize, value: &mut bool) {
        *value = self.symbol_in(column, context, u32::from(*value)) == 1;
    }

    /// Codes a number by its distance from a guess, in place.
    fn near(&mut self, column: Column, value: &mut u32, guess: u32) {
        let mut folded = fold(value.wrapping_sub(guess));
        self.number(column, &mut folded);
        *value = guess.wrapping_add(unfold(folded));
    }

    fn near_in(&mut self, column: Column, context: usize, value: &mut u32, guess: u32) {
        let mut folded = fold(value.wrapping_sub(guess));
        self.number_in(column, context, &mut folded);
        *value = guess.wrapping_add(unfold(folded));
    }

    /// Codes a number that is below `above`, by how far.
    fn below(&mut self, column: Column, value: &mut u32, above: u32) {
        let mut distance = above.wrapping_sub(*value).wrapping_sub(1);
        self.number(column, &mut distance);
        *value = above.wrapping_sub(distance).wrapping_sub(1);
    }

    fn below_in(&mut self, column: Column, context: usize, value: &mut u32, above: u32) {
        let mut distance = above.wrapping_sub(*value).wrapping_sub(1);
        self.number_in(column, context, &mut distance);
        *value = above.wrapping_sub(distance).wrapping_sub(1);
    }

    /// Codes how many items a list has, and makes room for them where they are read.
    fn list<T: Clone>(&mut self, column: Column, list: &mut Vec<T>, blank: &T) {
        let mut count = list.len() as u32;
        self.number(column, &mut count);
        if W::READS {
            match self.budget.checked_sub(count as usize) {
                Some(left) => self.budget = left,
                None => {
                    self.is_broken = true;
                    count = 0;
                }
            }
            list.clear();
            list.resize(count as usize, blank.clone());
        }
    }

    /// As [`Self::list`], of a few expressions.
    fn few(&mut self, column: Column, list: &mut Exprs) {
        if W::READS {
            let mut read = Vec::new();
            self.list(column, &mut read, &ExprId(0));
            *list = read.into();
        } else {
            self.number(column, &mut (list.len() as u32));
        }
    }

    fn boxed<T: Clone>(&mut self, column: Column, list: &mut Box<[T]>, blank: &T) {
        if W::READS {
            let mut read = Vec::new();
            self.list(column, &mut read, blank);
            *list = read.into_boxed_slice();
        } else {
            self.number(column, &mut (list.len() as u32));
        }
    }

    fn thin<T: Clone>(&mut self, column: Column, list: &mut ThinVec<T>, blank: &T) {
        if W::READS {
            let mut read = Vec::new();
            self.list(column, &mut read, blank);
            *list = exactly(read);
        } else {
            self.number(column, &mut (list.len() as u32));
        }
    }

    /// Codes which of `blanks` has the variant of `value`; where it is read, `value` becomes that blank.
    fn variant<T: Clone>(&mut self, column: Column, value: &mut T, blanks: &[T]) {
        let kind = mem::discriminant(value);
        let tag = blanks.iter().position(|blank| mem::discriminant(blank) == kind);
        let tag = self.symbol(column, tag.expect("every variant has a blank") as u32);
        if W::READS {
            match blanks.get(tag as usize) {
                Some(blank) => *value = blank.clone(),
                None => self.is_broken = true,
            }
        }
    }

    /// Codes whether there is a value; one to be read is `blank` for now.
    fn presence<T>(is_present: bool, value: &mut Option<T>, blank: T) {
        if W::READS {
            *value = is_present.then_some(blank);
        }
    }

    fn texts(&mut self, names: &mut Texts) {
        if W::LOOKS {
            return;
        }
        let mut texts: Vec<Box<str>> = names.iter().map(Box::from).collect();
        self.list(Column::TableLength, &mut texts, &Box::default());
        for text in texts.iter_mut().skip(1) {
            self.text(text);
        }
        if W::READS {
            *names = texts.iter().map(|text| &**text).collect();
        }
    }

    /// Codes a text up to a zero byte; the bytes 0 and 1 in it come after a 1.
    fn text(&mut self, text: &mut Box<str>) {
        let mut written = text.bytes().flat_map(|byte| {
            let (first, second) = if byte < 2 { (1, Some(byte + 1)) } else { (byte, None) };
            [Some(first), second].into_iter().flatten()
        });
        let mut read = Vec::new();
        let mut before = [0, 0];
        let mut is_escaped = false;
        loop {
            let byte = self.model.byte(&mut self.way, before, written.next().unwrap_or(0));
            before = [byte, before[0]];
            match (byte, is_escaped) {
                (0, _) => break,
                (1, false) => is_escaped = true,
                (_, true) => {
                    is_escaped = false;
                    read.push(byte - 1);
                }
                (_, false) => read.push(byte),
            }
            if W::READS {
                let Some(left) = self.budget.checked_sub(1) else {
                    self.is_broken = true;
                    break;
                };
                self.budget = left;
            }
        }
        if W::READS {
            match String::from_utf8(read) {
                Ok(read) => *text = read.into_boxed_str(),
                Err(_) => self.is_broken = true,
            }
        }
    }

    fn name(&mut self, column: Column, name: &mut Name) {
        self.name_in(column, None, name);
    }

    /// A name: how long ago it first occurred, or nothing for the next new one.
    fn name_in(&mut self, column: Column, context: Option<usize>, name: &mut Name) {
        if W::LOOKS {
            if let Some(renamed) = self.renamed.get_mut(name.index()) {
                let new = *renamed.get_or_insert_with(|| {
                    self.names += 1;
                    Name(self.names - 1)
                });
                *name = new;
            }
            return;
        }
        let next = self.names;
        match context {
            Some(context) => self.near_in(column, context, &mut name.0, next),
            None => self.near(column, &mut name.0, next),
        }
        self.names = self.names.max(name.0.wrapping_add(1));
    }

    fn binding(&mut self, column: Column, binding: &mut BindingId) {
        let guess = self.last.binding;
        self.near(column, &mut binding.0, guess);
        self.last.binding = binding.0.wrapping_add(1);
    }

    fn function(&mut self, column: Column, function: &mut FnId) {
        let guess = self.last.function;
        self.near(column, &mut function.0, guess);
        self.last.function = function.0.wrapping_add(1);
    }

    fn ty(&mut self, column: Column, ty: &mut TypeId) {
        let guess = self.last.ty;
        self.near(column, &mut ty.0, guess);
        self.last.ty = ty.0;
    }

    fn expr_near(&mut self, column: Column, expr: &mut ExprId) {
        let guess = self.last.expr;
        self.near(column, &mut expr.0, guess);
        self.last.expr = expr.0;
    }

    /// A span that begins near where the one before ended: start and length.
    fn span(&mut self, start: Column, length: Column, span: &mut Span) {
        let guess = self.last.offset;
        self.near(start, &mut span.start, guess);
        self.near(length, &mut span.end, span.start);
        self.last.offset = span.end;
    }
}

/// Small distances of both signs become small numbers.
fn fold(distance: u32) -> u32 {
    (distance << 1) ^ (distance.cast_signed() >> 31).cast_unsigned()
}

fn unfold(folded: u32) -> u32 {
    (folded >> 1) ^ (folded & 1).wrapping_neg()
}

/// The length of an interned text, 0 for one that is not there.
fn length(facts: &FileFacts, name: Name) -> u32 {
    facts.names.get(name.index()).map_or(0, |text| text.len() as u32)
}
