use super::super::marks::{Consistency, MarkLine, Marks};
use super::*;
use crate::model::Instant;

const FILE: &str = "/r.toml";

fn snapshot(store: &str, id: &str) -> MarkSnapshot {
    MarkSnapshot { store: store.into(), id: id.into() }
}

fn begun(mark: &str, store: &str) -> String {
    line(&MarkEvent::Begun { file: FILE.into(), mark: mark.into(), store: store.into() })
}

fn taken(mark: &str, store: &str, id: &str) -> String {
    line(&MarkEvent::Taken { file: FILE.into(), mark: mark.into(), snapshot: snapshot(store, id) })
}

fn settled(mark: &str, store: &str) -> String {
    line(&MarkEvent::Settled { file: FILE.into(), mark: mark.into(), store: store.into() })
}

fn released(store: &str, id: &str) -> String {
    line(&MarkEvent::Released { file: FILE.into(), snapshot: snapshot(store, id) })
}

fn expired(mark: &str) -> String {
    line(&MarkEvent::Expired { file: FILE.into(), mark: mark.into() })
}

fn line(line: &impl Serialize) -> String {
    serde_json::to_string(line).unwrap()
}

fn mark(name: &str, second: i64, snapshots: &[(&str, &str)]) -> String {
    line(&MarkLine {
        name: name.into(),
        at: Instant::from_millis(second * 1000),
        file: FILE.into(),
        consistency: Consistency::CrashConsistent,
        snapshots: snapshots.iter().map(|(store, id)| snapshot(store, id)).collect(),
    })
}

fn marks(lines: &[String]) -> Marks {
    let marks = Marks::read(lines.join("\n").as_bytes());
    assert_eq!(marks.unreadable, Vec::<usize>::new());
    marks
}

#[test]
fn whatever_no_mark_has_is_loose() {
    let (queue, volume) = ([begun("m", "queue"), taken("m", "queue", "q1")], begun("m", "volume"));
    let whole = [&queue[..], &[volume.clone(), taken("m", "volume", "v1")]].concat();
    let kept = [&whole[..], &[mark("m", 1, &[("queue", "q1"), ("volume", "v1")])]].concat();
    let again = [begun("m", "queue"), taken("m", "queue", "q2"), mark("m", 2, &[("queue", "q2")])];
    for (lines, loose) in [
        (vec![], vec![]),
        (vec![volume.clone()], vec![("volume", None)]),
        (vec![volume, settled("m", "volume")], vec![]),
        (whole.clone(), vec![("queue", Some("q1")), ("volume", Some("v1"))]),
        (
            [&whole[..], &[settled("m", "queue")]].concat(),
            vec![("queue", Some("q1")), ("volume", Some("v1"))],
        ),
        ([&whole[..], &[released("queue", "q1")]].concat(), vec![("volume", Some("v1"))]),
        (
            [&whole[..], &[released("volume", "q1")]].concat(),
            vec![("queue", Some("q1")), ("volume", Some("v1"))],
        ),
        (kept.clone(), vec![]),
        ([&kept[..], &[expired("m")]].concat(), vec![("queue", Some("q1")), ("volume", Some("v1"))]),
        ([&kept[..], &[expired("other")]].concat(), vec![]),
        // Replaced.
        ([&kept[..], &again].concat(), vec![("queue", Some("q1")), ("volume", Some("v1"))]),
        // A mark made after it has expired is a new one.
        (
            [&kept[..], &[expired("m"), released("queue", "q1"), released("volume", "v1")], &again].concat(),
            vec![],
        ),
    ] {
        let found = marks(&lines).loose(FILE);
        let found: Vec<_> = found.iter().map(|one| (&*one.store, one.id.as_deref())).collect();
        assert_eq!(found, loose, "{lines:#?}");
        assert_eq!(marks(&lines).loose("/other.toml"), []);
    }
}

/// A snapshot command may print the ID of a snapshot that it has not taken anew.
#[test]
fn a_snapshot_of_two_marks_is_kept_while_one_of_them_is() {
    let take = |name: &str, second: i64| {
        [begun(name, "queue"), taken(name, "queue", "same"), mark(name, second, &[("queue", "same")])]
    };
    let both = [take("a", 1), take("b", 2)].concat();
    let one = [&both[..], &[expired("a")]].concat();
    assert_eq!(marks(&one).loose(FILE), []);
    let none = [&one[..], &[expired("b")]].concat();
    assert_eq!(marks(&none).loose(FILE).len(), 2);
    assert_eq!(marks(&[&none[..], &[released("queue", "same")]].concat()).loose(FILE), []);
}

#[test]
fn the_snapshots_of_a_store_are_those_of_the_marks_that_there_are() {
    let lines = [
        mark("a", 1, &[("queue", "q1")]),
        mark("b", 2, &[("volume", "v2")]),
        mark("c", 3, &[("queue", "q3")]),
    ];
    let ids = |lines: &[String]| {
        let snapshots = marks(lines).snapshots(FILE, "queue");
        snapshots.into_iter().map(|one| (one.at.second(), one.id)).collect::<Vec<_>>()
    };
    assert_eq!(ids(&lines), [(1, "q1".to_owned()), (3, "q3".to_owned())]);
    assert_eq!(ids(&[&lines[..], &[expired("a")]].concat()), [(3, "q3".to_owned())]);
    assert_eq!(marks(&lines).snapshots("/other.toml", "queue"), []);
}
