use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn gaps_are_what_no_segment_has_come_past(
        starts in prop::collection::vec((0u64..60, 0u64..12), 0..12),
        len in 0u64..60,
    ) {
        let passed: Vec<_> = starts.into_iter().map(|(from, n)| from.min(len)..(from + n).min(len)).collect();
        let is_passed = |n: &u64| passed.iter().any(|passed| passed.contains(n));
        let by_hand: Vec<_> = (0..len).filter(|n| !is_passed(n)).collect();
        let found: Vec<_> = gaps(passed.clone(), len).collect();
        prop_assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start && !pair[0].is_empty()));
        prop_assert_eq!(found.into_iter().flatten().collect::<Vec<_>>(), by_hand);
    }
}
