use super::*;

#[test]
fn counts_are_readable() {
    for (n, expected) in [(0, "0"), (999, "999"), (1000, "1,000"), (4_102_331, "4,102,331")] {
        assert_eq!(count(n), expected);
    }
    assert_eq!(plural(1, "key is", "keys are"), "1 key is");
    assert_eq!(plural(8214, "key is", "keys are"), "8,214 keys are");
}
