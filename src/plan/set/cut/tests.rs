use proptest::prelude::*;

use super::*;
use crate::model::{Instant, Version};

fn version(size: u64) -> Version {
    Version {
        version_id: "v".to_owned(),
        last_modified: Instant::from_millis(0),
        size,
        etag: "e".to_owned(),
        ..Version::default()
    }
}

fn copy(size: u64) -> Change {
    Change::new("k", Action::Undelete, None, Some(version(size)))
}

#[test]
fn requests_of_a_change() {
    let gib = 1 << 30;
    let delete = Change::new("k", Action::Delete, Some(version(6 * gib)), None);
    let revert = Change::new("k", Action::Revert, Some(version(1)), Some(version(5 * gib)));
    let markers = |n: usize| Change { markers: vec!["m".to_owned(); n], ..copy(6 * gib) };
    let cases = [
        (copy(0), 1000),
        (copy(5 * gib), 1000),
        (copy(5 * gib + 1), (41 + 2) * 1000),
        // 128 MiB would be more parts than S3 allows.
        (copy(5 << 40), (10_000 + 2) * 1000),
        (revert, 1000),
        (delete, 1),
        (markers(1), 1),
        (markers(3), 3),
    ];
    for (change, thousandths) in cases {
        assert_eq!(Requests::of(&change), Requests(thousandths), "{change:?}");
    }
}

#[test]
fn number_of_shards() {
    let requests = |n: u64| Requests(n * ONE);
    let cases = [
        (Shards::Auto, requests(0), 1),
        (Shards::Auto, requests(500_000), 1),
        (Shards::Auto, requests(500_001), 2),
        (Shards::Auto, requests(1_000_000_000), 2000),
        (Shards::Auto, requests(1_000_000_000_000), 10_000),
        (Shards::Exactly(7), requests(0), 7),
    ];
    for (asked, total, shards) in cases {
        assert_eq!(asked.count(total), shards, "{asked:?} of {total:?}");
    }
    assert_eq!("auto".parse::<Shards>().unwrap(), Shards::Auto);
    assert_eq!("10000".parse::<Shards>().unwrap(), Shards::Exactly(10_000));
    for text in ["0", "10001", "-1", "", "Auto", "4.5"] {
        assert!(text.parse::<Shards>().is_err(), "{text}");
    }
}

/// The requests of each shard, in order.
fn loads(changes: &[u64], shards: u32) -> Vec<u64> {
    let cut = Cut { total: Requests(changes.iter().sum()), shards };
    let mut loads = vec![0; shards as usize];
    let (mut before, mut last) = (0, 0);
    for requests in changes {
        let shard = cut.shard(Requests(before), Requests(*requests));
        assert!(last <= shard && shard < shards, "{shard} after {last} of {shards}");
        loads[shard as usize] += requests;
        (before, last) = (before + requests, shard);
    }
    loads
}

#[test]
fn cut_into_shards() {
    assert_eq!(loads(&[], 3), [0, 0, 0]);
    assert_eq!(loads(&[1000], 1), [1000]);
    assert_eq!(loads(&[1000; 6], 3), [2000, 2000, 2000]);
    // More shards than changes: some have none.
    assert_eq!(loads(&[1000; 2], 4).iter().filter(|load| **load == 0).count(), 2);
    // A single change cannot be cut.
    assert_eq!(loads(&[1, 1, 43_000, 1, 1], 2).iter().sum::<u64>(), 43_004);
    // Deletes weigh little.
    assert_eq!(loads(&[[1; 1000], [1; 1000]].concat(), 2), [1000, 1000]);
    let mixed = [vec![1; 1_000_000], vec![1000; 1000]].concat();
    assert_eq!(loads(&mixed, 2), [1_000_000, 1_000_000]);
}

proptest! {
    /// No shard differs from an even share by more than the largest change, and so any two by at most 5 % if no change
    /// is larger than a fortieth of a share.
    #[test]
    fn shards_are_even(
        changes in prop::collection::vec(prop_oneof![Just(1_u64), Just(1000), 2000..100_000_u64], 0..2000),
        shards in 1..40_u32,
    ) {
        let loads = loads(&changes, shards);
        let total: u64 = changes.iter().sum();
        prop_assert_eq!(loads.iter().sum::<u64>(), total);
        let largest = changes.iter().max().copied().unwrap_or_default();
        for load in &loads {
            // Compared as products: an even share need not be a whole number.
            let (load, n) = (u128::from(*load), u128::from(shards));
            prop_assert!((load * n).abs_diff(u128::from(total)) <= u128::from(largest) * n, "{:?}", loads);
        }
        if largest * u64::from(shards) * 40 <= total {
            let (least, most) = (loads.iter().min().unwrap(), loads.iter().max().unwrap());
            prop_assert!((most - least) * u64::from(shards) * 20 <= total, "{:?}", loads);
        }
    }
}
