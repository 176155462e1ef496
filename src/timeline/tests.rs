//! Compares timelines with a plain count of the same events.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;

use super::seconds::Second;
use super::*;
use crate::model::{ChecksumType, Entry, Instant, Kind};

const DAY: i64 = 86_400;
/// 2026-11-17T14:31:07Z.
const ONSET: i64 = 1_794_925_867;

/// A listed version with this ETag, or a delete marker.
fn listed<'a>(key: &'a str, second: i64, etag: Option<&'a str>) -> Entry<'a> {
    let (storage_class, checksum_algorithm) = ("", "");
    let checksum_type = ChecksumType::Unknown;
    let kind = etag.map_or(Kind::DeleteMarker, |etag| Kind::Version {
        etag,
        size: 1,
        storage_class,
        checksum_algorithm,
        checksum_type,
    });
    let last_modified = Instant::from_millis(second * 1000 + 999);
    Entry { key, version_id: "v", is_latest: true, last_modified, kind }
}

fn traced(entries: &[(&str, i64, bool)]) -> Vec<(String, i64, Option<Event>)> {
    let (mut trace, mut events) = (Trace::default(), Vec::new());
    let mut sink = |told: Told<'_>| match told {
        Told::Did { key, second, event } => events.push((key.to_owned(), second, event)),
        Told::Copied { .. } => panic!("without ETags nothing is known to be a copy"),
    };
    for (key, second, marker) in entries {
        trace.push(&listed(key, *second, (!marker).then_some("")), &mut sink);
    }
    trace.finish(&mut sink);
    events
}

/// The seconds and events of the copies in one key's history, given newest first.
fn copies(history: &[(i64, Option<&str>)]) -> Vec<(i64, Event)> {
    let (mut trace, mut copies) = (Trace::default(), Vec::new());
    let mut sink = |told: Told<'_>| {
        if let Told::Copied { second, event } = told {
            copies.push((second, event));
        }
    };
    for (second, etag) in history {
        trace.push(&listed("k", *second, *etag), &mut sink);
    }
    // Another key does not count.
    trace.push(&listed("l", 0, Some("a")), &mut sink);
    trace.finish(&mut sink);
    copies
}

#[test]
fn a_version_with_the_content_of_an_older_one_is_a_copy() {
    let (a, b, c) =
        (Some("a"), Some("0123456789abcdef0123456789abcdef"), Some("0123456789abcdee0123456789abcdef"));
    for (history, expected) in [
        (vec![(1, a)], vec![]),
        (vec![(2, b), (1, a)], vec![]),
        (vec![(3, c), (2, b), (1, a)], vec![]),
        (vec![(2, a), (1, a)], vec![(2, Event::Overwrite)]),
        (vec![(3, a), (2, b), (1, a)], vec![(3, Event::Overwrite)]),
        (vec![(3, b), (2, None), (1, b)], vec![(3, Event::Put)]),
        (vec![(4, b), (3, a), (2, b), (1, a)], vec![(4, Event::Overwrite), (3, Event::Overwrite)]),
        (vec![(4, None), (3, b), (2, None), (1, b)], vec![(3, Event::Put)]),
        (vec![(3, Some("")), (2, b), (1, Some(""))], vec![]),
    ] {
        assert_eq!(copies(&history), expected, "{history:?}");
    }
    // Only this many versions are kept.
    let etags: Vec<_> = (0..100).map(|n| format!("{n}")).collect();
    let mut history: Vec<_> =
        (0..100).rev().map(|n| (n, Some(&*etags[usize::try_from(n).unwrap()]))).collect();
    history.push((-1, Some("97")));
    history.push((-2, Some("5")));
    assert_eq!(copies(&history), [(97, Event::Overwrite)]);
}

