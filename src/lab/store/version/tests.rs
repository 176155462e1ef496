use super::*;

#[test]
fn ids_come_back_and_say_nothing_of_order() {
    assert_eq!(ODD.wrapping_mul(ODD_INVERSE), 1);
    let ids: Vec<String> = (1..500).map(|order| VersionId::Numbered(order).to_string()).collect();
    for (order, id) in (1..).zip(&ids) {
        assert_eq!(id.len(), 33);
        assert_eq!(VersionId::parse(id), Some(VersionId::Numbered(order)));
    }
    assert!(!ids.is_sorted());
}

#[test]
fn refuses_ids_it_never_made() {
    assert_eq!(VersionId::parse("null"), Some(VersionId::Null));
    for text in ["", "abc", "nonexistent-version-of-something-x", "é".repeat(20).as_str()] {
        assert_eq!(VersionId::parse(text), None, "{text}");
    }
}
