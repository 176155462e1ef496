use super::*;
use crate::state::{Ending, Record};

impl Appender {
    /// Redirects writes to another file to simulate a failing disk. Returns the previous file.
    pub(in crate::state) fn redirect(&mut self, file: File) -> File {
        std::mem::replace(&mut self.file, file)
    }
}

#[test]
fn records_keep_their_form() {
    let copied =
        Ending::Copied { version_id: Some("v\n1".to_owned()), etag: Some("0cc1".to_owned()), over: None };
    for (record, line) in [
        (
            Record::Started { format: 1, at: crate::model::Instant::default(), changes: 2 },
            r#"6171b3c3 {"type":"started","format":1,"at":"1970-01-01T00:00:00Z","changes":2}"#,
        ),
        (Record::Taken { upto: 1000 }, r#"34fd3698 {"type":"taken","upto":1000}"#),
        (Record::Left { from: 3, upto: 7 }, r#"403aa72a {"type":"left","from":3,"upto":7}"#),
        (
            Record::Result { n: 7, ending: copied },
            r#"6e1e8464 {"type":"result","n":7,"outcome":"copied","version_id":"v\n1","etag":"0cc1"}"#,
        ),
        (
            Record::Result { n: 8, ending: Ending::Failed { error: "denied".to_owned(), over: None } },
            r#"3276e9c0 {"type":"result","n":8,"outcome":"failed","error":"denied"}"#,
        ),
    ] {
        assert_eq!(to_line(&record).unwrap(), format!("{line}\n"));
        assert_eq!(of_line::<Record>(format!("{line}\n").as_bytes()).unwrap(), record);
    }
}

#[test]
fn a_line_that_is_not_whole_is_no_record() {
    let line = to_line(&Record::Taken { upto: 1000 }).unwrap();
    for end in 0..line.len() {
        assert_eq!(of_line::<Record>(&line.as_bytes()[..end]), None, "{end}");
    }
    for at in 0..line.len() {
        let mut bytes = line.clone().into_bytes();
        for bit in [1, 0x20] {
            bytes[at] ^= bit;
            assert_eq!(of_line::<Record>(&bytes), None, "{at}");
        }
    }
}

/// Its reader would take it for a torn one.
#[test]
fn a_record_that_could_not_be_read_is_not_written() {
    let error = "x".repeat(usize::try_from(limits::JOURNAL_LINE).unwrap());
    let ending = Ending::Failed { error, over: None };
    assert!(to_line(&Record::Result { n: 0, ending }).is_err());
}

/// A partial line left by a full disk is truncated at once, or before the next line.
#[test]
fn lines_are_appended_whole_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    std::fs::write(&path, "one\ntor").unwrap();
    let mut file = Appender::open(&path, 4).unwrap();
    let writable = file.redirect(File::open(&path).unwrap());
    assert!(file.append("lost\n").is_err());
    (&writable).write_all(b"lo").unwrap();
    file.redirect(writable);
    file.append("two\n").unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\ntwo\n");
}

/// The system reports only once that data did not reach the disk; a later sync would succeed without it.
#[test]
fn nothing_is_written_after_a_sync_that_failed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    let mut file = Appender::open(&path, 0).unwrap();
    // A pipe cannot be synced.
    let (_reader, writer) = std::io::pipe().unwrap();
    let writable = file.redirect(File::from(std::os::fd::OwnedFd::from(writer)));
    file.append("one\n").unwrap();
    assert!(file.sync().is_err());
    file.redirect(writable);
    assert!(file.append("two\n").is_err() && file.sync().is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
}
