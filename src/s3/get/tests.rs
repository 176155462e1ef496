use super::*;

#[test]
fn stretches_are_requested_and_recognized() {
    for (from, to, range, reply) in [
        (0, None, None, "bytes 0-"),
        (5, None, Some("bytes=5-"), "bytes 5-"),
        (0, Some(10), Some("bytes=0-9"), "bytes 0-9/"),
        (5, Some(6), Some("bytes=5-5"), "bytes 5-5/"),
    ] {
        let stretch = Stretch { from, to };
        assert_eq!((stretch.range().as_deref(), &*stretch.content_range()), (range, reply));
    }
    let whole = Stretch { from: 0, to: Some(10) };
    assert_eq!(whole.starting_at(4), Stretch { from: 4, to: Some(10) });
}
