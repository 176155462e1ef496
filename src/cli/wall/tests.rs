use super::*;

#[test]
fn durations_have_a_unit() {
    assert_eq!(parse_duration("50ms"), Ok(Duration::from_millis(50)));
    assert_eq!(parse_duration("2s"), Ok(Duration::from_secs(2)));
    assert_eq!(parse_duration("500us"), Ok(Duration::from_micros(500)));
    for text in ["", "5", "ms", "-1ms", "1.5s", "1h", "é"] {
        assert!(parse_duration(text).is_err(), "{text}");
    }
}
