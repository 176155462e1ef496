//! Translates a glob into a regular expression over characters: keys are text, so `?` matches one character of any
//! byte length.
//!
//! | glob | matches |
//! |---|---|
//! | `*` | any number of characters, including `/` |
//! | `?` | one character |
//! | `[a-z_]`, `[!a-z_]` | one character in, or not in, the set; a leading `]` is a member |
//! | `{a,b*}` | any of the alternatives |
//! | `\c` | the character c |

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

/// Returns the expression, or the reason the glob is invalid.
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
                open = open.checked_sub(1).ok_or("it has a } without a {")?;
                regex += ")";
            }
            '\\' => literal(rest.next().ok_or("it ends in a single \\")?, &mut regex),
            c => literal(c, &mut regex),
        }
    }
    if open > 0 {
        return Err("it has a { without a }");
    }
    Ok(regex + r"\z")
}

/// Escapes the character by its code point, so that it has no special meaning.
fn literal(c: char, regex: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(regex, r"\x{{{:x}}}", u32::from(c));
}

/// Translates a bracket expression.
fn class(rest: &mut Peekable<Chars<'_>>, regex: &mut String) -> Result<(), &'static str> {
    const OPEN: &str = "it has a [ without a ]";
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
        // A trailing - is a member.
        let mut ahead = rest.clone();
        if ahead.next() == Some('-') && ahead.next().is_some_and(|c| c != ']') {
            rest.next();
            let to = rest.next().ok_or(OPEN)?;
            if to < from {
                return Err("it has a reversed range in brackets");
            }
            *regex += "-";
            literal(to, regex);
        }
    }
    *regex += "]";
    Ok(())
}

#[cfg(test)]
mod tests;
