use proptest::prelude::*;

use super::*;
use crate::error::ErrorKind;

const NOW: Instant = Instant::from_millis(1_763_389_805_000);

fn past(text: &str) -> Result<Instant> {
    TypedTime::parse(text)?.past(NOW)
}

#[test]
fn every_form_names_its_moment() {
    for (text, expected) in [
        ("2025-11-17T14:30:05Z", "2025-11-17T14:30:05Z"),
        ("2025-11-17t14:30:05z", "2025-11-17T14:30:05Z"),
        ("2025-11-17T15:30:05+01:00", "2025-11-17T14:30:05Z"),
        ("2025-11-17 09:00:05-05:30", "2025-11-17T14:30:05Z"),
        ("2025-11-17 14:30:05 UTC", "2025-11-17T14:30:05Z"),
        ("2025-11-17 14:30:05UTC", "2025-11-17T14:30:05Z"),
        ("2025-11-17 14:30:05Z", "2025-11-17T14:30:05Z"),
        ("2025-11-17 14:30:05 GMT", "2025-11-17T14:30:05Z"),
        ("2025-11-17T14:30:04.250Z", "2025-11-17T14:30:04.250Z"),
        ("2025-11-17 14:30Z", "2025-11-17T14:30:00Z"),
        ("2025-11-17T14:30Z", "2025-11-17T14:30:00Z"),
        ("2025-11-17T14:30 UTC", "2025-11-17T14:30:00Z"),
        ("2025-11-17T15:30:05+0100", "2025-11-17T14:30:05Z"),
        ("2025-11-17 15:30 +0100", "2025-11-17T14:30:00Z"),
        ("2025-11-17T15:30:05+01", "2025-11-17T14:30:05Z"),
        ("2025-11-17T09:00:05 -05:30", "2025-11-17T14:30:05Z"),
        ("20251117T143005Z", "2025-11-17T14:30:05Z"),
        ("Mon, 17 Nov 2025 14:30:05 GMT", "2025-11-17T14:30:05Z"),
        ("Mon, 17 Nov 2025 15:30:05 +0100", "2025-11-17T14:30:05Z"),
        ("17 Nov 2025 14:30:05 +0000", "2025-11-17T14:30:05Z"),
        ("@1763389805", "2025-11-17T14:30:05Z"),
        ("0s", "2025-11-17T14:30:05Z"),
        ("90m", "2025-11-17T13:00:05Z"),
        ("2h", "2025-11-17T12:30:05Z"),
        ("2h30m", "2025-11-17T12:00:05Z"),
        ("1.5h", "2025-11-17T13:00:05Z"),
        ("1h0.5m", "2025-11-17T13:29:35Z"),
        ("3d 2h", "2025-11-14T12:30:05Z"),
        ("3d", "2025-11-14T14:30:05Z"),
        ("1w", "2025-11-10T14:30:05Z"),
        (" 2h ", "2025-11-17T12:30:05Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
        ("2006-03-14T00:00:00Z", "2006-03-14T00:00:00Z"),
    ] {
        let read = past(text).map(|at| at.to_string());
        assert_eq!(read.ok().as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_is_not_a_moment_is_refused_with_a_correct_form() {
    for text in [
        "",
        "14:30",
        "2025-11-17T14:30:05",
        "2025-13-17T14:30:05Z",
        "2025-02-30T14:30:05Z",
        "2025-11-17T25:30:05Z",
        "2025-11-17T14:30:05+24:00",
        "2025-11-17T14:30:05+1:00",
        "2025-11-17T14:30:05+٣٣",
        "@",
        "@abc",
        "@99999999999999999",
        "h",
        "1..5h",
        ".5h",
        "5.h",
        "1.5h30m",
        "30m2h",
        "2h2h",
        "2y",
        "٣d",
        "2025-11-17T14:30:05 CET",
        "9999999999999999999d",
        "1.0000000000d",
    ] {
        let error = past(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{text}");
        assert!(error.hints().iter().any(|h| h.contains("2026-11-17T14:30:05Z")), "{text}");
    }
}

#[test]
fn a_time_that_cannot_be_read_is_shown_written_rightly() {
    for (text, rightly) in [
        ("1763389805", "write @1763389805 (2025-11-17 14:30:05 UTC)"),
        ("1763389805.25", "write @1763389805 (2025-11-17 14:30:05 UTC)"),
        ("1763389805123", "write @1763389805 (2025-11-17 14:30:05 UTC)"),
        ("@1763389805123", "write @1763389805 (2025-11-17 14:30:05 UTC)"),
        ("1763389805123456789", "write @1763389805 (2025-11-17 14:30:05 UTC)"),
        ("2025-11-17", "write 2025-11-17T00:00:00Z for midnight UTC"),
        ("20251117", "write 2025-11-17T00:00:00Z for midnight UTC"),
        ("now", "write 0s (now, by the server's clock)"),
        ("Yesterday", "write 1d for this time yesterday"),
        ("5 minutes ago", "write 5m"),
        ("5min ago", "write 5m"),
        ("an hour ago", "write 1h"),
        ("2h30m ago", "write 2h30m"),
        ("3 days", "write 3d"),
        ("-2h", "write 2h"),
    ] {
        let error = past(text).unwrap_err();
        assert_eq!(error.hints().first().map(String::as_str), Some(rightly), "{text}");
    }
    for text in ["2025-11-17 14:30:05", "2025-11-17T14:30:05", "2025-11-17t14:30:05"] {
        let error = past(text).unwrap_err().to_string();
        assert!(error.ends_with("has no time zone; write 2025-11-17T14:30:05Z for UTC"), "{error}");
    }
}

/// Every suggestion must itself be valid.
#[test]
fn what_is_suggested_is_understood() {
    for text in ["1763389805", "1763389805123", "2025-11-16", "now", "yesterday", "5 minutes ago", "-2h"] {
        let error = past(text).unwrap_err();
        let suggested = error.hints()[0].strip_prefix("write ").unwrap().split(' ').next().unwrap();
        assert!(past(suggested).is_ok(), "{suggested} for {text}");
    }
}

#[test]
fn times_before_s3_are_not_plausible() {
    for text in ["@-5", "@0", "1900-01-01T00:00:00Z", "2006-03-13T23:59:59Z", "9000d"] {
        let error = past(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{text}");
        assert!(error.to_string().contains("is before 2006-03-14, the launch of S3"), "{error}");
    }
}

#[test]
fn the_future_is_refused() {
    for text in ["2025-11-17T14:30:06Z", "@1763389806", "2030-01-01T00:00:00Z"] {
        let error = past(text).unwrap_err().to_string();
        assert!(
            error.contains("must be in the past; by the server's clock it is 2025-11-17T14:30:05Z"),
            "{error}"
        );
    }
}

#[test]
fn lengths_are_read_as_ages_are() {
    for (text, seconds) in [("90m", 5400), ("2h30m", 9000), ("1.5h", 5400), ("1d12h", 129_600), ("0s", 0)] {
        assert_eq!(Instant::parse_length(text), Some(Duration::from_secs(seconds)), "{text}");
    }
    for text in ["", "90", "1.5", "h", "-1h", "1 h", "1m1h"] {
        assert_eq!(Instant::parse_length(text), None, "{text}");
    }
}

#[test]
fn programs_may_print_any_moment_but_no_age() {
    assert_eq!(Instant::parse_moment("@0"), Some(Instant::from_millis(0)));
    assert_eq!(Instant::parse_moment("2025-11-17T14:30:05Z"), Some(NOW));
    assert_eq!(Instant::parse_moment("2h"), None);
    assert_eq!(Instant::parse_moment("2025-11-17T14:30:05"), None);
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,40}") {
        drop(past(&text));
    }

    #[test]
    fn nor_does_what_looks_like_a_time(text in "[-+@0-9a-zA-Z:. ]{0,30}") {
        drop(past(&text));
    }
}
