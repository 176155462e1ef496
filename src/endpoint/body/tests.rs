use super::*;

#[test]
fn decodes_chunks_and_trailers() {
    let raw = b"5;chunk-signature=ab\r\nhello\r\n1\r\n!\r\n0;chunk-signature=cd\r\n\
                    x-amz-checksum-crc32:AAAAAA==\r\nx-amz-trailer-signature:ef\r\n\r\n";
    let (body, trailers) = decode_chunks(raw).unwrap();
    assert_eq!(body, b"hello!");
    assert_eq!(trailers[0], ("x-amz-checksum-crc32".to_owned(), "AAAAAA==".to_owned()));
    assert_eq!(trailers.len(), 2);
    assert_eq!(decode_chunks(b"0\r\n\r\n").unwrap().0, b"");
}

#[test]
fn refuses_a_body_that_ends_early() {
    for raw in [&b""[..], b"5\r\nhel", b"5\r\nhello\r\n", b"5\r\nhelloworld\r\n0\r\n\r\n", b"zz\r\n"] {
        assert!(decode_chunks(raw).is_none(), "{}", String::from_utf8_lossy(raw));
    }
}
