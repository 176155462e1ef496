//! The steepest second beside a count by hand.

use proptest::prelude::*;

use super::*;

/// The earliest second with the steepest rise, by looking at each second of the two minutes round it.
fn by_hand(series: &[(i64, u64)], taken: &[bool]) -> Option<(usize, u64, u64)> {
    let within = |from: i64, to: i64, free: bool| -> u64 {
        let inside = series.iter().zip(taken).filter(|((s, _), t)| (from..to).contains(s) && !(free && **t));
        inside.map(|((_, n), _)| n).sum()
    };
    let window = limits::BURST_WINDOW;
    let rises =
        series.iter().zip(taken).enumerate().filter(|(_, (_, taken))| !**taken).map(|(at, ((s, _), _))| {
            let before = within(s - window, *s, false);
            (at, within(*s, s + window, true).saturating_sub(before), before)
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
        let series: Vec<_> = counts.into_iter().collect();
        let taken = &taken[..series.len()];
        let steep = steepest(&series, taken);
        prop_assert_eq!(steep.map(|s| (s.at, s.rise, s.before)), by_hand(&series, taken));
        if let Some(steep) = steep {
            let (first, last) = reach(&series, taken, steep);
            prop_assert!(first <= last);
            prop_assert!(taken[first..=last].iter().all(|taken| !taken));
            prop_assert!(first >= steep.at || is_raised(series[first].1, steep.before));
        }
    }

    #[test]
    fn raised_is_more_than_three_deviations_above_the_mean(n in 0u32..5000, before in 0u32..100_000) {
        let mean = f64::from(before) / f64::from(u32::try_from(limits::BURST_WINDOW).unwrap());
        let edge = mean + 3.0 * mean.sqrt();
        prop_assume!((f64::from(n) - edge).abs() > 1e-6);
        prop_assert_eq!(is_raised(n.into(), before.into()), f64::from(n) > edge);
    }
}
