//! Faults as a client sees them.

use std::time::{Duration, Instant};

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use super::super::{Fault, Operation, Put, Rule, When};
use super::*;

#[tokio::test]
async fn refusals_come_as_told_and_are_counted() {
    let (lab, client) = lab().await;
    let put = || client.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"x")).send();
    let cases = [
        (Fault::SlowDown, (503, "SlowDown")),
        (Fault::InternalError, (500, "InternalError")),
        (Fault::Conflict, (409, "ConditionalRequestConflict")),
        (Fault::AccessDenied, (403, "AccessDenied")),
        (Fault::ExpiredToken, (400, "ExpiredToken")),
        (Fault::UnknownKey, (403, "InvalidAccessKeyId")),
    ];
    for (fault, (status, name)) in cases {
        lab.faults().push(Rule::on(Operation::PutObject, fault, When::First(1)));
        assert_eq!(code(&put().await.unwrap_err()), (status, name.to_owned()));
        lab.faults().clear();
    }
    put().await.unwrap();
    assert_eq!(lab.count_versions(BUCKET), 1);
    assert_eq!((lab.faults().injected(), lab.requests().of(Operation::PutObject)), (6, 7));
}

#[tokio::test]
async fn connections_break_before_or_after_the_work() {
    let (lab, client) = lab().await;
    let put = |key: &'static str| {
        client.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(b"x")).send()
    };
    lab.faults().push(Rule::on(Operation::PutObject, Fault::Reset, When::Always).under("before"));
    lab.faults().push(Rule::on(Operation::PutObject, Fault::ReplyLost, When::Always).under("after"));
    for key in ["before", "after"] {
        let error = put(key).await.unwrap_err();
        assert!(matches!(error, SdkError::DispatchFailure(_)), "{error:?}");
        assert!(format!("{error:?}").contains("ConnectionReset"), "{error:?}");
    }
    assert_eq!(lab.live(BUCKET).into_keys().collect::<Vec<_>>(), ["after"]);
}

#[tokio::test]
async fn bodies_break_off() {
    let (lab, client) = lab().await;
    lab.put(BUCKET, "k", Put::of("0123456789"));
    lab.faults().push(Rule::on_any(Fault::Truncated, When::Always));
    let got = client.get_object().bucket(BUCKET).key("k").send().await.unwrap();
    assert_eq!(got.content_length(), Some(10));
    assert!(got.body.collect().await.is_err());
    assert!(client.list_object_versions().bucket(BUCKET).send().await.is_err());
}

#[tokio::test]
async fn errors_hide_inside_a_200() {
    let (lab, client) = lab().await;
    let version = lab.put(BUCKET, "k", Put::of("x")).unwrap();
    lab.faults().push(Rule::on(Operation::CopyObject, Fault::SlowDownInOk, When::Always));
    let copy =
        client.copy_object().bucket(BUCKET).key("k").copy_source(format!("{BUCKET}/k?versionId={version}"));
    assert_eq!(code(&copy.send().await.unwrap_err()), (200, "SlowDown".to_owned()));
    lab.faults().push(Rule::on(Operation::DeleteObjects, Fault::KeyErrors { every: 2 }, When::Always));
    let objects = ["a", "b", "c"].map(|key| ObjectIdentifier::builder().key(key).build().unwrap());
    let delete = Delete::builder().set_objects(Some(objects.to_vec())).build().unwrap();
    let done = client.delete_objects().bucket(BUCKET).delete(delete).send().await.unwrap();
    assert_eq!((done.deleted().len(), done.errors().len()), (2, 1));
    assert_eq!(done.errors()[0].key(), Some("b"));
}

#[tokio::test]
async fn replies_come_late_and_hooks_run_in_between() {
    let (lab, client) = lab().await;
    let delay = Duration::from_millis(60);
    lab.faults().push(Rule::on(Operation::HeadBucket, Fault::Delay(delay), When::Always));
    let start = Instant::now();
    client.head_bucket().bucket(BUCKET).send().await.unwrap();
    assert!(start.elapsed() >= delay);
    let clock = lab.clock();
    lab.faults().before(Operation::HeadBucket, When::Nth(1), move || clock.set(5_000));
    client.head_bucket().bucket(BUCKET).send().await.unwrap();
    assert_eq!(lab.clock().now(), 5_000);
}

#[tokio::test]
async fn listens_on_loopback_only_and_stops() {
    let options = super::super::Options { listen: "0.0.0.0:0".parse().unwrap(), ..Default::default() };
    assert!(Lab::start(options).await.is_err());
    let (lab, client) = lab().await;
    lab.shutdown().await;
    assert!(client.head_bucket().bucket(BUCKET).send().await.is_err());
}
