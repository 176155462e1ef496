use super::*;

fn second(n: i64) -> Instant {
    Instant::from_millis(n * 1000)
}

fn marked(range: Option<Range>, marks: &[i64]) -> Window {
    Window { range, marks: marks.iter().copied().map(second).collect() }
}

#[test]
fn the_newest_second_of_all_is_known_where_all_tell_it() {
    let window = |latest: Option<i64>| Window::between(None, latest.map(Instant::from_millis));
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

#[test]
fn beside_a_store_that_reaches_marks_only_the_newest_common_mark_counts() {
    let range = Window::between(Some(second(20)), Some(second(60)));
    for (windows, newest) in [
        (vec![marked(None, &[])], None),
        (vec![marked(None, &[10, 30])], Some(30)),
        (vec![range.clone(), marked(None, &[10, 30, 50, 70])], Some(50)),
        (vec![marked(None, &[10, 30, 50]), range.clone(), marked(None, &[30, 70])], Some(30)),
        (vec![marked(None, &[10, 70]), range], None),
        (vec![marked(None, &[10, 70]), Window::default()], Some(70)),
    ] {
        assert_eq!(Window::newest_of_all(&windows), newest.map(second), "{windows:?}");
    }
}

/// A snapshot that is older than the log is still restorable.
#[test]
fn the_nearest_marks_are_named() {
    let range = Some(Range { earliest: Some(second(100)), latest: Some(second(200)) });
    let none = Reach::NotMarked { before: None, after: None };
    for (window, at, reach) in [
        (marked(None, &[]), 5, none),
        (marked(None, &[10, 30]), 10, Reach::Within),
        (marked(None, &[10, 30]), 5, Reach::NotMarked { before: None, after: Some(second(10)) }),
        (marked(None, &[10, 30]), 20, Reach::NotMarked { before: Some(second(10)), after: Some(second(30)) }),
        (marked(None, &[10, 30]), 31, Reach::NotMarked { before: Some(second(30)), after: None }),
        (marked(range, &[10]), 10, Reach::Within),
        (marked(range, &[10]), 11, Reach::TooEarly(second(100))),
        (marked(range, &[10]), 201, Reach::TooLate(second(200))),
    ] {
        assert_eq!(window.reaches(second(at)), reach, "{window:?} {at}");
    }
    let told = marked(None, &[10]).refusal("store queue", second(20)).unwrap();
    assert_eq!(
        told,
        "the store queue cannot be restored to 1970-01-01 00:00:20 UTC: only the times of marks are restorable: \
         the nearest before is 1970-01-01 00:00:10 UTC, there is none after"
    );
}
