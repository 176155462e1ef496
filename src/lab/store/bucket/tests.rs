use super::super::Store;
use super::*;

fn object(body: &'static str) -> Arc<Object> {
    Arc::new(Object {
        body: Bytes::from_static(body.as_bytes()),
        etag: body.to_owned(),
        parts: Vec::new(),
        attributes: super::super::version::Attributes::default(),
        checksum: None,
    })
}

fn history(bucket: &Bucket, key: &str) -> Vec<String> {
    let entries = bucket.keys.get(key).into_iter().flatten().rev();
    entries
        .map(|entry| {
            let what = entry.object.as_ref().map_or("marker", |object| object.etag.as_str());
            if entry.null { format!("{what} null") } else { what.to_owned() }
        })
        .collect()
}

#[test]
fn enabled_stacks_versions_and_markers() {
    let mut store = Store::default();
    let bucket = store.create("b", 0).unwrap();
    bucket.versioning = Versioning::Enabled;
    bucket.put("k", object("one"), Labels::default(), 1);
    bucket.put("k", object("two"), Labels::default(), 1);
    let marker = bucket.delete("k", 1);
    bucket.delete("k", 1);
    assert_eq!(history(bucket, "k"), ["marker", "marker", "two", "one"]);
    assert!(marker.marker);
    bucket.erase("k", marker.version.unwrap());
    assert_eq!(history(bucket, "k"), ["marker", "two", "one"]);
    assert!(bucket.live("k").is_none());
}

#[test]
fn suspended_replaces_only_the_null_version() {
    let mut store = Store::default();
    let bucket = store.create("b", 0).unwrap();
    bucket.put("k", object("before"), Labels::default(), 1);
    bucket.versioning = Versioning::Enabled;
    bucket.put("k", object("kept"), Labels::default(), 2);
    assert_eq!(history(bucket, "k"), ["kept", "before null"]);
    bucket.versioning = Versioning::Suspended;
    bucket.put("k", object("over"), Labels::default(), 3);
    assert_eq!(history(bucket, "k"), ["over null", "kept"]);
    bucket.delete("k", 4);
    assert_eq!(history(bucket, "k"), ["marker null", "kept"]);
}

#[test]
fn never_versioned_forgets() {
    let mut store = Store::default();
    let bucket = store.create("b", 0).unwrap();
    bucket.put("k", object("one"), Labels::default(), 1);
    bucket.put("k", object("two"), Labels::default(), 2);
    assert_eq!(history(bucket, "k"), ["two null"]);
    assert_eq!(bucket.delete("k", 3), Deleted::default());
    assert!(bucket.is_empty());
}

#[test]
fn an_upload_takes_the_place_it_had_when_it_began() {
    let mut store = Store::default();
    let bucket = store.create("b", 0).unwrap();
    bucket.versioning = Versioning::Enabled;
    let place = bucket.next_order();
    bucket.put("k", object("between"), Labels::default(), 2);
    bucket.put_at("k", object("upload"), Labels::default(), 1, place);
    assert_eq!(history(bucket, "k"), ["between", "upload"]);
}
