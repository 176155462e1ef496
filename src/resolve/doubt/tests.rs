use super::*;

#[test]
fn only_classes_that_must_be_thawed_are_in_doubt() {
    for (class, archived) in [
        ("GLACIER", true),
        ("DEEP_ARCHIVE", true),
        ("GLACIER_IR", false),
        ("INTELLIGENT_TIERING", false),
        ("STANDARD", false),
        ("", false),
    ] {
        let version = Version { storage_class: class.to_owned(), ..Version::default() };
        assert_eq!(Doubt::of_class(Some(&version)).is_some(), archived, "{class}");
    }
    assert_eq!(Doubt::of_class(None), None);
}
