//! Messages on stderr.

use std::io::Write;
use std::time::Duration;

use super::tone::Tone;
use super::{Display, Format, length};
use crate::error::Error;
use crate::limits;
use crate::model::printable;

/// The settings for showing results and progress.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// The output format.
    pub format: Format,
    /// Print results and errors only.
    pub quiet: bool,
    /// The condition for showing progress.
    pub display: Display,
}

impl Output {
    /// Prints a message, unless `--quiet` is given.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            say(&format!("{text}\n"));
        }
    }

    /// Returns true if stdout is for people, who want to see more than the results.
    pub(crate) fn is_read(self) -> bool {
        self.format == Format::Table && !self.quiet
    }
}

/// Writes to stderr. Errors are ignored: the exit code still tells the result.
pub(crate) fn say(text: &str) {
    drop(std::io::stderr().write_all(text.as_bytes()));
}

/// An error with its hints, and with its cause if `verbose`.
pub(crate) fn error_words(error: &Error, verbose: bool) -> String {
    let label = Tone::Danger.paint_message("error:");
    let mut text = format!("{label} {}\n", printable(&error.to_string()));
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

/// A note about a clock that is this many milliseconds ahead of the server's, to the nearest minute: a `Date` has no
/// fractions, and its response took some time to arrive.
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
