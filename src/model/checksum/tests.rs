use super::*;

#[test]
fn agrees_with_published_check_values_however_the_bytes_come() {
    for (algorithm, expected) in [
        (Algorithm::Md5, "25f9e794323b453885f5181f1b624d0b"),
        (Algorithm::Crc32, "cbf43926"),
        (Algorithm::Crc32C, "e3069283"),
        (Algorithm::Crc64Nvme, "ae8b14860a799888"),
        (Algorithm::Sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
        (Algorithm::Sha256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"),
    ] {
        let mut digest = Digest::new(algorithm);
        for piece in [&b"1234"[..], b"", b"56789"] {
            digest.update(piece);
        }
        assert_eq!(hex(&digest.finish()), expected, "{algorithm:?}");
        assert_eq!(hex(&Digest::of(algorithm, b"123456789")), expected, "{algorithm:?}");
    }
}

#[test]
fn digests_are_written_as_s3_writes_them() {
    assert_eq!(Algorithm::Md5.written(&[0xd4, 0x1d]), "d41d");
    assert_eq!(Algorithm::Crc32.written(&[0, 0, 0, 0]), "AAAAAA==");
}
