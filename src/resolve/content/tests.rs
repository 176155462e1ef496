use std::collections::BTreeMap;

use super::*;

fn version(size: u64, etag: &str) -> Version {
    Version { size, etag: etag.to_owned(), ..Version::default() }
}

#[test]
fn heads_are_asked_for_only_where_the_listing_leaves_it_open() {
    for (a, b, kms, expected) in [
        (version(1, "x"), version(2, "x"), false, false),
        (version(1, "x"), version(1, "y"), false, false),
        (version(1, "x"), version(1, "x"), false, true),
        (version(1, "x-2"), version(1, "y"), false, true),
        (version(1, "x"), version(1, "y-3"), false, true),
        (version(1, "x"), version(1, "y"), true, true),
        (version(1, "x-2"), version(2, "y"), true, false),
    ] {
        assert_eq!(needs_heads(&a, &b, kms), expected, "{a:?} {b:?} {kms}");
    }
}

fn head(etag: &str, checksum: Option<&str>, kms: bool) -> ObjectHead {
    ObjectHead {
        size: 5,
        etag: etag.to_owned(),
        checksums: checksum.into_iter().map(|c| ("CRC64NVME", c.to_owned())).collect(),
        kms,
        tags: Some(BTreeMap::new()),
        ..ObjectHead::default()
    }
}

#[test]
fn the_table_of_heads_holds() {
    use Likeness::{Different, Same, Unverifiable};
    for (a, b, expected) in [
        (head("x", Some("1"), false), head("y-2", Some("1"), false), Same),
        (head("x", Some("1"), true), head("y", Some("1"), true), Same),
        (head("x", Some("1"), false), head("x", Some("2"), false), Different),
        (head("x", None, false), head("x", Some("1"), false), Same),
        (head("x-2", None, false), head("x-2", None, false), Same),
        (head("x", None, false), head("y", None, false), Different),
        (head("x-2", None, false), head("y", Some("1"), false), Unverifiable),
        (head("x", None, true), head("x", None, false), Unverifiable),
        (head("x", None, true), head("y", None, true), Unverifiable),
    ] {
        assert_eq!(likeness(&a, &b), expected, "{a:?} {b:?}");
        assert_eq!(likeness(&b, &a), expected, "{b:?} {a:?}");
    }
}

#[test]
fn changed_metadata_is_a_change() {
    let plain = head("x", Some("1"), false);
    let mut typed = plain.clone();
    typed.system.insert("Content-Type", "image/png".to_owned());
    let mut owned = plain.clone();
    owned.user.insert("owner".to_owned(), "7".to_owned());
    let cold = ObjectHead { storage_class: "STANDARD_IA".to_owned(), ..plain.clone() };
    for other in [typed, owned, cold] {
        assert_eq!(likeness(&plain, &other), Likeness::Different);
    }
}

#[test]
fn changed_tags_are_a_change_and_hidden_ones_prove_nothing() {
    let tagged = |value: &str| ObjectHead {
        tags: Some(BTreeMap::from([("team".to_owned(), value.to_owned())])),
        ..head("x", Some("1"), false)
    };
    let hidden = ObjectHead { tags: None, ..tagged("a") };
    assert_eq!(likeness(&tagged("a"), &tagged("a")), Likeness::Same);
    assert_eq!(likeness(&tagged("a"), &tagged("b")), Likeness::Different);
    assert_eq!(likeness(&tagged("a"), &head("x", Some("1"), false)), Likeness::Different);
    assert_eq!(likeness(&hidden, &tagged("a")), Likeness::Unverifiable);
    assert_eq!(likeness(&hidden, &head("x", Some("2"), false)), Likeness::Different);
}

#[test]
fn changes_are_named() {
    use Aspect::{Content, ContentType, Metadata, Size, StorageClass, Tags};
    let text = |text: &str| text.to_owned();
    let older = ObjectHead {
        size: 3,
        etag: text("0123456789abcdef0123456789abcdef"),
        system: [("Content-Type", text("text/plain"))].into(),
        tags: Some([(text("a"), text("1"))].into()),
        storage_class: text("STANDARD"),
        ..ObjectHead::default()
    };
    let base = || older.clone();
    let other = text("fedcba9876543210fedcba9876543210");
    let png = [("Content-Type", text("image/png"))];
    let cached = [("Content-Type", text("text/plain")), ("Cache-Control", text("no-store"))];
    for (newer, changed, unknown) in [
        (base(), vec![], vec![]),
        (ObjectHead { size: 4, ..base() }, vec![Content, Size], vec![]),
        (ObjectHead { etag: other, ..base() }, vec![Content], vec![]),
        (ObjectHead { etag: text("0123456789abcdef0123456789abcdef-2"), ..base() }, vec![], vec![Content]),
        (ObjectHead { kms: true, ..base() }, vec![], vec![Content]),
        (ObjectHead { system: png.into(), ..base() }, vec![ContentType], vec![]),
        (ObjectHead { system: cached.into(), ..base() }, vec![Metadata], vec![]),
        (ObjectHead { user: [(text("k"), text("v"))].into(), ..base() }, vec![Metadata], vec![]),
        (ObjectHead { tags: Some([].into()), ..base() }, vec![Tags], vec![]),
        (ObjectHead { tags: None, ..base() }, vec![], vec![Tags]),
        (ObjectHead { storage_class: text("GLACIER"), ..base() }, vec![StorageClass], vec![]),
    ] {
        assert_eq!(changes(&newer, &older), Changes::Compared { changed, unknown }, "{newer:?}");
    }
}
