//! Rows below a heading, each column as wide as its widest cell.

use textwrap::core::display_width;

use super::screen::Screen;
use super::tone::Tone;
use crate::limits;

/// A table whose first row is its heading.
pub(super) struct Columns<const N: usize> {
    rows: Vec<[String; N]>,
    /// The column of the state, which has a colour.
    state: Option<usize>,
}

impl<const N: usize> Columns<N> {
    pub(super) fn new(heading: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> Self {
        let heading = heading.map(ToOwned::to_owned);
        Self { rows: std::iter::once(heading).chain(rows).collect(), state: None }
    }

    /// With the states in this column in the colours of their meaning.
    pub(super) fn state(self, column: usize) -> Self {
        Self { state: Some(column), ..self }
    }

    /// The rows as lines; nothing if there is only the heading. A table that does not fit the screen wraps its last column
    /// if that leaves enough room, else shows one line per cell.
    pub(super) fn render(&self, screen: Screen) -> String {
        if self.rows.len() < 2 {
            return String::new();
        }
        let widths = self.widths();
        let hang: usize = widths.iter().take(N - 1).map(|width| width + 2).sum();
        let fits = |columns: usize| hang + widths.last().copied().unwrap_or_default() <= columns;
        match screen.columns {
            Some(columns) if !fits(columns) && hang + limits::LEAST_COLUMNS > columns => self.records(),
            _ => self.lines(widths).map(|line| screen.wrap(&line, hang) + "\n").collect(),
        }
    }

    fn widths(&self) -> [usize; N] {
        let mut widths = [0; N];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = display_width(cell).max(*width);
            }
        }
        widths
    }

    fn lines(&self, widths: [usize; N]) -> impl Iterator<Item = String> {
        self.rows.iter().map(move |row| {
            let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| {
                let padding = " ".repeat(width.saturating_sub(display_width(cell)));
                self.tone(column, cell).paint(cell) + &padding
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        })
    }

    /// One line per cell, behind the heading of its column.
    fn records(&self) -> String {
        let Some((heading, rows)) = self.rows.split_first() else { return String::new() };
        let record = |row: &[String; N]| {
            let cells = heading.iter().zip(row).enumerate().map(|(column, (name, cell))| {
                let indent = if column == 0 { "" } else { "  " };
                format!("{indent}{name}: {}\n", self.tone(column, cell).paint(cell))
            });
            cells.collect::<String>()
        };
        rows.iter().map(record).collect()
    }

    fn tone(&self, column: usize, cell: &str) -> Tone {
        if self.state == Some(column) { Tone::of_state(cell) } else { Tone::Plain }
    }
}

#[cfg(test)]
mod tests;
