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

use crate::model::is_hostile;

/// The text as one word of a shell command.
pub fn shell_word(word: &str) -> String {
    shell_bytes(word.as_bytes())
}

/// The path as one word of a shell command.
pub fn shell_path(path: &Path) -> String {
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
mod tests {
    use std::ffi::OsStr;
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    /// What bash makes of these words of a command.
    fn read_by_bash(words: &[String]) -> Vec<Vec<u8>> {
        let script = format!("printf '%s\\0' {}", words.join(" "));
        let output = Command::new("bash").args(["-c", &script]).output().unwrap();
        assert!(output.status.success(), "{script}: {output:?}");
        let ended = output.stdout.strip_suffix(b"\0").unwrap_or_else(|| panic!("{script}"));
        ended.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect()
    }

    #[test]
    fn words_are_quoted_where_a_shell_would_take_them_apart() {
        for (word, quoted) in [
            ("s3://prod-uploads/a+b", "s3://prod-uploads/a+b"),
            ("", "''"),
            ("=ls", "'=ls'"),
            ("*.tmp", "'*.tmp'"),
            ("it's", r"'it'\''s'"),
            ("日本 語", "'日本 語'"),
            ("a\u{1b}[2Jb", r"$'a\033[2Jb'"),
            ("it's\n\\n!", r"$'it\'s\012\\n\041'"),
            ("gpj.\u{202e}exe", r"$'gpj.\342\200\256exe'"),
            // A digit after an escape is a character of its own.
            ("\u{1}7", r"$'\0017'"),
        ] {
            assert_eq!(shell_word(word), quoted);
            assert_eq!(read_by_bash(&[shell_word(word)]), [word.as_bytes()]);
        }
    }

    #[test]
    fn a_path_that_is_not_utf_8_stays_the_same_file() {
        let path = Path::new(OsStr::from_bytes(b"/tmp/caf\xe9 \xff1"));
        assert_eq!(shell_path(path), r"$'/tmp/caf\351 \3771'");
        assert_eq!(read_by_bash(&[shell_path(path)]), [path.as_os_str().as_bytes()]);
    }

    /// Any key: any characters but NUL, which no argument can carry.
    fn key() -> impl Strategy<Value = String> {
        let nasty = prop_oneof![
            Just('\''),
            Just('"'),
            Just('\\'),
            Just('$'),
            Just('`'),
            Just('!'),
            Just('\n'),
            Just('\r'),
            Just('\u{1b}'),
            Just('\u{202e}'),
            Just('\u{2066}'),
            Just('\u{feff}'),
            Just('\u{9b}'),
            Just('~'),
            Just('{'),
            Just(','),
            Just('0'),
            Just('7'),
            Just('f'),
        ];
        let any = any::<char>().prop_filter("an argument has no NUL", |c| *c != '\0');
        prop::collection::vec(prop_oneof![2 => nasty, 1 => any], 0..24)
            .prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn a_shell_gets_the_very_key(keys in prop::collection::vec(key(), 1..20)) {
            let words: Vec<_> = keys.iter().map(|key| shell_word(key)).collect();
            for word in &words {
                prop_assert!(!word.chars().any(is_hostile), "{word:?} acts on a terminal");
            }
            let expected: Vec<_> = keys.iter().map(|key| key.as_bytes().to_vec()).collect();
            prop_assert_eq!(read_by_bash(&words), expected);
        }
    }
}
