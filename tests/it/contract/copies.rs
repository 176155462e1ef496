//! A copy is not the object: the properties that must be restored with the bytes.

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, ObjectCannedAcl, StorageClass};

use crate::deviations::Behaviour;
use crate::support::{Bucket, Subject};

pub(crate) async fn storage_class_is_kept(subject: Subject) {
    if !subject.holds(Behaviour::StorageClassListed) {
        return;
    }
    let bucket = subject.bucket().await;
    for key in ["cold/overwritten", "cold/removed"] {
        let put = bucket.client.put_object().bucket(&bucket.name).key(key);
        let put = put.body(ByteStream::from_static(b"cold")).storage_class(StorageClass::StandardIa);
        put.send().await.unwrap();
    }
    bucket.put("warm", "1").await;
    let at = subject.moment().await;
    bucket.put("cold/overwritten", "warm").await;
    bucket.delete("cold/removed").await;
    bucket.put("warm", "2").await;

    subject.restore_and_verify(&bucket.url(""), at).await;
    for (key, class) in
        [("cold/overwritten", Some("STANDARD_IA")), ("cold/removed", Some("STANDARD_IA")), ("warm", None)]
    {
        let head = bucket.head(key).await.unwrap();
        let found = head.storage_class().map(StorageClass::as_str).filter(|class| *class != "STANDARD");
        assert_eq!(found, class, "storage class of {key}");
    }
    let entries = bucket.entries().await;
    let current = entries.iter().find(|e| e.key == "cold/removed" && e.is_latest).unwrap();
    assert_eq!(current.storage_class.as_deref(), Some("STANDARD_IA"));
}

pub(crate) async fn acls_are_kept(subject: Subject) {
    if !subject.holds(Behaviour::Acls) {
        return;
    }
    let bucket = subject.bucket_with_acls().await;
    for (key, acl) in
        [("overwritten", ObjectCannedAcl::PublicRead), ("removed", ObjectCannedAcl::AuthenticatedRead)]
    {
        let put = bucket.client.put_object().bucket(&bucket.name).key(key).acl(acl);
        put.body(ByteStream::from_static(b"public")).send().await.unwrap();
    }
    bucket.put("private", "1").await;
    let keys = ["overwritten", "removed", "private"];
    let mut before = Vec::new();
    for key in keys {
        before.push(bucket.grants(key).await);
    }
    assert_eq!(before.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1], "{before:?}");
    let at = subject.moment().await;
    bucket.put("overwritten", "private").await;
    bucket.delete("removed").await;
    bucket.put("private", "2").await;

    subject.restore_and_verify(&bucket.url(""), at).await;
    for (key, before) in keys.into_iter().zip(before) {
        assert_eq!(bucket.grants(key).await, before, "ACL of {key}");
    }
}

async fn put_dressed(bucket: &Bucket, key: &str) {
    let put = bucket.client.put_object().bucket(&bucket.name).key(key).body(ByteStream::from_static(b"{}"));
    let put = put.content_type("application/json").cache_control("max-age=60").content_language("de");
    let put = put.content_disposition("attachment; filename=\"a b.json\"").metadata("owner", "billing");
    put.metadata("note", "two words").tagging("team=data&phase=one%20two").send().await.unwrap();
}

fn dress(head: &HeadObjectOutput) -> [Option<String>; 6] {
    let meta = |name: &str| head.metadata().and_then(|all| all.get(name)).cloned();
    [
        head.content_type().map(str::to_owned),
        head.cache_control().map(str::to_owned),
        head.content_language().map(str::to_owned),
        head.content_disposition().map(str::to_owned),
        meta("owner"),
        meta("note"),
    ]
}

pub(crate) async fn metadata_and_tags_are_kept(subject: Subject) {
    let bucket = subject.bucket().await;
    put_dressed(&bucket, "overwritten").await;
    put_dressed(&bucket, "removed").await;
    let before = dress(&bucket.head("removed").await.unwrap());
    let tags = bucket.tags("removed").await;
    assert_eq!(tags.len(), 2);
    let at = subject.moment().await;
    bucket.put("overwritten", "bare").await;
    bucket.delete("removed").await;

    subject.restore_and_verify(&bucket.url(""), at).await;
    for key in ["overwritten", "removed"] {
        assert_eq!(dress(&bucket.head(key).await.unwrap()), before, "metadata of {key}");
        assert_eq!(bucket.tags(key).await, tags, "tags of {key}");
        assert_eq!(bucket.get(key).await.as_deref(), Some("{}"));
    }
}

