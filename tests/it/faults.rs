//! Faults that no real server produces on demand: broken listings, lost replies, concurrent writers. On the lab.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use asof::lab::{Fault, Operation, Put, Quirks, Rule, When};

use crate::servers::Server;
use crate::support::{Bucket, Moment, Run, Subject, bucket};

mod in_flight;
mod interrupt;
pub(crate) mod matrix;
pub(crate) mod scene;
mod silence;
mod stalled;
mod stops;
mod storm;
mod unreadable;

fn with<C, F>(quirks: Quirks, case: C)
where
    C: FnOnce(Subject) -> F,
    F: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async { case(Subject::new(Server::with_lab("lab", quirks).await)).await });
}

impl Subject {
    fn strike(&self, operation: Operation, fault: Fault, when: When) {
        self.lab().faults().push(Rule::on(operation, fault, when));
    }
}

/// A hundred keys overwritten, a hundred removed, a hundred new.
async fn incident(subject: &Subject) -> (Bucket, Moment) {
    let bucket = subject.bucket().await;
    let keys = bucket::keys("k", 200);
    bucket.put_all(&keys, "then").await;
    let at = subject.moment().await;
    let (overwritten, removed) = keys.split_at(100);
    bucket.put_all(overwritten, "now").await;
    bucket.delete_all(removed).await;
    bucket.put_all(&bucket::keys("new", 100), "new").await;
    subject.moment().await;
    (bucket, at)
}

async fn restores_all_the_same(subject: Subject, operation: Operation, fault: Fault, when: When) {
    let (bucket, at) = incident(&subject).await;
    subject.strike(operation, fault, when);
    let restored = subject.restore(&bucket.url(""), at).await.expect_code(0);
    assert!(subject.lab().faults().injected() > 0, "the fault was never met: {restored}");
    // Work whose reply was lost is found done already.
    let settled = restored.count("copied") + restored.count("deleted") + restored.count("skipped");
    assert_eq!(settled, 300, "{restored}");
    assert_eq!((restored.count("failed"), restored.count("conflicts")), (0, 0), "{restored}");
    subject.lab().faults().clear();
    subject.restore_and_verify(&bucket.url(""), at).await;
    bucket.assert_all_hold(&bucket::keys("k", 200), "then").await;
}

#[test]
fn slow_down_while_listing() {
    with(Quirks { short_pages: Some(20), ..Quirks::default() }, |subject| {
        restores_all_the_same(subject, Operation::ListObjectVersions, Fault::SlowDown, When::Every(3))
    });
}

#[test]
fn page_cut_off() {
    with(Quirks { short_pages: Some(50), ..Quirks::default() }, |subject| {
        restores_all_the_same(subject, Operation::ListObjectVersions, Fault::Truncated, When::Every(4))
    });
}

#[test]
fn error_in_a_page_with_status_200() {
    with(Quirks { short_pages: Some(50), ..Quirks::default() }, |subject| {
        restores_all_the_same(subject, Operation::ListObjectVersions, Fault::ErrorInOk, When::Every(4))
    });
}

#[test]
fn copy_that_fails_with_status_200() {
    with(Quirks::default(), |subject| {
        restores_all_the_same(subject, Operation::CopyObject, Fault::ErrorInOk, When::Every(5))
    });
}

#[test]
fn copies_slowed_down() {
    with(Quirks::default(), |subject| {
        restores_all_the_same(subject, Operation::CopyObject, Fault::SlowDown, When::Every(4))
    });
}

#[test]
fn keys_of_a_delete_that_fail_are_sent_again() {
    with(Quirks::default(), |subject| {
        let fault = Fault::KeyErrors { every: 7 };
        restores_all_the_same(subject, Operation::DeleteObjects, fault, When::First(2))
    });
}

/// The copy was made, but the reply lost: it counts neither as failed nor as a conflict.
#[test]
fn reply_to_a_copy_lost() {
    with(Quirks::default(), |subject| {
        restores_all_the_same(subject, Operation::CopyObject, Fault::ReplyLost, When::Every(9))
    });
}

async fn fails_soon(subject: Subject, word: &str) {
    let (bucket, at) = incident(&subject).await;
    let before = subject.lab().count_versions(&bucket.name);
    let since = Instant::now();
    for run in [subject.restore(&bucket.url(""), at).await, diff(&subject, &bucket, at).await] {
        let run = run.expect_code(1);
        assert!(run.stderr.contains(word), "{word:?} in {run}");
    }
    assert!(since.elapsed() < Duration::from_mins(1), "took {:?}", since.elapsed());
    assert_eq!(subject.lab().count_versions(&bucket.name), before, "written to after a broken listing");
}

async fn diff(subject: &Subject, bucket: &Bucket, at: Moment) -> Run {
    subject.asof(&["diff", &bucket.url(""), "--at", &at.to_string(), "--format", "json"]).await
}

#[test]
fn listing_that_goes_in_circles_is_an_error() {
    let quirks = Quirks { stuck_marker: true, short_pages: Some(50), ..Quirks::default() };
    with(quirks, |subject| fails_soon(subject, "marker"));
}

#[test]
fn listing_with_the_oldest_first_is_an_error() {
    with(Quirks { oldest_first: true, ..Quirks::default() }, |subject| fails_soon(subject, "first"));
}

/// A version written after the listing and before the copy stays, and is reported as a conflict.
async fn writer_in_between(subject: Subject, operation: Operation) {
    let (bucket, at) = incident(&subject).await;
    let lab = Arc::downgrade(subject.server.lab.as_ref().unwrap());
    let name = bucket.name.clone();
    subject.lab().faults().before(operation, When::Nth(1), move || {
        let lab = lab.upgrade().unwrap();
        for key in ["k00099", "k00199", "new00099"] {
            lab.put(&name, key, Put::of("theirs"));
        }
    });
    let restored = subject.restore(&bucket.url(""), at).await.expect_code(3);
    assert_eq!((restored.count("conflicts"), restored.count("failed")), (3, 0), "{restored}");
    assert_eq!((restored.count("copied"), restored.count("deleted")), (198, 99), "{restored}");
    let theirs = Some("theirs");
    bucket.assert_holds(&[("k00099", theirs), ("k00199", theirs), ("new00099", theirs)]).await;
}

#[test]
fn writer_in_between_is_not_overwritten() {
    with(Quirks::default(), |subject| writer_in_between(subject, Operation::CopyObject));
}
