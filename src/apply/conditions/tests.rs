use super::*;

#[test]
fn the_table_holds() {
    let failed = |kind, code: &str| told::<()>(Err(Error::new(kind, "").with_code(code)));
    assert!(matches!(told(Ok(7)), Ok(Told::Ignored(7))));
    assert!(matches!(failed(ErrorKind::Precondition, "PreconditionFailed"), Ok(Told::Honoured)));
    assert!(matches!(failed(ErrorKind::Missing, "NoSuchKey"), Ok(Told::Honoured)));
    assert!(matches!(failed(ErrorKind::Unsupported, "NotImplemented"), Ok(Told::Refused)));
    for (kind, code) in [
        (ErrorKind::Missing, "NoSuchVersion"),
        (ErrorKind::Transient, ""),
        (ErrorKind::Denied, "AccessDenied"),
    ] {
        assert!(failed(kind, code).is_err(), "{code}");
    }
}
