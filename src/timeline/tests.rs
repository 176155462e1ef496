//! Timelines beside a plain count of the same events.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;

use super::*;
use crate::model::{ChecksumType, Entry, Instant, Kind};

const DAY: i64 = 86_400;
/// 2026-11-17T14:31:07Z.
const ONSET: i64 = 1_794_925_867;

fn traced(entries: &[(&str, i64, bool)]) -> Vec<(String, i64, Option<Event>)> {
    let (mut trace, mut told) = (Trace::default(), Vec::new());
    let mut sink = |key: &str, second, event| told.push((key.to_owned(), second, event));
    for (key, second, marker) in entries {
        let (etag, storage_class, checksum_algorithm) = ("", "", "");
        let checksum_type = ChecksumType::Unknown;
        let version = Kind::Version { etag, size: 1, storage_class, checksum_algorithm, checksum_type };
        let kind = if *marker { Kind::DeleteMarker } else { version };
        let last_modified = Instant::from_millis(second * 1000 + 999);
        trace.push(&Entry { key, version_id: "v", is_latest: true, last_modified, kind }, &mut sink);
    }
    trace.finish(&mut sink);
    told
}

#[test]
fn an_entry_did_what_the_one_below_it_tells() {
    let (version, marker) = (false, true);
    let told = traced(&[
        ("a", 9, marker),
        ("a", 8, marker),
        ("a", 7, version),
        ("a", 6, version),
        ("a", 5, marker),
        ("b", 4, version),
        ("b", 3, marker),
        ("b", 2, version),
        ("c", 1, marker),
    ]);
    let expected = [
        ("a", 9, None),
        ("a", 8, Some(Event::Delete)),
        ("a", 7, Some(Event::Overwrite)),
        ("a", 6, Some(Event::Put)),
        ("a", 5, None),
        ("b", 4, Some(Event::Put)),
        ("b", 3, Some(Event::Delete)),
        ("b", 2, Some(Event::Put)),
        ("c", 1, None),
    ];
    assert_eq!(told, expected.map(|(key, second, event)| (key.to_owned(), second, event)));
    assert_eq!(traced(&[]), []);
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![Just(Event::Put), Just(Event::Overwrite), Just(Event::Delete)]
}

proptest! {
    #[test]
    fn bins_keep_every_event_in_the_bin_of_its_second(
        events in prop::collection::vec((-3 * DAY..40 * DAY, any_event()), 1..200),
        far in prop::option::of(0..20_000 * DAY),
        step in prop_oneof![Just(1), Just(60), Just(420), Just(3600)],
        most in 2usize..50,
    ) {
        let mut bins = Bins::new(step);
        let events: Vec<_> = events.into_iter().chain(far.map(|at| (at, Event::Put))).collect();
        for (second, event) in &events {
            bins.add(*second, *event);
        }
        for bins in [bins.clone(), bins.within(most)] {
            let bars: Vec<_> = bins.bars().collect();
            prop_assert!(i64::try_from(bars.len()).unwrap() <= limits::TIMELINE_BINS);
            prop_assert_eq!(bins.width() % step, 0);
            let mut naive = BTreeMap::<i64, Counts>::new();
            for (second, event) in &events {
                count(naive.entry(second.div_euclid(bins.width()) * bins.width()).or_default(), *event);
            }
            for bar in &bars {
                prop_assert_eq!(naive.remove(&bar.from).unwrap_or_default(), bar.counts);
            }
            prop_assert!(naive.is_empty());
            prop_assert!(bars.is_sorted_by(|a, b| a.from + bins.width() == b.from));
        }
    }
}

#[test]
fn a_chart_is_no_longer_than_asked_for() {
    let mut bins = Bins::new(1);
    for second in [ONSET, ONSET + 120 * DAY] {
        bins.add(second, Event::Put);
    }
    assert_eq!(bins.width(), 1800);
    let within = bins.within(20);
    assert!((10..=20).contains(&within.bars().count()));
    assert_eq!(within.width(), 8 * DAY);
}

/// A bucket whose keys are deleted here and there over four months, and all at once from [`ONSET`] on: in the first second
/// a few only.
fn staged(noise: usize, folders: &str, dice: &mut fastrand::Rng) -> Vec<(String, i64)> {
    let mut events: Vec<_> = (0..noise)
        .map(|n| {
            let folder = folders.replace('#', &dice.u32(..).to_string());
            (format!("{folder}{n}"), ONSET - 90 * DAY + dice.i64(0..120 * DAY))
        })
        .collect();
    let incident = (0..8_214).map(|n| {
        let second = if n < 7 { ONSET } else { ONSET + 1 + n * 40 / 8_214 };
        (format!("uploads/2026/{:02}/{n}.jpg", n % 12), second)
    });
    events.extend(incident);
    dice.shuffle(&mut events);
    events
}

fn timeline(events: &[(String, i64)], window: Window) -> Timeline {
    let mut timeline = Timeline::new("", window, None);
    for (key, second) in events {
        timeline.add(key, *second, Some(Event::Delete));
    }
    timeline
}

