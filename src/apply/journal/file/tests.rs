use super::*;

fn now() -> Instant {
    Instant::default()
}

fn copied(n: u64) -> (u64, Ending) {
    (n, Ending::Copied { version_id: Some(format!("v{n}")), etag: None, over: None })
}

fn written() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    let mut journal = Journal::create(&path, 3000, now()).unwrap();
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
    let mut journal = Journal::open(&path, 3000, now()).unwrap();
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
    let twice = Journal::create(&path, 1, now()).unwrap_err();
    assert!(twice.to_string().starts_with("cannot begin the journal"), "{twice}");
}

#[test]
fn whatever_is_torn_off_the_end_is_cut_away() {
    let (_dir, path) = written();
    let whole = std::fs::read(&path).unwrap();
    for end in ((whole.len() - 300)..whole.len()).step_by(23) {
        for tail in [&b""[..], &[0; 100], b"garbage\n\nmore\n"] {
            std::fs::write(&path, [&whole[..end], tail].concat()).unwrap();
            let before = read(&path, |_, _| {}).unwrap();
            let mut journal = Journal::open(&path, 3000, now()).unwrap();
            journal.end([copied(1400)]).unwrap();
            let after = read(&path, |_, _| {}).unwrap();
            assert_eq!(after.0.tally().copied, before.0.tally().copied + 1, "{end}");
        }
    }
}

/// Results still come in after a write that failed, and may find room: behind half a line they would be lost, and the
/// journal damaged.
#[test]
fn what_a_full_disk_tore_is_cut_away_before_the_next_record() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    let mut journal = Journal::create(&path, 3, now()).unwrap();
    journal.take(3).unwrap();
    let writable = std::mem::replace(&mut journal.file, File::open(&path).unwrap());
    assert!(journal.end([copied(0)]).is_err());
    assert_eq!(journal.state().progress(0), ChangeProgress::Open);
    (&writable).write_all(b"0123abcd {\"type\":\"res").unwrap();
    journal.file = writable;
    journal.end([copied(1)]).unwrap();
    journal.end([copied(2)]).unwrap();
    let state = read(&path, |_, _| {}).unwrap().0;
    assert_eq!([0, 1, 2].map(|n| state.progress(n).is_done()), [false, true, true]);
}

/// Else a second try would be refused as a second result, or an intent be taken for written that is not.
#[test]
fn a_record_that_was_not_written_changes_nothing_in_memory() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    let mut journal = Journal::create(&path, 3000, now()).unwrap();
    let writable = std::mem::replace(&mut journal.file, File::open(&path).unwrap());
    assert!(journal.take(1).is_err());
    assert_eq!((journal.state().taken(), journal.state().progress(0)), (0, ChangeProgress::Untouched));
    let unwritable = std::mem::replace(&mut journal.file, writable);
    journal.take(1).unwrap();
    let writable = std::mem::replace(&mut journal.file, unwritable);
    assert!(journal.end([copied(0)]).is_err() && journal.leave(vec![1, 2]).is_err());
    journal.file = writable;
    journal.end([copied(0)]).unwrap();
    journal.leave(vec![2, 1]).unwrap();
    assert_eq!(&read(&path, |_, _| {}).unwrap().0, journal.state());
}

#[test]
fn what_is_left_is_taken_once_more() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    let mut journal = Journal::create(&path, 10, now()).unwrap();
    journal.take(1).unwrap();
    journal.end([copied(4)]).unwrap();
    journal.leave(vec![9, 0, 1, 5, 6, 3]).unwrap();
    let mut journal = Journal::open(&path, 10, now()).unwrap();
    let open: Vec<_> = (0..10).filter(|n| journal.state().progress(*n) == ChangeProgress::Open).collect();
    assert_eq!((open, journal.state().left()), (vec![2, 7, 8], 6));
    journal.leave(vec![0, 1, 2]).unwrap();
    assert_eq!(journal.state().left(), 7);
    journal.take(1).unwrap();
    journal.end([copied(0), copied(9)]).unwrap();
    let state = read(&path, |_, _| {}).unwrap().0;
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
        let e = Journal::open(&path, 3000, now()).unwrap_err();
        assert_eq!(e.kind(), ErrorKind::Corrupt, "{at} {e}");
    }
    for (bytes, changes) in [(&whole[100..], 3000), (&whole, 2999)] {
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(Journal::open(&path, changes, now()).unwrap_err().kind(), ErrorKind::Corrupt);
    }
    for end in [0, 1, 50] {
        std::fs::write(&path, &whole[..end]).unwrap();
        let journal = Journal::open(&path, 3000, now()).unwrap();
        assert_eq!((journal.state().changes(), journal.state().taken()), (3000, 0));
    }
}
