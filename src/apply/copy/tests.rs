use super::*;

#[test]
fn a_head_is_spared_only_where_the_listing_says_enough() {
    let version = |size| Version { size, ..Version::default() };
    let copies = |heads, locks| Copies { heads, locks, multipart_threshold: 10, ..Copies::default() };
    for (copies, size, expected) in [
        (copies(true, false), 1, true),
        (copies(false, false), 1, false),
        (copies(false, false), 10, false),
        (copies(false, false), 11, true),
        (copies(false, true), 1, true),
    ] {
        assert_eq!(copies.needs_facts(&version(size)), expected, "{copies:?} {size}");
    }
}
