use super::*;
use crate::state::{Ending, Record, Replay, RunManifest, Server};

/// A run of one change, begun in this second.
fn glance(id: &str, second: i64, undoes: Option<&str>, ending: Option<Ending>) -> RunStatus {
    let began = Instant::from_millis(second * 1000);
    let mut state = RunState::default();
    state.apply(&Record::Started { format: 1, at: began, changes: 1, lanes: 1 }).unwrap();
    state.apply(&Record::Taken { upto: 1 }).unwrap();
    if let Some(ending) = ending {
        state.apply(&Record::Result { n: 0, ending }).unwrap();
        state.apply(&Record::Checked).unwrap();
    }
    let location = "s3://prod-uploads".parse().unwrap();
    let manifest = RunManifest::restore(location, began, None, Server::default(), began);
    let manifest = RunManifest { undoes: undoes.map(Into::into), ..manifest };
    RunStatus {
        id: id.into(),
        manifest: Some(manifest),
        state: Some(state),
        damaged: false,
        worker: Worker::None,
    }
}

#[test]
fn the_table_holds() {
    let done = || Some(Ending::Skipped);
    let runs = [
        glance("1-done", 1, None, done()),
        glance("2-undo", 2, Some("1-done"), done()),
        glance("3-interrupted", 3, None, None),
        glance("4-undo", 4, Some("3-interrupted"), done()),
        glance("5-conflict", 5, None, Some(Ending::Conflict)),
        RunStatus { worker: Worker::Running, ..glance("6-running", 6, None, done()) },
        RunStatus { damaged: true, ..glance("7-damaged", 7, None, done()) },
        RunStatus { state: None, ..glance("8-planned", 8, None, None) },
        RunStatus { manifest: None, ..glance("9-unread", 9, None, done()) },
        glance("a-undo", 10, Some("gone"), done()),
        glance("b-late", 100, None, done()),
    ];
    let found: Vec<_> = removable(&runs, &BTreeSet::new(), Instant::from_millis(100_000))
        .iter()
        .map(|run| run.id.as_str())
        .collect();
    assert_eq!(found, ["1-done", "2-undo", "a-undo"]);
}

#[test]
fn the_runs_of_an_open_recovery_are_kept() {
    let done = || Some(Ending::Skipped);
    let runs = [
        glance("1-done", 1, None, done()),
        glance("2-undo", 2, Some("1-done"), done()),
        glance("3-done", 3, None, done()),
        glance("4-undo", 4, Some("gone"), done()),
    ];
    for (needed, expected) in [
        ("1-done", vec!["3-done", "4-undo"]),
        ("2-undo", vec!["1-done", "3-done", "4-undo"]),
        ("gone", vec!["1-done", "2-undo", "3-done"]),
    ] {
        let needed = BTreeSet::from([needed.to_owned()]);
        let found = removable(&runs, &needed, Instant::from_millis(100_000));
        assert_eq!(found.iter().map(|run| run.id.as_str()).collect::<Vec<_>>(), expected, "{needed:?}");
    }
}
