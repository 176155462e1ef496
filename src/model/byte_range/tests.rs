use super::*;

#[test]
fn ranges_are_read_as_http_writes_them() {
    for (text, expected) in [
        ("bytes=0-99", Some(ByteRange::Between { first: 0, last: 99 })),
        ("0-99", Some(ByteRange::Between { first: 0, last: 99 })),
        ("5-5", Some(ByteRange::Between { first: 5, last: 5 })),
        ("100-", Some(ByteRange::From(100))),
        ("-100", Some(ByteRange::Last(100))),
        ("bytes=-1", Some(ByteRange::Last(1))),
        ("", None),
        ("-", None),
        ("5", None),
        ("9-5", None),
        ("0-1,3-4", None),
        ("+1-2", None),
        ("1--2", None),
        ("99999999999999999999-", None),
        ("lines=1-2", None),
    ] {
        assert_eq!(text.parse::<ByteRange>().ok(), expected, "{text:?}");
    }
}

#[test]
fn a_range_is_cut_to_the_object() {
    for (text, size, expected) in [
        ("0-99", 1000, Some(0..100)),
        ("0-99", 10, Some(0..10)),
        ("990-", 1000, Some(990..1000)),
        ("-10", 1000, Some(990..1000)),
        ("-10", 5, Some(0..5)),
        ("1000-", 1000, None),
        ("1000-1001", 1000, None),
        ("-0", 1000, None),
        ("0-0", 0, None),
        ("-5", 0, None),
        ("0-18446744073709551615", 7, Some(0..7)),
    ] {
        let range: ByteRange = text.parse().unwrap();
        assert_eq!(range.within(size), expected, "{text} of {size}");
    }
}