#[test]
fn an_incident_is_found_to_the_second_in_noise() {
    let mut dice = fastrand::Rng::with_seed(7);
    for (noise, folders) in
        [(0, ""), (3_000, "uploads/2026/"), (20_000, "avatars/#/"), (300_000, ""), (300_000, "a/#/b/#/")]
    {
        let events = staged(noise, folders, &mut dice);
        let found = timeline(&events, Window::default()).finish();
        assert_eq!(found.totals, [0, 0, events.len() as u64]);
        let burst = found.suggestion().unwrap();
        let case = format!("{noise} in {folders}: {burst:?}, {} lost", found.lost);
        assert_eq!((burst.event, burst.from, burst.before()), (Event::Delete, ONSET, ONSET - 1), "{case}");
        assert!((ONSET + 40..=ONSET + 42).contains(&burst.to), "{case}");
        assert!(burst.count + found.lost >= 8_214 && burst.count <= 8_220, "{case}");
        assert_eq!(burst.prefixes[0].0, "uploads/2026/", "{case}");
        assert!(burst.prefixes[0].1 * 10 >= burst.count * 9 && burst.prefixes[0].1 <= burst.count, "{case}");
        assert!(noise > 100_000 || found.lost == 0, "{case}");
    }
}

#[test]
fn what_happens_elsewhere_at_the_same_time_is_no_part_of_a_burst() {
    let mut events = staged(0, "", &mut fastrand::Rng::with_seed(2));
    events.extend([("invoices/a.pdf".to_owned(), ONSET - 1), ("avatars/b.png".to_owned(), ONSET + 42)]);
    let found = timeline(&events, Window::default()).finish();
    let burst = found.suggestion().unwrap();
    assert_eq!((burst.from, burst.to, burst.count), (ONSET, ONSET + 40, 8_214));
}

#[test]
fn what_is_let_go_of_is_accounted_for() {
    let mut dice = fastrand::Rng::with_seed(8);
    let events = staged(400_000, "x/#/", &mut dice);
    let mut timeline = timeline(&events, Window::default());
    let seconds = &mut timeline.seconds[Event::Delete as usize];
    seconds.settle(&timeline.prefixes);
    let mut naive = HashMap::<i64, u64>::new();
    for (_, second) in &events {
        *naive.entry(second >> 6).or_default() += 1;
    }
    let mut kept = HashMap::<i64, u64>::new();
    for (second, n) in seconds.by_second() {
        *kept.entry(second >> 6).or_default() += n;
    }
    assert!(seconds.by_second().count() <= limits::TIMELINE_SECONDS);
    assert!(seconds.lost() > 0);
    for (minute, n) in naive {
        let kept = kept.get(&minute).copied().unwrap_or_default();
        assert!(kept <= n && n <= kept + seconds.lost(), "{kept} of {n}, {} lost", seconds.lost());
    }
    assert!(timeline.prefixes.len() <= limits::TIMELINE_PREFIXES);
}

#[test]
fn a_burst_over_more_folders_than_are_known_keeps_its_seconds() {
    let mut dice = fastrand::Rng::with_seed(9);
    let mut events: Vec<_> = (0..200_000).map(|n| (format!("t/{n}/x"), ONSET + i64::from(n) / 100)).collect();
    dice.shuffle(&mut events);
    let found = timeline(&events, Window::default()).finish();
    let burst = found.suggestion().unwrap();
    assert_eq!((burst.from, burst.to, burst.count), (ONSET, ONSET + 1999, 200_000));
    assert_eq!((found.lost, &*burst.prefixes), (0, [("t/".to_owned(), 200_000)].as_slice()));
}

#[test]
fn only_the_window_counts_and_a_burst_at_its_edge_is_not_trusted() {
    let events = staged(0, "", &mut fastrand::Rng::with_seed(1));
    let found = timeline(&events, Window { from: Some(ONSET + 10), to: Some(ONSET + 19) }).finish();
    let inside = events.iter().filter(|(_, second)| (ONSET + 10..ONSET + 20).contains(second)).count();
    assert_eq!(found.totals[2], inside as u64);
    assert!(found.bursts[0].under_way && found.suggestion().is_none());
    let found = timeline(&events, Window { from: Some(ONSET - 60), to: None }).finish();
    assert_eq!(found.suggestion().unwrap().from, ONSET);
}

#[test]
fn lifecycle_at_midnight_is_not_what_is_suggested() {
    let mut timeline = Timeline::new("", Window::default(), None);
    let midnight = ONSET / DAY * DAY;
    for n in 0..500 {
        timeline.add(&format!("logs/{n}"), midnight, Some(Event::Delete));
    }
    for n in 0..50 {
        timeline.add(&format!("uploads/{n}"), ONSET + n / 10, Some(Event::Overwrite));
    }
    let found = timeline.finish();
    assert_eq!(found.bursts.len(), 2);
    assert_eq!(found.suggestion().unwrap().from, ONSET);
    assert!(found.bursts[1].is_at_midnight());
}

#[test]
fn nothing_and_too_little_make_no_burst() {
    let found = Timeline::new("", Window::default(), None).finish();
    assert_eq!((found.totals, found.bursts.len(), found.bins.bars().count()), ([0; 3], 0, 0));
    let events: Vec<_> = (0..100).map(|n| (format!("k{n}"), ONSET + n * 20)).collect();
    assert!(timeline(&events, Window::default()).finish().suggestion().is_none());
}
