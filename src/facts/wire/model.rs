//! The odds of every bit, learnt on the way: each column has its own, and those of text depend on the two bytes before.
//!
//! Writer and reader start from the same odds and see the same bits, so they agree without a table of odds in the bytes.

use super::coder::{WHOLE, Way};
use super::column::{Column, SHAPES, Shape};

/// Sizes of numbers (bits after the first) that have odds of their own; larger ones share.
const SIZES: usize = 20;

/// Odds of the bits after the first one, for each size: the first three of them.
const LEADING: usize = 8;

/// Bits after the first of which the odds are learnt; what follows is even.
const LEARNT: u32 = 3;

/// Greatest size of a number, in bits after the first.
const MOST_BITS: u32 = 32;

/// Entries for pairs of bytes, shared by those of the same hash.
const PAIRS: usize = 1 << 16;

/// How far odds move when a bit was seen so many times, in 1024ths: 1 / (seen + 1.6).
const RATES: [i32; 16] = [640, 393, 284, 222, 182, 155, 134, 119, 106, 96, 88, 81, 75, 70, 65, 61];

/// The odds of one bit: of [`WHOLE`] in the high 12 bits, how often it was seen, up to 15 times, in the low 4.
#[derive(Clone, Copy)]
struct Odds(u16);

impl Odds {
    const EVEN: Self = Self((WHOLE as u16 / 2) << 4);

    #[inline]
    fn of_one(self) -> u32 {
        u32::from(self.0 >> 4)
    }

    #[inline]
    fn seen(self) -> u32 {
        u32::from(self.0 & 15)
    }

    /// Moves towards what was seen: far at first, less each time.
    #[inline]
    fn learn(&mut self, bit: bool) {
        let (now, seen) = (self.of_one().cast_signed(), self.seen());
        let goal = if bit { WHOLE.cast_signed() - 1 } else { 0 };
        let next = (now + (goal - now) * RATES[seen as usize] / 1024).clamp(1, WHOLE.cast_signed() - 1);
        self.0 = ((next as u16) << 4) | (seen + 1).min(15) as u16;
    }
}

/// All odds.
pub(super) struct Model {
    numbers: Vec<Odds>,
    /// Where the odds of each column begin.
    starts: Vec<usize>,
    /// What the odds of each column's next number depend on.
    contexts: Vec<usize>,
    /// By the byte before.
    bytes: Vec<Odds>,
    /// By a hash of the two bytes before.
    pairs: Vec<Odds>,
}

impl Model {
    pub(super) fn new() -> Self {
        let mut starts = Vec::with_capacity(SHAPES.len());
        let mut count = 0;
        for shape in SHAPES {
            starts.push(count);
            count += match shape {
                Shape::Number { contexts } => contexts * SIZES + SIZES * LEADING,
                Shape::Symbol { bits, contexts } => contexts << bits,
            };
        }
        Self {
            numbers: vec![Odds::EVEN; count],
            starts,
            contexts: vec![0; SHAPES.len()],
            bytes: vec![Odds::EVEN; 256 * 256],
            pairs: vec![Odds::EVEN; PAIRS],
        }
    }

    /// A model for walks that look only.
    pub(super) const fn empty() -> Self {
        Self {
            numbers: Vec::new(),
            starts: Vec::new(),
            contexts: Vec::new(),
            bytes: Vec::new(),
            pairs: Vec::new(),
        }
    }

    /// Becomes equal to `other`, in the room that there is.
    pub(super) fn copy(&mut self, other: &Self) {
        self.numbers.clone_from(&other.numbers);
        self.starts.clone_from(&other.starts);
        self.contexts.clone_from(&other.contexts);
        self.bytes.clone_from(&other.bytes);
        self.pairs.clone_from(&other.pairs);
    }

    /// Begins another file: the odds stay.
    pub(super) fn restart(&mut self) {
        self.contexts.fill(0);
    }

