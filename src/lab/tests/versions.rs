//! Listings of versions and of objects, through the SDK and as raw XML.

use super::super::{Put, Quirks, Versioning};
use super::*;

#[tokio::test]
async fn lists_odd_keys_in_byte_order() {
    let (lab, client) = lab().await;
    for key in ODD_KEYS {
        lab.put(BUCKET, key, Put::of("x"));
    }
    let mut keys = ODD_KEYS.map(str::to_owned).to_vec();
    keys.sort();
    for max in [1, 3, 1_000] {
        let pages = client.list_object_versions().bucket(BUCKET).max_keys(max);
        let mut listed = Vec::new();
        let (mut key, mut version): (Option<String>, Option<String>) = (None, None);
        loop {
            let page = pages.clone().set_key_marker(key).set_version_id_marker(version).send().await.unwrap();
            listed.extend(page.versions().iter().map(|version| version.key().unwrap().to_owned()));
            if page.is_truncated() != Some(true) {
                break;
            }
            (key, version) = (page.next_key_marker, page.next_version_id_marker);
        }
        assert_eq!(listed, keys, "{max}");
    }
    let pages = client.list_objects_v2().bucket(BUCKET).max_keys(2).into_paginator().send();
    let pages: Result<Vec<_>, _> = pages.collect().await;
    let objects = pages.unwrap().into_iter().flat_map(|page| page.contents.unwrap_or_default());
    let objects: Vec<String> = objects.map(|object| object.key.unwrap()).collect();
    assert_eq!(objects, keys);
}

#[tokio::test]
async fn url_encoding_is_echoed_and_done() {
    let (lab, client) = lab().await;
    lab.put(BUCKET, "a b+c/\u{1}~", Put::of("x"));
    let list =
        || client.list_object_versions().bucket(BUCKET).encoding_type(aws_sdk_s3::types::EncodingType::Url);
    let page = list().prefix("a b").send().await.unwrap();
    assert_eq!(page.encoding_type().unwrap().as_str(), "url");
    assert_eq!(page.prefix(), Some("a+b"));
    assert_eq!(page.versions()[0].key(), Some("a+b%2Bc/%01%7E"));
    lab.set_quirks(Quirks { no_encoding_type: true, ..Quirks::default() });
    let page = list().send().await.unwrap();
    assert_eq!((page.encoding_type(), page.versions()[0].key()), (None, Some("a b+c/\u{1}~")));
}

#[tokio::test]
async fn versions_and_markers_interleave_in_the_xml_with_whole_seconds() {
    let (lab, client) = lab().await;
    lab.clock().set(1_794_925_805_678);
    lab.put(BUCKET, "k", Put::of("one"));
    lab.delete(BUCKET, "k");
    lab.put(BUCKET, "k", Put::of("two"));
    let body = raw_list(&client).await;
    let order: Vec<usize> =
        ["<Version>", "<DeleteMarker>"].iter().map(|tag| body.find(tag).unwrap()).collect();
    assert!(order[0] < order[1] && body.rfind("<Version>").unwrap() > order[1]);
    assert_eq!(body.matches("<LastModified>2026-11-17T14:30:05.000Z</LastModified>").count(), 3);
    assert_eq!(body.matches("<IsLatest>true</IsLatest>").count(), 1);
    assert!(body.contains("<ETag>&quot;b8a9f715dbb64fd5c56e7783c6820a61&quot;</ETag>"));
    lab.set_quirks(Quirks { millisecond_times: true, ..Quirks::default() });
    assert!(raw_list(&client).await.contains("05.678Z"));
}

async fn raw_list(client: &Client) -> String {
    use std::sync::{Arc, Mutex};

    use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};

    #[derive(Debug)]
    struct Body(Arc<Mutex<Vec<u8>>>);

    impl Intercept for Body {
        fn name(&self) -> &'static str {
            "body"
        }

        fn read_after_deserialization(
            &self,
            context: &aws_sdk_s3::config::interceptors::AfterDeserializationInterceptorContextRef<'_>,
            _: &RuntimeComponents,
            _: &mut ConfigBag,
        ) -> Result<(), aws_sdk_s3::error::BoxError> {
            *self.0.lock().unwrap() = context.response().body().bytes().unwrap().to_vec();
            Ok(())
        }
    }

    let body = Arc::new(Mutex::new(Vec::new()));
    let list = client.list_object_versions().bucket(BUCKET).customize();
    list.interceptor(Body(Arc::clone(&body))).send().await.unwrap();
    String::from_utf8(body.lock().unwrap().clone()).unwrap()
}

#[tokio::test]
async fn null_versions_under_suspended_versioning() {
    let (lab, client) = lab().await;
    lab.put(BUCKET, "k", Put::of("kept"));
    lab.set_versioning(BUCKET, Versioning::Suspended);
    lab.put(BUCKET, "k", Put::of("lost"));
    lab.put(BUCKET, "k", Put::of("null"));
    let got = client.get_object().bucket(BUCKET).key("k").version_id("null").send().await.unwrap();
    assert_eq!(got.body.collect().await.unwrap().into_bytes(), "null");
    let deleted = client.delete_object().bucket(BUCKET).key("k").send().await.unwrap();
    assert_eq!((deleted.delete_marker(), deleted.version_id()), (Some(true), Some("null")));
    let page = client.list_object_versions().bucket(BUCKET).send().await.unwrap();
    assert_eq!((page.versions().len(), page.delete_markers().len()), (1, 1));
}
