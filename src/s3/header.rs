//! Represents header values that are not UTF-8, such as a `Content-Disposition` in Latin-1, as text.
//!
//! The SDK accepts only text, and rejects a whole reply because of one such value. So every byte above ASCII in it
//! becomes a private-use character, which keeps equal bytes equal and different ones different. A UTF-8 value that
//! contains such a character itself is escaped in the same way:
//!
//! | the bytes are | they contain U+EF80 to U+EFFF | the text |
//! |---|---|---|
//! | UTF-8 | no | unchanged |
//! | UTF-8 | yes | escaped |
//! | not UTF-8 | | escaped |

use std::borrow::Cow;

use aws_smithy_runtime_api::http::Headers;

/// Added to a byte, which is at least 0x80, to form a character.
const PRIVATE: u32 = 0xEF00;

/// Escapes values that are not UTF-8.
pub(super) fn escape(headers: &mut Headers) {
    let odd = headers.iter_bytes().filter(|(_, value)| matches!(text(value), Cow::Owned(_)));
    let mut names: Vec<String> = odd.map(|(name, _)| name.to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let values: Vec<String> =
            headers.get_all_bytes(&name).map(|value| text(value).into_owned()).collect();
        headers.remove(&name);
        for value in values {
            // It arrived as a header and contains no other ASCII characters, so this cannot fail.
            let _appended = headers.try_append(name.clone(), value);
        }
    }
}

/// Returns whether a value was escaped: in that case it cannot be sent as text or signed.
pub(super) fn is_escaped(value: &str) -> bool {
    // The first UTF-8 byte of these characters; other characters share it, but it is rare.
    memchr::memchr(0xEE, value.as_bytes()).is_some() && value.chars().any(is_private)
}

/// Returns the bytes that a value arrived as.
pub(super) fn bytes(value: &str) -> Vec<u8> {
    if !is_escaped(value) {
        return value.as_bytes().to_vec();
    }
    let byte = |character| u8::try_from(u32::from(character).checked_sub(PRIVATE)?).ok();
    let ascii = |character: char| u8::try_from(u32::from(character)).ok();
    value.chars().filter_map(|character| byte(character).or_else(|| ascii(character))).collect()
}

/// Returns a value as text; owned if it had to be escaped.
fn text(value: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(value) {
        Ok(value) if !is_escaped(value) => Cow::Borrowed(value),
        _ => Cow::Owned(value.iter().map(|&byte| character(byte)).collect()),
    }
}

fn character(byte: u8) -> char {
    let private = char::from_u32(PRIVATE + u32::from(byte));
    private.filter(|_| !byte.is_ascii()).unwrap_or(char::from(byte))
}

fn is_private(character: char) -> bool {
    (PRIVATE + 0x80..=PRIVATE + 0xFF).contains(&u32::from(character))
}

#[cfg(test)]
mod tests;
