//! A glob as a regular expression over characters, for keys are text: `?` is one character, whatever its bytes.
//!
//! | glob | matches |
//! |---|---|
//! | `*` | any characters, `/` among them, or none |
//! | `?` | one character |
//! | `[a-z_]`, `[!a-z_]` | one of these, one of all others; a `]` that comes first is one of them |
//! | `{a,b*}` | what any of these matches |
//! | `\c` | the character c |

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

/// The expression. An error says what of the glob cannot be read.
pub(super) fn to_regex(glob: &str) -> Result<String, &'static str> {
    let mut regex = r"(?s)\A".to_owned();
    let (mut rest, mut open) = (glob.chars().peekable(), 0_usize);
    while let Some(c) = rest.next() {
        match c {
            '*' => regex += ".*",
            '?' => regex += ".",
            '[' => class(&mut rest, &mut regex)?,
            '{' => {
                open += 1;
                regex += "(?:";
            }
            ',' if open > 0 => regex += "|",
            '}' => {
                open = open.checked_sub(1).ok_or("it closes a { that it does not open")?;
                regex += ")";
            }
            '\\' => literal(rest.next().ok_or("it ends in a \\ with nothing behind")?, &mut regex),
            c => literal(c, &mut regex),
        }
    }
    if open > 0 {
        return Err("it opens a { that it does not close");
    }
    Ok(regex + r"\z")
}

/// By its number, so that nothing has a meaning of its own.
fn literal(c: char, regex: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(regex, r"\x{{{:x}}}", u32::from(c));
}

/// What stands between brackets.
fn class(rest: &mut Peekable<Chars<'_>>, regex: &mut String) -> Result<(), &'static str> {
    const OPEN: &str = "it opens a [ that it does not close";
    *regex += "[";
    if rest.next_if(|c| matches!(c, '!' | '^')).is_some() {
        *regex += "^";
    }
    let mut first = true;
    loop {
        let from = match rest.next().ok_or(OPEN)? {
            ']' if !first => break,
            c => c,
        };
        first = false;
        literal(from, regex);
        // A - that comes last is one of the characters.
        let mut ahead = rest.clone();
        if ahead.next() == Some('-') && ahead.next().is_some_and(|c| c != ']') {
            rest.next();
            let to = rest.next().ok_or(OPEN)?;
            if to < from {
                return Err("a range in its brackets ends before it begins");
            }
            *regex += "-";
            literal(to, regex);
        }
    }
    *regex += "]";
    Ok(())
}

#[cfg(test)]
mod tests {
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
            ("[a", "it opens a [ that it does not close"),
            ("[]", "it opens a [ that it does not close"),
            ("[z-a]", "a range in its brackets ends before it begins"),
            ("{a", "it opens a { that it does not close"),
            ("a}", "it closes a { that it does not open"),
            ("a\\", "it ends in a \\ with nothing behind"),
        ] {
            assert_eq!(to_regex(glob), Err(wrong), "{glob}");
        }
    }

    /// By trying all that a `*` may stand for.
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
}
