use super::*;

#[test]
fn reads_the_header() {
    let header = "AWS4-HMAC-SHA256 Credential=AK/20260101/eu-west-1/s3/aws4_request, \
                      SignedHeaders=host;x-amz-date, Signature=abc";
    let authorization = parse(header).unwrap();
    assert_eq!(authorization.access_key, "AK");
    assert_eq!(authorization.region, "eu-west-1");
    assert_eq!(authorization.signed_headers, "host;x-amz-date");
    assert_eq!(authorization.signature, "abc");
    assert!(parse("AWS AK:abc").is_none());
}

#[test]
fn collapses_spaces() {
    assert_eq!(collapse(b"  a   b "), b"a b");
}
