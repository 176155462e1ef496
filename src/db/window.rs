//! The times to which a database or a store can be restored.

use crate::model::{Instant, printable};

/// The restorable times of a database or a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The range of restorable times; `None` for a store that can be restored to marks only.
    pub range: Option<Range>,
    /// The times of the marks with a snapshot of the store, oldest first.
    pub marks: Vec<Instant>,
}

/// A range of restorable times. A bound is `None` if unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range {
    /// The earliest restorable time.
    pub earliest: Option<Instant>,
    /// The latest restorable time.
    pub latest: Option<Instant>,
}

/// The position of a time relative to a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Within the known bounds, or the time of a mark.
    Within,
    /// Before this earliest time.
    TooEarly(Instant),
    /// After this latest time.
    TooLate(Instant),
    /// Not the time of a mark, and nothing else is restorable.
    NotMarked {
        /// The nearest mark before it.
        before: Option<Instant>,
        /// The nearest mark after it.
        after: Option<Instant>,
    },
}

impl Default for Window {
    /// Any time may be restorable.
    fn default() -> Self {
        Self::between(None, None)
    }
}

impl Window {
    /// The window between two times.
    pub fn between(earliest: Option<Instant>, latest: Option<Instant>) -> Self {
        Self { range: Some(Range { earliest, latest }), marks: Vec::new() }
    }

    /// The latest restorable time, if known.
    pub fn latest(&self) -> Option<Instant> {
        match &self.range {
            Some(range) => range.latest,
            None => self.marks.last().copied(),
        }
    }

    /// The earliest restorable time, if known.
    pub fn earliest(&self) -> Option<Instant> {
        match &self.range {
            Some(range) => range.earliest,
            None => self.marks.first().copied(),
        }
    }

    /// Returns whether the database or store can be restored to `at`.
    ///
    /// | range | `at` | |
    /// |---|---|---|
    /// | | is the time of a mark with a snapshot | within |
    /// | none | any other | not marked |
    /// | its start is after `at` | | too early |
    /// | its end is before `at` | | too late |
    /// | includes `at`, as far as its bounds are known | | within |
    pub fn reaches(&self, at: Instant) -> Reach {
        if self.marks.contains(&at) {
            return Reach::Within;
        }
        match self.range {
            Some(Range { earliest: Some(earliest), .. }) if at < earliest => Reach::TooEarly(earliest),
            Some(Range { latest: Some(latest), .. }) if at > latest => Reach::TooLate(latest),
            Some(_) => Reach::Within,
            None => Reach::NotMarked {
                before: self.marks.iter().copied().filter(|mark| *mark < at).max(),
                after: self.marks.iter().copied().filter(|mark| *mark > at).min(),
            },
        }
    }

    /// Returns the message refusing `at` for the database or store `title`, or `None` if it is restorable.
    pub fn refusal(&self, title: &str, at: Instant) -> Option<String> {
        let why = match self.reaches(at) {
            Reach::Within => return None,
            Reach::TooEarly(earliest) => format!("its earliest restorable time is {}", earliest.human()),
            Reach::TooLate(latest) => format!("its latest restorable time is {}", latest.human()),
            Reach::NotMarked { before, after } => {
                let nearest = [("before", before), ("after", after)]
                    .into_iter()
                    .map(|(side, mark)| match mark {
                        Some(mark) => format!("the nearest {side} is {}", mark.human()),
                        None => format!("there is none {side}"),
                    })
                    .collect::<Vec<_>>();
                format!("only the times of marks are restorable: {}", nearest.join(", "))
            }
        };
        Some(format!("the {title} cannot be restored to {}: {why}", at.human()))
    }

    /// Describes the window of the database or store `title` in one line.
    pub fn in_words(&self, title: &str) -> String {
        let title = printable(title);
        let Some(Range { earliest, latest }) = self.range else {
            return match (self.marks.len(), self.latest()) {
                (1, Some(newest)) => format!("{title}: restorable to 1 mark, of {}", newest.human()),
                (marks, Some(newest)) => {
                    format!("{title}: restorable to {marks} marks, the newest of {}", newest.human())
                }
                (_, None) => format!("{title}: restorable to marks only, and there is none"),
            };
        };
        match (earliest, latest) {
            (None, None) => format!("{title}: restorable times unknown"),
            (Some(earliest), None) => {
                format!("{title}: restorable from {}, latest time unknown", earliest.human())
            }
            (None, Some(latest)) => {
                format!("{title}: restorable up to {}, earliest time unknown", latest.human())
            }
            (Some(earliest), Some(latest)) => {
                format!("{title}: restorable from {} to {}", earliest.human(), latest.human())
            }
        }
    }

    /// Returns the newest whole second that all windows reach. `None` if there is none, or if the window that would
    /// decide has no known end.
    ///
    /// | windows | the newest second |
    /// |---|---|
    /// | all are ranges | the earliest of their ends |
    /// | one reaches marks only | the newest of its marks that all others reach |
    pub fn newest_of_all(windows: &[Window]) -> Option<Instant> {
        if let Some(marked) = windows.iter().find(|window| window.range.is_none()) {
            let is_reached =
                |mark: &&Instant| windows.iter().all(|window| window.reaches(**mark) == Reach::Within);
            return marked.marks.iter().rev().find(is_reached).copied();
        }
        let ends: Option<Vec<_>> = windows.iter().map(Window::latest).collect();
        ends?.into_iter().min().map(Instant::whole_second)
    }
}

#[cfg(test)]
mod tests;
