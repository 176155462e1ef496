use super::*;

#[test]
fn reads_encoded_sources() {
    let source = Source::parse("/b/a%2Fb%3FversionId%3D%2B%20+c?versionId=null").unwrap();
    assert_eq!(source.bucket, "b");
    assert_eq!(source.key, "a/b?versionId=+  c");
    assert_eq!(source.version.as_deref(), Some("null"));
    assert_eq!(Source::parse("b/k").unwrap().version, None);
    assert_eq!(Source::parse("b%2Fk").unwrap().key, "k");
    assert!(Source::parse("b").is_err());
    let source =
        Source::parse("arn%3Aaws%3As3%3Aeu-west-1%3A111122223333%3Aaccesspoint/ops/object/a/b").unwrap();
    assert_eq!((&*source.bucket, &*source.key), ("ops-111122223333", "a/b"));
}
