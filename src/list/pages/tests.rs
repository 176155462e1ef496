use super::*;

fn marker(key: &str, version: &str) -> Marker {
    Marker { key: key.to_owned(), version: Some(version.to_owned()) }
}

#[test]
fn a_circle_of_markers_is_noticed() {
    let mut guard = LoopGuard::default();
    let circle = [marker("k", "1"), marker("k", "null"), marker("k", "3")];
    let mut from = None;
    let round = circle.iter().cycle().take(12).take_while(|to| {
        let advances = guard.advances(from.as_ref(), to);
        from = Some((*to).clone());
        advances
    });
    assert!(round.count() < 12);
    assert!(!LoopGuard::default().advances(Some(&marker("k", "1")), &marker("k", "1")));
    assert!(!LoopGuard::default().advances(Some(&marker("k", "1")), &marker("j", "1")));
}

#[test]
fn a_long_listing_is_no_circle() {
    let mut guard = LoopGuard::default();
    let mut from = None;
    for n in 0..10_000 {
        let to = marker(&format!("{:05}", n / 3), &n.to_string());
        assert!(guard.advances(from.as_ref(), &to));
        from = Some(to);
    }
}