    /// Codes a number; its odds depend on the one before in the column.
    pub(super) fn number<W: Way>(&mut self, way: &mut W, column: Column, value: u32) -> u32 {
        if W::LOOKS {
            return value;
        }
        let context = self.contexts[column as usize];
        let value = self.number_in(way, column, context, value);
        self.contexts[column as usize] = match value {
            0..=2 => value as usize,
            3 => 3,
            4..=7 => 4,
            8..=15 => 5,
            _ => 6,
        };
        value
    }

    /// Codes a number; its odds depend on `context`.
    pub(super) fn number_in<W: Way>(&mut self, way: &mut W, column: Column, context: usize, value: u32) -> u32 {
        if W::LOOKS {
            return value;
        }
        let (Shape::Number { contexts } | Shape::Symbol { contexts, .. }) = SHAPES[column as usize];
        let start = self.starts[column as usize];
        let sizes = start + context.min(contexts - 1) * SIZES;
        let wanted = u64::from(value) + 1;
        let wanted_size = wanted.ilog2();
        let mut size = 0;
        while size < MOST_BITS && self.bit(way, sizes + (size as usize).min(SIZES - 1), size < wanted_size) {
            size += 1;
        }
        let leading = start + contexts * SIZES + (size as usize).min(SIZES - 1) * LEADING;
        let mut read = 1_u64;
        for at in (0..size).rev() {
            let bit = wanted >> at & 1 == 1;
            let bit = if size - at <= LEARNT {
                self.bit(way, leading + read as usize, bit)
            } else {
                way.bit(WHOLE / 2, bit)
            };
            read = read << 1 | u64::from(bit);
        }
        (read - 1) as u32
    }

    /// Codes a symbol; its odds depend on the one before in the column.
    pub(super) fn symbol<W: Way>(&mut self, way: &mut W, column: Column, value: u32) -> u32 {
        if W::LOOKS {
            return value;
        }
        let context = self.contexts[column as usize];
        let value = self.symbol_in(way, column, context, value);
        self.contexts[column as usize] = value as usize;
        value
    }

    /// Codes a symbol; its odds depend on `context`.
    pub(super) fn symbol_in<W: Way>(&mut self, way: &mut W, column: Column, context: usize, value: u32) -> u32 {
        if W::LOOKS {
            return value;
        }
        let Shape::Symbol { bits, contexts } = SHAPES[column as usize] else {
            return self.number_in(way, column, context, value);
        };
        let start = self.starts[column as usize] + (context.min(contexts - 1) << bits);
        let mut read = 1;
        for at in (0..bits).rev() {
            let bit = self.bit(way, start + read, value >> at & 1 == 1);
            read = read << 1 | usize::from(bit);
        }
        (read - (1 << bits)) as u32
    }

    /// Codes a byte of text after the two `before` it, the nearest first.
    pub(super) fn byte<W: Way>(&mut self, way: &mut W, before: [u8; 2], value: u8) -> u8 {
        let by_one = usize::from(before[0]) << 8;
        let hash = (u32::from(before[0]) << 8 | u32::from(before[1])).wrapping_mul(0x9e37_79b1);
        let mut read = 1_usize;
        for at in (0..8).rev() {
            let wanted = value >> at & 1 == 1;
            let pair = (hash.wrapping_add((read as u32).wrapping_mul(0x85eb_ca6b)) >> 16) as usize % PAIRS;
            let (one, two) = (self.bytes[by_one + read], self.pairs[pair]);
            // The more often the pair was seen, the less the single byte counts.
            let trust = match two.seen() {
                0 => 0,
                1 => 1,
                2..=4 => 2,
                _ => 3,
            };
            let odds = two.of_one() + one.of_one() / (1 << trust) - two.of_one() / (1 << trust);
            let bit = way.bit(odds.clamp(1, WHOLE - 1), wanted);
            self.bytes[by_one + read].learn(bit);
            if two.seen() == 0 {
                self.pairs[pair].0 = one.0 & !15;
            }
            self.pairs[pair].learn(bit);
            read = read << 1 | usize::from(bit);
        }
        read as u8
    }

    #[inline]
    fn bit<W: Way>(&mut self, way: &mut W, at: usize, wanted: bool) -> bool {
        let odds = &mut self.numbers[at];
        let bit = way.bit(odds.of_one(), wanted);
        odds.learn(bit);
        bit
    }
}
