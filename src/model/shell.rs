//! Quotes words for commands that the user pastes into a shell: the shell gets exactly these bytes, and a terminal
//! displaying them is not affected.
//!
//! | the word has | it is written |
//! |---|---|
//! | only letters, digits and `/:.-_@=,+`, not starting with `=` | as it is |
//! | nothing that acts on a terminal | `'…'` |
//! | control characters, bidi controls or bytes that are not UTF-8 | `$'…'` (bash, zsh, ksh93), these as `\ooo` |

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::is_hostile;

/// Quotes text as one word of a shell command.
pub(crate) fn shell_word(word: &str) -> String {
    shell_bytes(word.as_bytes())
}

/// Quotes a path as one word of a shell command.
pub(crate) fn shell_path(path: &Path) -> String {
    shell_bytes(path.as_os_str().as_bytes())
}

fn shell_bytes(bytes: &[u8]) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"/:.-_@=,+".contains(b);
    match std::str::from_utf8(bytes) {
        // zsh expands =NAME to the path of a program.
        Ok(word) if !word.is_empty() && !word.starts_with('=') && bytes.iter().all(plain) => word.to_owned(),
        Ok(word) if !word.chars().any(is_hostile) => format!("'{}'", word.replace('\'', r"'\''")),
        _ => escaped(bytes),
    }
}

/// Quotes in ANSI-C style. Escapes are octal with three digits, since some shells accept any number of hexadecimal
/// digits.
fn escaped(bytes: &[u8]) -> String {
    let mut word = "$'".to_owned();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\'' | '\\' => word.extend(['\\', c]),
                // An interactive bash would expand it from its history.
                _ if is_hostile(c) || c == '!' => {
                    word.push_str(&octal(c.encode_utf8(&mut [0; 4]).as_bytes()));
                }
                _ => word.push(c),
            }
        }
        word.push_str(&octal(chunk.invalid()));
    }
    word + "'"
}

fn octal(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("\\{byte:03o}")).collect();
    digits.concat()
}

#[cfg(test)]
mod tests;
