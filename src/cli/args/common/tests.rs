use super::*;

#[test]
fn a_reply_is_given_a_second_at_least_and_no_more_than_an_attempt_may_take() {
    assert_eq!(parse_read_timeout("60"), Ok(limits::BODY_IDLE), "as the default is written");
    assert_eq!(parse_read_timeout("1800"), Ok(limits::ATTEMPT_TIMEOUT));
    for text in ["", "0", "-1", "1801", "1m", "1.5"] {
        assert!(parse_read_timeout(text).is_err(), "{text}");
    }
}

#[test]
fn rates_are_read_with_and_without_unit() {
    assert_eq!(parse_rate("3000/s"), Ok(3000));
    assert_eq!(parse_rate("7"), Ok(7));
    for text in ["", "0", "0/s", "-1", "3000/m", "1.5/s", "fast"] {
        assert!(parse_rate(text).is_err(), "{text}");
    }
}
