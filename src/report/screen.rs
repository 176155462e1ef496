//! The width of the terminal, and how text is made to fit it.

use std::borrow::Cow;
use std::io::IsTerminal as _;

use textwrap::core::display_width;
use textwrap::{Options, WordSplitter, wrap};

use crate::limits;

/// The size of stdout. Only a terminal has a width: pipes and files get whole lines and whole keys, for `cut` and `grep`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Screen {
    /// Columns; `None` if stdout is not a terminal or does not tell its size.
    pub columns: Option<usize>,
    /// Rows, under the same condition.
    pub rows: Option<usize>,
}

impl Screen {
    /// Lines of any length.
    pub(super) const ENDLESS: Self = Self { columns: None, rows: None };

    /// The screen behind stdout.
    pub(super) fn of_stdout() -> Self {
        let out = std::io::stdout();
        if !out.is_terminal() {
            return Self::ENDLESS;
        }
        let size = rustix::termios::tcgetwinsize(&out).ok();
        let told = |n: u16| (n > 0).then_some(usize::from(n));
        // Some terminals, serial lines for example, leave the size to the environment.
        let typed = || std::env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns > 0);
        let columns = size.and_then(|size| told(size.ws_col)).or_else(typed);
        Self {
            columns: columns.map(|columns: usize| columns.max(limits::LEAST_COLUMNS)),
            rows: size.and_then(|size| told(size.ws_row)),
        }
    }

    /// Shortens a key or a prefix to half the width at most, for a line that has more to say.
    pub(super) fn half(self, text: &str) -> Cow<'_, str> {
        self.columns.map_or(Cow::Borrowed(text), |columns| shorten(text, columns / 2))
    }

    /// Wraps a line, the rest indented by `hang` columns where that leaves enough room.
    pub(super) fn wrap(self, line: &str, hang: usize) -> String {
        self.columns.map_or_else(|| line.to_owned(), |columns| wrap_line(line, columns, hang))
    }
}

/// Returns whether stdout is a file, which nobody reads while it is written.
pub(crate) fn stdout_is_file() -> bool {
    let status = rustix::fs::fstat(std::io::stdout());
    status.is_ok_and(|status| rustix::fs::FileType::from_raw_mode(status.st_mode).is_file())
}

/// Cuts out the middle of a text that is wider than `room`: both ends tell keys apart.
pub(super) fn shorten(text: &str, room: usize) -> Cow<'_, str> {
    if display_width(text) <= room {
        return Cow::Borrowed(text);
    }
    let room = room.saturating_sub(1);
    // The end has the file name: it gets the odd column.
    let head = fitting(text.chars(), room / 2);
    let tail: String = fitting(text.chars().rev(), room - room / 2).chars().rev().collect();
    Cow::Owned(format!("{head}…{tail}"))
}

/// The first of these characters, up to `room` columns.
fn fitting(chars: impl Iterator<Item = char>, room: usize) -> String {
    let mut left = room;
    chars
        .take_while(|c| {
            let width = display_width(c.encode_utf8(&mut [0; 4]));
            let fits = width <= left;
            left = left.saturating_sub(width);
            fits
        })
        .collect()
}

/// Makes a line fit. A command stays whole, on a line of its own: the terminal breaks it, and it can be copied.
pub(super) fn fit(line: &str, columns: usize) -> String {
    if display_width(line) <= columns {
        return line.to_owned();
    }
    let indent = indent(line);
    match line.find(": asof ") {
        Some(colon) => {
            let (words, command) = line.split_at(colon + 1);
            format!("{}\n{}{}", wrap_line(words, columns, indent + 2), " ".repeat(indent + 2), command.trim())
        }
        None => wrap_line(line, columns, indent + 2),
    }
}

fn wrap_line(line: &str, columns: usize, hang: usize) -> String {
    let hang = if hang + limits::LEAST_COLUMNS <= columns { hang } else { indent(line).min(columns / 4) };
    let rest = " ".repeat(hang);
    let options = Options::new(columns).word_splitter(WordSplitter::NoHyphenation).subsequent_indent(&rest);
    wrap(line, options).join("\n")
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests;
