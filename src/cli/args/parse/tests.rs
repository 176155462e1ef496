use super::*;

#[test]
fn a_reply_is_given_a_second_at_least_and_no_more_than_an_attempt_may_take() {
    assert_eq!(read_timeout("60"), Ok(limits::BODY_IDLE), "as the default is written");
    assert_eq!(read_timeout("1800"), Ok(limits::ATTEMPT_TIMEOUT));
    for text in ["", "0", "-1", "1801", "1m", "1.5"] {
        assert!(read_timeout(text).is_err(), "{text}");
    }
}

#[test]
fn rates_are_read_with_and_without_unit() {
    assert_eq!(rate("3000/s"), Ok(3000));
    assert_eq!(rate("7"), Ok(7));
    for text in ["", "0", "0/s", "-1", "3000/m", "1.5/s", "fast"] {
        assert!(rate(text).is_err(), "{text}");
    }
}

#[test]
fn lengths_are_seconds_where_no_unit_is_given() {
    for (text, length) in [("30", Some(30)), ("30s", Some(30)), ("5m", Some(300)), ("0", Some(0))] {
        assert_eq!(seconds(text).ok().map(|d| d.as_secs()), length, "{text}");
    }
    for text in ["", "-1", "1.5", "s", "30 s"] {
        assert!(seconds(text).is_err(), "{text}");
    }
}
