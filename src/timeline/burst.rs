//! Bursts: many more events of one kind than just before.
//!
//! A second is *raised* if it has more events than the minute before the burst predicts: three standard deviations of a
//! Poisson process above its mean.
//!
//! | seconds | belong to the burst |
//! |---|---|
//! | one of the minute with the steepest rise over the minute before it | yes |
//! | raised, with a gap of at most [`GAP_BEFORE`] before the burst or [`GAP_WITHIN`] in it | yes |
//! | at an end, apart, and less than a [`STRAGGLERS`]th of the largest run | no |
//! | at an end, in other folders only, if one folder has nine tenths of the events | no |
//!
//! Of several matching bursts, the one with the most events is taken: a stray event shortly before makes as steep a
//! start. Lifecycle delete markers are bursts of their own ([`expiries`]), and are ignored when searching for other
//! bursts. `asof manual internals` explains the steps under "Bursts".

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::origin::Origin;
use super::prefixes::{Prefixes, ROOT};
use super::seconds::{InFolder, Second, Seconds};
use super::{Event, Window};
use crate::limits;

/// The maximum gap in seconds between raised seconds before the steepest one.
const GAP_BEFORE: i64 = 2;
/// The maximum gap in seconds between raised seconds within a burst.
const GAP_WITHIN: i64 = 10;
/// A separate run of seconds at an end of a burst belongs to it if it has at least one event per this many of the
/// largest run.
const STRAGGLERS: u64 = 100;
/// A midnight counts as lifecycle's if it has this many times the events of any nearby second: activity that lasts
/// longer than a second has more than a tenth of its busiest second in another one.
const EXPIRY: u64 = 10;
const DAY: i64 = 86_400;

/// Many events of one kind in a short time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Burst {
    /// The kind of event.
    pub event: Event,
    /// The first second.
    pub from: i64,
    /// The last second.
    pub to: i64,
    /// The number of events in these seconds.
    pub count: u64,
    /// The rise: events in the minute that starts at its steepest second minus those in the minute before.
    pub rise: u64,
    /// The deepest folder with nine tenths of the events, or else the folders with the most. The count of a folder is
    /// never too high, but may be too low if there are very many folders.
    pub prefixes: Vec<(String, u64)>,
    /// True if it was in progress at the start of the window, so that it may have begun earlier.
    pub under_way: bool,
    /// The number of events that are copies of older versions.
    pub copies: u64,
    /// The origin of the burst.
    pub origin: Origin,
    /// The rank among the bursts shown, by number of events: 1 for the largest.
    pub rank: usize,
}

impl Burst {
    /// Returns the last second before the burst.
    pub fn before(&self) -> i64 {
        self.from - 1
    }

    /// Returns true if these may be lifecycle delete markers, which are dated to midnight UTC
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html>).
    pub fn is_at_midnight(&self) -> bool {
        self.event == Event::Delete && self.from == self.to && self.from.rem_euclid(DAY) == 0
    }

    /// Returns true if it destroyed data and has no known harmless origin.
    pub(crate) fn may_be_incident(&self) -> bool {
        self.event != Event::Put && !self.is_at_midnight() && self.origin == Origin::Unknown
    }

    /// The sort key of bursts: possible incidents first, then those with a known origin, each by rise.
    pub(super) fn importance(&self) -> (bool, bool, bool, Reverse<u64>, i64) {
        let is_restore = self.origin != Origin::Unknown;
        (self.is_at_midnight(), is_restore, self.event == Event::Put, Reverse(self.rise), self.from)
    }
}

/// Keeps the few bursts to show, ranks them by events, and sorts them by time.
pub(super) fn rank(bursts: &mut Vec<Burst>) {
    bursts.sort_by_key(Burst::importance);
    bursts.truncate(limits::SHOWN_BURSTS);
    bursts.sort_by_key(|burst| (Reverse(burst.count), burst.from));
    (1..).zip(&mut *bursts).for_each(|(rank, burst)| burst.rank = rank);
    bursts.sort_by_key(|burst| (burst.from, burst.rank));
}

/// Returns the steepest bursts of a kind of event, without rank and origin.
pub(super) fn find(event: Event, seconds: &Seconds, prefixes: &Prefixes, window: Window) -> Vec<Burst> {
    let mut series: Vec<_> = seconds.by_second().collect();
    let expiries = if event == Event::Delete { expiries(&series) } else { Vec::new() };
    let is_expiry = |at: i64| expiries.binary_search_by_key(&at, |span| span.from).is_ok();
    series.retain(|second| !is_expiry(second.at));
    let burst = |span: &Span| {
        let counted = seconds.by_folder(span.from, span.to);
        // An expiry amid another burst is not part of it.
        let counted: Vec<_> =
            counted.filter(|second| span.from == span.to || !is_expiry(second.at)).collect();
        let own = narrow(&counted, prefixes);
        let (from, to) = (own.first()?.at, own.last()?.at);
        Some(Burst {
            event,
            from,
            to,
            count: own.iter().map(|second| second.events).sum(),
            rise: span.rise,
            prefixes: places(own, prefixes),
            under_way: window.from.is_some_and(|begin| from - begin <= GAP_BEFORE),
            copies: 0,
            origin: Origin::default(),
            rank: 0,
        })
    };
    expiries.iter().chain(&spans(&series)).filter_map(burst).collect()
}

