//! The times to which a database can be restored.

use crate::model::{Instant, printable};

/// The restorable window of a database. A bound is `None` if unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// The earliest restorable time.
    pub earliest: Option<Instant>,
    /// The latest restorable time.
    pub latest: Option<Instant>,
}

/// The position of a time relative to a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Within the known bounds.
    Within,
    /// Before this earliest time.
    TooEarly(Instant),
    /// After this latest time.
    TooLate(Instant),
}

impl Window {
    /// Returns whether the database can be restored to `at`.
    ///
    /// | earliest | latest | `at` | |
    /// |---|---|---|---|
    /// | none, or ≤ `at` | none, or ≥ `at` | | within |
    /// | > `at` | | | too early |
    /// | | < `at` | | too late |
    pub fn reaches(&self, at: Instant) -> Reach {
        match (self.earliest, self.latest) {
            (Some(earliest), _) if at < earliest => Reach::TooEarly(earliest),
            (_, Some(latest)) if at > latest => Reach::TooLate(latest),
            _ => Reach::Within,
        }
    }

    /// Returns the message refusing `at` for the database `name`, or `None` if it is restorable.
    pub fn refusal(&self, name: &str, at: Instant) -> Option<String> {
        let (what, limit) = match self.reaches(at) {
            Reach::Within => return None,
            Reach::TooEarly(earliest) => ("its earliest restorable time is", earliest),
            Reach::TooLate(latest) => ("its latest restorable time is", latest),
        };
        Some(format!("the database {name} cannot be restored to {}: {what} {}", at.human(), limit.human()))
    }

    /// Describes the window of the database `name` in one line.
    pub fn in_words(&self, name: &str) -> String {
        let name = printable(name);
        match (self.earliest, self.latest) {
            (None, None) => format!("database {name}: restorable times unknown"),
            (Some(earliest), None) => {
                format!("database {name}: restorable from {}, latest time unknown", earliest.human())
            }
            (None, Some(latest)) => {
                format!("database {name}: restorable up to {}, earliest time unknown", latest.human())
            }
            (Some(earliest), Some(latest)) => {
                format!("database {name}: restorable from {} to {}", earliest.human(), latest.human())
            }
        }
    }

    /// Returns the newest whole second that all windows reach; `None` if one has no known end, or there are no
    /// windows.
    pub fn newest_of_all<'a>(windows: impl IntoIterator<Item = &'a Window>) -> Option<Instant> {
        let mut newest: Option<Instant> = None;
        for window in windows {
            let latest = window.latest?;
            newest = Some(newest.map_or(latest, |newest| newest.min(latest)));
        }
        newest.map(Instant::whole_second)
    }
}

#[cfg(test)]
mod tests;
