use std::ffi::OsStr;
use std::process::Command;

use proptest::prelude::*;

use super::*;

/// Returns these words as bash reads them.
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
        // A digit after an escape is a separate character.
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

/// Any key without NUL, which no argument can contain.
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
