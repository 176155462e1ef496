//! Bursts: where events of one kind set in suddenly.
//!
//! The steepest change is the second from which, in a window of a minute, most more events came than in the minute before. From
//! there a burst reaches, on either side, as far as seconds are *raised*: have more events than the minute before it lets
//! expect, three standard deviations of a Poisson process above its mean. What stands apart before or
//! after, and is less than a hundredth of it, does not belong to it;
//! nor do seconds at its ends with events in other folders only, where one folder has nine tenths of it. So its first second is right where the seconds are exact and what goes on
//! all the time is little beside it.

use std::collections::BTreeMap;

use super::prefixes::{Prefixes, ROOT};
use super::seconds::Seconds;
use super::{Event, Window};
use crate::limits;

/// Seconds before a burst that need not be raised between two that are.
const GAP_BEFORE: i64 = 2;
/// Seconds in a burst that need not be raised between two that are.
const GAP_WITHIN: i64 = 10;
/// A run of seconds that stands apart at an end of a burst belongs to it if it has one in so many of its events.
const STRAGGLERS: u64 = 100;
const DAY: i64 = 86_400;

/// Many events of one kind in a short time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Burst {
    /// What happened.
    pub event: Event,
    /// Its first second.
    pub from: i64,
    /// Its last second.
    pub to: i64,
    /// Events in these seconds.
    pub count: u64,
    /// How many more there were in its first minute than in the minute before.
    pub rise: u64,
    /// Where they were: the deepest folder with nine tenths of them; or else the folders with the most. What is counted
    /// under each is not too much, and may be too little where there are very many folders.
    pub prefixes: Vec<(String, u64)>,
    /// Whether it was going on when the time looked at begins, so that it may have begun before.
    pub under_way: bool,
}

impl Burst {
    /// The last second before it.
    pub fn before(&self) -> i64 {
        self.from - 1
    }

    /// Whether these may be lifecycle's delete markers, which are dated with midnight UTC
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html>).
    pub fn is_at_midnight(&self) -> bool {
        self.event == Event::Delete && self.from == self.to && self.from.rem_euclid(DAY) == 0
    }

    /// In which order bursts are looked at: what destroyed something and has no harmless cause, then the steepest.
    fn rank(&self) -> (bool, bool, std::cmp::Reverse<u64>, i64) {
        (self.is_at_midnight(), self.event == Event::Put, std::cmp::Reverse(self.rise), self.from)
    }
}

/// Sorts bursts, the one to look at first in front, and leaves the few that are shown.
pub(super) fn rank(bursts: &mut Vec<Burst>) {
    bursts.sort_by_key(Burst::rank);
    bursts.truncate(limits::SHOWN_BURSTS);
}

/// The steepest bursts of a kind of event, without their ranks.
pub(super) fn find(event: Event, seconds: &Seconds, prefixes: &Prefixes, window: Window) -> Vec<Burst> {
    let series: Vec<_> = seconds.by_second().collect();
    let mut taken = vec![false; series.len()];
    let mut bursts = Vec::new();
    while bursts.len() < limits::SHOWN_BURSTS {
        let Some(steep) = steepest(&series, &taken).filter(|steep| steep.rise >= limits::BURST_RISE) else {
            break;
        };
        let (first, last) = reach(&series, &taken, steep);
        let (Some(span), Some(taking)) = (series.get(first..=last), taken.get_mut(first..=last)) else {
            break;
        };
        taking.fill(true);
        let (Some((from, _)), Some((to, _))) = (span.first(), span.last()) else { break };
        let (from, to) = narrow(*from, *to, seconds, prefixes);
        let count = seconds.by_folder(from, to).map(|(_, _, n)| n).sum();
        bursts.push(Burst {
            event,
            from,
            to,
            count,
            rise: steep.rise,
            prefixes: places(seconds.by_folder(from, to), prefixes),
            under_way: window.from.is_some_and(|begin| from - begin <= GAP_BEFORE),
        });
    }
    bursts
}

/// A second from which events set in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Steep {
    at: usize,
    rise: u64,
    /// Events in the minute before.
    before: u64,
}

/// The second with the steepest rise, the earliest of several. What is taken belongs to another burst: it does not make
/// a rise, but it can stand before one.
fn steepest(series: &[(i64, u64)], taken: &[bool]) -> Option<Steep> {
    let free = |at: usize| series.get(at).filter(|_| taken.get(at) == Some(&false)).map_or(0, |(_, n)| *n);
    let (mut best, mut tail, mut head): (Option<Steep>, usize, usize) = (None, 0, 0);
    let (mut before, mut after) = (0, 0);
    for (at, (second, n)) in series.iter().enumerate() {
        while let Some((ahead, _)) = series.get(head).filter(|(s, _)| *s < second + limits::BURST_WINDOW) {
            debug_assert!(ahead >= second);
            after += free(head);
            head += 1;
        }
        while let Some((_, n)) = series.get(tail).filter(|(s, _)| *s < second - limits::BURST_WINDOW) {
            before -= n;
            tail += 1;
        }
        let rise = after.saturating_sub(before);
        if taken.get(at) == Some(&false) && best.is_none_or(|best| rise > best.rise) {
            best = Some(Steep { at, rise, before });
        }
        after -= free(at);
        before += n;
    }
    best
}

