use proptest::prelude::*;

use super::*;

#[test]
fn only_what_is_no_text_is_escaped() {
    for (value, expected) in [
        (&b"attachment; filename=\"a.txt\""[..], None),
        ("naïve – 日本".as_bytes(), None),
        ("\u{ee00}\u{f000}".as_bytes(), None),
        (b"caf\xe9", Some("caf\u{efe9}")),
        ("\u{efe9}".as_bytes(), Some("\u{efee}\u{efbf}\u{efa9}")),
    ] {
        let escaped = text(value);
        assert_eq!(matches!(escaped, Cow::Owned(_)), expected.is_some(), "{escaped}");
        assert_eq!(is_escaped(&escaped), expected.is_some(), "{escaped}");
        assert_eq!(escaped, expected.unwrap_or_else(|| std::str::from_utf8(value).unwrap()));
    }
}

#[test]
fn every_value_of_a_header_is_kept() {
    let mut headers = Headers::new();
    headers.append("a", "1");
    headers.append("b", "\u{efe9}".to_owned());
    headers.append("b", "2");
    escape(&mut headers);
    assert_eq!(headers.get("a"), Some("1"));
    assert_eq!(headers.get_all("b").collect::<Vec<_>>(), ["\u{efee}\u{efbf}\u{efa9}", "2"]);
}

proptest! {
    #[test]
    fn different_bytes_are_different_text(a: Vec<u8>, b: Vec<u8>) {
        prop_assert_eq!(text(&a) == text(&b), a == b);
    }
}
