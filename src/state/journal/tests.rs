use std::fs::File;

use proptest::prelude::*;

use super::*;
use crate::model::Instant;
use crate::recover::{RecoveryState, Step};
use crate::state::{ChangeProgress, Ending, RunJournal, RunState};

const RUN: &[u8] = include_bytes!("../../../fixtures/state/run-journal");
const RECOVERY: &[u8] = include_bytes!("../../../fixtures/state/recovery-journal");

fn journal() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    (dir, path)
}

/// Returns the state after replaying these bytes, and the number of bytes left after the journal was opened for
/// writing.
fn replayed<S: Replay>(bytes: &[u8]) -> Result<(S, usize)> {
    let (_dir, path) = journal();
    std::fs::write(&path, bytes).unwrap();
    let state = read(&path, |_, _| {})?;
    Journal::<S>::open_or_create(&path)?;
    Ok((state, std::fs::read(&path).unwrap().len()))
}

/// Each kind of record in format 2, and a torn one.
#[test]
fn journals_of_released_formats_are_read() {
    let (run, whole) = replayed::<RunState>(RUN).unwrap();
    assert_eq!((run.changes(), run.taken(), run.left(), run.is_checked()), (12, 12, 0, true));
    let tally = run.tally();
    let counts = (tally.copied, tally.deleted, tally.markers_removed, tally.skipped, tally.failed);
    assert_eq!((counts, tally.conflicts, tally.archived, tally.superseded), ((2, 2, 1, 2, 1), 1, 1, 2));
    assert_eq!((run.progress(10), whole), (ChangeProgress::Open, RUN.len() - 30));

    let (recovery, whole) = replayed::<RecoveryState>(RECOVERY).unwrap();
    assert_eq!((recovery.made(0), recovery.run(1)), (Some("db-ABC"), Some("20251117T143005Z-0003")));
    let answers = recovery.result(Step::Settle(0)).and_then(|result| result.connection.clone()).unwrap();
    assert_eq!(answers.endpoint.as_deref(), Some("h:5432"));
    assert_eq!((recovery.overtaken(), recovery.is_aborting()), (Some("the recovery x"), true));
    assert_eq!(recovery.undone_by("20251117T143005Z-0001"), Some("20251117T143006Z-0001"));
    assert_eq!((recovery.is_ended(), recovery.swap(0), whole), (false, None, RECOVERY.len() - 30));
}

fn cut<S: Replay + PartialEq + std::fmt::Debug>(bytes: &[u8], at: usize, tail: &[u8]) {
    let whole = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let expected = replayed::<S>(&bytes[..whole]).unwrap();
    assert_eq!(replayed::<S>(&[&bytes[..at], tail].concat()).unwrap(), expected);
}

/// Asserts that a flipped bit before the last complete record is detected.
fn damage<S: Replay>(bytes: &[u8], at: usize) {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 0x20;
    let e = replayed::<S>(&bytes).err().unwrap();
    assert_eq!(e.kind(), ErrorKind::Corrupt, "{at} {e}");
}

proptest! {
    #[test]
    fn whatever_is_torn_off_the_end_is_cut_off(at in 0..1000_usize, tail in prop::sample::select(vec![&b""[..], &[0; 100], b"x\n\ny\n"])) {
        cut::<RunState>(RUN, at * RUN.len() / 1000, tail);
        cut::<RecoveryState>(RECOVERY, at * RECOVERY.len() / 1000, tail);
    }

    #[test]
    fn damage_before_the_end_is_refused(at in 0..1000_usize) {
        // Before the last complete record and the torn one.
        damage::<RunState>(RUN, at * (RUN.len() - 60) / 1000);
        damage::<RecoveryState>(RECOVERY, at * (RECOVERY.len() - 140) / 1000);
    }
}

fn copied(n: u64) -> (u64, Ending) {
    (n, Ending::Copied { version_id: Some(format!("v{n}")), etag: None, over: None })
}

/// Otherwise a second try would be refused as a second result, or an intent that was not written would count as
/// written. Other results may still arrive, and fit on the disk.
#[test]
fn a_record_that_was_not_written_changes_nothing_in_memory() {
    let (_dir, path) = journal();
    let mut journal = RunJournal::open(&path, 3000, Instant::default()).unwrap();
    let writable = journal.file.redirect(File::open(&path).unwrap());
    assert!(journal.take(1).is_err());
    assert_eq!((journal.state().taken(), journal.state().progress(0)), (0, ChangeProgress::Untouched));
    let unwritable = journal.file.redirect(writable);
    journal.take(1).unwrap();
    let writable = journal.file.redirect(unwritable);
    assert!(journal.end([copied(0)]).is_err() && journal.leave(vec![1, 2]).is_err());
    journal.file.redirect(writable);
    journal.end([copied(0)]).unwrap();
    journal.leave(vec![2, 1]).unwrap();
    assert_eq!(&read::<RunState>(&path, |_, _| {}).unwrap(), journal.state());
}

/// A newer asof may have written it: truncated like a torn record, it would be lost.
#[test]
fn a_whole_record_of_an_unknown_kind_is_refused() {
    let unknown = to_line(&serde_json::json!({ "type": "later" })).unwrap();
    let run = RUN.len() - 30;
    let e = replayed::<RunState>(&[&RUN[..run], unknown.as_bytes()].concat()).err().unwrap();
    assert_eq!(e.kind(), ErrorKind::Corrupt);
    assert!(e.to_string().contains(&format!("at byte {run} it has an unknown record")), "{e}");
}
