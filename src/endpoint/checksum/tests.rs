use super::*;

#[test]
fn agrees_with_published_check_values() {
    let check = b"123456789";
    assert_eq!(hex(&Algorithm::Crc32.digest(check)), "cbf43926");
    assert_eq!(hex(&Algorithm::Crc32C.digest(check)), "e3069283");
    assert_eq!(hex(&Algorithm::Crc64Nvme.digest(check)), "ae8b14860a799888");
    assert_eq!(hex(&Algorithm::Sha1.digest(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_eq!(md5_hex(b""), "d41d8cd98f00b204e9800998ecf8427e");
    assert!(sha256_hex(b"").starts_with("e3b0c44298fc1c14"));
}
