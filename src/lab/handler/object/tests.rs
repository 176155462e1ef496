use super::*;

#[test]
fn ranges() {
    assert_eq!(range("bytes=0-3", 10).unwrap(), Some(0..4));
    assert_eq!(range("bytes=8-30", 10).unwrap(), Some(8..10));
    assert_eq!(range("bytes=4-", 10).unwrap(), Some(4..10));
    assert_eq!(range("bytes=-4", 10).unwrap(), Some(6..10));
    assert_eq!(range("bytes=5-4", 10).unwrap(), None);
    assert_eq!(range("bytes=10-", 10).unwrap_err().code, Code::InvalidRange);
}
