use super::*;
use crate::error::ErrorKind;
use crate::model::Instant;
use crate::recover::{Consistency, Named};

fn line(name: &str, second: i64) -> MarkLine {
    let at = Instant::from_millis(second * 1000);
    MarkLine {
        name: name.into(),
        at,
        file: "/r.toml".into(),
        consistency: Consistency::Quiesced,
        snapshots: Vec::new(),
    }
}

#[test]
fn a_mark_is_kept_behind_a_torn_line_and_its_name_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let state_dir = dir.path().join("state");
    assert_eq!(MarksFile::read(&state_dir).unwrap(), Marks::default());
    MarksFile::open(&state_dir).unwrap().keep(&line("a", 1), false).unwrap();
    let path = MarksFile::path(&state_dir);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, [&whole[..], &whole[..20]].concat()).unwrap();
    MarksFile::open(&state_dir).unwrap().keep(&line("b", 2), false).unwrap();
    let marks = MarksFile::read(&state_dir).unwrap();
    assert_eq!((marks.unreadable.as_slice(), marks.listed()), (&[2][..], vec![line("a", 1), line("b", 2)]));
    let taken = MarksFile::open(&state_dir).unwrap().keep(&line("b", 3), false).unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::Usage, "{taken}");
    MarksFile::open(&state_dir).unwrap().keep(&line("b", 3), true).unwrap();
    let marks = MarksFile::read(&state_dir).unwrap();
    assert_eq!(marks.named("b", None), Named::Mark(line("b", 3)));
}
