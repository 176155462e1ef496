use super::*;

#[test]
fn the_newest_second_of_all_is_known_where_all_tell_it() {
    let window = |latest: Option<i64>| Window { earliest: None, latest: latest.map(Instant::from_millis) };
    for (latest, expected) in [
        (vec![], None),
        (vec![Some(9_999)], Some(9_000)),
        (vec![Some(9_999), Some(7_001)], Some(7_000)),
        (vec![Some(9_999), None], None),
    ] {
        let windows: Vec<_> = latest.iter().copied().map(window).collect();
        assert_eq!(Window::newest_of_all(&windows), expected.map(Instant::from_millis), "{latest:?}");
    }
}
