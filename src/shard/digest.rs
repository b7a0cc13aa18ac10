//! A number for a text that is the same on every machine, by which changes are noticed. It guards against accidents, not
//! against people who mean harm.

use std::fmt;

use serde::{Deserialize, Serialize};

/// FNV-1a of 64 bits.
/// Source: <http://www.isthe.com/chongo/tech/comp/fnv/index.html>.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Digest(u64);

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

impl Default for Digest {
    /// Of nothing.
    fn default() -> Self {
        Self(OFFSET)
    }
}

impl Digest {
    pub fn of(bytes: &[u8]) -> Self {
        Self::default().and(bytes)
    }

    /// Of what came before and then `bytes`, with a mark between the two.
    pub fn and(self, bytes: &[u8]) -> Self {
        let step = |hash: u64, byte: u64| (hash ^ byte).wrapping_mul(PRIME);
        let hash = bytes.iter().fold(self.0, |hash, &byte| step(hash, u64::from(byte)));
        Self(step(hash, 0xff))
    }

    pub fn to_bytes(self) -> [u8; 8] {
        self.0.to_le_bytes()
    }

    /// A number whose remainders are even: the low bits of the sum depend on the last bytes most.
    pub(super) fn spread(self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
