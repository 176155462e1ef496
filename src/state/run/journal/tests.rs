use std::path::PathBuf;

use super::*;
use crate::error::ErrorKind;
use crate::state::journal::read;
use crate::state::run::Results;

fn now() -> Instant {
    Instant::default()
}

fn copied(n: u64) -> (u64, Ending) {
    (n, Ending::Copied { version_id: Some(format!("v{n}")), etag: None, over: None })
}

fn written() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    let mut journal = RunJournal::open(&path, 3000, now()).unwrap();
    for n in 0..1500 {
        journal.take(n + 1).unwrap();
        if n % 7 > 0 {
            journal.end([copied(n)]).unwrap();
        }
    }
    (dir, path)
}

#[test]
fn a_journal_is_gone_on_with() {
    let (_dir, path) = written();
    let mut journal = RunJournal::open(&path, 3000, now()).unwrap();
    assert_eq!(journal.state().taken(), 2002);
    assert_eq!(journal.state().progress(0), ChangeProgress::Open);
    assert_eq!(journal.state().progress(1), ChangeProgress::Copied);
    assert_eq!(journal.state().progress(2002), ChangeProgress::Untouched);
    journal.end([(7, Ending::Failed { error: "x".into(), over: None })]).unwrap();
    journal.end([(7, Ending::Conflict), copied(14)]).unwrap();
    assert!(journal.end([copied(21), copied(21)]).is_err());
    let (mut results, state) = Results::read(&path).unwrap();
    assert_eq!(results.get(7).unwrap(), Some(Ending::Conflict));
    assert_eq!(results.get(14).unwrap(), Some(copied(14).1));
    assert_eq!(results.get(0).unwrap(), None);
    assert_eq!(results.get(2999).unwrap(), None);
    assert_eq!(state.tally().conflicts, 1);
}

/// Another process may have tried them again and been killed before it recorded a result.
#[test]
fn a_key_left_alone_before_the_run_was_resumed_may_have_been_changed_since() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    let failed = Ending::Failed { error: "x".into(), over: None };
    let mut journal = RunJournal::open(&path, 6, now()).unwrap();
    journal.take(5).unwrap();
    journal.end([(0, Ending::Conflict), (1, Ending::Archived), (2, failed.clone()), copied(3)]).unwrap();
    journal.end([(4, Ending::Conflict), (5, Ending::Skipped)]).unwrap();
    journal.checked().unwrap();
    let (mut results, state) = Results::read(&path).unwrap();
    let heard = [0, 1, 2, 3].map(|n| results.heard(n, &state).unwrap().unwrap());
    assert_eq!(heard, [Ending::Conflict, Ending::Archived, failed.clone(), copied(3).1]);
    assert!(state.is_checked());

    let mut journal = RunJournal::open(&path, 6, now()).unwrap();
    journal.end([(4, Ending::Conflict)]).unwrap();
    let (mut results, state) = Results::read(&path).unwrap();
    let mut heard = |n| results.heard(n, &state).unwrap().unwrap();
    for n in 0..3 {
        assert!(matches!(heard(n), Ending::Failed { .. }), "{n}");
    }
    assert_eq!([3, 4, 5].map(heard), [copied(3).1, Ending::Conflict, Ending::Skipped]);
    assert!(!state.is_checked());
}

#[test]
fn whatever_is_torn_off_the_end_is_cut_away() {
    let (_dir, path) = written();
    let whole = std::fs::read(&path).unwrap();
    for end in ((whole.len() - 300)..whole.len()).step_by(23) {
        for tail in [&b""[..], &[0; 100], b"garbage\n\nmore\n"] {
            std::fs::write(&path, [&whole[..end], tail].concat()).unwrap();
            let before = read::<RunState>(&path, |_, _| {}).unwrap();
            let mut journal = RunJournal::open(&path, 3000, now()).unwrap();
            journal.end([copied(1400)]).unwrap();
            let after = read::<RunState>(&path, |_, _| {}).unwrap();
            assert_eq!(after.tally().copied, before.tally().copied + 1, "{end}");
        }
    }
}

#[test]
fn what_is_left_is_taken_once_more() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    let mut journal = RunJournal::open(&path, 10, now()).unwrap();
    journal.take(1).unwrap();
    journal.end([copied(4)]).unwrap();
    journal.leave(vec![9, 0, 1, 5, 6, 3]).unwrap();
    let mut journal = RunJournal::open(&path, 10, now()).unwrap();
    let open: Vec<_> = (0..10).filter(|n| journal.state().progress(*n) == ChangeProgress::Open).collect();
    assert_eq!((open, journal.state().left()), (vec![2, 7, 8], 6));
    journal.leave(vec![0, 1, 2]).unwrap();
    assert_eq!(journal.state().left(), 7);
    journal.take(1).unwrap();
    journal.end([copied(0), copied(9)]).unwrap();
    let state = read::<RunState>(&path, |_, _| {}).unwrap();
    assert_eq!((state.left(), state.taken(), state.tally().copied), (0, 10, 3));
}

#[test]
fn damage_before_the_end_is_refused() {
    let (_dir, path) = written();
    let whole = std::fs::read(&path).unwrap();
    for at in (0..whole.len() - 200).step_by(997) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        std::fs::write(&path, bytes).unwrap();
        let e = RunJournal::open(&path, 3000, now()).unwrap_err();
        assert_eq!(e.kind(), ErrorKind::Corrupt, "{at} {e}");
    }
    for (bytes, changes) in [(&whole[100..], 3000), (&whole, 2999)] {
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(RunJournal::open(&path, changes, now()).unwrap_err().kind(), ErrorKind::Corrupt);
    }
    for end in [0, 1, 50] {
        std::fs::write(&path, &whole[..end]).unwrap();
        let journal = RunJournal::open(&path, 3000, now()).unwrap();
        assert_eq!((journal.state().changes(), journal.state().taken()), (3000, 0));
    }
}