/// The first and last second of a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    from: i64,
    to: i64,
    rise: u64,
}

/// Returns the midnights of lifecycle delete markers: those that stand out from all seconds of the minute before and
/// the minute after. A user's delete a second later does not hide them. Deletes that start at midnight and continue are
/// not matched, because as many follow.
fn expiries(series: &[Second]) -> Vec<Span> {
    let within = |from: i64, to: i64| {
        let first = |at: i64| series.partition_point(|second| second.at < at);
        series.get(first(from)..first(to)).unwrap_or_default()
    };
    let midnights = series.iter().filter(|second| second.at.rem_euclid(DAY) == 0);
    let spans = midnights.filter_map(|&Second { at, events: n }| {
        let before = within(at - limits::BURST_WINDOW, at);
        let after = within(at + 1, at + limits::BURST_WINDOW);
        let busiest = before.iter().chain(after).map(|second| second.events).max().unwrap_or_default();
        let rise = (n + events(after)).saturating_sub(events(before));
        (n >= busiest * EXPIRY).then_some(Span { from: at, to: at, rise })
    });
    spans.filter(|span| span.rise >= limits::BURST_RISE).collect()
}

/// Returns the steepest bursts, one after the other.
fn spans(series: &[Second]) -> Vec<Span> {
    let mut taken = vec![false; series.len()];
    let mut spans = Vec::new();
    while spans.len() < limits::FOUND_BURSTS {
        let Some(steep) = steepest(series, &taken).filter(|steep| steep.rise >= limits::BURST_RISE) else {
            break;
        };
        let Reach { first, last } = widest(series, &taken, steep);
        let (Some(from), Some(to)) = (series.get(first), series.get(last)) else { break };
        let Some(taking) = taken.get_mut(first..=last) else { break };
        taking.fill(true);
        spans.push(Span { from: from.at, to: to.at, rise: steep.rise });
    }
    spans
}

/// A second at which activity rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Steep {
    at: usize,
    rise: u64,
    /// Events in the minute before.
    before: u64,
}

/// Returns the second with the steepest rise, the earliest of several. Taken seconds belong to another burst: they do
/// not count for a rise, but do count as the activity before one.
fn steepest(series: &[Second], taken: &[bool]) -> Option<Steep> {
    let is_free = |at: usize| taken.get(at) == Some(&false);
    let free = |at: usize| series.get(at).filter(|_| is_free(at)).map_or(0, |second| second.events);
    let (mut best, mut tail, mut head): (Option<Steep>, usize, usize) = (None, 0, 0);
    let (mut before, mut after) = (0, 0);
    for (at, second) in series.iter().enumerate() {
        while series.get(head).is_some_and(|ahead| ahead.at < second.at + limits::BURST_WINDOW) {
            after += free(head);
            head += 1;
        }
        while let Some(old) = series.get(tail).filter(|old| old.at < second.at - limits::BURST_WINDOW) {
            before -= old.events;
            tail += 1;
        }
        let rise = after.saturating_sub(before);
        if is_free(at) && best.is_none_or(|best| rise > best.rise) {
            best = Some(Steep { at, rise, before });
        }
        after -= free(at);
        before += second.events;
    }
    best
}

/// The first and last index of a burst in a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reach {
    first: usize,
    last: usize,
}

/// Returns the reach of the burst with the most events, the earliest of several, that contains a raised second of the
/// steepest minute. The first second of that minute may be a stray event, too far away to belong to the burst.
fn widest(series: &[Second], taken: &[bool], steep: Steep) -> Reach {
    let end = series.get(steep.at).map_or(0, |second| second.at + limits::BURST_WINDOW);
    let minute = series.iter().zip(taken).enumerate().skip(steep.at);
    let minute = minute.take_while(|(_, (second, _))| second.at < end);
    let raised = minute.filter(|(_, (second, taken))| !**taken && is_raised(second.events, steep.before));
    raised
        .map(|(at, _)| reach(series, taken, Steep { at, ..steep }))
        .max_by_key(|reach| (series.get(reach.first..=reach.last).map_or(0, events), Reverse(reach.first)))
        .unwrap_or_else(|| reach(series, taken, steep))
}

