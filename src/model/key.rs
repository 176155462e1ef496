//! Object keys: any UTF-8 of up to 1,024 bytes, chosen by whoever may write to the bucket.

use std::borrow::Cow;

use crate::limits;

/// Whether XML 1.0 can carry the key, so that it may stand in a DeleteObjects request. It cannot carry most control
/// characters, not even as a character reference (<https://www.w3.org/TR/xml/#charsets>); S3 answers MalformedXML.
/// Carriage returns are excluded too: an XML reader turns a bare one into a line feed, and names another key.
pub fn is_xml_safe(key: &str) -> bool {
    key.chars().all(|c| !matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'))
}

/// The key as a terminal may show it. Control characters and those that change the direction of writing are escaped:
/// they could rewrite what the person reads.
pub fn printable(key: &str) -> Cow<'_, str> {
    if !key.chars().any(is_hostile) {
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

/// Some keys, for a person; an ellipsis where there may be more of them.
pub fn examples<'a>(keys: impl Iterator<Item = &'a str>) -> String {
    let mut examples: Vec<_> = keys.map(printable).collect();
    if examples.len() == limits::SHOWN_CHANGES {
        examples.push("…".into());
    }
    examples.join(", ")
}

/// Whether a character acts on a terminal instead of showing itself: control characters, those that change the direction of
/// writing, and those that cannot be seen.
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
