//! Compares the steepest second with a count by hand, and tests bursts near strays, pauses and lifecycle.

use proptest::prelude::*;

use super::super::{Found, Timeline};
use super::*;

/// 2026-11-17T14:31:07Z.
const ONSET: i64 = 1_794_925_867;
const MIDNIGHT: i64 = ONSET / DAY * DAY;

/// Finds bursts in a timeline with this many deletes in one folder in these seconds.
fn deleted(seconds: impl IntoIterator<Item = (i64, u64)>) -> Found {
    let mut timeline = Timeline::new("", Window::default(), None);
    for (second, n) in seconds {
        (0..n).for_each(|_| timeline.add("uploads/k", second, Some(Event::Delete)));
    }
    timeline.finish(&[])
}

/// 807 deletes in 41 seconds, only a few of them in the first.
fn incident(onset: i64) -> impl Iterator<Item = (i64, u64)> {
    (0..41).map(move |n| (onset + n, if n == 0 { 7 } else { 20 }))
}

fn suggested(found: &Found) -> (i64, i64, u64) {
    let burst = found.suggestion().unwrap();
    (burst.from, burst.to, burst.count)
}

#[test]
fn a_stray_delete_in_the_minute_before_does_not_hide_the_onset() {
    for lead in 1..=60 {
        let found = deleted(incident(ONSET).chain([(ONSET - lead, 1)]));
        // So close that nothing distinguishes it from the first second of the incident.
        let joins = lead <= GAP_BEFORE;
        let expected = if joins { (ONSET - lead, ONSET + 40, 808) } else { (ONSET, ONSET + 40, 807) };
        assert_eq!(suggested(&found), expected, "{lead} s before");
    }
}

#[test]
fn only_a_burst_of_no_more_than_a_hundred_takes_in_a_stray_within_its_gap() {
    for (many, lead, joins) in
        [(100, 10, true), (100, 11, false), (101, 10, false), (101, 3, false), (101, 2, true)]
    {
        let found = deleted([(ONSET - lead, 1), (ONSET, 50), (ONSET + 1, many - 50)]);
        let from = if joins { ONSET - lead } else { ONSET };
        assert_eq!(suggested(&found), (from, ONSET + 1, many + u64::from(joins)), "{many}, {lead} s");
    }
}

/// The onset is right to the second whenever there is no stray delete in the [`GAP_BEFORE`] seconds before it. With
/// one, the burst may begin with it: before the incident, never within it.
#[test]
fn an_onset_is_right_to_the_second_beside_strays() {
    for (per_hour, length) in [12, 60, 180].into_iter().flat_map(|rate| [(rate, 5), (rate, 41)]) {
        let mut joined = 0;
        for seed in 0..100 {
            let mut dice = fastrand::Rng::with_seed(seed);
            let strays: Vec<_> = (0..2 * per_hour).map(|_| ONSET + dice.i64(-3600..3600)).collect();
            let incident = (0..1000).map(|n| if n < 7 { ONSET } else { ONSET + dice.i64(1..=length) });
            let found = deleted(incident.chain(strays.iter().copied()).map(|second| (second, 1)));
            let (from, to, count) = suggested(&found);
            let near = |to: i64| strays.iter().copied().filter(|s| (to - GAP_BEFORE..to).contains(s)).min();
            let earliest = std::iter::successors(Some(ONSET), |from| near(*from)).last().unwrap();
            let case = format!("seed {seed}, {per_hour} an hour, {length} s");
            assert!((earliest..=ONSET).contains(&from), "{case}: {} s early", ONSET - from);
            assert!(to >= ONSET + length && count >= 1000, "{case}: {count} up to {to}");
            joined += usize::from(from < ONSET);
        }
        // Two seconds contain one of 180 strays per hour with a probability of one in ten.
        assert!(joined <= 20, "{joined} of 100 at {per_hour} an hour");
    }
}

#[test]
fn a_burst_with_pauses_is_one_however_many_there_are() {
    for pause in 1..=GAP_WITHIN {
        let found = deleted((0..200).map(|n| (ONSET + n * pause, 50)));
        assert_eq!(suggested(&found), (ONSET, ONSET + 199 * pause, 10_000), "every {pause} s");
    }
}

#[test]
fn a_delete_near_midnight_does_not_hide_lifecycle() {
    for near in [-60, -30, -11, -2, -1, 1, 2, 10, 30] {
        let found = deleted([(MIDNIGHT, 2000), (MIDNIGHT + near, 1)].into_iter().chain(incident(ONSET)));
        assert_eq!(suggested(&found), (ONSET, ONSET + 40, 807), "{near} s from midnight");
        let expiry = found.bursts.iter().find(|burst| burst.is_at_midnight()).unwrap();
        assert_eq!(expiry.count, 2000, "{near} s from midnight");
    }
}

#[test]
fn an_incident_near_midnight_is_found_beside_lifecycle() {
    for begin in [-3600, -50, -20, -1, 1, 5, 59, 3600] {
        let onset = MIDNIGHT + begin;
        let amid = if (-40..=0).contains(&begin) { 20 } else { 0 };
        let found = deleted(incident(onset).chain([(MIDNIGHT, 2000)]));
        assert_eq!(suggested(&found), (onset, onset + 40, 807 - amid), "{begin} s from midnight");
    }
    // A burst that starts exactly at midnight is not lifecycle's.
    assert_eq!(suggested(&deleted(incident(MIDNIGHT))), (MIDNIGHT, MIDNIGHT + 40, 807));
}

