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

// The examples of AWS's documentation, signed by somebody else
// (<https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html> and `sig-v4-header-based-auth.html`).
const HOST: &str = "examplebucket.s3.amazonaws.com";
const STAMP: &str = "20130524T000000Z";
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const HEADER: &str = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
                      SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,\
                      Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
const PRESIGNED: &str = "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
                         &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
                         &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
                         &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";

fn request(uri: &str, headers: &[(&str, &str)]) -> Request {
    let mut builder = hyper::Request::builder().uri(uri);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    Request::new(builder.body(()).unwrap().into_parts().0).unwrap()
}

fn signed(uri: &str, extra: &[(&str, &str)]) -> Request {
    let mut headers = vec![
        ("host", HOST),
        ("range", "bytes=0-9"),
        ("x-amz-content-sha256", EMPTY),
        ("x-amz-date", STAMP),
        ("authorization", HEADER),
    ];
    headers.retain(|(name, _)| extra.iter().all(|(other, _)| other != name));
    headers.extend_from_slice(extra);
    request(uri, &headers)
}

/// Verifies some seconds after the request was signed.
fn after(seconds: i64, request: &Request) -> Option<Code> {
    let credentials = Credentials {
        access_key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
    };
    let now = parse_amz_date(STAMP).unwrap() + seconds * 1_000;
    let expected = Expected { credentials: &credentials, region: None, now };
    verify(request, &expected).err().map(|error| error.code)
}

#[test]
fn accepts_what_aws_signs_and_nothing_else() {
    assert_eq!(after(0, &signed("/test.txt", &[])), None);
    let differs = Some(Code::SignatureDoesNotMatch);
    for uri in ["/test.txt?acl", "/other.txt", "/./test.txt", "/test.txt/", "/x/../test.txt"] {
        assert_eq!(after(0, &signed(uri, &[])), differs, "{uri}");
    }
    // The same path, written differently.
    assert_eq!(after(0, &signed("/test%2Etxt", &[])), None);
    for changed in
        [("range", "bytes=0-99"), ("host", "other.s3.amazonaws.com"), ("x-amz-content-sha256", "00")]
    {
        assert_eq!(after(0, &signed("/test.txt", &[changed])), differs, "{changed:?}");
    }
    for signature in ["", "f0e8", &HEADER.replace("f0e8", "00e8"), &HEADER.replace("20130524/", "20130525/")]
    {
        let header =
            if signature.len() > 4 { signature.to_owned() } else { HEADER.replace("f0e8bdb8", signature) };
        assert_eq!(after(0, &signed("/test.txt", &[("authorization", &header)])), differs, "{header}");
    }
    let other = HEADER.replace("AKIA", "AKIB");
    assert_eq!(after(0, &signed("/test.txt", &[("authorization", &other)])), Some(Code::InvalidAccessKeyId));
    let other = HEADER.replace("/s3/", "/sts/");
    let malformed = Some(Code::AuthorizationHeaderMalformed);
    assert_eq!(after(0, &signed("/test.txt", &[("authorization", &other)])), malformed);
    assert_eq!(after(0, &request("/test.txt", &[("host", HOST)])), Some(Code::AccessDenied));
}

#[test]
fn what_is_not_signed_is_refused() {
    let added = signed("/test.txt", &[("x-amz-checksum-mode", "ENABLED")]);
    assert_eq!(after(0, &added), Some(Code::AccessDenied));
    let header = HEADER.replace("host;", "");
    assert_eq!(after(0, &signed("/test.txt", &[("authorization", &header)])), Some(Code::AccessDenied));
    assert_eq!(
        after(0, &request(PRESIGNED, &[("host", HOST), ("x-amz-acl", "x")])),
        Some(Code::AccessDenied)
    );
    // Clients add other headers on the way.
    assert_eq!(after(0, &request(PRESIGNED, &[("host", HOST), ("range", "bytes=0-0")])), None);
}

#[test]
fn dates_in_headers_are_valid_for_a_quarter_of_an_hour() {
    for (seconds, code) in [(-901, true), (-900, false), (0, false), (900, false), (901, true)] {
        let expected = code.then_some(Code::RequestTimeTooSkewed);
        assert_eq!(after(seconds, &signed("/test.txt", &[])), expected, "{seconds} s");
    }
    assert_eq!(after(0, &signed("/test.txt", &[("x-amz-date", "now")])), Some(Code::AccessDenied));
}

#[test]
fn presigned_urls_are_valid_until_they_expire() {
    let presigned = |uri: &str, seconds| after(seconds, &request(uri, &[("host", HOST)]));
    for (seconds, refused) in [(-901, true), (-900, false), (0, false), (86_400, false), (86_401, true)] {
        assert_eq!(presigned(PRESIGNED, seconds), refused.then_some(Code::AccessDenied), "{seconds} s");
    }
    let differs = Some(Code::SignatureDoesNotMatch);
    assert_eq!(presigned(&PRESIGNED.replace("test.txt", "x.txt"), 0), differs);
    assert_eq!(presigned(&PRESIGNED.replace("=86400", "=604800"), 0), differs);
    assert_eq!(presigned(&PRESIGNED.replace("aeee", "beee"), 0), differs);
    assert_eq!(presigned(&format!("{PRESIGNED}&versionId=v"), 0), differs);
    let wrong = Some(Code::AuthorizationQueryParametersError);
    for (from, to) in [
        ("=86400", "=604801"),
        ("=86400", "=-1"),
        ("=86400", "=soon"),
        ("=20130524T000000Z", "=yesterday"),
        ("&X-Amz-SignedHeaders=host", ""),
        ("-SHA256", "-SHA1"),
    ] {
        assert_eq!(presigned(&PRESIGNED.replace(from, to), 0), wrong, "{to}");
    }
    let version_2 = "/test.txt?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=x&Expires=1";
    assert_eq!(presigned(version_2, 0), Some(Code::InvalidRequest));
    let twice = request(PRESIGNED, &[("host", HOST), ("authorization", HEADER)]);
    assert_eq!(after(0, &twice), Some(Code::InvalidArgument));
}

#[test]
fn a_secret_is_not_shown() {
    let credentials = Credentials { access_key: "AK".to_owned(), secret_key: "very secret".to_owned() };
    let shown = format!("{credentials:?}");
    assert!(shown.contains("AK") && !shown.contains("very secret"), "{shown}");
}
