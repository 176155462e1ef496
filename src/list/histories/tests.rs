use proptest::prelude::*;

use super::*;

#[test]
fn a_place_just_before_a_key_is_before_it() {
    for (key, before) in [
        ("b", Some("a\u{10ffff}")),
        ("a/b", Some("a/a\u{10ffff}")),
        ("a\u{e000}", Some("a\u{d7ff}\u{10ffff}")),
        ("a\u{10000}", Some("a\u{fffd}\u{10ffff}")),
        ("a\u{1}", Some("a")),
        ("\u{1}", None),
    ] {
        assert_eq!(just_before(key).as_deref(), before, "{key:?}");
    }
    assert_eq!(just_before(&"a".repeat(1024)).map(|place| place.len()), Some(1024));
}

proptest! {
    #[test]
    fn it_is_before_the_key_and_behind_every_shorter_one(key in "[ab/\u{e000}\u{10000}]{1,6}", other in "[ab/\u{e000}\u{10000}]{1,6}") {
        let place = just_before(&key).unwrap();
        prop_assert!(place < key);
        prop_assert!(other >= key || other < place, "{other} lies between {place} and {key}");
    }
}