#[test]
fn many_nights_of_lifecycle_do_not_hide_an_incident() {
    let nights = (0..20).map(|n| (MIDNIGHT - n * DAY, 2000));
    let found = deleted(nights.chain(incident(ONSET)));
    assert_eq!(suggested(&found), (ONSET, ONSET + 40, 807));
    assert_eq!(found.bursts.len(), limits::SHOWN_BURSTS);
}

/// The earliest second with the steepest rise, found by looking at each second of the two minutes around it.
fn by_hand(series: &[Second], taken: &[bool]) -> Option<(usize, u64, u64)> {
    let within = |from: i64, to: i64, free: bool| -> u64 {
        let inside =
            series.iter().zip(taken).filter(|(second, t)| (from..to).contains(&second.at) && !(free && **t));
        inside.map(|(second, _)| second.events).sum()
    };
    let window = limits::BURST_WINDOW;
    let rises =
        series.iter().zip(taken).enumerate().filter(|(_, (_, taken))| !**taken).map(|(at, (second, _))| {
            let before = within(second.at - window, second.at, false);
            (at, within(second.at, second.at + window, true).saturating_sub(before), before)
        });
    rises.fold(None, |best: Option<(usize, u64, u64)>, next| match best {
        Some(best) if best.1 >= next.1 => Some(best),
        _ => Some(next),
    })
}

proptest! {
    #[test]
    fn the_steepest_second_is_the_one_counted_by_hand(
        counts in prop::collection::btree_map(0i64..400, 1u64..30, 0..120),
        taken in prop::collection::vec(any::<bool>(), 120),
    ) {
        let series: Vec<_> = counts.into_iter().map(|(at, events)| Second { at, events }).collect();
        let taken = &taken[..series.len()];
        let steep = steepest(&series, taken);
        prop_assert_eq!(steep.map(|s| (s.at, s.rise, s.before)), by_hand(&series, taken));
        if let Some(steep) = steep {
            let Reach { first, last } = reach(&series, taken, steep);
            prop_assert!(first <= last);
            prop_assert!(taken[first..=last].iter().all(|taken| !taken));
            prop_assert!(first >= steep.at || is_raised(series[first].events, steep.before));
        }
    }

    #[test]
    fn a_burst_reaches_as_far_as_raised_seconds_are_near_each_other(
        steps in prop::collection::vec((1i64..=12, 1u64..40), 1..60),
        taken in prop::collection::vec(prop::bool::weighted(0.05), 60),
        at in any::<prop::sample::Index>(),
    ) {
        let mut second = 0;
        let series: Vec<_> =
            steps.iter().map(|(step, n)| { second += step; Second { at: second, events: *n } }).collect();
        let steep = Steep { at: at.index(series.len()), rise: 0, before: 600 };
        let here = series[steep.at].at;
        let raised = |second: &&Second| is_raised(second.events, steep.before);
        let free = series.iter().zip(&taken).skip(steep.at + 1).take_while(|(_, taken)| !**taken);
        let after: Vec<_> = free.map(|(second, _)| second).filter(raised).map(|second| second.at).collect();
        let chain = std::iter::once(&here).chain(&after).zip(&after);
        let last = chain.take_while(|(a, b)| *b - *a <= GAP_WITHIN).map(|(_, b)| *b).last().unwrap_or(here);
        let way = (steep.at + 1..series.len()).take_while(|at| !taken[*at]);
        prop_assert_eq!(series[furthest(&series, way, steep, GAP_WITHIN)].at, last);
    }

    #[test]
    fn no_pauses_leave_a_burst_without_seconds(
        steps in prop_oneof![
            prop::collection::vec((1i64..=12, 1u64..3000), 1..200),
            // Each run has less than a hundredth of all events.
            prop::collection::vec((GAP_BEFORE + 1..=GAP_WITHIN, 50u64..60), 200..400),
        ],
        at in any::<prop::sample::Index>(),
    ) {
        let mut second = 0;
        let series: Vec<_> = steps.iter().map(|(step, n)| { second += step; Second { at: second, events: *n } }).collect();
        let (at, taken) = (at.index(series.len()), vec![false; series.len()]);
        let Reach { first, last } = reach(&series, &taken, Steep { at, rise: 0, before: 0 });
        prop_assert!(first <= last && last < series.len());
        prop_assert!(spans(&series).iter().all(|span| span.from <= span.to));
    }

    #[test]
    fn raised_is_more_than_three_deviations_above_the_mean(n in 0u32..5000, before in 0u32..100_000) {
        let mean = f64::from(before) / f64::from(u32::try_from(limits::BURST_WINDOW).unwrap());
        let edge = mean + 3.0 * mean.sqrt();
        prop_assume!((f64::from(n) - edge).abs() > 1e-6);
        prop_assert_eq!(is_raised(n.into(), before.into()), f64::from(n) > edge);
    }
}
