//! The line hash by which GitHub code scanning recognises a finding after lines moved (`primaryLocationLineHash`).
//!
//! A line's hash covers 100 UTF-16 units of the file from the line's start, without spaces and tabs, with every line end
//! as `\n`, a unit 0xFFFF for the end of the file, and zeros after it. Equal hashes are told apart by a count.
//! Source of the format: <https://github.com/github/codeql-action/blob/main/src/fingerprints.ts>.

use rustc_hash::FxHashMap;

/// Units that one hash covers.
const BLOCK: usize = 100;

/// Base of the polynomial.
const BASE: u64 = 37;

const END_OF_FILE: u16 = 0xffff;

/// The hash of each line, in order.
pub fn line_hashes(text: &str) -> Vec<String> {
    let (units, starts) = significant_units(text);
    let unit = |at: usize| units.get(at).map_or(0, |&unit| u64::from(unit));
    let leaving = (0..BLOCK).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
    let mut hashes = Vec::with_capacity(starts.len());
    let mut next_start = starts.into_iter().peekable();
    let mut hash = (0..BLOCK).fold(0_u64, |hash, at| hash.wrapping_mul(BASE).wrapping_add(unit(at)));
    for at in 0..units.len() {
        if next_start.next_if_eq(&at).is_some() {
            let count = seen.entry(hash).or_default();
            *count += 1;
            hashes.push(format!("{hash:x}:{count}"));
        }
        hash = hash
            .wrapping_mul(BASE)
            .wrapping_add(unit(at + BLOCK))
            .wrapping_sub(leaving.wrapping_mul(unit(at)));
    }
    hashes
}

/// The units that count, the end included, and the position of each line's first.
fn significant_units(text: &str) -> (Vec<u16>, Vec<usize>) {
    const LINE_FEED: u16 = b'\n' as u16;
    const RETURN: u16 = b'\r' as u16;
    let mut units = Vec::with_capacity(text.len() + 1);
    let mut starts = Vec::new();
    let (mut at_line_start, mut after_return) = (true, false);
    for unit in text.encode_utf16().chain([END_OF_FILE]) {
        let is_blank = unit == u16::from(b' ') || unit == u16::from(b'\t');
        if is_blank || (after_return && unit == LINE_FEED) {
            after_return = false;
            continue;
        }
        after_return = unit == RETURN;
        let unit = if after_return { LINE_FEED } else { unit };
        if at_line_start {
            starts.push(units.len());
        }
        at_line_start = unit == LINE_FEED;
        units.push(unit);
    }
    (units, starts)
}
