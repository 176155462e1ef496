use super::*;
use crate::model::Version;

#[test]
fn only_a_live_key_is_read() {
    let object: Location = "s3://bucket/key".parse().unwrap();
    let at = Instant::from_millis(1_700_000_000_000);
    let live = || LiveKey { version: Version::default(), cautions: Vec::new() };
    let doubts = vec![Doubt::Lifecycle];
    assert_eq!(live_key(&object, at, KeyAt::Live(live())).unwrap(), live());
    for (state, kind) in [
        (KeyAt::Absent, ErrorKind::Missing),
        (KeyAt::Uncertain { live: None, doubts: doubts.clone() }, ErrorKind::Refused),
        (KeyAt::Uncertain { live: Some(live()), doubts }, ErrorKind::Refused),
    ] {
        assert_eq!(live_key(&object, at, state).unwrap_err().kind(), kind);
    }
}

#[test]
fn what_arrives_is_written_and_counted() {
    let (pieces, queue) = mpsc::channel(4);
    for piece in ["ab", "c"] {
        pieces.try_send(Bytes::from_static(piece.as_bytes())).unwrap();
    }
    drop(pieces);
    let mut out = Vec::new();
    let written = drain(queue, &mut out, Checker::new(4, Proof::Size, None)).unwrap();
    assert_eq!((written.bytes, written.verdict), (3, Verdict::Wrong));
    assert_eq!(out, b"abc");
}
