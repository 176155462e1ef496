//! Copies in parts: guarded like others, and nothing left behind by those that fail.

use std::sync::Arc;

use asof::lab::{Fault, Operation, Put, Rule, When};

use super::{LARGE, with};
use crate::support::{Bucket, Moment, Subject};

/// Two large objects, one overwritten and one deleted since.
async fn incident(subject: &Subject) -> (Bucket, Moment) {
    let bucket = subject.bucket().await;
    for key in ["over", "gone"] {
        bucket.putting(key, LARGE).metadata("owner", "media").tagging("a=b").send().await.unwrap();
    }
    let at = subject.moment().await;
    bucket.put("over", "later").await;
    bucket.delete("gone").await;
    subject.moment().await;
    (bucket, at)
}

/// After a transient fault, the objects are restored, once each.
async fn passes(subject: Subject, operation: Operation, fault: Fault) {
    let (bucket, at) = incident(&subject).await;
    let before = subject.lab().count_versions(&bucket.name);
    subject.lab().faults().push(Rule::on(operation, fault, When::First(2)));
    let restored = subject.whole(&bucket, at, &["--read-timeout", "1"]).await.expect_code(0);
    let what = format!("{operation:?} {fault:?}");
    assert!(subject.lab().faults().injected() > 0, "{what}: never met");
    assert_eq!(restored.count("copied") + restored.count("skipped"), 2, "{what}: {restored}");
    assert_eq!(subject.lab().count_versions(&bucket.name), before + 2, "{what}");
    bucket.assert_holds(&[("over", Some(LARGE)), ("gone", Some(LARGE))]).await;
    assert_eq!(bucket.tags("gone").await.len(), 1, "{what}");
    if operation != Operation::CreateMultipartUpload {
        assert_eq!(subject.lab().count_uploads(&bucket.name), 0, "{what}: left behind");
    }
}

const REQUESTS: [Operation; 3] =
    [Operation::CreateMultipartUpload, Operation::UploadPartCopy, Operation::CompleteMultipartUpload];

#[test]
fn passing_faults_leave_no_trace() {
    let faults = [
        Fault::SlowDown,
        Fault::InternalError,
        Fault::Reset,
        Fault::ReplyLost,
        Fault::Truncated,
        Fault::ErrorInOk,
        Fault::SlowDownInOk,
        Fault::Stalled,
    ];
    let cases: Vec<_> =
        REQUESTS.into_iter().flat_map(|request| faults.map(|fault| (request, fault))).collect();
    std::thread::scope(|scope| {
        for (operation, fault) in cases {
            scope.spawn(move || with(|subject| passes(subject, operation, fault)));
        }
    });
}

/// S3 asks to begin again.
#[test]
fn a_race_is_run_again_from_the_start() {
    with(|subject| passes(subject, Operation::CompleteMultipartUpload, Fault::Conflict));
}

/// After a permanent fault, the objects stay as they are, are reported, and leave nothing to be charged for.
async fn lasts(subject: Subject, operation: Operation, fault: Fault) {
    let (bucket, at) = incident(&subject).await;
    let before = bucket.entries().await;
    subject.lab().faults().push(Rule::on(operation, fault, When::Always));
    let restored = subject.whole(&bucket, at, &[]).await.expect_code(3);
    let what = format!("{operation:?} {fault:?}");
    assert_eq!(restored.count("failed"), 2, "{what}: {restored}");
    assert_eq!(bucket.entries().await, before, "{what}");
    assert_eq!(subject.lab().count_uploads(&bucket.name), 0, "{what}: left behind");
    subject.lab().faults().clear();
    subject.whole(&bucket, at, &[]).await.expect_code(0);
    bucket.assert_holds(&[("over", Some(LARGE)), ("gone", Some(LARGE))]).await;
}

#[test]
fn lasting_faults_are_reported_and_leave_no_parts() {
    let faults = [Fault::AccessDenied, Fault::ErrorInOk];
    let cases: Vec<_> =
        REQUESTS.into_iter().flat_map(|request| faults.map(|fault| (request, fault))).collect();
    std::thread::scope(|scope| {
        for (operation, fault) in cases {
            scope.spawn(move || with(|subject| lasts(subject, operation, fault)));
        }
    });
}

#[test]
fn a_writer_in_between_wins() {
    with(|subject| async move {
        let (bucket, at) = incident(&subject).await;
        let (lab, name) = (Arc::downgrade(subject.server.lab.as_ref().unwrap()), bucket.name.clone());
        subject.lab().faults().before(Operation::CompleteMultipartUpload, When::Nth(1), move || {
            for key in ["over", "gone"] {
                lab.upgrade().unwrap().put(&name, key, Put::of("theirs")).unwrap();
            }
        });
        let restored = subject.whole(&bucket, at, &[]).await.expect_code(3);
        assert_eq!((restored.count("conflicts"), restored.count("copied")), (2, 0), "{restored}");
        bucket.assert_holds(&[("over", Some("theirs")), ("gone", Some("theirs"))]).await;
        assert_eq!(subject.lab().count_uploads(&bucket.name), 0);
    });
}

/// If aborting the upload is refused too, the output names the remedy.
#[test]
fn an_upload_that_cannot_be_abandoned_is_named() {
    with(|subject| async move {
        let (bucket, at) = incident(&subject).await;
        for operation in [Operation::UploadPartCopy, Operation::AbortMultipartUpload] {
            subject.lab().faults().push(Rule::on(operation, Fault::AccessDenied, When::Always));
        }
        let restored = subject.whole(&bucket, at, &[]).await.expect_code(3);
        assert_eq!(restored.count("failed"), 2, "{restored}");
        assert!(restored.stderr.contains("the unfinished multipart upload"), "{restored}");
        assert!(restored.stderr.contains("s3:AbortMultipartUpload"), "{restored}");
    });
}
