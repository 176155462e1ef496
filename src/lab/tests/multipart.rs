//! Multipart uploads and multipart copies.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumMode, ChecksumType, CompletedMultipartUpload, CompletedPart};

use super::super::{Options, Put, Quirks};
use super::*;

fn small_parts() -> Options {
    Options { min_part_bytes: 4, max_copy_bytes: 10, ..Options::default() }
}

fn completed(etags: &[String]) -> CompletedMultipartUpload {
    let parts = (1..)
        .zip(etags)
        .map(|(number, etag)| CompletedPart::builder().part_number(number).e_tag(etag).build());
    CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build()
}

#[tokio::test]
async fn an_upload_is_dated_and_placed_when_it_began() {
    let (lab, client) = lab_with(small_parts()).await;
    lab.clock().set(1_000_000);
    let create = client.create_multipart_upload().bucket(BUCKET).key("k").metadata("a", "b").tagging("t=1");
    let upload = create.send().await.unwrap().upload_id.unwrap();
    lab.clock().set(2_000_000);
    lab.put(BUCKET, "k", Put::of("between"));
    let mut etags = Vec::new();
    for (number, body) in [(1, "first"), (2, "2nd")] {
        let part = client.upload_part().bucket(BUCKET).key("k").upload_id(&upload).part_number(number);
        let part = part.body(ByteStream::from_static(body.as_bytes())).send().await.unwrap();
        etags.push(part.e_tag.unwrap());
    }
    assert_eq!(client.list_multipart_uploads().bucket(BUCKET).send().await.unwrap().uploads().len(), 1);
    let parts = client.list_parts().bucket(BUCKET).key("k").upload_id(&upload).send().await.unwrap();
    assert_eq!(parts.parts().len(), 2);
    let complete = || client.complete_multipart_upload().bucket(BUCKET).key("k").upload_id(&upload);
    let refused = complete().if_none_match("*").multipart_upload(completed(&etags)).send().await.unwrap_err();
    assert_eq!(code(&refused), (412, "PreconditionFailed".to_owned()));
    let done = complete().multipart_upload(completed(&etags)).send().await.unwrap();
    assert!(done.e_tag().unwrap().ends_with("-2\""));
    assert_eq!(lab.live(BUCKET)["k"].content.body, "between");
    let version = done.version_id().unwrap();
    let head =
        client.head_object().bucket(BUCKET).key("k").version_id(version).checksum_mode(ChecksumMode::Enabled);
    let head = head.send().await.unwrap();
    assert_eq!(head.last_modified().unwrap().secs(), 1_000);
    assert_eq!(head.content_length(), Some(8));
    assert_eq!(head.checksum_type(), Some(&ChecksumType::FullObject));
    let copy =
        client.copy_object().bucket(BUCKET).key("k").copy_source(format!("{BUCKET}/k?versionId={version}"));
    let copy = copy.send().await.unwrap();
    assert!(!copy.copy_object_result().unwrap().e_tag().unwrap().contains('-'));
    let now = lab.live(BUCKET)["k"].content.clone();
    assert_eq!(
        (now.body.as_ref(), now.metadata["a"].as_str(), now.tags["t"].as_str()),
        (&b"first2nd"[..], "b", "1")
    );
}

#[tokio::test]
async fn other_servers_date_an_upload_by_its_completion() {
    let (lab, client) = lab_with(small_parts()).await;
    lab.set_quirks(Quirks { multipart_dated_at_completion: true, ..Quirks::default() });
    let upload =
        client.create_multipart_upload().bucket(BUCKET).key("k").send().await.unwrap().upload_id.unwrap();
    lab.put(BUCKET, "k", Put::of("between"));
    lab.clock().set(2_000_000);
    let part = client.upload_part().bucket(BUCKET).key("k").upload_id(&upload).part_number(1);
    let etag = part.body(ByteStream::from_static(b"part")).send().await.unwrap().e_tag.unwrap();
    let complete = client.complete_multipart_upload().bucket(BUCKET).key("k").upload_id(&upload);
    complete.multipart_upload(completed(&[etag])).send().await.unwrap();
    let newest = &lab.versions(BUCKET, "k")[0];
    assert_eq!(newest.last_modified, 2_000_000);
    assert!(newest.etag.as_ref().unwrap().ends_with("-1"));
}

#[tokio::test]
async fn what_is_too_large_for_one_copy_is_copied_in_parts() {
    let (lab, client) = lab_with(small_parts()).await;
    let version = lab.put(BUCKET, "big", Put::of("0123456789ab")).unwrap();
    let source = format!("{BUCKET}/big?versionId={version}");
    let whole = client.copy_object().bucket(BUCKET).key("big").copy_source(&source).send().await.unwrap_err();
    assert_eq!(code(&whole), (400, "InvalidRequest".to_owned()));
    let upload =
        client.create_multipart_upload().bucket(BUCKET).key("big").send().await.unwrap().upload_id.unwrap();
    let part = |number, range: &str| {
        let part = client.upload_part_copy().bucket(BUCKET).key("big").upload_id(&upload).part_number(number);
        part.copy_source(&source).copy_source_range(range).send()
    };
    assert_eq!(code(&part(3, "bytes=10-12").await.unwrap_err()), (400, "InvalidArgument".to_owned()));
    let mut etags = Vec::new();
    for (number, range) in [(1, "bytes=0-5"), (2, "bytes=6-11")] {
        let copied = part(number, range).await.unwrap();
        assert_eq!(copied.copy_source_version_id(), Some(version.as_str()));
        etags.push(copied.copy_part_result.unwrap().e_tag.unwrap());
    }
    let complete = client.complete_multipart_upload().bucket(BUCKET).key("big").upload_id(&upload);
    complete
        .multipart_upload(completed(&etags))
        .if_match(&lab.live(BUCKET)["big"].etag)
        .send()
        .await
        .unwrap();
    assert_eq!(lab.live(BUCKET)["big"].content.body, "0123456789ab");
    assert_eq!(lab.count_versions(BUCKET), 2);
}

#[tokio::test]
async fn wrong_parts_are_refused_and_uploads_abandoned() {
    let (_lab, client) = lab_with(small_parts()).await;
    let upload =
        client.create_multipart_upload().bucket(BUCKET).key("k").send().await.unwrap().upload_id.unwrap();
    let mut etags = Vec::new();
    for number in 1..=2 {
        let part = client.upload_part().bucket(BUCKET).key("k").upload_id(&upload).part_number(number);
        etags.push(part.body(ByteStream::from_static(b"abc")).send().await.unwrap().e_tag.unwrap());
    }
    let complete = |etags: &[String]| {
        let complete = client.complete_multipart_upload().bucket(BUCKET).key("k").upload_id(&upload);
        complete.multipart_upload(completed(etags)).send()
    };
    assert_eq!(code(&complete(&etags).await.unwrap_err()), (400, "EntityTooSmall".to_owned()));
    assert_eq!(code(&complete(&["\"x\"".to_owned()]).await.unwrap_err()), (400, "InvalidPart".to_owned()));
    client.abort_multipart_upload().bucket(BUCKET).key("k").upload_id(&upload).send().await.unwrap();
    assert_eq!(code(&complete(&etags).await.unwrap_err()), (404, "NoSuchUpload".to_owned()));
}
