//! Writing, reading, copying and deleting objects, and access to them.

use std::time::Duration;

use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumMode, Delete, MetadataDirective, ObjectIdentifier, ServerSideEncryption,
    StorageClass, Tag, Tagging, TaggingDirective,
};

use super::super::{Put, Quirks, Versioning};
use super::*;

fn encoded(key: &str, version: &str) -> String {
    let key = percent_encoding::utf8_percent_encode(key, percent_encoding::NON_ALPHANUMERIC);
    format!("{BUCKET}/{key}?versionId={version}")
}

#[tokio::test]
async fn odd_keys_go_in_and_come_out() {
    let (lab, client) = lab().await;
    for key in ODD_KEYS.into_iter().chain(["control\u{1}\u{1f}", "cr\rlf", "\u{fffe}"]) {
        let body = ByteStream::from(key.as_bytes().to_vec());
        let put = client.put_object().bucket(BUCKET).key(key).body(body).send().await.unwrap();
        let version = put.version_id.unwrap();
        let got = client.get_object().bucket(BUCKET).key(key).version_id(&version).send().await.unwrap();
        assert_eq!(got.body.collect().await.unwrap().into_bytes(), key.as_bytes(), "{key:?}");
        let source = encoded(key, &version);
        client.copy_object().bucket(BUCKET).key(key).copy_source(source).send().await.unwrap();
        client.delete_object().bucket(BUCKET).key(key).send().await.unwrap();
        assert!(!lab.live(BUCKET).contains_key(key));
    }
    assert_eq!(lab.count_versions(BUCKET), 3 * (ODD_KEYS.len() + 3));
}

#[tokio::test]
async fn batches_of_odd_keys_are_deleted_but_not_those_xml_cannot_carry() {
    let (lab, client) = lab().await;
    let delete = |keys: &[&str]| {
        let objects = keys.iter().map(|key| ObjectIdentifier::builder().key(*key).build().unwrap());
        let delete = Delete::builder().set_objects(Some(objects.collect())).build().unwrap();
        client.delete_objects().bucket(BUCKET).delete(delete).send()
    };
    for key in ODD_KEYS {
        lab.put(BUCKET, key, Put::of("x"));
    }
    let done = delete(&ODD_KEYS).await.unwrap();
    assert_eq!(done.deleted().len(), ODD_KEYS.len());
    assert!(done.deleted().iter().all(|deleted| deleted.delete_marker() == Some(true)));
    assert!(lab.live(BUCKET).is_empty());
    assert_eq!(delete(&["bad\u{1}"]).await.unwrap_err().into_service_error().code(), Some("MalformedXML"));
    let many = vec!["k"; 1_001];
    assert_eq!(delete(&many).await.unwrap_err().into_service_error().code(), Some("MalformedXML"));
}

#[tokio::test]
async fn attributes_are_kept_and_copies_carry_what_aws_says() {
    let (lab, client) = lab().await;
    let put = client
        .put_object()
        .bucket(BUCKET)
        .key("k")
        .body(ByteStream::from_static(b"one"))
        .content_type("text/x")
        .cache_control("no-store")
        .content_encoding("gzip")
        .metadata("colour", "blue")
        .tagging("a=1&b=x%20y")
        .storage_class(StorageClass::StandardIa)
        .website_redirect_location("/other")
        .checksum_algorithm(ChecksumAlgorithm::Sha256);
    let old = put.send().await.unwrap().version_id.unwrap();
    lab.put(BUCKET, "k", Put::of("two"));
    let head =
        client.head_object().bucket(BUCKET).key("k").version_id(&old).checksum_mode(ChecksumMode::Enabled);
    let head = head.send().await.unwrap();
    assert_eq!(head.content_type(), Some("text/x"));
    assert_eq!(head.content_encoding(), Some("gzip"));
    assert_eq!(head.storage_class(), Some(&StorageClass::StandardIa));
    assert_eq!(head.website_redirect_location(), Some("/other"));
    assert_eq!(head.metadata().unwrap()["colour"], "blue");
    assert!(head.checksum_sha256().is_some());
    let copy =
        client.copy_object().bucket(BUCKET).key("k").copy_source(encoded("k", &old)).send().await.unwrap();
    assert_eq!(copy.copy_source_version_id(), Some(old.as_str()));
    let now = &lab.live(BUCKET)["k"].content;
    assert_eq!(now.body, "one");
    assert_eq!(now.system["cache-control"], "no-store");
    assert_eq!(now.metadata["colour"], "blue");
    assert_eq!(now.tags["b"], "x y");
    assert_eq!(now.storage_class, "STANDARD");
    assert_eq!(now.redirect, None);
    let copy = client.copy_object().bucket(BUCKET).key("k2").copy_source(encoded("k", &old));
    let copy = copy.metadata_directive(MetadataDirective::Replace).metadata("size", "xl");
    copy.tagging_directive(TaggingDirective::Replace).tagging("c=3").send().await.unwrap();
    let now = &lab.live(BUCKET)["k2"].content;
    assert!(!now.metadata.contains_key("colour") && now.metadata["size"] == "xl");
    assert_eq!(now.tags.len(), 1);
}

