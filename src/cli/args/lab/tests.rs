use super::*;

#[test]
fn durations_have_a_unit() {
    assert_eq!(latency("50ms"), Ok(Duration::from_millis(50)));
    assert_eq!(latency("2s"), Ok(Duration::from_secs(2)));
    assert_eq!(latency("500us"), Ok(Duration::from_micros(500)));
    for text in ["", "5", "ms", "-1ms", "1.5s", "1h", "é"] {
        assert!(latency(text).is_err(), "{text}");
    }
}
