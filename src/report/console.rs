//! What a person is told on stderr, beside the results.

use std::io::Write;

use super::{Display, Format};

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
