//! The chart: events in a limited number of bins of equal width. A longer span makes all bins wider, each the sum of
//! the bins it covers, so that no event is ever counted in a wrong bin.

use std::collections::VecDeque;

use super::{Counts, Event, count};
use crate::limits;

/// Round widths in seconds. Each divides the next, so that bins can be merged into wider ones. After the last one, or
/// if none is a multiple of the requested width, widths double.
const WIDTHS: [i64; 13] = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400];

/// Returns the next wider width, a multiple of this one.
fn wider(width: i64) -> i64 {
    WIDTHS.into_iter().find(|w| *w > width && w % width == 0).unwrap_or(width.saturating_mul(2))
}

/// Events by time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bins {
    width: i64,
    /// The number of the first bin: its start divided by the width.
    first: i64,
    counts: VecDeque<Counts>,
}

/// A bin of the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// The first second.
    pub from: i64,
    /// The events by kind.
    pub counts: Counts,
}

impl Bins {
    /// Creates an empty chart with bins of this width in seconds.
    pub fn new(width: i64) -> Self {
        Self { width: width.max(1), first: 0, counts: VecDeque::new() }
    }

    /// Returns the width of the bins in seconds.
    pub fn width(&self) -> i64 {
        self.width
    }

    /// Counts an event.
    pub fn add(&mut self, second: i64, event: Event) {
        self.cover(second);
        let at = second.div_euclid(self.width) - self.first;
        if let Some(counts) = usize::try_from(at).ok().and_then(|at| self.counts.get_mut(at)) {
            count(counts, event);
        }
    }

    /// Adds bins up to this second.
    pub fn cover(&mut self, second: i64) {
        if self.counts.is_empty() {
            self.first = second.div_euclid(self.width);
            self.counts.push_back(Counts::default());
        }
        loop {
            let bin = second.div_euclid(self.width);
            let last = self.first + self.len() - 1;
            if (self.first..=last).contains(&bin) {
                return;
            }
            if last.max(bin) - self.first.min(bin) >= limits::TIMELINE_BINS {
                self.widen();
            } else if bin < self.first {
                self.first -= 1;
                self.counts.push_front(Counts::default());
            } else {
                self.counts.push_back(Counts::default());
            }
        }
    }

    fn len(&self) -> i64 {
        i64::try_from(self.counts.len()).unwrap_or(i64::MAX)
    }

    /// Merges bins into wider ones.
    fn widen(&mut self) {
        let width = wider(self.width);
        let first = (self.first * self.width).div_euclid(width);
        let mut bins = VecDeque::<Counts>::new();
        for (bin, counts) in (self.first..).zip(&self.counts) {
            let at = usize::try_from((bin * self.width).div_euclid(width) - first).unwrap_or_default();
            bins.resize(bins.len().max(at + 1), Counts::default());
            if let Some(sum) = bins.get_mut(at) {
                for (sum, n) in sum.iter_mut().zip(counts) {
                    *sum += n;
                }
            }
        }
        *self = Self { width, first, counts: bins };
    }

    /// Returns the same events in at most `most` bins, but at least two: a bin always ends at the Unix epoch.
    #[must_use]
    pub fn within(mut self, most: usize) -> Self {
        while self.counts.len() > most.max(2) {
            self.widen();
        }
        self
    }

    /// Returns all bins, the oldest first, including empty ones.
    pub fn bars(&self) -> impl Iterator<Item = Bar> {
        (self.first..).zip(&self.counts).map(|(bin, counts)| Bar { from: bin * self.width, counts: *counts })
    }
}
