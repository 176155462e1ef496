use super::*;

#[test]
fn a_marker_after_a_prefix_is_after_its_keys() {
    for prefix in ["a/", "日本/", "a\u{10fffd}", "x"] {
        let marker = just_after(prefix).unwrap();
        for key in ["", "a", "/", "zzz", "日", "\u{10fffe}"] {
            assert!(format!("{prefix}{key}") < marker, "{prefix}{key}");
        }
        assert!(marker.starts_with(prefix));
    }
    assert_eq!(just_after("a\u{1}/"), None);
    assert_eq!(just_after(&"k".repeat(1021)), None);
}

#[test]
fn a_jump_goes_forward_only() {
    let mut pages = Pages::new("bucket".to_owned(), String::new(), Some("k".to_owned()));
    assert!(!pages.jump("a".to_owned()));
    assert!(!pages.jump("k".to_owned()));
    assert!(pages.jump("l".to_owned()));
    assert_eq!(pages.after, Some(Marker { key: "l".to_owned(), version: None }));
    pages.end();
    assert!(!pages.jump("m".to_owned()));
}
