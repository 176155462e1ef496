use super::*;

#[test]
fn lengths_are_seconds_where_no_unit_is_given() {
    for (text, seconds) in [("30", Some(30)), ("30s", Some(30)), ("5m", Some(300)), ("0", Some(0))] {
        assert_eq!(parse_seconds(text).ok().map(|d| d.as_secs()), seconds, "{text}");
    }
    for text in ["", "-1", "1.5", "s", "30 s"] {
        assert!(parse_seconds(text).is_err(), "{text}");
    }
}
