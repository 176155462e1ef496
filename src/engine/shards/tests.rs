use super::*;

#[test]
fn state_of_a_shard() {
    use RunProgress as R;
    use ShardState as S;
    for (run, is_undone, is_empty, state) in [
        (None, false, false, S::NotBegun),
        (None, false, true, S::Applied),
        (Some(R::Running), false, false, S::Running),
        (Some(R::Running), true, false, S::Undone),
        (Some(R::Done), true, false, S::Undone),
        (Some(R::Done), false, false, S::Applied),
        (Some(R::NotBegun), false, false, S::NotBegun),
        (Some(R::Incomplete), false, false, S::Incomplete),
        (Some(R::Interrupted), false, false, S::Interrupted),
        (Some(R::Damaged), false, false, S::Damaged),
    ] {
        assert_eq!(S::of(run, is_undone, is_empty), state, "{run:?} {is_undone} {is_empty}");
    }
    for (n, state) in S::ALL.into_iter().enumerate() {
        assert_eq!(state as usize, n, "{state:?}");
    }
}

fn shard(index: u32, state: ShardState, tally: Tally) -> ShardStatus {
    ShardStatus { index, run: None, state, changes: 100, tally, undone_by: None }
}

#[test]
fn worst_shards_come_first() {
    use ShardState::{Applied, Damaged, Incomplete, Interrupted, NotBegun, Running, Undone};
    let failed = |failed, conflicts, copied| Tally { copied, conflicts, failed, ..Tally::default() };
    let shards = vec![
        shard(0, Applied, failed(0, 0, 100)),
        shard(1, Incomplete, failed(0, 5, 95)),
        shard(2, Running, failed(0, 0, 60)),
        shard(3, NotBegun, Tally::default()),
        shard(4, Interrupted, failed(1, 0, 10)),
        shard(5, Damaged, Tally::default()),
        shard(6, Running, failed(0, 0, 50)),
        shard(7, Undone, failed(0, 0, 100)),
    ];
    let order = |most| worst(shards.clone(), most).iter().map(|shard| shard.index).collect::<Vec<_>>();
    assert_eq!(order(10), [5, 4, 1, 6, 2]);
    assert_eq!(order(2), [5, 4]);
}

#[test]
fn undone_shards_are_not_among_the_sums() {
    let done = Tally { copied: 90, failed: 10, ..Tally::default() };
    let mut sums = SetProgress::default();
    for state in [ShardState::Incomplete, ShardState::Undone, ShardState::Incomplete] {
        sums.add(&shard(0, state, done));
    }
    assert_eq!((sums.tally.copied, sums.tally.failed, sums.left), (180, 20, 20));
    assert_eq!((sums.shards(ShardState::Incomplete), sums.shards(ShardState::Undone)), (2, 1));
    assert!(sums.has_left() && sums.has_changed());
    assert!(!SetProgress::default().has_left());
}
