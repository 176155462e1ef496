use super::*;

#[test]
fn there_is_room_for_asof_s_own_tags_beside_fifty() {
    let given = |n: usize| Some((0..n).map(|n| (format!("t{n:02}"), String::new())).collect());
    let at = Instant::from_millis(1_000_000);
    for drill in [false, true] {
        let request = RestoreRequest { drill, ..RestoreRequest::new(at, "r-1") };
        for (n, dropped) in [(0, vec![]), (47, vec![]), (48, vec!["t47"]), (50, vec!["t47", "t48", "t49"])] {
            let tags = tags(given(n), &request);
            assert_eq!(left_out(given(n).as_ref()), dropped, "{n}");
            assert_eq!(tags.len(), n - dropped.len() + if drill { 3 } else { 2 });
            assert!(tags.len() <= limits::DATABASE_TAGS);
            assert_eq!((errand_of(&tags), is_of_drill(&tags)), (Some("r-1"), drill));
            assert_eq!(time_of(&tags), Some(at));
        }
    }
}