/// A timeline in which each event has its own key, all in the same folder.
fn with_copies(events: &[(Event, i64, u64, u64)], runs: &[OwnRun]) -> Found {
    let mut timeline = Timeline::new("", Window::default(), None);
    for (event, second, count, copies) in events {
        for n in 0..*count {
            timeline.add(&format!("k/{n}"), second + i64::try_from(n / 50).unwrap(), Some(*event));
        }
        (0..*copies).for_each(|n| {
            let second = second + i64::try_from(n / 50).unwrap();
            timeline.take(Told::Copied { second, event: *event });
        });
    }
    timeline.finish(runs)
}

#[test]
fn restores_are_marked_and_not_suggested() {
    let incident = (Event::Delete, ONSET, 300, 0);
    let run = |from: i64, to: i64, changes| OwnRun { id: "RUN".to_owned(), from, to, changes };
    let origins = |found: &Found| found.bursts.iter().map(|b| b.origin.clone()).collect::<Vec<_>>();
    let (later, own) = (ONSET + 3600, Origin::Asof(vec!["RUN".to_owned()]));
    for (event, copies, runs, expected) in [
        // Larger and steeper than the incident.
        (Event::Delete, 0, vec![], Origin::Unknown),
        (Event::Delete, 0, vec![run(later - 1, later + 20, 900)], own.clone()),
        (Event::Overwrite, 0, vec![run(later - 1, later + 20, 900)], own.clone()),
        (Event::Put, 0, vec![run(later - 1, later + 20, 900)], own.clone()),
        // More events than the run has changes, or before it started, or after it ended.
        (Event::Delete, 0, vec![run(later - 1, later + 20, 899)], Origin::Unknown),
        (Event::Delete, 0, vec![run(later + 1, later + 20, 900)], Origin::Unknown),
        (Event::Delete, 0, vec![run(later - 1, later + 16, 900)], Origin::Unknown),
        (Event::Overwrite, 900, vec![], Origin::Restore),
        (Event::Overwrite, 451, vec![], Origin::Restore),
        (Event::Overwrite, 450, vec![], Origin::Unknown),
        (Event::Overwrite, 900, vec![run(later - 1, later + 20, 900)], own),
    ] {
        let found = with_copies(&[incident, (event, later, 900, copies)], &runs);
        assert_eq!(
            origins(&found),
            [Origin::Unknown, expected.clone()],
            "{event:?}, {copies} copies, {runs:?}"
        );
        let is_suggested = expected == Origin::Unknown && event != Event::Put;
        let suggested = if is_suggested { later } else { ONSET };
        assert_eq!(found.suggestion().unwrap().from, suggested, "{event:?}, {copies} copies, {runs:?}");
        assert_eq!(found.bursts.iter().map(|b| b.rank).collect::<Vec<_>>(), [2, 1]);
    }
    // Two runs, one right after the other, and a burst of both.
    let runs = [run(later - 1, later + 8, 500), run(later + 10, later + 20, 500)];
    let found = with_copies(&[incident, (Event::Delete, later, 900, 0)], &runs);
    assert_eq!(origins(&found), [Origin::Unknown, Origin::Asof(vec!["RUN".to_owned(), "RUN".to_owned()])]);
    // Deletes near the copies belong to them; others do not.
    let restore = [(Event::Put, later, 200, 200), (Event::Delete, later + 2, 900, 0)];
    let found = with_copies(&[&[incident], &restore[..1]].concat(), &[]);
    assert_eq!(origins(&found), [Origin::Unknown, Origin::Restore]);
    let found =
        with_copies(&[&[incident], &[restore[0], (Event::Delete, later + 2, 50, 0)][..]].concat(), &[]);
    assert_eq!(origins(&found), [Origin::Unknown, Origin::Restore, Origin::Restore]);
    let found =
        with_copies(&[&[incident], &[restore[0], (Event::Delete, later + 60, 50, 0)][..]].concat(), &[]);
    assert_eq!(origins(&found), [Origin::Unknown, Origin::Restore, Origin::Unknown]);
}

