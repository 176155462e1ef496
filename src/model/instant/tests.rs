use proptest::prelude::*;

use super::*;

const NOW: Instant = Instant::from_millis(1_763_389_805_000);

#[test]
fn ages_are_told_in_their_two_largest_units() {
    for (seconds, expected) in
        [(0, "0 s"), (59, "59 s"), (3_600, "1 h"), (266_405, "3 d 2 h"), (86_405, "1 d 5 s")]
    {
        assert_eq!(Instant::from_millis(NOW.millis() - seconds * 1000).age(NOW), expected);
    }
    assert_eq!(NOW.human(), "2025-11-17 14:30:05 UTC");
}

proptest! {
    #[test]
    fn the_quick_reader_agrees_with_the_general_one(millis in 0i64..4_102_444_800_000) {
        for form in [SecondsFormat::Secs, SecondsFormat::Millis] {
            let t = DateTime::<Utc>::from_timestamp_millis(millis).unwrap();
            let text = t.to_rfc3339_opts(form, true);
            let expected = DateTime::parse_from_rfc3339(&text).unwrap().timestamp_millis();
            prop_assert_eq!(Instant::parse_listed(text.as_bytes()), Some(Instant(expected)));
        }
    }

    /// Whole seconds have no fraction, and years may have more than four digits.
    #[test]
    fn the_quick_writer_agrees_with_the_general_one(millis in -80_000_000_000_000i64..400_000_000_000_000, whole: bool) {
        let millis = if whole { millis - millis.rem_euclid(1000) } else { millis };
        let form = if millis.rem_euclid(1000) == 0 { SecondsFormat::Secs } else { SecondsFormat::Millis };
        let expected = DateTime::<Utc>::from_timestamp_millis(millis).unwrap().to_rfc3339_opts(form, true);
        prop_assert_eq!(Instant(millis).to_string(), expected);
    }

    #[test]
    fn no_text_makes_the_readers_panic(text in ".{0,40}") {
        prop_assert!(Instant::parse_listed(text.as_bytes()).is_none_or(|t| !t.to_string().is_empty()));
    }
}
