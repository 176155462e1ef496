//! What a person is told on stderr, beside the results.

use std::io::Write;

use super::{Display, Format};
use crate::error::Error;
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
        text.push_str("  ");
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
