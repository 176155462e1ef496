use super::*;

#[test]
fn pauses_double_up_to_the_longest() {
    let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_millis(350));
    let pauses: Vec<_> = std::iter::repeat_with(|| backoff.pause().as_millis()).take(4).collect();
    assert_eq!(pauses, [100, 200, 350, 350]);
    assert_eq!(Backoff::new(Duration::MAX, Duration::MAX).pause(), Duration::MAX);
}

#[test]
fn pauses_grow_up_to_their_limit_and_differ_from_each_other() {
    let most = Duration::from_secs(1);
    for (times, longest) in [(1, 100), (2, 200), (3, 400), (5, 1000), (60, 1000)] {
        for turn in 0..100 {
            let pause = spread(times, most, turn);
            assert!(pause >= Duration::from_millis(longest / 2), "{times} {turn} {pause:?}");
            assert!(pause <= Duration::from_millis(longest), "{times} {turn} {pause:?}");
            assert_ne!(pause, spread(times, most, turn + 1));
        }
    }
}
