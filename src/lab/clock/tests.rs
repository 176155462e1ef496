use super::*;

#[test]
fn is_frozen_until_moved_or_resumed() {
    let clock = Clock::default();
    clock.set(1_000);
    assert_eq!(clock.now(), 1_000);
    clock.clone().advance(Duration::from_millis(1_500));
    assert_eq!(clock.now(), 2_500);
    clock.resume();
    assert!(clock.now() > 1_600_000_000_000);
}
