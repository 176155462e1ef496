use super::*;

#[test]
fn digits() {
    assert_eq!(&hex(0x0123_4567_89ab_cdef), b"0123456789abcdef");
    assert_eq!(&decimal::<6>(1_234), b"001234");
    for number in [0, 7, 10, 99_999, u64::MAX] {
        let mut out = Vec::new();
        push_decimal(number, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), number.to_string());
    }
}

#[test]
fn instants_are_those_of_the_calendar() {
    let (from, to) = (1_750_000_000, 1_768_000_000);
    let calendar = Calendar::new(from, to);
    for second in (from..to).step_by(12_345) {
        let listed = calendar.listed(second.unsigned_abs());
        assert_eq!(String::from_utf8(listed.to_vec()).unwrap(), iso(second * 1_000, false));
    }
}