#[test]
fn runs_of_asof_hide_no_incident() {
    let runs: Vec<_> = (1..=10)
        .map(|n| OwnRun {
            id: n.to_string(),
            from: ONSET + n * 3600 - 1,
            to: ONSET + n * 3600 + 20,
            changes: 900,
        })
        .collect();
    let own = runs.iter().map(|run| (Event::Delete, run.from + 1, 900, 0));
    let events: Vec<_> = own.chain([(Event::Delete, ONSET, 6, 0)]).collect();
    let found = with_copies(&events, &runs);
    assert_eq!((found.bursts.len(), found.minor), (limits::SHOWN_BURSTS, 0));
    assert_eq!(found.suggestion().unwrap().from, ONSET);
}

#[test]
fn bursts_come_in_the_order_of_time_without_noise() {
    let (day, hour) = (24 * 3600, 3600);
    let found = with_copies(
        &[
            (Event::Delete, ONSET, 1000, 0),
            (Event::Delete, ONSET + hour, 6, 0),
            (Event::Overwrite, ONSET - hour, 30, 0),
            (Event::Put, ONSET - day, 7, 0),
            (Event::Put, ONSET + day, 5000, 0),
        ],
        &[],
    );
    let shown: Vec<_> = found.bursts.iter().map(|b| (b.from, b.event, b.count, b.rank)).collect();
    let expected = [
        (ONSET - hour, Event::Overwrite, 30, 3),
        (ONSET, Event::Delete, 1000, 2),
        (ONSET + day, Event::Put, 5000, 1),
    ];
    assert_eq!((shown.as_slice(), found.minor), (expected.as_slice(), 2));
    // A possible incident is not small compared with an import, nor a slow one compared with a quick one.
    let found = with_copies(&[(Event::Put, ONSET + day, 5000, 0), (Event::Delete, ONSET, 6, 0)], &[]);
    assert_eq!((found.bursts.len(), found.minor, found.suggestion().unwrap().count), (2, 0, 6));
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

/// A bucket with scattered deletes over four months and an incident at [`ONSET`], with only a few deletes in its first
/// second.
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
        let found = timeline(&events, Window::default()).finish(&[]);
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
    let found = timeline(&events, Window::default()).finish(&[]);
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
    for Second { at: second, events: n } in seconds.by_second() {
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
    let found = timeline(&events, Window::default()).finish(&[]);
    let burst = found.suggestion().unwrap();
    assert_eq!((burst.from, burst.to, burst.count), (ONSET, ONSET + 1999, 200_000));
    assert_eq!((found.lost, &*burst.prefixes), (0, [("t/".to_owned(), 200_000)].as_slice()));
}

#[test]
fn only_the_window_counts_and_a_burst_at_its_edge_is_not_trusted() {
    let events = staged(0, "", &mut fastrand::Rng::with_seed(1));
    let found = timeline(&events, Window { from: Some(ONSET + 10), to: Some(ONSET + 19) }).finish(&[]);
    let inside = events.iter().filter(|(_, second)| (ONSET + 10..ONSET + 20).contains(second)).count();
    assert_eq!(found.totals[2], inside as u64);
    assert!(found.bursts[0].under_way && found.suggestion().is_none());
    let found = timeline(&events, Window { from: Some(ONSET - 60), to: None }).finish(&[]);
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
    let found = timeline.finish(&[]);
    assert_eq!(found.bursts.len(), 2);
    assert_eq!(found.suggestion().unwrap().from, ONSET);
    assert!(found.bursts[0].is_at_midnight());
}

#[test]
fn nothing_and_too_little_make_no_burst() {
    let found = Timeline::new("", Window::default(), None).finish(&[]);
    assert_eq!((found.totals, found.bursts.len(), found.bins.bars().count()), ([0; 3], 0, 0));
    let events: Vec<_> = (0..100).map(|n| (format!("k{n}"), ONSET + n * 20)).collect();
    assert!(timeline(&events, Window::default()).finish(&[]).suggestion().is_none());
}
