//! The timeline of a bucket: puts, overwrites and deletes over time, and bursts of them. Pure, in memory that does not
//! grow with the bucket or the span.
//!
//! A listing is in key order, so its events are not in order of time. Each is counted twice: in a chart of [`Bins`],
//! whose counts are exact however wide the bins become; and by its second, from which bursts are found at the end. If
//! there are too many seconds, the quietest minutes are dropped ([`Seconds`]); [`Found::lost`] is the maximum number of
//! events that any one minute lacks because of this: 0 means that every second is exact.

mod bins;
mod burst;
mod origin;
mod prefixes;
mod seconds;
#[cfg(test)]
mod tests;
mod trace;

pub(crate) use bins::{Bar, Bins};
pub(crate) use burst::Burst;
pub(crate) use origin::{Origin, OwnRun};
pub(crate) use trace::{Told, Trace};

use self::prefixes::{Prefixes, ROOT};
use self::seconds::Seconds;
use crate::limits;

/// The event that an entry of a key's history is.
///
/// | entry | the next older entry of the key | event |
/// |---|---|---|
/// | version | none, or a delete marker | `Put` |
/// | version | version | `Overwrite` |
/// | delete marker | version | `Delete` |
/// | delete marker | none, or a delete marker | none: there was nothing to delete |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// An object was created.
    Put,
    /// An object was replaced.
    Overwrite,
    /// An object was deleted.
    Delete,
}

impl Event {
    /// All kinds of events.
    pub const ALL: [Event; 3] = [Event::Put, Event::Overwrite, Event::Delete];

    /// Returns the name used in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Event::Put => "put",
            Event::Overwrite => "overwrite",
            Event::Delete => "delete",
        }
    }
}

/// Events by kind, in the order of [`Event::ALL`].
pub(crate) type Counts = [u64; 3];

/// Counts one event.
fn count(counts: &mut Counts, event: Event) {
    if let Some(n) = counts.get_mut(event as usize) {
        *n += 1;
    }
}

/// The window in seconds, both ends included; open if not set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// The first second.
    pub from: Option<i64>,
    /// The last second.
    pub to: Option<i64>,
}

impl Window {
    fn contains(self, second: i64) -> bool {
        self.from.is_none_or(|from| from <= second) && self.to.is_none_or(|to| second <= to)
    }
}

/// Collects events.
#[derive(Debug)]
pub(crate) struct Timeline {
    window: Window,
    bins: Bins,
    seconds: [Seconds; 3],
    /// The puts and overwrites that are copies of older versions.
    copies: [Seconds; 2],
    prefixes: Prefixes,
    totals: Counts,
    idle: u64,
}

/// The result of a timeline.
#[derive(Debug)]
pub struct Found {
    /// The chart.
    pub bins: Bins,
    /// The number of events by kind.
    pub totals: Counts,
    /// The number of delete markers without a version below.
    pub idle: u64,
    /// The bursts, by time.
    pub bursts: Vec<Burst>,
    /// The number of bursts omitted as noise compared with the others.
    pub minor: usize,
    /// The maximum number of events of a kind that bursts may lack in any one minute.
    pub lost: u64,
}

impl Found {
    /// The burst to suggest as an incident: the steepest that destroyed data, began within the window, and has no
    /// harmless origin.
    pub fn suggestion(&self) -> Option<&Burst> {
        let candidates = self.bursts.iter().filter(|burst| burst.may_be_incident() && !burst.under_way);
        candidates.min_by_key(|burst| burst.importance())
    }
}

impl Timeline {
    /// Creates an empty timeline of `folder`, which is empty or ends in `/`. Its bins are `step` seconds wide, or wider
    /// if there would be too many.
    pub(crate) fn new(folder: &str, window: Window, step: Option<i64>) -> Self {
        Self {
            window,
            bins: Bins::new(step.unwrap_or(1)),
            seconds: Default::default(),
            copies: Default::default(),
            prefixes: Prefixes::new(folder),
            totals: Counts::default(),
            idle: 0,
        }
    }

    /// Adds the events of a trace.
    pub(crate) fn take(&mut self, told: Told<'_>) {
        match told {
            Told::Did { key, second, event } => self.add(key, second, event),
            Told::Copied { second, event } => self.add_copy(second, event),
        }
    }

    /// Marks an event added before as a copy of an older version.
    fn add_copy(&mut self, second: i64, event: Event) {
        if self.window.contains(second)
            && let Some(copies) = self.copies.get_mut(event as usize)
            && copies.add(second, ROOT)
        {
            copies.settle(&self.prefixes);
        }
    }

    /// Adds the event of an entry of `key`, created in `second`; `None` for a delete marker without a version below.
    pub(crate) fn add(&mut self, key: &str, second: i64, event: Option<Event>) {
        if !self.window.contains(second) {
            return;
        }
        let Some(event) = event else {
            self.idle += 1;
            return;
        };
        count(&mut self.totals, event);
        self.bins.add(second, event);
        let prefix = self.prefixes.of(key);
        if let Some(seconds) = self.seconds.get_mut(event as usize)
            && seconds.add(second, prefix)
        {
            seconds.settle(&self.prefixes);
        }
        if self.prefixes.is_full() {
            self.forget_prefixes();
        }
    }

    /// Makes room for other prefixes: the rarest are merged into their parents.
    fn forget_prefixes(&mut self) {
        let mut rare = 1;
        loop {
            let mut used = self.prefixes.none_used();
            for seconds in &mut self.seconds {
                seconds.settle(&self.prefixes);
                seconds.roll_up(&self.prefixes, rare);
                seconds.mark(&mut used);
            }
            let names = self.prefixes.retain(&used);
            for seconds in &mut self.seconds {
                seconds.rename(&names);
            }
            if self.prefixes.len() <= limits::TIMELINE_PREFIXES / 2 {
                return;
            }
            rare = rare.saturating_mul(4);
        }
    }

    /// Returns the result, with the bursts worth showing; `runs` are asof's own in this location.
    pub(crate) fn finish(mut self, runs: &[OwnRun]) -> Found {
        let mut bursts = Vec::new();
        for (event, seconds) in Event::ALL.into_iter().zip(&mut self.seconds) {
            seconds.settle(&self.prefixes);
            bursts.extend(burst::find(event, seconds, &self.prefixes, self.window));
        }
        for (event, copies) in Event::ALL.into_iter().zip(&mut self.copies) {
            copies.settle(&self.prefixes);
            for burst in bursts.iter_mut().filter(|burst| burst.event == event) {
                burst.copies = copies.by_folder(burst.from, burst.to).map(|second| second.events).sum();
            }
        }
        origin::mark(&mut bursts, runs);
        let minor = origin::leave_out_noise(&mut bursts);
        burst::rank(&mut bursts);
        Found {
            bins: self.bins,
            totals: self.totals,
            idle: self.idle,
            bursts,
            minor,
            lost: self.seconds.iter().map(Seconds::lost).max().unwrap_or_default(),
        }
    }
}
