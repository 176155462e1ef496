//! Tests windows of time: a doubt at any time in a window is also a doubt at its beginning.

use std::time::Duration;

use proptest::prelude::*;

use super::super::{AsOf, Expiries, Judge, Resolver};
use super::Listed;
use crate::model::{Era, Expiration, Filter, Instant, Lifecycle, NoncurrentExpiration, Rule};

const HOUR: i64 = 3_600_000;

/// The current time in hours.
const NOW: i64 = 24 * 40;

fn hour(hours: i64) -> Instant {
    Instant::from_millis(hours * HOUR)
}

/// Entries of one key, mostly descending in time.
fn entries() -> impl Strategy<Value = Vec<Listed>> {
    let entry = (0..NOW, any::<bool>(), any::<bool>(), 0..8u8);
    (proptest::collection::vec(entry, 1..7), 0..4u8).prop_map(|(mut drawn, disorder)| {
        if disorder > 0 {
            drawn.sort_by_key(|(hours, ..)| -hours);
        }
        let listed = |(n, (hours, marker, parts, null)): (usize, (i64, bool, bool, u8))| Listed {
            key: "a/k".to_owned(),
            id: if null == 0 { "null".to_owned() } else { format!("v{n}") },
            millis: hours * HOUR,
            marker,
            parts,
            is_latest: n == 0,
        };
        drawn.into_iter().enumerate().map(listed).collect()
    })
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let rule = (proptest::bool::weighted(0.8), proptest::option::of((1..20u32, 0..3u32)), any::<bool>());
    let made = |(ours, noncurrent, markers): (bool, Option<(u32, u32)>, bool)| Rule {
        enabled: true,
        filter: Filter { prefix: if ours { "a/" } else { "b/" }.to_owned(), ..Filter::default() },
        noncurrent: noncurrent.map(|(days, newer)| NoncurrentExpiration { days, newer }),
        expiration: markers.then_some(Expiration::ExpiredMarkers),
        ..Rule::default()
    };
    proptest::collection::vec(rule.prop_map(made), 0..4)
}

fn is_doubtful(entries: &[Listed], lifecycle: &Lifecycle, t: i64, since: bool) -> bool {
    let expiries = Expiries::of(lifecycle, Duration::ZERO);
    let judge = Judge { expiries, ..Judge::of_cuts(AsOf::At(hour(t)), AsOf::Latest) };
    let mut resolver = Resolver::new(judge.as_of.then, judge.as_of.now);
    for entry in entries {
        assert!(resolver.push(&entry.entry(), false).unwrap().is_none());
    }
    let state = resolver.finish().unwrap();
    let doubts = if since { judge.doubts_since(&state, hour(NOW)) } else { judge.doubts(&state, hour(NOW)) };
    !doubts.is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn a_key_uncertain_later_is_uncertain_at_the_start(
        entries in entries(),
        now in rules(),
        (before, until) in (rules(), 0..NOW),
        t in 0..NOW,
    ) {
        let eras = vec![
            Era { rules: now, until: None },
            Era { rules: before, until: Some(hour(until)) },
        ];
        let lifecycle = Lifecycle { eras, unknown: None };
        // Between two entries only removals due at a midnight change the result.
        let later = (t..NOW).step_by(6).chain(entries.iter().map(|e| e.millis / HOUR - 1)).filter(|l| *l >= t);
        let descends = entries.windows(2).all(|pair| pair[0].millis >= pair[1].millis);
        if later.clone().any(|later| is_doubtful(&entries, &lifecycle, later, false)) {
            prop_assert!(is_doubtful(&entries, &lifecycle, t, true));
        }
        if descends {
            let (at, since) =
                (is_doubtful(&entries, &lifecycle, t, false), is_doubtful(&entries, &lifecycle, t, true));
            prop_assert_eq!(at, since, "of entries that descend no more is in doubt than at the beginning");
        }
    }
}
