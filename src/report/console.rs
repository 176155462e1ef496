//! What a person is told on stderr, beside the results.

use std::io::Write;
use std::time::Duration;

use super::{Display, Format, length};
use crate::error::Error;
use crate::limits;
use crate::model::printable;

/// How results and progress are shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// The form of the results.
    pub format: Format,
    /// Only results and errors.
    pub quiet: bool,
    /// Whether progress is shown.
    pub display: Display,
}

impl Output {
    /// A message for the person, unless they want none.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            say(&format!("{text}\n"));
        }
    }

    /// Whether a person reads stdout, and wants to see more than the results.
    pub(crate) fn is_read(self) -> bool {
        self.format == Format::Table && !self.quiet
    }
}

/// Writes to stderr. If nobody reads it, the exit code still tells.
pub(crate) fn say(text: &str) {
    drop(std::io::stderr().write_all(text.as_bytes()));
}

/// What went wrong, and what to do next; with what lies below it, if the person wants to know.
pub(crate) fn error_words(error: &Error, verbose: bool) -> String {
    let mut text = format!("error: {}\n", printable(&error.to_string()));
    for hint in error.hints() {
        text.push_str("  hint: ");
        text.push_str(&printable(hint));
        text.push('\n');
    }
    if let Some(cause) = std::error::Error::source(error).filter(|_| verbose) {
        text.push_str("  caused by: ");
        text.push_str(&printable(&cause.to_string()));
        text.push('\n');
    }
    text
}

/// What is said of a clock that is so many milliseconds ahead of the server's. A `Date` has no fractions, and was under way
/// for a while: the nearest minute is told.
pub(crate) fn skew_note(ahead: i64) -> Option<String> {
    let skew = Duration::from_millis(ahead.unsigned_abs());
    let side = if ahead > 0 { "ahead of" } else { "behind" };
    let by = length(Duration::from_secs((skew.as_secs() + 30) / 60 * 60));
    (skew > limits::NOTED_SKEW).then(|| {
        format!("this machine's clock is {by} {side} the server's; asof uses the server's for ages and for \"now\"")
    })
}

#[cfg(test)]
mod tests;