/// The bytes are the same, and still it is not the same object.
pub(crate) async fn changed_metadata_is_a_change(subject: Subject) {
    let bucket = subject.bucket().await;
    put_dressed(&bucket, "page").await;
    let before = dress(&bucket.head("page").await.unwrap());
    let at = subject.moment().await;
    bucket.put("page", "{}").await;

    let diff = subject.diff(&bucket.url(""), at).await;
    assert_eq!(diff.keys_to("revert"), ["page"], "{diff}");
    subject.restore_and_verify(&bucket.url(""), at).await;
    assert_eq!(dress(&bucket.head("page").await.unwrap()), before);
}

const PART: usize = 5 * 1024 * 1024;

async fn upload_in_parts(bucket: &Bucket, key: &str) {
    let name = &bucket.name;
    let create = bucket.client.create_multipart_upload().bucket(name).key(key);
    let create = create.content_type("video/mp4").metadata("owner", "media").tagging("team=media");
    let upload = create.send().await.unwrap().upload_id().unwrap().to_owned();
    let mut parts = Vec::new();
    for (number, body) in [(1, vec![b'a'; PART]), (2, vec![b'b'; 1000])] {
        let part = bucket.client.upload_part().bucket(name).key(key).upload_id(&upload).part_number(number);
        let sent = part.body(ByteStream::from(body)).send().await.unwrap();
        parts.push(CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag).build());
    }
    let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
    let complete = bucket.client.complete_multipart_upload().bucket(name).key(key).upload_id(upload);
    let completed = complete.multipart_upload(parts).send().await;
    // The SDK cannot read moto's result, whose root element is named after the operation.
    let is_success =
        |e: &SdkError<_, HttpResponse>| e.raw_response().is_some_and(|reply| reply.status().is_success());
    assert!(completed.as_ref().err().is_none_or(is_success), "{completed:?}");
}

pub(crate) async fn multipart_object_comes_back(subject: Subject) {
    let bucket = subject.bucket().await;
    upload_in_parts(&bucket, "film/overwritten").await;
    upload_in_parts(&bucket, "film/removed").await;
    let at = subject.moment().await;
    bucket.put("film/overwritten", "short").await;
    bucket.delete("film/removed").await;

    subject.restore(&bucket.url(""), at).await.expect_code(0);
    if subject.holds(Behaviour::MultipartProof) {
        // Both uploads were started so shortly before that they could have been completed after it.
        let (url, at) = (bucket.url(""), at.to_string());
        let verify = ["verify", &url, "--at", &at, "--format", "json"];
        let verified = subject.asof(&verify).await.expect_code(5);
        assert_eq!((verified.count("mismatched"), verified.count("uncertain")), (0, 2), "{verified}");
        subject.asof(&[&verify[..], &["--doubtful", "trust"]].concat()).await.expect_code(0);
    }
    for key in ["film/overwritten", "film/removed"] {
        let body = bucket.get(key).await.unwrap();
        assert_eq!((body.len(), &body[PART - 1..=PART]), (PART + 1000, "ab"), "body of {key}");
        let head = bucket.head(key).await.unwrap();
        assert_eq!(head.content_type(), Some("video/mp4"));
        assert_eq!(head.metadata().and_then(|all| all.get("owner")).map(String::as_str), Some("media"));
        if subject.holds(Behaviour::MultipartTags) {
            assert_eq!(bucket.tags(key).await, [("team".to_owned(), "media".to_owned())]);
        }
    }
}

/// The threshold is lowered, so that the object counts as large.
pub(crate) async fn large_objects_are_copied_in_parts(subject: Subject) {
    let bucket = subject.bucket().await;
    upload_in_parts(&bucket, "film/overwritten").await;
    upload_in_parts(&bucket, "film/removed").await;
    let at = subject.moment().await;
    bucket.put("film/overwritten", "short").await;
    bucket.delete("film/removed").await;

    let (url, at) = (bucket.url(""), at.to_string());
    let threshold = PART.to_string();
    let restore =
        ["restore", &url, "--at", &at, "--yes", "--format", "json", "--multipart-threshold", &threshold];
    let restored = subject.asof(&restore).await.expect_code(0);
    assert_eq!(restored.count("copied"), 2, "{restored}");
    for key in ["film/overwritten", "film/removed"] {
        let body = bucket.get(key).await.unwrap();
        assert_eq!((body.len(), &body[PART - 1..=PART]), (PART + 1000, "ab"), "body of {key}");
        let head = bucket.head(key).await.unwrap();
        assert!(head.e_tag().unwrap().ends_with("-2\""), "{key} was not copied in parts: {head:?}");
        assert_eq!(head.content_type(), Some("video/mp4"));
        assert_eq!(head.metadata().and_then(|all| all.get("owner")).map(String::as_str), Some("media"));
        if subject.holds(Behaviour::MultipartTags) {
            assert_eq!(bucket.tags(key).await, [("team".to_owned(), "media".to_owned())]);
        }
    }
    let left = bucket.client.list_multipart_uploads().bucket(&bucket.name).send().await.unwrap();
    assert_eq!(left.uploads(), []);
}