/// Returns the reach of the burst around one of its seconds: as far as raised seconds follow each other, without
/// stragglers at its ends.
fn reach(series: &[Second], taken: &[bool], steep: Steep) -> Reach {
    let free = |at: &usize| taken.get(*at) == Some(&false);
    let first = furthest(series, (0..steep.at).rev().take_while(free), steep, GAP_BEFORE);
    let last = furthest(series, (steep.at + 1..series.len()).take_while(free), steep, GAP_WITHIN);
    let runs = series.get(first..=last).unwrap_or_default().chunk_by(|a, b| b.at - a.at <= GAP_BEFORE);
    let runs: Vec<_> = runs.map(|run| Run { seconds: run.len(), events: events(run) }).collect();
    let largest = runs.iter().map(|run| run.events).max().unwrap_or_default();
    let (before, after) = (stragglers(runs.iter(), largest), stragglers(runs.iter().rev(), largest));
    Reach { first: first + before, last: last - after }
}

/// Returns the last raised second on the way, which starts next to the steep one and ends at a gap longer than `gap`.
fn furthest(series: &[Second], way: impl Iterator<Item = usize>, steep: Steep, gap: i64) -> usize {
    let at = |place: usize| series.get(place).map_or(0, |second| second.at);
    let mut reached = steep.at;
    for place in way {
        if at(place).abs_diff(at(reached)) > gap.unsigned_abs() {
            break;
        }
        if series.get(place).is_some_and(|second| is_raised(second.events, steep.before)) {
            reached = place;
        }
    }
    reached
}

fn events(seconds: &[Second]) -> u64 {
    seconds.iter().map(|second| second.events).sum()
}

/// Consecutive seconds of a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    seconds: usize,
    events: u64,
}

/// The number of seconds at one end of a burst that are separate and negligible compared with its largest run:
/// background activity in the same minute. `runs` starts at that end. The largest run is always kept, even if pauses
/// split the burst into many runs.
fn stragglers<'a>(runs: impl Iterator<Item = &'a Run>, largest: u64) -> usize {
    runs.take_while(|run| run.events * STRAGGLERS < largest).map(|run| run.seconds).sum()
}

/// Returns true if a second with `n` events stands out from a minute with `before`: `n > mean + 3 √mean`, in integers.
fn is_raised(n: u64, before: u64) -> bool {
    let (seconds, before) = (u128::from(limits::BURST_WINDOW.unsigned_abs()), u128::from(before));
    let above = (u128::from(n) * seconds).saturating_sub(before);
    above * above > 9 * before * seconds
}

/// Returns the folder that an event is counted in and its ancestors, except the root.
fn upwards(folder: u32, prefixes: &Prefixes) -> impl Iterator<Item = u32> {
    std::iter::successors(Some(folder), |folder| Some(prefixes.above(*folder))).take_while(|f| *f != ROOT)
}

/// Returns the events by folder, including subfolders, and the deepest folder with nine tenths of them.
fn folders(counted: &[InFolder], prefixes: &Prefixes) -> (BTreeMap<u32, u64>, Option<(u32, u64)>) {
    let (mut under, mut all) = (BTreeMap::<u32, u64>::new(), 0);
    for InFolder { folder, events, .. } in counted {
        all += events;
        upwards(*folder, prefixes).for_each(|folder| *under.entry(folder).or_default() += events);
    }
    // Folder numbers increase with depth.
    let main = under.iter().rev().find(|(_, n)| **n * 10 >= all * 9).map(|(folder, n)| (*folder, *n));
    (under, main)
}

/// Removes seconds at the ends of a burst whose events are in other folders only: they happened at the same time but
/// are not part of it. Events counted in an ancestor of the burst's folder may be.
fn narrow<'a>(counted: &'a [InFolder], prefixes: &Prefixes) -> &'a [InFolder] {
    let (_, Some((main, _))) = folders(counted, prefixes) else { return counted };
    let related = |folder: u32| {
        folder == ROOT
            || upwards(folder, prefixes).any(|f| f == main)
            || upwards(main, prefixes).any(|f| f == folder)
    };
    let mut own = counted.iter().filter(|second| related(second.folder)).map(|second| second.at);
    let Some(first) = own.next() else { return counted };
    let last = own.next_back().unwrap_or(first);
    let begin = counted.partition_point(|second| second.at < first);
    let end = counted.partition_point(|second| second.at <= last);
    counted.get(begin..end).unwrap_or(counted)
}

/// Returns the deepest folder with nine tenths of the events, or the top-level folders with the most.
fn places(counted: &[InFolder], prefixes: &Prefixes) -> Vec<(String, u64)> {
    let (under, main) = folders(counted, prefixes);
    let mut found: Vec<_> = match main {
        Some(main) => vec![main],
        None => under.into_iter().filter(|(folder, _)| prefixes.above(*folder) == ROOT).collect(),
    };
    found.sort_by_key(|(_, n)| Reverse(*n));
    found.truncate(limits::BURST_PREFIXES);
    found.into_iter().map(|(folder, n)| (prefixes.name(folder).to_owned(), n)).collect()
}

#[cfg(test)]
mod tests;
