use super::*;

#[test]
fn copy_sources_are_encoded_segment_by_segment() {
    for (key, expected) in [
        ("a/b.jpg", "bkt/a/b.jpg?versionId=v%2E1"),
        ("a b+c%20?x#y&z", "bkt/a%20b%2Bc%2520%3Fx%23y%26z?versionId=v%2E1"),
        ("/lead//..", "bkt//lead//..?versionId=v%2E1"),
        ("日\u{1}\"'", "bkt/%E6%97%A5%01%22%27?versionId=v%2E1"),
    ] {
        let request = CopyRequest {
            source_bucket: "bkt",
            source_key: key,
            version_id: "v.1",
            source_etag: "",
            bucket: "b",
            key,
            storage_class: "",
            facts: None,
            grants: &Grants::default(),
            locks: false,
            guard: &Guard::Absent,
        };
        assert_eq!(copy_source(&request), expected);
    }
}
