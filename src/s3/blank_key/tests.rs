use super::*;

#[test]
fn only_blank_keys_are_stood_in_for() {
    assert_eq!((for_sdk(" "), for_sdk("\t\n"), for_sdk(" a"), for_sdk("/")), ("_", "_", " a", "/"));
    assert!(KeyInPath::new("a ").0.is_none());
    assert_eq!(KeyInPath::new(" \n").0.as_deref(), Some("%20%0A"));
}

#[test]
fn the_key_takes_its_place_in_the_path() {
    assert_eq!(with_key("http://h/bkt/_?x-id=1", "%20").as_deref(), Some("http://h/bkt/%20?x-id=1"));
    assert_eq!(with_key("http://bkt.h/_", "%20").as_deref(), Some("http://bkt.h/%20"));
    assert_eq!(with_key("http://h/bkt/a_", "%20"), None);
}
