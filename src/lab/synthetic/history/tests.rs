use super::*;

#[test]
fn a_history_is_newest_first_and_counted_beforehand() {
    for (versions, every) in [(1, None), (1, Some(1)), (3, Some(1)), (4, Some(5)), (40_000, Some(2))] {
        let (keys, histories) = (12, Histories::new(versions, every, 7));
        let expected = histories.expected(keys);
        let all: Vec<History> = (0..keys).map(|key| histories.of(key)).collect();
        let count = |change| all.iter().filter(|history| history.change == Some(change)).count() as u64;
        assert_eq!(expected.reverts, count(Change::Overwritten));
        assert_eq!(expected.undeletes, count(Change::Deleted));
        assert_eq!(expected.deletes, count(Change::Created));
        assert_eq!(expected.entries, all.iter().map(|history| history.entries).sum::<u64>());
        for history in all {
            check(&histories, history);
        }
    }
}

fn check(histories: &Histories, history: History) {
    let entries: Vec<Entry> = (0..history.entries).map(|n| histories.entry(history, n)).collect();
    assert!(entries.is_sorted_by(|newer, older| newer.modified >= older.modified));
    let after = entries.iter().filter(|entry| entry.modified > UNCHANGED_SINCE).count() as u64;
    let expected = match history.change {
        None => 0,
        Some(Change::Overwritten | Change::Deleted) => 1,
        Some(Change::Created) => history.entries,
    };
    assert_eq!(after, expected);
    for (place, entry) in (0..).zip(&entries) {
        assert_eq!(entry.marker, history.change == Some(Change::Deleted) && place == 0);
        assert_eq!(entry.latest, place == 0);
        assert_ne!(&histories.listed(entry)[..4], &[0; 4]);
    }
}

#[test]
fn the_second_is_the_one_that_is_printed() {
    assert_eq!(Histories::new(1, None, 0).expected(1).at, "2026-01-01T00:00:00Z");
}
