use proptest::prelude::*;
use regex::Regex;

use super::*;

fn matches(glob: &str, key: &str) -> bool {
    Regex::new(&to_regex(glob).unwrap()).unwrap().is_match(key)
}

#[test]
fn the_table_holds() {
    for (glob, yes, no) in [
        ("a*", &["a", "ab", "a/b\nc"][..], &["ba", ""][..]),
        ("a?c", &["abc", "aäc", "a日c", "a/c", "a😀c"], &["ac", "abbc"]),
        ("[äö].jpg", &["ä.jpg", "ö.jpg"], &["ü.jpg", "é.jpg", "a.jpg", "\u{C4}.jpg"]),
        ("[!äö]", &["ü", "a", "日"], &["ä", "ö", "", "aa"]),
        ("[^a-c]", &["d", "ä"], &["a", "b", "c"]),
        ("[à-ö]*", &["ä", "éa"], &["ü", "a"]),
        ("[]a]", &["]", "a"], &["[", ""]),
        ("[a-]", &["a", "-"], &["b"]),
        ("[a&&b]", &["a", "&", "b"], &["c"]),
        ("*.{jpg,p?g,tar.{gz,xz}}", &["x.jpg", "x.png", "x.tar.gz"], &["x.tar", "x.jpeg", "xjpg"]),
        ("a,b", &["a,b"], &["a"]),
        (r"\*\[x\]\\", &[r"*[x]\"], &[r"a[x]\"]),
        ("a.b+(c)|d^$", &["a.b+(c)|d^$"], &["aab+(c)|d^$", "d^$"]),
        ("", &[""], &["a"]),
        ("**", &["", "a/b"], &[]),
    ] {
        assert_eq!(yes.iter().find(|key| !matches(glob, key)), None, "{glob} matches these");
        assert_eq!(no.iter().find(|key| matches(glob, key)), None, "{glob} matches none of these");
    }
    for (glob, wrong) in [
        ("[a", "it has a [ without a ]"),
        ("[]", "it has a [ without a ]"),
        ("[z-a]", "it has a reversed range in brackets"),
        ("{a", "it has a { without a }"),
        ("a}", "it has a } without a {"),
        ("a\\", "it ends in a single \\"),
    ] {
        assert_eq!(to_regex(glob), Err(wrong), "{glob}");
    }
}

/// Matches by trying every expansion of `*`.
fn naive(glob: &[char], key: &[char]) -> bool {
    match (glob, key) {
        (['*', glob @ ..], _) => (0..=key.len()).any(|n| naive(glob, &key[n..])),
        (['?', glob @ ..], [_, key @ ..]) => naive(glob, key),
        ([a, glob @ ..], [b, key @ ..]) => a == b && naive(glob, key),
        (glob, key) => glob.is_empty() && key.is_empty(),
    }
}

proptest! {
    #[test]
    fn stars_and_question_marks_match_as_if_tried(glob in "[aä日/*?]{0,8}", key in "[aä日/]{0,8}") {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        prop_assert_eq!(matches(&glob, &key), naive(&chars(&glob), &chars(&key)));
    }

    #[test]
    fn whatever_can_be_read_can_be_compiled(glob in ".{0,12}") {
        if let Ok(regex) = to_regex(&glob) {
            prop_assert!(Regex::new(&regex).is_ok(), "{regex}");
        }
    }
}
