use super::*;

#[test]
fn checksums_of_parts_are_kept_apart() {
    let checksums = [
        (Algorithm::Crc32, Some("AAAAAA==-3")),
        (Algorithm::Crc32C, None),
        (Algorithm::Sha1, Some("")),
        (Algorithm::Crc64Nvme, Some("AAAAAAAAAAA=")),
    ];
    let found = stored(7, Some("\"e-3\""), false, None, &checksums);
    assert_eq!((found.size, &*found.etag), (7, "e-3"));
    assert_eq!(found.of_parts, [(Algorithm::Crc32, "AAAAAA==".to_owned())]);
    assert_eq!(found.whole, [(Algorithm::Crc64Nvme, "AAAAAAAAAAA=".to_owned())]);
    let composite = stored(7, None, false, Some(&ChecksumType::Composite), &checksums[3..]);
    assert_eq!((composite.whole.len(), composite.of_parts.len()), (0, 1));
}
