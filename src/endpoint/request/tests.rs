use super::*;

#[test]
fn keys_are_never_normalised() {
    let key = |path| target(path, None).unwrap().1.unwrap();
    assert_eq!(key("/b/a/../b"), "a/../b");
    assert_eq!(key("/b//a"), "/a");
    assert_eq!(key("/b/a+b%2Bc%20%25"), "a+b+c %");
    assert_eq!(key("/b/a/"), "a/");
    assert_eq!(target("/b/", None).unwrap(), (Some("b".to_owned()), None));
    assert_eq!(target("/", None).unwrap(), (None, None));
    assert_eq!(target("/k/x", Some("b".to_owned())).unwrap().1.unwrap(), "k/x");
    assert!(target("/b/%ff", None).is_err());
}

#[test]
fn encodes_for_listings() {
    assert_eq!(encode_listed("a b/c+d%\u{1}é"), "a+b/c%2Bd%25%01%C3%A9");
}
