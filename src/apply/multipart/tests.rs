use proptest::prelude::*;

use super::*;

#[test]
fn parts_grow_where_there_would_be_too_many() {
    const GIB: u64 = 1 << 30;
    for (size, target, expected) in
        [(6 * GIB, limits::PART_BYTES, limits::PART_BYTES), (10, 4, 4), (10_001, 1, 2)]
    {
        assert_eq!(part_bytes(size, target), expected, "{size}");
    }
    // The largest object that S3 allows: each of its parts is still copied by one request.
    assert!(part_bytes(50_000_000_000_000, limits::PART_BYTES) <= limits::MAX_COPY_BYTES);
    let all: Vec<_> = ranges(10, 4).collect();
    assert_eq!(all, [(1, 0..=3), (2, 4..=7), (3, 8..=9)]);
}

proptest! {
    #[test]
    fn parts_cover_every_byte_once_and_are_not_too_many(size in 1u64..1 << 20, target in 1u64..1 << 12) {
        let mut next = 0;
        let mut count = 0;
        for (number, bytes) in ranges(size, target) {
            prop_assert_eq!(u64::from(number), count + 1);
            prop_assert_eq!(*bytes.start(), next);
            prop_assert!(bytes.end() >= bytes.start());
            next = bytes.end() + 1;
            count += 1;
        }
        prop_assert_eq!(next, size);
        prop_assert!(count <= limits::MAX_PARTS);
    }
}
