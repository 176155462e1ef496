use super::*;
use crate::model::{Aspect, Version};

fn entry(delete_marker: bool) -> Past {
    let version = Version::default();
    Past { version, delete_marker, is_latest: false, live_at: false, changes: None }
}

fn sized(size: u64) -> ObjectHead {
    ObjectHead { size, tags: Some([].into()), ..ObjectHead::default() }
}

fn compared(changed: &[Aspect]) -> Changes {
    Changes::Compared { changed: changed.to_vec(), unknown: Vec::new() }
}

#[test]
fn versions_are_compared_across_delete_markers() {
    let (mut comparison, mut shown) = (Comparison::default(), Vec::new());
    for (marker, head) in [
        (true, None),
        (false, Some(sized(1))),
        (true, None),
        (true, None),
        (false, Some(sized(2))),
        (false, Some(sized(2))),
        (false, None),
        (false, Some(sized(2))),
    ] {
        comparison.add(entry(marker), head, &mut shown);
    }
    shown.extend(comparison.finish());
    let found: Vec<_> = shown.into_iter().map(|past| past.changes).collect();
    let resized = Some(compared(&[Aspect::Content, Aspect::Size]));
    let unknown = || Some(Changes::unknown());
    let expected =
        [None, resized, None, None, Some(compared(&[])), unknown(), unknown(), Some(Changes::Oldest)];
    assert_eq!(found, expected);
}

#[test]
fn few_delete_markers_wait() {
    let (mut comparison, mut shown) = (Comparison::default(), Vec::new());
    comparison.add(entry(false), Some(sized(1)), &mut shown);
    for _ in 0..=2 * limits::WAITING_MARKERS {
        comparison.add(entry(true), None, &mut shown);
    }
    assert!(shown.len() > limits::WAITING_MARKERS);
    assert_eq!(shown.first().unwrap().changes, Some(Changes::unknown()));
}
