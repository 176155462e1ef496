//! What happened in a bucket, and when: puts, overwrites and deletes over time, and the moments at which there were suddenly
//! many of them. Pure, and of a size that does not grow with the bucket or the span.
//!
//! A listing comes in the order of keys, so its events come in no order of time. Each is counted twice: in a chart of
//! [`Bins`], whose counts are exact however wide the bins have to become; and by its second, from which the bursts are
//! told at the end. Of the seconds, the quietest minutes are let go of where there are too many ([`Seconds`]);
//! [`Found::lost`] says how many events that can have cost any one minute: 0 means that every second is exact.

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

/// What an entry of a key's history did.
///
/// | entry | the next older entry of the key | event |
/// |---|---|---|
/// | version | none, or a delete marker | `Put` |
/// | version | version | `Overwrite` |
/// | delete marker | version | `Delete` |
/// | delete marker | none, or a delete marker | none: nothing was there |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// An object came to be.
    Put,
    /// An object was replaced.
    Overwrite,
    /// An object was deleted.
    Delete,
}

impl Event {
    /// All of them.
    pub const ALL: [Event; 3] = [Event::Put, Event::Overwrite, Event::Delete];

    /// The name in tables and JSON.
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

/// The seconds asked for, both ends included; open where nothing was said.
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

/// Gathers events.
#[derive(Debug)]
pub(crate) struct Timeline {
    window: Window,
    bins: Bins,
    seconds: [Seconds; 3],
    /// Puts and overwrites that are copies of older versions.
    copies: [Seconds; 2],
    prefixes: Prefixes,
    totals: Counts,
    idle: u64,
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// The chart.
    pub bins: Bins,
    /// All events.
    pub totals: Counts,
    /// Delete markers over nothing.
    pub idle: u64,
    /// The bursts, in the order of time.
    pub bursts: Vec<Burst>,
    /// Bursts that are not among them, being noise beside the others.
    pub minor: usize,
    /// The most events of a kind that the bursts may miss of any one minute.
    pub lost: u64,
}

impl Found {
    /// The burst before which a state may be worth going back to: the steepest that destroyed something, began within the
    /// time looked at, has no harmless cause, and was made by no restore.
    pub fn suggestion(&self) -> Option<&Burst> {
        let candidates = self.bursts.iter().filter(|burst| burst.may_be_incident() && !burst.under_way);
        candidates.min_by_key(|burst| burst.importance())
    }
}

impl Timeline {
    /// An empty one of what lies in `folder`, which is empty or ends in `/`. Its bars are `step` seconds wide, unless they become too many.
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

    /// Takes what a trace tells.
    pub(crate) fn take(&mut self, told: Told<'_>) {
        match told {
            Told::Did { key, second, event } => self.add(key, second, event),
            Told::Copied { second, event } => self.add_copy(second, event),
        }
    }

    /// Takes a put or an overwrite, which was taken before, for a copy of an older version.
    fn add_copy(&mut self, second: i64, event: Event) {
        if self.window.contains(second)
            && let Some(copies) = self.copies.get_mut(event as usize)
            && copies.add(second, ROOT)
        {
            copies.settle(&self.prefixes);
        }
    }

    /// Takes what an entry of `key`, made in `second`, did; `None` if that is nothing.
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

    /// Makes room for other prefixes: the rarest are counted with the ones above them.
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

    /// What was found, with the bursts that are worth a look, where these runs of asof changed the place.
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
