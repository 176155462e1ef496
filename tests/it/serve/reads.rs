//! Objects, their headers, tags and attributes.

use asof::lab::{Operation, Put, Versioning};
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::{
    ChecksumMode, CompletedMultipartUpload, CompletedPart, ObjectAttributes, StorageClass,
};

use super::{View, code, scene};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_reads_as_it_was() {
    let (subject, bucket) = scene().await;
    let old = bucket.put("k", "old").await.unwrap();
    bucket.put("gone", "x").await;
    bucket.delete("gone").await;
    let at = subject.moment().await;
    let new = bucket.put("k", "newer").await.unwrap();
    bucket.put("later", "x").await;
    bucket.delete("k").await;

    for options in [&[][..], &["--preload"]] {
        let view = View::of(&subject, &bucket, at, options).await;
        let client = view.client();
        let get = |key: &str| client.get_object().bucket(&bucket.name).key(key);
        let read = get("k").send().await.unwrap();
        assert_eq!(read.version_id(), Some(&*old));
        let modified = read.last_modified().copied().unwrap();
        let etag = read.e_tag().unwrap().to_owned();
        assert_eq!(read.body.collect().await.unwrap().to_vec(), b"old");
        let head = client.head_object().bucket(&bucket.name).key("k").send().await.unwrap();
        assert_eq!((head.content_length(), head.e_tag()), (Some(3), Some(&*etag)));
        for key in ["gone", "later", "never"] {
            assert_eq!(code(get(key).send().await), "NoSuchKey", "{key}");
            let head = client.head_object().bucket(&bucket.name).key(key).send().await;
            assert_eq!(code(head), "HTTP 404", "{key}");
        }
        // The version that was live, and no other.
        assert!(get("k").version_id(&old).send().await.is_ok());
        assert_eq!(code(get("k").version_id(&new).send().await), "NoSuchVersion");
        assert_eq!(code(get("gone").version_id(&old).send().await), "NoSuchVersion");
        // Conditions.
        assert_eq!(code(get("k").if_none_match(&etag).send().await), "HTTP 304");
        assert_eq!(code(get("k").if_match("\"other\"").send().await), "PreconditionFailed");
        assert!(get("k").if_match(&etag).send().await.is_ok());
        assert_eq!(code(get("k").if_modified_since(modified).send().await), "HTTP 304");
        let before = DateTime::from_secs(modified.secs() - 1);
        assert_eq!(code(get("k").if_unmodified_since(before).send().await), "PreconditionFailed");
        assert!(get("k").if_unmodified_since(modified).send().await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_and_parts() {
    let (subject, bucket) = scene().await;
    let client = &bucket.client;
    let begun = client.create_multipart_upload().bucket(&bucket.name).key("parts").send().await.unwrap();
    let id = begun.upload_id().unwrap();
    let bodies = [vec![b'a'; 5 << 20], vec![b'b'; 1000]];
    let mut parts = Vec::new();
    for (number, body) in (1..).zip(&bodies) {
        let upload = client.upload_part().bucket(&bucket.name).key("parts").upload_id(id).part_number(number);
        let sent = upload.body(ByteStream::from(body.clone())).send().await.unwrap();
        let part = CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag().map(str::to_owned));
        parts.push(part.set_checksum_crc32(sent.checksum_crc32().map(str::to_owned)).build());
    }
    let completed = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
    let complete = client.complete_multipart_upload().bucket(&bucket.name).key("parts").upload_id(id);
    complete.multipart_upload(completed).send().await.unwrap();
    bucket.put("empty", "").await;
    let at = subject.moment().await;
    bucket.delete("parts").await;
    let view = View::of(&subject, &bucket, at, &[]).await;
    let client = view.client();
    let whole = bodies.concat();
    let get = || client.get_object().bucket(&bucket.name).key("parts");

    for (range, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=5242870-5242889", 5_242_870, 5_242_890),
        ("bytes=-10", whole.len() - 10, whole.len()),
        ("bytes=5242880-", 5 << 20, whole.len()),
        ("bytes=5243000-99999999", 5_243_000, whole.len()),
    ] {
        let read = get().range(range).send().await.unwrap();
        let told = format!("bytes {from}-{}/{}", to - 1, whole.len());
        assert_eq!(read.content_range(), Some(&*told));
        assert_eq!(read.body.collect().await.unwrap().to_vec(), &whole[from..to], "{range}");
    }
    let head =
        client.head_object().bucket(&bucket.name).key("parts").range("bytes=0-9").send().await.unwrap();
    assert_eq!(head.content_length(), Some(10));
    assert_eq!(code(get().range("bytes=99999999-").send().await), "InvalidRange");
    let second = get().part_number(2).send().await.unwrap();
    assert_eq!((second.parts_count(), second.content_length()), (Some(2), Some(1000)));
    assert_eq!(second.body.collect().await.unwrap().to_vec(), bodies[1]);
    assert_eq!(code(get().part_number(3).send().await), "InvalidRange");
    assert_eq!(code(get().part_number(0).send().await), "InvalidArgument");
    assert_eq!(code(get().part_number(1).range("bytes=0-1").send().await), "InvalidRequest");
    let read = get().send().await.unwrap();
    assert_eq!(read.body.collect().await.unwrap().to_vec(), whole);
    let empty = client.get_object().bucket(&bucket.name).key("empty").send().await.unwrap();
    assert_eq!(empty.body.collect().await.unwrap().to_vec(), b"");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_a_version_comes_with_it() {
    let (subject, bucket) = scene().await;
    let put = bucket.client.put_object().bucket(&bucket.name).key("k").body(ByteStream::from_static(b"body"));
    let put =
        put.content_type("text/x-old").cache_control("no-store").metadata("who", "old").tagging("a=1&b=2");
    put.storage_class(StorageClass::StandardIa).send().await.unwrap();
    subject
        .lab()
        .put(
            &bucket.name,
            "raw",
            Put {
                raw: [("x-amz-meta-name".to_owned(), bytes::Bytes::from_static(b"caf\xe9"))].into(),
                ..Put::of("raw")
            },
        )
        .unwrap();
    let at = subject.moment().await;
    bucket.put("k", "new").await;
    let view = View::of(&subject, &bucket, at, &[]).await;
    let client = view.client();
    let get = || client.get_object().bucket(&bucket.name).key("k");

    let read = get().checksum_mode(ChecksumMode::Enabled).send().await.unwrap();
    assert_eq!((read.content_type(), read.cache_control()), (Some("text/x-old"), Some("no-store")));
    assert_eq!(read.metadata().unwrap()["who"], "old");
    assert_eq!((read.storage_class(), read.tag_count()), (Some(&StorageClass::StandardIa), Some(2)));
    assert!(read.checksum_crc32().or(read.checksum_crc64_nvme()).is_some());
    assert_eq!(
        read.server_side_encryption().map(aws_sdk_s3::types::ServerSideEncryption::as_str),
        Some("AES256")
    );
    let override_ = get().response_content_type("text/plain").response_content_disposition("attachment");
    let read = override_.send().await.unwrap();
    assert_eq!((read.content_type(), read.content_disposition()), (Some("text/plain"), Some("attachment")));

    let tags = client.get_object_tagging().bucket(&bucket.name).key("k").send().await.unwrap();
    let tags: Vec<_> = tags.tag_set().iter().map(|tag| (tag.key(), tag.value())).collect();
    assert_eq!(tags, [("a", "1"), ("b", "2")]);
    let asked = client.get_object_attributes().bucket(&bucket.name).key("k");
    let asked =
        asked.object_attributes(ObjectAttributes::ObjectSize).object_attributes(ObjectAttributes::Etag);
    let told = asked.object_attributes(ObjectAttributes::StorageClass).send().await.unwrap();
    assert_eq!(told.object_size(), Some(4));
    assert_eq!(told.storage_class(), Some(&StorageClass::StandardIa));
    assert_eq!(told.e_tag(), Some("841a2d689ad86bd1611447453c22c6fc"));

    // A header that is not text arrives as it is.
    let presigned = client.get_object().bucket(&bucket.name).key("raw");
    let presigned =
        presigned.presigned(PresigningConfig::expires_in(std::time::Duration::from_mins(1)).unwrap());
    let reply = super::wire::get(&view, presigned.await.unwrap().uri()).await;
    let reply = reply.windows(21).any(|bytes| bytes == b"x-amz-meta-name: caf\xe9");
    assert!(reply);
}

#[tokio::test(flavor = "multi_thread")]
async fn archived_and_uncertain_keys_are_refused() {
    let (subject, bucket) = scene().await;
    let lab = subject.lab();
    let cold = Put { storage_class: Some("GLACIER".to_owned()), ..Put::of("cold") };
    lab.put(&bucket.name, "cold", cold).unwrap();
    lab.put(&bucket.name, "null", Put::of("old")).unwrap();
    let at = subject.moment().await;
    lab.set_versioning(&bucket.name, Versioning::Suspended);
    lab.put(&bucket.name, "null", Put::of("new")).unwrap();
    lab.set_versioning(&bucket.name, Versioning::Enabled);

    for options in [&[][..], &["--preload"]] {
        let view = View::of(&subject, &bucket, at, options).await;
        let client = view.client();
        let get = |key: &str| client.get_object().bucket(&bucket.name).key(key);
        let refused = get("null").send().await.unwrap_err();
        let service = refused.as_service_error().unwrap();
        assert_eq!(service.meta().code(), Some("InvalidObjectState"));
        assert!(service.meta().message().unwrap().contains("null-version"), "{service:?}");
        let head = client.head_object().bucket(&bucket.name).key("null").send().await;
        assert_eq!(code(head), "HTTP 403");
        assert_eq!(code(get("cold").send().await), "InvalidObjectState");
        let head = client.head_object().bucket(&bucket.name).key("cold").send().await.unwrap();
        assert_eq!(head.storage_class(), Some(&StorageClass::Glacier));

        let view = View::of(&subject, &bucket, at, &[options, &["--doubtful", "trust"]].concat()).await;
        let read = view.client().get_object().bucket(&bucket.name).key("null").send().await.unwrap();
        assert_eq!(read.body.collect().await.unwrap().to_vec(), b"old");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_looked_up_once() {
    let (subject, bucket) = scene().await;
    for number in 0..50 {
        bucket.put(&format!("{number:02}"), "x").await;
    }
    let at = subject.moment().await;
    let requests = subject.lab().requests();
    let view = View::of(&subject, &bucket, at, &[]).await;
    let client = view.client();
    let listed = |since: u64| requests.of(Operation::ListObjectVersions) - since;
    let before = listed(0);
    for _ in 0..3 {
        client.head_object().bucket(&bucket.name).key("07").send().await.unwrap();
        client.get_object().bucket(&bucket.name).key("07").send().await.unwrap();
    }
    assert_eq!(listed(before), 1);
    // Whoever lists keys reads them.
    client.list_objects_v2().bucket(&bucket.name).send().await.unwrap();
    let before = listed(0);
    for number in 0..50 {
        client.get_object().bucket(&bucket.name).key(format!("{number:02}")).send().await.unwrap();
    }
    assert_eq!(listed(before), 0);

    let view = View::of(&subject, &bucket, at, &["--preload"]).await;
    let (client, before) = (view.client(), listed(0));
    client.list_objects_v2().bucket(&bucket.name).send().await.unwrap();
    client.get_object().bucket(&bucket.name).key("07").send().await.unwrap();
    assert_eq!(code(client.get_object().bucket(&bucket.name).key("absent").send().await), "NoSuchKey");
    assert_eq!(listed(before), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_removed_meanwhile_is_never_told_absent() {
    let (subject, bucket) = scene().await;
    let old = bucket.put("k", "old").await.unwrap();
    let at = subject.moment().await;
    bucket.put("k", "new").await;
    let view = View::of(&subject, &bucket, at, &["--preload"]).await;
    let client = view.client();
    let get = || client.get_object().bucket(&bucket.name).key("k").send();
    assert!(get().await.is_ok());
    bucket.client.delete_object().bucket(&bucket.name).key("k").version_id(&old).send().await.unwrap();
    // The listing now shows no version from then: the answer is that of the listing, as anywhere in asof.
    assert_eq!(code(get().await), "NoSuchKey");
    // Preloaded: the list still has it.
    assert_eq!(client.list_objects_v2().bucket(&bucket.name).send().await.unwrap().key_count(), Some(1));
}
