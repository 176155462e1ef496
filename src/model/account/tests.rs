use super::*;

#[test]
fn an_account_has_twelve_digits() {
    assert_eq!("012345678901".parse::<Account>().unwrap().to_string(), "012345678901");
    for text in ["", "12345678901", "1234567890123", "1234-5678-9012", "12345678901x", "٠١٢٣٤٥"] {
        assert!(text.parse::<Account>().is_err(), "{text}");
    }
}
