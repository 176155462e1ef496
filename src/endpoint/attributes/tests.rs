use super::*;

fn request(attributes: &[&str]) -> Request {
    let mut builder = hyper::Request::builder().uri("/b/k?attributes");
    for value in attributes {
        builder = builder.header("x-amz-object-attributes", *value);
    }
    Request::new(builder.body(()).unwrap().into_parts().0).unwrap()
}

#[test]
fn names_come_from_every_header() {
    assert_eq!(
        asked(&request(&["ObjectSize, ETag", "Checksum"])).unwrap(),
        ["ETag", "Checksum", "ObjectSize"]
    );
    for wrong in [&[][..], &[""], &["ETag,Owner"]] {
        assert_eq!(asked(&request(wrong)).unwrap_err().code, Code::InvalidArgument, "{wrong:?}");
    }
}

#[test]
fn writes_what_is_asked_for() {
    let attributes = ObjectAttributes {
        etag: "aa".to_owned(),
        size: 7,
        storage_class: "STANDARD".to_owned(),
        checksums: vec![("ChecksumCRC32", "AAAA".to_owned())],
        checksum_type: Some("FULL_OBJECT".to_owned()),
        parts: None,
    };
    let text = document(&attributes, &["ETag", "Checksum", "ObjectParts"]).end();
    assert!(text.ends_with(
        "<ETag>aa</ETag><Checksum><ChecksumCRC32>AAAA</ChecksumCRC32><ChecksumType>FULL_OBJECT</ChecksumType>\
         </Checksum></GetObjectAttributesResponse>"
    ));
    let parts = ObjectAttributes { parts: Some(3), ..attributes };
    let text = document(&parts, &["ObjectParts", "StorageClass", "ObjectSize"]).end();
    assert!(text.ends_with(
        "<ObjectParts><PartsCount>3</PartsCount></ObjectParts><StorageClass>STANDARD</StorageClass>\
         <ObjectSize>7</ObjectSize></GetObjectAttributesResponse>"
    ));
}
