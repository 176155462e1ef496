//! The texts of a listing: where they end, and what their characters stand for.

use memchr::{memchr, memchr2};

use super::xml::{DecodeError, Result};

/// Returns the number of bytes before the first `<` or `&`. Most texts are so short that calling `memchr` takes longer.
#[inline]
pub(super) fn plain_text(text: &[u8]) -> usize {
    let stops = |byte: &u8| matches!(byte, b'<' | b'&');
    // Without branches, so that the compiler can compare a block at once.
    let is_plain = |block: &&[u8; 16]| !block.iter().fold(false, |found, byte| found | stops(byte));
    let plain = text.as_chunks::<16>().0.iter().take_while(is_plain).count() * 16;
    let rest = text.get(plain..).unwrap_or_default();
    let in_word = |word: u64| zero_bytes(word ^ repeated(b'<')) | zero_bytes(word ^ repeated(b'&'));
    let (words, tail) = rest.as_chunks::<8>();
    for (n, word) in words.iter().enumerate() {
        let found = in_word(u64::from_le_bytes(*word));
        if found != 0 {
            return plain + n * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    plain + words.len() * 8 + tail.iter().position(stops).unwrap_or(tail.len())
}

const fn repeated(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Returns a word whose lowest bit that is set belongs to the lowest zero byte of `word`; zero if there is none
/// (<https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord>).
const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(repeated(1)) & !word & repeated(0x80)
}

/// Appends `text` with entity references resolved.
pub(super) fn unescape(text: &[u8], at: usize, out: &mut Vec<u8>) -> Result<()> {
    let mut rest = text;
    while let Some(amp) = memchr(b'&', rest) {
        let (before, from_amp) = rest.split_at(amp);
        out.extend_from_slice(before);
        let Some(semicolon) = memchr(b';', from_amp.get(..12).unwrap_or(from_amp)) else {
            return Err(DecodeError::new("an entity reference has no end", at));
        };
        let name = from_amp.get(1..semicolon).unwrap_or_default();
        let mut utf8 = [0; 4];
        out.extend_from_slice(
            entity(name)
                .ok_or(DecodeError::new("an unknown entity reference", at))?
                .encode_utf8(&mut utf8)
                .as_bytes(),
        );
        rest = from_amp.get(semicolon + 1..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    Ok(())
}

fn entity(name: &[u8]) -> Option<char> {
    match name {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        [b'#', b'x' | b'X', hex @ ..] => char::from_u32(u32::from_str_radix(digits(hex)?, 16).ok()?),
        [b'#', decimal @ ..] => char::from_u32(digits(decimal)?.parse().ok()?),
        _ => None,
    }
}

/// Returns the digits of a character reference; `from_str_radix` would accept a sign too.
fn digits(text: &[u8]) -> Option<&str> {
    std::str::from_utf8(text).ok().filter(|t| t.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Decodes `text` in place, with `+` as space, as `encoding-type=url` specifies. Returns the length of the decoded text.
pub(super) fn percent_decode(text: &mut [u8], at: usize) -> Result<usize> {
    let wrong = DecodeError::new("a key is not url-encoded as announced", at);
    let (mut from, mut to) = (0, 0);
    while let Some(stop) = text.get(from..).and_then(|rest| memchr2(b'%', b'+', rest)) {
        text.copy_within(from..from + stop, to);
        (from, to) = (from + stop, to + stop);
        let digit =
            |n: usize| char::from(*text.get(from + n)?).to_digit(16).and_then(|d| u8::try_from(d).ok());
        let (decoded, length) = match (text.get(from), digit(1), digit(2)) {
            (Some(b'+'), ..) => (b' ', 1),
            (_, Some(high), Some(low)) => (high << 4 | low, 3),
            _ => return Err(wrong),
        };
        if let Some(place) = text.get_mut(to) {
            *place = decoded;
        }
        (from, to) = (from + length, to + 1);
    }
    let rest = text.len() - from;
    text.copy_within(from.., to);
    Ok(to + rest)
}
