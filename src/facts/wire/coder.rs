//! Turns bits with known odds into bytes and back: an arithmetic coder of 32 bits.
//!
//! A bit that was likely takes a small part of a bit in the output, one that was not takes more than one.

/// Parts of the whole in which odds are given: 12 bits.
pub(super) const WHOLE: u32 = 1 << 12;

/// One direction through facts: the same walk writes, reads, or only looks.
pub(super) trait Way {
    /// What the walk meets is overwritten by what was stored.
    const READS: bool;
    /// Nothing is stored or read: the walk is taken for the order in which it meets things.
    const LOOKS: bool = false;

    /// Codes one bit; `odds` of [`WHOLE`] are for a one, neither none nor all. Gives the bit: `wanted`, or what is read.
    fn bit(&mut self, odds: u32, wanted: bool) -> bool;
}

/// Where the interval of a coder is cut by the odds.
#[inline]
fn middle(low: u32, high: u32, odds: u32) -> u32 {
    low + ((u64::from(high - low) * u64::from(odds)) / u64::from(WHOLE)) as u32
}

/// Whether the first byte of both ends is the same, so that it is settled.
#[inline]
fn is_settled(low: u32, high: u32) -> bool {
    (low ^ high) >> 24 == 0
}

pub(super) struct Writer {
    low: u32,
    high: u32,
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self {
            low: 0,
            high: u32::MAX,
            bytes: Vec::new(),
        }
    }

    /// All bytes; those after the end count as zeros, so as few as possible are written.
    pub(super) fn finish(mut self) -> Vec<u8> {
        for kept in 0..=4_u32 {
            let dropped = u32::MAX.checked_shr(8 * kept).unwrap_or(0);
            let Some(end) = self.low.checked_add(dropped).map(|end| end & !dropped) else {
                continue;
            };
            if end <= self.high {
                self.bytes.extend_from_slice(&end.to_be_bytes()[..kept as usize]);
                break;
            }
        }
        while self.bytes.last() == Some(&0) {
            self.bytes.pop();
        }
        self.bytes
    }
}

impl Way for Writer {
    const READS: bool = false;

    #[inline]
    fn bit(&mut self, odds: u32, wanted: bool) -> bool {
        let middle = middle(self.low, self.high, odds);
        if wanted {
            self.high = middle;
        } else {
            self.low = middle + 1;
        }
        while is_settled(self.low, self.high) {
            self.bytes.push((self.high >> 24) as u8);
            self.low <<= 8;
            self.high = self.high << 8 | 0xff;
        }
        wanted
    }
}

pub(super) struct Reader<'b> {
    low: u32,
    high: u32,
    /// The four bytes that are looked at.
    window: u32,
    rest: std::slice::Iter<'b, u8>,
}

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        let mut reader = Self {
            low: 0,
            high: u32::MAX,
            window: 0,
            rest: bytes.iter(),
        };
        for _ in 0..4 {
            reader.take_byte();
        }
        reader
    }

    fn take_byte(&mut self) {
        self.window = self.window << 8 | u32::from(self.rest.next().copied().unwrap_or(0));
    }
}

impl Way for Reader<'_> {
    const READS: bool = true;

    #[inline]
    fn bit(&mut self, odds: u32, _wanted: bool) -> bool {
        let middle = middle(self.low, self.high, odds);
        let bit = self.window <= middle;
        if bit {
            self.high = middle;
        } else {
            self.low = middle + 1;
        }
        while is_settled(self.low, self.high) {
            self.low <<= 8;
            self.high = self.high << 8 | 0xff;
            self.take_byte();
        }
        bit
    }
}

/// Goes the way and does nothing.
pub(super) struct Looker;

impl Way for Looker {
    const READS: bool = false;
    const LOOKS: bool = true;

    fn bit(&mut self, _odds: u32, wanted: bool) -> bool {
        wanted
    }
}
