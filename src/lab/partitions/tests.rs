use super::*;

#[test]
fn each_range_of_keys_has_its_own_limit() {
    let partitioned =
        Partitioned::new(Partitions { bounds: vec!["b".into(), "d".into()], writes_per_second: 1 });
    for (key, admitted) in
        [("a", true), ("a~", false), ("b", true), ("c", false), ("d", true), ("z", false), ("", false)]
    {
        assert_eq!(partitioned.write(key).is_ok(), admitted, "{key}");
    }
    assert_eq!(partitioned.throttled(), 4);
}
