//! Listings, by both versions of the operation, page by page.

use asof::lab::Operation;
use aws_sdk_s3::Client;
use aws_sdk_s3::types::EncodingType;

use super::{View, code, scene};

/// Keys and folders of a listing in pages of `max`, by `ListObjectsV2`.
async fn pages(
    client: &Client,
    bucket: &str,
    prefix: &str,
    delimiter: Option<&str>,
    max: i32,
) -> Vec<String> {
    let (mut found, mut token) = (Vec::new(), None);
    loop {
        let list = client.list_objects_v2().bucket(bucket).prefix(prefix).max_keys(max);
        let list = list.set_delimiter(delimiter.map(str::to_owned)).set_continuation_token(token);
        let page = list.send().await.unwrap();
        let entries = page.contents().len() + page.common_prefixes().len();
        assert!(entries <= usize::try_from(max).unwrap());
        assert_eq!(page.key_count(), i32::try_from(entries).ok());
        found.extend(page.contents().iter().map(|object| object.key().unwrap().to_owned()));
        found.extend(page.common_prefixes().iter().map(|common| common.prefix().unwrap().to_owned()));
        token = page.next_continuation_token().map(str::to_owned);
        assert_eq!(page.is_truncated(), Some(token.is_some()));
        if token.is_none() {
            found.sort();
            return found;
        }
    }
}

/// The same by `ListObjects`.
async fn pages_by_marker(client: &Client, bucket: &str, delimiter: Option<&str>, max: i32) -> Vec<String> {
    let (mut found, mut marker) = (Vec::new(), None::<String>);
    loop {
        let list = client.list_objects().bucket(bucket).max_keys(max).set_marker(marker);
        let page = list.set_delimiter(delimiter.map(str::to_owned)).send().await.unwrap();
        let keys = page.contents().iter().map(|object| object.key().unwrap().to_owned());
        found.extend(keys);
        found.extend(page.common_prefixes().iter().map(|common| common.prefix().unwrap().to_owned()));
        let ending = page.contents().last().and_then(|object| object.key()).map(str::to_owned);
        marker = page.next_marker().map(str::to_owned).or(ending);
        if page.is_truncated() != Some(true) {
            found.sort();
            return found;
        }
    }
}

const KEYS: [&str; 9] = ["a", "a/1", "a/2", "a/b/3", "a0", "b/x", "c d/+&<\u{e4}", "empty/later/x", "z"];

#[tokio::test(flavor = "multi_thread")]
async fn lists_in_pages_of_any_size() {
    let (subject, bucket) = scene().await;
    for key in KEYS.iter().filter(|key| !key.contains("later")) {
        bucket.put(key, "x").await;
    }
    let at = subject.moment().await;
    for key in KEYS {
        bucket.put(key, "changed").await;
    }
    bucket.delete("a").await;
    let there = |prefix: &str| -> Vec<&str> {
        KEYS.iter().copied().filter(|key| key.starts_with(prefix) && !key.contains("later")).collect()
    };
    for options in [&[][..], &["--preload"]] {
        let view = View::of(&subject, &bucket, at, options).await;
        let (client, name) = (view.client(), &*bucket.name);
        for max in [1, 2, 3, 1000] {
            assert_eq!(pages(&client, name, "", None, max).await, there(""), "{max}");
            assert_eq!(pages(&client, name, "a/", None, max).await, there("a/"));
            let folders = pages(&client, name, "", Some("/"), max).await;
            assert_eq!(folders, ["a", "a/", "a0", "b/", "c d/", "z"], "{max} {options:?}");
            assert_eq!(pages(&client, name, "a/", Some("/"), max).await, ["a/1", "a/2", "a/b/"]);
            assert_eq!(pages_by_marker(&client, name, Some("/"), max).await, folders);
            assert_eq!(pages_by_marker(&client, name, None, max).await, there(""));
        }
        assert_eq!(pages(&client, name, "absent", None, 10).await, [""; 0]);
        let after = client.list_objects_v2().bucket(name).start_after("a/2").send().await.unwrap();
        assert_eq!(after.contents()[0].key(), Some("a/b/3"));
        assert_eq!(after.contents()[0].size(), Some(1), "as it was then");
        assert!(after.contents()[0].owner().is_none());
        let owned = client.list_objects_v2().bucket(name).fetch_owner(true).send().await.unwrap();
        assert!(owned.contents()[0].owner().is_some());
        let none = client.list_objects_v2().bucket(name).max_keys(0).send().await.unwrap();
        assert_eq!((none.key_count(), none.is_truncated()), (Some(0), Some(false)));
        let encoded = client.list_objects_v2().bucket(name).encoding_type(EncodingType::Url).prefix("c");
        let encoded = encoded.send().await.unwrap();
        assert_eq!(encoded.contents()[0].key(), Some("c+d/%2B%26%3C%C3%A4"));
        let wrong = client.list_objects_v2().bucket(name).continuation_token("no").send().await;
        assert_eq!(code(wrong), "InvalidArgument");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_continued_listing_does_not_begin_again() {
    let (subject, bucket) = scene().await;
    let lab = subject.lab();
    for number in 0..5000 {
        lab.put(&bucket.name, &format!("{number:05}"), asof::lab::Put::of("x")).unwrap();
    }
    let at = subject.moment().await;
    let view = View::of(&subject, &bucket, at, &[]).await;
    let before = lab.requests().of(Operation::ListObjectVersions);
    let keys = pages(&view.client(), &bucket.name, "", None, 1000).await;
    assert_eq!(keys.len(), 5000);
    let requests = lab.requests().of(Operation::ListObjectVersions) - before;
    assert!(requests <= 8, "{requests} requests for five pages");
}

#[tokio::test(flavor = "multi_thread")]
async fn buckets_look_like_buckets_without_versions() {
    let (subject, bucket) = scene().await;
    bucket.put("k", "x").await;
    let at = subject.moment().await;
    let view = View::of(&subject, &bucket, at, &[]).await;
    let (client, name) = (view.client(), &*bucket.name);
    let buckets = client.list_buckets().send().await.unwrap();
    let names: Vec<_> = buckets.buckets().iter().map(|bucket| bucket.name().unwrap()).collect();
    assert_eq!(names, [name]);
    let head = client.head_bucket().bucket(name).send().await.unwrap();
    assert_eq!(head.bucket_region(), Some("us-east-1"));
    assert_eq!(code(client.head_bucket().bucket("other-bucket").send().await), "HTTP 404");
    let location = client.get_bucket_location().bucket(name).send().await.unwrap();
    assert!(location.location_constraint().is_none_or(|place| place.as_str().is_empty()));
    let versioning = client.get_bucket_versioning().bucket(name).send().await.unwrap();
    assert_eq!(versioning.status(), None);
    assert_eq!(code(client.list_object_versions().bucket(name).send().await), "NotImplemented");
    assert_eq!(code(client.get_bucket_policy().bucket(name).send().await), "NotImplemented");
    assert_eq!(code(client.get_object_acl().bucket(name).key("k").send().await), "NotImplemented");
    let other = client.get_object().bucket("other-bucket").key("k").send().await;
    assert_eq!(code(other), "NoSuchBucket");
}
