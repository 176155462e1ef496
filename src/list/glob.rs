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

/// By its number, so that nothing has a meaning of its own.
fn literal(c: char, regex: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(regex, r"\x{{{:x}}}", u32::from(c));
}

/// What stands between brackets.
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
        // A - that comes last is one of the characters.
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
