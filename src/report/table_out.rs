//! The way of tables to the reader: stdout, or a pager in front of it.

use std::io::{self, BufWriter, Stdout, Write};

use super::pager::Pager;
use super::screen::{Screen, fit};

/// Lines for stdout. On a terminal they are made to fit it, and long output can have a pager; a pipe gets them as they are.
#[derive(Debug)]
pub(crate) struct TableOut {
    screen: Screen,
    /// A pager starts with the first line: not before, since progress is shown until then.
    is_paged: bool,
    sink: Option<Sink>,
    /// The line so far.
    line: Vec<u8>,
}

#[derive(Debug)]
enum Sink {
    Stdout(BufWriter<Stdout>),
    Pager(BufWriter<Pager>),
}

impl TableOut {
    /// Lines for stdout.
    pub(super) fn new() -> Self {
        Self { screen: Screen::of_stdout(), is_paged: false, sink: None, line: Vec::new() }
    }

    /// The same, in a pager on a terminal if `is_long`.
    pub(super) fn paged(is_long: bool) -> Self {
        let out = Self::new();
        Self { is_paged: is_long && out.screen.columns.is_some(), ..out }
    }

    /// The screen that the lines are for.
    pub(super) fn screen(&self) -> Screen {
        self.screen
    }

    fn sink(&mut self) -> io::Result<&mut dyn Write> {
        let sink = match self.sink.take() {
            Some(sink) => sink,
            None => match if self.is_paged { Pager::start()? } else { None } {
                Some(pager) => Sink::Pager(BufWriter::new(pager)),
                None => Sink::Stdout(BufWriter::new(io::stdout())),
            },
        };
        Ok(match self.sink.insert(sink) {
            Sink::Stdout(out) => out,
            Sink::Pager(pager) => pager,
        })
    }

    /// Writes the line so far, which has no end yet if it is flushed as it is.
    fn end_line(&mut self, end: &[u8]) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let fitted = match (self.screen.columns, std::str::from_utf8(&line)) {
            (Some(columns), Ok(text)) => fit(text, columns).into_bytes(),
            _ => line,
        };
        let sink = self.sink()?;
        sink.write_all(&fitted)?;
        sink.write_all(end)
    }
}

impl Write for TableOut {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            match part.strip_suffix(b"\n") {
                Some(rest) => {
                    self.line.extend(rest);
                    self.end_line(b"\n")?;
                }
                None => self.line.extend(part),
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.line.is_empty() {
            self.end_line(b"")?;
        }
        // Without a line there is nothing to page.
        if self.sink.is_some() { self.sink()?.flush() } else { Ok(()) }
    }
}
