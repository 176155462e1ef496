//! Events of one kind by second and folder, in a table of limited size.
//!
//! If the table grows too large, the rarest folders of a second are first counted as their parents. If there are too
//! many seconds, the minutes with the fewest events are dropped: bursts are in the others. Each time, `lost` grows by
//! the maximum that one minute can have lost. A minute's count is therefore never too high, and too low by at most
//! `lost`. Nothing is lost while there are at most half as many different seconds as [`limits::TIMELINE_SECONDS`].

use super::prefixes::{Prefixes, ROOT};
use crate::limits;

/// The number of bits for the folder.
const FOLDER_BITS: u32 = 24;
/// The number of seconds that are dropped together, as a power of two: about a minute.
const MINUTE_BITS: u32 = 6;

/// A second and a folder, sorted in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Slot(u64);

impl Slot {
    fn new(second: i64, folder: u32) -> Self {
        Self(u64::try_from(second).unwrap_or_default() << FOLDER_BITS | u64::from(folder))
    }

    fn second(self) -> i64 {
        (self.0 >> FOLDER_BITS).cast_signed()
    }

    fn minute(self) -> i64 {
        self.second() >> MINUTE_BITS
    }

    fn folder(self) -> u32 {
        u32::try_from(self.0 & ((1 << FOLDER_BITS) - 1)).unwrap_or(ROOT)
    }

    fn in_folder(self, folder: u32) -> Self {
        Self::new(self.second(), folder)
    }
}

/// A second with events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Second {
    pub(super) at: i64,
    pub(super) events: u64,
}

/// The events of one second in one folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InFolder {
    pub(super) at: i64,
    pub(super) folder: u32,
    pub(super) events: u64,
}

/// Events by second and folder.
#[derive(Debug, Default)]
pub(super) struct Seconds {
    counted: Vec<(Slot, u64)>,
    fresh: Vec<Slot>,
    lost: u64,
}

impl Seconds {
    /// Adds an event; returns whether it is time to settle.
    pub(super) fn add(&mut self, second: i64, folder: u32) -> bool {
        self.fresh.push(Slot::new(second, folder));
        self.fresh.len() >= limits::TIMELINE_FRESH
    }

    /// Returns the maximum number of events that one minute may lack.
    pub(super) fn lost(&self) -> u64 {
        self.lost
    }

    /// Merges new events, and makes room for more.
    pub(super) fn settle(&mut self, prefixes: &Prefixes) {
        self.fresh.sort_unstable();
        let old = self.counted.len();
        for slot in self.fresh.drain(..) {
            match self.counted.last_mut() {
                Some((last, n)) if *last == slot => *n += 1,
                _ => self.counted.push((slot, 1)),
            }
        }
        if old < self.counted.len() {
            self.merge();
        }
        self.shrink(prefixes);
    }

    /// Sorts, and adds up events of the same second and folder.
    fn merge(&mut self) {
        // A stable sort merges two sorted runs in linear time.
        self.counted.sort_by_key(|(slot, _)| *slot);
        self.counted.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += if same { next.1 } else { 0 };
            same
        });
    }

    fn shrink(&mut self, prefixes: &Prefixes) {
        let most = limits::TIMELINE_SECONDS;
        for _ in 0..limits::PREFIX_DEPTH {
            if self.counted.len() > most {
                self.roll_up(prefixes, 1);
            }
        }
        if self.counted.len() > most && self.by_second().count() > most / 2 {
            self.let_go(most / 4);
        }
        let mut rare = 4;
        while self.counted.len() > most && self.by_second().count() < self.counted.len() {
            self.roll_up(prefixes, rare);
            rare = rare.saturating_mul(4);
        }
    }

    /// Counts events of folders with at most `rare` of them in a second as those of their parents.
    pub(super) fn roll_up(&mut self, prefixes: &Prefixes, rare: u64) {
        let mut moved = false;
        for (slot, n) in &mut self.counted {
            if *n <= rare && slot.folder() != ROOT {
                *slot = slot.in_folder(prefixes.above(slot.folder()));
                moved = true;
            }
        }
        if moved {
            self.merge();
        }
    }

    /// Drops the minutes with the fewest events until at most `keep` seconds remain.
    fn let_go(&mut self, keep: usize) {
        let minute = |second: i64| second >> MINUTE_BITS;
        let mut minutes: Vec<(u64, usize)> = Vec::new();
        let mut current = None;
        for Second { at, events: n } in self.by_second() {
            if current.replace(minute(at)) != Some(minute(at)) {
                minutes.push((0, 0));
            }
            if let Some((events, seconds)) = minutes.last_mut() {
                *events += n;
                *seconds += 1;
            }
        }
        minutes.sort_unstable_by(|a, b| b.cmp(a));
        let mut room = keep;
        let fits = minutes.iter().take_while(|(_, seconds)| {
            let fits = *seconds <= room;
            room -= if fits { *seconds } else { 0 };
            fits
        });
        let fits = fits.count();
        // Minutes with as many events as the first without room are dropped too.
        let bar = minutes.get(fits).map_or(0, |(events, _)| *events);
        self.lost += bar;
        let mut kept = Vec::new();
        for group in self.counted.chunk_by(|a, b| a.0.minute() == b.0.minute()) {
            if group.iter().map(|(_, n)| n).sum::<u64>() > bar {
                kept.extend_from_slice(group);
            }
        }
        self.counted = kept;
    }

    /// Marks the folders in use.
    pub(super) fn mark(&self, used: &mut [bool]) {
        for (slot, _) in &self.counted {
            if let Some(used) = used.get_mut(slot.folder() as usize) {
                *used = true;
            }
        }
    }

    /// Applies new folder numbers, which are in the same order.
    pub(super) fn rename(&mut self, numbers: &[u32]) {
        for (slot, _) in &mut self.counted {
            *slot = slot.in_folder(numbers.get(slot.folder() as usize).copied().unwrap_or(ROOT));
        }
    }

    /// Returns the events of each second that has any, by time.
    pub(super) fn by_second(&self) -> impl Iterator<Item = Second> {
        self.counted.chunk_by(|a, b| a.0.second() == b.0.second()).map(|group| Second {
            at: group.first().map_or(0, |(slot, _)| slot.second()),
            events: group.iter().map(|(_, n)| n).sum(),
        })
    }

    /// Returns the events of a span of seconds, by second and folder.
    pub(super) fn by_folder(&self, from: i64, to: i64) -> impl Iterator<Item = InFolder> {
        let first = self.counted.partition_point(|(slot, _)| slot.second() < from);
        let of_span = self.counted.iter().skip(first).take_while(move |(slot, _)| slot.second() <= to);
        of_span.map(|(slot, n)| InFolder { at: slot.second(), folder: slot.folder(), events: *n })
    }
}
