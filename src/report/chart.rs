//! The bars of a timeline.

use super::screen::Screen;
use super::timeline::instant;
use super::tone::Tone;
use super::units::count;
use crate::limits;
use crate::timeline::{Bar, Counts};

/// The blocks of the events of each kind, in the order of [`Event::ALL`](crate::timeline::Event::ALL).
pub(super) const BLOCKS: [char; 3] = ['░', '▒', '█'];

/// Columns of a chart in a pipe.
const COLUMNS_OF_PIPE: usize = 100;
/// Rows of a chart in a pipe, with the lines around it.
const ROWS_OF_PIPE: usize = 36;
/// Columns of blocks below which a layout gives way to a narrower one.
const LEAST_BLOCKS: usize = 8;

/// A chart whose lines fit the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chart {
    layout: Layout,
    /// Characters of `2026-11-22 00:56:07` that times show.
    digits: usize,
    /// Columns for blocks.
    room: usize,
}

/// The columns of a chart, besides the blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Date and time, and a count for each kind.
    Counts,
    /// Date and time, and the sum of the counts.
    Sum,
    /// The time, below a line for each date.
    Time,
}

impl Chart {
    /// A chart of bars that are `width` seconds each.
    pub(super) fn new(width: i64, screen: Screen) -> Self {
        let columns = screen.columns.unwrap_or(COLUMNS_OF_PIPE);
        // Bars of a minute or more begin at second 0.
        let digits = if width < 60 { 19 } else { 16 };
        let layouts = [
            (Layout::Counts, digits + 3 * 13 + 4),
            (Layout::Sum, digits + 13 + 4),
            // Without the date and the space behind it.
            (Layout::Time, digits - 11 + 4),
        ];
        let fits = layouts.into_iter().find(|(_, taken)| taken + LEAST_BLOCKS <= columns);
        let (layout, taken) = fits.unwrap_or((Layout::Time, digits - 11 + 4));
        Self { layout, digits, room: columns.saturating_sub(taken) }
    }

    /// The chart, line by line.
    pub(super) fn lines(self, bars: &[Bar]) -> Vec<String> {
        let most = bars.iter().map(|bar| bar.counts.iter().sum::<u64>()).max().unwrap_or_default();
        let width = self.digits;
        let mut lines = match self.layout {
            Layout::Counts => {
                vec![format!("  {:width$} {:>12} {:>12} {:>12}", "", "puts", "overwrites", "deletes")]
            }
            Layout::Sum => vec![format!("  {:width$} {:>12}", "", "events")],
            Layout::Time => Vec::new(),
        };
        let mut last = String::new();
        for bar in bars {
            let time: String = instant(bar.from).human().chars().take(self.digits).collect();
            let (date, clock) = time.split_once(' ').unwrap_or_default();
            if self.layout == Layout::Time && date != last {
                date.clone_into(&mut last);
                lines.push(format!("  {date}"));
            }
            let blocks = self.blocks(bar.counts, most);
            let row = match self.layout {
                Layout::Counts => {
                    let [puts, overwrites, deletes] = bar.counts.map(count);
                    format!("  {time} {puts:>12} {overwrites:>12} {deletes:>12}  {blocks}")
                }
                Layout::Sum => format!("  {time} {:>12}  {blocks}", count(bar.counts.iter().sum())),
                Layout::Time => format!("  {clock}  {blocks}"),
            };
            lines.push(row.trim_end().to_owned());
        }
        lines
    }

    /// A bar's share of the room. A kind with any events gets at least one block. Deletes are red.
    fn blocks(self, counts: Counts, most: u64) -> String {
        let room = u64::try_from(self.room).unwrap_or_default().saturating_sub(counts.len() as u64);
        let lengths = counts.map(|n| n.saturating_mul(room).div_ceil(most.max(1)));
        let tones = [Tone::Plain, Tone::Plain, Tone::Danger];
        let parts = BLOCKS.iter().zip(lengths).zip(tones);
        parts.map(|((block, n), tone)| tone.paint(&(0..n).map(|_| *block).collect::<String>())).collect()
    }
}

/// The number of bars that fit the screen.
pub(super) fn bars_for(screen: Screen) -> usize {
    let rows = screen.rows.unwrap_or(ROWS_OF_PIPE);
    rows.saturating_sub(12).clamp(limits::LEAST_BARS, limits::MOST_BARS)
}

#[cfg(test)]
mod tests;
