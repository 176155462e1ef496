use super::*;

#[test]
fn the_table_holds() {
    for (kind, written, read, open) in [
        (ErrorKind::Throttled, 31, 31, false),
        (ErrorKind::Transient, 8, 8, true),
        (ErrorKind::Corrupt, 8, 8, true),
        (ErrorKind::Precondition, 5, 1, false),
        (ErrorKind::Missing, 2, 1, false),
        (ErrorKind::Denied, 1, 1, false),
        (ErrorKind::Credentials, 1, 1, false),
        (ErrorKind::Invalid, 1, 1, false),
    ] {
        let e = Error::new(kind, "");
        let sent = |sends| {
            let mut budget = RetryBudget::new(sends, 7);
            1 + std::iter::from_fn(|| budget.pause(&e)).take(100).count()
        };
        assert_eq!((sent(Sends::Write), sent(Sends::Read)), (written, read), "{kind:?}");
        assert_eq!(leaves_open(&e), open, "{kind:?}");
    }
}
