use super::*;

#[test]
fn lengths_are_told_in_their_two_largest_units() {
    for (seconds, expected) in [(0, "0s"), (600, "10m"), (266_405, "3d 2h"), (86_405, "1d 5s")] {
        assert_eq!(length(Duration::from_secs(seconds)), expected);
    }
}

#[test]
fn numbers_are_readable() {
    for (n, expected) in [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (86_118, "84.1 KiB"),
        (1 << 30, "1.0 GiB"),
        (u64::MAX, "16.0 EiB"),
        ((1 << 20) - 1, "1.0 MiB"),
    ] {
        assert_eq!(bytes(n), expected);
    }
    assert_eq!((plural(1, "key", "keys"), plural(2, "key", "keys")), ("1 key".into(), "2 keys".into()));
}
