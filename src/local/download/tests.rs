use super::*;

#[test]
fn a_full_disk_ends_the_run_and_a_bad_name_does_not() {
    let path = KeyPath::of("a/b").unwrap();
    for (kind, ends) in [
        (io::ErrorKind::StorageFull, true),
        (io::ErrorKind::QuotaExceeded, true),
        (io::ErrorKind::ReadOnlyFilesystem, true),
        (io::ErrorKind::PermissionDenied, false),
        (io::ErrorKind::NotADirectory, false),
    ] {
        assert_eq!(is_everyones(&cannot_write(&path, kind.into())), ends, "{kind:?}");
    }
    assert!(is_everyones(&Error::new(ErrorKind::Credentials, "expired")));
    assert!(!is_everyones(&Error::new(ErrorKind::Denied, "no permission")));
}
