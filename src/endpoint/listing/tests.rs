use super::*;

fn request(query: &str) -> Request {
    let parts = hyper::Request::builder().uri(format!("/b?{query}")).body(()).unwrap().into_parts().0;
    Request::new(parts).unwrap()
}

#[test]
fn tokens_come_back() {
    for last in ["a", "a/", "ä b\u{1}", ""] {
        assert_eq!(read_token(&token_after(last)).unwrap(), last);
    }
    for wrong in ["a", "zz", "ff", "+1"] {
        assert_eq!(read_token(wrong).unwrap_err().code, Code::InvalidArgument, "{wrong}");
    }
}

#[test]
fn a_token_comes_before_start_after() {
    let request = request("list-type=2&start-after=a&continuation-token=62&max-keys=5000&fetch-owner=true");
    let asked = ObjectsRequest::of(&request, Operation::ListObjectsV2, Style::default()).unwrap();
    assert_eq!((&*asked.after, asked.max, asked.owner), ("b", MAX_KEYS, true));
}

#[test]
fn each_version_says_how_to_continue() {
    let request = request("list-type=2&marker=m&delimiter=/");
    let end = PageEnd { entries: 1, truncated_after: Some("a/") };
    let text = |operation| {
        let style = Style { url: true, millis: false };
        ObjectsRequest::of(&request, operation, style).unwrap().begin("b", end).end()
    };
    assert!(
        text(Operation::ListObjects).contains("<Marker>m</Marker><NextMarker>a/</NextMarker><MaxKeys>1000")
    );
    assert!(
        text(Operation::ListObjectsV2)
            .contains("<NextContinuationToken>612f</NextContinuationToken><KeyCount>1<")
    );
}
