use super::*;

fn routed(method: &str, uri: &str, copies: bool) -> Result<Operation> {
    let mut builder = hyper::Request::builder().method(method).uri(uri);
    if copies {
        builder = builder.header("x-amz-copy-source", "b/k");
    }
    route(&Request::new(builder.body(()).unwrap().into_parts().0)?)
}

#[test]
fn tells_operations_apart() {
    let cases = [
        ("GET", "/", Operation::ListBuckets),
        ("PUT", "/b", Operation::CreateBucket),
        ("GET", "/b/?versions&prefix=a", Operation::ListObjectVersions),
        ("GET", "/b?list-type=2", Operation::ListObjectsV2),
        ("GET", "/b", Operation::ListObjects),
        ("GET", "/b?prefix=a", Operation::ListObjects),
        ("POST", "/b/?delete", Operation::DeleteObjects),
        ("GET", "/b/k?attributes", Operation::GetObjectAttributes),
        ("PUT", "/b/k", Operation::PutObject),
        ("POST", "/b/k?uploads", Operation::CreateMultipartUpload),
        ("PUT", "/b/k?partNumber=1&uploadId=x", Operation::UploadPart),
        ("DELETE", "/b/k?uploadId=x", Operation::AbortMultipartUpload),
        ("GET", "/b/k?tagging&versionId=x", Operation::GetObjectTagging),
        ("PUT", "/b?lifecycle", Operation::PutBucketLifecycleConfiguration),
    ];
    for (method, uri, operation) in cases {
        assert_eq!(routed(method, uri, false).unwrap(), operation, "{method} {uri}");
    }
    assert_eq!(routed("PUT", "/b/k", true).unwrap(), Operation::CopyObject);
    assert_eq!(routed("PUT", "/b/k?uploadId=x", true).unwrap(), Operation::UploadPartCopy);
}

#[test]
fn does_not_take_what_it_has_not_got_for_the_plain_operation() {
    assert_eq!(routed("PUT", "/b/k?retention", false).unwrap_err().code, Code::NotImplemented);
    assert_eq!(routed("GET", "/b?cors", false).unwrap_err().code, Code::NotImplemented);
    assert_eq!(routed("POST", "/b/k?attributes", false).unwrap_err().code, Code::MethodNotAllowed);
}

#[test]
fn names_come_back() {
    for operation in Operation::ALL {
        assert_eq!(operation.name().parse(), Ok(*operation));
    }
}
