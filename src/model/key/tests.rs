use super::*;

#[test]
fn ordinary_keys_are_shown_as_they_are() {
    for key in ["a/b.jpg", "日本/語", "a b+c%20", "..", "/x//y", "🦀"] {
        assert_eq!(printable(key), key);
        assert!(is_xml_safe(key));
    }
}

#[test]
fn a_key_cannot_move_the_cursor_or_turn_the_text_round() {
    assert_eq!(printable("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
    assert_eq!(printable("gpj.\u{202e}exe"), "gpj.\\u{202e}exe");
    assert_eq!(printable("a\nb\r\t\u{7f}\u{9b}"), "a\\u{a}b\\u{d}\\u{9}\\u{7f}\\u{9b}");
}

#[test]
fn what_xml_cannot_carry_is_known() {
    for key in ["\u{1}", "a\u{0}", "a\rb", "\u{b}", "\u{1f}x", "\u{ffff}"] {
        assert!(!is_xml_safe(key), "{key:?}");
    }
    assert!(is_xml_safe("tab\tand\nnewline"));
}
