//! Writes the bytes of keys and entries without formatting machinery: digits, times, and pseudo-random numbers.

use crate::endpoint::time::iso;

/// In seconds.
pub(super) const DAY: u64 = 86_400;
const HEX: &[u8; 16] = b"0123456789abcdef";

/// Returns a pseudo-random number that is always the same for the same input (the finaliser of `SplitMix64`).
pub(super) fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Returns `number * share / 2^64`, which scales a random number to less than `number`.
pub(super) fn scale(number: u64, share: u64) -> u64 {
    ((u128::from(number) * u128::from(share)) >> 64) as u64
}

/// Returns the 16 hex digits of a number.
pub(super) fn hex(number: u64) -> [u8; 16] {
    let mut out = [b'0'; 16];
    for (place, char) in out.iter_mut().enumerate() {
        let digit = (number >> (60 - 4 * place)) & 15;
        *char = HEX.get(digit as usize).copied().unwrap_or(b'0');
    }
    out
}

/// Returns the last N decimal digits of a number.
pub(super) fn decimal<const N: usize>(mut number: u64) -> [u8; N] {
    let mut out = [b'0'; N];
    for char in out.iter_mut().rev() {
        *char = b'0' + (number % 10) as u8;
        number /= 10;
    }
    out
}

/// Appends a number in decimal.
pub(super) fn push_decimal(number: u64, out: &mut Vec<u8>) {
    let digits = decimal::<20>(number);
    let zeros = digits.iter().take(19).take_while(|digit| **digit == b'0').count();
    out.extend_from_slice(digits.get(zeros..).unwrap_or_default());
}

/// The dates of a span of days, formatted once.
#[derive(Debug)]
pub(super) struct Calendar {
    first: u64,
    dates: Vec<[u8; 10]>,
}

impl Calendar {
    /// Covers the days between two times in seconds since 1970.
    pub(super) fn new(from: i64, to: i64) -> Self {
        let days = from.div_euclid(DAY.cast_signed())..=to.div_euclid(DAY.cast_signed());
        let first = days.start().unsigned_abs();
        let date = |day: i64| iso(day * DAY.cast_signed() * 1_000, false).as_bytes().first_chunk().copied();
        Self { first, dates: days.filter_map(date).collect() }
    }

    /// Returns the date of a time in seconds since 1970, `2026-01-31`, and the second of that day.
    pub(super) fn date(&self, second: u64) -> ([u8; 10], u64) {
        let day = (second / DAY).wrapping_sub(self.first);
        let date = usize::try_from(day).ok().and_then(|day| self.dates.get(day));
        (date.copied().unwrap_or_default(), second % DAY)
    }

    /// Formats a time in seconds since 1970 as in listings: `2026-01-31T12:34:56.000Z`.
    pub(super) fn listed(&self, second: u64) -> [u8; 24] {
        let (date, second) = self.date(second);
        let mut out = *b"0000-00-00T00:00:00.000Z";
        let pieces = [
            (0, date.as_slice()),
            (11, &decimal::<2>(second / 3_600)),
            (14, &decimal::<2>(second / 60 % 60)),
            (17, &decimal::<2>(second % 60)),
        ];
        for (at, piece) in pieces {
            if let Some(place) = out.get_mut(at..at + piece.len()) {
                place.copy_from_slice(piece);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests;
