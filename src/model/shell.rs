//! Quoting for commands that a person pastes into a shell: the shell gets exactly these bytes, and the terminal that shows
//! them nothing that acts on it.
//!
//! | the word has | it is written |
//! |---|---|
//! | only letters, digits and `/:.-_@=,+`, not `=` first | as it is |
//! | nothing that acts on a terminal | `'…'` |
//! | control characters, bidi controls or bytes that are not UTF-8 | `$'…'` (bash, zsh, ksh93), these as `\ooo` |

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::is_hostile;

/// The text as one word of a shell command.
pub(crate) fn shell_word(word: &str) -> String {
    shell_bytes(word.as_bytes())
}

/// The path as one word of a shell command.
pub(crate) fn shell_path(path: &Path) -> String {
    shell_bytes(path.as_os_str().as_bytes())
}

fn shell_bytes(bytes: &[u8]) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"/:.-_@=,+".contains(b);
    match std::str::from_utf8(bytes) {
        // zsh replaces =NAME with the path of a program.
        Ok(word) if !word.is_empty() && !word.starts_with('=') && bytes.iter().all(plain) => word.to_owned(),
        Ok(word) if !word.chars().any(is_hostile) => format!("'{}'", word.replace('\'', r"'\''")),
        _ => escaped(bytes),
    }
}

/// ANSI-C quoting. Escapes are octal, always of three digits: some shells take any number of hexadecimal ones.
fn escaped(bytes: &[u8]) -> String {
    let mut word = "$'".to_owned();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\'' | '\\' => word.extend(['\\', c]),
                // An interactive bash would take it for a command of its history.
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
