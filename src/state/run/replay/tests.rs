//! Tests of the transition function.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::record::Superseded;
use super::*;

const ENDINGS: [Ending; 7] = [
    Ending::Copied { version_id: None, etag: None, over: None },
    Ending::Deleted { version_id: None, over: None },
    Ending::MarkersRemoved,
    Ending::Skipped,
    Ending::Conflict,
    Ending::Archived,
    Ending::Failed { error: String::new(), over: None },
];

fn started(changes: u64) -> Record {
    started_in(changes, 1)
}

fn started_in(changes: u64, lanes: u32) -> Record {
    Record::Started { format: FORMAT, at: Instant::default(), changes, lanes }
}

fn result(n: u64, ending: Ending) -> Record {
    Record::Result { n, ending }
}

fn copied(superseded: Option<bool>) -> Ending {
    let over = superseded.map(|superseded| Box::new(Superseded { version: None, superseded }));
    Ending::Copied { version_id: None, etag: None, over }
}

/// A superseded write is counted together with the copy, as long as the copy exists.
#[test]
fn what_a_check_finds_is_counted_and_a_later_result_is_unchecked() {
    let mut state = replay(&[started(2), Record::Taken { upto: 2 }, result(0, copied(None))]).unwrap();
    assert!(!state.is_checked());
    for (record, copied, superseded, failed, checked) in [
        (result(0, copied(Some(false))), 1, 0, 0, false),
        (result(0, copied(Some(true))), 1, 1, 0, false),
        (Record::Checked, 1, 1, 0, true),
        (Record::Taken { upto: 2 }, 1, 1, 0, true),
        (result(1, copied(None)), 2, 1, 0, false),
        (result(0, ENDINGS[6].clone()), 1, 0, 1, false),
        (Record::Checked, 1, 0, 1, true),
        (Record::Resumed { at: Instant::default() }, 1, 0, 1, false),
        (result(0, copied(None)), 2, 0, 0, false),
        (Record::Checked, 2, 0, 0, true),
        (Record::Resumed { at: Instant::default() }, 2, 0, 0, true),
    ] {
        state.apply(&record).unwrap();
        let tally = state.tally();
        let counts = (tally.copied, tally.superseded, tally.failed, state.is_checked());
        assert_eq!(counts, (copied, superseded, failed, checked), "{record:?}");
    }
}

fn replay(records: &[Record]) -> Result<RunState, String> {
    let mut state = RunState::default();
    records.iter().try_for_each(|record| state.apply(record)).map(|()| state)
}

#[test]
fn the_table_holds() {
    let taken = |upto| Record::Taken { upto };
    let left = |from, upto| Record::Left { from, upto };
    let resumed = || Record::Resumed { at: Instant::default() };
    for (records, wrong) in [
        (vec![started(3), taken(2), result(1, Ending::Skipped), resumed(), taken(3)], ""),
        (vec![started(3), taken(2), result(1, Ending::Conflict), result(1, Ending::Skipped)], ""),
        (vec![started(0)], ""),
        (vec![taken(1)], "it does not begin with its start"),
        (vec![started(3), started(3)], "it starts twice"),
        (vec![started(3), taken(2), taken(1)], "it takes 1 changes, after 2 of 3"),
        (vec![started(3), taken(4)], "it takes 4 changes, after 0 of 3"),
        (vec![started(3), taken(3), left(1, 3), taken(3), result(1, Ending::Skipped)], ""),
        (vec![started(3), taken(2), result(1, Ending::Conflict), left(0, 2)], ""),
        (
            vec![started(3), taken(3), left(1, 3), result(1, Ending::Skipped)],
            "it has a result of change 1, which is not under way",
        ),
        (
            vec![started(3), taken(2), left(1, 3)],
            "it leaves the changes from 1 to 3, which are not all under way",
        ),
        (
            vec![started(3), taken(2), result(1, Ending::Skipped), left(0, 2)],
            "it leaves the changes from 0 to 2, which are not all under way",
        ),
        (
            vec![started(3), taken(2), left(1, 1)],
            "it leaves the changes from 1 to 1, which are not all under way",
        ),
        (
            vec![started(3), taken(1), result(1, Ending::Skipped)],
            "it has a result of change 1, which is not under way",
        ),
        (
            vec![started(3), taken(1), result(0, Ending::Skipped), result(0, Ending::Skipped)],
            "it has a result of change 0, which is not under way",
        ),
        (
            vec![
                started(3),
                taken(1),
                result(0, copied(None)),
                result(0, copied(Some(true))),
                Record::Checked,
            ],
            "",
        ),
        (vec![started(3), taken(1), result(0, copied(None)), result(0, ENDINGS[6].clone())], ""),
        (
            vec![started(3), taken(1), result(0, copied(None)), result(0, ENDINGS[1].clone())],
            "it has a result of change 0, which is not under way",
        ),
        (vec![Record::Checked], "it does not begin with its start"),
        (
            vec![Record::Started { format: 4, at: Instant::default(), changes: 1, lanes: 1 }],
            "it has format 4, and this asof reads up to 3",
        ),
    ] {
        let said = replay(&records).err().unwrap_or_default();
        assert_eq!(said, wrong, "{records:?}");
    }
}

