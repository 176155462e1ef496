use super::*;

fn starts(count: u64) -> impl Iterator<Item = FrameStart> {
    (0..count).map(|frame| FrameStart { n: frame * 3, offset: 100 + frame * 7 })
}

#[test]
fn the_last_frame_before_a_change_is_found() {
    let mut frames = Frames::default();
    assert_eq!(frames.before(0), None);
    starts(5).for_each(|start| frames.add(start));
    for (n, expected) in [(0, 0), (2, 0), (3, 3), (5, 3), (12, 12), (1000, 12)] {
        assert_eq!(frames.before(n).map(|start| start.n), Some(expected), "{n}");
    }
}

#[test]
fn of_many_frames_some_are_kept_at_equal_distances() {
    let most = u64::try_from(limits::PLAN_FRAMES).unwrap();
    for (count, every) in [(most, 1), (most + 1, 2), (most * 2, 2), (most * 2 + 1, 4), (most * 100, 128)] {
        let mut frames = Frames::default();
        starts(count).for_each(|start| frames.add(start));
        let expected: Vec<_> = starts(count).step_by(every).collect();
        assert_eq!(frames.kept, expected, "{count}");
        assert!(frames.kept.len() <= limits::PLAN_FRAMES);
    }
}
