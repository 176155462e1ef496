use super::*;
use crate::model::Version;
use crate::resolve::Doubt;

fn request(uri: &str, headers: &[(&str, &str)]) -> Request {
    let mut builder = hyper::Request::builder().uri(uri);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    Request::new(builder.body(()).unwrap().into_parts().0).unwrap()
}

fn version(id: &str) -> LiveKey {
    LiveKey { version: Version { version_id: id.to_owned(), ..Version::default() }, cautions: Vec::new() }
}

#[test]
fn every_row_of_the_table_of_versions() {
    let uncertain = |live| KeyAt::Uncertain { live, doubts: vec![Doubt::Lifecycle] };
    for (state, asked, expected) in [
        (KeyAt::Live(version("v")), "", None),
        (KeyAt::Live(version("v")), "?versionId=v", None),
        (KeyAt::Live(version("v")), "?versionId=w", Some(Code::NoSuchVersion)),
        (KeyAt::Absent, "", Some(Code::NoSuchKey)),
        (KeyAt::Absent, "?versionId=v", Some(Code::NoSuchVersion)),
        (uncertain(Some(version("v"))), "", Some(Code::InvalidObjectState)),
        (uncertain(Some(version("v"))), "?versionId=v", Some(Code::InvalidObjectState)),
        (uncertain(Some(version("v"))), "?versionId=w", Some(Code::NoSuchVersion)),
        (uncertain(None), "", Some(Code::InvalidObjectState)),
        (uncertain(None), "?versionId=v", Some(Code::NoSuchVersion)),
    ] {
        let request = request(&format!("/b/k{asked}"), &[]);
        assert_eq!(live(&request, &state).err().map(|e| e.code), expected, "{state:?} {asked}");
    }
}

fn head(status: u16, headers: &[(&str, &str)]) -> RelayedHead {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()));
    RelayedHead { status, headers: headers.collect() }
}

#[test]
fn a_reply_must_be_of_the_version_listed() {
    let all = |size| Some(Span { from: 0, to: size });
    assert_eq!(span(&head(200, &[("content-length", "7")]), 7), all(7));
    assert_eq!(span(&head(200, &[("content-length", "8")]), 7), None);
    assert_eq!(span(&head(200, &[]), 7), all(7));
    let part = |range, length| head(206, &[("content-range", range), ("content-length", length)]);
    assert_eq!(span(&part("bytes 2-4/7", "3"), 7), Some(Span { from: 2, to: 5 }));
    assert_eq!(span(&part("bytes 2-7/8", "6"), 7), None);
    assert_eq!(span(&part("bytes 2-4/7", "4"), 7), None);
}

#[test]
fn headers_of_the_connection_stay_behind() {
    let head = head(
        200,
        &[
            ("etag", "\"a\""),
            ("date", "now"),
            ("server", "source"),
            ("x-amz-request-id", "1"),
            ("transfer-encoding", "chunked"),
            ("x-amz-checksum-crc32", "AAAA"),
            ("content-length", "7"),
        ],
    );
    let names = |request: &Request| {
        let reply = reply(request, &head);
        let mut names: Vec<_> = reply.headers.keys().map(|name| name.as_str().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&request("/b/k", &[])), ["content-length", "etag"]);
    let wants = request("/b/k", &[("x-amz-checksum-mode", "enabled")]);
    assert_eq!(names(&wants), ["content-length", "etag", "x-amz-checksum-crc32"]);
}

#[test]
fn overrides_need_a_signature() {
    let request = request("/b/k?response-content-type=text/x&response-expires=never", &[]);
    let signed = Overrides { request: &request, signed: true };
    signed.check().unwrap();
    let reply = signed.apply(Reply::ok().with("content-type", "a/b"));
    assert_eq!(reply.headers["content-type"], "text/x");
    assert_eq!(reply.headers["expires"], "never");
    assert_eq!(Overrides { signed: false, ..signed }.check().unwrap_err().code, Code::InvalidRequest);
}
