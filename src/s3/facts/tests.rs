use super::*;

#[test]
fn what_can_be_read_is_told_by_class_tier_and_restore() {
    let arrived = Some("ongoing-request=\"false\", expiry-date=\"Fri, 21 Dec 2026 00:00:00 GMT\"");
    for (class, tier, restore, expected) in [
        ("STANDARD", false, None, Archive::Readable),
        ("GLACIER_IR", false, None, Archive::Readable),
        ("GLACIER", false, None, Archive::Frozen),
        ("DEEP_ARCHIVE", false, None, Archive::Frozen),
        ("GLACIER", false, Some("ongoing-request=\"true\""), Archive::Thawing),
        ("GLACIER", false, arrived, Archive::Readable),
        ("INTELLIGENT_TIERING", false, None, Archive::Readable),
        ("INTELLIGENT_TIERING", true, None, Archive::Frozen),
        ("INTELLIGENT_TIERING", true, Some("ongoing-request=\"true\""), Archive::Thawing),
    ] {
        assert_eq!(archive(class, tier, restore), expected, "{class} {tier} {restore:?}");
    }
}