/// The first and the last second of the burst round its steepest.
fn reach(series: &[(i64, u64)], taken: &[bool], steep: Steep) -> (usize, usize) {
    let raised = |n: u64| is_raised(n, steep.before);
    let mut first = (steep.at, series.get(steep.at).map_or(0, |(s, _)| *s));
    let mut last = first;
    for at in (0..steep.at).rev() {
        match (series.get(at), taken.get(at)) {
            (Some((second, n)), Some(false)) if first.1 - second <= GAP_BEFORE => {
                first = if raised(*n) { (at, *second) } else { first };
            }
            _ => break,
        }
    }
    for at in steep.at + 1..series.len() {
        match (series.get(at), taken.get(at)) {
            (Some((second, n)), Some(false)) if second - last.1 <= GAP_WITHIN => {
                last = if raised(*n) { (at, *second) } else { last };
            }
            _ => break,
        }
    }
    let span = series.get(first.0..=last.0).unwrap_or_default();
    let runs: Vec<_> =
        span.chunk_by(|a, b| b.0 - a.0 <= GAP_BEFORE).map(|run| (run.len(), events(run))).collect();
    let (before, after) =
        (stragglers(runs.iter(), events(span)), stragglers(runs.iter().rev(), events(span)));
    (first.0 + before, last.0 - after)
}

fn events(seconds: &[(i64, u64)]) -> u64 {
    seconds.iter().map(|(_, n)| n).sum()
}

/// How many seconds at one end of a burst stand apart from the rest, and are next to nothing beside it: what goes on all
/// the time, caught in the same minute. Takes the seconds and events of each run of seconds, that end first.
fn stragglers<'a>(runs: impl Iterator<Item = &'a (usize, u64)>, all: u64) -> usize {
    runs.take_while(|(_, events)| events * STRAGGLERS < all).map(|(seconds, _)| seconds).sum()
}

/// Whether a second with so many events stands out from a minute with so many: `n > mean + 3 √mean`, in whole numbers.
fn is_raised(n: u64, before: u64) -> bool {
    let (seconds, before) = (u128::from(limits::BURST_WINDOW.unsigned_abs()), u128::from(before));
    let above = (u128::from(n) * seconds).saturating_sub(before);
    above * above > 9 * before * seconds
}

/// The folder that an event is counted in, and those above it, without the root.
fn upwards(folder: u32, prefixes: &Prefixes) -> impl Iterator<Item = u32> {
    std::iter::successors(Some(folder), |folder| Some(prefixes.above(*folder))).take_while(|f| *f != ROOT)
}

/// Events by folder, those in the folders below counted too, and the deepest folder with nine tenths of them.
fn folders(
    counted: impl Iterator<Item = (i64, u32, u64)>,
    prefixes: &Prefixes,
) -> (BTreeMap<u32, u64>, Option<(u32, u64)>) {
    let (mut under, mut all) = (BTreeMap::<u32, u64>::new(), 0);
    for (_, folder, n) in counted {
        all += n;
        upwards(folder, prefixes).for_each(|folder| *under.entry(folder).or_default() += n);
    }
    // The numbers of folders grow with their depth.
    let main = under.iter().rev().find(|(_, n)| **n * 10 >= all * 9).map(|(folder, n)| (*folder, *n));
    (under, main)
}

/// The seconds of a burst without those at its ends that have events in other folders only: what happened there at the same
/// time is not part of it. What is counted above the burst's folder may be.
fn narrow(from: i64, to: i64, seconds: &Seconds, prefixes: &Prefixes) -> (i64, i64) {
    let (_, Some((main, _))) = folders(seconds.by_folder(from, to), prefixes) else { return (from, to) };
    let related = |folder: u32| {
        folder == ROOT
            || upwards(folder, prefixes).any(|f| f == main)
            || upwards(main, prefixes).any(|f| f == folder)
    };
    let mut own =
        seconds.by_folder(from, to).filter(|(_, folder, _)| related(*folder)).map(|(second, ..)| second);
    let first = own.next().unwrap_or(from);
    (first, own.last().unwrap_or(first))
}

/// Where events were: the deepest folder with nine tenths of them, or the top ones with the most.
fn places(counted: impl Iterator<Item = (i64, u32, u64)>, prefixes: &Prefixes) -> Vec<(String, u64)> {
    let (under, main) = folders(counted, prefixes);
    let mut found: Vec<_> = match main {
        Some(main) => vec![main],
        None => under.into_iter().filter(|(folder, _)| prefixes.above(*folder) == ROOT).collect(),
    };
    found.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    found.truncate(limits::BURST_PREFIXES);
    found.into_iter().map(|(folder, n)| (prefixes.name(folder).to_owned(), n)).collect()
}

#[cfg(test)]
#[path = "tests/burst.rs"]
mod tests;
