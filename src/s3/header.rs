//! Header values that are not UTF-8, such as a `Content-Disposition` in Latin-1, as text and back.
//!
//! The SDK takes text only, and rejects a whole reply for one value that is none. In such a value every byte above ASCII
//! becomes a character of a private use area, so that equal bytes stay equal and different ones different. A value that
//! is UTF-8 and holds such a character by itself is escaped in the same way:
//!
//! | the bytes are | they hold U+EF80 to U+EFFF | the text |
//! |---|---|---|
//! | UTF-8 | no | as it is |
//! | UTF-8 | yes | escaped |
//! | no UTF-8 | | escaped |

use std::borrow::Cow;

use aws_smithy_runtime_api::http::Headers;

/// What is added to a byte, which is at least 0x80, to make it a character.
const PRIVATE: u32 = 0xEF00;

/// Escapes the values that are not UTF-8.
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
            // It has come as a header and consists of no other ASCII characters, so no error is possible.
            let _appended = headers.try_append(name.clone(), value);
        }
    }
}

/// Whether a value was escaped: as text it cannot be sent, and cannot be signed.
pub(super) fn is_escaped(value: &str) -> bool {
    // The first byte of these characters in UTF-8; others have it too, and few values any.
    memchr::memchr(0xEE, value.as_bytes()).is_some() && value.chars().any(is_private)
}

/// A value as text; owned if it had to be escaped.
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
