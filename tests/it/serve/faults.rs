//! A source that fails: bodies are resumed, or the reply is cut off; nothing is told that was not seen.

use std::time::Duration;

use asof::lab::{Fault, Operation, Put, Rule, When};
use aws_sdk_s3::presigning::PresigningConfig;

use super::{View, code, scene, wire};

fn body(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_is_resumed() {
    let (subject, bucket) = scene().await;
    let lab = subject.lab();
    let body = body(3_000_000);
    lab.put(&bucket.name, "k", Put::of(body.clone())).unwrap();
    let at = subject.moment().await;
    bucket.put("k", "new").await;
    let view = View::of(&subject, &bucket, at, &["--read-timeout", "2"]).await;
    let client = view.client();
    for fault in [Fault::Truncated, Fault::Stalled] {
        for range in [None, Some((1_000, 2_500_000))] {
            lab.faults().clear();
            lab.faults().push(Rule::on(Operation::GetObject, fault, When::First(3)));
            let get = client.get_object().bucket(&bucket.name).key("k");
            let get = get.set_range(range.map(|(first, last)| format!("bytes={first}-{last}")));
            let read = get.send().await.unwrap().body.collect().await.unwrap().to_vec();
            let (first, last) = range.unwrap_or((0, body.len() - 1));
            assert!(read == body[first..=last], "{fault:?} {range:?}: {} bytes", read.len());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_cannot_be_resumed_is_cut_off() {
    let (subject, bucket) = scene().await;
    let lab = subject.lab();
    lab.put(&bucket.name, "k", Put::of(body(300_000))).unwrap();
    let at = subject.moment().await;
    let view = View::of(&subject, &bucket, at, &["--read-timeout", "1"]).await;
    // Without a checksum in the reply: a client that verifies it would notice a damaged body by itself.
    let expires = PresigningConfig::expires_in(Duration::from_mins(5)).unwrap();
    let url = view.client().get_object().bucket(&bucket.name).key("k").presigned(expires).await.unwrap();
    let received = async || {
        let reply = wire::get(&view, url.uri()).await;
        assert_eq!(wire::status(&reply), 200);
        let head = String::from_utf8_lossy(&reply).into_owned();
        assert!(head.contains("content-length: 300000\r\n") && !head.contains("x-amz-checksum"), "{head}");
        reply.len() - reply.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() - 4
    };
    assert_eq!(received().await, 300_000);
    // The first read breaks, and the source refuses to send the rest.
    let of_resuming =
        [Fault::AccessDenied, Fault::InternalError, Fault::SlowDown, Fault::Reset, Fault::Closed];
    for fault in of_resuming {
        lab.faults().clear();
        lab.faults().push(Rule::on(Operation::GetObject, Fault::Truncated, When::Nth(1)));
        lab.faults().push(Rule::on(Operation::GetObject, fault, When::Always));
        assert!(received().await < 300_000, "{fault:?}: a short body that ends well");
    }
    // The checksum tells the view, which cuts the reply off before its end.
    lab.faults().clear();
    lab.faults().push(Rule::on(Operation::GetObject, Fault::Corrupted, When::Always));
    assert!(received().await < 300_000, "a damaged body that ends well");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_fails_is_told_as_it_is() {
    let (subject, bucket) = scene().await;
    let lab = subject.lab();
    bucket.put("k", "x").await;
    let at = subject.moment().await;
    for operation in [Operation::ListObjectVersions, Operation::GetObject] {
        for (fault, expected) in [
            (Fault::SlowDown, "SlowDown"),
            (Fault::AccessDenied, "AccessDenied"),
            (Fault::InternalError, "InternalError"),
            (Fault::ExpiredToken, "InternalError"),
            (Fault::UnknownKey, "InternalError"),
        ] {
            lab.faults().clear();
            let view = View::of(&subject, &bucket, at, &[]).await;
            let client = view.client();
            if operation == Operation::GetObject {
                client.head_object().bucket(&bucket.name).key("k").send().await.unwrap();
            }
            lab.faults().push(Rule::on(operation, fault, When::Always));
            let read = client.get_object().bucket(&bucket.name).key("k").send().await.unwrap_err();
            let told = read.as_service_error().unwrap().meta().clone();
            assert_eq!(told.code(), Some(expected), "{operation:?} {fault:?}");
            if expected == "AccessDenied" {
                let needed = if operation == Operation::GetObject {
                    "s3:GetObjectVersion"
                } else {
                    "s3:ListBucketVersions"
                };
                assert!(told.message().unwrap().contains(needed), "{told:?}");
            }
            lab.faults().clear();
            assert!(client.get_object().bucket(&bucket.name).key("k").send().await.is_ok());
            assert_eq!(
                code(client.get_object().bucket(&bucket.name).key("absent").send().await),
                "NoSuchKey"
            );
        }
    }
}
