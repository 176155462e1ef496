//! Multipart uploads that were started before T and completed after it. S3 dates them when they are started, so the listing shows
//! them as live at T, and current ever since: unchanged, though no reader could see them.

use asof::lab::Options;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};

use crate::servers::Server;
use crate::support::{Bucket, Moment, Subject};

/// 07:08:09 on 6 May 2024.
const T: Moment = Moment(1_714_979_289);

/// A bucket with a plain object, a 20-minute upload that T interrupts, and one completed long before.
async fn straddled() -> (Subject, Bucket) {
    let options = Options { min_part_bytes: 1, ..Options::default() };
    let subject = Subject::new(Server::with_options("lab", options).await);
    let bucket = subject.bucket().await;
    let clock = subject.lab().clock();
    clock.set((T.0 - 90_000) * 1000);
    bucket.put("plain", "plain").await;
    upload(&subject, &bucket, "before", || clock.set((T.0 - 80_000) * 1000)).await;
    clock.set((T.0 - 600) * 1000);
    upload(&subject, &bucket, "straddling", || clock.set((T.0 + 600) * 1000)).await;
    (subject, bucket)
}

async fn upload(subject: &Subject, bucket: &Bucket, key: &str, meanwhile: impl FnOnce()) {
    let (client, name) = (&subject.client, &bucket.name);
    let id = client.create_multipart_upload().bucket(name).key(key).send().await.unwrap();
    let id = id.upload_id().unwrap().to_owned();
    let part = client.upload_part().bucket(name).key(key).upload_id(&id).part_number(1);
    let sent = part.body(ByteStream::from_static(b"a part")).send().await.unwrap();
    meanwhile();
    let part = CompletedPart::builder().part_number(1).set_e_tag(sent.e_tag).build();
    let parts = CompletedMultipartUpload::builder().parts(part).build();
    let complete = client.complete_multipart_upload().bucket(name).key(key).upload_id(id);
    complete.multipart_upload(parts).send().await.unwrap();
}

#[tokio::test]
async fn an_unchanged_key_that_straddles_the_time_is_not_verified() {
    let (subject, bucket) = straddled().await;
    let (url, at) = (bucket.url(""), T.to_string());
    let verify = ["verify", &url, "--at", &at];
    let verified = subject.asof(&[&verify[..], &["--format", "json"]].concat()).await.expect_code(5);
    assert_eq!((verified.count("matched"), verified.count("uncertain")), (3, 1), "{verified}");
    let keys = verified.of_type("uncertain");
    assert_eq!(keys.len(), 1, "{verified}");
    assert_eq!((&keys[0]["key"], &keys[0]["cautions"]), (&"straddling".into(), &vec!["multipart"].into()));
    let shown = subject.asof(&verify).await.expect_code(5);
    assert!(shown.stdout.contains("not verified: "), "{shown}");
    assert!(shown.stdout.contains("1 key was uploaded in parts"), "{shown}");
    assert!(shown.stdout.contains("possibly completed after it: straddling"), "{shown}");
    for accepted in [&["--doubtful", "trust"], &["--multipart-window", "5m"]] {
        let verified = subject.asof(&[&verify[..], accepted].concat()).await.expect_code(0);
        assert!(verified.stdout.contains("\nverified: 3 keys are as they were"), "{verified}");
    }
    subject.asof(&["verify", &bucket.url("plain"), "--at", &at]).await.expect_code(0);
}

#[tokio::test]
async fn a_check_does_not_call_it_right() {
    let (subject, bucket) = straddled().await;
    let (url, at) = (bucket.url(""), T.to_string());
    let check = ["check", &url, "--at", &at];
    let checked = subject.asof(&[&check[..], &["--format", "json"]].concat()).await.expect_code(5);
    assert_eq!(checked.count("doubtful"), 1, "{checked}");
    let cautions = checked.of_type("caution");
    assert_eq!(
        (&cautions[0]["caution"], &cautions[0]["examples"]),
        (&"multipart".into(), &vec!["straddling"].into())
    );
    let shown = subject.asof(&check).await.expect_code(5);
    assert!(
        shown.stdout.contains("multipart               1   multipart uploads started shortly before"),
        "{shown}"
    );
    for accepted in [&["--doubtful", "trust"], &["--multipart-window", "5m"]] {
        subject.asof(&[&check[..], accepted].concat()).await.expect_code(0);
    }
    // Every upload includes some second, so a check of all of them would show nothing.
    subject.asof(&["check", &url]).await.expect_code(0);
    subject.asof(&["check", &url, "--window", "9000d"]).await.expect_code(0);
}

/// It informs where something is restored, as it does of keys that are changed.
#[tokio::test]
async fn a_diff_and_a_restore_say_so_and_go_on() {
    let (subject, bucket) = straddled().await;
    let (url, at) = (bucket.url(""), T.to_string());
    let diff = subject.asof(&["diff", &url, "--at", &at]).await.expect_code(0);
    assert!(diff.stdout.contains("of the unchanged keys, 1 key was uploaded in parts"), "{diff}");
    let diff = subject.diff(&url, T).await;
    assert_eq!((diff.of_type("uncertain").len(), diff.count("doubtful")), (1, 0), "{diff}");
    subject.restore(&url, T).await.expect_code(0);
}

/// A copy elsewhere is as uncertain as its source.
#[tokio::test]
async fn nor_is_a_copy_of_it_verified() {
    let (subject, bucket) = straddled().await;
    let other = subject.bucket().await;
    let (url, at, to) = (bucket.url(""), T.to_string(), other.url(""));
    let dir = tempfile::tempdir().unwrap();
    for to in [&*to, dir.path().to_str().unwrap()] {
        subject.asof(&["restore", &url, "--at", &at, "--to", to, "--yes"]).await.expect_code(0);
        let verify = ["verify", &url, "--at", &at, "--against", to, "--format", "json"];
        let verified = subject.asof(&verify).await.expect_code(5);
        assert_eq!((verified.count("mismatched"), verified.count("uncertain")), (0, 1), "{verified}");
        subject.asof(&[&verify[..], &["--doubtful", "trust"]].concat()).await.expect_code(0);
    }
}
