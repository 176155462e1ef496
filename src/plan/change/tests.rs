use super::*;

#[test]
fn the_table_holds() {
    let version = |id: &str| Version { version_id: id.to_owned(), ..Version::default() };
    let (v, w) = (version("v"), version("w"));
    for (then, now, expected) in [
        (Some(&v), Some(&v), None),
        (Some(&v), Some(&w), Some(Action::Revert)),
        (Some(&v), None, Some(Action::Undelete)),
        (None, Some(&w), Some(Action::Delete)),
        (None, None, None),
    ] {
        assert_eq!(decide(then, now), expected, "{then:?} {now:?}");
    }
}