#[tokio::test]
async fn copies_are_refused_as_aws_refuses_them() {
    let (lab, client) = lab().await;
    let old = lab.put(BUCKET, "k", Put::of("one")).unwrap();
    let cold = Put { storage_class: Some("GLACIER".to_owned()), ..Put::of("ice") };
    let cold = lab.put(BUCKET, "cold", cold).unwrap();
    lab.put(BUCKET, "gone", Put::of("x"));
    let marker = lab.delete(BUCKET, "gone").unwrap();
    lab.put(BUCKET, "erased", Put::of("x"));
    let erased = lab.put(BUCKET, "erased", Put::of("y")).unwrap();
    lab.erase(BUCKET, "erased", &erased);
    let copy = |source: String| async {
        let error =
            client.copy_object().bucket(BUCKET).key("k").copy_source(source).send().await.unwrap_err();
        code(&error)
    };
    assert_eq!(copy(format!("{BUCKET}/k")).await, (400, "InvalidRequest".to_owned()));
    assert_eq!(copy(encoded("gone", &marker)).await, (400, "InvalidRequest".to_owned()));
    assert_eq!(copy(format!("{BUCKET}/gone")).await, (404, "NoSuchKey".to_owned()));
    assert_eq!(copy(encoded("erased", &erased)).await, (404, "NoSuchVersion".to_owned()));
    assert_eq!(copy(encoded("erased", "junk")).await, (400, "InvalidArgument".to_owned()));
    assert_eq!(copy(encoded("cold", &cold)).await, (403, "InvalidObjectState".to_owned()));
    let onto_itself = || client.copy_object().bucket(BUCKET).key("k").copy_source(encoded("k", &old));
    onto_itself().send().await.unwrap();
    lab.set_quirks(Quirks { requires_storage_class_on_self_copy: true, ..Quirks::default() });
    assert!(onto_itself().send().await.is_err());
    onto_itself().storage_class(StorageClass::Standard).send().await.unwrap();
}

#[tokio::test]
async fn conditions_guard_puts_copies_and_deletes() {
    let (lab, client) = lab().await;
    let old = lab.put(BUCKET, "k", Put::of("one")).unwrap();
    let etag = lab.live(BUCKET)["k"].etag.clone();
    lab.put(BUCKET, "k", Put::of("two"));
    let copy = || client.copy_object().bucket(BUCKET).key("k").copy_source(encoded("k", &old));
    let failed = (412, "PreconditionFailed".to_owned());
    assert_eq!(code(&copy().if_match(&etag).send().await.unwrap_err()), failed);
    assert_eq!(code(&copy().if_none_match("*").send().await.unwrap_err()), failed);
    let put = || client.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"three"));
    assert_eq!(code(&put().if_none_match("*").send().await.unwrap_err()), failed);
    let delete = || client.delete_object().bucket(BUCKET).key("k");
    assert_eq!(code(&delete().if_match(&etag).send().await.unwrap_err()), failed);
    let now = format!("\"{}\"", lab.live(BUCKET)["k"].etag);
    copy().if_match(now).send().await.unwrap();
    delete().if_match(&etag).send().await.unwrap();
    assert_eq!(code(&copy().if_match(&etag).send().await.unwrap_err()), (404, "NoSuchKey".to_owned()));
    assert_eq!(code(&delete().if_match("*").send().await.unwrap_err()), failed);
    copy().if_none_match("*").send().await.unwrap();
    let object = ObjectIdentifier::builder().key("k").e_tag("other").build().unwrap();
    let batch = Delete::builder().objects(object).build().unwrap();
    let batch = client.delete_objects().bucket(BUCKET).delete(batch).send().await.unwrap();
    assert_eq!(batch.errors()[0].code(), Some("PreconditionFailed"));
    lab.set_quirks(Quirks { ignores_conditions: true, ..Quirks::default() });
    copy().if_match("other").send().await.unwrap();
}

#[tokio::test]
async fn tags_change_without_a_new_version() {
    let (lab, client) = lab().await;
    let version = lab.put(BUCKET, "k", Put::of("x")).unwrap();
    let tag = Tag::builder().key("é&").value(" v ").build().unwrap();
    let tagging = Tagging::builder().tag_set(tag.clone()).build().unwrap();
    client
        .put_object_tagging()
        .bucket(BUCKET)
        .key("k")
        .version_id(&version)
        .tagging(tagging)
        .send()
        .await
        .unwrap();
    let got = client.get_object_tagging().bucket(BUCKET).key("k").send().await.unwrap();
    assert_eq!(got.tag_set(), [tag]);
    assert_eq!(lab.count_versions(BUCKET), 1);
    client.delete_object_tagging().bucket(BUCKET).key("k").send().await.unwrap();
    assert!(lab.live(BUCKET)["k"].content.tags.is_empty());
}

