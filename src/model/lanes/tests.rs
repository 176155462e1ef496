use proptest::prelude::*;

use super::*;

/// The numbers of the changes in the order of their positions, found by dealing from the lanes in turn.
fn dealt(changes: u64, lanes: u64) -> Vec<u64> {
    let (each, extra) = (changes / lanes, changes % lanes);
    let mut next = 0;
    let mut piles: Vec<_> = (0..lanes)
        .map(|lane| {
            let start = next;
            next += each + u64::from(lane < extra);
            start..next
        })
        .collect();
    let mut dealt = Vec::new();
    while dealt.len() < usize::try_from(changes).unwrap() {
        dealt.extend(piles.iter_mut().filter_map(Iterator::next));
    }
    dealt
}

#[test]
fn ten_changes_in_four_lanes_are_as_in_the_table() {
    let order = LaneOrder::new(10, 4);
    let positions: Vec<_> = (0..10).map(|n| order.position(n)).collect();
    assert_eq!(positions, [0, 4, 8, 1, 5, 9, 2, 6, 3, 7]);
    assert_eq!((0..=4).map(|lane| order.start(lane)).collect::<Vec<_>>(), [0, 3, 6, 8, 10]);
    assert_eq!((order.position(10), order.position(u64::MAX)), (10, u64::MAX));
}

#[test]
fn a_plan_gets_lanes_by_its_size() {
    let lane = limits::LANE_CHANGES;
    for (changes, lanes) in [
        (0, 1),
        (1, 1),
        (lane * 2 - 1, 1),
        (lane * 2, 2),
        (lane * 5 + 1, 5),
        (lane * u64::from(limits::DEFAULT_LANES) - 1, limits::DEFAULT_LANES - 1),
        (lane * u64::from(limits::DEFAULT_LANES), limits::DEFAULT_LANES),
        (1_000_000_000, limits::DEFAULT_LANES),
        (u64::MAX, limits::DEFAULT_LANES),
    ] {
        assert_eq!(LaneOrder::default_lanes(changes), lanes, "{changes}");
    }
}

proptest! {
    #[test]
    fn an_order_is_that_of_dealing_from_the_lanes_in_turn(changes in 0..300_u64, lanes in 0..40_u32) {
        let order = LaneOrder::new(changes, lanes);
        let dealt = dealt(changes, order.lanes());
        let positions: Vec<_> = dealt.iter().map(|n| order.position(*n)).collect();
        prop_assert_eq!(positions, (0..changes).collect::<Vec<_>>());
        for n in 0..changes {
            let lane = order.lane(n);
            prop_assert!(lane < order.lanes() && (order.start(lane)..order.start(lane + 1)).contains(&n));
        }
        prop_assert_eq!(order.start(order.lanes()), changes);
    }

    #[test]
    fn one_lane_is_the_key_order(changes: u64, n: u64) {
        prop_assert_eq!(LaneOrder::new(changes, 1).position(n), n);
    }

    #[test]
    fn lanes_of_any_length_differ_by_one_change_at_most(changes: u64, lanes in 1..=limits::MAX_LANES) {
        let order = LaneOrder::new(changes, lanes);
        let lengths: Vec<_> = (0..order.lanes()).map(|lane| order.start(lane + 1) - order.start(lane)).collect();
        let (least, most) = (lengths.iter().min().unwrap(), lengths.iter().max().unwrap());
        prop_assert!(most - least <= 1);
        prop_assert_eq!(lengths.iter().sum::<u64>(), changes);
    }
}