#[test]
fn intents_follow_the_order_of_the_lanes() {
    let taken = |upto| Record::Taken { upto };
    let left = |from, upto| Record::Left { from, upto };
    for (records, wrong) in [
        (vec![started_in(7, 3), taken(2), result(0, Ending::Skipped), result(3, Ending::Skipped)], ""),
        (vec![started_in(7, 3), taken(4), left(0, 2), left(3, 4)], ""),
        (
            vec![started_in(7, 3), taken(2), result(1, Ending::Skipped)],
            "it has a result of change 1, which is not under way",
        ),
        (
            vec![started_in(7, 3), taken(3), left(0, 2)],
            "it leaves the changes from 0 to 2, which are not all under way",
        ),
        (vec![started_in(7, 0)], "it has 0 lanes, and this asof applies up to 32"),
        (vec![started_in(7, 33)], "it has 33 lanes, and this asof applies up to 32"),
    ] {
        let said = replay(&records).err().unwrap_or_default();
        assert_eq!(said, wrong, "{records:?}");
    }
}

proptest! {
    /// Compares with a naive model: a map of each change's last result.
    #[test]
    fn any_run_is_counted_right(
        changes in 1..200_u64,
        lanes in 1..20_u32,
        steps in prop::collection::vec((0..200_u64, 0..7_usize), 0..400),
    ) {
        let mut state = replay(&[started_in(changes, lanes)]).unwrap();
        let order = LaneOrder::new(changes, lanes);
        let (mut taken, mut model) = (0, BTreeMap::new());
        let mut left = std::collections::BTreeSet::new();
        for (n, ending) in steps {
            if n % 3 == 0 {
                let fits = n >= taken && n <= changes;
                prop_assert_eq!(state.apply(&Record::Taken { upto: n }).is_ok(), fits);
                if fits {
                    taken = n;
                    left.clear();
                }
                continue;
            }
            let open = order.position(n) < taken
                && !left.contains(&n)
                && model.get(&n).is_none_or(|before: &usize| !ENDINGS[*before].is_final());
            if n % 5 == 0 {
                prop_assert_eq!(state.apply(&Record::Left { from: n, upto: n + 1 }).is_ok(), open);
                if open {
                    left.insert(n);
                    model.remove(&n);
                }
                continue;
            }
            let says_more =
                model.get(&n).is_some_and(|before| *before < 2 && (ending == *before || ending == 6));
            let fits = open || says_more;
            prop_assert_eq!(state.apply(&result(n, ENDINGS[ending].clone())).is_ok(), fits);
            if fits {
                model.insert(n, ending);
            }
        }
        let count = |which: usize| model.values().filter(|ending| **ending == which).count() as u64;
        let tally = state.tally();
        let counts =
            [tally.copied, tally.deleted, tally.markers_removed, tally.skipped, tally.conflicts, tally.archived, tally.failed];
        prop_assert_eq!(counts.to_vec(), (0..7).map(count).collect::<Vec<_>>());
        for n in 0..changes {
            let done = model.get(&n).is_some_and(|ending| ENDINGS[*ending].is_final());
            prop_assert_eq!(state.progress(n).is_done(), done);
            prop_assert_eq!(state.progress(n) == ChangeProgress::Untouched, !done && (order.position(n) >= taken || left.contains(&n)));
        }
        prop_assert_eq!(state.is_done(), tally.done() == changes && state.is_checked());
    }
}
