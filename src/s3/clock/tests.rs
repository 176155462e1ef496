use super::*;

#[test]
fn the_first_date_sets_the_clock() {
    let clock = ServerClock::default();
    clock.tell(Some("no date"));
    assert_eq!(clock.skew(), None);
    assert!((clock.now().millis() - local().millis()).abs() < 10_000);
    assert!(clock.now_at_most() >= later(local(), 14 * 60_000));
    for date in ["Tue, 17 Nov 2026 14:30:05 GMT", "Tue, 17 Nov 2037 14:30:05 GMT"] {
        clock.clone().tell(Some(date));
    }
    let told = Instant::parse_http_date("Tue, 17 Nov 2026 14:30:05 GMT").unwrap();
    assert!((told..later(told, 10_000)).contains(&clock.now()));
    assert!((later(told, 1000)..later(told, 10_000)).contains(&clock.now_at_most()));
    assert_eq!(clock.skew().map(i64::signum), Some((local().millis() - told.millis()).signum()));
}
