use super::*;

#[test]
fn a_clock_that_is_off_by_more_than_a_minute_is_noted() {
    let minutes = |n: i64| n * 60_000;
    for (ahead, note) in [
        (0, None),
        (minutes(1), None),
        (-minutes(1), None),
        (minutes(10) + 400, Some("this machine's clock is 10m ahead of the server's")),
        (-minutes(61) - 5000, Some("this machine's clock is 1h 1m behind the server's")),
    ] {
        let said = skew_note(ahead);
        assert_eq!(said.as_deref().and_then(|said| said.split(';').next()), note, "{ahead}");
    }
}
