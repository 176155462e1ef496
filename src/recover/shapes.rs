//! Generated recovery shapes for property tests.

use proptest::prelude::*;

use super::steps::{Order, Shape};

/// Any shape of at most three databases and three buckets.
pub(super) fn shapes() -> impl Strategy<Value = Shape> {
    let hooks = any::<(bool, bool, bool)>();
    let compared = any::<(bool, bool, bool)>();
    let databases = (0_usize..4, any::<([bool; 3], [bool; 3], [bool; 3])>());
    let order = prop_oneof![
        Just(Order::BeforeBuckets),
        Just(Order::With),
        Just(Order::AfterBuckets),
        Just(Order::AfterReferences),
    ];
    let orders = proptest::collection::vec(order, 0..4);
    let buckets = proptest::collection::vec(any::<(bool, bool)>(), 0..4);
    (hooks, compared, databases, buckets, orders).prop_map(
        |(
            (quiesce, resume, after_database),
            (references, verify, drill_check),
            (databases, (beside, checks, swaps)),
            buckets,
            orders,
        )| {
            let (in_place, views): (Vec<bool>, Vec<bool>) =
                buckets.into_iter().map(|(in_place, view)| (in_place, view && !in_place)).unzip();
            let (beside, checks) = (beside[..databases].to_vec(), checks[..databases].to_vec());
            let swaps = swaps[..databases].to_vec();
            let hooks = Shape { quiesce, resume, after_database, views, drill_check, ..Shape::default() };
            Shape { references, checks, orders, swaps, verify, databases, beside, in_place, ..hooks }
        },
    )
}
