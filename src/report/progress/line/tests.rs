//! The pace, and the words for failures.

use super::*;

fn second(elapsed: u64, done: u64) -> Sample {
    Sample { done, elapsed: Duration::from_secs(elapsed) }
}

/// 5,000 changes were settled before the run was resumed.
#[test]
fn the_pace_forgets_what_was_settled_before() {
    let mut pace = Pace::default();
    assert_eq!(whole(pace.per_second(second(1, 5010))), 5010);
    let paces: Vec<_> = (2..100).map(|at| whole(pace.per_second(second(at, 5000 + 10 * at)))).collect();
    assert_eq!((paces[0], *paces.last().unwrap()), (10, 10));
    assert!(pace.samples.len() <= 62, "{}", pace.samples.len());
    assert_eq!((100..160).map(|at| whole(pace.per_second(second(at, 6000)))).last(), Some(0));
}

#[test]
fn failures_are_told_by_reason() {
    let counters = Counters::default();
    assert_eq!(FailuresLine::of(&counters.failures).words(), "");
    let Failures { denied, missing, transient, other, .. } = &counters.failures;
    denied.add(1200);
    for counter in [missing, transient, other] {
        counter.add(1);
    }
    assert_eq!(
        FailuresLine::of(&counters.failures).words(),
        " (1,200 denied, 1 missing, 1 unavailable, 1 other)"
    );
}

/// One copy takes half a minute.
#[test]
fn a_slow_run_has_an_estimate() {
    let (counters, mut pace) = (Counters::default(), Pace::default());
    counters.planned.add(20);
    for at in 0..=60 {
        counters.copied.add(u64::from(at % 30 == 29));
        let line = ProgressLine::of(Phase::Restoring, &counters, Duration::from_secs(at), &mut pace);
        assert_eq!(line.per_second, 0);
        if at == 60 {
            assert_eq!(line.eta_s, Some(18 * 30));
        }
    }
}
