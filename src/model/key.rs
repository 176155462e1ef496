//! Object keys: any UTF-8 of up to 1,024 bytes, chosen by anyone who can write to the bucket.

use std::borrow::Cow;

use crate::limits;

/// Returns whether XML 1.0 can represent the key, as required in a DeleteObjects request. XML cannot represent most
/// control characters, not even as character references (<https://www.w3.org/TR/xml/#charsets>); S3 answers
/// MalformedXML. Carriage returns are excluded too: an XML parser turns a bare one into a line feed, which names
/// another key.
pub fn is_xml_safe(key: &str) -> bool {
    key.chars().all(|c| !matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'))
}

/// Escapes a key for display on a terminal. Control characters and bidirectional controls could rewrite what the user
/// reads.
pub fn printable(key: &str) -> Cow<'_, str> {
    // Most keys are ASCII, and a list has many.
    if key.bytes().all(|byte| matches!(byte, b' '..=b'~')) || !key.chars().any(is_hostile) {
        return Cow::Borrowed(key);
    }
    let mut safe = String::with_capacity(key.len() + 8);
    for c in key.chars() {
        if is_hostile(c) {
            safe.extend(c.escape_unicode());
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// Formats some keys for display, with an ellipsis if there may be more.
pub fn examples<'a>(keys: impl Iterator<Item = &'a str>) -> String {
    let mut examples: Vec<_> = keys.map(printable).collect();
    if examples.len() == limits::SHOWN_CHANGES {
        examples.push("…".into());
    }
    examples.join(", ")
}

/// Returns whether a character acts on a terminal instead of showing itself: control characters, bidirectional
/// controls, and invisible characters.
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests;
