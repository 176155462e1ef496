use super::*;

#[test]
fn a_second_admits_what_its_rate_says() {
    let throttle = Throttle::new(200);
    let admitted = |from: u64, to: u64| {
        (from..to).filter(|millis| throttle.admits(Duration::from_millis(*millis))).count()
    };
    assert_eq!((0..500).filter(|_| throttle.admits(Duration::ZERO)).count(), 200);
    assert_eq!(admitted(1, 1_001), 200);
    assert_eq!(admitted(1_001, 3_001), 400);
    assert_eq!((0..500).filter(|_| throttle.admits(Duration::from_mins(1))).count(), 200);
}