#[tokio::test]
async fn markers_ranges_and_conditions_on_reads() {
    let (lab, client) = lab().await;
    lab.put(BUCKET, "k", Put::of("0123456789"));
    let get = || client.get_object().bucket(BUCKET).key("k");
    let got = get().range("bytes=2-4").send().await.unwrap();
    assert_eq!(got.content_range(), Some("bytes 2-4/10"));
    assert_eq!(got.body.collect().await.unwrap().into_bytes(), "234");
    let etag = lab.live(BUCKET)["k"].etag.clone();
    assert_eq!(code(&get().if_none_match(&etag).send().await.unwrap_err()).0, 304);
    assert_eq!(code(&get().if_match("x").send().await.unwrap_err()).0, 412);
    let marker = lab.delete(BUCKET, "k").unwrap();
    let gone = get().send().await.unwrap_err();
    assert_eq!(gone.raw_response().unwrap().headers().get("x-amz-delete-marker"), Some("true"));
    assert_eq!(code(&gone), (404, "NoSuchKey".to_owned()));
    assert_eq!(
        code(&get().version_id(&marker).send().await.unwrap_err()),
        (405, "MethodNotAllowed".to_owned())
    );
    let head = client.head_object().bucket(BUCKET).key("k").send().await.unwrap_err();
    assert_eq!(code(&head).0, 404);
    assert_eq!(head.raw_response().unwrap().body().bytes(), Some(&b""[..]));
}

#[tokio::test]
async fn only_requests_signed_right_are_served() {
    let (lab, _) = lab().await;
    let list = |secret, region| {
        let client = client(&lab, secret, region);
        async move {
            client.list_object_versions().bucket(BUCKET).send().await.map(drop).map_err(|error| code(&error))
        }
    };
    assert_eq!(list("lab-secret", "us-east-1").await, Ok(()));
    assert_eq!(list("wrong", "us-east-1").await, Err((403, "SignatureDoesNotMatch".to_owned())));
    assert_eq!(list("lab-secret", "eu-west-1").await, Err((400, "AuthorizationHeaderMalformed".to_owned())));
    lab.clock().advance(Duration::from_hours(24));
    assert_eq!(list("lab-secret", "us-east-1").await, Ok(()));
}

#[tokio::test]
async fn an_etag_under_kms_is_no_digest_and_archives_thaw() {
    let (lab, client) = lab().await;
    let put = client.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"one"));
    let put =
        put.server_side_encryption(ServerSideEncryption::AwsKms).ssekms_key_id("key").send().await.unwrap();
    assert_eq!(put.ssekms_key_id(), Some("key"));
    lab.put(BUCKET, "plain", Put::of("one"));
    let live = lab.live(BUCKET);
    assert_ne!(live["k"].etag, live["plain"].etag);
    lab.put(BUCKET, "cold", Put { storage_class: Some("GLACIER".to_owned()), ..Put::of("ice") });
    let get = || client.get_object().bucket(BUCKET).key("cold").send();
    assert_eq!(code(&get().await.unwrap_err()), (403, "InvalidObjectState".to_owned()));
    let days = aws_sdk_s3::types::RestoreRequest::builder().days(1).build();
    client.restore_object().bucket(BUCKET).key("cold").restore_request(days).send().await.unwrap();
    assert_eq!(get().await.unwrap().body.collect().await.unwrap().into_bytes(), "ice");
}

#[tokio::test]
async fn buckets_are_made_configured_and_removed() {
    let (lab, client) = lab().await;
    client.create_bucket().bucket("other").send().await.unwrap();
    assert_eq!(client.get_bucket_versioning().bucket("other").send().await.unwrap().status(), None);
    lab.set_versioning("other", Versioning::Enabled);
    let error = client.get_bucket_lifecycle_configuration().bucket("other").send().await.unwrap_err();
    assert_eq!(code(&error), (404, "NoSuchLifecycleConfiguration".to_owned()));
    let rules = "<LifecycleConfiguration><Rule><ID>x</ID><Status>Enabled</Status><Filter><Prefix>a</Prefix></Filter>\
                 <NoncurrentVersionExpiration><NoncurrentDays>30</NoncurrentDays></NoncurrentVersionExpiration></Rule>\
                 </LifecycleConfiguration>";
    assert!(lab.configure("other", super::super::Configuration::Lifecycle, Some(rules)));
    let got = client.get_bucket_lifecycle_configuration().bucket("other").send().await.unwrap();
    assert_eq!(got.rules()[0].noncurrent_version_expiration().unwrap().noncurrent_days(), Some(30));
    let encryption = client.get_bucket_encryption().bucket("other").send().await.unwrap();
    assert_eq!(encryption.server_side_encryption_configuration().unwrap().rules().len(), 1);
    client.get_bucket_location().bucket("other").send().await.unwrap();
    client.head_bucket().bucket("other").send().await.unwrap();
    assert_eq!(client.list_buckets().send().await.unwrap().buckets().len(), 2);
    lab.put("other", "k", Put::of("x"));
    lab.delete("other", "k");
    let error = client.delete_bucket().bucket("other").send().await.unwrap_err();
    assert_eq!(code(&error), (409, "BucketNotEmpty".to_owned()));
    let error = client.list_object_versions().bucket("nowhere").send().await.unwrap_err();
    assert_eq!(code(&error), (404, "NoSuchBucket".to_owned()));
}
